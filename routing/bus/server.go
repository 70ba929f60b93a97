package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const (
	// startTime bounds how long the server may take to read its files.
	startTime = 30 * time.Second
	// maxStore holds the three streams when they are full, with room for what is being compacted.
	maxStore = 4 * maxBytes
	// maxMemory is for streams in memory, of which there are none.
	maxMemory = 16 << 20
)

// embedded is a NATS server inside this process, without a port.
type embedded struct{ nats *server.Server }

func startServer(ctx context.Context, dir string, log *slog.Logger) (*embedded, error) {
	l := &serverLog{log: log}
	s, err := server.NewServer(&server.Options{
		ServerName: "usher", DontListen: true, NoSigs: true, JetStream: true, StoreDir: dir, DisableJetStreamBanner: true,
		JetStreamMaxStore: maxStore, JetStreamMaxMemory: maxMemory,
		// The sync interval stays at its default: syncing always costs five to ten times the throughput, and the
		// database is the truth.
	})
	if err != nil {
		return nil, fmt.Errorf("start the bus in %q: %w", dir, err)
	}
	s.SetLoggerV2(l, false, false, false)
	go s.Start() // returns once everything is started
	e := &embedded{s}
	for deadline := time.Now().Add(startTime); !s.ReadyForConnections(50 * time.Millisecond); {
		if l.dead() || ctx.Err() != nil || time.Now().After(deadline) {
			e.stop()
			return nil, fmt.Errorf("start the bus in %q: %w", dir, errors.Join(ctx.Err(), l.why()))
		}
	}
	if l.dead() || !s.JetStreamEnabled() {
		e.stop()
		return nil, fmt.Errorf("start the bus in %q: %w", dir, l.why())
	}
	return e, nil
}

func (e *embedded) stop() {
	e.nats.Shutdown()
	e.nats.WaitForShutdown()
}

// setAside keeps one set of broken files for whoever wants to look at them.
func setAside(dir string) error {
	broken := dir + ".broken"
	if err := os.RemoveAll(broken); err != nil {
		return fmt.Errorf("set the bus's files aside: %w", err)
	}
	if err := os.Rename(dir, broken); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("set the bus's files aside: %w", err)
	}
	return nil
}

// serverLog passes the server's warnings on and remembers what went wrong.
type serverLog struct {
	log *slog.Logger

	mu    sync.Mutex
	fault error // the last one
	death bool  // it cannot start
}

var _ server.Logger = (*serverLog)(nil)

// Errorf keeps and logs an error.
func (l *serverLog) Errorf(format string, v ...any) { l.keep(false, format, v) }

// Fatalf keeps and logs why the server cannot start; it does not end the process.
func (l *serverLog) Fatalf(format string, v ...any) { l.keep(true, format, v) }

func (l *serverLog) keep(death bool, format string, v []any) {
	err := fmt.Errorf(format, v...)
	l.mu.Lock()
	l.fault, l.death = err, l.death || death
	l.mu.Unlock()
	l.log.Error("bus server", "error", err)
}

// Warnf logs a warning.
func (l *serverLog) Warnf(format string, v ...any) {
	l.log.Warn("bus server", "warning", fmt.Sprintf(format, v...))
}

// Noticef, Debugf and Tracef are for people who work on the server.
func (l *serverLog) Noticef(string, ...any) {}

// Debugf is like Noticef.
func (l *serverLog) Debugf(string, ...any) {}

// Tracef is like Noticef.
func (l *serverLog) Tracef(string, ...any) {}

func (l *serverLog) dead() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.death
}

// why is the last error, or that there was none.
func (l *serverLog) why() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return cmp.Or(l.fault, errNoReason)
}

var errNoReason = errors.New("the server is not ready and gives no reason")
