package pglocal_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"usher/migrations/pglocal"
)

// ownerDir makes this test program the owner of a server instead: a process that tests can kill.
const ownerDir = "USHER_TEST_OWNER_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ownerDir); dir != "" {
		os.Exit(own(dir))
	}
	goleak.VerifyTestMain(m)
}

// own starts a server, says so, and stops it when asked to end.
func own(dir string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	s, err := pglocal.Start(ctx, options(dir))
	if err != nil {
		fmt.Println("refused:", err)
		return 1
	}
	fmt.Println("ready")
	<-ctx.Done()
	if err := s.Stop(context.Background()); err != nil {
		fmt.Println("stop:", err)
		return 1
	}
	return 0
}

func options(dir string) pglocal.Options {
	return pglocal.Options{Dir: dir, Log: slog.New(slog.DiscardHandler)}
}

// newDir is a folder that the server's user can enter, which t.TempDir need not be.
func newDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "usher-pg-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(dir, "pg")
}

func start(t *testing.T, dir string) *pglocal.Server {
	t.Helper()
	s, err := pglocal.Start(t.Context(), options(dir))
	if err != nil {
		t.Fatalf("start: %v", err)
	}
	return s
}

func stop(t *testing.T, s *pglocal.Server) {
	t.Helper()
	if err := s.Stop(context.Background()); err != nil {
		t.Fatalf("stop: %v", err)
	}
}

// query runs one statement, trying again while the server is on its way back.
func query(t *testing.T, url, sql string) string {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		var v string
		err := func() error {
			conn, err := pgx.Connect(t.Context(), url)
			if err != nil {
				return err
			}
			defer conn.Close(context.Background())
			return conn.QueryRow(t.Context(), sql).Scan(&v)
		}()
		if err == nil {
			return v
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: %v", sql, err)
		}
		<-time.After(20 * time.Millisecond)
	}
}

// keep commits a row for a later query to find.
func keep(t *testing.T, url string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if _, err := conn.Exec(t.Context(), "CREATE TABLE kept AS SELECT 'x' AS v"); err != nil {
		t.Fatal(err)
	}
}

// startOwner runs this program as the owner of dir and waits for its first line.
func startOwner(t *testing.T, dir string) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), ownerDir+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // most tests have ended it
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the owner said nothing: %v", err)
	}
	return cmd, strings.TrimSpace(line)
}

func postmaster(t *testing.T, dir string) int {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.SplitN(string(b), "\n", 2)[0])
	if err != nil {
		t.Fatal(err)
	}
	return pid
}

func TestDataOutlivesARestart(t *testing.T) {
	dir := newDir(t)
	s := start(t, dir)
	keep(t, s.URL())
	if !pglocal.Running(t.Context(), dir) {
		t.Error("Running denies a server that answers")
	}
	stop(t, s)
	if pglocal.Running(t.Context(), dir) {
		t.Error("Running claims a server that was stopped")
	}
	s = start(t, dir)
	defer stop(t, s)
	if v := query(t, s.URL(), "SELECT v FROM kept"); v != "x" {
		t.Errorf("read %q", v)
	}
}

func TestItListensOnNoPort(t *testing.T) {
	s := start(t, newDir(t))
	defer stop(t, s)
	if v := query(t, s.URL(), "SELECT current_setting('listen_addresses') || current_setting('data_checksums')"); v != "on" {
		t.Errorf("listen_addresses and checksums are %q, want none and on", v)
	}
}

func TestAnErrorDoesNotShowTheRowInTheLog(t *testing.T) {
	var log syncLog
	s, err := pglocal.Start(t.Context(), pglocal.Options{Dir: newDir(t), Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), s.URL())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "CREATE TABLE people (name text CHECK (name <> 'Bo Private'))"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "INSERT INTO people VALUES ($1)", "Bo Private"); err == nil {
		t.Error("the row was taken")
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Error(err)
	}
	stop(t, s) // its log is written to the end
	if got := log.String(); !strings.Contains(got, "people_name_check") || strings.Contains(got, "(Bo Private") {
		t.Errorf("the log is %s", got)
	}
}

// syncLog is a log that the server's output is written to while the test goes on.
type syncLog struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *syncLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *syncLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func TestASecondOwnerOfTheFolderIsRefused(t *testing.T) {
	dir := newDir(t)
	s := start(t, dir)
	defer stop(t, s)
	if _, err := pglocal.Start(t.Context(), options(dir)); !errors.Is(err, pglocal.ErrInUse) {
		t.Errorf("the same process got %v, want ErrInUse", err)
	}
	if _, line := startOwner(t, dir); !strings.Contains(line, pglocal.ErrInUse.Error()) {
		t.Errorf("another process got %q", line)
	}
}

func TestAKilledServerComesBack(t *testing.T) {
	dir := newDir(t)
	s := start(t, dir)
	defer stop(t, s)
	keep(t, s.URL())
	old := postmaster(t, dir)
	if err := syscall.Kill(old, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if v := query(t, s.URL(), "SELECT v FROM kept"); v != "x" {
		t.Errorf("read %q", v)
	}
	if now := postmaster(t, dir); now == old {
		t.Error("the killed server still stands in postmaster.pid")
	}
}

func TestAKilledOwnerLosesNothingAndTheNextStartsAtOnce(t *testing.T) {
	dir := newDir(t)
	owner, line := startOwner(t, dir)
	if line != "ready" {
		t.Fatal(line)
	}
	keep(t, pglocal.URL(dir))
	// A client keeps the old server busy shutting down while the next one starts.
	conn, err := pgx.Connect(t.Context(), pglocal.URL(dir))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	if err := owner.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = owner.Wait() // killed
	s := start(t, dir)
	defer stop(t, s)
	if v := query(t, s.URL(), "SELECT v FROM kept"); v != "x" {
		t.Errorf("read %q", v)
	}
}

func TestAnOwnerAskedToEndStopsItsServerInOrder(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(sig.String(), func(t *testing.T) {
			dir := newDir(t)
			owner, line := startOwner(t, dir)
			if line != "ready" {
				t.Fatal(line)
			}
			if err := owner.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			if err := owner.Wait(); err != nil {
				t.Errorf("the owner ended with %v", err)
			}
			if _, err := os.Stat(filepath.Join(dir, "data", "postmaster.pid")); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("postmaster.pid: %v, want gone", err)
			}
		})
	}
}

func TestAnUnfinishedClusterIsMadeAnew(t *testing.T) {
	dir := newDir(t)
	if err := os.MkdirAll(filepath.Join(dir, "data", "base"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir)
	defer stop(t, s)
	if v := query(t, s.URL(), "SELECT 'alive'"); v != "alive" {
		t.Error(v)
	}
}

func TestAPathTooLongForASocketIsRefusedWithTheRemedy(t *testing.T) {
	_, err := pglocal.Start(t.Context(), options("/tmp/"+strings.Repeat("x", 120)))
	if err == nil || !strings.Contains(err.Error(), "USHER_DATA") {
		t.Errorf("got %v, want the remedy", err)
	}
}

func TestDataOfAnotherVersionIsRefusedWithTheRemedy(t *testing.T) {
	dir := newDir(t)
	stop(t, start(t, dir))
	if err := os.WriteFile(filepath.Join(dir, "data", "PG_VERSION"), []byte("9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := pglocal.Start(t.Context(), options(dir)); err == nil || !strings.Contains(err.Error(), "pg_upgrade") {
		t.Errorf("got %v, want the remedy", err)
	}
}
