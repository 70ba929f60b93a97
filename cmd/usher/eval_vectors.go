package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

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

// evalEmbedder is the one of that name, the default without one; nil for "none".
func evalEmbedder(name string) (intent.Embedder, error) {
	made, ok := evalEmbedders[cmp.Or(name, defaultEmbedder)]
	if !ok {
		return nil, fmt.Errorf("--embedder %q: there is %q", name, slices.Sorted(maps.Keys(evalEmbedders)))
	}
	return made()
}

// offline is the pipeline of production without a database: it embeds with the embedder that the model takes, if that is at hand
// or built in. Without a policy it only understands.
func offline(m *builtin.Model, atHand []intent.Embedder, embedding routing.Embedding, policy *routing.Policy) (*routing.Pipeline, error) {
	var u understander
	builtIn, err := builtin.NewMeaningEmbedder()
	if err != nil {
		return nil, err
	}
	u.use(m, append(slices.Clone(atHand), builtIn))
	p := &routing.Pipeline{Understander: &u, Refiner: &u, Embedding: embedding}
	if policy != nil {
		p.Policy = func() *routing.Policy { return policy }
	}
	return p, nil
}

// atHand is one embedder, or none.
func atHand(e intent.Embedder) []intent.Embedder {
	if e == nil {
		return nil
	}
	return []intent.Embedder{e}
}
