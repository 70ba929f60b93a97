package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/channels"
	"usher/inbox"
)

// Reply answers the contact: the conversation then waits on them. An agent who replies where nobody has it, has it from
// then on. A repeat of a client id returns the first entry and changes nothing. inbox.ErrConflict when it is resolved.
func (s *Store) Reply(ctx context.Context, conversation uuid.UUID, by inbox.Agent, d inbox.Draft) (inbox.Message, error) {
	return s.writeDraft(ctx, "reply", conversation, d, func(tx pgx.Tx, c *locked) (uuid.UUID, effect, error) {
		if c.status == inbox.Resolved {
			return uuid.Nil, effect{}, inbox.Refuse(inbox.ErrConflict, "it is resolved; reopen it, then reply")
		}
		if c.agent == nil {
			if err := take(ctx, tx, c, by); err != nil {
				return uuid.Nil, effect{}, err
			}
		}
		payload := struct {
			Template string `json:"template,omitempty"`
		}{d.Template}
		_, id, err := appendEntry(ctx, tx, c, entry{
			kind: inbox.Outbound, author: inbox.ByAgent, agent: &by.ID, text: d.Text, payload: payload, clientID: d.ClientID, delivery: handedOver(c.channel),
		})
		if err != nil {
			return uuid.Nil, effect{}, err
		}
		if _, err := tx.Exec(ctx, `
			UPDATE conversations SET status = 'waiting', person_wrote_at = now(), auto_replies = 0, asked = false,
				watch_until = NULL, waiting_since = NULL, queued_at = NULL
			WHERE id = $1`, c.id); err != nil {
			return uuid.Nil, effect{}, fmt.Errorf("wait on the contact of conversation %s: %w", c.id, err)
		}
		send := !channels.Polled(c.channel)
		if send {
			if _, err := tx.Exec(ctx, `INSERT INTO outbox (topic, token, conversation_id, ref) VALUES ('outbound', $1, $2, $3)`, c.channel, c.id, id); err != nil {
				return uuid.Nil, effect{}, fmt.Errorf("ask for delivery in conversation %s: %w", c.id, err)
			}
		}
		team, err := teamOf(ctx, tx, c.agent) // the owner has one less that waits on them
		return id, effect{work: send, team: team}, err
	})
}

// Note leaves an entry that only agents see, whatever the state. A repeat of a client id returns the first entry.
func (s *Store) Note(ctx context.Context, conversation uuid.UUID, by inbox.Agent, d inbox.Draft) (inbox.Message, error) {
	return s.writeDraft(ctx, "note", conversation, d, func(tx pgx.Tx, c *locked) (uuid.UUID, effect, error) {
		_, id, err := appendEntry(ctx, tx, c, entry{kind: inbox.Note, author: inbox.ByAgent, agent: &by.ID, text: d.Text, clientID: d.ClientID})
		return id, effect{}, err
	})
}

// writeDraft adds what an agent wrote, unless it is there already, and reads it back.
func (s *Store) writeDraft(ctx context.Context, operation string, conversation uuid.UUID, d inbox.Draft, add func(pgx.Tx, *locked) (uuid.UUID, effect, error)) (inbox.Message, error) {
	var m inbox.Message
	if err := checkText("text", d.Text); err != nil {
		return m, err
	}
	err := s.act(ctx, operation, conversation, func(tx pgx.Tx, c *locked) (effect, error) {
		var id uuid.UUID
		err := tx.QueryRow(ctx, `SELECT id FROM messages WHERE conversation_id = $1 AND client_id = $2`, c.id, d.ClientID).Scan(&id)
		e := effect{none: true}
		if errors.Is(err, pgx.ErrNoRows) {
			id, e, err = add(tx, c)
		}
		if err != nil {
			return e, err
		}
		rows, err := tx.Query(ctx, `SELECT `+messageColumns+` FROM `+messageTables+` WHERE m.id = $1`, id)
		if err != nil {
			return e, fmt.Errorf("read message %s: %w", id, err)
		}
		m, err = pgx.CollectExactlyOneRow(rows, scanMessage)
		return e, err
	})
	return m, err
}

// checkText reports what keeps a text from being stored or from saying something.
func checkText(field, text string) error {
	switch {
	case len(text) > channels.MaxText:
		return &inbox.InvalidError{Field: field, Remedy: fmt.Sprintf("has %d bytes and the limit is %d; send a shorter text", len(text), channels.MaxText)}
	case !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0:
		return &inbox.InvalidError{Field: field, Remedy: "is not valid UTF-8 without NUL; send UTF-8"}
	case strings.TrimSpace(text) == "":
		return &inbox.InvalidError{Field: field, Remedy: "is empty; write something"}
	}
	return nil
}
