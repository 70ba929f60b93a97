package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"usher/intent"
)

// maxDims is what an index over halfvec can hold.
const maxDims = 4000

// space is where the vectors of one embedder are kept.
type space struct {
	id       int
	model    intent.ModelID
	messages string          // partition of message_vectors
	cases    string          // partition of case_vectors
	embedder intent.Embedder // nil where this node cannot ask it
	// sameMatter is the least cosine similarity at which two messages of one contact are about the same matter, whatever
	// their intents.
	sameMatter float64
	failing    atomic.Bool // since it was last asked for a decision
}

// spaces are all that are kept, and the part that some play, as a node last read it.
type spaces struct {
	all     []*space
	serving *space // nil before the first Prepare on a database
	// fallBack is compared by while the embedder of the one that serves does not answer; nil for none, and as long as it
	// lacks vectors of the past.
	fallBack *space
}

// searched are the spaces in which texts can be compared on this node, the best first.
func (s *spaces) searched() []*space {
	var all []*space
	for _, one := range []*space{s.serving, s.fallBack} {
		if one != nil {
			all = append(all, one)
		}
	}
	return all
}

// sameMatter is chosen by embedder. On random pairs of the training sets BANKING77 (one trade, so the harder) and CLINC150
// the built-in one puts 22 % and 21 % of pairs with the same intent at 0.60 or above, and 0.25 % and 0.05 % of those with
// different ones; at 0.50 it is 44 % and 41 % against 1.7 % and 0.26 % (TestHowAlikeTextsOfOneIntentAre in intent/builtin). A
// contact who asks again is found by the intent anyway, and a false repeat costs an automatic answer, so the limit is the
// higher one. Other embedders put unlike texts much nearer together and were not measured: for them only what is nearly the
// same counts.
func sameMatter(model intent.ModelID) float64 {
	if model.Name == "use-lite-512+hash-512" {
		return 0.60
	}
	return 0.85
}

// prepareLock keeps nodes from changing the spaces at the same time.
const prepareLock = 7305822

// Prepare makes room for the embedders' vectors, has texts of the past wait for those that an embedder lacks, and finds out
// whose vectors serve. Of several nodes the one that started last says which embedder is wanted. It may be called again, and
// on several nodes at once.
func (h *History) Prepare(ctx context.Context) error {
	if h.embedders.Wanted == nil {
		return nil
	}
	wanted := h.embedders.Wanted.Model()
	fallBack := intent.ModelID{}
	models := []intent.ModelID{wanted}
	if h.embedders.FallBack != nil && h.embedders.FallBack.Model() != wanted {
		fallBack = h.embedders.FallBack.Model()
		models = append(models, fallBack)
	}
	err := h.untilFree(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, prepareLock); err != nil {
			return fmt.Errorf("wait for other nodes: %w", err)
		}
		// Partitions lock their parents and what these refer to: who waits for that holds up everybody who comes after.
		if _, err := tx.Exec(ctx, `SET LOCAL lock_timeout = '`+lockWithin+`'`); err != nil {
			return fmt.Errorf("wait no longer than %s: %w", lockWithin, err)
		}
		if _, err := tx.Exec(ctx, `UPDATE vector_spaces SET wanted = false, fall_back = false WHERE wanted OR fall_back`); err != nil {
			return fmt.Errorf("forget who was wanted: %w", err)
		}
		for _, model := range models {
			if err := register(ctx, tx, model, model == wanted, model == fallBack); err != nil {
				return fmt.Errorf("embedder %q: %w", model.Name, err)
			}
		}
		return nil
	})
	if err == nil {
		err = h.tend(ctx)
	}
	if err != nil {
		return fmt.Errorf("prepare history: %w", err)
	}
	return nil
}

// lockWithin is how long a change of the spaces waits for others: less than it takes PostgreSQL to see two who wait for each
// other, so that it is always this one that gives way. A backup holds its locks for as long as it takes.
const lockWithin = "500ms"

// notNow reports whether others were in the way.
func notNow(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "55P03" || e.Code == "40P01") // lock_not_available, deadlock_detected
}

// patience is how often a start tries what others are in the way of.
const patience = 60

// untilFree does something in a transaction, and again a moment later as long as others are in the way.
func (h *History) untilFree(ctx context.Context, do func(pgx.Tx) error) error {
	for try := 1; ; try++ {
		err := pgx.BeginFunc(ctx, h.pool, do)
		if !notNow(err) || try == patience {
			return err
		}
		h.log.Info("waiting for those who use the tables of vectors, such as a backup", "try", try)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(500 * time.Millisecond):
		}
	}
}

func spaceOf(id int, model intent.ModelID) *space {
	return &space{
		id: id, model: model, sameMatter: sameMatter(model),
		messages: fmt.Sprintf("message_vectors_%d", id), cases: fmt.Sprintf("case_vectors_%d", id),
	}
}

