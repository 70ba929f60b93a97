package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/inbox"
	"usher/intent"
	"usher/routing"
)

// messageColumns are the columns of a message `m` for scanMessage, from messageTables.
const (
	messageColumns = `m.id, m.conversation_id, m.seq, m.kind, m.author, m.agent_id,
		CASE m.author WHEN 'agent' THEN COALESCE(a.name, '') WHEN 'contact' THEN ct.name ELSE '' END,
		m.text, m.payload, COALESCE(m.client_id, ''),
		COALESCE(m.decision_id, CASE WHEN m.kind = 'inbound' THEN (
			SELECT v.id FROM decisions v WHERE v.conversation_id = m.conversation_id AND v.up_to_seq >= m.seq ORDER BY v.up_to_seq LIMIT 1) END),
		COALESCE(m.delivery, ''),
		CASE WHEN m.author = 'automatic' THEN COALESCE(d.confidence, 0) ELSE 0 END, m.provider_at, m.created_at`
	messageTables = `messages m
		JOIN conversations c ON c.id = m.conversation_id
		JOIN contacts ct ON ct.id = c.contact_id
		LEFT JOIN agents a ON a.id = m.agent_id
		LEFT JOIN decisions d ON d.id = m.decision_id`
)

func scanMessage(row pgx.CollectableRow) (inbox.Message, error) {
	var m inbox.Message
	var confidence float32
	err := row.Scan(&m.ID, &m.ConversationID, &m.Seq, &m.Kind, &m.Author, &m.AgentID, &m.AuthorName,
		&m.Text, &m.Payload, &m.ClientID, &m.DecisionID, &m.Delivery, &confidence, &m.ProviderAt, &m.CreatedAt)
	m.Confidence = widen(confidence)
	return m, err
}

const maxMessages = 500

// Messages are entries of a conversation in order, and where it stands: those after a sequence, or the last ones before
// one when before > 0.
func (s *Store) Messages(ctx context.Context, conversation uuid.UUID, after, before int64, limit int) ([]inbox.Message, int64, error) {
	return s.messages(ctx, conversation, nil, after, before, limit)
}

// ContactMessages are those entries that the contact sees: what came in and what went out. A conversation of another
// inbox address is inbox.ErrNotFound.
func (s *Store) ContactMessages(ctx context.Context, conversation, inboxAddress uuid.UUID, after, before int64, limit int) ([]inbox.Message, int64, error) {
	return s.messages(ctx, conversation, &inboxAddress, after, before, limit)
}

// messages reads where the conversation stands first: an entry that comes in between is then among the messages and
// beyond last, never the other way round.
func (s *Store) messages(ctx context.Context, conversation uuid.UUID, contactOn *uuid.UUID, after, before int64, limit int) ([]inbox.Message, int64, error) {
	var last int64
	err := s.pool.QueryRow(ctx, `SELECT last_seq FROM conversations WHERE id = $1 AND ($2::uuid IS NULL OR inbox_address_id = $2)`, conversation, contactOn).Scan(&last)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, 0, errNoConversation(conversation)
	}
	if err != nil {
		return nil, 0, fmt.Errorf("read messages of conversation %s: %w", conversation, err)
	}
	order := "ASC"
	if before > 0 {
		order = "DESC"
	}
	rows, err := s.pool.Query(ctx, `
		SELECT `+messageColumns+` FROM `+messageTables+`
		WHERE m.conversation_id = $1 AND m.seq > $2 AND ($3::bigint = 0 OR m.seq < $3) AND ($4 OR m.kind IN ('inbound', 'outbound'))
		ORDER BY m.seq `+order+` LIMIT $5`, conversation, after, before, contactOn == nil, min(max(limit, 1), maxMessages))
	if err != nil {
		return nil, 0, fmt.Errorf("read messages of conversation %s: %w", conversation, err)
	}
	ms, err := pgx.CollectRows(rows, scanMessage)
	if err != nil {
		return nil, 0, fmt.Errorf("read messages of conversation %s: %w", conversation, err)
	}
	if before > 0 {
		slices.Reverse(ms)
	}
	return ms, last, nil
}

