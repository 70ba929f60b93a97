package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/builtin/uselite"
)

// evalEmbedders are what --embedder can name: those that need no network, so that a measure repeats.
var evalEmbedders = map[string]func() (intent.Embedder, error){
	"none":                  func() (intent.Embedder, error) { return nil, nil },
	"hash-512":              func() (intent.Embedder, error) { return builtin.NewEmbedder(), nil },
	"use-lite-512":          func() (intent.Embedder, error) { return uselite.New() },
	"use-lite-512+hash-512": func() (intent.Embedder, error) { return builtin.NewMeaningEmbedder() },
}

// embedBatch is how many texts are embedded at once.
const embedBatch = 64

// evalEmbedder is the one of that name; nil for "none".
func evalEmbedder(name string) (intent.Embedder, error) {
	made, ok := evalEmbedders[name]
	if !ok {
		return nil, fmt.Errorf("--embedder %q: there is %q", name, slices.Sorted(maps.Keys(evalEmbedders)))
	}
	return made()
}

// embedUtterances adds the utterances' vectors to the options and returns how long that took.
func embedUtterances(ctx context.Context, e intent.Embedder, us []intent.Utterance, o *builtin.TrainOptions) (time.Duration, error) {
	start := time.Now()
	o.Embedder, o.Vectors = e.Model(), make([][]float32, 0, len(us))
	for batch := range slices.Chunk(us, embedBatch) {
		texts := make([]string, len(batch))
		for i, u := range batch {
			texts[i] = u.Text
		}
		vectors, err := e.Embed(ctx, texts)
		if err != nil {
			return 0, fmt.Errorf("embed utterances from %d on: %w", len(o.Vectors)+1, err)
		}
		o.Vectors = append(o.Vectors, vectors...)
	}
	return time.Since(start), nil
}

// alwaysFused classifies every text with its vector. It keeps the vectors, since a case is classified more than once; the
// first time is what the latency shows. Texts that cannot be embedded are classified by their n-grams.
type alwaysFused struct {
	*builtin.Model
	embedder intent.Embedder

	mu      sync.Mutex
	vectors map[string][]float32
}

func (f *alwaysFused) Classify(text string) intent.Classification {
	f.mu.Lock()
	defer f.mu.Unlock()
	v, known := f.vectors[text]
	if !known {
		if vs, err := f.embedder.Embed(context.Background(), []string{text}); err == nil {
			v = vs[0]
		}
		f.vectors[text] = v
	}
	return f.ClassifyVector(text, v)
}
