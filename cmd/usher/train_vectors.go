package main

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/learn"
)

// embedBatch is how many texts are embedded at once.
const embedBatch = 64

// embeddedPerLabel is how many labelled texts of each intent are embedded to learn from, beside all that are out of scope and all
// corrections: README.md of intent says what more would bring and cost.
const embeddedPerLabel = 100

// What --embedder can name.
const (
	embedNone    = "none"
	embedBuiltin = "builtin"
	embedRemote  = "remote"
)

// trainingEmbedder is that of the server's embedders which has a name, nil for none; "" is the one that history compares by.
func (c Config) trainingEmbedder(name string, all []intent.Embedder) (intent.Embedder, error) {
	switch name {
	case "":
		return all[0], nil
	case embedNone:
		return nil, nil
	case embedBuiltin:
		return all[len(all)-1], nil
	case embedRemote:
		if c.OpenAIBaseURL == "" && c.OpenAIKey == "" {
			return nil, fmt.Errorf("--embedder %s: set OPENAI_BASE_URL or OPENAI_API_KEY", name)
		}
		return all[0], nil
	}
	return nil, fmt.Errorf("--embedder %q: there is %s, %s and %s", name, embedBuiltin, embedRemote, embedNone)
}

// withVectors adds vectors of the utterances that learn.Spread marks to the options, and tells how far it is. Nothing without an
// embedder.
func withVectors(ctx context.Context, e intent.Embedder, us []intent.Utterance, taught, perLabel int, o *builtin.TrainOptions) error {
	if e == nil {
		return nil
	}
	var places []int
	for i, yes := range learn.Spread(us, perLabel, taught) {
		if yes {
			places = append(places, i)
		}
	}
	began := time.Now()
	var err error
	if o.LabelVectors, err = builtin.EmbedLabels(ctx, e, us); err != nil {
		return err
	}
	var done atomic.Int64
	tell := newPace(o.Progress)
	vectors := make([][]float32, len(us))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for batch := range slices.Chunk(places, embedBatch) {
		group.Go(func() error {
			texts := make([]string, len(batch))
			for n, i := range batch {
				texts[n] = us[i].Text
			}
			made, err := e.Embed(ctx, texts)
			if err != nil {
				return err
			}
			for n, i := range batch {
				vectors[i] = made[n]
			}
			tell(fmt.Sprintf("embedded %d of %d texts by %s", done.Add(int64(len(batch))), len(places), e.Model().Name))
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("embed %d labelled texts: %w", len(places), err)
	}
	o.Vectors, o.Embedder = vectors, e.Model()
	if o.Progress != nil {
		o.Progress(fmt.Sprintf("embedding took %s", time.Since(began).Round(100*time.Millisecond)))
	}
	return nil
}

// newPace passes on what is told, but not more often than people read. Safe for concurrent use.
func newPace(tell func(string)) func(string) {
	var last atomic.Int64
	return func(s string) {
		now := time.Now().UnixNano()
		before := last.Load()
		if tell != nil && now-before > int64(time.Second) && last.CompareAndSwap(before, now) {
			tell(s)
		}
	}
}
