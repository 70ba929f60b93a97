package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/builtin/uselite"
	"usher/routing"
)

// evalEmbedders are what --embedder can name: those that need no network, so that a measure repeats.
var evalEmbedders = map[string]func() (intent.Embedder, error){
	"none":                  func() (intent.Embedder, error) { return nil, nil },
	"hash-512":              func() (intent.Embedder, error) { return builtin.NewEmbedder(), nil },
	"use-lite-512":          func() (intent.Embedder, error) { return uselite.New() },
	"use-lite-512+hash-512": func() (intent.Embedder, error) { return builtin.NewMeaningEmbedder() },
}

// defaultEmbedder is the one that serves, too.
const defaultEmbedder = "use-lite-512+hash-512"

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

// embedderOf is the built-in embedder whose vectors a model takes; nil when it takes none.
func embedderOf(m *builtin.Model) (intent.Embedder, error) {
	id, takes := m.Embedder()
	if !takes {
		return nil, nil
	}
	e, err := evalEmbedder(id.Name)
	if err != nil {
		return nil, fmt.Errorf("classifier %.*s: %w", shortHash, m.Hash(), err)
	}
	return e, nil
}

// offline is the pipeline of production without a database. Without a policy it only understands.
func offline(m *builtin.Model, e intent.Embedder, embedding routing.Embedding, policy *routing.Policy) *routing.Pipeline {
	u := intent.NewUnderstander(m, intent.UnderstandOptions{Embedder: e})
	p := &routing.Pipeline{Understander: u, Refiner: u, Embedding: embedding}
	if policy != nil {
		p.Policy = func() *routing.Policy { return policy }
	}
	return p
}
