package postgres_test

import (
	"context"
	"strings"
	"testing"

	"github.com/google/uuid"

	"usher/intent"
	"usher/routing"
)

func TestWhatOneDecisionCannotCoverIsDecidedNext(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	for range 24 {
		f.says("ada", "hello?")
	}
	f.decide(r.ConversationID)
	if n := value[int](f, `SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.kind = 'inbound' AND m.seq > c.decided_seq`); n != 0 {
		t.Errorf("%d messages wait for the sweeper", n)
	}
	if s := value[string](f, `SELECT string_agg(n || ' ' || route, ', ' ORDER BY id) FROM (
		SELECT d.id, d.route, jsonb_array_length(i.request->'message_ids') AS n FROM decisions d JOIN decision_inputs i ON i.decision_id = d.id) x`); s != "20 agent, 5 agent" {
		t.Errorf("decisions cover %q", s)
	}
}

func TestAResolvedConversationHasNoMessageThatWaits(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	f.decide(r.ConversationID)
	f.answer(writer{}, f.decision(r.ConversationID))
	for range 20 {
		f.presses("ada", routing.HelpedYes)
	}
	f.says("ada", "refund_request please")
	f.decide(r.ConversationID)
	if n := value[int](f, `SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.kind = 'inbound' AND m.seq > c.decided_seq`); n != 0 {
		t.Errorf("%d messages are not decided", n)
	}
	if s := value[string](f, `SELECT status || ' ' || (queued_at IS NOT NULL) FROM conversations`); s != "open true" {
		t.Errorf("the conversation is %q, want it in a queue", s)
	}
}

func TestAnAnswerAfterTheOwnerWentHomeIsSent(t *testing.T) {
	f := newFloor(t)
	ada := f.hire("Ada", 3)
	r := f.says("bo", "order_status please")
	f.decide(r.ConversationID)
	f.answer(writer{}, f.decision(r.ConversationID))
	f.exec(`UPDATE conversations SET agent_id = $1`, ada)
	f.exec(`INSERT INTO assignments (id, conversation_id, agent_id, cause) SELECT gen_random_uuid(), id, $1, 'taken' FROM conversations`, ada)
	f.exec(`UPDATE agents SET presence = 'offline'`)
	f.says("bo", "shipping_info please")
	f.decide(r.ConversationID)
	f.answer(writer{}, f.decision(r.ConversationID))
	if s := value[string](f, `SELECT status || ' ' || (agent_id IS NULL) || ' ' || auto_replies FROM conversations`); s != "waiting true 2" {
		t.Errorf("the conversation is %q, want nobody's and answered", s)
	}
	if n := value[int](f, `SELECT count(*) FROM assignments WHERE ended_at IS NULL`); n != 0 {
		t.Error("the assignment did not end")
	}
}

// A database that fails says nothing of the message: it is decided as it is once the database works.
func TestAMessageIsNotDegradedByAFailureOfTheDatabase(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	f.exec(`CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'going down' USING ERRCODE = '57P01'; END $$`)
	f.exec(`CREATE TRIGGER stop BEFORE INSERT ON decisions EXECUTE FUNCTION stop()`)
	if err := f.store.Decide(t.Context(), f.pipe, []uuid.UUID{r.ConversationID}); err == nil {
		t.Fatal("decided without a database")
	}
	f.exec(`DROP TRIGGER stop ON decisions`)
	f.decide(r.ConversationID)
	if s := value[string](f, `SELECT route || ' ' || degraded FROM decisions`); s != "reply false" {
		t.Errorf("decided %q", s)
	}
}

type panicky struct{ reader }

func (p panicky) Understand(ctx context.Context, text string) intent.Prediction {
	if strings.Contains(text, "boom") {
		panic("index out of range")
	}
	return p.reader.Understand(ctx, text)
}

func TestATextThatMakesAReaderPanicGoesToPeopleAlone(t *testing.T) {
	f := newFloor(t)
	f.pipe.Understander = panicky{}
	bad, good := f.says("ada", "order_status boom"), f.says("bo", "order_status please")
	f.decide(bad.ConversationID, good.ConversationID)
	if s := value[string](f, `SELECT string_agg(route || ' ' || degraded, ', ' ORDER BY message_id) FROM decisions`); s != "agent true, reply false" {
		t.Errorf("decided %q", s)
	}
}
