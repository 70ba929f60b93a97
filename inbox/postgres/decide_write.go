package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/intent"
	"usher/routing"
)

// writeDecisions stores decisions of locked conversations with all that follows from them, in one round trip.
func writeDecisions(ctx context.Context, tx pgx.Tx, decided []*subject) error {
	b := &pgx.Batch{}
	if err := queueDecisions(b, decided); err != nil {
		return err
	}
	queueVectors(b, decided)
	queueStates(b, decided)
	queueFeedback(b, decided)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("write decisions: %w", err)
	}
	return nil
}

// queueDecisions writes the decisions with their traces, what they were decided on, and the predictions.
func queueDecisions(b *pgx.Batch, decided []*subject) error {
	traces, requests, entities := make([][]byte, len(decided)), make([][]byte, len(decided)), make([][]byte, len(decided))
	for i, x := range decided {
		for _, part := range []struct {
			to *[]byte
			v  any
		}{{&traces[i], x.decision}, {&requests[i], x.request}, {&entities[i], x.request.Prediction.Entities}} {
			var err error
			if *part.to, err = json.Marshal(part.v); err != nil {
				return fmt.Errorf("write decision of conversation %s: %w", x.request.ConversationID, err)
			}
		}
	}
	ids := each(decided, func(x *subject) uuid.UUID { return x.id })
	b.Queue(`
		INSERT INTO decisions (id, conversation_id, message_id, up_to_seq, route, template, team, intent, confidence, priority, language, degraded,
			policy_version, policy_hash, model_hash, trace)
		SELECT id, conversation_id, message_id, up_to_seq, route, NULLIF(template, ''), NULLIF(team, ''), intent, confidence, priority, language, degraded,
			policy_version, policy_hash, model_hash, trace
		FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::real[], $9::text[], $10::text[], $11::bool[],
			$12::int[], $13::text[], $14::text[], $15::jsonb[], $16::bigint[])
			AS w(id, conversation_id, message_id, route, template, team, intent, confidence, priority, language, degraded, policy_version, policy_hash, model_hash, trace, up_to_seq)`,
		ids, each(decided, conversationOf), each(decided, lastMessage),
		each(decided, func(x *subject) string { return x.decision.Route }), each(decided, func(x *subject) string { return x.decision.Template }),
		each(decided, func(x *subject) string { return x.decision.Team }), each(decided, func(x *subject) string { return x.decision.Intent }),
		each(decided, func(x *subject) float32 { return float32(x.decision.Confidence) }), each(decided, func(x *subject) string { return string(x.decision.Priority) }),
		each(decided, func(x *subject) string { return x.decision.Language }), each(decided, func(x *subject) bool { return x.decision.Degraded }),
		each(decided, func(x *subject) int { return x.decision.PolicyVersion }), each(decided, func(x *subject) string { return x.decision.PolicyHash }),
		each(decided, func(x *subject) string { return x.decision.ModelHash }), traces,
		each(decided, upTo))
	b.Queue(`INSERT INTO decision_inputs (decision_id, request) SELECT * FROM unnest($1::uuid[], $2::jsonb[])`, ids, requests)
	b.Queue(`
		INSERT INTO predictions (message_id, model_hash, intent, confidence, priority, language, entities)
		SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::real[], $5::text[], $6::text[], $7::jsonb[])`,
		each(decided, lastMessage), each(decided, func(x *subject) string { return x.request.Prediction.Model }),
		each(decided, func(x *subject) string { return x.request.Prediction.Top().Intent }),
		each(decided, func(x *subject) float32 { return float32(x.request.Prediction.Top().Confidence) }),
		each(decided, func(x *subject) string { return string(x.decision.Priority) }),
		each(decided, func(x *subject) string { return cmp.Or(x.request.Prediction.Language, intent.Undetermined) }), entities)
	return nil
}

// queueVectors has vectors made of the covered messages later.
func queueVectors(b *pgx.Batch, decided []*subject) {
	var messages, contacts []uuid.UUID
	for _, x := range decided {
		for _, m := range x.request.MessageIDs {
			messages, contacts = append(messages, m), append(contacts, x.request.Contact.ID)
		}
	}
	b.Queue(`
		INSERT INTO vector_work (model_id, kind, ref, contact_id)
		SELECT s.model_id, 'message', w.* FROM unnest($1::uuid[], $2::uuid[]) w CROSS JOIN vector_spaces s ON CONFLICT DO NOTHING`, messages, contacts)
}

