package intent

import (
	"context"
	"crypto/sha256"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"
)

// TextKey names a text by its hash.
type TextKey [sha256.Size]byte

// TextKeyOf is the key of a text.
func TextKeyOf(text string) TextKey { return sha256.Sum256([]byte(text)) }

// VectorMemory keeps vectors of texts while the process lives, those that were asked for last. A nil one keeps nothing. Safe
// for concurrent use.
type VectorMemory struct {
	vectors *lru.Cache[TextKey, []float32]
}

// keptBytes is what a vector costs besides its numbers: key, slice, list element, a share of the map.
const keptBytes = 192

// NewVectorMemory returns a memory of so many bytes for vectors of so many numbers; nil when not even one fits.
func NewVectorMemory(bytes, dims int) *VectorMemory {
	n := bytes / (4*dims + keptBytes)
	if n < 1 {
		return nil
	}
	vectors, _ := lru.New[TextKey, []float32](n) // fails only for sizes below 1
	return &VectorMemory{vectors}
}

// Get returns a vector that the caller may change.
func (m *VectorMemory) Get(k TextKey) ([]float32, bool) {
	if m == nil {
		return nil, false
	}
	v, known := m.vectors.Get(k)
	return slices.Clone(v), known
}

// Add keeps a copy of a vector.
func (m *VectorMemory) Add(k TextKey, v []float32) {
	if m != nil {
		m.vectors.Add(k, slices.Clone(v))
	}
}

// remembering embeds a text once, as long as it is remembered.
type remembering struct {
	Embedder
	memory *VectorMemory
}

// Remember returns the embedder with a memory of so many bytes before it: what was embedded a moment ago is not embedded
// again.
func Remember(e Embedder, bytes int) Embedder {
	return remembering{e, NewVectorMemory(bytes, e.Model().Dims)}
}

// Embed embeds the texts that are not remembered, each once.
func (r remembering) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	vectors := make([][]float32, len(texts))
	missing := map[TextKey][]int{} // where the vector belongs
	var keys []TextKey
	var unknown []string
	for i, text := range texts {
		k := TextKeyOf(text)
		v, known := r.memory.Get(k)
		if known {
			vectors[i] = v
			continue
		}
		if missing[k] == nil {
			keys, unknown = append(keys, k), append(unknown, text)
		}
		missing[k] = append(missing[k], i)
	}
	if len(unknown) == 0 {
		return vectors, nil
	}
	made, err := r.Embedder.Embed(ctx, unknown)
	if err != nil {
		return nil, err
	}
	for n, k := range keys {
		r.memory.Add(k, made[n])
		for _, i := range missing[k] {
			vectors[i] = slices.Clone(made[n])
		}
	}
	return vectors, nil
}
