package postgres_test

import "testing"

// Two decisions of one conversation in a batch take places of their own in it: if they took the same, the whole batch
// would be undone and written one by one.
func TestAnswersOfOneConversationFitIntoOneTransaction(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	f.decide(r.ConversationID)
	first := f.decision(r.ConversationID)
	f.says("ada", "shipping_info please")
	f.decide(r.ConversationID)
	second := f.decision(r.ConversationID)
	f.answer(writer{}, second, first)
	if s := value[string](f, `SELECT string_agg(kind, ' ' ORDER BY seq) FROM messages`); s != "inbound inbound activity outbound" {
		t.Errorf("the conversation reads %q; want the first answer withheld, then the second", s)
	}
	if n := value[int](f, `SELECT count(DISTINCT xmin::text) FROM messages WHERE kind <> 'inbound'`); n != 1 {
		t.Errorf("written in %d transactions, want 1", n)
	}
	if s := value[string](f, `SELECT last_seq || ' ' || status FROM conversations`); s != "4 waiting" {
		t.Errorf("the conversation is %q, want its newest place and that it waits", s)
	}
}