// register finds or makes an embedder's row and its space. The name and the length of its vectors together tell embedders
// apart: vectors of different ones cannot be compared.
func register(ctx context.Context, tx pgx.Tx, model intent.ModelID, wanted, fallBack bool) error {
	if model.Dims < 1 || model.Dims > maxDims {
		return fmt.Errorf("it makes vectors of %d numbers; from 1 to %d can be kept, so ask it for fewer", model.Dims, maxDims)
	}
	hash := fmt.Sprintf("embedder:%s/%d", model.Name, model.Dims)
	var id int
	err := tx.QueryRow(ctx, `SELECT id FROM models WHERE hash = $1`, hash).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = tx.QueryRow(ctx, `INSERT INTO models (kind, name, hash, dims) VALUES ('embedder', $1, $2, $3) RETURNING id`, model.Name, hash, model.Dims).Scan(&id)
	}
	if err != nil {
		return fmt.Errorf("register it: %w", err)
	}
	if err := spaceOf(id, model).create(ctx, tx); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO vector_spaces (model_id, wanted, fall_back) VALUES ($1, $2, $3)
		ON CONFLICT (model_id) DO UPDATE SET wanted = $2, fall_back = $3, retired_at = NULL`, id, wanted, fallBack); err != nil {
		return fmt.Errorf("make room for its vectors: %w", err)
	}
	return nil
}

// create makes the partitions. The parent's column has no length, because each embedder has its own: a check keeps the
// length, and the index is over the column cast to it. The index is there from the start: built at the end it would be sooner
// done, but with all of the machine for minutes while messages come in.
func (s *space) create(ctx context.Context, tx pgx.Tx) error {
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

// tend moves the spaces on, whichever node comes to it first, and reads how they are now.
func (h *History) tend(ctx context.Context) error {
	if err := h.listPast(ctx); err != nil {
		return err
	}
	if err := pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if mine, err := alone(ctx, tx); err != nil || !mine {
			return err
		}
		return serve(ctx, tx)
	}); err != nil {
		return err
	}
	// What is dropped or not is no reason not to look who serves.
	return errors.Join(h.dropRetired(ctx), h.load(ctx))
}

// alone reports whether no other node is changing the spaces, and keeps others from it until the transaction ends.
func alone(ctx context.Context, tx pgx.Tx) (mine bool, err error) {
	if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, prepareLock).Scan(&mine); err != nil {
		return false, fmt.Errorf("look whether other nodes are at it: %w", err)
	}
	return mine, nil
}

// maxPast is how many messages of the past a new embedder is shown: old ones are only asked for within the policy's repeat
// window. Of cases it is shown all.
const maxPastMessages = 50_000

// listPast has the texts of the past wait for each embedder that was not shown them yet.
func (h *History) listPast(ctx context.Context) error {
	var fresh bool
	if err := h.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM vector_spaces WHERE listed_at IS NULL)`).Scan(&fresh); err != nil || !fresh {
		return wrap("look for new spaces", err)
	}
	// A transaction that began before the space was there did not add its texts for it. This waits for all of them.
	// It is for one node alone: behind a second one, which waits for the first, all would queue who add texts.
	var waited bool
	if err := pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		mine, err := alone(ctx, tx)
		if err != nil || !mine {
			return err
		}
		if _, err = tx.Exec(ctx, `SET LOCAL lock_timeout = '`+lockWithin+`'`); err == nil {
			_, err = tx.Exec(ctx, `LOCK TABLE vector_work IN SHARE MODE`)
		}
		waited = err == nil
		return err
	}); err != nil && !notNow(err) {
		return fmt.Errorf("wait for those who add texts: %w", err)
	}
	if !waited {
		return nil
	}
	err := pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if mine, err := alone(ctx, tx); err != nil || !mine {
			return err
		}
		_, err := tx.Exec(ctx, `
			WITH fresh AS (SELECT model_id FROM vector_spaces WHERE listed_at IS NULL), old AS (
				SELECT 'case' AS kind, id, contact_id FROM conversations WHERE status = 'resolved'
				UNION ALL (
					SELECT 'message', m.id, c.contact_id FROM messages m JOIN conversations c ON c.id = m.conversation_id
					WHERE m.kind = 'inbound' AND m.seq <= c.decided_seq ORDER BY m.id DESC LIMIT `+fmt.Sprint(maxPastMessages)+`
				)
			), listed AS (
				INSERT INTO vector_work (model_id, kind, ref, contact_id, past)
				SELECT f.model_id, old.*, true FROM old CROSS JOIN fresh f ON CONFLICT DO NOTHING RETURNING model_id
			)
			UPDATE vector_spaces s SET listed_at = now(), past = (SELECT count(*) FROM listed l WHERE l.model_id = s.model_id) WHERE listed_at IS NULL`)
		return err
	})
	return wrap("list what was written before", err)
}

