package postgres

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/channels"
	"usher/migrations/dbtest"
)

// crossing is two contacts with an open conversation each, such that the contact who came first has the later one.
type crossing struct {
	*testing.T
	pool     *pgxpool.Pool
	store    *Store
	messages []channels.Message
	receipts []receipt
}

func newCrossing(t *testing.T) *crossing {
	t.Helper()
	t.Parallel()
	c := &crossing{T: t, pool: dbtest.Pool(t)}
	c.store = New(c.pool, nil)
	c.exec(c.pool, `INSERT INTO inbox_addresses (id, channel, address, name, secret) VALUES (gen_random_uuid(), 'api', 'shop', 'Shop', 'x')`)
	for _, from := range []string{"ada", "bo"} {
		c.messages = append(c.messages, channels.Message{Channel: channels.API, InboxAddress: "shop", From: from, Text: "hello"})
	}
	c.write(c.messages[:1])
	c.write(c.messages[1:])
	c.exec(c.pool, `UPDATE conversations v SET status = 'resolved', resolved_at = now(), resolved_by = 'agent', decided_seq = heard_seq FROM contact_addresses a WHERE a.id = v.contact_address_id AND a.address = 'ada'`)
	c.receipts = c.write(c.messages[:1])
	c.receipts = append(c.receipts, c.write(c.messages[1:])...)
	return c
}

func (c *crossing) write(m []channels.Message) []receipt {
	c.Helper()
	r, err := c.store.write(c.Context(), m)
	if err != nil {
		c.Fatalf("write: %v", err)
	}
	return r
}

func (c *crossing) exec(on interface {
	Exec(context.Context, string, ...any) (pgconn.CommandTag, error)
}, sql string, args ...any) {
	c.Helper()
	if _, err := on.Exec(c.Context(), sql, args...); err != nil {
		c.Fatalf("%s: %v", sql, err)
	}
}

// whileBlocked takes in both messages while another transaction holds the conversation of bo, and runs look once they
// wait for it.
func (c *crossing) whileBlocked(look func(holder pgx.Tx)) {
	c.Helper()
	holder, err := c.pool.Begin(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	defer func() { _ = holder.Rollback(context.WithoutCancel(c.Context())) }()
	c.exec(holder, `SELECT FROM conversations WHERE id = $1 FOR NO KEY UPDATE`, c.receipts[1].r.ConversationID)
	done := make(chan error, 1)
	go func() {
		_, err := c.store.write(c.Context(), c.messages)
		done <- err
	}()
	deadline := time.Now().Add(15 * time.Second)
	for waits := false; !waits; {
		if err := c.pool.QueryRow(c.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waits); err != nil {
			c.Fatal(err)
		}
		if time.Now().After(deadline) {
			c.Fatal("taking in did not wait for the conversation")
		}
	}
	look(holder)
	if err := holder.Rollback(c.Context()); err != nil {
		c.Fatal(err)
	}
	if err := <-done; err != nil {
		c.Errorf("take in: %v", err)
	}
}

func TestTakingInLocksConversationsById(t *testing.T) {
	c := newCrossing(t)
	first, second := c.receipts[1].r, c.receipts[0].r
	if first.ConversationID.String() > second.ConversationID.String() || first.ContactID.String() < second.ContactID.String() {
		t.Fatal("the conversations do not cross")
	}
	c.whileBlocked(func(holder pgx.Tx) {
		if _, err := holder.Exec(t.Context(), `SELECT FROM conversations WHERE id = $1 FOR NO KEY UPDATE NOWAIT`, second.ConversationID); err != nil {
			t.Errorf("the later conversation was locked first: %v", err)
		}
	})
}

// Who holds a conversation may write any row that names its address, its contact or an agent: the foreign keys' checks
// must not wait for those who hold the address and wait for the conversation.
func TestTakingInHoldsUpNoForeignKey(t *testing.T) {
	c := newCrossing(t)
	c.whileBlocked(func(holder pgx.Tx) {
		for _, table := range []string{"contact_addresses", "contacts", "conversations"} {
			c.exec(holder, fmt.Sprintf(`SELECT FROM %s FOR KEY SHARE NOWAIT`, table))
		}
	})
}

func TestTakingInIsTriedAgainWhenWritersMeet(t *testing.T) {
	for code, want := range map[string]bool{deadlockDetected: true, uniqueViolation: true, "23514": false} {
		if got := retryable(fmt.Errorf("receive: %w", &pgconn.PgError{Code: code})); got != want {
			t.Errorf("%s is tried again: %v, want %v", code, got, want)
		}
	}
	if retryable(errors.New("out of reach")) || !retryable(fmt.Errorf("receive: %w", errRace)) {
		t.Error("only a race is tried again")
	}
}
