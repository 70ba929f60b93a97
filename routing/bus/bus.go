// Package bus carries work between the steps of a message over NATS JetStream, and news of changes between nodes over
// plain NATS. Every stream, subject and consumer is declared here, once. It imports routing.
//
// The database is the truth: whatever is lost here is found again by the sweeper, and whatever comes twice is a no-op.
package bus

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Options say where the bus is.
type Options struct {
	// URL is a NATS server with JetStream, or several separated by commas. Empty starts one inside this process.
	URL string
	// Dir is where the server inside the process keeps its files; required without URL. It may be wiped between a stop
	// and a start.
	Dir string
	// Replicas of each stream: 1 (the default), or 3 on a cluster. Ignored without URL.
	Replicas int
	// AckWait is how long work may be away without a sign of life before somebody else gets it; the default is 15 s.
	AckWait time.Duration
	// Log gets the server's warnings; the default discards them.
	Log *slog.Logger
}

const (
	// patience bounds a call whose context has no end of its own.
	patience = 10 * time.Second
	// drainTime bounds how long Close waits for what is under way.
	drainTime = 5 * time.Second
	// maxUnacknowledged is how much may be published and not yet confirmed.
	maxUnacknowledged = 4096
)

// Bus is a connection with all streams in place. Safe for concurrent use.
type Bus struct {
	log      *slog.Logger
	replicas int
	ackWait  time.Duration
	server   *embedded // nil when the bus is elsewhere
	conn     *nats.Conn
	js       jetstream.JetStream
	closed   chan struct{}
}

// Start connects, or starts a server inside this process, and declares everything. Files of the server inside that do not
// read any more are moved to Dir.broken: that delays work and loses none. Call Close when done, after all Consume have
// returned.
func Start(ctx context.Context, o Options) (*Bus, error) {
	o.Log = cmp.Or(o.Log, slog.New(slog.DiscardHandler))
	if o.URL != "" {
		b, err := open(ctx, o, nil)
		if err != nil {
			return nil, fmt.Errorf("start the bus at NATS_URL: %w", err)
		}
		return b, nil
	}
	if o.Dir == "" {
		return nil, errors.New("start the bus: without NATS_URL it needs a folder of its own")
	}
	b, err := openEmbedded(ctx, o)
	if err == nil || ctx.Err() != nil {
		return b, err
	}
	o.Log.Warn("the bus's files do not read; they are set aside, and the sweeper finds the work again", "dir", o.Dir, "error", err)
	if err := setAside(o.Dir); err != nil {
		return nil, err
	}
	return openEmbedded(ctx, o)
}

func openEmbedded(ctx context.Context, o Options) (*Bus, error) {
	server, err := startServer(ctx, o.Dir, o.Log)
	if err != nil {
		return nil, err
	}
	o.Replicas = 1
	b, err := open(ctx, o, server)
	if err != nil {
		server.stop()
		return nil, fmt.Errorf("start the bus: %w", err)
	}
	return b, nil
}

func open(ctx context.Context, o Options, server *embedded) (*Bus, error) {
	b := &Bus{log: o.Log, replicas: max(o.Replicas, 1), ackWait: cmp.Or(o.AckWait, 15*time.Second), server: server, closed: make(chan struct{})}
	options := []nats.Option{
		nats.Name("usher"), nats.MaxReconnects(-1), nats.ReconnectWait(200 * time.Millisecond), nats.DrainTimeout(drainTime),
		nats.ClosedHandler(func(*nats.Conn) { close(b.closed) }),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				b.log.Warn("the bus is out of reach; trying again", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { b.log.Info("the bus is back") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { b.log.Warn("bus", "error", err) }),
	}
	if server != nil {
		options = append(options, nats.InProcessServer(server.nats))
	}
	var err error
	if b.conn, err = nats.Connect(o.URL, options...); err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	b.js, err = jetstream.New(b.conn, jetstream.WithPublishAsyncMaxPending(maxUnacknowledged), jetstream.WithPublishAsyncTimeout(patience))
	if err == nil {
		err = b.prepare(ctx)
	}
	if err != nil {
		b.conn.Close()
		<-b.closed
		return nil, err
	}
	return b, nil
}

// prepare declares everything. Consumers of a server inside the process are made anew: only this process took work from
// them, so what it had not finished before is free to be taken at once.
func (b *Bus) prepare(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, s := range streams {
		if err := b.declareStream(ctx, s); err != nil {
			return err
		}
	}
	for _, c := range consumers {
		if b.server != nil {
			if err := b.js.DeleteConsumer(ctx, c.stream, c.topic); err != nil && !errors.Is(err, jetstream.ErrConsumerNotFound) {
				return fmt.Errorf("free the work of consumer %q: %w", c.topic, err)
			}
		}
		if _, err := b.declareConsumer(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// Close lets what is under way finish, then disconnects and stops the server inside the process, if any. Closing twice
// is fine.
func (b *Bus) Close() error {
	err := b.conn.Drain()
	if err != nil {
		b.conn.Close()
	}
	if errors.Is(err, nats.ErrConnectionReconnecting) || errors.Is(err, nats.ErrConnectionClosed) {
		err = nil // out of reach or closed already: nothing to wait for
	}
	<-b.closed // bounded by drainTime
	if b.server != nil {
		b.server.stop()
	}
	if err != nil {
		return fmt.Errorf("close the bus: %w", err)
	}
	return nil
}

// Check says whether the bus answers.
func (b *Bus) Check(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := b.js.AccountInfo(ctx); err != nil {
		return fmt.Errorf("ask the bus: %w", err)
	}
	return nil
}
