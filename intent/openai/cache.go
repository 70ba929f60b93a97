package openai

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

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

// key is the hash of a text as it would leave, redacted: texts that differ only in what was taken out share a vector.
type key [sha256.Size]byte

func keyOf(prepared string) key { return sha256.Sum256([]byte(prepared)) }

// cache finds vectors that were made before. Safe for concurrent use.
type cache struct {
	memory *lru.Cache[key, []float32] // nil: off
	store  Store                      // nil: none
}

// entryBytes is what an entry of the cache costs besides its numbers: key, slice, list element, a share of the map.
const entryBytes = 192

func newCache(bytes, dims int, store Store) (cache, error) {
	c := cache{store: store}
	if n := bytes / (4*dims + entryBytes); n > 0 {
		memory, err := lru.New[key, []float32](n)
		if err != nil {
			return cache{}, fmt.Errorf("cache of %d vectors: %w", n, err)
		}
		c.memory = memory
	}
	return c, nil
}

// find fills in the vectors that are known. The caller owns them.
func (e *Embedder) find(ctx context.Context, keys []key, vectors [][]float32) {
	var missing []int
	for i, k := range keys {
		if e.cache.memory != nil {
			if v, ok := e.cache.memory.Get(k); ok {
				vectors[i] = slices.Clone(v)
				continue
			}
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
func (e *Embedder) load(ctx context.Context, keys []key, missing []int, vectors [][]float32) int {
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
			if e.cache.memory != nil {
				e.cache.memory.Add(keys[i], slices.Clone(v))
			}
		}
	}
	return n
}

// remember puts a batch's vectors into the memory.
func (e *Embedder) remember(b *batch) {
	if e.cache.memory == nil {
		return
	}
	for i, r := range b.results {
		if r.err == nil {
			e.cache.memory.Add(b.keys[i], slices.Clone(r.vector))
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
