// Package postgres keeps trained models in PostgreSQL, so that every node classifies with the same one. It imports
// intent's root only. SQL stands beside the method that runs it.
package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// ErrNoModel says that no classifier is live yet: train one.
var ErrNoModel = errors.New("no classifier is live")

// Models reads and writes the table of models. Safe for concurrent use.
type Models struct{ pool *pgxpool.Pool }

// New returns the models of a migrated database.
func New(pool *pgxpool.Pool) *Models { return &Models{pool: pool} }

// SaveClassifier stores a trained classifier and makes it the live one; the one before stays for a look back. Nodes that
// RunFollow use it within a second. Saving one that is stored already makes it live again, and its artefact whole. card is
// written as JSON.
func (m *Models) SaveClassifier(ctx context.Context, name, hash string, artefact []byte, card any) error {
	if name == "" || hash == "" || len(artefact) == 0 {
		return fmt.Errorf("save classifier %q: name, hash and artefact must not be empty", name)
	}
	body, err := json.Marshal(card)
	if err != nil {
		return fmt.Errorf("save classifier %q: write its card: %w", name, err)
	}
	err = pgx.BeginFunc(ctx, m.pool, func(tx pgx.Tx) error {
		// One node at a time, or two would retire the same model and both set theirs live.
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('models_one_live'))`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE models SET live = false WHERE kind = 'classifier' AND live AND hash <> $1`, hash); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `
			INSERT INTO models (kind, name, hash, artefact, card, live)
			VALUES ('classifier', $1, $2, $3, $4, true)
			ON CONFLICT (hash) DO UPDATE SET live = true, artefact = excluded.artefact WHERE models.kind = 'classifier'`,
			name, hash, artefact, body)
		if err != nil {
			return err
		}
		if tag.RowsAffected() != 1 {
			return errors.New("the hash belongs to a model of another kind")
		}
		_, err = tx.Exec(ctx, `SELECT pg_notify($1, $2)`, modelChannel, hash)
		return err
	})
	if err != nil {
		return fmt.Errorf("save classifier %q %s: %w", name, hash, err)
	}
	return nil
}

// LiveClassifier returns the artefact of the live classifier and its hash; ErrNoModel when there is none.
func (m *Models) LiveClassifier(ctx context.Context) (artefact []byte, hash string, err error) {
	return liveUnless(ctx, m.pool, "")
}

// ClassifierBefore returns the newest classifier that was stored before the one with a hash; ErrNoModel when there is none.
func (m *Models) ClassifierBefore(ctx context.Context, hash string) (artefact []byte, before string, err error) {
	err = m.pool.QueryRow(ctx, `
		SELECT artefact, hash FROM models
		WHERE kind = 'classifier' AND id < (SELECT id FROM models WHERE kind = 'classifier' AND hash = $1)
		ORDER BY id DESC LIMIT 1`, hash).Scan(&artefact, &before)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, "", ErrNoModel
	}
	if err != nil {
		return nil, "", fmt.Errorf("read the classifier before %s: %w", hash, err)
	}
	return artefact, before, nil
}

// querier is a pool or a connection.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// liveUnless reads the live classifier unless it is the known one, which is ErrNoModel, too: an artefact has megabytes.
func liveUnless(ctx context.Context, q querier, known string) (artefact []byte, hash string, err error) {
	err = q.QueryRow(ctx, `SELECT artefact, hash FROM models WHERE kind = 'classifier' AND live AND hash <> $1`, known).Scan(&artefact, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, "", ErrNoModel
	}
	if err != nil {
		return nil, "", fmt.Errorf("read the live classifier: %w", err)
	}
	return artefact, hash, nil
}
