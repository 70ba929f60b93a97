package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"usher/inbox"
	"usher/inbox/postgres"
	"usher/intent"
)

func TestLessonsAreCorrectedIntentsWithTheirTextsAndWhoSaidSo(t *testing.T) {
	f := newFloor(t)
	ada := f.person("Ada", inbox.RoleAgent, "care")
	began := time.Now().Add(-time.Minute)
	burst := f.says("ann", "complaint where is it").ConversationID
	f.says("ann", "hello?")
	f.decide(burst)
	f.must(f.store.Correct(t.Context(), burst, ada, inbox.Correction{DecisionID: f.decision(burst), Intent: "order_status"}, ""))
	other := f.says("ben", "complaint sing for me").ConversationID
	f.decide(other)
	d := f.decision(other)
	f.must(f.store.Correct(t.Context(), other, ada, inbox.Correction{DecisionID: d, Priority: "high"}, "")) // no intent
	f.must(f.store.Correct(t.Context(), other, ada, inbox.Correction{DecisionID: d, Intent: "oos"}, ""))
	lessons := func() string {
		t.Helper()
		ls, err := f.store.Lessons(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, l := range ls {
			if l.At.Before(began) || l.DecisionID != f.decision(l.ConversationID) {
				t.Errorf("%+v", l)
			}
			lines = append(lines, fmt.Sprintf("%s: %q is %s", l.By, l.Text, l.Intent))
		}
		return strings.Join(lines, "; ")
	}
	if got, want := lessons(), `Ada: "complaint where is it\nhello?" is order_status; Ada: "complaint sing for me" is oos`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	f.exec(`DELETE FROM contacts WHERE id = (SELECT contact_id FROM conversations WHERE id = $1)`, burst)
	if got, want := lessons(), `Ada: "complaint sing for me" is oos`; got != want {
		t.Errorf("after the contact was erased: %s", got)
	}
	f.exec(`DELETE FROM decision_inputs`)
	if got := lessons(); got != "" {
		t.Errorf("after what was decided on was erased: %s", got)
	}
}

func TestWrongAnswersWithoutABetterIntentAreRead(t *testing.T) {
	f := newFloor(t)
	ada := f.person("Ada", inbox.RoleAgent, "care")
	correct := func(from string, ks ...inbox.Correction) uuid.UUID {
		t.Helper()
		id := f.says(from, "order_status where is it").ConversationID
		f.decide(id)
		for _, k := range ks {
			k.DecisionID = f.decision(id)
			f.must(f.store.Correct(t.Context(), id, ada, k, ""))
		}
		return id
	}
	correct("ann", inbox.Correction{WrongAnswer: true}, inbox.Correction{WrongAnswer: true})
	erased := f.decision(correct("ben", inbox.Correction{WrongAnswer: true}))
	correct("cid", inbox.Correction{WrongAnswer: true, Intent: "oos"})
	correct("dan", inbox.Correction{WrongAnswer: true}, inbox.Correction{Intent: "complaint"})
	correct("eve")
	f.exec(`DELETE FROM decision_inputs WHERE decision_id = $1`, erased)
	got, err := f.store.WrongAnswers(t.Context())
	if err != nil || len(got) != 2 {
		t.Fatalf("got %+v, %v", got, err)
	}
	for _, l := range got {
		want := "order_status where is it"
		if l.DecisionID == erased {
			want = ""
		}
		if l.Intent != "order_status" || l.By != "Ada" || l.At.IsZero() || l.Text != want {
			t.Errorf("got %+v", l)
		}
	}
}

func TestCorrectionsOfPrioritiesAreCountedByTheLatestOfEachDecision(t *testing.T) {
	f := newFloor(t)
	ada := f.person("Ada", inbox.RoleAgent, "care")
	for from, priorities := range map[string][]intent.Priority{"ann": {"urgent"}, "ben": {"low", "urgent"}, "cid": {"low"}, "dan": {"high", "normal"}, "eve": nil} {
		id := f.says(from, "order_status where is it").ConversationID
		f.decide(id)
		for _, p := range priorities {
			f.must(f.store.Correct(t.Context(), id, ada, inbox.Correction{DecisionID: f.decision(id), Priority: p}, ""))
		}
	}
	got, err := f.store.PriorityChanges(t.Context())
	if want := []postgres.PriorityChange{{From: "normal", To: "urgent", Count: 2}, {From: "normal", To: "low", Count: 1}}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

func TestUnlabelledAreTheLatestMessagesThatNobodyCorrected(t *testing.T) {
	f := newFloor(t)
	ada := f.person("Ada", inbox.RoleAgent, "care")
	decided := func(from, text string) uuid.UUID {
		id := f.says(from, text).ConversationID
		f.decide(id)
		return id
	}
	decided("ann", "complaint one")
	toPerson := decided("eve", "complaint thanks Bob")
	f.exec(`UPDATE decision_inputs SET request = jsonb_set(request, '{state,person_wrote}', 'true') WHERE decision_id = $1`, f.decision(toPerson))
	two, three := decided("ben", "complaint two"), decided("cid", "complaint three")
	four := decided("dan", "complaint four")
	f.must(f.store.Correct(t.Context(), two, ada, inbox.Correction{DecisionID: f.decision(two), Intent: "pricing"}, ""))
	f.must(f.store.Correct(t.Context(), three, ada, inbox.Correction{DecisionID: f.decision(three), Priority: "high"}, ""))
	f.exec(`UPDATE decision_inputs SET request = request || '{"choice": "yes"}' WHERE decision_id = $1`, f.decision(four))
	for limit, want := range map[int]string{100: "complaint three, complaint one", 2: "complaint three"} {
		us, err := f.store.Unlabelled(t.Context(), limit)
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, u := range us {
			texts = append(texts, u.Text)
			if u.DecisionID != f.decision(u.ConversationID) || u.At.IsZero() {
				t.Errorf("%+v", u)
			}
		}
		if got := strings.Join(texts, ", "); got != want {
			t.Errorf("of %d: %s, want %s", limit, got, want)
		}
	}
}
