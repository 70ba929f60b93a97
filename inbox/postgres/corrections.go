package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/inbox"
	"usher/routing"
)

// corrected is the decision that a correction is about.
type corrected struct {
	route, intent, team string
}

// Correct keeps an agent's relabel of a decision and lets the conversation follow it: another intent moves it from the
// queue it waits in to team's, another priority becomes its own, and an automatic answer called wrong puts it in front of
// people if it is not, unless the contact has begun another conversation since. team is "" when it does not change.
func (s *Store) Correct(ctx context.Context, conversation uuid.UUID, by inbox.Agent, k inbox.Correction, team string) error {
	return s.actOnAddress(ctx, "correct", conversation, func(tx pgx.Tx, c *locked) (effect, error) {
		d, err := findCorrected(ctx, tx, c, k)
		if err != nil {
			return effect{}, err
		}
		if _, err := tx.Exec(ctx, `
			INSERT INTO corrections (id, conversation_id, decision_id, agent_id, intent, priority, wrong_answer, reason)
			VALUES ($1, $2, $3, $4, NULLIF($5, ''), NULLIF($6, ''), $7, $8)`,
			newID(), c.id, k.DecisionID, by.ID, k.Intent, k.Priority, k.WrongAnswer, k.Reason); err != nil {
			return effect{}, fmt.Errorf("keep the correction: %w", err)
		}
		e := leaves(c)
		if k.Priority != "" && k.Priority != c.priority && c.status != inbox.Resolved {
			if err := prioritise(ctx, tx, c, by, k.Priority); err != nil {
				return e, err
			}
		}
		if k.Intent != "" {
			if err := relabel(ctx, tx, c, by, k, d, team); err != nil {
				return e, err
			}
		}
		if k.WrongAnswer {
			if team == "" {
				team = d.team
			}
			if err := callWrong(ctx, tx, c, by, k, team); err != nil {
				return e, err
			}
		}
		if c.queued() {
			e.team = c.team
		}
		return e, nil
	})
}

func findCorrected(ctx context.Context, tx pgx.Tx, c *locked, k inbox.Correction) (corrected, error) {
	var d corrected
	err := tx.QueryRow(ctx, `SELECT route, COALESCE(intent, ''), COALESCE(team, '') FROM decisions WHERE id = $1 AND conversation_id = $2`, k.DecisionID, c.id).
		Scan(&d.route, &d.intent, &d.team)
	if errors.Is(err, pgx.ErrNoRows) {
		return d, &inbox.InvalidError{Field: "decision_id", Remedy: "is not a decision of this conversation; see GET /api/v1/conversations/{id}/decisions"}
	}
	if err != nil {
		return d, fmt.Errorf("find decision %s: %w", k.DecisionID, err)
	}
	if k.WrongAnswer && d.route != routing.ToReply {
		return d, &inbox.InvalidError{Field: "wrong_answer", Remedy: "this decision gave no automatic answer; correct its intent or priority"}
	}
	return d, nil
}

// relabel gives the conversation the intent that an agent says, if the decision is its latest, and the queue that
// belongs to it.
func relabel(ctx context.Context, tx pgx.Tx, c *locked, by inbox.Agent, k inbox.Correction, d corrected, team string) error {
	what := inbox.ActivityPayload{What: inbox.DidCorrect, By: by.Name, From: d.intent, To: k.Intent, Reason: k.Reason}
	if c.decision != nil && *c.decision == k.DecisionID {
		if _, err := tx.Exec(ctx, `UPDATE conversations SET intent = $2, confidence = 1 WHERE id = $1`, c.id, k.Intent); err != nil {
			return fmt.Errorf("relabel: %w", err)
		}
		c.intent = k.Intent
		if c.queued() && team != "" && team != c.team {
			t, err := findTeam(ctx, tx, team)
			if err != nil {
				return err
			}
			if err := enqueue(ctx, tx, c, t.ID, t.Slug); err != nil {
				return err
			}
			what.Team = t.Slug
		}
	}
	_, _, err := appendEntry(ctx, tx, c, activity(&by.ID, what))
	return err
}

// callWrong says in the thread that an automatic answer did not fit, and puts a conversation that nobody looks at into
// the team's queue.
func callWrong(ctx context.Context, tx pgx.Tx, c *locked, by inbox.Agent, k inbox.Correction, team string) error {
	what := inbox.ActivityPayload{What: inbox.DidCallWrong, By: by.Name, Reason: k.Reason}
	unseen := c.status == inbox.Waiting && c.agent == nil
	if c.status == inbox.Resolved {
		other, err := otherOpen(ctx, tx, c)
		if err != nil {
			return err
		}
		unseen = other == uuid.Nil
	}
	if unseen && team != "" {
		t, err := findTeam(ctx, tx, team)
		if err != nil {
			return err
		}
		if err := enqueue(ctx, tx, c, t.ID, t.Slug); err != nil {
			return err
		}
		if err := dropCase(ctx, tx, c); err != nil {
			return err
		}
		what.Team = t.Slug
	}
	_, _, err := appendEntry(ctx, tx, c, activity(&by.ID, what))
	return err
}
