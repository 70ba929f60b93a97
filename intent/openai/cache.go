package openai

import (
	"context"
	"fmt"
	"time"

	"usher/intent"
)

// Store keeps vectors for longer than the process lives. It never sees a text. It may lose what it was given; what it
// gives must be what it was given for the same model and key.
type Store interface {
	// Load returns a vector for each key, nil where there is none.
	Load(ctx context.Context, model intent.ModelID, keys [][]byte) ([][]float32, error)
	Keep(ctx context.Context, model intent.ModelID, keys [][]byte, vectors [][]float32) error
}

// Where a vector was found instead of being paid for.
const (
	FoundInMemory = "memory"
	FoundInStore  = "store"
	FoundNowhere  = "nowhere"
)

// How long the store may take. It is asked while a message waits, and a vector can be had elsewhere.
const (
	loadWithin = 250 * time.Millisecond
	keepWithin = 5 * time.Second
)

// cache finds vectors that were made before, by the hash of a text as it would leave, redacted: texts that differ only in
// what was taken out share a vector. Safe for concurrent use.
type cache struct {
	memory *intent.VectorMemory // nil: off
	store  Store                // nil: none
}

// find fills in the vectors that are known. The caller owns them.
func (e *Embedder) find(ctx context.Context, keys []intent.TextKey, vectors [][]float32) {
	var missing []int
	for i, k := range keys {
		if v, known := e.cache.memory.Get(k); known {
			vectors[i] = v
			continue
		}
		missing = append(missing, i)
	}
	e.Found(FoundInMemory, len(keys)-len(missing))
	left := len(missing)
	if e.cache.store != nil && len(missing) > 0 {
		left -= e.load(ctx, keys, missing, vectors)
		e.Found(FoundInStore, len(missing)-left)
	}
	e.Found(FoundNowhere, left)
}

// load fills in what the store has and returns how many that are. A store that fails is one that has nothing.
func (e *Embedder) load(ctx context.Context, keys []intent.TextKey, missing []int, vectors [][]float32) int {
	ctx, cancel := context.WithTimeout(ctx, loadWithin)
	defer cancel()
	asked := make([][]byte, len(missing))
	for n, i := range missing {
		asked[n] = keys[i][:]
	}
	stored, err := e.cache.store.Load(ctx, e.Model(), asked)
	if err == nil && len(stored) != len(asked) {
		err = fmt.Errorf("%d answers to %d keys", len(stored), len(asked))
	}
	if err != nil {
		e.Log.Warn("the stored embeddings do not answer; texts are embedded anew", "error", err)
		return 0
	}
	n := 0
	for at, i := range missing {
		if len(stored[at]) != e.Dims {
			continue
		}
		if v, err := unit(stored[at]); err == nil {
			vectors[i] = v
			n++
			e.cache.memory.Add(keys[i], v)
		}
	}
	return n
}

// remember puts a batch's vectors into the memory.
func (e *Embedder) remember(b *batch) {
	for i, r := range b.results {
		if r.err == nil {
			e.cache.memory.Add(b.keys[i], r.vector)
		}
	}
}

// keep puts a batch's vectors into the store, when nobody waits for them any more.
func (e *Embedder) keep(b *batch) {
	if e.cache.store == nil {
		return
	}
	var keys [][]byte
	var vectors [][]float32
	for i, r := range b.results {
		if r.err == nil {
			keys, vectors = append(keys, b.keys[i][:]), append(vectors, r.vector)
		}
	}
	if len(keys) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(e.ctx, keepWithin)
	defer cancel()
	if err := e.cache.store.Keep(ctx, e.Model(), keys, vectors); err != nil && e.ctx.Err() == nil {
		e.Log.Warn("embeddings are not stored; they will be made again", "error", err)
	}
}
