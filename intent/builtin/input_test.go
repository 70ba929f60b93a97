package builtin

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/intent"
)

// oddTexts are what customers, mail programs and scripts send that is no sentence.
func oddTexts() []string {
	return []string{
		"", " ", "\n\n", "😡", "👍👍👍👍🏽", strings.Repeat("a", 50_000), strings.Repeat("where is my order ", 2_800), strings.Repeat("日本語", 5_000),
		strings.Repeat("e\u0301\u0302\u0303", 4_000), "ｗｈｅｒｅ іs мy оrdеr", "wh\u200be\u200dre\ufeff is\u202e my\x00 order\x07", "\xff\xfe\xfd",
		strings.Repeat("iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4", 200),
		strings.Repeat("> On Mon, Ada wrote:\n>> where is my order\n", 500), strings.Repeat("((((", 1_000), strings.Repeat("a@", 5_000),
	}
}

func smallModel(t testing.TB) *Model {
	t.Helper()
	m, err := Train(context.Background(), []intent.Utterance{
		{Text: "where is my order", Intent: "order_status"}, {Text: "has it shipped", Intent: "order_status"},
		{Text: "my money back please", Intent: "refund"}, {Text: "refund me", Intent: "refund"}, {Text: "what is love", Intent: intent.OutOfScope},
	}, TrainOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// checkClassified fails unless a classification is one: at most so many intents, best first, and probabilities.
func checkClassified(t *testing.T, c intent.Classification) {
	t.Helper()
	share := func(v float64) bool { return v >= 0 && v <= 1 }
	if len(c.Ranked) > maxRanked || !share(c.OOS) {
		t.Fatalf("got %+v", c)
	}
	for i, r := range c.Ranked {
		if r.Intent == "" || !share(r.Confidence) || i > 0 && r.Confidence > c.Ranked[i-1].Confidence {
			t.Fatalf("got %+v", c.Ranked)
		}
	}
}

// What has no words is out of scope with certainty, and no intent is guessed.
func TestOddTextsHaveAnAnswerInBoundedTime(t *testing.T) {
	u := intent.NewUnderstander(smallModel(t), intent.UnderstandOptions{Timeout: 20 * time.Second})
	for _, text := range oddTexts() {
		start := time.Now()
		p := u.Understand(t.Context(), text)
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("%.30q of %d bytes took %s", text, len(text), took)
		}
		if len(p.Ranked) == 0 && p.OOS != 1 || p.Language == "" || p.Degraded != "" && len(text) <= 8<<10 {
			t.Errorf("%.30q: %+v", text, p)
		}
		checkClassified(t, intent.Classification{Ranked: p.Ranked, OOS: p.OOS})
	}
}

func FuzzClassify(f *testing.F) {
	m := smallModel(f)
	for _, text := range oddTexts() {
		f.Add(text[:min(len(text), 2_000)])
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := m.Classify(text)
		checkClassified(t, c)
		if again := m.Classify(text); !slices.Equal(c.Ranked, again.Ranked) {
			t.Fatalf("%q is now %+v, now %+v", text, c.Ranked, again.Ranked)
		}
	})
}

func FuzzEmbed(f *testing.F) {
	e := NewEmbedder()
	for _, text := range oddTexts() {
		f.Add(text[:min(len(text), 2_000)])
	}
	f.Fuzz(func(t *testing.T, text string) {
		vectors, err := e.Embed(context.Background(), []string{text})
		if err != nil || len(vectors) != 1 || len(vectors[0]) != e.Model().Dims {
			t.Fatalf("%q: %d vectors, %v", text, len(vectors), err)
		}
		norm := 0.0
		for _, v := range vectors[0] {
			norm += float64(v) * float64(v)
		}
		if math.Abs(norm-1) > 1e-3 {
			t.Fatalf("%q: a vector of length² %v", text, norm)
		}
	})
}

func FuzzExtract(f *testing.F) {
	for _, text := range oddTexts() {
		f.Add(text[:min(len(text), 2_000)])
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = intent.Normalise(text)
		var fresh, used extractor
		fresh.read(text)
		used.read("something else before: the state of one text must not reach the next")
		used.read(text)
		if !slices.Equal(fresh.hits, used.hits) {
			t.Fatalf("%q: %d features, and %d after another text", text, len(fresh.hits), len(used.hits))
		}
	})
}
