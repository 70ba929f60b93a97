package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/channels"
	"usher/inbox"
)

// Deliver hands messages over to their contacts, those of a conversation in order. What the channel will never take is
// marked failed; what failed otherwise stays pending, and the returned error asks for another try. Messages that were
// handed over are passed by.
func (s *Store) Deliver(ctx context.Context, senders map[string]channels.Sender, messages []uuid.UUID) error {
	pending, err := s.undelivered(ctx, messages)
	if err != nil {
		return err
	}
	var sent, refused []uuid.UUID
	var failed []error
	held := map[uuid.UUID]bool{} // conversations of which a message failed: what comes after it waits for it
	for _, m := range pending {
		if held[m.out.ConversationID] {
			continue
		}
		sender := senders[m.channel]
		err := errNoSender(m.channel)
		if sender != nil {
			err = sender.Send(ctx, m.out)
		}
		switch {
		case err == nil:
			sent = append(sent, m.out.MessageID)
		case errors.Is(err, channels.ErrRefused):
			refused = append(refused, m.out.MessageID)
		default:
			held[m.out.ConversationID] = true
			failed = append(failed, fmt.Errorf("hand over message %s: %w", m.out.MessageID, err))
		}
	}
	failed = append(failed, s.mark(ctx, sent, inbox.Sent), s.mark(ctx, refused, inbox.Failed))
	return errors.Join(failed...)
}

// errNoSender is for a channel that this node does not serve: trying again here is pointless.
func errNoSender(channel string) error {
	return fmt.Errorf("nobody serves the channel %q: %w", channel, channels.ErrRefused)
}

type undelivered struct {
	channel string
	out     channels.Outbound
}

func (s *Store) undelivered(ctx context.Context, messages []uuid.UUID) ([]undelivered, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT c.channel, m.id, m.conversation_id, ca.address, m.seq, m.author, COALESCE(a.name, ''), m.text, m.payload, m.created_at
		FROM messages m
		JOIN conversations c ON c.id = m.conversation_id
		JOIN contact_addresses ca ON ca.id = c.contact_address_id
		LEFT JOIN agents a ON a.id = m.agent_id
		WHERE m.id = ANY($1) AND m.delivery = 'pending' ORDER BY m.conversation_id, m.seq`, unique(messages))
	if err != nil {
		return nil, fmt.Errorf("read undelivered messages: %w", err)
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (undelivered, error) {
		var u undelivered
		var payload struct{ Choices []channels.Choice }
		err := row.Scan(&u.channel, &u.out.MessageID, &u.out.ConversationID, &u.out.To, &u.out.Seq, &u.out.Author, &u.out.AuthorName, &u.out.Text, &payload, &u.out.At)
		u.out.Choices = payload.Choices
		return u, err
	})
	if err != nil {
		return nil, fmt.Errorf("read undelivered messages: %w", err)
	}
	return all, nil
}

// mark moves pending messages on, and tells the listeners: what agents see of delivery is live too.
func (s *Store) mark(ctx context.Context, messages []uuid.UUID, delivery string) error {
	if len(messages) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	rows, err := s.pool.Query(ctx, `
		UPDATE messages m SET delivery = $2 FROM conversations c
		WHERE m.id = ANY($1) AND m.delivery = 'pending' AND c.id = m.conversation_id RETURNING c.id, c.last_seq`, messages, delivery)
	if err != nil {
		return fmt.Errorf("mark %d messages %s: %w", len(messages), delivery, err)
	}
	var c inbox.Change
	if _, err := pgx.ForEachRow(rows, []any{&c.ConversationID, &c.Seq}, func() error {
		s.committed(c)
		return nil
	}); err != nil {
		return fmt.Errorf("mark %d messages %s: %w", len(messages), delivery, err)
	}
	return nil
}
