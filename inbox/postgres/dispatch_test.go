package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/uuid"

	"usher/channels"
)

func TestNobodyWaitsBehindThoseWhomNobodyHereCanHelp(t *testing.T) {
	f := newFloor(t)
	var ids []uuid.UUID
	for i := range 201 { // more than one look considers
		ids = append(ids, f.says(fmt.Sprint("c", i), "refund_request please").ConversationID)
	}
	last := f.says("bo", "complaint about this").ConversationID
	f.decide(append(ids, last)...)
	f.exec(`UPDATE conversations SET priority = 'low', skills = '{}' WHERE id = $1`, last)
	ada := f.hire("Ada", 3)
	if n := f.dispatch("care"); n != 1 {
		t.Errorf("gave away %d, want the one that asks for no skill", n)
	}
	if n := value[int](f, `SELECT count(*) FROM conversations WHERE id = $1 AND agent_id = $2`, last, ada); n != 1 {
		t.Error("it waits behind those that ask for another skill")
	}
}

// stubborn is a channel that fails once.
type stubborn struct {
	sink
	failed bool
}

func (s *stubborn) Send(ctx context.Context, m channels.Outbound) error {
	if !s.failed {
		s.failed = true
		return errors.New("time-out")
	}
	return s.sink.Send(ctx, m)
}

func TestWhatComesAfterAFailedMessageWaitsForIt(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	f.decide(r.ConversationID)
	f.pushed()
	f.answer(writer{}, f.decision(r.ConversationID))
	f.says("ada", "shipping_info please")
	f.decide(r.ConversationID)
	f.answer(writer{}, f.decision(r.ConversationID))
	ids := value[[]uuid.UUID](f, `SELECT array_agg(id ORDER BY seq) FROM messages WHERE delivery = 'pending'`)
	to := &stubborn{}
	senders := map[string]channels.Sender{pushedChannel: to}
	if err := f.store.Deliver(t.Context(), senders, ids); err == nil {
		t.Error("nobody is told to try again")
	}
	if len(to.sent) != 0 {
		t.Errorf("%d messages overtook the one that failed", len(to.sent))
	}
	if err := f.store.Deliver(t.Context(), senders, ids); err != nil {
		t.Fatal(err)
	}
	if len(to.sent) != 2 || to.sent[0].MessageID != ids[0] || to.sent[1].MessageID != ids[1] {
		t.Errorf("sent %+v, want both in order", to.sent)
	}
}
