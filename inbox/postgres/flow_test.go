package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"usher/channels"
	"usher/inbox"
	"usher/inbox/postgres"
	"usher/routing"
)

func TestASureQuestionIsAnsweredOnceAndWatched(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	f.decide(r.ConversationID)
	f.decide(r.ConversationID) // a repeat of the nudge
	d := f.decision(r.ConversationID)
	f.answer(writer{}, d)
	f.answer(writer{}, d)
	if n := value[int](f, `SELECT count(*) FROM decisions`); n != 1 {
		t.Errorf("%d decisions, want 1", n)
	}
	if n := value[int](f, `SELECT count(*) FROM messages WHERE kind = 'outbound' AND text = E'About order_status\n\nDid that help?' AND payload->'choices'->0->>'value' = 'helped_yes'`); n != 1 {
		t.Errorf("%d answers with the question, want 1", n)
	}
	if s := value[string](f, `SELECT status || ' ' || asked || ' ' || auto_replies || ' ' || (watch_until > now()) || ' ' || (waiting_since IS NULL) FROM conversations`); s != "waiting true 1 true true" {
		t.Errorf("conversation is %q", s)
	}
	if n := value[int](f, `SELECT count(*) FROM conversations WHERE answer_owed IS NOT NULL`); n != 0 {
		t.Error("the answer is still owed")
	}
	if v := value[bool](f, `SELECT request->'message_ids'->>0 = $1 FROM decision_inputs`, r.MessageID.String()); !v {
		t.Error("the request is not stored whole")
	}
}

func TestAnAnswerToTheQuestionEndsOrGoesOn(t *testing.T) {
	for _, tc := range []struct{ text, choice, status, by, feedback string }{
		{"yes thanks", "", "resolved", "contact", "true"},
		{"", routing.HelpedYes, "resolved", "contact", "true"},
		{"no", "", "open", "", "false"},
		{"", routing.HelpedNo, "open", "", "false"},
	} {
		t.Run(tc.text+tc.choice, func(t *testing.T) {
			f := newFloor(t)
			r := f.says("ada", "order_status please")
			f.decide(r.ConversationID)
			f.answer(writer{}, f.decision(r.ConversationID))
			again, err := f.store.Receive(t.Context(), channels.Message{Channel: channels.API, InboxAddress: "shop", From: "ada", ExternalID: "b", Text: tc.text, Choice: tc.choice})
			if err != nil {
				t.Fatal(err)
			}
			f.decide(again.ConversationID)
			if s := value[string](f, `SELECT status || ',' || COALESCE(resolved_by, '') || ',' || (SELECT helped FROM feedback) FROM conversations`); s != tc.status+","+tc.by+","+tc.feedback {
				t.Errorf("conversation and feedback are %q, want %v", s, tc)
			}
			if tc.status == "open" && value[string](f, `SELECT t.slug FROM conversations c JOIN teams t ON t.id = c.team_id`) != "care" {
				t.Error("nobody got the one that was not helped")
			}
		})
	}
}

func TestAnAnswerIsWithheldOnceAPersonHasIt(t *testing.T) {
	for name, change := range map[string]string{
		"a person took it":    `UPDATE conversations SET agent_id = (SELECT id FROM agents), team_id = (SELECT id FROM teams WHERE slug = 'care')`,
		"a person wrote":      `UPDATE conversations SET person_wrote_at = now()`,
		"it waits for people": `UPDATE conversations SET team_id = (SELECT id FROM teams WHERE slug = 'care')`,
		"it is resolved":      `UPDATE conversations SET status = 'resolved', resolved_at = now(), resolved_by = 'agent'`,
	} {
		t.Run(name, func(t *testing.T) {
			f := newFloor(t)
			f.hire("Ada", 3)
			r := f.says("bo", "order_status please")
			f.decide(r.ConversationID)
			f.exec(change)
			f.answer(writer{}, f.decision(r.ConversationID))
			if n := value[int](f, `SELECT count(*) FROM messages WHERE kind = 'outbound'`); n != 0 {
				t.Errorf("%d answers were sent", n)
			}
			if s := value[string](f, `SELECT (withheld_reason IS NOT NULL) || ' ' || (answer_owed IS NOT NULL) FROM decisions, conversations`); s != "true false" {
				t.Errorf("withheld and still owed: %q, want true false", s)
			}
		})
	}
}

