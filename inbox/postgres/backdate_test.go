package postgres_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestEachStepOfAStoryIsMovedToItsOwnMoment(t *testing.T) {
	f := newFloor(t)
	ctx := t.Context()
	since, err := f.store.Clock(ctx)
	if err != nil {
		t.Fatal(err)
	}
	other := f.says("other", "order_status please").ConversationID
	id := f.says("ada", "order_status please").ConversationID
	asked := since.Add(-48 * time.Hour).Truncate(time.Second)
	move := func(at time.Time) {
		t.Helper()
		if err := f.store.Backdate(ctx, since, map[uuid.UUID]time.Time{id: at}); err != nil {
			t.Fatal(err)
		}
	}
	f.decide(id)
	move(asked)
	answered := asked.Add(time.Minute)
	if err := f.store.Answer(ctx, writer{}, 24*time.Hour, []uuid.UUID{value[uuid.UUID](f, `SELECT decision_id FROM conversations WHERE id = $1`, id)}); err != nil {
		t.Fatal(err)
	}
	move(answered)
	for what, want := range map[string]time.Time{
		`SELECT created_at FROM conversations WHERE id = $1`:                                                         asked,
		`SELECT created_at FROM messages WHERE conversation_id = $1 AND kind = 'inbound'`:                            asked,
		`SELECT p.created_at FROM predictions p JOIN messages m ON m.id = p.message_id WHERE m.conversation_id = $1`: asked,
		`SELECT created_at FROM decisions WHERE conversation_id = $1`:                                                asked,
		`SELECT created_at FROM messages WHERE conversation_id = $1 AND kind = 'outbound'`:                           answered,
		`SELECT last_message_at FROM conversations WHERE id = $1`:                                                    answered,
		`SELECT watch_until FROM conversations WHERE id = $1`:                                                        answered.Add(24 * time.Hour),
	} {
		if got := value[time.Time](f, what, id); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	if err := f.store.ResolveSilent(ctx); err != nil {
		t.Fatal(err)
	}
	silent := answered.Add(24 * time.Hour)
	move(silent)
	if got := value[time.Time](f, `SELECT resolved_at FROM conversations WHERE id = $1 AND resolved_by = 'silence'`, id); !got.Equal(silent) {
		t.Errorf("resolved at %s, want %s", got, silent)
	}
	if got := value[time.Time](f, `SELECT created_at FROM conversations WHERE id = $1`, other); got.Before(since) {
		t.Errorf("another conversation was moved to %s", got)
	}
}

func TestWhoHadItWhenIsMovedToo(t *testing.T) {
	f := newFloor(t)
	ctx := t.Context()
	since, err := f.store.Clock(ctx)
	if err != nil {
		t.Fatal(err)
	}
	id := f.says("ada", "refund_request please").ConversationID
	f.decide(id)
	agent := f.hire("Kim", 2, "billing")
	f.dispatch("care")
	given := since.Add(-3 * time.Hour).Truncate(time.Second)
	if err := f.store.Backdate(ctx, since, map[uuid.UUID]time.Time{id: given}); err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{
		`SELECT started_at FROM assignments WHERE agent_id = $1`, `SELECT last_assigned_at FROM agents WHERE id = $1`,
	} {
		if got := value[time.Time](f, what, agent); !got.Equal(given) {
			t.Errorf("%s: %s, want %s", what, got, given)
		}
	}
}

func TestNothingIsBackdatedIntoTheFuture(t *testing.T) {
	f := newFloor(t)
	id := f.says("ada", "order_status please").ConversationID
	since, err := f.store.Clock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := f.store.Backdate(t.Context(), since, map[uuid.UUID]time.Time{id: since}); err == nil {
		t.Error("a moment that is not before the start is accepted")
	}
	if err := f.store.Backdate(t.Context(), since, nil); err != nil {
		t.Error(err)
	}
}

func TestContactsAreAsOldAsIsKnownOfThem(t *testing.T) {
	f := newFloor(t)
	ctx := t.Context()
	if some, err := f.store.HasContacts(ctx); some || err != nil {
		t.Errorf("an empty database has contacts: %v (%v)", some, err)
	}
	since, err := f.store.Clock(ctx)
	if err != nil {
		t.Fatal(err)
	}
	visit := f.says("visitor", "order_status please")
	f.exec(`INSERT INTO contacts (id, external_id, type) VALUES (gen_random_uuid(), '42', 'customer')`)
	f.exec(`INSERT INTO tracked_events (id, contact_id, name, occurred_at) SELECT gen_random_uuid(), id, 'order_updated', now() - interval '9 days' FROM contacts WHERE external_id = '42'`)
	wrote, joined := since.Add(-time.Hour).Truncate(time.Second), since.Add(-1000*time.Hour).Truncate(time.Second)
	if err := f.store.Backdate(ctx, since, map[uuid.UUID]time.Time{visit.ConversationID: wrote}); err != nil {
		t.Fatal(err)
	}
	if err := f.store.BackdateContacts(ctx, since, map[string]time.Time{"42": joined}); err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]time.Time{
		`SELECT created_at FROM contacts WHERE external_id = '42'`:  joined,
		`SELECT created_at FROM contacts WHERE external_id IS NULL`: wrote,
		`SELECT created_at FROM contact_addresses`:                  wrote,
	} {
		if got := value[time.Time](f, what); !got.Equal(want) {
			t.Errorf("%s: %s, want %s", what, got, want)
		}
	}
	if n := value[int](f, `SELECT count(*) FROM tracked_events WHERE created_at <> occurred_at`); n != 0 {
		t.Error("the event is told of long after it happened")
	}
	if some, err := f.store.HasContacts(ctx); !some || err != nil {
		t.Errorf("nobody is seen: %v (%v)", some, err)
	}
}
