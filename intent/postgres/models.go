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

// itself is the author of what Usher does without being asked.
const itself = "usher"

// Models reads and writes the table of models. Safe for concurrent use.
type Models struct{ pool *pgxpool.Pool }

// New returns the models of a migrated database.
func New(pool *pgxpool.Pool) *Models { return &Models{pool: pool} }

// Candidate is a trained classifier to be kept. Card is written as JSON; Author and Note say who made it and why.
type Candidate struct {
	Name, Hash string
	Artefact   []byte
	Card       any
	Author     string
	Note       string
}

// SaveClassifier stores a trained classifier and makes it the live one, in the name of Usher itself; the one before stays for
// a look back. Nodes that RunFollow use it within a second. Saving one that is stored already makes it live again, and its
// artefact whole. card is written as JSON.
func (m *Models) SaveClassifier(ctx context.Context, name, hash string, artefact []byte, card any) error {
	c := Candidate{Name: name, Hash: hash, Artefact: artefact, Card: card, Author: itself}
	return m.AddLive(ctx, c)
}

// Add stores a trained classifier without making it live. One that is stored already gets the new artefact and card, and
// keeps who made it first.
func (m *Models) Add(ctx context.Context, c Candidate) error {
	if err := pgx.BeginFunc(ctx, m.pool, func(tx pgx.Tx) error { return add(ctx, tx, c) }); err != nil {
		return fmt.Errorf("save classifier %q %s: %w", c.Name, c.Hash, err)
	}
	return nil
}

// AddLive stores a trained classifier and makes it the live one, both or neither.
func (m *Models) AddLive(ctx context.Context, c Candidate) error {
	err := pgx.BeginFunc(ctx, m.pool, func(tx pgx.Tx) error {
		h, err := lockHead(ctx, tx) // before the row, as everybody does
		if err != nil {
			return err
		}
		if err := add(ctx, tx, c); err != nil {
			return err
		}
		return promote(ctx, tx, h, c.Hash, Act{c.Author, c.Note}, nil)
	})
	if err != nil {
		return fmt.Errorf("save classifier %q %s: %w", c.Name, c.Hash, err)
	}
	return nil
}

func add(ctx context.Context, tx pgx.Tx, c Candidate) error {
	if c.Name == "" || c.Hash == "" || len(c.Artefact) == 0 {
		return errors.New("name, hash and artefact must not be empty")
	}
	card, err := json.Marshal(c.Card)
	if err != nil {
		return fmt.Errorf("write its card: %w", err)
	}
	tag, err := tx.Exec(ctx, `
		INSERT INTO models (kind, name, hash, artefact, card, author, note)
		VALUES ('classifier', $1, $2, $3, $4, $5, $6)
		ON CONFLICT (hash) DO UPDATE SET artefact = excluded.artefact, card = excluded.card WHERE models.kind = 'classifier'`,
		c.Name, c.Hash, c.Artefact, card, c.Author, c.Note)
	if err != nil {
		return err
	}
	if tag.RowsAffected() != 1 {
		return errors.New("the hash belongs to a model of another kind")
	}
	return nil
}

// LiveClassifier returns the artefact of the live classifier and its hash; ErrNoModel when there is none.
func (m *Models) LiveClassifier(ctx context.Context) (artefact []byte, hash string, err error) {
	return liveUnless(ctx, m.pool, "")
}

// ClassifierBefore returns the newest classifier that was stored before the one with a hash and has been live; ErrNoModel
// when there is none.
func (m *Models) ClassifierBefore(ctx context.Context, hash string) (artefact []byte, before string, err error) {
	err = m.pool.QueryRow(ctx, `
		SELECT artefact, hash FROM models
		WHERE kind = 'classifier' AND id < (SELECT id FROM models WHERE kind = 'classifier' AND hash = $1)
			AND EXISTS (SELECT FROM model_promotions p WHERE p.model_id = models.id)
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