func TestAnAnswerThatCannotBeWrittenGoesToPeople(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	f.decide(r.ConversationID)
	f.answer(writer{broken: map[string]bool{"order_status": true}}, f.decision(r.ConversationID))
	if s := value[string](f, `SELECT status || ' ' || degraded || ' ' || (queued_at IS NOT NULL) || ' ' || (SELECT slug FROM teams WHERE id = team_id) FROM conversations`); s != "open true true care" {
		t.Errorf("conversation is %q", s)
	}
}

func TestMessagesOfABurstAreDecidedTogetherAndInOrder(t *testing.T) {
	f := newFloor(t)
	first := f.says("ada", "order_status")
	f.says("ada", "where is it")
	f.says("ada", "hello?")
	f.decide(first.ConversationID)
	if s := value[string](f, `SELECT request->>'text' FROM decision_inputs`); s != "order_status\nwhere is it\nhello?" {
		t.Errorf("decided on %q", s)
	}
	if n := value[int](f, `SELECT count(*) FROM decisions`); n != 1 {
		t.Errorf("%d decisions cover the burst, want 1", n)
	}
}

func TestManyWorkersDecideEveryMessageOnce(t *testing.T) {
	f := newFloor(t)
	var ids []uuid.UUID
	for i := range 40 {
		ids = append(ids, f.says(fmt.Sprint("contact", i%10), "order_status please").ConversationID)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for i := 0; i < len(ids); i += 7 {
				if err := f.store.Decide(t.Context(), f.pipe, ids[i:min(len(ids), i+7)]); err != nil {
					t.Errorf("decide: %v", err)
				}
			}
		})
	}
	wg.Wait()
	if n := value[int](f, `SELECT count(*) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.kind = 'inbound' AND m.seq > c.decided_seq`); n != 0 {
		t.Errorf("%d messages are not decided", n)
	}
	if n := value[int](f, `SELECT count(*) - sum(jsonb_array_length(request->'message_ids')) + 40 - count(*) FROM decision_inputs`); n != 0 {
		t.Errorf("messages are covered %d times too often or too seldom", n)
	}
	if n := value[int](f, `SELECT count(*) FROM conversations c WHERE last_seq <> (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id)`); n != 0 {
		t.Errorf("%d conversations have gaps in their sequence", n)
	}
}

func TestDispatchGivesTheMostUrgentToTheBestAndNeverBeyondRoom(t *testing.T) {
	f := newFloor(t)
	calm := f.says("calm", "refund_request please")
	angry := f.says("angry", "refund_request NOW")
	f.decide(calm.ConversationID, angry.ConversationID)
	f.hire("Unskilled", 9)
	skilled := f.hire("Skilled", 1, "billing")
	if n := f.dispatch("care"); n != 1 {
		t.Fatalf("gave away %d, want 1", n)
	}
	if got := value[uuid.UUID](f, `SELECT agent_id FROM conversations WHERE id = $1`, angry.ConversationID); got != skilled {
		t.Errorf("the angry one is with %s, want the skilled agent", got)
	}
	if n := value[int](f, `SELECT jsonb_array_length(trace->'considered') FROM assignments WHERE ended_at IS NULL AND cause = 'dispatched'`); n != 2 {
		t.Errorf("the trace names %d agents, want 2", n)
	}
	if n := f.dispatch("care"); n != 0 {
		t.Errorf("gave away %d to a full agent", n)
	}
	f.exec(`UPDATE conversations SET status = 'waiting' WHERE id = $1`, angry.ConversationID)
	if n := f.dispatch("care"); n != 1 {
		t.Errorf("gave away %d once there was room, want 1", n)
	}
}

