package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"usher/inbox"
)

// Thresholds count how each intent fared since a moment. Of the automatic answers, those count as known that a contact or
// an agent said something about; as wrong those that did not help, were called wrong, or answered another intent.
func (s *Store) Thresholds(ctx context.Context, since time.Time) ([]inbox.ThresholdRow, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT d.intent, count(*), count(*) FILTER (WHERE auto),
			count(*) FILTER (WHERE auto AND (k.wrong OR NOT f.helped)),
			count(*) FILTER (WHERE auto AND (k.wrong IS NOT NULL OR f.helped IS NOT NULL))
		FROM (SELECT id, intent, route = 'reply' AND withheld_reason IS NULL AS auto FROM decisions WHERE created_at >= $1 AND intent IS NOT NULL) d
		LEFT JOIN feedback f ON f.decision_id = d.id
		LEFT JOIN (
			SELECT k.decision_id, bool_or(k.wrong_answer OR k.intent <> o.intent) IS TRUE AS wrong
			FROM corrections k JOIN decisions o ON o.id = k.decision_id GROUP BY k.decision_id
		) k ON k.decision_id = d.id
		GROUP BY d.intent ORDER BY d.intent`, since)
	if err != nil {
		return nil, fmt.Errorf("count how intents fared: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByPos[inbox.ThresholdRow])
	if err != nil {
		return nil, fmt.Errorf("count how intents fared: %w", err)
	}
	return out, nil
}
