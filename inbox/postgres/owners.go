package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/inbox"
)

// Take makes a conversation that nobody has the agent's own; for one's own it is a no-op. Of several who take it at once
// one gets it and the others get inbox.ErrConflict with that one's name.
func (s *Store) Take(ctx context.Context, conversation uuid.UUID, by inbox.Agent) error {
	return s.act(ctx, "take", conversation, func(tx pgx.Tx, c *locked) (effect, error) {
		switch {
		case c.status == inbox.Resolved:
			return effect{}, inbox.Refuse(inbox.ErrConflict, "it is resolved; reopen it first")
		case c.agent != nil && *c.agent == by.ID:
			return effect{none: true}, nil
		case c.agent != nil:
			return effect{}, inbox.Refuse(inbox.ErrConflict, "%s has it; to have it all the same, hand it over to yourself", c.agentName)
		}
		return leaves(c), take(ctx, tx, c, by)
	})
}

// take gives a locked conversation that nobody has to an agent, by the agent's own will.
func take(ctx context.Context, tx pgx.Tx, c *locked, by inbox.Agent) error {
	if err := assignTo(ctx, tx, c, by.ID, by.Name, "taken"); err != nil {
		return err
	}
	_, _, err := appendEntry(ctx, tx, c, activity(&by.ID, inbox.ActivityPayload{What: inbox.DidTake, By: by.Name}))
	return err
}

// leaves is the effect of a conversation's leaving the queue it may be in, or its place there. Call it before the change.
func leaves(c *locked) effect {
	if c.queued() {
		return effect{team: c.team}
	}
	return effect{}
}

// HandOver gives a conversation to a person, whatever their load, or into a team's queue, and leaves the note with it.
func (s *Store) HandOver(ctx context.Context, conversation uuid.UUID, by inbox.Agent, to inbox.HandOver) error {
	if (to.AgentID == nil) == (to.Team == "") {
		return &inbox.InvalidError{Field: "agent_id", Remedy: "say who gets it: agent_id or team, one of them"}
	}
	if to.Note != "" {
		if err := checkText("note", to.Note); err != nil {
			return err
		}
	}
	return s.act(ctx, "hand over", conversation, func(tx pgx.Tx, c *locked) (effect, error) {
		if c.status == inbox.Resolved {
			return effect{}, inbox.Refuse(inbox.ErrConflict, "it is resolved; reopen it first")
		}
		if to.Note != "" {
			if _, _, err := appendEntry(ctx, tx, c, entry{kind: inbox.Note, author: inbox.ByAgent, agent: &by.ID, text: to.Note}); err != nil {
				return effect{}, err
			}
		}
		team, err := teamOf(ctx, tx, c.agent)
		if err != nil {
			return effect{}, err
		}
		e := effect{team: cmp.Or(to.Team, c.team, team)}
		what := inbox.ActivityPayload{What: inbox.DidHandOver, By: by.Name, From: c.agentName}
		if to.AgentID != nil {
			what.Agent, err = handToAgent(ctx, tx, c, *to.AgentID)
		} else {
			what.Team, err = to.Team, handToTeam(ctx, tx, c, to.Team, by.ID)
		}
		if err != nil {
			return e, err
		}
		_, _, err = appendEntry(ctx, tx, c, activity(&by.ID, what))
		return e, err
	})
}

func handToAgent(ctx context.Context, tx pgx.Tx, c *locked, agent uuid.UUID) (name string, err error) {
	err = tx.QueryRow(ctx, `SELECT name FROM agents WHERE id = $1 AND disabled_at IS NULL`, agent).Scan(&name)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", &inbox.InvalidError{Field: "agent_id", Remedy: "is nobody who works here; see GET /api/v1/agents"}
	}
	if err != nil {
		return "", fmt.Errorf("find agent %s: %w", agent, err)
	}
	if c.agent != nil && *c.agent == agent {
		return "", inbox.Refuse(inbox.ErrConflict, "%s has it already", name)
	}
	return name, assignTo(ctx, tx, c, agent, name, "handed_over")
}

func handToTeam(ctx context.Context, tx pgx.Tx, c *locked, slug string, by uuid.UUID) error {
	team, err := findTeam(ctx, tx, slug)
	if err != nil {
		return err
	}
	if c.queued() && c.team == slug {
		return inbox.Refuse(inbox.ErrConflict, "it waits in the queue of %s already", team.Name)
	}
	if err := enqueue(ctx, tx, c, team.ID, slug); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `UPDATE conversations SET given_back_by = $2 WHERE id = $1`, c.id, by); err != nil {
		return fmt.Errorf("note who gave conversation %s back: %w", c.id, err)
	}
	return nil
}