// How much stands beside a conversation.
const (
	contextEvents  = 20
	contextHistory = 20
)

// Context is what stands beside a conversation: the contact, the latest events and other conversations, newest first, and
// the similar cases that the latest decision saw.
func (s *Store) Context(ctx context.Context, conversation uuid.UUID) (inbox.Context, error) {
	c, err := s.Conversation(ctx, conversation)
	if err != nil {
		return inbox.Context{}, err
	}
	out := inbox.Context{Contact: c.Contact}
	b := &pgx.Batch{}
	b.Queue(`
		SELECT id, name, properties, COALESCE(external_id, ''), occurred_at FROM tracked_events
		WHERE contact_id = $1 ORDER BY occurred_at DESC, id DESC LIMIT `+fmt.Sprint(contextEvents), c.Contact.ID).
		Query(func(rows pgx.Rows) (err error) {
			out.Events, err = pgx.CollectRows(rows, pgx.RowToStructByPos[inbox.TrackedEvent])
			return err
		})
	b.Queue(`
		SELECT `+conversationColumns+` FROM `+conversationTables+`
		WHERE c.contact_id = $1 AND c.id <> $2 ORDER BY c.created_at DESC, c.id DESC LIMIT `+fmt.Sprint(contextHistory), c.Contact.ID, conversation).
		Query(func(rows pgx.Rows) (err error) {
			out.History, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (inbox.Conversation, error) { return scanConversation(row) })
			return err
		})
	b.Queue(`SELECT request->'evidence'->'similar' FROM decision_inputs WHERE decision_id = $1`, c.DecisionID).
		Query(func(rows pgx.Rows) error {
			var similar *[]routing.Case
			_, err := pgx.ForEachRow(rows, []any{&similar}, func() error {
				if similar != nil {
					out.Similar = *similar
				}
				return nil
			})
			return err
		})
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		return inbox.Context{}, fmt.Errorf("read what stands beside conversation %s: %w", conversation, err)
	}
	return out, s.fillPreviews(ctx, out.Similar)
}

// fillPreviews gives cases the line that people recognise them by; the frozen evidence has only their ids.
func (s *Store) fillPreviews(ctx context.Context, cases []routing.Case) error {
	if len(cases) == 0 {
		return nil
	}
	ids := make([]uuid.UUID, len(cases))
	for i, c := range cases {
		ids[i] = c.ConversationID
	}
	rows, err := s.pool.Query(ctx, `
		SELECT c.id, m.text FROM conversations c
		JOIN LATERAL (SELECT text FROM messages WHERE conversation_id = c.id AND kind = 'inbound' ORDER BY seq LIMIT 1) m ON true
		WHERE c.id = ANY($1)`, ids)
	if err != nil {
		return fmt.Errorf("read previews of cases: %w", err)
	}
	previews := map[uuid.UUID]string{}
	var id uuid.UUID
	var text string
	if _, err := pgx.ForEachRow(rows, []any{&id, &text}, func() error {
		previews[id] = preview(text)
		return nil
	}); err != nil {
		return fmt.Errorf("read previews of cases: %w", err)
	}
	for i := range cases {
		cases[i].Preview = previews[cases[i].ConversationID]
	}
	return nil
}

const maxDecisions = 50

