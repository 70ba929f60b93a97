package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/inbox"
)

// maxAttributes bounds all that is known of one contact, in bytes of JSON.
const maxAttributes = 64 << 10

// Track keeps what a contact did elsewhere, and makes the contact when it is new. A repeat of the external id returns the
// first event's id.
func (s *Store) Track(ctx context.Context, contactID string, e inbox.TrackedEvent) (id uuid.UUID, duplicate bool, err error) {
	if len(e.Properties) == 0 {
		e.Properties = json.RawMessage("{}")
	}
	err = s.inTx(ctx, "track", func(tx pgx.Tx) error {
		contact, err := ensureContact(ctx, tx, contactID)
		if err != nil {
			return err
		}
		err = tx.QueryRow(ctx, `
			INSERT INTO tracked_events (id, contact_id, name, properties, external_id, occurred_at) VALUES ($1, $2, $3, $4, NULLIF($5, ''), $6)
			ON CONFLICT (contact_id, external_id) DO NOTHING RETURNING id`,
			newID(), contact, e.Name, e.Properties, e.ExternalID, e.OccurredAt).Scan(&id)
		if !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		duplicate = true
		return tx.QueryRow(ctx, `SELECT id FROM tracked_events WHERE contact_id = $1 AND external_id = $2`, contact, e.ExternalID).Scan(&id)
	})
	return id, duplicate, err
}

// ensureContact is the contact with the company's own id of the person. Its errors do not name the id: they are logged,
// and it may be an e-mail address.
func ensureContact(ctx context.Context, tx pgx.Tx, externalID string) (uuid.UUID, error) {
	var id uuid.UUID
	const find = `SELECT id FROM contacts WHERE external_id = $1`
	err := tx.QueryRow(ctx, find, externalID).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		if _, err := tx.Exec(ctx, `INSERT INTO contacts (id, external_id, type) VALUES ($1, $2, 'customer') ON CONFLICT (external_id) DO NOTHING`, newID(), externalID); err != nil {
			return id, fmt.Errorf("make a contact: %w", err)
		}
		err = tx.QueryRow(ctx, find, externalID).Scan(&id)
	}
	if err != nil {
		return id, fmt.Errorf("find a contact: %w", err)
	}
	return id, nil
}

// Identify keeps what a system knows of a contact, and makes the contact when it is new.
func (s *Store) Identify(ctx context.Context, who inbox.Identity) (inbox.Contact, error) {
	set, removed := map[string]json.RawMessage{}, []string{}
	for name, value := range who.Attributes {
		if string(value) == "null" {
			removed = append(removed, name)
		} else {
			set[name] = value
		}
	}
	slices.Sort(removed)
	attributes, err := json.Marshal(set)
	if err != nil {
		return inbox.Contact{}, &inbox.InvalidError{Field: "attributes", Remedy: "is not a JSON object"}
	}
	var c inbox.Contact
	err = s.inTx(ctx, "identify", func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, `
			INSERT INTO contacts AS c (id, external_id, type, name, email, attributes)
			VALUES ($1, $2, COALESCE($3, 'customer'), COALESCE($4, ''), COALESCE($5, ''), $6)
			ON CONFLICT (external_id) DO UPDATE SET type = COALESCE($3, c.type), name = COALESCE($4, c.name), email = COALESCE($5, c.email),
				attributes = (c.attributes || $6) - $7::text[], updated_at = now()
			RETURNING id, external_id, type, name, email, attributes, created_at`,
			newID(), who.ContactID, who.Type, who.Name, who.Email, attributes, removed).
			Scan(&c.ID, &c.ExternalID, &c.Type, &c.Name, &c.Email, &c.Attributes, &c.CreatedAt)
		if err == nil && len(c.Attributes) > maxAttributes {
			return &inbox.InvalidError{Field: "attributes", Remedy: "come to more than 64 KiB with those known already; remove some by null"}
		}
		return err
	})
	return c, err
}
