// Package dbtest gives tests real, migrated PostgreSQL databases: one private server per test program, one fresh
// database per test. It imports migrations and pglocal.
package dbtest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"go.uber.org/goleak"

	"usher/migrations"
	"usher/migrations/pglocal"
)

// ExternalURL names the variable with the URL of a PostgreSQL to use instead of a private one; its role must
// be allowed to create databases and extensions.
const ExternalURL = "USHER_TEST_DATABASE_URL"

const template = "usher_template"

var (
	adminURL string // set by Main
	count    atomic.Int64
)

// Main runs a package's tests with a server beside them, then checks that no goroutine is left. Call it from
// TestMain; it exits the process. No PostgreSQL means failure with the remedy, never a skip.
func Main(m *testing.M) {
	stop, err := start()
	if err != nil {
		fmt.Fprintln(os.Stderr, "dbtest:", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "dbtest:", err)
		code = max(code, 1)
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "dbtest:", err)
		code = 1
	}
	os.Exit(code)
}

func start() (stop func() error, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if adminURL = os.Getenv(ExternalURL); adminURL != "" {
		return func() error { return nil }, makeTemplate(ctx)
	}
	dir, err := os.MkdirTemp("", "usher-db-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open the folder to the server's user: %w", err)
	}
	server, err := pglocal.Start(ctx, pglocal.Options{
		Dir: dir, Log: slog.New(slog.DiscardHandler),
		// Nothing here outlives the test, so nothing needs to reach the disk.
		Settings: map[string]string{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "64MB", "max_connections": "200"},
	})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	adminURL = server.URL()
	stop = func() error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		return errors.Join(server.Stop(ctx), os.RemoveAll(dir))
	}
	if err := makeTemplate(ctx); err != nil {
		return nil, errors.Join(err, stop())
	}
	return stop, nil
}

func makeTemplate(ctx context.Context) error {
	if err := exec(ctx, "DROP DATABASE IF EXISTS "+template, "CREATE DATABASE "+template); err != nil {
		return err
	}
	return migrations.Up(ctx, urlOf(template))
}

func exec(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return fmt.Errorf("connect to the test server: %w", err)
	}
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return errors.Join(fmt.Errorf("%s: %w", s, err), conn.Close(ctx))
		}
	}
	return conn.Close(ctx)
}

// urlOf is the test server's URL with another database.
func urlOf(database string) string {
	if strings.Contains(adminURL, "://") {
		base, query, _ := strings.Cut(adminURL, "?")
		base = base[:strings.LastIndex(base, "/")+1] + database
		if query != "" {
			base += "?" + query
		}
		return base
	}
	return adminURL + " dbname=" + database
}

// URL is a fresh migrated database, dropped when the test ends. It costs about 50 ms.
func URL(t testing.TB) string {
	t.Helper()
	if adminURL == "" {
		t.Fatal("dbtest: call dbtest.Main from TestMain")
	}
	name := fmt.Sprintf("usher_%d_%d", os.Getpid(), count.Add(1))
	if err := exec(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(func() {
		if err := exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("dbtest: %v", err)
		}
	})
	return urlOf(name)
}

// Pool is a pool on a fresh migrated database, closed and dropped when the test ends.
func Pool(t testing.TB) *pgxpool.Pool {
	t.Helper()
	pool, err := migrations.Pool(t.Context(), URL(t))
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	t.Cleanup(pool.Close)
	return pool
}
