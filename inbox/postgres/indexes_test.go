package postgres_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
)

// What belongs to a conversation or to an address is read by it, and goes with it when a contact is erased: without an
// index either reads the whole table. The vectors' partitions have keys of their own.
func TestWhatBelongsToAConversationOrAnAddressIsFoundByAnIndex(t *testing.T) {
	f := newFloor(t)
	rows, err := f.pool.Query(t.Context(), `
		SELECT f.conrelid::regclass || '.' || a.attname
		FROM pg_constraint f
		JOIN pg_class r ON r.oid = f.conrelid AND r.relkind = 'r' AND NOT r.relispartition
		JOIN pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = f.conkey[1]
		WHERE f.contype = 'f' AND f.confrelid IN ('conversations'::regclass, 'contact_addresses'::regclass)
			AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = f.conrelid AND i.indkey[0] = f.conkey[1] AND i.indpred IS NULL)`)
	f.must(err)
	bare, err := pgx.CollectRows(rows, pgx.RowTo[string])
	f.must(err)
	if len(bare) > 0 {
		t.Errorf("no index begins with %v", bare)
	}
}
