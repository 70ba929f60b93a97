package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/inbox"
	"usher/intent"
)

// locked is a conversation as it stands while the transaction holds its row. appendEntry keeps lastSeq; whoever
// changes another column keeps its field, so that what reads it later in the transaction sees the truth.
type locked struct {
	id             uuid.UUID
	contact        uuid.UUID
	contactAddress uuid.UUID
	inboxAddress   uuid.UUID
	channel        string
	status         inbox.Status
	priority       intent.Priority
	intent         string
	teamID         *uuid.UUID
	team           string // slug, empty when it has none
	agent          *uuid.UUID
	agentName      string
	skills         []string
	decision       *uuid.UUID
	lastSeq        int64
	undecided      bool // the contact wrote something that is not decided yet
	autoReplies    int
	personWroteAt  *time.Time
	queuedAt       *time.Time
	watchUntil     *time.Time
	waitingSince   *time.Time
}

// lockConversation locks a conversation's row until the transaction ends and reads it. Lock contact addresses before
// and agents after it. inbox.ErrNotFound when there is none.
func lockConversation(ctx context.Context, tx pgx.Tx, id uuid.UUID) (*locked, error) {
	c := &locked{id: id}
	// No joins: after a wait for the lock PostgreSQL reads this row anew, but keeps what it was joined with before.
	err := tx.QueryRow(ctx, `
		SELECT c.contact_id, c.contact_address_id, c.inbox_address_id, c.channel, c.status, c.priority,
			COALESCE(c.intent, ''), c.team_id, COALESCE((SELECT slug FROM teams WHERE id = c.team_id), ''),
			c.agent_id, COALESCE((SELECT name FROM agents WHERE id = c.agent_id), ''), c.skills,
			c.decision_id, c.last_seq, c.heard_seq > c.decided_seq, c.auto_replies, c.person_wrote_at, c.queued_at, c.watch_until, c.waiting_since
		FROM conversations c WHERE c.id = $1 FOR NO KEY UPDATE`, id).
		Scan(&c.contact, &c.contactAddress, &c.inboxAddress, &c.channel, &c.status, &c.priority,
			&c.intent, &c.teamID, &c.team, &c.agent, &c.agentName, &c.skills,
			&c.decision, &c.lastSeq, &c.undecided, &c.autoReplies, &c.personWroteAt, &c.queuedAt, &c.watchUntil, &c.waitingSince)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, fmt.Errorf("conversation %s: %w", id, inbox.ErrNotFound)
	}
	if err != nil {
		return nil, fmt.Errorf("lock conversation %s: %w", id, err)
	}
	return c, nil
}

// queued reports whether it waits in a team's queue.
func (c *locked) queued() bool { return c.status == inbox.Open && c.agent == nil && c.teamID != nil }

// entry is what appendEntry adds. Payload is written as JSON, nil as an empty object. Delivery is inbox.Pending for
// outbound entries and empty for all others.
type entry struct {
	kind     string
	author   string
	agent    *uuid.UUID // set for, and only for, author inbox.ByAgent
	text     string
	payload  any
	clientID string
	decision *uuid.UUID
	delivery string
}

// activity is the entry for something that happened, done by an agent or, when by is nil, by Usher itself.
func activity(by *uuid.UUID, what inbox.ActivityPayload) entry {
	e := entry{kind: inbox.Activity, author: inbox.BySystem, payload: what}
	if by != nil {
		e.author, e.agent = inbox.ByAgent, by
	}
	return e
}

// appendEntry adds an entry to a locked conversation and raises its sequence. What the contact sees also becomes the
// preview and the time of the last message; notes and activities do not.
func appendEntry(ctx context.Context, tx pgx.Tx, c *locked, e entry) (seq int64, id uuid.UUID, err error) {
	payload := []byte("{}")
	if e.payload != nil {
		if payload, err = json.Marshal(e.payload); err != nil {
			return 0, uuid.Nil, fmt.Errorf("append to conversation %s: %w", c.id, err)
		}
	}
	seq, id = c.lastSeq+1, newID()
	seen := e.kind == inbox.Inbound || e.kind == inbox.Outbound
	if _, err := tx.Exec(ctx, `
		WITH raised AS (
			UPDATE conversations SET last_seq = $3,
				preview = CASE WHEN $12 THEN $13 ELSE preview END,
				last_message_at = CASE WHEN $12 THEN now() ELSE last_message_at END
			WHERE id = $2
		)
		INSERT INTO messages (id, conversation_id, seq, kind, author, agent_id, inbox_address_id, client_id, text, payload, decision_id, delivery)
		VALUES ($1, $2, $3, $4, $5, $6, $7, NULLIF($8, ''), $9, $10, $11, NULLIF($14, ''))`,
		id, c.id, seq, e.kind, e.author, e.agent, c.inboxAddress, e.clientID, e.text, payload, e.decision,
		seen, preview(e.text), e.delivery); err != nil {
		return 0, uuid.Nil, fmt.Errorf("append to conversation %s: %w", c.id, err)
	}
	c.lastSeq = seq
	return seq, id, nil
}
