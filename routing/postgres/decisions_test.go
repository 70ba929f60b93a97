package postgres

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"usher/intent"
	"usher/routing"
)

// decided stores a decision of the live policy on a text, with an answer that it caused.
func (w *world) decided(p *routing.Policy, conversation uuid.UUID) (decision, message, answer uuid.UUID) {
	w.t.Helper()
	decision, answer = id(), id()
	if err := w.pool.QueryRow(w.t.Context(), `SELECT id FROM messages WHERE conversation_id = $1 ORDER BY seq LIMIT 1`, conversation).Scan(&message); err != nil {
		w.t.Fatal(err)
	}
	request := routing.Request{
		ConversationID: conversation, MessageIDs: []uuid.UUID{message}, Text: "where is my order", At: time.Now(), Channel: "webchat",
		Prediction: intent.Prediction{Model: "m", Language: "en", Ranked: []intent.Ranked{{Intent: "order_status", Confidence: 0.94}}},
		Contact:    routing.Contact{Type: "customer"},
	}
	d := p.Decide(request)
	trace, err := json.Marshal(d)
	if err != nil {
		w.t.Fatal(err)
	}
	input, err := json.Marshal(request)
	if err != nil {
		w.t.Fatal(err)
	}
	w.exec(`INSERT INTO decisions (id, conversation_id, message_id, up_to_seq, route, template, team, intent, confidence, priority, language, degraded, policy_version, policy_hash, model_hash, trace)
		VALUES ($1, $2, $3, 1, $4, NULLIF($5, ''), $6, $7, $8, $9, 'en', false, $10, $11, 'm', $12)`,
		decision, conversation, message, d.Route, d.Template, d.Team, d.Intent, d.Confidence, d.Priority, d.PolicyVersion, d.PolicyHash, trace)
	w.exec(`INSERT INTO decision_inputs (decision_id, request) VALUES ($1, $2)`, decision, input)
	w.exec(`INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text, decision_id, delivery) VALUES ($1, $2, 50, 'outbound', 'automatic', $3, 'Soon.', $4, 'sent')`,
		answer, conversation, w.inbox, decision)
	return decision, message, answer
}

func TestADecisionIsExplainedByAnyOfItsIDs(t *testing.T) {
	w, p := seeded(t)
	conversation := w.conversation(past{contact: w.contact(), texts: []string{"where is my order"}})
	decision, message, answer := w.decided(p.Live(), conversation)
	kim := w.agent("Kim")
	w.exec(`INSERT INTO feedback (decision_id, helped) VALUES ($1, false)`, decision)
	w.exec(`INSERT INTO corrections (id, conversation_id, decision_id, agent_id, intent, wrong_answer, reason) VALUES ($1, $2, $3, $4, 'delivery_problem', true, 'lost in the post')`, id(), conversation, decision, kim)
	w.exec(`INSERT INTO assignments (id, conversation_id, agent_id, cause, trace) VALUES ($1, $2, $3, 'dispatched', '{"considered": [{"agent": "Kim", "chosen": true, "why": "knows orders"}]}')`, id(), conversation, kim)

	decisions := NewDecisions(w.pool)
	for name, by := range map[string]uuid.UUID{"decision": decision, "message": message, "answer": answer, "conversation": conversation} {
		e, err := decisions.Explain(t.Context(), by)
		if err != nil {
			t.Fatalf("by %s: %v", name, err)
		}
		if e.ID != decision || e.ConversationID != conversation || e.MessageID != message || e.Decision.Intent != "order_status" || e.Request.Text != "where is my order" ||
			e.State != "done" || *e.Helped || e.Assigned.Agent != "Kim" || !e.Assigned.Considered[0].Chosen || e.Corrections[0].Reason != "lost in the post" {
			t.Errorf("by %s: %+v", name, e)
		}
		if text := e.Text(); !strings.Contains(text, "the same comes out") || !strings.Contains(text, "Kim says that the intent is Delivery problem and the answer was wrong: lost in the post") {
			t.Errorf("by %s:\n%s", name, text)
		}
	}
	if _, err := decisions.Explain(t.Context(), uuid.New()); !errors.Is(err, routing.ErrNotFound) {
		t.Errorf("no such id: %v", err)
	}
}

func TestAConversationIsExplainedByItsNewestDecision(t *testing.T) {
	w, p := seeded(t)
	conversation := w.conversation(past{contact: w.contact(), texts: []string{"one"}})
	first, message, _ := w.decided(p.Live(), conversation)
	newest := id()
	w.exec(`INSERT INTO decisions SELECT ($2::uuid), conversation_id, message_id, up_to_seq + 1, route, template, team, intent, confidence, priority, language, degraded, policy_version, policy_hash,
		model_hash, trace, withheld_reason, created_at + interval '1 minute' FROM decisions WHERE id = $1`, first, newest)
	w.exec(`INSERT INTO assignments (id, conversation_id, agent_id, cause, started_at) VALUES ($1, $2, $3, 'taken', now() + interval '2 minutes')`, id(), conversation, w.agent("Kim"))
	decisions := NewDecisions(w.pool)
	e, err := decisions.Explain(t.Context(), conversation)
	if err != nil || e.ID != newest || e.Assigned == nil || e.Request != nil || e.Recomputed != nil {
		t.Errorf("%+v, %v; want the newest, whose inputs are gone", e, err)
	}
	if !strings.Contains(e.Text(), "erased") {
		t.Errorf("the text does not say that the inputs are gone:\n%s", e.Text())
	}
	if e, err := decisions.Explain(t.Context(), message); err != nil || e.ID != first || e.Assigned != nil {
		t.Errorf("by message %+v, %v; want the first, before anybody was assigned", e, err)
	}
}
