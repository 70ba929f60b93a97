package intent_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"usher/intent"
)

// lengths embeds a text as its length, and notes what it was asked.
type lengths struct {
	asked  []string
	broken bool
}

func (l *lengths) Model() intent.ModelID { return intent.ModelID{Name: "lengths", Dims: 2} }

func (l *lengths) Embed(_ context.Context, texts []string) ([][]float32, error) {
	if l.broken {
		return nil, errors.New("the test broke it")
	}
	l.asked = append(l.asked, texts...)
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = []float32{float32(len(text)), 1}
	}
	return vectors, nil
}

func TestATextIsEmbeddedOnceWhileItIsRemembered(t *testing.T) {
	within := &lengths{}
	e := intent.Remember(within, 800) // four vectors
	embed := func(want string, texts ...string) {
		t.Helper()
		within.asked = nil
		vectors, err := e.Embed(t.Context(), texts)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range texts {
			if !slices.Equal(vectors[i], []float32{float32(len(text)), 1}) {
				t.Errorf("%q became %v", text, vectors[i])
			}
			vectors[i][0] = 42 // what a caller has is the caller's
		}
		if got := strings.Join(within.asked, " "); got != want {
			t.Errorf("%q were embedded, want %q", got, want)
		}
	}
	embed("a bb", "a", "bb", "a")
	embed("ccc", "bb", "ccc", "a")
	embed("", "a", "bb", "ccc")
	embed("")
	embed("dddd eeeee", "dddd", "eeeee")
	embed("a", "bb", "a") // it was asked for longest ago
	if e.Model() != within.Model() {
		t.Errorf("model %v", e.Model())
	}
	within.broken = true
	if _, err := e.Embed(t.Context(), []string{"new"}); err == nil {
		t.Error("a failure is no error")
	}
}

func TestAMemoryWithoutRoomKeepsNothing(t *testing.T) {
	within := &lengths{}
	e := intent.Remember(within, 10)
	for range 2 {
		if _, err := e.Embed(t.Context(), []string{"a"}); err != nil {
			t.Fatal(err)
		}
	}
	if len(within.asked) != 2 {
		t.Errorf("embedded %q", within.asked)
	}
}
