package builtin_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"usher/intent"
	"usher/intent/builtin"
)

func cosine(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

func TestEmbeddingsAreUnitVectorsForAnyText(t *testing.T) {
	e := builtin.NewEmbedder()
	if e.Model() != (intent.ModelID{Name: "hash-512", Dims: 512}) {
		t.Errorf("model %+v", e.Model())
	}
	texts := []string{"", " ", "?", "\xff", "where is my order", strings.Repeat("refund ", 10000), "😀😀", "the the the"}
	vectors, err := e.Embed(t.Context(), texts)
	if err != nil || len(vectors) != len(texts) {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	for i, v := range vectors {
		if len(v) != 512 || math.Abs(cosine(v, v)-1) > 1e-5 {
			t.Errorf("%.20q: %d numbers with length² %v", texts[i], len(v), cosine(v, v))
		}
	}
	alone, err := e.Embed(t.Context(), texts[4:5])
	if err != nil || !slices.Equal(alone[0], vectors[4]) {
		t.Errorf("a text's vector depends on its neighbours (%v)", err)
	}
}

func TestLikeTextsAreNear(t *testing.T) {
	e := builtin.NewEmbedder()
	for _, tc := range []struct{ text, near, far string }{
		{"where is my order 10234?", "Where's my order #99871", "I would like a refund"},
		{"i forgot my password", "forgotten pasword", "what are your opening hours"},
		{"cancel my subscription", "please cancel the subscription for me", "please change the address for me"},
	} {
		v, err := e.Embed(t.Context(), []string{tc.text, tc.near, tc.far})
		if err != nil {
			t.Fatal(err)
		}
		if near, far := cosine(v[0], v[1]), cosine(v[0], v[2]); near < 0.35 || near < far+0.2 {
			t.Errorf("%q: %.2f to %q and %.2f to %q", tc.text, near, tc.near, far, tc.far)
		}
	}
}

func TestEmbedEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if v, err := builtin.NewEmbedder().Embed(ctx, []string{"a"}); !errors.Is(err, context.Canceled) || v != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestMeaningEmbedderIsNearByMeaningAndByWords(t *testing.T) {
	e, err := builtin.NewMeaningEmbedder()
	if err != nil {
		t.Fatal(err)
	}
	if e.Model() != (intent.ModelID{Name: "use-lite-512+hash-512", Dims: 1024}) {
		t.Errorf("model %+v", e.Model())
	}
	texts := []string{
		"my parcel never turned up", "the package was not delivered", "the zorblatt is purple",
		"does a zorblatt fit", "", "\xff", strings.Repeat("refund ", 10000),
	}
	v, err := e.Embed(t.Context(), texts)
	if err != nil || len(v) != len(texts) {
		t.Fatalf("%d vectors, %v", len(v), err)
	}
	for i := range v {
		if len(v[i]) != 1024 || math.Abs(cosine(v[i], v[i])-1) > 1e-5 {
			t.Errorf("%.20q: %d numbers with length² %v", texts[i], len(v[i]), cosine(v[i], v[i]))
		}
	}
	if near, far := cosine(v[0], v[1]), cosine(v[0], v[3]); near < far+0.1 {
		t.Errorf("%.2f to the same meaning, %.2f to another", near, far)
	}
	if near, far := cosine(v[3], v[2]), cosine(v[3], v[1]); near < far+0.1 {
		t.Errorf("%.2f to the same rare word, %.2f to another", near, far)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if v, err := e.Embed(ctx, texts); !errors.Is(err, context.Canceled) || v != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

func BenchmarkClassify(b *testing.B) {
	m := model(b)
	const text = "Hi, I ordered two weeks ago and it still has not arrived, where is my order #10234?"
	b.ReportAllocs()
	for b.Loop() {
		m.Classify(text)
	}
}

func BenchmarkEmbed(b *testing.B) {
	e, texts := builtin.NewEmbedder(), []string{"Hi, I ordered two weeks ago and it still has not arrived, where is my order #10234?"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := e.Embed(b.Context(), texts); err != nil {
			b.Fatal(err)
		}
	}
}
