package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/inbox"
)

// SweepOptions say how patient the sweeper is. Zero fields take the defaults.
type SweepOptions struct {
	// Every is the time between two looks. Default 5 s.
	Every time.Duration
	// After is the age at which work counts as stuck. Default 5 s. A piece is published again when it is that old, and
	// then each time its age has doubled, so what stays stuck is asked for less and less often.
	After time.Duration
}

func (o SweepOptions) withDefaults() SweepOptions {
	if o.Every == 0 {
		o.Every = 5 * time.Second
	}
	if o.After == 0 {
		o.After = 5 * time.Second
	}
	return o
}

// RunSweep publishes again what has not advanced, until ctx ends: the bus may lose everything it holds, and this
// delays work and loses none. It also ends conversations that stayed silent after an automatic answer.
func (s *Store) RunSweep(ctx context.Context, o SweepOptions, log *slog.Logger) error {
	o = o.withDefaults()
	last := time.Time{} // at the first look everything that is old enough is asked for
	for {
		now := time.Now()
		n, done, err := s.sweep(ctx, now, last, o.After)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil:
			log.Error("sweep", "error", err)
		case n > 0:
			log.Info("published again what had not advanced", "count", n)
		}
		if done {
			last = now
		}
		if err := s.ResolveSilent(ctx); err != nil && ctx.Err() == nil {
			log.Error("resolve the silent", "error", err)
		}
		if !sleep(ctx, o.Every) {
			return nil
		}
	}
}

// sweep puts stuck work into the outbox again. The attempt is the number of doublings of its age, so it needs no
// counter; only work whose attempt rose since last is asked for. While the outbox itself is behind it does not look, and
// reports that it is not done.
func (s *Store) sweep(ctx context.Context, now, last time.Time, after time.Duration) (n int64, done bool, err error) {
	var behind bool
	if err := s.pool.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM outbox WHERE created_at < $1::timestamptz - make_interval(secs => $2))`, now, after.Seconds()).Scan(&behind); err != nil {
		return 0, false, fmt.Errorf("sweep: %w", err)
	}
	if behind {
		return 0, false, nil
	}
	tag, err := s.pool.Exec(ctx, `
		WITH stuck AS (
			SELECT 'inbound' AS topic, '' AS token, m.conversation_id, m.id AS ref, m.created_at
			FROM conversations c JOIN messages m ON m.conversation_id = c.id AND m.kind = 'inbound' AND m.seq > c.decided_seq
			WHERE c.status <> 'resolved' AND c.heard_seq > c.decided_seq
			UNION ALL
			SELECT 'reply', d.template, d.conversation_id, d.id, d.created_at
			FROM conversations c JOIN decisions d ON d.id = c.answer_owed
			WHERE c.answer_owed IS NOT NULL
			UNION ALL
			SELECT 'outbound', c.channel, m.conversation_id, m.id, m.created_at
			FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.delivery = 'pending'
		), aged AS (
			SELECT *, floor(ln(extract(epoch FROM $1::timestamptz - created_at)::float8 / $3::float8) / ln(2::float8))::int + 1 AS attempt,
				floor(ln(greatest(extract(epoch FROM $2::timestamptz - created_at)::float8 / $3::float8, 0.5)) / ln(2::float8))::int + 1 AS before
			FROM stuck WHERE created_at <= $1::timestamptz - make_interval(secs => $3)
		)
		INSERT INTO outbox (topic, token, conversation_id, ref, attempt)
		SELECT topic, token, conversation_id, ref, attempt
		FROM aged
		WHERE attempt > before`,
		now, last, after.Seconds())
	if err != nil {
		return 0, false, fmt.Errorf("sweep: %w", err)
	}
	if tag.RowsAffected() > 0 {
		signal(s.work)
	}
	return tag.RowsAffected(), true, nil
}

// silentBatch bounds how many conversations one transaction ends.
const silentBatch = 200

// ResolveSilent resolves conversations whose contact said nothing more after an automatic answer until the time was up.
func (s *Store) ResolveSilent(ctx context.Context) error {
	for {
		n := 0
		var changes []inbox.Change
		err := s.inTx(ctx, "resolve the silent", func(tx pgx.Tx) error {
			ids, err := silent(ctx, tx)
			if err != nil {
				return err
			}
			n = len(ids)
			changes, err = resolveAll(ctx, tx, ids, "silence")
			return err
		})
		if err != nil {
			return err
		}
		for _, c := range changes {
			s.committed(c)
		}
		if n < silentBatch {
			return nil
		}
	}
}

// silent locks conversations whose time is up. One with a message that is not decided is not silent.
func silent(ctx context.Context, tx pgx.Tx) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, `
		SELECT c.id FROM conversations c
		WHERE c.status = 'waiting' AND c.watch_until < now() AND c.heard_seq = c.decided_seq
		ORDER BY c.id LIMIT `+fmt.Sprint(silentBatch)+` FOR NO KEY UPDATE OF c SKIP LOCKED`)
	if err != nil {
		return nil, fmt.Errorf("find the silent: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("find the silent: %w", err)
	}
	return ids, nil
}

// resolveAll resolves locked conversations that nobody owns, with an entry that says by whom.
func resolveAll(ctx context.Context, tx pgx.Tx, ids []uuid.UUID, by string) ([]inbox.Change, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	entries := make([]uuid.UUID, len(ids))
	for i := range entries {
		entries[i] = newID()
	}
	rows, err := tx.Query(ctx, `
		WITH done AS (
			UPDATE conversations c SET status = 'resolved', resolved_at = now(), resolved_by = $3, watch_until = NULL, asked = false,
				waiting_since = NULL, queued_at = NULL, last_seq = c.last_seq + 1
			FROM unnest($1::uuid[], $2::uuid[]) AS w(id, entry)
			WHERE c.id = w.id AND c.status <> 'resolved'
			RETURNING c.id, c.last_seq, c.inbox_address_id, c.contact_id, w.entry
		), entered AS (
			INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text, payload)
			SELECT entry, id, last_seq, 'activity', 'system', inbox_address_id, '', jsonb_build_object('what', 'resolved', 'reason', $3::text) FROM done
		), learned AS (
			INSERT INTO vector_work (model_id, kind, ref, contact_id) SELECT s.model_id, 'case', d.id, d.contact_id FROM done d CROSS JOIN vector_spaces s ON CONFLICT DO NOTHING
		)
		SELECT id, last_seq FROM done`, ids, entries, by)
	if err != nil {
		return nil, fmt.Errorf("resolve by %s: %w", by, err)
	}
	var changes []inbox.Change
	var c inbox.Change
	if _, err := pgx.ForEachRow(rows, []any{&c.ConversationID, &c.Seq}, func() error {
		changes = append(changes, c)
		return nil
	}); err != nil {
		return nil, fmt.Errorf("resolve by %s: %w", by, err)
	}
	return changes, nil
}
