package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"usher/routing"
)

// stallWait is how long publishing waits for room among what is not yet confirmed.
const stallWait = 2 * time.Second

// Publish puts work on the bus and returns when all of it is stored there. The same ID on the same topic within half a
// minute is stored once. On an error some of it may be stored: publish all of it again. Without an end of its own ctx is
// bounded to 10 s.
func (b *Bus) Publish(ctx context.Context, work []routing.Work) error {
	if len(work) == 0 {
		return nil
	}
	if _, bounded := ctx.Deadline(); !bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, patience)
		defer cancel()
	}
	err := b.publish(ctx, work)
	if errors.Is(err, jetstream.ErrNoStreamResponse) {
		// Somebody removed a stream. Put it back; what was stored already is told by its id.
		if err := b.restore(ctx, work); err != nil {
			return fmt.Errorf("publish: %w", err)
		}
		err = b.publish(ctx, work)
	}
	if err != nil {
		return fmt.Errorf("publish: %w", err)
	}
	return nil
}

func (b *Bus) publish(ctx context.Context, work []routing.Work) error {
	acks := make([]jetstream.PubAckFuture, 0, len(work))
	var failed error
	for _, w := range work {
		ack, err := b.send(w)
		if err != nil {
			failed = fmt.Errorf("work %q of %q: %w", w.ID, w.Topic, err)
			break
		}
		acks = append(acks, ack)
	}
	// Wait for what is on its way even when the rest failed, so that nothing is left pending.
	for i, ack := range acks {
		select {
		case <-ack.Ok():
		case err := <-ack.Err():
			failed = errors.Join(failed, fmt.Errorf("work %q of %q: %w", work[i].ID, work[i].Topic, err))
		case <-ctx.Done():
			return errors.Join(failed, fmt.Errorf("work %q of %q is not confirmed: %w", work[i].ID, work[i].Topic, ctx.Err()))
		}
	}
	return failed
}

func (b *Bus) send(w routing.Work) (jetstream.PubAckFuture, error) {
	subject, err := subjectOf(w)
	if err != nil {
		return nil, err
	}
	data, err := json.Marshal(w)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	m := nats.NewMsg(subject)
	m.Data = data
	// One decision may be on two topics of a stream in turn, so the id alone would not do.
	m.Header.Set(jetstream.MsgIDHeader, w.Topic+":"+w.ID)
	ack, err := b.js.PublishMsgAsync(m, jetstream.WithStallWait(stallWait))
	if err != nil {
		return nil, err
	}
	return ack, nil
}

// restore declares the streams that the work travels on, with their consumers.
func (b *Bus) restore(ctx context.Context, work []routing.Work) error {
	done := map[string]bool{}
	for _, w := range work {
		if done[w.Topic] {
			continue
		}
		done[w.Topic] = true
		c, err := consumerOf(w.Topic)
		if err != nil {
			return err
		}
		if _, err := b.redeclare(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
