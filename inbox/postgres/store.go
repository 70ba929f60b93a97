// Package postgres keeps the inbox in PostgreSQL. SQL stands beside the method that runs it.
// Global lock order: contact address, conversation, agent; several of a kind by id.
package postgres

import (
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/inbox"
)

// Store reads and writes the inbox's tables. Safe for concurrent use.
type Store struct {
	pool *pgxpool.Pool
	// committed is told the conversations that changed, after the commit; never nil.
	committed func(inbox.Change)
}

// New returns a store on a migrated database. changed is called after each commit that changed a
// conversation, from the goroutine that committed; it must not block. nil means nobody listens.
func New(pool *pgxpool.Pool, changed func(inbox.Change)) *Store {
	if changed == nil {
		changed = func(inbox.Change) {}
	}
	return &Store{pool: pool, committed: changed}
}
