package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/channels"
	"usher/inbox"
)

// Site is a web-chat inbox address. channels.ErrNotFound when there is none of that name.
func (s *Store) Site(ctx context.Context, inboxAddress string) (channels.Site, error) {
	site := channels.Site{Address: inboxAddress}
	if strings.IndexByte(inboxAddress, 0) >= 0 { // a browser may say anything
		return site, fmt.Errorf("site %q: %w", inboxAddress, channels.ErrNotFound)
	}
	var settings json.RawMessage
	err := s.pool.QueryRow(ctx, `SELECT name, secret, settings FROM inbox_addresses WHERE channel = $1 AND address = $2`, channels.WebChat, inboxAddress).
		Scan(&site.Name, &site.Secret, &settings)
	if errors.Is(err, pgx.ErrNoRows) {
		return site, fmt.Errorf("site %q: %w", inboxAddress, channels.ErrNotFound)
	}
	if err == nil {
		err = json.Unmarshal(settings, &site.Settings)
	}
	if err != nil {
		return site, fmt.Errorf("read site %q: %w", inboxAddress, err)
	}
	return site, nil
}

// Thread is what the contact at an address sees on an inbox address, the last limit entries. What the company wrote is
// in it once it was handed over.
func (s *Store) Thread(ctx context.Context, channel, inboxAddress, address string, limit int) (channels.Thread, error) {
	var t channels.Thread
	b := &pgx.Batch{}
	const theirs = `conversations c
			JOIN contact_addresses ca ON ca.id = c.contact_address_id
			JOIN inbox_addresses i ON i.id = c.inbox_address_id
		WHERE ca.channel = $1 AND ca.address = $3 AND i.channel = $1 AND i.address = $2`
	b.Queue(`SELECT c.id, c.status FROM `+theirs+` ORDER BY c.status = 'resolved', c.last_message_at DESC, c.id DESC LIMIT 1`, channel, inboxAddress, address).
		Query(func(rows pgx.Rows) error {
			_, err := pgx.ForEachRow(rows, []any{&t.ConversationID, &t.Status}, func() error { return nil })
			return err
		})
	b.Queue(`
		SELECT m.id, m.conversation_id, m.seq, m.author, COALESCE(a.name, ''), COALESCE(m.external_id, ''), m.text, m.payload, m.created_at
		FROM (SELECT c.id, c.last_message_at FROM `+theirs+`) c
		JOIN messages m ON m.conversation_id = c.id
		LEFT JOIN agents a ON a.id = m.agent_id
		WHERE m.kind = 'inbound' OR m.delivery IN ('sent', 'delivered', 'read')
		ORDER BY c.last_message_at DESC, c.id DESC, m.seq DESC LIMIT $4`, channel, inboxAddress, address, limit).
		Query(func(rows pgx.Rows) (err error) {
			t.Entries, err = pgx.CollectRows(rows, scanEntry)
			return err
		})
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		return channels.Thread{}, fmt.Errorf("read a contact's thread on %q: %w", inboxAddress, err)
	}
	slices.Reverse(t.Entries)
	return t, nil
}

func scanEntry(row pgx.CollectableRow) (channels.Entry, error) {
	var e channels.Entry
	var name string
	var payload struct {
		Choices []channels.Choice
		Choice  string
		Answers uuid.UUID
	}
	err := row.Scan(&e.MessageID, &e.ConversationID, &e.Seq, &e.Author, &name, &e.ExternalID, &e.Text, &payload, &e.At)
	e.AuthorName, _, _ = strings.Cut(strings.TrimSpace(name), " ") // contacts know agents by first name
	e.Choices, e.Choice, e.Answers = payload.Choices, payload.Choice, payload.Answers
	return e, err
}

// Place is where a conversation is held. channels.ErrNotFound when there is none.
func (s *Store) Place(ctx context.Context, conversation uuid.UUID) (channels.Place, error) {
	var p channels.Place
	err := s.pool.QueryRow(ctx, `
		SELECT c.channel, i.address, ca.address FROM conversations c
		JOIN inbox_addresses i ON i.id = c.inbox_address_id JOIN contact_addresses ca ON ca.id = c.contact_address_id
		WHERE c.id = $1`, conversation).Scan(&p.Channel, &p.InboxAddress, &p.Address)
	if errors.Is(err, pgx.ErrNoRows) {
		err = channels.ErrNotFound
	}
	if err != nil {
		return p, fmt.Errorf("find the place of conversation %s: %w", conversation, err)
	}
	return p, nil
}

// MarkDelivered says that what was handed over up to a sequence arrived. It never lowers a delivery.
func (s *Store) MarkDelivered(ctx context.Context, conversation uuid.UUID, upTo int64) error {
	return s.raiseDelivery(ctx, conversation, upTo, inbox.Delivered, inbox.Sent)
}

// MarkRead says that what was handed over up to a sequence was seen. It never lowers a delivery.
func (s *Store) MarkRead(ctx context.Context, conversation uuid.UUID, upTo int64) error {
	return s.raiseDelivery(ctx, conversation, upTo, inbox.Read, inbox.Sent, inbox.Delivered)
}

func (s *Store) raiseDelivery(ctx context.Context, conversation uuid.UUID, upTo int64, to string, from ...string) error {
	var last *int64
	err := s.pool.QueryRow(ctx, `
		WITH raised AS (
			UPDATE messages SET delivery = $3 WHERE conversation_id = $1 AND seq <= $2 AND delivery = ANY($4) RETURNING 1
		)
		SELECT max(c.last_seq) FROM conversations c WHERE c.id = $1 AND EXISTS (SELECT FROM raised)`, conversation, upTo, to, from).Scan(&last)
	if err != nil {
		return fmt.Errorf("mark conversation %s %s: %w", conversation, to, err)
	}
	if last != nil {
		s.committed(inbox.Change{ConversationID: conversation, Seq: *last})
	}
	return nil
}

// peopleCases is over how many of the latest conversations that a person answered the typical wait is taken.
const peopleCases = 100

// People says what a contact may expect of the people behind a site.
func (s *Store) People(ctx context.Context, inboxAddress string) (channels.People, error) {
	var p channels.People
	var seconds float64
	err := s.pool.QueryRow(ctx, `
		SELECT (SELECT count(*) FROM agents WHERE presence = 'online' AND disabled_at IS NULL),
			COALESCE(percentile_disc(0.75) WITHIN GROUP (ORDER BY extract(epoch FROM first.at - c.created_at)), 0), count(first.at)
		FROM (
			SELECT c.id, c.created_at FROM conversations c
			WHERE c.inbox_address_id = (SELECT id FROM inbox_addresses WHERE channel = $1 AND address = $2) AND c.person_wrote_at IS NOT NULL
			ORDER BY c.created_at DESC LIMIT `+fmt.Sprint(peopleCases)+`
		) c
		JOIN LATERAL (
			SELECT created_at AS at FROM messages m WHERE m.conversation_id = c.id AND m.kind = 'outbound' AND m.author = 'agent' ORDER BY seq LIMIT 1
		) first ON true`, channels.WebChat, inboxAddress).Scan(&p.Online, &seconds, &p.Cases)
	if err != nil {
		return p, fmt.Errorf("count the people behind %q: %w", inboxAddress, err)
	}
	p.Typical = time.Duration(seconds * float64(time.Second)).Round(time.Second)
	return p, nil
}
