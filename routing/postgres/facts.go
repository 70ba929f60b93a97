package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/intent"
	"usher/routing"
)

// maxEvents is how many of a contact's latest events templates can see.
const maxEvents = 100

// Nobody is what is known when it is nobody's conversation.
func (t *Templates) Nobody() routing.Facts { return routing.Facts{Company: t.company, At: time.Now()} }

// Facts are what templates may say in each conversation, with one statement: the contact, its latest events, and the
// entities of the latest message that was understood. Conversations that do not exist are not in it.
func (t *Templates) Facts(ctx context.Context, conversations []uuid.UUID) (map[uuid.UUID]routing.Facts, error) {
	rows, err := t.pool.Query(ctx, `
		SELECT c.id, k.name, k.email, k.type, k.attributes, COALESCE(e.events, '[]'), COALESCE(p.entities, '[]')
		FROM conversations c JOIN contacts k ON k.id = c.contact_id
		LEFT JOIN LATERAL (
			SELECT jsonb_agg(jsonb_build_object('name', l.name, 'properties', l.properties, 'occurred_at', l.occurred_at)) AS events
			FROM (SELECT name, properties, occurred_at FROM tracked_events WHERE contact_id = k.id ORDER BY occurred_at DESC LIMIT `+fmt.Sprint(maxEvents)+`) l
		) e ON true
		LEFT JOIN LATERAL (
			SELECT NULLIF(p.entities, 'null') AS entities
			FROM messages m JOIN predictions p ON p.message_id = m.id
			WHERE m.conversation_id = c.id ORDER BY m.seq DESC LIMIT 1
		) p ON true
		WHERE c.id = ANY($1)`, conversations)
	if err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	now := time.Now()
	facts := make(map[uuid.UUID]routing.Facts, len(conversations))
	var id uuid.UUID
	var name, email, kind string
	var attributes, events, entities json.RawMessage
	if _, err := pgx.ForEachRow(rows, []any{&id, &name, &email, &kind, &attributes, &events, &entities}, func() error {
		f := routing.Facts{Name: name, Email: email, Type: kind, Company: t.company, At: now}
		if err := readFacts(&f, attributes, events, entities); err != nil {
			return fmt.Errorf("conversation %s: %w", id, err)
		}
		facts[id] = f
		return nil
	}); err != nil {
		return nil, fmt.Errorf("read facts: %w", err)
	}
	return facts, nil
}

func readFacts(f *routing.Facts, attributes, events, entities []byte) error {
	var tracked []struct {
		Name       string         `json:"name"`
		Properties map[string]any `json:"properties"`
		OccurredAt time.Time      `json:"occurred_at"`
	}
	if err := json.Unmarshal(attributes, &f.Attributes); err != nil {
		return fmt.Errorf("attributes: %w", err)
	}
	if err := json.Unmarshal(events, &tracked); err != nil {
		return fmt.Errorf("events: %w", err)
	}
	f.Entities = []intent.Entity{}
	if err := json.Unmarshal(entities, &f.Entities); err != nil {
		return fmt.Errorf("entities: %w", err)
	}
	for _, e := range tracked {
		f.Events = append(f.Events, routing.TrackedEvent(e))
	}
	return nil
}
