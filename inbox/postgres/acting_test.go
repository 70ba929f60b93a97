package postgres_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"usher/inbox"
	"usher/intent"
)

// wins runs n at once and counts those that had no error.
func wins(n int, do func(i int) error) int {
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range n {
		wg.Go(func() {
			if do(i) == nil {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return won
}

// queued is a conversation in the queue of care.
func (f *floor) queued(from string) uuid.UUID {
	f.Helper()
	r := f.says(from, "refund_request please")
	f.decide(r.ConversationID)
	return r.ConversationID
}

// answered is a conversation that waits on the contact after an automatic answer.
func (f *floor) answered(from string) uuid.UUID {
	f.Helper()
	r := f.says(from, "order_status please")
	f.decide(r.ConversationID)
	f.answer(writer{}, f.decision(r.ConversationID))
	return r.ConversationID
}

func (f *floor) must(err error) {
	f.Helper()
	if err != nil {
		f.Fatal(err)
	}
}

// state is a conversation as it stands, in short: status, team, owner, and the assignment that is in force.
func (f *floor) state(id uuid.UUID) string {
	f.Helper()
	return value[string](f, `
		SELECT concat_ws(' ', c.status, COALESCE(t.slug, '-'), COALESCE(a.name, '-'),
			COALESCE((SELECT s.cause || ':' || b.name FROM assignments s JOIN agents b ON b.id = s.agent_id WHERE s.conversation_id = c.id AND s.ended_at IS NULL), '-'))
		FROM conversations c LEFT JOIN teams t ON t.id = c.team_id LEFT JOIN agents a ON a.id = c.agent_id WHERE c.id = $1`, id)
}

// lastActivity is what the thread says happened last.
func (f *floor) lastActivity(id uuid.UUID) inbox.ActivityPayload {
	f.Helper()
	var p inbox.ActivityPayload
	raw := value[[]byte](f, `SELECT payload FROM messages WHERE conversation_id = $1 AND kind = 'activity' ORDER BY seq DESC LIMIT 1`, id)
	f.must(json.Unmarshal(raw, &p))
	return p
}

func (f *floor) noGaps() {
	f.Helper()
	if n := value[int](f, `SELECT count(*) FROM conversations c WHERE last_seq <> (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id)
		OR last_seq <> (SELECT max(seq) FROM messages m WHERE m.conversation_id = c.id)`); n != 0 {
		f.Errorf("%d conversations have gaps in their sequence", n)
	}
}

func TestOneOfTwentyWhoTakeItGetsItAndTheOthersLearnWho(t *testing.T) {
	f := newFloor(t)
	id := f.queued("bo")
	people := make([]inbox.Agent, 20)
	for i := range people {
		people[i] = f.person(fmt.Sprint("agent", i), inbox.RoleAgent, "care")
	}
	errs := make([]error, len(people))
	if n := wins(len(people), func(i int) error { errs[i] = f.store.Take(t.Context(), id, people[i]); return errs[i] }); n != 1 {
		t.Fatalf("%d got it, want 1", n)
	}
	winner := value[string](f, `SELECT a.name FROM conversations c JOIN agents a ON a.id = c.agent_id`)
	for i, err := range errs {
		if people[i].Name == winner {
			continue
		}
		if !errors.Is(err, inbox.ErrConflict) || !strings.Contains(err.Error(), winner+" has it") {
			t.Errorf("%s heard %v, want a conflict that names %s", people[i].Name, err, winner)
		}
	}
	if s := f.state(id); s != "open care "+winner+" taken:"+winner {
		t.Errorf("state %q", s)
	}
	if n := value[int](f, `SELECT count(*) FROM assignments`); n != 1 {
		t.Errorf("%d assignments, want 1", n)
	}
	f.noGaps()
}

func TestTakingOnesOwnChangesNothing(t *testing.T) {
	f := newFloor(t)
	id, ada := f.queued("bo"), f.person("ada", inbox.RoleAgent, "care")
	f.must(f.store.Take(t.Context(), id, ada))
	before := value[int64](f, `SELECT last_seq FROM conversations`)
	f.must(f.store.Take(t.Context(), id, ada))
	if after := value[int64](f, `SELECT last_seq FROM conversations`); after != before {
		t.Errorf("the second take wrote an entry: %d, was %d", after, before)
	}
}

func TestAReplyTakesWhatNobodyHasAndWaitsOnTheContact(t *testing.T) {
	f := newFloor(t)
	id, ada := f.queued("bo"), f.person("ada", inbox.RoleAgent, "care")
	f.pushed()
	f.changes()
	m, err := f.store.Reply(t.Context(), id, ada, inbox.Draft{Text: "On its way", ClientID: "c1", Template: "refund"})
	if err != nil {
		t.Fatal(err)
	}
	if m.Kind != inbox.Outbound || m.Author != inbox.ByAgent || m.AuthorName != "ada" || m.Delivery != inbox.Pending || string(m.Payload) != `{"template": "refund"}` {
		t.Errorf("reply is %+v", m)
	}
	if s := f.state(id); s != "waiting care ada taken:ada" {
		t.Errorf("state %q", s)
	}
	if !value[bool](f, `SELECT person_wrote_at IS NOT NULL AND auto_replies = 0 AND watch_until IS NULL AND waiting_since IS NULL AND queued_at IS NULL
		AND preview = 'On its way' FROM conversations`) {
		t.Error("the conversation does not wait as after a person's reply")
	}
	if n := value[int](f, `SELECT count(*) FROM outbox WHERE topic = 'outbound' AND token = 'sms' AND ref = $1`, m.ID); n != 1 {
		t.Errorf("%d requests for delivery, want 1", n)
	}
	if got := f.changes(); len(got) != 1 || got[0].Seq != m.Seq || !got[0].Work || got[0].Team != "care" {
		t.Errorf("changes %+v", got)
	}
	f.noGaps()
}

func TestARepeatedReplyIsTheFirstOne(t *testing.T) {
	f := newFloor(t)
	id, ada := f.queued("bo"), f.person("ada", inbox.RoleAgent, "care")
	ids := make([]uuid.UUID, 10)
	if n := wins(10, func(i int) error {
		m, err := f.store.Reply(t.Context(), id, ada, inbox.Draft{Text: "Hello", ClientID: "same"})
		ids[i] = m.ID
		return err
	}); n != 10 {
		t.Errorf("%d of 10 were answered", n)
	}
	for _, got := range ids {
		if got != ids[0] {
			t.Errorf("repeats are %v", ids)
		}
	}
	if n := value[int](f, `SELECT count(*) FROM messages WHERE kind = 'outbound'`); n != 1 {
		t.Errorf("%d replies, want 1", n)
	}
	f.must(f.store.Resolve(t.Context(), id, ada))
	if m, err := f.store.Reply(t.Context(), id, ada, inbox.Draft{Text: "Hello", ClientID: "same"}); err != nil || m.ID != ids[0] {
		t.Errorf("a repeat after it was resolved: %v, %v", m.ID, err)
	}
}

func TestTextsThatCannotBeSentAreRefused(t *testing.T) {
	f := newFloor(t)
	id, ada := f.queued("bo"), f.person("ada", inbox.RoleAgent, "care")
	for name, text := range map[string]string{"empty": " \n", "long": strings.Repeat("é", 33<<10), "NUL": "a\x00b", "not UTF-8": "\xff"} {
		if _, err := f.store.Reply(t.Context(), id, ada, inbox.Draft{Text: text, ClientID: name}); !errors.Is(err, inbox.ErrInvalid) {
			t.Errorf("%s reply: %v", name, err)
		}
		if _, err := f.store.Note(t.Context(), id, ada, inbox.Draft{Text: text, ClientID: name}); !errors.Is(err, inbox.ErrInvalid) {
			t.Errorf("%s note: %v", name, err)
		}
	}
}

func TestANoteIsForTheTeamAlone(t *testing.T) {
	f := newFloor(t)
	id, ada := f.queued("bo"), f.person("ada", inbox.RoleAgent, "care")
	before := value[string](f, `SELECT preview || last_message_at FROM conversations`)
	m, err := f.store.Note(t.Context(), id, ada, inbox.Draft{Text: "Ask billing", ClientID: "n"})
	if err != nil || m.Kind != inbox.Note || m.Delivery != "" {
		t.Fatalf("note is %+v, %v", m, err)
	}
	if s := f.state(id); s != "open care - -" {
		t.Errorf("state %q", s)
	}
	if after := value[string](f, `SELECT preview || last_message_at FROM conversations`); after != before {
		t.Errorf("the list shows the note: %q, was %q", after, before)
	}
	seen, _, err := f.store.ContactMessages(t.Context(), id, value[uuid.UUID](f, `SELECT id FROM inbox_addresses`), 0, 0, 100)
	if err != nil || len(seen) != 1 || seen[0].Kind != inbox.Inbound {
		t.Errorf("the contact sees %+v, %v", seen, err)
	}
}

func TestHandingOver(t *testing.T) {
	f := newFloor(t)
	ada, ben := f.person("ada", inbox.RoleAgent, "care"), f.person("ben", inbox.RoleAgent, "technical")
	id := f.queued("bo")
	f.must(f.store.Take(t.Context(), id, ada))
	f.exec(`UPDATE conversations SET waiting_since = now() - interval '1 hour'`)

	f.must(f.store.HandOver(t.Context(), id, ada, inbox.HandOver{AgentID: &ben.ID, Note: "You know this one"}))
	if s := f.state(id); s != "open care ben handed_over:ben" {
		t.Errorf("to a person: %q", s)
	}
	if p := f.lastActivity(id); p != (inbox.ActivityPayload{What: inbox.DidHandOver, By: "ada", From: "ada", Agent: "ben"}) {
		t.Errorf("the thread says %+v", p)
	}
	if n := value[int](f, `SELECT count(*) FROM messages WHERE kind = 'note' AND text = 'You know this one'`); n != 1 {
		t.Errorf("%d notes, want 1", n)
	}
	if err := f.store.HandOver(t.Context(), id, ada, inbox.HandOver{AgentID: &ben.ID}); !errors.Is(err, inbox.ErrConflict) {
		t.Errorf("to who has it: %v", err)
	}

	f.changes()
	f.must(f.store.HandOver(t.Context(), id, ben, inbox.HandOver{Team: "technical"}))
	if s := f.state(id); s != "open technical - -" {
		t.Errorf("to a team: %q", s)
	}
	if !value[bool](f, `SELECT queued_at < now() - interval '59 minutes' AND skills = '{}' AND preferred_agent_id IS NULL FROM conversations`) {
		t.Error("it lost its age, or still asks for the other team's skills")
	}
	if got := f.changes(); len(got) != 1 || got[0].Team != "technical" {
		t.Errorf("changes %+v", got)
	}
	if err := f.store.HandOver(t.Context(), id, ben, inbox.HandOver{Team: "technical"}); !errors.Is(err, inbox.ErrConflict) {
		t.Errorf("into the queue it is in: %v", err)
	}
	if n := value[int](f, `SELECT count(*) FROM assignments WHERE ended_at IS NULL`); n != 0 {
		t.Errorf("%d assignments in force, want 0", n)
	}
	f.noGaps()
}

func TestHandingOverToNobodyIsRefusedAndLeavesNoNote(t *testing.T) {
	f := newFloor(t)
	ada, id, stranger := f.person("ada", inbox.RoleAgent, "care"), f.queued("bo"), uuid.New()
	for field, to := range map[string]inbox.HandOver{
		"agent_id": {Note: "x"}, "agent_id ": {AgentID: &ada.ID, Team: "care", Note: "x"},
		"agent_id  ": {AgentID: &stranger, Note: "x"}, "team": {Team: "nowhere", Note: "x"},
	} {
		err := f.store.HandOver(t.Context(), id, ada, to)
		if invalid, ok := errors.AsType[*inbox.InvalidError](err); !ok || invalid.Field != strings.TrimSpace(field) {
			t.Errorf("%+v: %v", to, err)
		}
	}
	if n := value[int](f, `SELECT count(*) FROM messages WHERE kind = 'note'`); n != 0 {
		t.Errorf("%d notes were left", n)
	}
}

func TestResolvingFreesTheOwnerAndMakesACase(t *testing.T) {
	f := newFloor(t)
	ada, id := f.person("ada", inbox.RoleAgent, "care"), f.queued("bo")
	f.must(f.store.Take(t.Context(), id, ada))
	f.changes()
	f.must(f.store.Resolve(t.Context(), id, ada))
	if s := f.state(id); s != "resolved care ada -" {
		t.Errorf("state %q", s)
	}
	if p := f.lastActivity(id); p != (inbox.ActivityPayload{What: inbox.DidResolve, By: "ada", Reason: "agent"}) {
		t.Errorf("the thread says %+v", p)
	}
	if n := value[int](f, `SELECT count(*) FROM vector_work WHERE kind = 'case' AND ref = $1`, id); n != 1 {
		t.Errorf("%d cases, want 1", n)
	}
	if got := f.changes(); len(got) != 1 || got[0].Team != "care" {
		t.Errorf("changes %+v", got)
	}
	again := f.says("bo", "another thing")
	if again.ConversationID == id {
		t.Error("a message after the end went into the resolved conversation")
	}
}

func TestIllegalTransitionsAreConflictsAndChangeNothing(t *testing.T) {
	f := newFloor(t)
	ada := f.person("ada", inbox.RoleAgent, "care")
	open, done := f.queued("bo"), f.queued("cy")
	f.must(f.store.Resolve(t.Context(), done, ada))
	before := value[int](f, `SELECT count(*) FROM messages`)
	ctx := t.Context()
	for name, err := range map[string]error{
		"take a resolved one":       f.store.Take(ctx, done, ada),
		"resolve a resolved one":    f.store.Resolve(ctx, done, ada),
		"hand over a resolved one":  f.store.HandOver(ctx, done, ada, inbox.HandOver{Team: "care"}),
		"prioritise a resolved one": f.store.SetPriority(ctx, done, ada, intent.Urgent),
		"reopen an open one":        f.store.Reopen(ctx, open, ada),
		"reply to a resolved one":   second(f.store.Reply(ctx, done, ada, inbox.Draft{Text: "x", ClientID: "x"})),
	} {
		if !errors.Is(err, inbox.ErrConflict) {
			t.Errorf("%s: %v, want a conflict", name, err)
		}
	}
	if after := value[int](f, `SELECT count(*) FROM messages`); after != before {
		t.Errorf("%d entries were written", after-before)
	}
	for name, err := range map[string]error{
		"take": f.store.Take(ctx, uuid.New(), ada), "resolve": f.store.Resolve(ctx, uuid.New(), ada), "reopen": f.store.Reopen(ctx, uuid.New(), ada),
		"hand over": f.store.HandOver(ctx, uuid.New(), ada, inbox.HandOver{Team: "care"}),
		"reply":     second(f.store.Reply(ctx, uuid.New(), ada, inbox.Draft{Text: "x", ClientID: "x"})),
	} {
		if !errors.Is(err, inbox.ErrNotFound) {
			t.Errorf("%s what does not exist: %v", name, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestAPriorityChangesOnceAndIsTold(t *testing.T) {
	f := newFloor(t)
	ada, id := f.person("ada", inbox.RoleAgent, "care"), f.queued("bo")
	from := value[string](f, `SELECT priority FROM conversations`)
	f.must(f.store.SetPriority(t.Context(), id, ada, intent.Urgent))
	f.must(f.store.SetPriority(t.Context(), id, ada, intent.Urgent))
	if p := f.lastActivity(id); p != (inbox.ActivityPayload{What: inbox.DidPrioritise, By: "ada", From: from, To: "urgent"}) {
		t.Errorf("the thread says %+v", p)
	}
	if n := value[int](f, `SELECT count(*) FROM messages WHERE payload->>'what' = 'priority_changed'`); n != 1 {
		t.Errorf("%d entries, want 1", n)
	}
	f.noGaps()
}

func TestACorrectedIntentMovesItToTheRightQueue(t *testing.T) {
	f := newFloor(t)
	ada, id := f.person("ada", inbox.RoleAgent, "care"), f.queued("bo")
	d := f.decision(id)
	f.changes()
	f.must(f.store.Correct(t.Context(), id, ada, inbox.Correction{DecisionID: d, Intent: "bug_report", Priority: intent.High, Reason: "the app"}, "technical"))
	if s := f.state(id); s != "open technical - -" {
		t.Errorf("state %q", s)
	}
	if s := value[string](f, `SELECT intent || ' ' || priority || ' ' || confidence FROM conversations`); s != "bug_report high 1" {
		t.Errorf("conversation is %q", s)
	}
	if p := f.lastActivity(id); p != (inbox.ActivityPayload{What: inbox.DidCorrect, By: "ada", From: "refund_request", To: "bug_report", Team: "technical", Reason: "the app"}) {
		t.Errorf("the thread says %+v", p)
	}
	if got := f.changes(); len(got) != 1 || got[0].Team != "technical" {
		t.Errorf("changes %+v", got)
	}
	f.must(f.store.Take(t.Context(), id, ada))
	f.must(f.store.Correct(t.Context(), id, ada, inbox.Correction{DecisionID: d, Intent: "refund_request"}, "care"))
	if s := f.state(id); s != "open technical ada taken:ada" {
		t.Errorf("a correction took it from its owner: %q", s)
	}
	f.noGaps()
}

func TestAWrongAnswerIsPutInFrontOfPeople(t *testing.T) {
	f := newFloor(t)
	ada := f.person("ada", inbox.RoleAgent, "care")
	for name, tc := range map[string]struct {
		before func(id uuid.UUID)
		want   string
	}{
		"while it is watched":   {func(uuid.UUID) {}, "open care - -"},
		"when somebody has it":  {func(id uuid.UUID) { f.must(f.store.Take(t.Context(), id, ada)) }, "open - ada taken:ada"},
		"after it was resolved": {func(id uuid.UUID) { f.must(f.store.Resolve(t.Context(), id, ada)) }, "open care - -"},
		"when the contact began another": {func(id uuid.UUID) {
			f.must(f.store.Resolve(t.Context(), id, ada))
			f.says("when the contact began another", "hi")
		}, "resolved - - -"},
	} {
		id := f.answered(name)
		tc.before(id)
		f.must(f.store.Correct(t.Context(), id, ada, inbox.Correction{DecisionID: f.decision(id), WrongAnswer: true, Reason: "wrong order"}, ""))
		if s := f.state(id); s != tc.want {
			t.Errorf("%s: state %q, want %q", name, s, tc.want)
		}
		if p := f.lastActivity(id); p.What != inbox.DidCallWrong || p.Reason != "wrong order" {
			t.Errorf("%s: the thread says %+v", name, p)
		}
	}
	if n := value[int](f, `SELECT count(*) FROM corrections WHERE wrong_answer`); n != 4 {
		t.Errorf("%d corrections, want 4", n)
	}
	f.noGaps()
}

func TestACorrectionOfSomethingElseIsRefused(t *testing.T) {
	f := newFloor(t)
	ada, one, two := f.person("ada", inbox.RoleAgent, "care"), f.queued("bo"), f.queued("cy")
	for field, k := range map[string]inbox.Correction{
		"decision_id":  {DecisionID: f.decision(two), Intent: "bug_report"},
		"wrong_answer": {DecisionID: f.decision(one), WrongAnswer: true},
	} {
		err := f.store.Correct(t.Context(), one, ada, k, "technical")
		if invalid, ok := errors.AsType[*inbox.InvalidError](err); !ok || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if n := value[int](f, `SELECT count(*) FROM corrections`); n != 0 {
		t.Errorf("%d corrections were stored", n)
	}
}

func TestAHandTakeAndDispatchersTogetherNeverExceedCapacity(t *testing.T) {
	f := newFloor(t)
	for i := range 20 {
		f.decide(f.says(fmt.Sprint("c", i), "complaint about this").ConversationID)
	}
	f.exec(`UPDATE conversations SET skills = '{}'`)
	ada := f.person("ada", inbox.RoleAgent, "care")
	f.exec(`UPDATE agents SET presence = 'online', absent = false, capacity = 5`)
	mine := value[uuid.UUID](f, `SELECT id FROM conversations ORDER BY id DESC LIMIT 1`)
	wins(5, func(i int) error {
		if i == 0 {
			return f.store.Take(t.Context(), mine, ada)
		}
		f.dispatch("care")
		return nil
	})
	if n := value[int](f, `SELECT count(*) FROM conversations WHERE agent_id IS NOT NULL`); n > 6 || n < 5 {
		t.Errorf("the agent has %d, want 5 or, when the hand was last, 6", n)
	}
}
