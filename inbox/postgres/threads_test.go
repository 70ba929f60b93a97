package postgres_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"usher/channels"
	"usher/inbox"
	"usher/intent"
	"usher/routing"
)

func seqs(ms []inbox.Message) []int64 {
	out := []int64{}
	for _, m := range ms {
		out = append(out, m.Seq)
	}
	return out
}

func TestMessagesAreReadOnwardAndBackward(t *testing.T) {
	f := newFloor(t)
	r := f.says("bo", "one")
	for range 6 {
		f.says("bo", "more")
	}
	for name, tc := range map[string]struct {
		after, before int64
		limit         int
		want          []int64
	}{
		"from the start": {0, 0, 3, []int64{1, 2, 3}},
		"onward":         {3, 0, 10, []int64{4, 5, 6, 7}},
		"the last":       {0, 8, 3, []int64{5, 6, 7}},
		"before":         {0, 5, 2, []int64{3, 4}},
		"between":        {2, 5, 10, []int64{3, 4}},
		"beyond":         {7, 0, 10, []int64{}},
	} {
		ms, last, err := f.store.Messages(t.Context(), r.ConversationID, tc.after, tc.before, tc.limit)
		if err != nil || last != 7 || !slices.Equal(seqs(ms), tc.want) {
			t.Errorf("%s: %v up to %d, %v; want %v up to 7", name, seqs(ms), last, err, tc.want)
		}
	}
	if _, _, err := f.store.Messages(t.Context(), uuid.New(), 0, 0, 10); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("what does not exist: %v", err)
	}
}

func TestSystemsSeeWhatTheContactSeesOnTheirInboxAddressAlone(t *testing.T) {
	f := newFloor(t)
	id, ada := f.answered("bo"), f.person("ada", inbox.RoleAgent, "care")
	if _, err := f.store.Note(t.Context(), id, ada, inbox.Draft{Text: "secret", ClientID: "n"}); err != nil {
		t.Fatal(err)
	}
	f.must(f.store.SetPriority(t.Context(), id, ada, intent.Urgent))
	ours := value[uuid.UUID](f, `SELECT id FROM inbox_addresses`)
	ms, last, err := f.store.ContactMessages(t.Context(), id, ours, 0, 0, 100)
	if err != nil || !slices.Equal(seqs(ms), []int64{1, 2}) || last != 4 {
		t.Errorf("the system sees %v up to %d, %v", seqs(ms), last, err)
	}
	if ms[1].Author != inbox.ByAutomatic || ms[1].Confidence != 0.99 {
		t.Errorf("the automatic answer is %+v", ms[1])
	}
	if _, _, err := f.store.ContactMessages(t.Context(), id, uuid.New(), 0, 0, 100); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("another system: %v", err)
	}
}

// remembers is history that always recalls the same.
type remembers struct{ evidence routing.Evidence }

func (r remembers) Recall(_ context.Context, qs []routing.Question) ([]routing.Evidence, error) {
	out := make([]routing.Evidence, len(qs))
	for i := range out {
		out[i] = r.evidence
		out[i].Similar = slices.Clone(r.evidence.Similar)
	}
	return out, nil
}

func TestWhyHereTellsPredictionEvidenceAssignmentAndCorrections(t *testing.T) {
	f := newFloor(t)
	past := f.queued("cy")
	ada := f.person("ada", inbox.RoleAgent, "care")
	f.must(f.store.Resolve(t.Context(), past, ada))
	f.pipe.History = remembers{routing.Evidence{Similar: []routing.Case{{ConversationID: past, Score: 0.9, Intent: "refund_request", Outcome: "agent", Handled: "people"}}}}

	id := f.queued("bo")
	f.must(f.store.SetPresence(t.Context(), ada.ID, inbox.Online))
	f.must(f.store.Take(t.Context(), id, ada))
	first := f.decision(id)
	f.must(f.store.Correct(t.Context(), id, ada, inbox.Correction{DecisionID: first, Intent: "complaint", Reason: "angry"}, "care"))
	f.decide(f.says("bo", "refund_request NOW").ConversationID)

	ds, err := f.store.Decisions(t.Context(), id)
	if err != nil || len(ds) != 2 || ds[1].ID != first {
		t.Fatalf("decisions are %+v, %v; want two, newest first", ds, err)
	}
	d := ds[1]
	if d.Decision.Route != routing.ToAgent || len(d.Decision.Guards) == 0 || d.Prediction.Top().Intent != "refund_request" || d.State != "done" {
		t.Errorf("trace is %+v", d)
	}
	if len(d.Evidence.Similar) != 1 || d.Evidence.Similar[0].Preview != "refund_request please" {
		t.Errorf("evidence is %+v", d.Evidence)
	}
	for i, d := range ds {
		if d.Assignment == nil || d.Assignment.AgentName != "ada" || d.Assignment.Cause != "taken" {
			t.Errorf("decision %d: assignment is %+v", i, d.Assignment)
		}
	}
	if len(d.Corrections) != 1 || d.Corrections[0].AgentName != "ada" || d.Corrections[0].Intent != "complaint" || d.Corrections[0].Reason != "angry" {
		t.Errorf("corrections are %+v", d.Corrections)
	}
	if _, err := f.store.Decisions(t.Context(), uuid.New()); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("what does not exist: %v", err)
	}

	c, err := f.store.Context(t.Context(), id)
	if err != nil || len(c.Similar) != 1 || c.Similar[0].Preview != "refund_request please" || c.Similar[0].Score != 0.9 {
		t.Errorf("context is %+v, %v", c, err)
	}
}

