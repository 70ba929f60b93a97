package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/routing"
)

// Decisions reads what was decided. Safe for concurrent use.
type Decisions struct{ pool *pgxpool.Pool }

// NewDecisions returns the decisions in a migrated database.
func NewDecisions(pool *pgxpool.Pool) *Decisions { return &Decisions{pool} }

// Explain finds a decision by its id, the id of a message that it covers or was caused to send, or the id of a
// conversation (its newest), and tells all about it. routing.ErrNotFound when there is none.
func (d *Decisions) Explain(ctx context.Context, id uuid.UUID) (routing.Explanation, error) {
	e, err := d.find(ctx, id)
	if err == nil {
		err = d.addOutcome(ctx, &e)
	}
	if err == nil {
		e.Recomputed, err = d.again(ctx, e)
	}
	if err != nil {
		return routing.Explanation{}, fmt.Errorf("explain %s: %w", id, err)
	}
	return e, nil
}

func (d *Decisions) find(ctx context.Context, id uuid.UUID) (routing.Explanation, error) {
	var e routing.Explanation
	var request []byte
	err := d.pool.QueryRow(ctx, `
		SELECT d.id, d.conversation_id, d.message_id, d.created_at, d.trace,
			CASE WHEN d.withheld_reason IS NOT NULL THEN 'withheld' WHEN c.answer_owed = d.id THEN 'pending' ELSE 'done' END,
			COALESCE(d.withheld_reason, ''), i.request, f.helped
		FROM decisions d
		JOIN conversations c ON c.id = d.conversation_id
		LEFT JOIN decision_inputs i ON i.decision_id = d.id
		LEFT JOIN feedback f ON f.decision_id = d.id
		WHERE d.id = $1 OR d.conversation_id = $1
			OR d.id = (SELECT decision_id FROM messages WHERE id = $1)
			OR d.id = (SELECT v.id FROM messages m JOIN decisions v ON v.conversation_id = m.conversation_id AND v.up_to_seq >= m.seq
				WHERE m.id = $1 AND m.kind = 'inbound' ORDER BY v.up_to_seq LIMIT 1)
		ORDER BY d.created_at DESC, d.id DESC LIMIT 1`, id).
		Scan(&e.ID, &e.ConversationID, &e.MessageID, &e.CreatedAt, &e.Decision, &e.State, &e.Withheld, &request, &e.Helped)
	if errors.Is(err, pgx.ErrNoRows) {
		return e, routing.ErrNotFound
	}
	if err != nil {
		return e, fmt.Errorf("read the decision: %w", err)
	}
	if request != nil {
		e.Request = &routing.Request{}
		if err := json.Unmarshal(request, e.Request); err != nil {
			return e, fmt.Errorf("read what it was decided on: %w", err)
		}
	}
	return e, nil
}

// addOutcome reads the people of the story: who got the conversation until the next decision, who knew the contact, and
// what agents corrected.
func (d *Decisions) addOutcome(ctx context.Context, e *routing.Explanation) error {
	var a routing.Assigned
	var trace struct {
		Considered []routing.Candidate `json:"considered"`
	}
	err := d.pool.QueryRow(ctx, `
		SELECT p.name, a.cause, a.started_at, a.trace FROM assignments a JOIN agents p ON p.id = a.agent_id
		WHERE a.conversation_id = $1 AND a.started_at >= $2 AND a.started_at < COALESCE(
			(SELECT min(created_at) FROM decisions WHERE conversation_id = $1 AND created_at > $2), 'infinity')
		ORDER BY a.started_at LIMIT 1`, e.ConversationID, e.CreatedAt).Scan(&a.Agent, &a.Cause, &a.At, &trace)
	switch {
	case err == nil:
		a.Considered = trace.Considered
		e.Assigned = &a
	case !errors.Is(err, pgx.ErrNoRows):
		return fmt.Errorf("read who got it: %w", err)
	}
	if e.Request != nil && e.Request.Evidence.PreferredAgent != nil {
		err := d.pool.QueryRow(ctx, `SELECT name FROM agents WHERE id = $1`, e.Request.Evidence.PreferredAgent).Scan(&e.Knows)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("read who knows the contact: %w", err)
		}
	}
	rows, err := d.pool.Query(ctx, `
		SELECT p.name, COALESCE(c.intent, ''), COALESCE(c.priority, ''), c.wrong_answer, c.reason
		FROM corrections c JOIN agents p ON p.id = c.agent_id WHERE c.decision_id = $1 ORDER BY c.created_at, c.id`, e.ID)
	if err == nil {
		e.Corrections, err = pgx.CollectRows(rows, pgx.RowToStructByPos[routing.Relabel])
	}
	if err != nil {
		return fmt.Errorf("read corrections: %w", err)
	}
	return nil
}

// again decides once more, from the stored request under the stored policy.
func (d *Decisions) again(ctx context.Context, e routing.Explanation) (*routing.Decision, error) {
	if e.Request == nil {
		return nil, nil
	}
	var yaml string
	err := d.pool.QueryRow(ctx, `SELECT yaml FROM policies WHERE version = $1 AND hash = $2`, e.Decision.PolicyVersion, e.Decision.PolicyHash).Scan(&yaml)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read policy version %d: %w", e.Decision.PolicyVersion, err)
	}
	policy, err := routing.ParsePolicy([]byte(yaml))
	if err != nil {
		return nil, nil // this version of Usher does not read it any more
	}
	policy.Version = e.Decision.PolicyVersion
	decision := policy.Decide(*e.Request)
	return &decision, nil
}
