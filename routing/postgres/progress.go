package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"usher/routing"
)

// VectorSpaces says how far the vectors of each embedder are, the one that serves first. db is a pool or a connection to a
// migrated database.
func VectorSpaces(ctx context.Context, db Querier) ([]routing.VectorSpace, error) {
	rows, err := db.Query(ctx, `
		SELECT m.name, m.dims, s.wanted, s.fall_back, s.serves, s.complete_at IS NOT NULL, s.past, w.past, w.new, now() - s.listed_at
		FROM vector_spaces s JOIN models m ON m.id = s.model_id
		CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE past) AS past, count(*) FILTER (WHERE NOT past) AS new FROM vector_work WHERE model_id = s.model_id) w
		WHERE s.retired_at IS NULL ORDER BY NOT s.serves, NOT s.wanted, s.model_id`)
	if err != nil {
		return nil, fmt.Errorf("read how far the vectors are: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (routing.VectorSpace, error) {
		var v routing.VectorSpace
		var waits int
		var since *time.Duration
		if err := row.Scan(&v.Model, &v.Numbers, &v.Wanted, &v.FallBack, &v.Serves, &v.Complete, &v.Past, &waits, &v.Waiting, &since); err != nil {
			return v, err
		}
		if v.Done = max(v.Past-waits, 0); v.Done > 0 && since != nil {
			v.LeftSeconds = (since.Seconds() / float64(v.Done)) * float64(waits)
		}
		return v, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read how far the vectors are: %w", err)
	}
	return all, nil
}

// VectorSpaces says how far the vectors of each embedder are, the one that serves first.
func (h *History) VectorSpaces(ctx context.Context) ([]routing.VectorSpace, error) {
	return VectorSpaces(ctx, h.pool)
}
