package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"usher/inbox"
	"usher/intent"
)

// Resolve marks a conversation done. Who had it has room again, and it becomes a case that history can find.
func (s *Store) Resolve(ctx context.Context, conversation uuid.UUID, by inbox.Agent) error {
	return s.act(ctx, "resolve", conversation, func(tx pgx.Tx, c *locked) (effect, error) {
		if c.status == inbox.Resolved {
			return effect{}, inbox.Refuse(inbox.ErrConflict, "it is resolved already")
		}
		if err := c.heard(); err != nil {
			return effect{}, err
		}
		e := leaves(c)
		if !c.queued() {
			var err error
			if e.team, err = teamOf(ctx, tx, c.agent); err != nil {
				return e, err
			}
		}
		if err := endAssignment(ctx, tx, c); err != nil {
			return e, err
		}
		if _, err := tx.Exec(ctx, `
			UPDATE conversations SET status = 'resolved', resolved_at = now(), resolved_by = 'agent',
				queued_at = NULL, waiting_since = NULL, watch_until = NULL, asked = false
			WHERE id = $1`, c.id); err != nil {
			return e, fmt.Errorf("conversation %s: %w", c.id, err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO vector_work (model_id, kind, ref, contact_id) SELECT model_id, 'case', $1, $2 FROM vector_spaces ON CONFLICT DO NOTHING`, c.id, c.contact); err != nil {
			return e, fmt.Errorf("make a case of conversation %s: %w", c.id, err)
		}
		_, _, err := appendEntry(ctx, tx, c, activity(&by.ID, inbox.ActivityPayload{What: inbox.DidResolve, By: by.Name, Reason: inbox.ByAgent}))
		return e, err
	})
}

// heard refuses to end a conversation in which the contact has just written and nothing is decided yet: a resolved
// conversation has no message that waits.
func (c *locked) heard() error {
	if c.undecided {
		return inbox.Refuse(inbox.ErrConflict, "the contact has just written again; read it first")
	}
	return nil
}

// Reopen opens a resolved conversation again, and gives it to the agent who does. The contact may have begun another
// meanwhile: then inbox.ErrConflict names that one, because a contact has one open conversation per inbox address.
func (s *Store) Reopen(ctx context.Context, conversation uuid.UUID, by inbox.Agent) error {
	return s.actOnAddress(ctx, "reopen", conversation, func(tx pgx.Tx, c *locked) (effect, error) {
		if c.status != inbox.Resolved {
			return effect{}, inbox.Refuse(inbox.ErrConflict, "it is open already")
		}
		other, err := otherOpen(ctx, tx, c)
		if err != nil {
			return effect{}, err
		}
		if other != uuid.Nil {
			return effect{}, inbox.Refuse(inbox.ErrConflict, "the contact has begun another conversation; go on in %s", other)
		}
		if err := assignTo(ctx, tx, c, by.ID, by.Name, "taken"); err != nil {
			return effect{}, err
		}
		if err := dropCase(ctx, tx, c); err != nil {
			return effect{}, err
		}
		_, _, err = appendEntry(ctx, tx, c, activity(&by.ID, inbox.ActivityPayload{What: inbox.DidReopen, By: by.Name, Agent: by.Name}))
		return effect{}, err
	})
}

// actOnAddress is act for what may open a conversation: it locks the contact's address first, as taking in a message
// does, so that none is begun at the same instant.
func (s *Store) actOnAddress(ctx context.Context, operation string, conversation uuid.UUID, do func(pgx.Tx, *locked) (effect, error)) error {
	address := func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `
			SELECT FROM contact_addresses WHERE id = (SELECT contact_address_id FROM conversations WHERE id = $1) FOR NO KEY UPDATE`, conversation)
		if err != nil {
			return fmt.Errorf("lock the contact address of conversation %s: %w", conversation, err)
		}
		return nil
	}
	err := s.actAfter(ctx, operation, conversation, address, do)
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.ConstraintName == "conversations_one_open" {
		// The contact wrote at the same instant from another address, whose lock is another one.
		return inbox.Refuse(inbox.ErrConflict, "the contact has just begun another conversation; go on in that one")
	}
	return err
}

// otherOpen is the conversation that the contact has open on the same inbox address beside this one, if any.
func otherOpen(ctx context.Context, tx pgx.Tx, c *locked) (uuid.UUID, error) {
	var id uuid.UUID
	err := tx.QueryRow(ctx, `
		SELECT id FROM conversations WHERE contact_id = $1 AND inbox_address_id = $2 AND status <> 'resolved' AND id <> $3`,
		c.contact, c.inboxAddress, c.id).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, nil
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("look for another open conversation beside %s: %w", c.id, err)
	}
	return id, nil
}

// dropCase forgets that a conversation was to become a case.
func dropCase(ctx context.Context, tx pgx.Tx, c *locked) error {
	if _, err := tx.Exec(ctx, `DELETE FROM vector_work WHERE kind = 'case' AND ref = $1`, c.id); err != nil {
		return fmt.Errorf("drop the case of conversation %s: %w", c.id, err)
	}
	return nil
}

// SetPriority changes how soon people should look.
func (s *Store) SetPriority(ctx context.Context, conversation uuid.UUID, by inbox.Agent, p intent.Priority) error {
	return s.act(ctx, "set priority", conversation, func(tx pgx.Tx, c *locked) (effect, error) {
		switch {
		case c.status == inbox.Resolved:
			return effect{}, inbox.Refuse(inbox.ErrConflict, "it is resolved; its priority matters no more")
		case c.priority == p:
			return effect{none: true}, nil
		}
		return leaves(c), prioritise(ctx, tx, c, by, p)
	})
}

func prioritise(ctx context.Context, tx pgx.Tx, c *locked, by inbox.Agent, p intent.Priority) error {
	if _, err := tx.Exec(ctx, `UPDATE conversations SET priority = $2 WHERE id = $1`, c.id, p); err != nil {
		return fmt.Errorf("conversation %s: %w", c.id, err)
	}
	_, _, err := appendEntry(ctx, tx, c, activity(&by.ID, inbox.ActivityPayload{What: inbox.DidPrioritise, By: by.Name, From: string(c.priority), To: string(p)}))
	c.priority = p
	return err
}
