package postgres

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/intent"
)

// WorkedAnswers are what helped in conversations that are resolved, in their order: what the contact asked first, and the
// fullest answer of an agent, or else the automatic one. Answers that somebody called wrong, or that were not delivered, helped
// nobody and are left out.
func (s *Store) WorkedAnswers(ctx context.Context, conversations []uuid.UUID) ([]intent.Worked, error) {
	if len(conversations) == 0 {
		return nil, nil
	}
	rows, err := s.pool.Query(ctx, `
		SELECT q.text, r.text, ARRAY[ct.name, r.agent]
		FROM unnest($1::uuid[]) WITH ORDINALITY AS w(id, place)
		JOIN conversations c ON c.id = w.id AND c.status = 'resolved'
		JOIN contacts ct ON ct.id = c.contact_id
		JOIN LATERAL (SELECT text FROM messages WHERE conversation_id = c.id AND kind = 'inbound' ORDER BY seq LIMIT 1) q ON true
		JOIN LATERAL (
			SELECT m.text, COALESCE(a.name, '') AS agent FROM messages m LEFT JOIN agents a ON a.id = m.agent_id
			WHERE m.conversation_id = c.id AND m.kind = 'outbound' AND m.delivery <> 'failed'
				AND NOT EXISTS (SELECT FROM corrections k WHERE k.decision_id = m.decision_id AND k.wrong_answer)
			ORDER BY m.author = 'agent' DESC, length(m.text) DESC, m.seq DESC LIMIT 1) r ON true
		ORDER BY w.place`, conversations)
	if err != nil {
		return nil, fmt.Errorf("read what helped in %d conversations: %w", len(conversations), err)
	}
	worked, err := pgx.CollectRows(rows, pgx.RowToStructByPos[intent.Worked])
	if err != nil {
		return nil, fmt.Errorf("read what helped in %d conversations: %w", len(conversations), err)
	}
	return worked, nil
}
