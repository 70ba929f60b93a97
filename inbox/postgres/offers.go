package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"usher/channels"
	"usher/inbox"
)

// Offered are the buttons under the message that m answers. inbox.ErrNotFound when that is not one that went out to m's
// sender on m's inbox address.
func (s *Store) Offered(ctx context.Context, m channels.Message) ([]channels.Choice, error) {
	var offered []channels.Choice
	err := s.pool.QueryRow(ctx, `
		SELECT COALESCE(o.payload->'choices', '[]') FROM messages o
		JOIN inbox_addresses i ON i.id = o.inbox_address_id
		JOIN conversations c ON c.id = o.conversation_id
		WHERE o.id = $1 AND o.kind = 'outbound' AND (i.channel, i.address) = ($2, $3) AND c.contact_id IN (
			SELECT contact_id FROM contact_addresses WHERE (channel, address) = ($2, $4)
			UNION SELECT id FROM contacts WHERE external_id = $5)`,
		m.Answers, m.Channel, m.InboxAddress, m.From, m.ContactID).Scan(&offered)
	if errors.Is(err, pgx.ErrNoRows) {
		err = inbox.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read what message %s offers: %w", m.Answers, err)
	}
	return offered, nil
}

// Accepted reports whether a message with m's external id was taken in on m's inbox address before.
func (s *Store) Accepted(ctx context.Context, m channels.Message) (bool, error) {
	var accepted bool
	err := s.pool.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM messages m JOIN inbox_addresses i ON i.id = m.inbox_address_id
			WHERE (i.channel, i.address) = ($1, $2) AND m.external_id = $3)`,
		m.Channel, m.InboxAddress, m.ExternalID).Scan(&accepted)
	if err != nil {
		return false, fmt.Errorf("look for a message on inbox address %q: %w", m.InboxAddress, err) // its id may name a person
	}
	return accepted, nil
}
