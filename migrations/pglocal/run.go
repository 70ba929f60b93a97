package pglocal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// credential is the unprivileged user to run as when we are root: PostgreSQL refuses to run as root.
func credential() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, errors.New("PostgreSQL refuses to run as root and there is neither a user postgres nor nobody")
}

// URL reaches the server's database over its socket.
func (s *Server) URL() string { return URL(s.o.Dir) }

// URL reaches the private PostgreSQL that runs on dir, whoever started it.
func URL(dir string) string {
	return fmt.Sprintf("host=%s user=%s dbname=%s", dir, owner, owner)
}

// Running reports whether a private PostgreSQL answers on dir, whoever started it.
func Running(ctx context.Context, dir string) bool {
	conn, err := pgx.Connect(ctx, URL(dir))
	if err != nil {
		return false
	}
	return conn.Close(ctx) == nil
}

// Done is closed when the server ended for good.
func (s *Server) Done() <-chan struct{} { return s.done }

// supervise runs the server until Stop. The thread that forks it must live on, because the kernel ties the
// parent-death signal to the thread: so it starts and waits here, locked to one.
func (s *Server) supervise() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(s.done)
	defer s.lock.Close()
	for {
		err := s.runOnce()
		select {
		case <-s.stop:
			return
		default:
		}
		s.o.Log.Error("the private PostgreSQL ended and is started again", "error", err)
		select {
		case <-s.stop:
			return
		case <-time.After(100 * time.Millisecond):
		}
		// Its backends may outlive a killed postmaster by a moment; a new one refuses to start beside them.
	}
}

func (s *Server) runOnce() error {
	args := []string{"-D", filepath.Join(s.o.Dir, "data"), "-k", s.o.Dir}
	all := maps.Clone(settings)
	maps.Copy(all, s.o.Settings)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		args = append(args, "-c", name+"="+all[name])
	}
	cmd := s.command(context.Background(), "postgres", args...)
	// A kill -9 of this process makes PostgreSQL shut down cleanly by itself.
	cmd.SysProcAttr.Pdeathsig = syscall.SIGINT
	log := &lines{log: s.o.Log}
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start postgres: %w", err)
	}
	ended := make(chan struct{})
	go s.endWhenStopped(cmd.Process, ended)
	err := cmd.Wait()
	close(ended)
	return err
}

// endWhenStopped asks for a fast shutdown (clients are cut off), and for an immediate one when that takes too long.
func (s *Server) endWhenStopped(p *os.Process, ended <-chan struct{}) {
	select {
	case <-ended:
		return
	case <-s.stop:
	}
	_ = p.Signal(syscall.SIGINT) // it may have just ended
	select {
	case <-ended:
	case <-time.After(stopTimeout):
		_ = p.Signal(syscall.SIGQUIT)
	}
}

// Stop ends the server in order and waits for that. It may be called once.
func (s *Server) Stop(ctx context.Context) error {
	close(s.stop)
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("stop the private PostgreSQL: %w", ctx.Err())
	}
}

// ready waits until the server answers and its database exists.
func (s *Server) ready(ctx context.Context) error {
	admin := fmt.Sprintf("host=%s user=%s dbname=postgres", s.o.Dir, owner)
	for {
		conn, err := pgx.Connect(ctx, admin)
		if err == nil {
			return errors.Join(makeDatabase(ctx, conn), conn.Close(ctx))
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("it does not answer: %w", err)
		case <-s.done:
			return fmt.Errorf("it ended: %w", err)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func makeDatabase(ctx context.Context, conn *pgx.Conn) error {
	var there bool
	err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", owner).Scan(&there)
	if err == nil && !there {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+owner)
	}
	if err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	return nil
}

// usualLines are what the server says of starts and stops.
var usualLines = []string{" LOG:  ", " FATAL:  the database system is ", " FATAL:  terminating connection due to administrator command"}

// lines passes the server's log on, a line a record.
type lines struct {
	log  *slog.Logger
	rest string
}

func (l *lines) Write(b []byte) (int, error) {
	l.rest += string(b)
	for {
		line, after, found := strings.Cut(l.rest, "\n")
		if !found {
			return len(b), nil
		}
		l.rest = after
		line = strings.TrimSpace(line)
		level := slog.LevelWarn
		for _, usual := range usualLines {
			if strings.Contains(line, usual) {
				level = slog.LevelDebug
			}
		}
		if line != "" {
			l.log.Log(context.Background(), level, "postgres", "line", line)
		}
	}
}
