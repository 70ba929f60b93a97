package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"usher/migrations/pglocal"
	"usher/routing"
	"usher/routing/bus"
)

// newBareCmd is the server that the bare limit is measured on. It is a process of its own, as Usher is, so that the
// load generator weighs the same on both.
func newBareCmd() *cobra.Command {
	return &cobra.Command{
		Use: "bench-bare", Hidden: true, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := configFromEnv()
			if err != nil {
				return err
			}
			return serveBare(cmd.Context(), config, func(address string) { fmt.Fprintln(cmd.OutOrStdout(), listeningLine+"http://"+address) })
		},
	}
}

// benchBare is how many messages a second get through the least that a durable queue must do.
func benchBare(ctx context.Context, o benchOptions, dir string) (perSecond float64, err error) {
	exe, err := exePath()
	if err != nil {
		return 0, err
	}
	server, err := startChild(ctx, exe, []string{"bench-bare"}, benchEnv(dir), nil)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	l := newLoad(server.url, "bare", "bare", o.clients)
	if _, err := l.closed(ctx, warmUp); err != nil {
		return 0, err
	}
	if err := l.settle(ctx); err != nil {
		return 0, err
	}
	full, err := l.closed(ctx, o.duration)
	if err != nil {
		return 0, err
	}
	if err := l.settle(ctx); err != nil {
		return 0, err
	}
	return float64(full.sent) / time.Since(full.began).Seconds(), nil
}

// bare accepts a message with one transaction of two INSERTs, relays it over JetStream and marks it with an UPDATE.
type bare struct {
	pool  *pgxpool.Pool
	bus   *bus.Bus
	work  chan struct{}
	count atomic.Int64
}

func serveBare(ctx context.Context, config Config, listening func(address string)) (err error) {
	server, err := pglocal.Start(ctx, pglocal.Options{Dir: config.databaseDir(), Log: quiet})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.Stop(context.WithoutCancel(ctx))) }()
	pool, err := pgxpool.New(ctx, server.URL()+" pool_max_conns=24")
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer pool.Close()
	if _, err := pool.Exec(ctx, `
		CREATE TABLE messages (id uuid PRIMARY KEY, external_id text UNIQUE, contact text NOT NULL, text text NOT NULL, decided_at timestamptz);
		CREATE TABLE outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, ref uuid NOT NULL)`); err != nil {
		return fmt.Errorf("make tables: %w", err)
	}
	b := &bare{pool: pool, work: make(chan struct{}, 1)}
	if b.bus, err = bus.Start(ctx, bus.Options{Dir: filepath.Join(config.DataDir, "jetstream")}); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.bus.Close()) }()
	return b.serve(ctx, config.Listen, listening)
}

func (b *bare) serve(ctx context.Context, address string, listening func(string)) error {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.POST("/api/v1/messages", b.accept)
	engine.GET("/metrics", func(c *gin.Context) {
		c.String(http.StatusOK, "# TYPE %s counter\n%s %d\n", metricDecided, metricDecided, b.count.Load())
	})
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", address, err)
	}
	web := &http.Server{Handler: engine, ReadHeaderTimeout: 10 * time.Second}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return b.relay(ctx) })
	group.Go(func() error { return b.bus.Consume(ctx, routing.TopicInbound, 200, b.mark) })
	group.Go(func() error {
		<-ctx.Done()
		return web.Close()
	})
	group.Go(func() error {
		if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	listening(listener.Addr().String())
	return group.Wait()
}

func (b *bare) accept(c *gin.Context) {
	var in struct {
		ExternalID string `json:"external_id"`
		From       string `json:"from"`
		Text       string `json:"text"`
	}
	if err := c.ShouldBindJSON(&in); err != nil {
		c.String(http.StatusBadRequest, err.Error())
		return
	}
	id := uuid.Must(uuid.NewV7())
	err := pgx.BeginFunc(c, b.pool, func(tx pgx.Tx) error {
		batch := &pgx.Batch{}
		batch.Queue(`INSERT INTO messages (id, external_id, contact, text) VALUES ($1, $2, $3, $4)`, id, in.ExternalID, in.From, in.Text)
		batch.Queue(`INSERT INTO outbox (ref) VALUES ($1)`, id)
		return tx.SendBatch(c, batch).Close()
	})
	if err != nil {
		c.String(http.StatusInternalServerError, err.Error())
		return
	}
	select {
	case b.work <- struct{}{}:
	default:
	}
	c.JSON(http.StatusAccepted, gin.H{"message_id": id})
}

func (b *bare) relay(ctx context.Context) error {
	for {
		n := 0
		err := pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
			rows, err := tx.Query(ctx, `DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT 500 FOR UPDATE SKIP LOCKED) RETURNING ref`)
			if err != nil {
				return err
			}
			ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
			if n = len(ids); n == 0 || err != nil {
				return err
			}
			work := make([]routing.Work, n)
			for i, id := range ids {
				work[i] = routing.Work{ID: id.String(), Topic: routing.TopicInbound, ConversationID: id, Ref: id}
			}
			return b.bus.Publish(ctx, work)
		})
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("relay: %w", err)
		}
		if n > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-b.work:
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (b *bare) mark(ctx context.Context, work []routing.Work) error {
	tag, err := b.pool.Exec(ctx, `UPDATE messages SET decided_at = now() WHERE id = ANY($1) AND decided_at IS NULL`, refs(work))
	b.count.Add(tag.RowsAffected())
	return err
}