func TestContextHoldsContactEventsAndOtherConversations(t *testing.T) {
	f := newFloor(t)
	ada := f.person("ada", inbox.RoleAgent, "care")
	m := channels.Message{Channel: channels.API, InboxAddress: "shop", From: "bo", ContactID: "c-1", Name: "Bo", ExternalID: "a", Text: "refund_request please"}
	first, err := f.store.Receive(t.Context(), m)
	f.must(err)
	f.decide(first.ConversationID)
	f.must(f.store.Resolve(t.Context(), first.ConversationID, ada))
	m.ExternalID = "b"
	now, err := f.store.Receive(t.Context(), m)
	f.must(err)
	for i, name := range []string{"order_updated", "plan_changed"} {
		_, _, err := f.store.Track(t.Context(), "c-1", inbox.TrackedEvent{Name: name, Properties: []byte(`{"n":1}`), OccurredAt: time.Now().Add(time.Duration(i) * time.Minute)})
		f.must(err)
	}
	c, err := f.store.Context(t.Context(), now.ConversationID)
	if err != nil || c.Contact.ExternalID != "c-1" || c.Contact.Name != "Bo" {
		t.Fatalf("context is %+v, %v", c, err)
	}
	if len(c.Events) != 2 || c.Events[0].Name != "plan_changed" || string(c.Events[0].Properties) != `{"n": 1}` {
		t.Errorf("events are %+v", c.Events)
	}
	if len(c.History) != 1 || c.History[0].ID != first.ConversationID || c.History[0].ResolvedBy != "agent" {
		t.Errorf("history is %+v", c.History)
	}
	if _, err := f.store.Context(t.Context(), uuid.New()); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("what does not exist: %v", err)
	}
}

func TestThresholdsCountWhatIsKnownOfAutomaticAnswers(t *testing.T) {
	f := newFloor(t)
	ada := f.person("ada", inbox.RoleAgent, "care")
	helped, wrong, relabelled, silent := f.answered("a"), f.answered("b"), f.answered("c"), f.answered("d")
	f.exec(`INSERT INTO feedback (decision_id, helped) VALUES ($1, true)`, f.decision(helped))
	f.exec(`INSERT INTO feedback (decision_id, helped) VALUES ($1, true)`, f.decision(wrong)) // and yet an agent knows better
	f.must(f.store.Correct(t.Context(), wrong, ada, inbox.Correction{DecisionID: f.decision(wrong), WrongAnswer: true}, ""))
	f.must(f.store.Correct(t.Context(), relabelled, ada, inbox.Correction{DecisionID: f.decision(relabelled), Intent: "complaint"}, "care"))
	f.must(f.store.Correct(t.Context(), relabelled, ada, inbox.Correction{DecisionID: f.decision(relabelled), Priority: intent.High}, ""))
	_ = silent
	f.queued("e")
	rows, err := f.store.Thresholds(t.Context(), time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	want := []inbox.ThresholdRow{{Intent: "order_status", Volume: 4, Automatic: 4, Wrong: 2, Known: 3}, {Intent: "refund_request", Volume: 1}}
	if !slices.Equal(rows, want) {
		t.Errorf("got %+v, want %+v", rows, want)
	}
	if rows, err := f.store.Thresholds(t.Context(), time.Now().Add(time.Hour)); err != nil || len(rows) != 0 {
		t.Errorf("since later: %+v, %v", rows, err)
	}
}
