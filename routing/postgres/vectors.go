package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pgvector/pgvector-go"

	"usher/routing"
)

const (
	// tendEvery is how often the spaces are looked after, and how soon a node hears that another serves.
	tendEvery = time.Second
	// vectorsEvery is how often the list of texts without a vector is looked at while it is empty.
	vectorsEvery = time.Second
	// vectorBatch is how many texts are taken at most, and firstBatch how many before it is known how long they take.
	vectorBatch, firstBatch = 256, 8
	// maxCaseTexts is how many of a contact's texts make a case; what it is about is said at the beginning.
	maxCaseTexts = 20
	// maxPause bounds the wait after an embedder failed.
	maxPause = time.Minute
)

// RunVectors makes vectors of the texts that wait for one, in batches and off the way of messages, until ctx ends; then it
// returns nil. Several nodes share the work. An embedder that fails holds up no other. It also moves on to another
// embedder's vectors when these are complete, and takes away those that nobody needs any more.
func (h *History) RunVectors(ctx context.Context) error {
	if h.embedders.Wanted == nil {
		return nil
	}
	var running sync.WaitGroup
	defer running.Wait()
	writers := map[*space]context.CancelFunc{}
	for {
		if err := h.tend(ctx); err != nil && ctx.Err() == nil {
			h.log.Warn("the spaces of vectors are not looked after; trying again", "error", err)
		}
		kept := h.spaces.Load().all
		for s, stop := range writers {
			if !slices.Contains(kept, s) {
				stop()
				delete(writers, s)
			}
		}
		for _, s := range kept {
			if writers[s] == nil && s.embedder != nil {
				ctx, stop := context.WithCancel(ctx)
				writers[s] = stop
				running.Go(func() { h.runSpace(ctx, s) })
			}
		}
		select {
		case <-ctx.Done():
			for _, stop := range writers {
				stop()
			}
			return nil
		case <-time.After(tendEvery):
		}
	}
}

// runSpace writes the vectors of one embedder until ctx ends. While the embedder fails it waits longer each time and goes on
// with single texts. One that fails alone leaves the list without a vector when the embedder is well, else goes to its end.
func (h *History) runSpace(ctx context.Context, s *space) {
	size, pause := firstBatch, time.Duration(0)
	for {
		var wait time.Duration
		done, work, err := h.writeSpace(ctx, s, size)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			pause = min(max(2*pause, vectorsEvery), maxPause)
			size, wait = 1, pause
			h.log.Warn("texts get no vectors; trying again", "embedder", s.model.Name, "pause", pause, "error", err)
		case done == size:
			wait = h.pace.rest(work, len(h.spaces.Load().all))
			size, pause = h.pace.next(size, work), 0
		default:
			size, pause, wait = max(size, firstBatch), 0, max(vectorsEvery, h.pace.rest(work, len(h.spaces.Load().all)))
		}
		if wait == 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// waiting is a text that waits for its vector.
type waiting struct {
	kind   string
	ref    uuid.UUID
	text   string // empty when there is nothing to embed
	vector *pgvector.HalfVector
}

// batch is texts that others leave alone until a moment. One that is taken back and added again meanwhile does not have it.
type batch struct {
	texts []*waiting
	until time.Time
}

// WriteVectors makes vectors of at most so many waiting texts for each embedder, and returns how many it took from the list.
func (h *History) WriteVectors(ctx context.Context, most int) (int, error) {
	all := h.spaces.Load()
	if all == nil {
		return 0, nil
	}
	taken := 0
	for _, s := range all.all {
		if s.embedder == nil {
			continue
		}
		n, _, err := h.writeSpace(ctx, s, most)
		if err != nil {
			return taken, err
		}
		taken += n
	}
	return taken, nil
}

// writeSpace makes vectors of at most so many texts that wait for one embedder, the oldest first and those of the past last.
// It returns how many it took from the list, and how long that kept processors busy here and in the database.
func (h *History) writeSpace(ctx context.Context, s *space, most int) (done int, work time.Duration, err error) {
	began := time.Now()
	b, err := s.take(ctx, h.pool, most)
	if err != nil || len(b.texts) == 0 {
		return 0, 0, wrap("write vectors", err)
	}
	embedFrom := time.Now()
	thinking, err := onThisCore(func() error { return s.embedAll(ctx, b.texts) })
	embedding := time.Since(embedFrom)
	alone := len(b.texts) == 1
	if err != nil && alone && s.isWell(ctx) {
		h.log.Warn("a text is refused and gets no vector", "embedder", s.model.Name, "kind", b.texts[0].kind, "id", b.texts[0].ref, "error", err)
		err = nil
	}
	if err == nil {
		if err = s.write(ctx, h.pool, b); err == nil {
			return len(b.texts), time.Since(began) - embedding + thinking, nil
		}
	}
	return 0, 0, fmt.Errorf("write vectors of %q: %w", s.model.Name, errors.Join(err, s.giveBack(context.WithoutCancel(ctx), h.pool, b, alone)))
}

// isWell tells whether an embedder that refused a text embeds another.
func (s *space) isWell(ctx context.Context) bool {
	_, err := s.embed(ctx, []string{"where is my order"}, embedLater)
	return err == nil
}

// takenFor is how long texts are left to who took them, should that one be gone; longer than embedding may take, twice.
const takenFor = "2 minutes"

func (s *space) take(ctx context.Context, pool *pgxpool.Pool, most int) (batch, error) {
	var b batch
	rows, err := pool.Query(ctx, `
		WITH w AS MATERIALIZED (
			SELECT kind, ref FROM vector_work WHERE model_id = $1 AND (taken_until IS NULL OR taken_until < now())
			ORDER BY past, created_at, ref LIMIT `+fmt.Sprint(most)+` FOR UPDATE SKIP LOCKED
		)
		UPDATE vector_work v SET taken_until = now() + interval '`+takenFor+`' FROM w WHERE v.kind = w.kind AND v.ref = w.ref AND v.model_id = $1
		RETURNING v.kind, v.ref, v.taken_until, CASE WHEN v.kind = 'message' THEN ARRAY(SELECT left(text, $2) FROM messages WHERE id = v.ref) ELSE ARRAY(
			SELECT left(x.text, $2) FROM conversations c JOIN messages x ON x.conversation_id = c.id AND x.kind = 'inbound'
			WHERE c.id = v.ref AND c.status = 'resolved' ORDER BY x.seq LIMIT `+fmt.Sprint(maxCaseTexts)+`) END`, s.id, maxEmbedded)
	if err != nil {
		return b, fmt.Errorf("take texts: %w", err)
	}
	b.texts, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*waiting, error) {
		w := &waiting{}
		var texts []string
		if err := row.Scan(&w.kind, &w.ref, &b.until, &texts); err != nil {
			return nil, err
		}
		w.text = matter(texts)
		return w, nil
	})
	return b, wrap("take texts", err)
}