// queueStates moves the conversations on, adds the line in the thread and puts the next work into the outbox.
func queueStates(b *pgx.Batch, decided []*subject) {
	b.Queue(`
		WITH w AS (
			SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::real[], $8::text[], $9::bool[], $10::bool[], $11::bigint[], $12::uuid[], $13::bigint[], $14::text[])
				AS w(id, decision, route, team, skills, intent, confidence, language, degraded, released, last_seq, preferred, up_to_seq, priority)
		)
		UPDATE conversations c SET
			decision_id = w.decision, intent = w.intent, confidence = w.confidence, language = w.language, degraded = w.degraded, last_seq = w.last_seq,
			decided_seq = w.up_to_seq, answer_owed = CASE WHEN w.route = 'reply' THEN w.decision ELSE c.answer_owed END, asked = false,
			priority = CASE WHEN w.route = 'resolve' THEN c.priority ELSE w.priority END,
			team_id = CASE WHEN w.route = 'agent' THEN COALESCE((SELECT id FROM teams WHERE slug = w.team), c.team_id) ELSE c.team_id END,
			skills = CASE WHEN w.route = 'agent' THEN string_to_array(w.skills, ' ') ELSE c.skills END,
			preferred_agent_id = CASE WHEN w.released THEN c.agent_id WHEN w.route = 'agent' THEN COALESCE(w.preferred, c.preferred_agent_id) ELSE c.preferred_agent_id END,
			agent_id = CASE WHEN w.released AND w.route <> 'resolve' THEN NULL ELSE c.agent_id END,
			queued_at = CASE WHEN w.route = 'agent' AND (c.agent_id IS NULL OR w.released) THEN COALESCE(c.queued_at, now()) WHEN w.route = 'resolve' THEN NULL ELSE c.queued_at END,
			watch_until = NULL,
			status = CASE WHEN w.route = 'resolve' THEN 'resolved' ELSE 'open' END,
			resolved_at = CASE WHEN w.route = 'resolve' THEN now() END,
			resolved_by = CASE WHEN w.route = 'resolve' THEN 'contact' END,
			waiting_since = CASE WHEN w.route = 'resolve' THEN NULL ELSE COALESCE(c.waiting_since, now()) END
		FROM w WHERE c.id = w.id`,
		each(decided, conversationOf), each(decided, func(x *subject) uuid.UUID { return x.id }),
		each(decided, func(x *subject) string { return x.decision.Route }), each(decided, func(x *subject) string { return x.decision.Team }),
		each(decided, func(x *subject) string { return strings.Join(x.decision.Skills, " ") }), each(decided, func(x *subject) string { return x.decision.Intent }),
		each(decided, func(x *subject) float32 { return float32(x.decision.Confidence) }), each(decided, func(x *subject) string { return x.decision.Language }),
		each(decided, func(x *subject) bool { return x.decision.Degraded }), each(decided, func(x *subject) bool { return x.released }),
		each(decided, func(x *subject) int64 { return x.lastSeq }), each(decided, func(x *subject) *uuid.UUID { return x.request.Evidence.PreferredAgent }),
		each(decided, upTo), each(decided, func(x *subject) string { return string(x.decision.Priority) }))
	if released := conversationsOf(decided, func(x *subject) bool { return x.released }); len(released) > 0 {
		b.Queue(`UPDATE assignments SET ended_at = now() WHERE conversation_id = ANY($1) AND ended_at IS NULL`, released)
	}
	b.Queue(`
		INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text, payload)
		SELECT id, conversation_id, seq, 'activity', 'system', inbox_address_id, '', payload
		FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::jsonb[]) AS w(id, conversation_id, seq, inbox_address_id, payload)
		WHERE id <> '00000000-0000-0000-0000-000000000000'`,
		each(decided, func(x *subject) uuid.UUID { return x.entry }), each(decided, conversationOf), each(decided, func(x *subject) int64 { return x.lastSeq }),
		each(decided, func(x *subject) uuid.UUID { return x.inboxAddress }), each(decided, func(x *subject) []byte { return x.entryText }))
	b.Queue(`
		INSERT INTO outbox (topic, token, conversation_id, ref)
		SELECT route, token, conversation_id, id FROM unnest($1::text[], $2::text[], $3::uuid[], $4::uuid[]) AS w(route, token, conversation_id, id)
		WHERE route <> 'resolve'`,
		each(decided, func(x *subject) string { return x.decision.Route }), each(decided, token), each(decided, conversationOf), each(decided, func(x *subject) uuid.UUID { return x.id }))
	if done := conversationsOf(decided, func(x *subject) bool { return x.decision.Route == routing.ToResolve }); len(done) > 0 {
		b.Queue(`
			INSERT INTO vector_work (model_id, kind, ref, contact_id)
			SELECT s.model_id, 'case', c.id, c.contact_id FROM conversations c CROSS JOIN vector_spaces s WHERE c.id = ANY($1) ON CONFLICT DO NOTHING`, done)
	}
}

// queueFeedback keeps what the contacts said of the automatic answers before.
func queueFeedback(b *pgx.Batch, decided []*subject) {
	var before []uuid.UUID
	var helped []bool
	for _, x := range decided {
		if x.decision.Helped != nil && x.previous != nil {
			before, helped = append(before, *x.previous), append(helped, *x.decision.Helped)
		}
	}
	if len(before) == 0 {
		return
	}
	b.Queue(`
		INSERT INTO feedback (decision_id, helped)
		SELECT d.id, w.helped FROM unnest($1::uuid[], $2::bool[]) AS w(id, helped) JOIN decisions d ON d.id = w.id AND d.route = 'reply'
		ON CONFLICT (decision_id) DO UPDATE SET helped = excluded.helped, created_at = now()`, before, helped)
}

func token(x *subject) string {
	if x.decision.Route == routing.ToReply {
		return x.decision.Template
	}
	return x.decision.Team
}

func conversationOf(x *subject) uuid.UUID { return x.request.ConversationID }

func upTo(x *subject) int64 { return x.upTo }

func lastMessage(x *subject) uuid.UUID {
	return x.request.MessageIDs[len(x.request.MessageIDs)-1]
}

func conversationsOf(decided []*subject, that func(*subject) bool) []uuid.UUID {
	ids := []uuid.UUID{}
	for _, x := range decided {
		if that(x) {
			ids = append(ids, conversationOf(x))
		}
	}
	return ids
}

// each is one value of every member, as an array parameter.
func each[S, T any](members []S, value func(S) T) []T {
	out := make([]T, len(members))
	for i, x := range members {
		out[i] = value(x)
	}
	return out
}