func TestRacingDispatchersNeverExceedCapacity(t *testing.T) {
	f := newFloor(t)
	var ids []uuid.UUID
	for i := range 60 {
		ids = append(ids, f.says(fmt.Sprint("c", i), "complaint about this").ConversationID)
	}
	f.decide(ids...)
	for i := range 5 {
		f.hire(fmt.Sprint("Agent", i), i)
	}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if _, err := f.store.Dispatch(t.Context(), "care"); err != nil {
				t.Errorf("dispatch: %v", err)
			}
		})
	}
	wg.Wait()
	if n := value[int](f, `SELECT count(*) FROM agents a WHERE capacity < (SELECT count(*) FROM conversations WHERE agent_id = a.id AND status = 'open')`); n != 0 {
		t.Errorf("%d agents are over capacity", n)
	}
	if n := value[int](f, `SELECT count(*) FROM conversations WHERE agent_id IS NOT NULL`); n != 10 {
		t.Errorf("%d conversations were given away, want all 10 places", n)
	}
	if n := value[int](f, `SELECT count(*) FROM assignments WHERE ended_at IS NULL`); n != 10 {
		t.Errorf("%d open assignments, want 10", n)
	}
}

func TestAConversationOfSomebodyWhoWentHomeComesBackToTheQueue(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "refund_request please")
	f.decide(r.ConversationID)
	owner := f.hire("Owner", 3, "billing")
	f.dispatch("care")
	f.exec(`UPDATE conversations SET status = 'waiting', person_wrote_at = now()`)
	f.exec(`UPDATE agents SET presence = 'offline'`)
	f.says("ada", "refund_request still waiting")
	f.decide(r.ConversationID)
	if s := value[string](f, `SELECT status || ' ' || (agent_id IS NULL) || ' ' || (queued_at IS NOT NULL) || ' ' || (preferred_agent_id = $1) FROM conversations`, owner); s != "open true true true" {
		t.Errorf("conversation is %q", s)
	}
	if n := value[int](f, `SELECT count(*) FROM assignments WHERE ended_at IS NULL`); n != 0 {
		t.Error("the assignment did not end")
	}
}

func TestSilenceResolvesWhatWasAnswered(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	f.decide(r.ConversationID)
	f.answer(writer{}, f.decision(r.ConversationID))
	f.exec(`UPDATE conversations SET watch_until = now() - interval '1 second'`)
	ctx, cancel := context.WithCancel(t.Context())
	resolved := make(chan inbox.Change, 8)
	store := postgres.New(f.pool, func(c inbox.Change) { resolved <- c })
	done := make(chan error, 1)
	go func() { done <- store.RunSweep(ctx, postgres.SweepOptions{}, slog.New(slog.DiscardHandler)) }()
	select {
	case <-resolved:
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was resolved")
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if s := value[string](f, `SELECT resolved_by || (SELECT count(*) FROM vector_work WHERE kind = 'case') FROM conversations`); s != "silence1" {
		t.Errorf("conversation is resolved by %q", s)
	}
}

func TestTheSweeperAsksForStuckWorkLessAndLessOften(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	f.exec(`DELETE FROM outbox`)
	sweep := func(age string) []int {
		f.exec(`UPDATE messages SET created_at = now() - $1::interval`, age)
		ctx, cancel := context.WithCancel(t.Context())
		store := postgres.New(f.pool, nil)
		done := make(chan error, 1)
		go func() {
			done <- store.RunSweep(ctx, postgres.SweepOptions{Every: time.Hour}, slog.New(slog.DiscardHandler))
		}()
		waitFor(t, "the sweep", func() bool {
			return value[int](f, `SELECT count(*) FROM outbox WHERE ref = $1`, r.MessageID) > 0
		})
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		attempts := value[[]int](f, `SELECT array_agg(attempt) FROM outbox WHERE topic = 'inbound' AND ref = $1`, r.MessageID)
		f.exec(`DELETE FROM outbox`)
		return attempts
	}
	for age, want := range map[string]int{"6 seconds": 1, "11 seconds": 2, "3 minutes": 6} {
		if got := sweep(age); len(got) != 1 || got[0] != want {
			t.Errorf("after %s the attempts are %v, want one, the %dth", age, got, want)
		}
	}
}

func TestTheOutboxWaitsForTheBus(t *testing.T) {
	f := newFloor(t)
	b := &box{err: errors.New("down")}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.store.RunRelay(ctx, b, slog.New(slog.DiscardHandler)) }()
	r := f.says("ada", "hello")
	if n := value[int](f, `SELECT count(*) FROM outbox`); n != 1 {
		t.Errorf("%d rows wait while the bus is down, want 1", n)
	}
	b.set(nil)
	waitFor(t, "the outbox to empty", func() bool { return value[int](f, `SELECT count(*) FROM outbox`) == 0 })
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if b.set(nil); len(b.work) != 1 || b.work[0].Ref != r.MessageID || b.work[0].ID != r.MessageID.String() {
		t.Errorf("published %+v", b.work)
	}
}

