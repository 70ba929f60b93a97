package bus

import (
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
)

const liveChanges = "live.changes"

// Announce tells every listener on every node. It is not kept: who does not listen now never hears it.
func (b *Bus) Announce(v []byte) error {
	if err := b.conn.Publish(liveChanges, v); err != nil {
		return fmt.Errorf("announce: %w", err)
	}
	return nil
}

// Listen calls heard with what is announced, one after the other, own announcements included, until stop is called.
// A listener that is slow loses some.
func (b *Bus) Listen(heard func(v []byte)) (stop func(), err error) {
	sub, err := b.conn.Subscribe(liveChanges, func(m *nats.Msg) { heard(m.Data) })
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	// The subscription is in place once the server has seen it: what is announced from here on is heard.
	if err := b.conn.FlushTimeout(patience); err != nil {
		return nil, errors.Join(fmt.Errorf("listen: %w", err), sub.Unsubscribe())
	}
	return func() {
		// Only a closed connection refuses, and that ends the subscription too.
		if err := sub.Unsubscribe(); err != nil && !errors.Is(err, nats.ErrConnectionClosed) {
			b.log.Warn("stop listening", "error", err)
		}
	}, nil
}
