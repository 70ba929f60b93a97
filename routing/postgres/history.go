package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pgvector/pgvector-go"

	"usher/intent"
	"usher/routing"
)

// Embedders make the vectors that history compares.
type Embedders struct {
	// Wanted makes those by which texts are to be compared; nil means that nothing is compared by meaning.
	Wanted intent.Embedder
	// FallBack needs no network: its vectors are kept as well, and compared while Wanted does not answer. It may be nil.
	FallBack intent.Embedder
	// Former gives an embedder of a model that was wanted before, whose vectors serve until Wanted has its own; nil where
	// that one cannot be asked. Former itself may be nil.
	Former func(intent.ModelID) intent.Embedder
}

// of is an embedder of a model, or nil.
func (e Embedders) of(model intent.ModelID) intent.Embedder {
	for _, known := range []intent.Embedder{e.Wanted, e.FallBack} {
		if known != nil && known.Model() == model {
			return known
		}
	}
	if e.Former == nil {
		return nil
	}
	return e.Former(model)
}

// History remembers past conversations. Safe for concurrent use.
type History struct {
	pool      *pgxpool.Pool
	embedders Embedders
	log       *slog.Logger
	spaces    atomic.Pointer[spaces] // nil until Prepare
	pace      pace
	// keepRetired is how long a space that nobody needs stays: nodes that have not heard yet go on searching it.
	keepRetired time.Duration
	// dropNext is when to try again to drop what was in use, in nanoseconds since 1970.
	dropNext atomic.Int64
}

var _ routing.History = (*History)(nil)

// NewHistory returns the history in a migrated database whose connections know the vector types (pgxvec.RegisterTypes).
// Call Prepare before anything is compared by meaning.
func NewHistory(pool *pgxpool.Pool, embedders Embedders, log *slog.Logger) *History {
	return &History{pool: pool, embedders: embedders, log: log, keepRetired: time.Minute}
}

// Serves is the embedder by whose vectors texts are compared: a Question brings its Vector best. It is zero when nothing
// is compared by meaning.
func (h *History) Serves() intent.ModelID {
	if s := h.spaces.Load(); s != nil && s.serving != nil {
		return s.serving.model
	}
	return intent.ModelID{}
}

// How long embedding may take: for a decision, whose evidence is degraded without it, and for texts that nobody waits for.
const (
	embedNow   = time.Second
	embedLater = 30 * time.Second
)

// maxEmbedded is how much of a text is embedded, in bytes. What a message is about stands at its beginning, and models
// elsewhere refuse texts beyond their limit.
const maxEmbedded = 6000

// cut is the beginning of a text, without a broken last character.
func cut(text string) string {
	if len(text) <= maxEmbedded {
		return text
	}
	end := maxEmbedded
	for end > 0 && text[end]&0xC0 == 0x80 {
		end--
	}
	return text[:end]
}

// about is what is embedded of a message: the same that the classifier reads, so that one vector does for both.
func about(text string) string { return cut(intent.Gist(text)) }

// embed makes vectors of texts, one for each. A text of which the embedder can say nothing gets nil.
func (s *space) embed(ctx context.Context, texts []string, within time.Duration) ([]*pgvector.HalfVector, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	raw, err := s.embedder.Embed(ctx, texts)
	if err != nil {
		return nil, fmt.Errorf("embed %d texts: %w", len(texts), err)
	}
	if len(raw) != len(texts) {
		return nil, fmt.Errorf("embed %d texts: the embedder gave %d vectors", len(texts), len(raw))
	}
	vectors := make([]*pgvector.HalfVector, len(raw))
	for i, v := range raw {
		if len(v) != s.model.Dims {
			return nil, fmt.Errorf("embed %d texts: the embedder gave %d numbers, not %d", len(texts), len(v), s.model.Dims)
		}
		if hasDirection(v) {
			half := pgvector.NewHalfVector(v)
			vectors[i] = &half
		}
	}
	return vectors, nil
}

// hasDirection reports whether a vector has a direction: the angle to a vector of zeros is not a number.
func hasDirection(v []float32) bool {
	var norm float64
	for _, x := range v {
		norm += float64(x) * float64(x)
	}
	return norm > 1e-6 && !math.IsInf(norm, 0) // also false for NaN
}
