package builtin

import (
	"context"
	"fmt"
	"math"
	"strings"
	"sync"

	"usher/intent"
	"usher/intent/builtin/uselite"
)

// The embedder's vectors. Another name or length means other vectors: everything stored would be embedded anew.
const (
	embedderName = "hash-512"
	embedderDims = 512
)

// How much n-grams count in an embedding. Without a corpus there are no document frequencies, so words that say little
// are listed, and long n-grams count more than short ones, which are in every text.
const (
	embedWord   = 2.0
	embedPair   = 1.0
	embedCommon = 0.15
)

// Embedder hashes words and character n-grams into 512 numbers, each n-gram with a sign of its own so that collisions
// cancel out on average. Texts with the same words and near-spellings come out near each other; synonyms do not.
type Embedder struct{ scratch sync.Pool }

var _ intent.Embedder = (*Embedder)(nil)

// NewEmbedder returns the built-in embedder. It needs no training, and every version of it gives the same vectors.
func NewEmbedder() *Embedder {
	return &Embedder{scratch: sync.Pool{New: func() any { return new(extractor) }}}
}

// Model is hash-512.
func (e *Embedder) Model() intent.ModelID {
	return intent.ModelID{Name: embedderName, Dims: embedderDims}
}

// Embed takes about 0.03 ms per short text. A text without any word gets the vector of "no words".
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	x := e.scratch.Get().(*extractor)
	defer e.scratch.Put(x)
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("embed text %d of %d: %w", i+1, len(texts), err)
		}
		vectors[i] = x.embed(intent.Normalise(text))
	}
	return vectors, nil
}

func (x *extractor) embed(text string) []float32 {
	v := make([]float32, embedderDims)
	x.read(text)
	if len(x.hits) == 0 {
		v[0] = 1
		return v
	}
	for _, h := range x.hits {
		by := x.importance(text, h)
		if h.slot>>9&1 == 1 {
			by = -by
		}
		v[h.slot&(embedderDims-1)] += by
	}
	var length float64
	for i, a := range v {
		// Damped like a repeated word: twice the same says less than two different things.
		v[i] = float32(math.Copysign(math.Sqrt(math.Abs(float64(a))), float64(a)))
		length += float64(v[i]) * float64(v[i])
	}
	if length == 0 {
		v[0], length = 1, 1
	}
	scale := float32(1 / math.Sqrt(length))
	for i := range v {
		v[i] *= scale
	}
	return v
}

func (x *extractor) importance(text string, h hit) float32 {
	common := x.common(text, h.last)
	switch {
	case h.slot < half:
		if common {
			return embedCommon / 2
		}
		return 1
	case h.first != h.last:
		if common && x.common(text, h.first) {
			return embedCommon
		}
		return embedPair
	case common:
		return embedCommon
	}
	return embedWord
}

func (x *extractor) common(text string, word int32) bool {
	return commonWords[strings.ToLower(text[x.words[word].start:x.words[word].end])]
}

// MeaningEmbedder sets Universal Sentence Encoder lite and hash-512 beside each other: texts are near that mean the same or
// share rare words, such as names of products, which the encoder does not know. Safe for concurrent use.
type MeaningEmbedder struct {
	meaning *uselite.Embedder
	words   *Embedder
}

var _ intent.Embedder = (*MeaningEmbedder)(nil)

// NewMeaningEmbedder fails only when the program was built with damaged weights.
func NewMeaningEmbedder() (*MeaningEmbedder, error) {
	meaning, err := uselite.New()
	if err != nil {
		return nil, fmt.Errorf("embedder %s: %w", meaningName, err)
	}
	return &MeaningEmbedder{meaning: meaning, words: NewEmbedder()}, nil
}

const meaningName = "use-lite-512+hash-512"

// Model is use-lite-512+hash-512, 1024 numbers long.
func (e *MeaningEmbedder) Model() intent.ModelID {
	return intent.ModelID{Name: meaningName, Dims: e.meaning.Model().Dims + embedderDims}
}

// Embed takes some milliseconds per short text (uselite/README.md). The cosine of two vectors is the mean of the cosines of
// their halves.
func (e *MeaningEmbedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	meanings, err := e.meaning.Embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	words, err := e.words.Embed(ctx, texts)
	if err != nil {
		return nil, err
	}
	vectors := make([][]float32, len(texts))
	for i := range texts {
		v := append(append(make([]float32, 0, e.Model().Dims), meanings[i]...), words[i]...)
		for j := range v {
			v[j] *= math.Sqrt2 / 2
		}
		vectors[i] = v
	}
	return vectors, nil
}

// commonWords say little about what a text is about.
var commonWords = func() map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(`a an the and or but if then so as of to in on at by for from with about into over after before
		i me my mine we us our you your u ur he she it its they them their this that these those there here
		am is are was were be been being do does did doing have has had having can could will would shall should may might must
		i'm im i've ive i'd it's its that's don't dont didn't didnt doesn't can't cant won't isn't what which who when where why how
		please pls plz hi hello hey thanks thank dear regards just really very also still now get got want need like know let
		any some all more one two no not yes ok there's what's been because than too up out off ! ? , %`) {
		m[w] = true
	}
	return m
}()
