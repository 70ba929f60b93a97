package postgres

import (
	"testing"
	"time"
)

func TestTheSweeperLooksAgainAfterTheOutboxWasBehind(t *testing.T) {
	c := newCrossing(t)
	c.exec(c.pool, `UPDATE messages SET created_at = now() - interval '7 seconds'`)
	c.exec(c.pool, `UPDATE outbox SET created_at = now() - interval '7 seconds'`)
	n, done, err := c.store.sweep(t.Context(), time.Now(), time.Time{}, 5*time.Second)
	if n != 0 || done || err != nil {
		t.Errorf("%d published again, done %v, %v; want that it waits for the outbox", n, done, err)
	}
	c.exec(c.pool, `DELETE FROM outbox`)
	n, done, err = c.store.sweep(t.Context(), time.Now(), time.Time{}, 5*time.Second)
	if n == 0 || !done || err != nil {
		t.Errorf("%d published again, done %v, %v; want all that is stuck", n, done, err)
	}
}
