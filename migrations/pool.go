package migrations

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxvec "github.com/pgvector/pgvector-go/pgx"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"
)

// leastConns is the smallest size of a pool: every loop of a node may hold a connection, and requests need theirs.
const leastConns = 24

// planOnce is because statements take arrays, and the planner would look at the length of each anew, which costs more than
// it ever finds. The price: of a LIMIT that is a parameter a plan for all values expects a tenth of the table, so limits
// are written into the statements. A statement and not a parameter of the connection: poolers refuse those they do not know.
const planOnce = `SET plan_cache_mode = force_generic_plan`

// Pool connects to a migrated database with connections that know the types of its schema: vectors, and ids in their
// sixteen bytes (as text they cost a tenth of the server's CPU time).
func Pool(ctx context.Context, url string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("DATABASE_URL: %w", err)
	}
	config.MaxConns = max(config.MaxConns, leastConns)
	_, chosen := config.ConnConfig.RuntimeParams["plan_cache_mode"]
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		pgxuuid.Register(conn.TypeMap())
		if err := pgxvec.RegisterTypes(ctx, conn); err != nil || chosen {
			return err
		}
		_, err := conn.Exec(ctx, planOnce)
		return err
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return pool, nil
}
