package intent

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// fusing is a scripted classifier that takes vectors of the embedder e, and with one is sure of what it says.
type fusing struct {
	scripted
	hash string
	says func(text string, vector []float32) Classification
}

var fusingModel = ModelID{Name: "e", Dims: 2}

func (f fusing) Hash() string              { return f.hash }
func (f fusing) Embedder() (ModelID, bool) { return fusingModel, true }
func (f fusing) ClassifyVector(text string, vector []float32) Classification {
	return f.says(text, vector)
}

func refund(string, []float32) Classification {
	return Classification{Ranked: []Ranked{{"refund_status", 0.98}}, OOS: 0.02, Words: []Word{{"money", 2}}}
}

// embedding is an embedder that keeps what it is given.
type embedding struct {
	texts *[]string
	fails error
	waits bool
	// waitsAfter is after how many texts it hangs; 0 for never.
	waitsAfter int
}

func (embedding) Model() ModelID { return fusingModel }
func (e embedding) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if e.waits || ctx.Err() != nil || e.waitsAfter > 0 && len(*e.texts) >= e.waitsAfter {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	*e.texts = append(*e.texts, texts...)
	return slices.Repeat([][]float32{{0, 1}}, len(texts)), e.fails
}

func TestRefiningReadsTheGistWithItsVector(t *testing.T) {
	var read string
	c := fusing{scripted(sure), "h1", func(text string, v []float32) Classification { read = text; return refund(text, v) }}
	var embedded []string
	u := NewUnderstander(c, UnderstandOptions{Embedder: embedding{texts: &embedded}})
	text := "Hello there,  where is my\u200b money? Thanks a lot!"
	p := u.Understand(t.Context(), text)
	v, err := u.Embed(t.Context(), []string{text})
	if err != nil || v.By != fusingModel || len(v.Of) != 1 {
		t.Fatal(v, err)
	}
	got := u.Refine(p, text, v.By, v.Of[0])
	if gist := Gist(text); embedded[0] != gist || read != gist || gist != "where is my money?" {
		t.Errorf("gist %q, embedded %q, read %q", gist, embedded, read)
	}
	if !got.Fused || got.Top() != (Ranked{"refund_status", 0.98}) || got.OOS != 0.02 || got.Words[0].Text != "money" || got.Language != p.Language {
		t.Errorf("got %+v", got)
	}
	if p.Fused || p.Top().Intent != "order_status" {
		t.Errorf("the first reading is changed: %+v", p)
	}
}

func TestRefiningLeavesAPredictionThatItCannotMend(t *testing.T) {
	c := fusing{scripted(sure), "h1", refund}
	u := NewUnderstander(c, UnderstandOptions{})
	text, vector := "where is my money", []float32{0, 1}
	p := u.Understand(t.Context(), text)
	panics := fusing{scripted(sure), "h1", func(string, []float32) Classification { panic("index out of range") }}
	mute := fusing{scripted(sure), "h1", func(string, []float32) Classification { return Classification{OOS: 1} }}
	thanks := fusing{scripted(sure), "h1", func(string, []float32) Classification {
		return Classification{Ranked: []Ranked{{"thanks", 0.99}}}
	}}
	for name, tc := range map[string]struct {
		by     Classifier
		text   string
		id     ModelID
		vector []float32
	}{
		"a vector of another model":           {c, text, ModelID{Name: "other", Dims: 2}, vector},
		"a vector of another length":          {c, text, fusingModel, []float32{1}},
		"no vector":                           {c, text, fusingModel, nil},
		"another classifier by now":           {fusing{scripted(sure), "h2", refund}, text, fusingModel, vector},
		"a classifier that takes none":        {scripted(sure), text, fusingModel, vector},
		"no classifier":                       {nil, text, fusingModel, vector},
		"a classifier that panics":            {panics, text, fusingModel, vector},
		"a classifier that says nothing":      {mute, text, fusingModel, vector},
		"what is a courtesy but for the rest": {thanks, "Hello there, where is my money?", fusingModel, vector},
	} {
		if got := NewUnderstander(tc.by, UnderstandOptions{}).Refine(p, tc.text, tc.id, tc.vector); got.Fused || got.Top() != p.Top() {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if got := NewUnderstander(thanks, UnderstandOptions{}).Refine(p, "thanks a lot", fusingModel, vector); got.Top().Intent != "thanks" {
		t.Errorf("a courtesy alone: %+v", got)
	}
}

func TestEmbeddingIsBoundedAndItsFailureIsTold(t *testing.T) {
	texts := []string{"one", "two"}
	if v, err := NewUnderstander(scripted(sure), UnderstandOptions{}).Embed(t.Context(), texts); err != nil || v.Of != nil {
		t.Errorf("without an embedder: %v, %v", v, err)
	}
	o := UnderstandOptions{Embedder: embedding{waits: true}, EmbedTimeout: time.Millisecond}
	if v, err := NewUnderstander(scripted(sure), o).Embed(t.Context(), texts); err != nil || len(v.Of) != 2 || v.Of[0] != nil || v.Of[1] != nil {
		t.Errorf("an embedder that hangs: %v, %v", v, err)
	}
	var early []string
	o.Embedder = embedding{texts: &early, waitsAfter: embedSlice}
	if v, err := NewUnderstander(scripted(sure), o).Embed(t.Context(), slices.Repeat(texts, embedSlice)); err != nil ||
		len(v.Of) != 2*embedSlice || v.Of[embedSlice-1] == nil || v.Of[embedSlice] != nil {
		t.Errorf("an embedder that hangs after a while: %v, %v", v, err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewUnderstander(scripted(sure), o).Embed(gone, texts); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who is gone: %v", err)
	}
	down := errors.New("down")
	o = UnderstandOptions{Embedder: embedding{texts: new([]string), fails: down}}
	if _, err := NewUnderstander(scripted(sure), o).Embed(t.Context(), texts); !errors.Is(err, down) {
		t.Errorf("an embedder that fails: %v", err)
	}
}

func TestAGistIsNormalisedAndNoLongerThanItsText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`(hello|thanks|dear team)?[,.!] ?(where is it)?[.!?] ?(thanks|bye)?`)).Draw(t, "text")
		if once := Gist(text); once != Normalise(once) || len(once) > len(Normalise(text)) {
			t.Fatalf("%q has the gist %q", text, once)
		}
	})
}
