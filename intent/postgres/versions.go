package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// minPrefix is how much of a hash names a classifier at least.
const minPrefix = 4

// ErrNothingBefore says that no classifier was live before the one that is.
var ErrNothingBefore = errors.New("no classifier was live before this one")

// Act is who makes a classifier live, and why.
type Act struct{ Author, Note string }

// Promotion is one time at which a classifier became live.
type Promotion struct {
	Act
	At       time.Time
	Rollback bool
}

// Version is a stored classifier without its artefact. Promotions are oldest first; one that was never live has none.
type Version struct {
	Hash, Name string
	Live       bool
	Bytes      int
	Author     string
	Note       string
	CreatedAt  time.Time
	Card       json.RawMessage
	Promotions []Promotion
}

// Versions are all stored classifiers, newest first.
func (m *Models) Versions(ctx context.Context) ([]Version, error) {
	vs, err := m.versions(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("read the classifiers: %w", err)
	}
	return vs, nil
}

// Find is the classifier whose hash begins with so many of its signs that no other's does; "live" is the live one.
func (m *Models) Find(ctx context.Context, prefix string) (Version, error) {
	if prefix != "live" && len(prefix) < minPrefix {
		return Version{}, fmt.Errorf("classifier %q: give at least %d signs of its hash, or live", prefix, minPrefix)
	}
	vs, err := m.versions(ctx, prefix)
	switch {
	case err != nil:
		return Version{}, fmt.Errorf("read classifier %q: %w", prefix, err)
	case len(vs) == 0 && prefix == "live":
		return Version{}, ErrNoModel
	case len(vs) == 0:
		return Version{}, fmt.Errorf("there is no classifier %q; see `usher models list`", prefix)
	case len(vs) > 1:
		return Version{}, fmt.Errorf("%d classifiers begin with %q: give more of the hash", len(vs), prefix)
	}
	return vs[0], nil
}

// versions are those whose hash begins with a prefix, newest first.
func (m *Models) versions(ctx context.Context, prefix string) ([]Version, error) {
	rows, err := m.pool.Query(ctx, `
		SELECT m.hash, m.name, m.live, COALESCE(length(m.artefact), 0), m.author, m.note, m.created_at, m.card,
			p.author, p.note, p.promoted_at, p.rollback
		FROM models m LEFT JOIN model_promotions p ON p.model_id = m.id
		WHERE m.kind = 'classifier' AND CASE WHEN $1 = 'live' THEN m.live ELSE starts_with(m.hash, $1) END
		ORDER BY m.id DESC, p.id`, prefix)
	if err != nil {
		return nil, err
	}
	var all []Version
	var v Version
	var by, why *string
	var at *time.Time
	var back *bool
	_, err = pgx.ForEachRow(rows, []any{&v.Hash, &v.Name, &v.Live, &v.Bytes, &v.Author, &v.Note, &v.CreatedAt, &v.Card, &by, &why, &at, &back}, func() error {
		if n := len(all); n == 0 || all[n-1].Hash != v.Hash {
			all = append(all, v)
		}
		if at != nil {
			last := &all[len(all)-1]
			last.Promotions = append(last.Promotions, Promotion{Act{*by, *why}, *at, *back})
		}
		return nil
	})
	return all, err
}

// Artefact is a stored classifier itself.
func (m *Models) Artefact(ctx context.Context, hash string) ([]byte, error) {
	var artefact []byte
	err := m.pool.QueryRow(ctx, `SELECT artefact FROM models WHERE kind = 'classifier' AND hash = $1`, hash).Scan(&artefact)
	if err != nil {
		return nil, fmt.Errorf("read classifier %s: %w", hash, err)
	}
	return artefact, nil
}