// Decisions are a conversation's decisions, newest first, each with who got the conversation next and what agents said of
// it. Three statements, however many there are.
func (s *Store) Decisions(ctx context.Context, conversation uuid.UUID) ([]inbox.DecisionView, error) {
	out := []inbox.DecisionView{}
	b := &pgx.Batch{}
	b.Queue(`
		SELECT d.id, d.message_id, d.trace, COALESCE(i.request->'prediction', '{}'), COALESCE(i.request->'evidence', '{}'),
			CASE WHEN d.withheld_reason IS NOT NULL THEN 'withheld' WHEN c.answer_owed = d.id THEN 'pending' ELSE 'done' END,
			COALESCE(d.withheld_reason, ''), d.created_at
		FROM decisions d JOIN conversations c ON c.id = d.conversation_id LEFT JOIN decision_inputs i ON i.decision_id = d.id
		WHERE d.conversation_id = $1 ORDER BY d.up_to_seq DESC LIMIT `+fmt.Sprint(maxDecisions), conversation).
		Query(func(rows pgx.Rows) (err error) {
			out, err = pgx.CollectRows(rows, scanDecision)
			return err
		})
	b.Queue(`
		SELECT s.agent_id, a.name, s.cause, s.trace, s.started_at, s.ended_at FROM assignments s JOIN agents a ON a.id = s.agent_id
		WHERE s.conversation_id = $1 ORDER BY s.started_at, s.id`, conversation).
		Query(func(rows pgx.Rows) error {
			as, err := pgx.CollectRows(rows, pgx.RowToStructByPos[inbox.AssignmentView])
			attachAssignments(out, as)
			return err
		})
	b.Queue(`
		SELECT k.decision_id, COALESCE(k.intent, ''), COALESCE(k.priority, ''), k.wrong_answer, k.reason, a.name, k.created_at
		FROM corrections k JOIN agents a ON a.id = k.agent_id WHERE k.conversation_id = $1 ORDER BY k.created_at, k.id`, conversation).
		Query(func(rows pgx.Rows) error { return attachCorrections(out, rows) })
	var exists bool
	b.Queue(`SELECT EXISTS (SELECT FROM conversations WHERE id = $1)`, conversation).QueryRow(func(row pgx.Row) error { return row.Scan(&exists) })
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		return nil, fmt.Errorf("read decisions of conversation %s: %w", conversation, err)
	}
	if !exists {
		return nil, errNoConversation(conversation)
	}
	var similar []routing.Case
	for _, d := range out {
		similar = append(similar, d.Evidence.Similar...)
	}
	if err := s.fillPreviews(ctx, similar); err != nil {
		return nil, err
	}
	for i := range out {
		n := len(out[i].Evidence.Similar)
		out[i].Evidence.Similar, similar = similar[:n:n], similar[n:]
	}
	return out, nil
}

func scanDecision(row pgx.CollectableRow) (inbox.DecisionView, error) {
	var d inbox.DecisionView
	var trace, prediction, evidence json.RawMessage
	if err := row.Scan(&d.ID, &d.MessageID, &trace, &prediction, &evidence, &d.State, &d.WithheldReason, &d.CreatedAt); err != nil {
		return d, err
	}
	return d, errors.Join(json.Unmarshal(trace, &d.Decision), json.Unmarshal(prediction, &d.Prediction), json.Unmarshal(evidence, &d.Evidence))
}

// attachAssignments gives each decision, newest first, the first assignment that began after it and before the next; when
// none did, the one that was in force.
func attachAssignments(decisions []inbox.DecisionView, assignments []inbox.AssignmentView) {
	for i := range decisions {
		made := decisions[i].CreatedAt
		for _, a := range assignments {
			if a.StartedAt.Before(made) && (a.EndedAt == nil || a.EndedAt.After(made)) {
				decisions[i].Assignment = &a
			}
			if !a.StartedAt.Before(made) && (i == 0 || a.StartedAt.Before(decisions[i-1].CreatedAt)) {
				decisions[i].Assignment = &a
				break
			}
		}
	}
}

func attachCorrections(decisions []inbox.DecisionView, rows pgx.Rows) error {
	var c inbox.CorrectionView
	var priority string
	_, err := pgx.ForEachRow(rows, []any{&c.DecisionID, &c.Intent, &priority, &c.WrongAnswer, &c.Reason, &c.AgentName, &c.CreatedAt}, func() error {
		c.Priority = intent.Priority(priority)
		for i := range decisions {
			if decisions[i].ID == c.DecisionID {
				decisions[i].Corrections = append(decisions[i].Corrections, c)
			}
		}
		return nil
	})
	return err
}
