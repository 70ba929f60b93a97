package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pgvector/pgvector-go"

	"usher/intent"
	"usher/routing"
)

// maxDims is what an index over halfvec can hold.
const maxDims = 4000

// History remembers past conversations. Safe for concurrent use.
type History struct {
	pool     *pgxpool.Pool
	embedder intent.Embedder // nil: nothing is compared by meaning
	log      *slog.Logger
	space    atomic.Pointer[space] // nil until Prepare
	// sameMatter is the least cosine similarity at which two messages of one contact are about the same matter, whatever
	// their intents.
	sameMatter float64
}

var _ routing.History = (*History)(nil)

// space is where the vectors of one embedder are kept.
type space struct {
	id       int
	model    intent.ModelID
	messages string // partition of message_vectors
	cases    string // partition of case_vectors
}

// NewHistory returns the history in a migrated database whose connections know the vector types (pgxvec.RegisterTypes).
// embedder makes vectors of texts; nil means that nothing is compared by meaning. Call Prepare before anything is.
func NewHistory(pool *pgxpool.Pool, embedder intent.Embedder, log *slog.Logger) *History {
	return &History{pool: pool, embedder: embedder, log: log, sameMatter: sameMatter(embedder)}
}

// sameMatter is chosen by embedder. On random pairs of the training sets BANKING77 (one trade, so the harder) and CLINC150
// the built-in embedder puts 21 % and 21 % of pairs with the same intent at 0.50 or above, and 0.31 % and 0.07 % of those with
// different ones; at 0.40 it is 36 % and 35 % against 1.3 % and 0.26 %. A contact who asks again is found by the intent
// anyway, and a false repeat costs an automatic answer, so the limit is the higher one. Other embedders put unlike texts much
// nearer together and were not measured: for them only what is nearly the same counts.
func sameMatter(e intent.Embedder) float64 {
	if e != nil && e.Model().Name == "hash-512" {
		return 0.50
	}
	return 0.85
}

// prepareLock keeps nodes from making partitions at the same time.
const prepareLock = 7305822

// Prepare makes room for the embedder's vectors: its row in models, and a partition of each table with what its vectors
// are checked and found by. What was resolved or written before this embedder was first seen is put on the list of texts
// that wait for a vector, newest first. It may be called again, and on several nodes at once.
func (h *History) Prepare(ctx context.Context) error {
	if h.embedder == nil {
		return nil
	}
	model := h.embedder.Model()
	if model.Dims < 1 || model.Dims > maxDims {
		return fmt.Errorf("prepare history: the embedder %q makes vectors of %d numbers; from 1 to %d can be kept, so ask it for fewer", model.Name, model.Dims, maxDims)
	}
	var s space
	err := pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, prepareLock); err != nil {
			return fmt.Errorf("wait for other nodes: %w", err)
		}
		id, fresh, err := registerEmbedder(ctx, tx, model)
		if err != nil {
			return err
		}
		s = spaceOf(id, model)
		if err := s.create(ctx, tx); err != nil || !fresh {
			return err
		}
		return listOld(ctx, tx)
	})
	if err != nil {
		return fmt.Errorf("prepare history for embedder %q: %w", model.Name, err)
	}
	h.space.Store(&s)
	return nil
}

// Serves is the embedder by whose vectors texts are compared: a Question brings its Vector best. It is zero when nothing
// is compared by meaning.
func (h *History) Serves() intent.ModelID {
	if s := h.space.Load(); s != nil {
		return s.model
	}
	return intent.ModelID{}
}

func spaceOf(id int, model intent.ModelID) space {
	return space{id: id, model: model, messages: fmt.Sprintf("message_vectors_%d", id), cases: fmt.Sprintf("case_vectors_%d", id)}
}

// registerEmbedder finds or makes the embedder's row. The name and the length of its vectors together tell embedders
// apart: vectors of different ones cannot be compared.
func registerEmbedder(ctx context.Context, tx pgx.Tx, model intent.ModelID) (id int, fresh bool, err error) {
	hash := fmt.Sprintf("embedder:%s/%d", model.Name, model.Dims)
	err = tx.QueryRow(ctx, `SELECT id FROM models WHERE hash = $1`, hash).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		fresh = true
		err = tx.QueryRow(ctx, `INSERT INTO models (kind, name, hash, dims) VALUES ('embedder', $1, $2, $3) RETURNING id`, model.Name, hash, model.Dims).Scan(&id)
	}
	if err != nil {
		return 0, false, fmt.Errorf("register the embedder: %w", err)
	}
	return id, fresh, nil
}

// create makes the partitions. The parent's column has no length, because each embedder has its own: a check keeps the
// length, and the index is over the column cast to it.
func (s space) create(ctx context.Context, tx pgx.Tx) error {
	for _, sql := range []string{
		fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s PARTITION OF message_vectors (CHECK (vector_dims(embedding) = %d)) FOR VALUES IN (%d)`, s.messages, s.model.Dims, s.id),
		fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s PARTITION OF case_vectors (CHECK (vector_dims(embedding) = %d)) FOR VALUES IN (%d)`, s.cases, s.model.Dims, s.id),
		fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %s_similar ON %s USING hnsw ((embedding::halfvec(%d)) halfvec_cosine_ops)`, s.cases, s.cases, s.model.Dims),
	} {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return fmt.Errorf("make partitions: %w", err)
		}
	}
	return nil
}

// maxOld is how many conversations and how many messages of the past a new embedder is shown.
const maxOld = 50_000

func listOld(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, `
		INSERT INTO vector_work (kind, ref, contact_id)
		(SELECT 'case', id, contact_id FROM conversations WHERE status = 'resolved' ORDER BY resolved_at DESC, id DESC LIMIT $1)
		UNION ALL
		(SELECT 'message', m.id, c.contact_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
		WHERE m.kind = 'inbound' AND m.seq <= c.decided_seq ORDER BY m.id DESC LIMIT $1)
		ON CONFLICT DO NOTHING`, maxOld); err != nil {
		return fmt.Errorf("list what was written before: %w", err)
	}
	return nil
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

// embed makes vectors of texts, one for each. A text of which the embedder can say nothing gets nil.
func (h *History) embed(ctx context.Context, texts []string, within time.Duration) ([]*pgvector.HalfVector, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	raw, err := h.embedder.Embed(ctx, texts)
	if err != nil {
		return nil, fmt.Errorf("embed %d texts: %w", len(texts), err)
	}
	if len(raw) != len(texts) {
		return nil, fmt.Errorf("embed %d texts: the embedder gave %d vectors", len(texts), len(raw))
	}
	dims := h.embedder.Model().Dims
	vectors := make([]*pgvector.HalfVector, len(raw))
	for i, v := range raw {
		if len(v) != dims {
			return nil, fmt.Errorf("embed %d texts: the embedder gave %d numbers, not %d", len(texts), len(v), dims)
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
