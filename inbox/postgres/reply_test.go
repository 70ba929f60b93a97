package postgres_test

import (
	"context"
	"errors"
	"testing"

	"github.com/google/uuid"

	"usher/channels"
	"usher/inbox"
	"usher/routing"
)

// The answer to the first message would be withheld for the second one, and what it answers would be passed over.
func TestAMessageBeforeTheAnswerIsOutTakesBothToPeople(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	f.decide(r.ConversationID)
	first := f.decision(r.ConversationID)
	f.says("ada", "shipping_info please")
	f.decide(r.ConversationID)
	f.answer(writer{}, first)
	if s := value[string](f, `SELECT string_agg(route || ' ' || (withheld_reason IS NOT NULL), ', ' ORDER BY id) FROM decisions`); s != "reply true, agent false" {
		t.Errorf("decisions are %q", s)
	}
	if s := value[string](f, `SELECT status || ' ' || (queued_at IS NOT NULL) FROM conversations`); s != "open true" {
		t.Errorf("the conversation is %q, want it in a queue", s)
	}
}

func TestAButtonDoesNotEndWhatIsNotAnswered(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	f.decide(r.ConversationID)
	f.answer(writer{}, f.decision(r.ConversationID))
	f.says("ada", "shipping_info please")
	f.decide(r.ConversationID)
	f.presses("ada", routing.HelpedYes)
	f.decide(r.ConversationID)
	if s := value[string](f, `SELECT status || ' ' || (queued_at IS NOT NULL) FROM conversations`); s != "open true" {
		t.Errorf("the conversation is %q, want it in a queue", s)
	}
}

func TestThanksBeforeTheQuestionAreNoAnswerToIt(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	f.decide(r.ConversationID)
	f.says("ada", "thanks")
	f.answer(writer{}, f.decision(r.ConversationID))
	f.decide(r.ConversationID)
	if s := value[string](f, `SELECT status FROM conversations`); s != "open" {
		t.Errorf("the conversation is %s", s)
	}
}

// stuck cannot say anything in one conversation, and fails the whole batch for it.
type stuck struct {
	writer
	conversation uuid.UUID
}

func (s stuck) Answers(ctx context.Context, requests []inbox.AnswerRequest) ([]inbox.Answer, error) {
	for _, r := range requests {
		if r.ConversationID == s.conversation {
			return nil, errors.New("what is known of the contact does not read")
		}
	}
	return s.writer.Answers(ctx, requests)
}

func TestAnAnswerThatFailsTheBatchGoesToPeopleAlone(t *testing.T) {
	f := newFloor(t)
	bad, good := f.says("ada", "order_status please"), f.says("bo", "order_status please")
	f.decide(bad.ConversationID, good.ConversationID)
	if err := f.store.Answer(t.Context(), stuck{conversation: bad.ConversationID}, 0, []uuid.UUID{f.decision(bad.ConversationID), f.decision(good.ConversationID)}); err != nil {
		t.Fatal(err)
	}
	if s := value[string](f, `SELECT string_agg(status || ' ' || (queued_at IS NOT NULL), ', ' ORDER BY id) FROM conversations`); s != "open true, waiting false" {
		t.Errorf("conversations are %q, want the first with people and the second answered", s)
	}
}

// presses is a contact who presses a button under an automatic answer.
func (f *floor) presses(from, choice string) channels.Receipt {
	f.Helper()
	r, err := f.store.Receive(f.Context(), channels.Message{Channel: channels.API, InboxAddress: "shop", From: from, Choice: choice})
	if err != nil {
		f.Fatalf("press %q: %v", choice, err)
	}
	return r
}
