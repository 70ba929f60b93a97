// Package pglocal runs a private PostgreSQL as a child process: made on first start, reached by a unix socket
// only, ended with its parent. It imports nothing of ours.
package pglocal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Options say where the server keeps its data.
type Options struct {
	// Dir is made when missing. It holds the data, the socket and the lock; give it an absolute path that user
	// postgres (or nobody) may enter when the caller is root.
	Dir string
	// Settings are added to the server's, such as fsync=off for tests.
	Settings map[string]string
	Log      *slog.Logger
}

// Errors that callers tell apart.
var (
	// ErrInUse means that another Usher owns the folder.
	ErrInUse = errors.New("another Usher uses this data folder; stop it, or set USHER_DATA to a folder of its own")
	// ErrNotInstalled means that PostgreSQL 15 or newer with pgvector is missing.
	ErrNotInstalled = errors.New("no PostgreSQL with pgvector here; run `make setup`, or set DATABASE_URL")
)

const (
	owner        = "usher" // role and database
	startTimeout = 60 * time.Second
	// stopTimeout is how long a fast shutdown may take before an immediate one, which recovers at the next start.
	stopTimeout = 20 * time.Second
	// maxSocketPath is what sockaddr_un holds, less the file's name.
	maxSocketPath = 107 - len("/.s.PGSQL.5432")
)

// settings fit a small machine with an SSD. synchronous_commit stays on: accepted means kept.
var settings = map[string]string{
	"listen_addresses":                "",
	"shared_buffers":                  "128MB",
	"max_connections":                 "60",
	"random_page_cost":                "1.1",
	"effective_io_concurrency":        "100",
	"jit":                             "off",
	"wal_compression":                 "lz4",
	"default_toast_compression":       "lz4", // traces are long; pglz would cost more than writing them
	"max_wal_size":                    "2GB",
	"checkpoint_timeout":              "15min",
	"max_parallel_workers_per_gather": "0",
	"autovacuum_vacuum_scale_factor":  "0.05",
	"log_min_messages":                "warning",
	"log_error_verbosity":             "terse", // the details of an error show the rows it is about: contacts' data
}

// Server is a running PostgreSQL. It is started again when it dies, until Stop.
type Server struct {
	o    Options
	bin  string
	user *syscall.Credential // nil when not root
	lock *os.File
	stop chan struct{} // closed by Stop
	done chan struct{} // closed when it ended for good
}

// Bin is the folder of the newest installed PostgreSQL that has pgvector, or ErrNotInstalled.
func Bin() (string, error) {
	dirs, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", fmt.Errorf("find PostgreSQL: %w", err)
	}
	slices.SortFunc(dirs, func(a, b string) int { return major(b) - major(a) })
	for _, d := range dirs {
		if major(d) >= 15 && exists(filepath.Join(d, "initdb")) && exists(filepath.Join(d, "..", "lib", "vector.so")) {
			return d, nil
		}
	}
	return "", ErrNotInstalled
}

