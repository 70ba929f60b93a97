package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/pgvector/pgvector-go"

	"usher/intent"
)

// DefaultCached is how many vectors a Cache keeps unless told otherwise: 512 numbers each make 400 MB of them.
const DefaultCached = 200_000

// Cache keeps vectors of texts under the hash of the text, for all nodes; the texts themselves are not kept. Vectors of
// different models never meet: name and length of the model are part of the key. Safe for concurrent use.
type Cache struct {
	pool *pgxpool.Pool
	most int
	kept atomic.Int64 // since it was last bounded
}

// NewCache returns the cache in a migrated database whose connections know the vector types. It keeps about most vectors,
// those of texts that were asked for last; 0 means DefaultCached.
func NewCache(pool *pgxpool.Pool, most int) *Cache {
	if most <= 0 {
		most = DefaultCached
	}
	return &Cache{pool: pool, most: most}
}

// Load returns a vector for each key, nil where there is none.
func (c *Cache) Load(ctx context.Context, model intent.ModelID, keys [][]byte) ([][]float32, error) {
	at := make(map[string][]int, len(keys))
	for i, k := range keys {
		at[string(k)] = append(at[string(k)], i)
	}
	// A day's precision of used_at is enough to tell what is used, and spares a write at nearly every reading.
	rows, err := c.pool.Query(ctx, `
		WITH stale AS (
			UPDATE embedding_cache SET used_at = now()
			WHERE model = $1 AND dims = $2 AND text_hash = ANY ($3) AND used_at < now() - interval '1 day'
		)
		SELECT text_hash, embedding FROM embedding_cache WHERE model = $1 AND dims = $2 AND text_hash = ANY ($3)`,
		model.Name, model.Dims, keys)
	if err != nil {
		return nil, fmt.Errorf("load %d vectors of %q: %w", len(keys), model.Name, err)
	}
	vectors := make([][]float32, len(keys))
	var hash []byte
	var v pgvector.Vector
	_, err = pgx.ForEachRow(rows, []any{&hash, &v}, func() error {
		for _, i := range at[string(hash)] {
			vectors[i] = v.Slice()
		}
		v = pgvector.Vector{}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("load %d vectors of %q: %w", len(keys), model.Name, err)
	}
	return vectors, nil
}

// Keep stores vectors; those that are there already stay. Every now and then it takes away those of texts that nobody
// asked for in the longest time.
func (c *Cache) Keep(ctx context.Context, model intent.ModelID, keys [][]byte, vectors [][]float32) error {
	if len(keys) != len(vectors) {
		return fmt.Errorf("keep vectors of %q: %d keys for %d vectors", model.Name, len(keys), len(vectors))
	}
	values := make([]pgvector.Vector, len(vectors))
	for i, v := range vectors {
		if len(v) != model.Dims {
			return fmt.Errorf("keep vectors of %q: one has %d numbers, not %d", model.Name, len(v), model.Dims)
		}
		values[i] = pgvector.NewVector(v)
	}
	// What is lost is made again, so the commit need not wait for the disk.
	soon := pgx.TxOptions{BeginQuery: "BEGIN; SET LOCAL synchronous_commit TO off"}
	err := pgx.BeginTxFunc(ctx, c.pool, soon, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			INSERT INTO embedding_cache (model, dims, text_hash, embedding)
			SELECT DISTINCT ON (k.text_hash) $1, $2::int, k.text_hash, k.embedding
			FROM unnest($3::bytea[], $4::vector[]) AS k(text_hash, embedding)
			ORDER BY k.text_hash -- in one order, or two nodes could wait for each other
			ON CONFLICT DO NOTHING`, model.Name, model.Dims, keys, values)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep %d vectors of %q: %w", len(keys), model.Name, err)
	}
	if c.kept.Add(int64(len(keys))) >= int64(c.most/16) {
		c.kept.Store(0)
		return c.bound(ctx)
	}
	return nil
}

// boundLock keeps nodes from clearing up at the same time.
const boundLock = 7305823

// bound leaves the most recently used vectors, about as many as are allowed.
func (c *Cache) bound(ctx context.Context) error {
	err := pgx.BeginFunc(ctx, c.pool, func(tx pgx.Tx) error {
		var alone bool
		if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, boundLock).Scan(&alone); err != nil || !alone {
			return err
		}
		_, err := tx.Exec(ctx, `
			DELETE FROM embedding_cache WHERE used_at <= (
				SELECT used_at FROM embedding_cache ORDER BY used_at DESC OFFSET `+fmt.Sprint(c.most)+` LIMIT 1
			)`)
		return err
	})
	if err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("bound the cache of vectors: %w", err)
	}
	return nil
}
