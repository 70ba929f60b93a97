package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"

	"usher/channels"
	"usher/inbox"
)

const (
	// ingestBatch is how many messages one transaction takes at most.
	ingestBatch = 128
	// ingestQueue is how many may wait; one more is refused with inbox.ErrBusy, and the sender tries again.
	ingestQueue = 4096
	// ingestWriters commit at the same time: one's commit overlaps with the other's work.
	ingestWriters = 2
)

// arrival is a message on its way into a transaction, with where its receipt goes.
type arrival struct {
	m    channels.Message
	done chan<- receipt
}

type receipt struct {
	r   channels.Receipt
	err error
}

var _ channels.Receiver = (*Store)(nil)

// Receive takes a message in and returns when it is committed. Messages that come in at the same time share a
// transaction. Errors: *channels.InvalidError, inbox.ErrNotFound for an unknown inbox address, inbox.ErrBusy when too
// many wait. When ctx ends first the message may be committed all the same; sending it again is a no-op then.
func (s *Store) Receive(ctx context.Context, m channels.Message) (channels.Receipt, error) {
	if err := m.Validate(); err != nil {
		return channels.Receipt{}, fmt.Errorf("receive: %w", err)
	}
	done := make(chan receipt, 1)
	select {
	case s.arrivals <- arrival{m, done}:
	default:
		return channels.Receipt{}, fmt.Errorf("receive: %d messages wait already: %w", ingestQueue, inbox.ErrBusy)
	}
	select {
	case r := <-done:
		return r.r, r.err
	case <-ctx.Done():
		return channels.Receipt{}, fmt.Errorf("receive: %w", ctx.Err())
	}
}

// RunIngest writes what Receive collects until ctx ends, then answers what is left with inbox.ErrBusy.
func (s *Store) RunIngest(ctx context.Context) error {
	var wg sync.WaitGroup
	for range ingestWriters {
		wg.Go(func() { s.ingestLoop(ctx) })
	}
	wg.Wait()
	for {
		select {
		case a := <-s.arrivals:
			a.done <- receipt{err: fmt.Errorf("receive: shutting down: %w", inbox.ErrBusy)}
		default:
			return nil
		}
	}
}

func (s *Store) ingestLoop(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case first := <-s.arrivals:
			s.ingest(ctx, s.collect(first))
		}
	}
}

// collect takes what waits already; it never waits for more, so a lone message is not delayed.
func (s *Store) collect(first arrival) []arrival {
	batch := []arrival{first}
	for len(batch) < ingestBatch {
		select {
		case a := <-s.arrivals:
			batch = append(batch, a)
		default:
			return batch
		}
	}
	return batch
}

// ingest commits a batch and hands out the receipts. When the batch fails its members are tried one by one, so a bad
// message hurts only itself. A shutdown does not cut off a batch that has begun.
func (s *Store) ingest(ctx context.Context, batch []arrival) {
	ctx = context.WithoutCancel(ctx)
	messages := make([]channels.Message, len(batch))
	for i, a := range batch {
		messages[i] = a.m
	}
	receipts, err := s.write(ctx, messages)
	if err != nil && len(batch) > 1 {
		for _, a := range batch {
			s.ingest(ctx, []arrival{a})
		}
		return
	}
	for i, a := range batch {
		switch {
		case err != nil:
			a.done <- receipt{err: err}
		case receipts[i].err != nil:
			a.done <- receipts[i]
		default:
			a.done <- receipts[i]
			if r := receipts[i].r; !r.Duplicate {
				s.committed(inbox.Change{ConversationID: r.ConversationID, Seq: r.Seq, Work: true})
			}
		}
	}
}

// errNoAddress is for messages to an inbox address that does not exist.
func errNoAddress(m channels.Message) error {
	return fmt.Errorf("receive: inbox address %q on channel %q: %w", m.InboxAddress, m.Channel, inbox.ErrNotFound)
}

// retryable reports whether a batch met another writer and may be tried again as it is: that one made the same row, or
// each waited for the other.
func retryable(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return errors.Is(err, errRace) || ok && (e.Code == uniqueViolation || e.Code == deadlockDetected)
}

// What PostgreSQL says when writers meet.
const (
	uniqueViolation  = "23505"
	deadlockDetected = "40P01"
)
