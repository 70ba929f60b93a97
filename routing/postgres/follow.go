package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"usher/routing"
)

// RunFollow keeps Live up to date until ctx ends; then it returns nil. It holds one connection on which other nodes'
// notifications come, and looks every second besides, so that a lost one costs no more than that.
func (p *Policies) RunFollow(ctx context.Context) error {
	for {
		err := p.follow(ctx)
		if ctx.Err() != nil {
			return nil
		}
		p.log.Warn("the live policy is not followed; trying again", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followEvery):
		}
	}
}

func (p *Policies) follow(ctx context.Context) error {
	conn, err := p.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("follow the live policy: %w", err)
	}
	// The connection listens from here on, so it does not go back among the others.
	own := conn.Hijack()
	defer own.Close(context.WithoutCancel(ctx))
	if _, err := own.Exec(ctx, "LISTEN "+policyChannel); err != nil {
		return fmt.Errorf("listen for policies: %w", err)
	}
	for {
		if _, err := p.load(ctx); err != nil && !errors.Is(err, routing.ErrNotFound) {
			return err
		}
		wait, cancel := context.WithTimeout(ctx, followEvery)
		_, err := own.WaitForNotification(wait)
		cancel()
		var timeout net.Error
		if err != nil && !(errors.As(err, &timeout) && timeout.Timeout()) || ctx.Err() != nil {
			return fmt.Errorf("wait for policies: %w", errors.Join(ctx.Err(), err))
		}
	}
}