// matter is what texts of a contact are about: an answer to "Did that help?" says nothing of it.
func matter(texts []string) string {
	var telling []string
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" && !routing.Affirms(t) && !routing.Denies(t) {
			telling = append(telling, about(t))
		}
	}
	return cut(strings.Join(telling, "\n"))
}

func (s *space) embedAll(ctx context.Context, all []*waiting) error {
	var texts []string
	var of []*waiting
	for _, w := range all {
		if w.text != "" {
			texts, of = append(texts, w.text), append(of, w)
		}
	}
	if len(texts) == 0 {
		return nil
	}
	vectors, err := s.embed(ctx, texts, embedLater)
	if err != nil {
		return err
	}
	for i, w := range of {
		w.vector = vectors[i]
	}
	return nil
}

// giveBack lets others have texts that were taken; postponed ones after all that wait by now.
func (s *space) giveBack(ctx context.Context, pool *pgxpool.Pool, b batch, postponed bool) error {
	ctx, cancel := context.WithTimeout(ctx, giveBackWithin)
	defer cancel()
	kinds, refs := b.keys()
	_, err := pool.Exec(ctx, `
		UPDATE vector_work v SET taken_until = NULL, created_at = CASE WHEN $5 THEN clock_timestamp() ELSE created_at END
		FROM unnest($1::text[], $2::uuid[]) AS w(kind, ref) WHERE v.kind = w.kind AND v.ref = w.ref AND v.model_id = $3 AND v.taken_until = $4`,
		kinds, refs, s.id, b.until, postponed)
	return wrap("give texts back", err)
}

// giveBackWithin is how long the end of a program waits for it; who does not manage leaves the texts to takenFor.
const giveBackWithin = 5 * time.Second

func (b batch) keys() (kinds []string, refs []uuid.UUID) {
	for _, w := range b.texts {
		kinds, refs = append(kinds, w.kind), append(refs, w.ref)
	}
	return kinds, refs
}

// write keeps the vectors and takes the texts from the list, those without a vector too. What was taken back meanwhile, or is
// gone, gets none; whose a message is is read now.
func (s *space) write(ctx context.Context, pool *pgxpool.Pool, b batch) error {
	var vectors []*pgvector.HalfVector
	for _, w := range b.texts {
		vectors = append(vectors, w.vector)
	}
	kinds, refs := b.keys()
	// Lost vectors are written again, so the commit need not wait for the disk.
	soon := pgx.TxOptions{BeginQuery: "BEGIN; SET LOCAL synchronous_commit TO off"}
	err := pgx.BeginTxFunc(ctx, pool, soon, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, fmt.Sprintf(`
			WITH w AS (
				DELETE FROM vector_work v USING unnest($2::text[], $3::uuid[], $4::halfvec[]) AS w(kind, ref, embedding)
				WHERE v.kind = w.kind AND v.ref = w.ref AND v.model_id = $1 AND v.taken_until = $5
				RETURNING w.*
			), messages_kept AS (
				INSERT INTO %s (model_id, message_id, contact_id, embedding, created_at)
				SELECT $1, m.id, c.contact_id, w.embedding, m.created_at
				FROM w JOIN messages m ON m.id = w.ref JOIN conversations c ON c.id = m.conversation_id
				WHERE w.kind = 'message' AND w.embedding IS NOT NULL ON CONFLICT DO NOTHING
			)
			INSERT INTO %s (model_id, conversation_id, embedding)
			SELECT $1, c.id, w.embedding FROM w JOIN conversations c ON c.id = w.ref WHERE w.kind = 'case' AND w.embedding IS NOT NULL
			ON CONFLICT (conversation_id, model_id) DO UPDATE SET embedding = excluded.embedding`, s.messages, s.cases), s.id, kinds, refs, vectors, b.until)
		return err
	})
	return wrap("keep vectors", err)
}
