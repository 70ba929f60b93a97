package postgres

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"usher/routing"
)

const (
	// vectorsEvery is how often the list of texts without a vector is looked at while it is empty.
	vectorsEvery = time.Second
	// vectorBatch is how many texts one transaction takes at most.
	vectorBatch = 256
	// maxCaseTexts is how many of a contact's texts make a case; what it is about is said at the beginning.
	maxCaseTexts = 20
	// maxPause bounds the wait after an embedder failed.
	maxPause = time.Minute
)

// RunVectors makes vectors of the texts that wait for one, in batches and off the way of messages, until ctx ends; then it
// returns nil. Several nodes share the work. While the embedder fails it waits longer each time, and goes on with single
// texts; one that fails alone goes to the end of the list, so it cannot hold up the others.
func (h *History) RunVectors(ctx context.Context) error {
	if h.embedder == nil {
		return nil
	}
	size, pause := vectorBatch, time.Duration(0)
	for {
		wait := vectorsEvery
		done, err := h.WriteVectors(ctx, size)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			pause = min(max(2*pause, vectorsEvery), maxPause)
			size, wait = 1, pause
			h.log.Warn("texts get no vectors; trying again", "pause", pause, "error", err)
		case done == size:
			size, pause, wait = min(2*size, vectorBatch), 0, 0
		default:
			size, pause = vectorBatch, 0
		}
		if wait == 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// waiting is a text that waits for its vector.
type waiting struct {
	kind      string
	ref       uuid.UUID
	contact   uuid.UUID
	text      string // empty when there is nothing to embed
	createdAt time.Time
	vector    *pgvector.HalfVector
}

// WriteVectors makes vectors of at most so many waiting texts, the oldest first, and returns how many it took from the
// list. The rows are locked meanwhile, so that other nodes take others; nobody who adds to the list waits.
func (h *History) WriteVectors(ctx context.Context, most int) (int, error) {
	s := h.space.Load()
	if s == nil {
		return 0, nil
	}
	var taken []*waiting
	var failed error
	// Lost vectors are written again, so the commit need not wait for the disk.
	soon := pgx.TxOptions{BeginQuery: "BEGIN; SET LOCAL synchronous_commit TO off"}
	err := pgx.BeginTxFunc(ctx, h.pool, soon, func(tx pgx.Tx) error {
		var err error
		if taken, err = takeWaiting(ctx, tx, most); err != nil || len(taken) == 0 {
			return err
		}
		if failed = h.embedWaiting(ctx, taken); failed != nil {
			return postpone(ctx, tx, taken)
		}
		return s.write(ctx, tx, taken)
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return 0, fmt.Errorf("write vectors: %w", err)
	}
	return len(taken), nil
}

func takeWaiting(ctx context.Context, tx pgx.Tx, most int) ([]*waiting, error) {
	rows, err := tx.Query(ctx, `
		WITH w AS MATERIALIZED (
			SELECT kind, ref, contact_id FROM vector_work ORDER BY created_at, ref LIMIT `+fmt.Sprint(most)+` FOR UPDATE SKIP LOCKED
		)
		SELECT w.kind, w.ref, COALESCE(c.contact_id, w.contact_id), COALESCE(m.created_at, now()),
			CASE WHEN w.kind = 'message' THEN ARRAY[COALESCE(left(m.text, $1), '')] ELSE ARRAY(
				SELECT left(x.text, $1) FROM messages x WHERE x.conversation_id = w.ref AND x.kind = 'inbound' AND c.status = 'resolved' ORDER BY x.seq LIMIT `+fmt.Sprint(maxCaseTexts)+`
			) END
		FROM w
		LEFT JOIN LATERAL (SELECT * FROM messages WHERE w.kind = 'message' AND id = w.ref LIMIT 1) m ON true -- one by one, by its key
		LEFT JOIN conversations c ON c.id = CASE WHEN w.kind = 'message' THEN m.conversation_id ELSE w.ref END`, maxEmbedded)
	if err != nil {
		return nil, fmt.Errorf("take texts: %w", err)
	}
	taken, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*waiting, error) {
		w := &waiting{}
		var texts []string
		if err := row.Scan(&w.kind, &w.ref, &w.contact, &w.createdAt, &texts); err != nil {
			return nil, err
		}
		w.text = cut(matter(texts))
		return w, nil
	})
	if err != nil {
		return nil, fmt.Errorf("take texts: %w", err)
	}
	return taken, nil
}

// matter is what texts of a contact are about: an answer to "Did that help?" says nothing of it.
func matter(texts []string) string {
	var telling []string
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" && !routing.Affirms(t) && !routing.Denies(t) {
			telling = append(telling, t)
		}
	}
	return strings.Join(telling, "\n")
}

func (h *History) embedWaiting(ctx context.Context, taken []*waiting) error {
	var texts []string
	var of []*waiting
	for _, w := range taken {
		if w.text != "" {
			texts, of = append(texts, w.text), append(of, w)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	vectors, err := h.embed(ctx, texts, embedLater)
	if err != nil {
		return err
	}
	for i, w := range of {
		w.vector = vectors[i]
	}
	return nil
}

// postpone puts a text that failed alone to the end of the list.
func postpone(ctx context.Context, tx pgx.Tx, taken []*waiting) error {
	if len(taken) != 1 {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE vector_work SET created_at = clock_timestamp() WHERE kind = $1 AND ref = $2`, taken[0].kind, taken[0].ref); err != nil {
		return fmt.Errorf("postpone a text: %w", err)
	}
	return nil
}

// write keeps the vectors and takes the texts from the list, those without a vector too.
func (s space) write(ctx context.Context, tx pgx.Tx, taken []*waiting) error {
	var messages, contacts, cases []uuid.UUID
	var times []time.Time
	var messageVectors, caseVectors []pgvector.HalfVector
	kinds, refs := make([]string, len(taken)), make([]uuid.UUID, len(taken))
	for i, w := range taken {
		kinds[i], refs[i] = w.kind, w.ref
		switch {
		case w.vector == nil:
		case w.kind == "message":
			messages, contacts, times, messageVectors = append(messages, w.ref), append(contacts, w.contact), append(times, w.createdAt), append(messageVectors, *w.vector)
		default:
			cases, caseVectors = append(cases, w.ref), append(caseVectors, *w.vector)
		}
	}
	b := &pgx.Batch{}
	b.Queue(fmt.Sprintf(`
		INSERT INTO %s (model_id, message_id, contact_id, embedding, created_at)
		SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::halfvec[], $5::timestamptz[]) ON CONFLICT DO NOTHING`, s.messages),
		s.id, messages, contacts, messageVectors, times)
	b.Queue(fmt.Sprintf(`
		INSERT INTO %s (model_id, conversation_id, embedding) SELECT $1, * FROM unnest($2::uuid[], $3::halfvec[])
		ON CONFLICT (model_id, conversation_id) DO UPDATE SET embedding = excluded.embedding`, s.cases), s.id, cases, caseVectors)
	b.Queue(`DELETE FROM vector_work v USING unnest($1::text[], $2::uuid[]) AS w(kind, ref) WHERE v.kind = w.kind AND v.ref = w.ref`, kinds, refs)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("keep vectors: %w", err)
	}
	return nil
}
