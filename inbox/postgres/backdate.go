package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Clock is the database's time. What is stored from now on is stamped with it or later.
func (s *Store) Clock(ctx context.Context) (time.Time, error) {
	var now time.Time
	if err := s.pool.QueryRow(ctx, `SELECT clock_timestamp()`).Scan(&now); err != nil {
		return now, fmt.Errorf("read the clock: %w", err)
	}
	return now, nil
}

// HasContacts reports whether anybody ever wrote.
func (s *Store) HasContacts(ctx context.Context) (bool, error) {
	var some bool
	if err := s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM contacts)`).Scan(&some); err != nil {
		return false, fmt.Errorf("look for contacts: %w", err)
	}
	return some, nil
}

// Backdate moves what was just stored of conversations into the past: every time of theirs at or after since becomes the
// conversation's moment, which lies before since. So a story can be played step by step, each step moved before the next
// is played: what was moved already is older than since and stays. It is for made-up data in a database that nobody else
// writes to; nothing else may change history.
func (s *Store) Backdate(ctx context.Context, since time.Time, moments map[uuid.UUID]time.Time) error {
	if len(moments) == 0 {
		return nil
	}
	var ids []uuid.UUID
	var ats []time.Time
	for id, at := range moments {
		if !at.Before(since) {
			return fmt.Errorf("backdate conversation %s: %s is not before %s", id, at, since)
		}
		ids, ats = append(ids, id), append(ats, at)
	}
	b := &pgx.Batch{}
	for _, statement := range backdating {
		b.Queue(`WITH w AS (SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS w(id, at)) `+statement, ids, ats, since)
	}
	err := s.inTx(ctx, "backdate", func(tx pgx.Tx) error { return tx.SendBatch(ctx, b).Close() })
	if err != nil {
		return fmt.Errorf("%d conversations: %w", len(ids), err)
	}
	return nil
}

// backdating moves what hangs on conversations w (id, at) from $3 on. The length of a watch is kept: it began with the
// last message.
var backdating = []string{
	`UPDATE predictions p SET created_at = w.at FROM w, messages m WHERE m.conversation_id = w.id AND p.message_id = m.id AND p.created_at >= $3`,
	`UPDATE messages m SET created_at = w.at FROM w WHERE m.conversation_id = w.id AND m.created_at >= $3`,
	`UPDATE feedback f SET created_at = w.at FROM w, decisions d WHERE d.conversation_id = w.id AND f.decision_id = d.id AND f.created_at >= $3`,
	`UPDATE decisions d SET created_at = w.at FROM w WHERE d.conversation_id = w.id AND d.created_at >= $3`,
	`UPDATE corrections k SET created_at = w.at FROM w WHERE k.conversation_id = w.id AND k.created_at >= $3`,
	`UPDATE assignments a SET started_at = CASE WHEN started_at >= $3 THEN w.at ELSE started_at END, ended_at = CASE WHEN ended_at >= $3 THEN w.at ELSE ended_at END
		FROM w WHERE a.conversation_id = w.id AND (started_at >= $3 OR ended_at >= $3)`,
	`UPDATE conversations c SET
			created_at = CASE WHEN created_at >= $3 THEN w.at ELSE created_at END,
			last_message_at = CASE WHEN last_message_at >= $3 THEN w.at ELSE last_message_at END,
			waiting_since = CASE WHEN waiting_since >= $3 THEN w.at ELSE waiting_since END,
			queued_at = CASE WHEN queued_at >= $3 THEN w.at ELSE queued_at END,
			person_wrote_at = CASE WHEN person_wrote_at >= $3 THEN w.at ELSE person_wrote_at END,
			resolved_at = CASE WHEN resolved_at >= $3 THEN w.at ELSE resolved_at END,
			watch_until = CASE WHEN last_message_at >= $3 THEN w.at + (watch_until - last_message_at) ELSE watch_until END
		FROM w WHERE c.id = w.id`,
	`UPDATE agents g SET last_assigned_at = a.latest
		FROM (SELECT agent_id, max(started_at) AS latest FROM assignments WHERE agent_id IN (SELECT agent_id FROM conversations WHERE id IN (SELECT id FROM w)) GROUP BY agent_id) a
		WHERE g.id = a.agent_id AND g.last_assigned_at >= $3 AND a.latest < $3`,
}

// BackdateContacts does the same for contacts, by the company's ids of them, and for what was tracked of them. Those
// without such an id are as old as their first conversation.
func (s *Store) BackdateContacts(ctx context.Context, since time.Time, known map[string]time.Time) error {
	var externals []string
	var ats []time.Time
	for id, at := range known {
		externals, ats = append(externals, id), append(ats, at)
	}
	return s.inTx(ctx, "backdate contacts", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `
			UPDATE contacts k SET created_at = COALESCE(o.at, k.created_at), updated_at = COALESCE(o.at, k.updated_at)
			FROM (
				SELECT c.id, COALESCE(w.at, (SELECT min(created_at) FROM conversations WHERE contact_id = c.id)) AS at
				FROM contacts c LEFT JOIN unnest($1::text[], $2::timestamptz[]) AS w(external_id, at) USING (external_id)
			) o
			WHERE o.id = k.id AND k.created_at >= $3`, externals, ats, since); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			UPDATE contact_addresses a SET created_at = c.created_at FROM contacts c WHERE c.id = a.contact_id AND a.created_at >= $1`, since); err != nil {
			return fmt.Errorf("addresses: %w", err)
		}
		if _, err := tx.Exec(ctx, `UPDATE tracked_events SET created_at = occurred_at WHERE created_at >= $1 AND occurred_at < $1`, since); err != nil {
			return fmt.Errorf("events: %w", err)
		}
		return nil
	})
}
