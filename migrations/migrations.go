// Package migrations holds the schema as numbered SQL, embedded, and brings a database up to it.
package migrations

import "embed"

// FS holds the numbered goose migrations. Each file says why its constraints are there.
//
//go:embed *.sql
var FS embed.FS
