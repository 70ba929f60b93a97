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

// WrongAnswers counts the automatic answers that agents called wrong without saying what would have been right, by the intent
// that was answered.
func (s *Store) WrongAnswers(ctx context.Context) (map[string]int, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT COALESCE(d.intent, $1), count(DISTINCT d.id)
		FROM corrections k JOIN decisions d ON d.id = k.decision_id
		WHERE k.wrong_answer AND NOT EXISTS (SELECT FROM corrections o WHERE o.decision_id = d.id AND o.intent IS NOT NULL)
		GROUP BY 1`, intent.OutOfScope)
	if err != nil {
		return nil, fmt.Errorf("count wrong answers: %w", err)
	}
	counts := map[string]int{}
	var label string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&label, &n}, func() error {
		counts[label] = n
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("count wrong answers: %w", err)
	}
	return counts, nil
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