func major(bin string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(bin)))
	if err != nil {
		return 0
	}
	return n
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// Start makes the cluster on first use, starts the server and returns when it answers. It waits for an older server
// on the same folder that is still shutting down, and refuses with ErrInUse while another Usher owns the folder.
func Start(ctx context.Context, o Options) (*Server, error) {
	bin, err := Bin()
	if err != nil {
		return nil, err
	}
	s := &Server{o: o, bin: bin, stop: make(chan struct{}), done: make(chan struct{})}
	if err := s.prepare(ctx); err != nil {
		return nil, fmt.Errorf("start the private PostgreSQL in %s: %w", o.Dir, err)
	}
	go s.supervise()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := s.ready(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("start the private PostgreSQL in %s: %w", o.Dir, err), s.Stop(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// prepare owns the folder, waits for a former server to be gone and makes the cluster.
func (s *Server) prepare(ctx context.Context) error {
	if len(s.o.Dir) > maxSocketPath {
		return fmt.Errorf("the path has %d bytes and a socket's may have %d; set USHER_DATA to a shorter one", len(s.o.Dir), maxSocketPath)
	}
	cred, err := credential()
	if err != nil {
		return err
	}
	s.user = cred
	if err := s.makeDir(); err != nil {
		return err
	}
	if s.lock, err = own(filepath.Join(s.o.Dir, "lock")); err != nil {
		return err
	}
	err = s.waitForFormer(ctx)
	if err == nil && !exists(s.data("PG_VERSION")) {
		err = s.initdb(ctx)
	}
	if err == nil {
		err = s.sameVersion()
	}
	if err != nil {
		return errors.Join(err, s.lock.Close())
	}
	return nil
}

func (s *Server) data(name string) string { return filepath.Join(s.o.Dir, "data", name) }

// makeDir makes the folder for the server's user and checks that this user can reach it.
func (s *Server) makeDir() error {
	// Others may pass through the folders above, which the server's user must, and look into none.
	if err := os.MkdirAll(filepath.Dir(s.o.Dir), 0o711); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if err := os.MkdirAll(s.o.Dir, 0o700); err != nil {
		return fmt.Errorf("make the data folder: %w", err)
	}
	if s.user == nil {
		return nil
	}
	if err := os.Chown(s.o.Dir, int(s.user.Uid), int(s.user.Gid)); err != nil {
		return fmt.Errorf("give the data folder to the server's user: %w", err)
	}
	probe := exec.Command("/usr/bin/test", "-w", s.o.Dir)
	probe.Dir = "/"
	probe.SysProcAttr = &syscall.SysProcAttr{Credential: s.user}
	if err := probe.Run(); err != nil {
		return fmt.Errorf("the server's user (uid %d) cannot enter it: set USHER_DATA to a folder outside of private homes, such as /var/lib/usher", s.user.Uid)
	}
	return nil
}

// own takes the lock that a second Usher meets. The kernel lets it go with the process, however that ends.
func own(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrInUse
		}
		return nil, fmt.Errorf("lock the data folder: %w", err)
	}
	return f, nil
}

// waitForFormer waits while a server of an earlier Usher, killed or not, is still alive on the data.
func (s *Server) waitForFormer(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		pid, alive := s.former()
		if !alive {
			return nil
		}
		s.o.Log.Info("waiting for the former PostgreSQL to end", "pid", pid)
		if err := syscall.Kill(pid, syscall.SIGINT); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("end the former PostgreSQL, pid %d: %w", pid, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the former PostgreSQL, pid %d, does not end: %w", pid, ctx.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// former reads postmaster.pid and reports whether that process is alive and a postgres on this data folder.
func (s *Server) former() (pid int, alive bool) {
	b, err := os.ReadFile(s.data("postmaster.pid"))
	if err != nil {
		return 0, false
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err = strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 {
		return 0, false
	}
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return pid, false
	}
	return pid, strings.Contains(string(cmdline), filepath.Join(s.o.Dir, "data"))
}

func (s *Server) initdb(ctx context.Context) error {
	// An interrupted initdb leaves a folder without PG_VERSION last written; start over.
	if err := os.RemoveAll(s.data("")); err != nil {
		return fmt.Errorf("clear an unfinished cluster: %w", err)
	}
	making := filepath.Join(s.o.Dir, "making")
	if err := os.RemoveAll(making); err != nil {
		return fmt.Errorf("clear an unfinished cluster: %w", err)
	}
	cmd := s.command(ctx, "initdb", "-D", making, "-U", owner, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-instructions")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, strings.TrimSpace(string(out)))
	}
	if err := os.Rename(making, s.data("")); err != nil {
		return fmt.Errorf("put the new cluster in place: %w", err)
	}
	return nil
}

// sameVersion refuses data of another major version with the way out.
func (s *Server) sameVersion() error {
	b, err := os.ReadFile(s.data("PG_VERSION"))
	if err != nil {
		return fmt.Errorf("read the cluster's version: %w", err)
	}
	if have := strings.TrimSpace(string(b)); have != strconv.Itoa(major(s.bin)) {
		return fmt.Errorf("the data is of PostgreSQL %s and %d is installed: install PostgreSQL %s with pgvector, or move the data with pg_upgrade", have, major(s.bin), have)
	}
	return nil
}

func (s *Server) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, name), args...)
	cmd.Dir = s.o.Dir
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin", "TZ=UTC"}
	// A process group of its own, so ^C in a terminal reaches only us and we end it in order.
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.user, Setpgid: true}
	return cmd
}
