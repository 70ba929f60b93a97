// Package uselite turns English texts into vectors with Universal Sentence Encoder lite, inside the process: texts of like
// meaning come out near each other, also when they share no word. The weights, in one byte each, are part of the program;
// README.md says where they come from, and measures.
package uselite

import (
	"context"
	"fmt"
	"sync"

	"usher/intent"
)

// Embedder is Universal Sentence Encoder lite. Safe for concurrent use; texts within one call are embedded on the caller's core.
type Embedder struct {
	tokenizer *tokenizer
	network   *network
	rooms     sync.Pool
}

var _ intent.Embedder = (*Embedder)(nil)

// shared is read once, when first asked for: about 0.03 s, and 12 MB, or 29 MB where multiplying needs plain numbers.
var shared = sync.OnceValues(func() (*Embedder, error) { return newEmbedder(fastest) })

// New returns the embedder, the same for all callers. It fails only when the program was built with damaged weights.
func New() (*Embedder, error) { return shared() }

func newEmbedder(made func(quantised) linear) (*Embedder, error) {
	t, err := newTokenizer(vocabularyFile)
	if err != nil {
		return nil, fmt.Errorf("read use-lite: %w", err)
	}
	n, err := readNetwork(weightsFile, made)
	if err != nil {
		return nil, fmt.Errorf("read use-lite: %w", err)
	}
	return &Embedder{tokenizer: t, network: n, rooms: sync.Pool{New: func() any { return newRoom() }}}, nil
}

// Model is use-lite-512. Another name means other vectors: everything stored would be embedded anew.
func (e *Embedder) Model() intent.ModelID { return intent.ModelID{Name: "use-lite-512", Dims: dims} }

// Embed reads of each text the first 128 pieces, within its first 8,192 characters. An empty text counts as one
// unknown piece. A text's vector does not depend on its neighbours.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	m := e.rooms.Get().(*room)
	defer e.rooms.Put(m)
	vectors := make([][]float32, len(texts))
	numbers := make([]float32, len(texts)*dims)
	group, tokens, ids := make([][]int32, 0, min(len(texts), maxTokens)), 0, make([]int32, 0, maxTokens)
	done := 0
	flush := func() {
		e.network.run(group, vectors[done:done+len(group)], m)
		done += len(group)
		group, tokens, ids = group[:0], 0, ids[:0]
	}
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("embed text %d of %d: %w", i+1, len(texts), err)
		}
		vectors[i] = numbers[i*dims : (i+1)*dims : (i+1)*dims]
		found := e.tokenizer.encode(text, &m.path)
		if len(found) == 0 {
			found = append(found, unknown)
		}
		if tokens+len(found) > maxTokens {
			flush()
		}
		tokens += len(found)
		ids = append(ids, found...)
		group = append(group, ids[len(ids)-len(found):])
	}
	if len(group) > 0 {
		flush()
	}
	return vectors, nil
}
