package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"usher/routing"
)

const (
	// relayBatch is how many rows one transaction hands over.
	relayBatch = 500
	// relayPoll finds rows whose signal was lost, such as those of another node that died.
	relayPoll = 200 * time.Millisecond
	// relayGather is how long it lets more come together after a batch of at least relayBusy: under load fewer, larger
	// batches cost everybody after it less, and a lone row never waits.
	relayGather, relayBusy = 4 * time.Millisecond, 8
	// relayPause is how long it waits after a failure.
	relayPause = time.Second
)

// Publisher puts work on the bus. It returns nil once the bus has all of it.
type Publisher interface {
	Publish(ctx context.Context, work []routing.Work) error
}

// RunRelay moves the outbox to the bus until ctx ends. A row is deleted in the transaction that saw the bus's
// acknowledgement: a crash in between publishes again, and the bus or the worker drops the repeat.
func (s *Store) RunRelay(ctx context.Context, to Publisher, log *slog.Logger) error {
	poll := time.NewTicker(relayPoll)
	defer poll.Stop()
	for {
		n, err := s.relay(ctx, to)
		if err != nil && ctx.Err() == nil {
			log.Warn("the outbox waits", "error", err)
			if !sleep(ctx, relayPause) {
				return nil
			}
			continue
		}
		if n == relayBatch {
			continue
		}
		if n >= relayBusy && !sleep(ctx, relayGather) {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.work:
		case <-poll.C:
		}
	}
}

// relay hands over one batch and reports its size. Rows that another node is handing over are passed by.
func (s *Store) relay(ctx context.Context, to Publisher) (int, error) {
	n := 0
	err := s.inTxSoon(ctx, "relay", func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			DELETE FROM outbox WHERE id IN (SELECT id FROM outbox ORDER BY id LIMIT `+fmt.Sprint(relayBatch)+` FOR UPDATE SKIP LOCKED)
			RETURNING topic, token, conversation_id, ref, attempt`)
		if err != nil {
			return fmt.Errorf("take from the outbox: %w", err)
		}
		var work []routing.Work
		var w routing.Work
		var attempt int
		if _, err := pgx.ForEachRow(rows, []any{&w.Topic, &w.Token, &w.ConversationID, &w.Ref, &attempt}, func() error {
			w.ID = w.Ref.String()
			if attempt > 0 {
				w.ID += "." + strconv.Itoa(attempt)
			}
			work = append(work, w)
			return nil
		}); err != nil {
			return fmt.Errorf("take from the outbox: %w", err)
		}
		if n = len(work); n == 0 {
			return nil
		}
		if err := to.Publish(ctx, work); err != nil {
			return fmt.Errorf("publish %d: %w", n, err)
		}
		return nil
	})
	return n, err
}

// sleep waits for d and reports whether ctx still holds.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
