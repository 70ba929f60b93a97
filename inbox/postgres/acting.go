package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/inbox"
)

// effect is what an agent's action leads to outside its conversation.
type effect struct {
	none bool   // nothing changed: nobody needs to hear of it
	work bool   // something was put into the outbox
	team string // whose queue or room changed; one of them when several did
}

// act locks a conversation, does something to it in one transaction and tells the listeners after the commit.
func (s *Store) act(ctx context.Context, operation string, conversation uuid.UUID, do func(pgx.Tx, *locked) (effect, error)) error {
	return s.actAfter(ctx, operation, conversation, func(pgx.Tx) error { return nil }, do)
}

// actAfter is act with something to do before the conversation is locked.
func (s *Store) actAfter(ctx context.Context, operation string, conversation uuid.UUID, before func(pgx.Tx) error, do func(pgx.Tx, *locked) (effect, error)) error {
	var c *locked
	var e effect
	err := s.inTx(ctx, operation, func(tx pgx.Tx) (err error) {
		if err := before(tx); err != nil {
			return err
		}
		if c, err = lockConversation(ctx, tx, conversation); err != nil {
			return err
		}
		e, err = do(tx, c)
		return err
	})
	if err != nil || e.none {
		return err
	}
	s.committed(inbox.Change{ConversationID: conversation, Seq: c.lastSeq, Work: e.work, Team: e.team})
	return nil
}

// teamOf is a team of an agent, where there is room once the agent has less to do; empty for nobody and for an agent
// without a team.
func teamOf(ctx context.Context, tx pgx.Tx, agent *uuid.UUID) (string, error) {
	var slug string
	err := tx.QueryRow(ctx, `SELECT COALESCE(min(t.slug), '') FROM team_members tm JOIN teams t ON t.id = tm.team_id WHERE tm.agent_id = $1`, agent).Scan(&slug)
	if err != nil {
		return "", fmt.Errorf("find a team of an agent: %w", err)
	}
	return slug, nil
}

// assignTo gives a locked conversation to an agent: what was waited for is waited for no more. It locks the agent's row, so
// that a dispatcher who counts this agent's load counts this one too.
func assignTo(ctx context.Context, tx pgx.Tx, c *locked, agent uuid.UUID, name, cause string) error {
	if err := endAssignment(ctx, tx, c); err != nil {
		return err
	}
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`UPDATE agents SET last_assigned_at = now() WHERE id = $1`, []any{agent}},
		{`INSERT INTO assignments (id, conversation_id, agent_id, cause) VALUES ($1, $2, $3, $4)`, []any{newID(), c.id, agent, cause}},
		{`UPDATE conversations SET agent_id = $2, status = 'open', resolved_at = NULL, resolved_by = NULL, queued_at = NULL, watch_until = NULL, asked = false,
			given_back_by = NULL WHERE id = $1`, []any{c.id, agent}},
	} {
		if _, err := tx.Exec(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("assign conversation %s: %w", c.id, err)
		}
	}
	c.agent, c.agentName, c.status, c.queuedAt, c.watchUntil = &agent, name, inbox.Open, nil, nil
	return nil
}

// enqueue puts a locked conversation into a team's queue. It keeps the age it has: of the queue it was in, else of the
// contact's wait. Skills that were asked for another team's work are not asked for here.
func enqueue(ctx context.Context, tx pgx.Tx, c *locked, team uuid.UUID, slug string) error {
	if err := endAssignment(ctx, tx, c); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		UPDATE conversations SET team_id = $2, agent_id = NULL, preferred_agent_id = NULL, status = 'open', resolved_at = NULL, resolved_by = NULL,
			queued_at = COALESCE(queued_at, waiting_since, now()), watch_until = NULL, asked = false,
			skills = CASE WHEN team_id = $2 THEN skills ELSE '{}' END
		WHERE id = $1`, c.id, team)
	if err != nil {
		return fmt.Errorf("queue conversation %s: %w", c.id, err)
	}
	c.teamID, c.team, c.agent, c.agentName, c.status, c.watchUntil = &team, slug, nil, "", inbox.Open, nil
	return nil
}

func endAssignment(ctx context.Context, tx pgx.Tx, c *locked) error {
	if _, err := tx.Exec(ctx, `UPDATE assignments SET ended_at = now() WHERE conversation_id = $1 AND ended_at IS NULL`, c.id); err != nil {
		return fmt.Errorf("end the assignment of conversation %s: %w", c.id, err)
	}
	return nil
}

// findTeam is the team with a slug.
func findTeam(ctx context.Context, tx pgx.Tx, slug string) (inbox.Team, error) {
	rows, err := tx.Query(ctx, `SELECT id, slug, name FROM teams WHERE slug = $1`, slug)
	if err != nil {
		return inbox.Team{}, fmt.Errorf("find team %q: %w", slug, err)
	}
	ts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[inbox.Team])
	if err != nil {
		return inbox.Team{}, fmt.Errorf("find team %q: %w", slug, err)
	}
	if len(ts) == 0 {
		return inbox.Team{}, &inbox.InvalidError{Field: "team", Remedy: "is not known; see GET /api/v1/teams"}
	}
	return ts[0], nil
}
