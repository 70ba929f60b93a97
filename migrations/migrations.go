// Package migrations holds the schema as numbered SQL, embedded, and brings a database up to it. It imports nothing
// of ours; pglocal starts the private PostgreSQL and dbtest makes databases for tests.
package migrations

import (
	"context"
	"database/sql"
	"embed"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// files are the numbered goose migrations. Each says why its constraints are there.
//
//go:embed *.sql
var files embed.FS

// Up applies what is missing to the database at url. Several processes may call it at once: an advisory lock lets one
// work and the others wait. It needs a role that may create extensions.
func Up(ctx context.Context, url string) error {
	provider, db, err := open(url)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// Pending is how many migrations the database at url still lacks.
func Pending(ctx context.Context, url string) (int, error) {
	provider, db, err := open(url)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the schema's version: %w", err)
	}
	return int(target - current), nil
}

func open(url string) (*goose.Provider, *sql.DB, error) {
	config, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, nil, fmt.Errorf("migrate: DATABASE_URL: %w", err)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, nil, fmt.Errorf("migrate: %w", err)
	}
	db := stdlib.OpenDB(*config)
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(locker))
	if err != nil {
		db.Close()
		return nil, nil, fmt.Errorf("migrate: %w", err)
	}
	return provider, db, nil
}
