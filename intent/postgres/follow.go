package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// modelChannel is where a node says that it saved a classifier.
	modelChannel = "usher_model"
	// followEvery is how often a node looks for itself, in case a notification was lost.
	followEvery = time.Second
)

// RunFollow gives use each classifier that becomes live, beginning with the one that is when its hash is not known, until
// ctx ends; then it returns nil. A node is at most a second behind others. What use refuses is logged and not tried again
// before another was live: the node keeps what it has. RunFollow holds a connection of its own, as for policies.
func (m *Models) RunFollow(ctx context.Context, log *slog.Logger, known string, use func(artefact []byte, hash string) error) error {
	look := func(ctx context.Context, conn *pgx.Conn) error {
		artefact, hash, err := liveUnless(ctx, conn, known)
		if errors.Is(err, ErrNoModel) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := use(artefact, hash); err != nil {
			log.Error("the live classifier cannot be used; keeping the one before", "live", hash, "error", err)
		}
		known = hash
		return nil
	}
	for {
		err := m.follow(ctx, look)
		if ctx.Err() != nil {
			return nil
		}
		log.Warn("the live classifier is not followed; trying again", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followEvery):
		}
	}
}

func (m *Models) follow(ctx context.Context, look func(context.Context, *pgx.Conn) error) error {
	conn, err := m.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("follow the live classifier: %w", err)
	}
	// The connection listens from here on, so it does not go back among the others.
	own := conn.Hijack()
	defer own.Close(context.WithoutCancel(ctx))
	if _, err := own.Exec(ctx, "LISTEN "+modelChannel); err != nil {
		return fmt.Errorf("listen for classifiers: %w", err)
	}
	for {
		if err := look(ctx, own); err != nil {
			return err
		}
		wait, cancel := context.WithTimeout(ctx, followEvery)
		_, err := own.WaitForNotification(wait)
		cancel()
		var timeout net.Error
		if err != nil && !(errors.As(err, &timeout) && timeout.Timeout()) || ctx.Err() != nil {
			return fmt.Errorf("wait for classifiers: %w", errors.Join(ctx.Err(), err))
		}
	}
}
