// Package postgres keeps the inbox in PostgreSQL. SQL stands beside the method that runs it.
//
// Global lock order: contact address, conversation, agent; several of a kind by id. Rows are locked FOR NO KEY UPDATE: keys
// never change, and a stronger lock would hold up the foreign keys of others, who check them in no order.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/inbox"
)

// Store reads and writes the inbox's tables. Safe for concurrent use.
type Store struct {
	pool *pgxpool.Pool
	// committed is told the conversations that changed, after the commit; never nil.
	committed func(inbox.Change)
	arrivals  chan arrival
	keys      keyCache
	inboxes   sync.Map // ids of inbox addresses by addressKey
	// work is signalled when a commit put something into the outbox.
	work chan struct{}
}

// New returns a store on a migrated database. changed is called after each commit that changed a
// conversation, from the goroutine that committed; it must not block. nil means nobody listens.
func New(pool *pgxpool.Pool, changed func(inbox.Change)) *Store {
	s := &Store{pool: pool, arrivals: make(chan arrival, ingestQueue), work: make(chan struct{}, 1)}
	s.committed = func(c inbox.Change) {
		if c.Work {
			signal(s.work)
		}
		if changed != nil {
			changed(c)
		}
	}
	return s
}

// signal wakes whoever waits on c; a signal that is pending already is enough.
func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// inTx runs do in a transaction; it commits when do returns nil.
func (s *Store) inTx(ctx context.Context, operation string, do func(pgx.Tx) error) error {
	return told(operation, pgx.BeginFunc(ctx, s.pool, do))
}

// inTxSoon is inTx for what is done again when it is lost: the commit does not wait for the disk. After a power loss the
// last moments of it may be gone, and whoever is still owed the work finds it. What the outside has seen is never
// among it: that is committed later and waits, and the disk takes commits in their order.
func (s *Store) inTxSoon(ctx context.Context, operation string, do func(pgx.Tx) error) error {
	soon := pgx.TxOptions{BeginQuery: "BEGIN; SET LOCAL synchronous_commit TO off"}
	return told(operation, pgx.BeginTxFunc(ctx, s.pool, soon, do))
}

// told adds what was tried to an error, and says ErrNotFound for a row that is not there.
func told(operation string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, pgx.ErrNoRows) {
		err = inbox.ErrNotFound
	}
	return fmt.Errorf("%s: %w", operation, err)
}

// passes reports whether an error comes from the state of the database and not from what was asked of it, so that asking
// again helps.
func passes(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch e.Code[:2] {
		case "08", "40", "53", "55", "57", "58": // connection, rollback, resources, locks, operator, system
			return true
		}
		return false
	}
	_, network := errors.AsType[net.Error](err)
	return network || pgconn.SafeToRetry(err) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

// newID is a UUIDv7: ids sort by when they were made, which keeps indexes dense.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