// Promote makes a stored classifier the live one, if usable finds nothing wrong with its artefact. Nodes that RunFollow use it
// within a second. Promoting the one that is live changes nothing.
func (m *Models) Promote(ctx context.Context, hash string, by Act, usable func(artefact []byte, hash string) error) error {
	err := pgx.BeginFunc(ctx, m.pool, func(tx pgx.Tx) error {
		h, err := lockHead(ctx, tx)
		if err != nil {
			return err
		}
		return promote(ctx, tx, h, hash, by, usable)
	})
	if err != nil {
		return fmt.Errorf("promote classifier %s: %w", hash, err)
	}
	return nil
}

// head is the newest promotion, and what a rollback of it goes back to.
type head struct {
	id, model int
	undoesTo  *int
}

// lockHead lets one node at a time change which classifier is live, or two would retire the same one and both set theirs live.
func lockHead(ctx context.Context, tx pgx.Tx) (head, error) {
	var h head
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('models_one_live'))`); err != nil {
		return h, err
	}
	err := tx.QueryRow(ctx, `SELECT id, model_id, undoes_to FROM model_promotions ORDER BY id DESC LIMIT 1`).Scan(&h.id, &h.model, &h.undoesTo)
	if errors.Is(err, pgx.ErrNoRows) {
		err = nil
	}
	return h, err
}

// promote needs the lock of lockHead.
func promote(ctx context.Context, tx pgx.Tx, h head, hash string, by Act, usable func([]byte, string) error) error {
	var model int
	var live bool
	err := tx.QueryRow(ctx, `SELECT id, live FROM models WHERE kind = 'classifier' AND hash = $1`, hash).Scan(&model, &live)
	if errors.Is(err, pgx.ErrNoRows) {
		return errors.New("it is not stored")
	}
	if err != nil {
		return err
	}
	if live && model == h.model {
		return nil
	}
	var before *int
	if h.id != 0 {
		before = &h.id
	}
	return setLive(ctx, tx, model, before, false, by, usable)
}

// Rollback makes the classifier live that was live before the one that is, if usable finds nothing wrong with it, and returns
// the hash of both. A second rollback goes one further back. ErrNothingBefore when there is none.
func (m *Models) Rollback(ctx context.Context, by Act, usable func(artefact []byte, hash string) error) (from, to string, err error) {
	err = pgx.BeginFunc(ctx, m.pool, func(tx pgx.Tx) error {
		h, err := lockHead(ctx, tx)
		if err != nil {
			return err
		}
		if h.undoesTo == nil {
			return ErrNothingBefore
		}
		var target head
		err = tx.QueryRow(ctx, `
			SELECT p.model_id, p.undoes_to, m.hash, (SELECT hash FROM models WHERE id = $2)
			FROM model_promotions p JOIN models m ON m.id = p.model_id WHERE p.id = $1`, *h.undoesTo, h.model).
			Scan(&target.model, &target.undoesTo, &to, &from)
		if err != nil {
			return err
		}
		return setLive(ctx, tx, target.model, target.undoesTo, true, by, usable)
	})
	if err != nil {
		return "", "", fmt.Errorf("roll the classifier back: %w", err)
	}
	return from, to, nil
}

// setLive needs the lock of lockHead.
func setLive(ctx context.Context, tx pgx.Tx, model int, undoesTo *int, rollback bool, by Act, usable func([]byte, string) error) error {
	if _, err := tx.Exec(ctx, `UPDATE models SET live = false WHERE kind = 'classifier' AND live AND id <> $1`, model); err != nil {
		return err
	}
	var artefact []byte
	var hash string
	if err := tx.QueryRow(ctx, `UPDATE models SET live = true WHERE id = $1 RETURNING artefact, hash`, model).Scan(&artefact, &hash); err != nil {
		return err
	}
	if usable != nil {
		if err := usable(artefact, hash); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO model_promotions (model_id, undoes_to, rollback, author, note) VALUES ($1, $2, $3, $4, $5)`,
		model, undoesTo, rollback, by.Author, by.Note); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `SELECT pg_notify($1, $2)`, modelChannel, hash)
	return err
}
