package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"usher/intent"
)

// Lessons are all corrections of intents, oldest first, with the texts that the corrected decisions cover. A pressed button
// teaches nothing, and what was erased with its contact is gone.
func (s *Store) Lessons(ctx context.Context) ([]intent.Lesson, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT k.decision_id, k.conversation_id, a.name, k.created_at, k.intent, t.text
		FROM corrections k
		JOIN agents a ON a.id = k.agent_id
		JOIN decision_inputs i ON i.decision_id = k.decision_id
		JOIN LATERAL (
			SELECT string_agg(m.text, E'\n' ORDER BY m.seq) AS text FROM messages m
			WHERE m.id IN (SELECT x::uuid FROM jsonb_array_elements_text(i.request->'message_ids') x)
		) t ON t.text IS NOT NULL
		WHERE k.intent IS NOT NULL AND COALESCE(i.request->>'choice', '') = ''
		ORDER BY k.created_at, k.id`)
	if err != nil {
		return nil, fmt.Errorf("read corrections of intents: %w", err)
	}
	var all []intent.Lesson
	var l intent.Lesson
	_, err = pgx.ForEachRow(rows, []any{&l.DecisionID, &l.ConversationID, &l.By, &l.At, &l.Intent, &l.Text}, func() error {
		all = append(all, l)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read corrections of intents: %w", err)
	}
	return all, nil
}

// WrongAnswers are the automatic answers that agents called wrong without saying what would have been right, one for each decision,
// with the intent that was answered. The text is empty where it was erased with its contact.
func (s *Store) WrongAnswers(ctx context.Context) ([]intent.Lesson, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT DISTINCT ON (d.id) d.id, d.conversation_id, a.name, k.created_at, COALESCE(d.intent, $1), COALESCE(t.text, '')
		FROM corrections k
		JOIN decisions d ON d.id = k.decision_id
		JOIN agents a ON a.id = k.agent_id
		LEFT JOIN decision_inputs i ON i.decision_id = d.id AND COALESCE(i.request->>'choice', '') = ''
		LEFT JOIN LATERAL (
			SELECT string_agg(m.text, E'\n' ORDER BY m.seq) AS text FROM messages m
			WHERE m.id IN (SELECT x::uuid FROM jsonb_array_elements_text(i.request->'message_ids') x)
		) t ON true
		WHERE k.wrong_answer AND NOT EXISTS (SELECT FROM corrections o WHERE o.decision_id = d.id AND o.intent IS NOT NULL)
		ORDER BY d.id, k.created_at`, intent.OutOfScope)
	if err != nil {
		return nil, fmt.Errorf("read wrong answers: %w", err)
	}
	var all []intent.Lesson
	var l intent.Lesson
	_, err = pgx.ForEachRow(rows, []any{&l.DecisionID, &l.ConversationID, &l.By, &l.At, &l.Intent, &l.Text}, func() error {
		all = append(all, l)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read wrong answers: %w", err)
	}
	return all, nil
}

// PriorityChange is how often decisions of one priority were corrected to another.
type PriorityChange struct {
	From, To intent.Priority
	Count    int
}

// PriorityChanges count the corrections of priorities, the latest of each decision.
func (s *Store) PriorityChanges(ctx context.Context) ([]PriorityChange, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT d.priority, k.priority, count(*)
		FROM (
			SELECT DISTINCT ON (decision_id) decision_id, priority FROM corrections
			WHERE priority IS NOT NULL ORDER BY decision_id, created_at DESC, id DESC
		) k JOIN decisions d ON d.id = k.decision_id
		WHERE d.priority <> k.priority
		GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2`)
	if err != nil {
		return nil, fmt.Errorf("count corrections of priorities: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[PriorityChange])
	if err != nil {
		return nil, fmt.Errorf("count corrections of priorities: %w", err)
	}
	return all, nil
}

// Unlabelled are the messages of the latest decisions whose intent nobody has corrected, newest first; limit bounds the
// decisions looked at. Pressed buttons are not among them, nor what was written to a person: nothing hangs on its intent.
func (s *Store) Unlabelled(ctx context.Context, limit int) ([]intent.Unlabelled, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT d.id, d.conversation_id, d.created_at, t.text
		FROM (SELECT id, conversation_id, created_at FROM decisions ORDER BY created_at DESC LIMIT $1) d
		JOIN decision_inputs i ON i.decision_id = d.id
		JOIN LATERAL (
			SELECT string_agg(m.text, E'\n' ORDER BY m.seq) AS text FROM messages m
			WHERE m.id IN (SELECT x::uuid FROM jsonb_array_elements_text(i.request->'message_ids') x)
		) t ON t.text IS NOT NULL
		WHERE COALESCE(i.request->>'choice', '') = '' AND NOT COALESCE((i.request->'state'->>'person_wrote')::boolean, false)
			AND NOT EXISTS (SELECT FROM corrections k WHERE k.decision_id = d.id AND k.intent IS NOT NULL)
		ORDER BY d.created_at DESC, d.id DESC`, limit)
	if err != nil {
		return nil, fmt.Errorf("read messages without a label: %w", err)
	}
	var all []intent.Unlabelled
	var u intent.Unlabelled
	_, err = pgx.ForEachRow(rows, []any{&u.DecisionID, &u.ConversationID, &u.At, &u.Text}, func() error {
		all = append(all, u)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read messages without a label: %w", err)
	}
	return all, nil
}