func TestDeliveryMarksWhatTheChannelSaid(t *testing.T) {
	for want, err := range map[string]error{"sent": nil, "failed": fmt.Errorf("no such number: %w", channels.ErrRefused), "pending": errors.New("time-out")} {
		t.Run(want, func(t *testing.T) {
			f := newFloor(t)
			r := f.says("ada", "order_status please")
			f.decide(r.ConversationID)
			f.pushed()
			f.answer(writer{}, f.decision(r.ConversationID))
			f.sink.err = err
			id := value[uuid.UUID](f, `SELECT id FROM messages WHERE kind = 'outbound'`)
			for range 2 {
				if got := f.store.Deliver(t.Context(), map[string]channels.Sender{pushedChannel: f.sink}, []uuid.UUID{id}); (got != nil) != (want == "pending") {
					t.Errorf("deliver: %v", got)
				}
			}
			if got := value[string](f, `SELECT delivery FROM messages WHERE kind = 'outbound'`); got != want {
				t.Errorf("delivery %q, want %q", got, want)
			}
			if err == nil && (len(f.sink.sent) != 1 || f.sink.sent[0].To != "ada") {
				t.Errorf("handed over %+v, want once to ada", f.sink.sent)
			}
		})
	}
}

func TestWhatCannotBeStoredAsUnderstoodGoesToPeople(t *testing.T) {
	f := newFloor(t)
	good := f.says("ada", "order_status please")
	bad := f.says("bo", "order_status please")
	decider := poisoned{Pipeline: f.pipe, conversation: bad.ConversationID}
	if err := f.store.Decide(t.Context(), decider, []uuid.UUID{good.ConversationID, bad.ConversationID}); err != nil {
		t.Fatal(err)
	}
	if s := value[string](f, `SELECT route FROM decisions WHERE conversation_id = $1`, good.ConversationID); s != "reply" {
		t.Errorf("the good one is routed to %q", s)
	}
	if s := value[string](f, `SELECT route || degraded FROM decisions WHERE conversation_id = $1`, bad.ConversationID); s != "agenttrue" {
		t.Errorf("the bad one is %q, want people and degraded", s)
	}
}

// poisoned makes one conversation's prediction impossible to store.
type poisoned struct {
	*routing.Pipeline
	conversation uuid.UUID
}

func (p poisoned) Prepare(ctx context.Context, requests []routing.Request) {
	p.Pipeline.Prepare(ctx, requests)
	for i := range requests {
		if requests[i].ConversationID == p.conversation {
			requests[i].Prediction.Model = "a\x00b"
		}
	}
}

func TestAYesResolvesOnlyWhenNothingMoreWasWritten(t *testing.T) {
	f := newFloor(t)
	r := f.says("ada", "order_status please")
	f.decide(r.ConversationID)
	f.answer(writer{}, f.decision(r.ConversationID))
	f.says("ada", "yes thanks")
	// The rest is written after the first look and before the lock.
	late := lateWriter{Pipeline: f.pipe, write: sync.OnceFunc(func() { f.says("ada", "refund_request also") })}
	if err := f.store.Decide(t.Context(), late, []uuid.UUID{r.ConversationID}); err != nil {
		t.Fatal(err)
	}
	if s := value[string](f, `SELECT status || (heard_seq - decided_seq) FROM conversations`); s != "open0" {
		t.Errorf("status and undecided messages are %q, want open0", s)
	}
}

// lateWriter writes while it prepares.
type lateWriter struct {
	*routing.Pipeline
	write func()
}

func (l lateWriter) Prepare(ctx context.Context, requests []routing.Request) {
	l.Pipeline.Prepare(ctx, requests)
	l.write()
}