// serve notes which spaces have their past, and has the one that is wanted serve once it does. Where none serves yet it is
// the one to fall back on if that is complete, else the wanted one, complete or not.
func serve(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, `
		UPDATE vector_spaces s SET complete_at = now()
		WHERE complete_at IS NULL AND listed_at IS NOT NULL AND NOT EXISTS (SELECT FROM vector_work w WHERE w.model_id = s.model_id AND w.past)`); err != nil {
		return fmt.Errorf("see who is complete: %w", err)
	}
	var id int
	err := tx.QueryRow(ctx, `
		SELECT model_id FROM vector_spaces
		WHERE wanted AND complete_at IS NOT NULL OR NOT EXISTS (SELECT FROM vector_spaces WHERE serves) AND (wanted OR fall_back AND complete_at IS NOT NULL)
		ORDER BY complete_at IS NULL, NOT wanted LIMIT 1`).Scan(&id)
	if err == nil {
		// One after the other: two rows may not serve even for a moment.
		_, err = tx.Exec(ctx, `UPDATE vector_spaces SET serves = false WHERE serves AND model_id <> $1`, id)
	}
	if err == nil {
		_, err = tx.Exec(ctx, `UPDATE vector_spaces SET serves = true WHERE model_id = $1 AND NOT serves`, id)
	}
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("choose who serves: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE vector_spaces SET retired_at = now() WHERE retired_at IS NULL AND NOT (wanted OR fall_back OR serves)`); err != nil {
		return fmt.Errorf("retire who is not needed: %w", err)
	}
	return nil
}

// dropAgain is how long a space that is in use is left alone.
const dropAgain = time.Minute

// dropRetired takes away the spaces that nobody has needed for a while, and what waits for them. What is in use is left for
// the next time.
func (h *History) dropRetired(ctx context.Context) error {
	if time.Now().UnixNano() < h.dropNext.Load() {
		return nil
	}
	err := pgx.BeginFunc(ctx, h.pool, func(tx pgx.Tx) error {
		if mine, err := alone(ctx, tx); err != nil || !mine {
			return err
		}
		ids, err := column[int](ctx, tx, "list retired spaces", `SELECT model_id FROM vector_spaces WHERE retired_at <= now() - $1::interval`, h.keepRetired)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := dropSpaces(ctx, tx, ids); err != nil {
			return err
		}
		h.log.Info("vectors of embedders that are not needed any more were dropped", "spaces", len(ids))
		return nil
	})
	if notNow(err) {
		h.dropNext.Store(time.Now().Add(dropAgain).UnixNano())
		return nil
	}
	return wrap("drop retired spaces", err)
}

func dropSpaces(ctx context.Context, tx pgx.Tx, ids []int) error {
	var tables []string
	for _, id := range ids {
		s := spaceOf(id, intent.ModelID{})
		tables = append(tables, s.messages, s.cases)
	}
	statements := []string{
		// Whether a backup or the like reads them shows at once, and before anything else is locked.
		`SET LOCAL lock_timeout = '50ms'`,
		`LOCK TABLE ` + strings.Join(tables, ", ") + ` IN ACCESS EXCLUSIVE MODE`,
		`DELETE FROM vector_work WHERE model_id = ANY($1)`,
		`SET LOCAL lock_timeout = '` + lockWithin + `'`,
		// Nobody may add to a space that goes: who waits here looks again which there are.
		`LOCK TABLE vector_work IN SHARE ROW EXCLUSIVE MODE`,
		`DELETE FROM vector_work WHERE model_id = ANY($1)`,
		`DELETE FROM vector_spaces WHERE model_id = ANY($1)`,
		`DELETE FROM models WHERE id = ANY($1)`,
		`DROP TABLE ` + strings.Join(tables, ", "),
	}
	for _, sql := range statements {
		var args []any
		if strings.Contains(sql, "$1") {
			args = append(args, ids)
		}
		if _, err := tx.Exec(ctx, sql, args...); err != nil {
			return err
		}
	}
	return nil
}

// load reads the spaces as they are now.
func (h *History) load(ctx context.Context) error {
	known := map[int]*space{}
	if before := h.spaces.Load(); before != nil {
		for _, s := range before.all {
			known[s.id] = s
		}
	}
	rows, err := h.pool.Query(ctx, `
		SELECT s.model_id, m.name, m.dims, s.serves, s.fall_back AND s.complete_at IS NOT NULL
		FROM vector_spaces s JOIN models m ON m.id = s.model_id ORDER BY s.model_id`)
	if err != nil {
		return fmt.Errorf("read the spaces: %w", err)
	}
	now := &spaces{}
	var id int
	var model intent.ModelID
	var serves, fallsBack bool
	if _, err := pgx.ForEachRow(rows, []any{&id, &model.Name, &model.Dims, &serves, &fallsBack}, func() error {
		s := known[id]
		if s == nil {
			s = spaceOf(id, model)
			s.embedder = h.embedders.of(model)
		}
		now.all = append(now.all, s)
		switch {
		case serves:
			now.serving = s
		case fallsBack:
			now.fallBack = s
		}
		return nil
	}); err != nil {
		return fmt.Errorf("read the spaces: %w", err)
	}
	if before := h.spaces.Swap(now); before != nil && before.serving != now.serving && now.serving != nil {
		h.log.Info("texts are compared by another embedder from now on", "embedder", now.serving.model.Name, "numbers", now.serving.model.Dims)
	}
	return nil
}

// wrap says of an error during which operation it came.
func wrap(operation string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", operation, err)
}
