package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"usher/routing"
)

const (
	// After a failure work comes again after firstDelay, then twice as long each time, up to lastDelay.
	firstDelay = 100 * time.Millisecond
	lastDelay  = 30 * time.Second
	// sharedTries is how often work is handled together with other work. When it failed so often it comes alone, so that
	// it cannot drag others along.
	sharedTries = 2
	// heartbeat tells an idle consumer that the bus is still there; two missing in a row mean a new look.
	heartbeat = 2 * time.Second
	// lookAgain is the pause before a consumer that vanished is put back.
	lookAgain = 250 * time.Millisecond
)

// Consume hands the work of a topic to handle, in batches of what waits, at most so many, until ctx ends; then it returns nil.
// A lone piece of work is handed over at once. What handle returned nil for is done; after an error the whole batch comes
// again later, so handle must be able to take work that it has done already. Order is not promised.
//
// Batches are handled one after the other; call Consume several times for more at once. Work that takes longer than
// AckWait is not given to others meanwhile. The ctx of handle does not end with the outer one: a batch that has begun may finish.
// A consumer or stream that is removed is put back.
func (b *Bus) Consume(ctx context.Context, topic string, most int, handle func(ctx context.Context, batch []routing.Work) error) error {
	c, err := consumerOf(topic)
	if err != nil {
		return fmt.Errorf("consume: %w", err)
	}
	for ctx.Err() == nil {
		err := b.take(ctx, c, most, handle)
		if ctx.Err() != nil {
			break
		}
		b.log.Warn("work does not come; looking again", "topic", topic, "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(lookAgain):
		}
	}
	return nil
}

// take works until ctx ends or the consumer breaks. What was fetched and not handled is given back.
func (b *Bus) take(ctx context.Context, c consumer, most int, handle func(context.Context, []routing.Work) error) error {
	from, err := b.redeclare(ctx, c)
	if err != nil {
		return err
	}
	fetched := make(chan jetstream.Msg, most)
	broken := make(chan error, 1)
	stopping := make(chan struct{})
	sub, err := from.Consume(func(m jetstream.Msg) {
		select {
		case fetched <- m:
		case <-stopping:
			_ = m.Nak() // best effort: it comes again after ackWait otherwise
		}
	}, jetstream.PullMaxMessages(2*most), jetstream.PullExpiry(5*heartbeat), jetstream.PullHeartbeat(heartbeat),
		jetstream.ConsumeErrHandler(func(_ jetstream.ConsumeContext, err error) {
			if errors.Is(err, jetstream.ErrConsumerLeadershipChanged) {
				return // the client asks the new leader
			}
			select {
			case broken <- err:
			default:
			}
		}))
	if err != nil {
		return fmt.Errorf("consume %q: %w", c.topic, err)
	}
	err = b.work(ctx, fetched, broken, most, handle)
	close(stopping)
	sub.Drain()
	<-sub.Closed()
	for {
		select {
		case m := <-fetched:
			_ = m.Nak() // best effort, as above
		default:
			return err
		}
	}
}

func (b *Bus) work(ctx context.Context, fetched <-chan jetstream.Msg, broken <-chan error, most int, handle func(context.Context, []routing.Work) error) error {
	var next jetstream.Msg // taken from fetched, and to be handled alone
	for {
		first := next
		next = nil
		if first == nil {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case err := <-broken:
				return err
			case first = <-fetched:
			}
		}
		batch := []jetstream.Msg{first}
		if !alone(first) {
			batch, next = collect(batch, fetched, most)
		}
		b.handle(ctx, batch, handle)
		if ctx.Err() != nil && next != nil {
			_ = next.Nak() // best effort: it comes again after ackWait otherwise
			return ctx.Err()
		}
	}
}

// collect adds what waits already, up to most; it never waits for more. It stops at work that wants to be alone.
func collect(batch []jetstream.Msg, fetched <-chan jetstream.Msg, most int) (full []jetstream.Msg, next jetstream.Msg) {
	for len(batch) < most {
		select {
		case m := <-fetched:
			if alone(m) {
				return batch, m
			}
			batch = append(batch, m)
		default:
			return batch, nil
		}
	}
	return batch, nil
}

func alone(m jetstream.Msg) bool { return tries(m) > sharedTries }

// tries is how often work was handed out, this time included.
func tries(m jetstream.Msg) uint64 {
	meta, err := m.Metadata()
	if err != nil {
		return 1 // not from a stream
	}
	return meta.NumDelivered
}

func (b *Bus) handle(ctx context.Context, batch []jetstream.Msg, handle func(context.Context, []routing.Work) error) {
	work := make([]routing.Work, 0, len(batch))
	taken := batch[:0]
	for _, m := range batch {
		var w routing.Work
		if err := json.Unmarshal(m.Data(), &w); err != nil {
			b.log.Error("work on the bus does not read; it is dropped, and the sweeper finds what it meant", "subject", m.Subject(), "error", err)
			_ = m.Term() // best effort: maxAge ends it otherwise
			continue
		}
		work, taken = append(work, w), append(taken, m)
	}
	if len(work) == 0 {
		return
	}
	stop := b.keep(taken)
	err := safely(context.WithoutCancel(ctx), work, handle)
	stop()
	for _, m := range taken {
		if err == nil {
			err := m.Ack()
			if err != nil {
				b.log.Warn("done work is not acknowledged; it comes again as a no-op", "subject", m.Subject(), "error", err)
			}
			continue
		}
		if err := m.NakWithDelay(delayAfter(tries(m))); err != nil {
			b.log.Warn("failed work is not given back; it comes again by itself", "subject", m.Subject(), "error", err)
		}
	}
	if err != nil {
		b.log.Warn("work failed; it comes again", "subject", taken[0].Subject(), "pieces", len(taken), "tries", tries(taken[0]), "error", err)
	}
}

// safely turns a panic into an error: the work that caused it would come again after each start of the process, and end
// it each time.
func safely(ctx context.Context, work []routing.Work, handle func(context.Context, []routing.Work) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v\n%s", r, debug.Stack())
		}
	}()
	return handle(ctx, work)
}

// keep gives signs of life until stop is called, so that work under way is not given to others. Nothing runs for
// work that is done sooner than that.
func (b *Bus) keep(batch []jetstream.Msg) (stop func()) {
	var done atomic.Bool
	var beat func()
	beat = func() {
		if done.Load() {
			return
		}
		for _, m := range batch {
			_ = m.InProgress() // best effort: without it others may do the same work, which is a no-op
		}
		time.AfterFunc(b.ackWait/3, beat)
	}
	first := time.AfterFunc(b.ackWait/3, beat)
	return func() {
		done.Store(true)
		first.Stop()
	}
}

func delayAfter(tries uint64) time.Duration {
	if tries > 9 {
		return lastDelay
	}
	return min(firstDelay<<(max(tries, 1)-1), lastDelay)
}
