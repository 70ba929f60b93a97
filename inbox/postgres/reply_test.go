package postgres_test

import (
	"testing"

	"usher/channels"
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
	if s := value[string](f, `SELECT string_agg(route || ' ' || state, ', ' ORDER BY id) FROM decisions`); s != "reply withheld, agent done" {
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

// presses is a contact who presses a button under an automatic answer.
func (f *floor) presses(from, choice string) channels.Receipt {
	f.Helper()
	r, err := f.store.Receive(f.Context(), channels.Message{Channel: channels.API, InboxAddress: "shop", From: from, Choice: choice})
	if err != nil {
		f.Fatalf("press %q: %v", choice, err)
	}
	return r
}
