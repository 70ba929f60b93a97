package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"usher/intent/postgres"
	"usher/migrations/dbtest"
)

// follower is a node that follows the live classifier.
type follower struct {
	t    *testing.T
	used chan string // hashes, in order
	log  *lines
}

// lines is a log that is read while it is written.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// follow starts a node that knows a hash already and refuses artefacts that say "bad".
func follow(t *testing.T, pool *pgxpool.Pool, known string) *follower {
	t.Helper()
	f := &follower{t, make(chan string, 100), &lines{}}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- postgres.New(pool).RunFollow(ctx, slog.New(slog.NewTextHandler(f.log, nil)), known, func(artefact []byte, hash string) error {
			f.used <- hash
			if string(artefact) == "bad" {
				return errors.New("it is damaged")
			}
			if string(artefact) != "artefact of "+hash {
				t.Errorf("the artefact of %s is %q", hash, artefact)
			}
			return nil
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("following ended with %v", err)
		}
	})
	return f
}

func (f *follower) next(want string) {
	f.t.Helper()
	select {
	case got := <-f.used:
		if got != want {
			f.t.Errorf("%s is used, want %s", got, want)
		}
	case <-time.After(20 * time.Second):
		f.t.Fatalf("%s is not used", want)
	}
}

func TestEveryNodeFollowsTheLiveClassifier(t *testing.T) {
	pool := dbtest.Pool(t)
	save := func(hash, artefact string) {
		t.Helper()
		if err := postgres.New(pool).SaveClassifier(t.Context(), "n", hash, []byte(artefact), nil); err != nil {
			t.Fatal(err)
		}
	}
	early := follow(t, pool, "") // before there is any
	save("h1", "artefact of h1")
	early.next("h1")
	late, knows := follow(t, pool, ""), follow(t, pool, "h1")
	late.next("h1")
	for _, hash := range []string{"h2", "h1"} { // and back
		save(hash, "artefact of "+hash)
		for _, f := range []*follower{early, late, knows} {
			f.next(hash)
		}
	}
}

func TestAClassifierThatIsMadeLiveByHandIsFollowed(t *testing.T) {
	pool := dbtest.Pool(t)
	m := postgres.New(pool)
	for _, hash := range []string{"h1", "h2"} {
		if err := m.SaveClassifier(t.Context(), "n", hash, []byte("artefact of "+hash), nil); err != nil {
			t.Fatal(err)
		}
	}
	f := follow(t, pool, "")
	f.next("h2")
	for _, sql := range []string{`UPDATE models SET live = false WHERE hash = 'h2'`, `UPDATE models SET live = true WHERE hash = 'h1'`} {
		if _, err := pool.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	f.next("h1")
}

func TestAClassifierThatCannotBeUsedIsLoggedOnceAndPassedOver(t *testing.T) {
	pool := dbtest.Pool(t)
	m := postgres.New(pool)
	save := func(hash, artefact string) {
		t.Helper()
		if err := m.SaveClassifier(t.Context(), "n", hash, []byte(artefact), nil); err != nil {
			t.Fatal(err)
		}
	}
	save("h1", "artefact of h1")
	f := follow(t, pool, "h1")
	save("h2", "bad")
	f.next("h2")
	// Looks that change nothing: each notification makes one, and h2 stays live.
	for range 5 {
		if _, err := pool.Exec(t.Context(), `SELECT pg_notify('usher_model', 'h2')`); err != nil {
			t.Fatal(err)
		}
	}
	save("h3", "artefact of h3")
	f.next("h3") // and not h2 again
	if n := strings.Count(f.log.String(), "cannot be used; keeping the one before"); n != 1 || !strings.Contains(f.log.String(), "live=h2") || !strings.Contains(f.log.String(), "it is damaged") {
		t.Errorf("the log is %s", f.log)
	}
}

func TestFollowingGoesOnAfterItsConnectionIsLost(t *testing.T) {
	pool := dbtest.Pool(t)
	m := postgres.New(pool)
	if err := m.SaveClassifier(t.Context(), "n", "h1", []byte("artefact of h1"), nil); err != nil {
		t.Fatal(err)
	}
	f := follow(t, pool, "")
	f.next("h1")
	if _, err := pool.Exec(t.Context(), `
		SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	pool.Reset() // its idle connections are gone, too
	if err := m.SaveClassifier(t.Context(), "n", "h2", []byte("artefact of h2"), nil); err != nil {
		t.Fatal(err)
	}
	f.next("h2")
}
