package demo

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"usher/channels"
	"usher/intent"
	"usher/intent/starter"
	"usher/routing"
)

var noon = time.Date(2026, 5, 20, 12, 30, 0, 0, time.UTC)

func invent(t *testing.T, o Options) *Story {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAStoryHasThreeHundredConversationsOfEightyPeople(t *testing.T) {
	s := invent(t, Options{Seed: 1, Now: noon})
	if len(s.Contacts) != 80 || len(s.Conversations) != 300 {
		t.Fatalf("%d contacts and %d conversations, want 80 and 300", len(s.Contacts), len(s.Conversations))
	}
	states, kinds := map[State]int{}, map[string]int{}
	for _, c := range s.Conversations {
		states[c.State]++
	}
	for _, c := range s.Contacts {
		kinds[c.Type]++
	}
	if want := map[State]int{Resolved: 254, Queued: 20, Owned: 12, Waiting: 10, Watched: 4}; !reflect.DeepEqual(states, want) {
		t.Errorf("%v, want %v", states, want)
	}
	if kinds["vip"] < 5 || kinds["visitor"] < 5 || kinds["customer"] < 50 {
		t.Errorf("kinds of contact: %v", kinds)
	}
}

func TestTheSameSeedTellsTheSameStoryAndAnotherAnother(t *testing.T) {
	one, same, other := invent(t, Options{Seed: 7, Now: noon}), invent(t, Options{Seed: 7, Now: noon}), invent(t, Options{Seed: 8, Now: noon})
	if !reflect.DeepEqual(one, same) {
		t.Error("the same seed tells two stories")
	}
	if reflect.DeepEqual(one.Conversations, other.Conversations) {
		t.Error("another seed tells the same story")
	}
}

func TestEveryIntentOfTheCatalogueIsWrittenAbout(t *testing.T) {
	catalogue, err := starter.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{40, 254} {
		written := map[string]int{}
		for _, c := range invent(t, Options{Seed: 1, Now: noon, Resolved: n}).Conversations {
			written[c.Intent]++
		}
		for _, e := range append(catalogue, starter.Entry{ID: intent.OutOfScope}) {
			if written[e.ID] == 0 {
				t.Errorf("of %d resolved conversations none is about %s", n, e.ID)
			}
			delete(written, e.ID)
		}
		if len(written) > 0 {
			t.Errorf("intents that are not in the catalogue: %v", written)
		}
	}
}

func TestOpeningsVary(t *testing.T) {
	used := map[string]int{}
	for _, c := range invent(t, Options{Seed: 1, Now: noon}).Conversations {
		used[c.Opening]++
	}
	if len(used) < 220 {
		t.Errorf("%d different openings among 300", len(used))
	}
	for text, n := range used {
		if n > 6 {
			t.Errorf("%q is written %d times", text, n)
		}
	}
}

// Whatever the seed and the hour, a story holds together.
func TestAStoryHoldsTogether(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		now := noon.Add(time.Duration(rapid.IntRange(0, 14*24*60).Draw(r, "minutes")) * time.Minute)
		s, err := New(Options{Seed: rapid.Uint64().Draw(r, "seed"), Now: now, Resolved: rapid.SampledFrom([]int{35, 120, 254}).Draw(r, "resolved")})
		if err != nil {
			r.Fatal(err)
		}
		checkContacts(r, s, now)
		last, of := map[int]time.Time{}, time.Time{}
		for _, c := range s.Conversations {
			if c.At.Before(of) || c.At.Before(now.Add(-Days*day)) || !c.At.Before(now) {
				r.Fatalf("%q is begun at %s, after %s and by %s", c.Opening, c.At, of, now)
			}
			of = c.At
			if before, wrote := last[c.Contact]; wrote && c.At.Sub(before) < fast {
				r.Fatalf("%q comes %s after the contact's last conversation", c.Opening, c.At.Sub(before))
			}
			last[c.Contact] = c.At
			checkConversation(r, s, c)
		}
	})
}

func checkContacts(r *rapid.T, s *Story, now time.Time) {
	ids, addresses := map[string]bool{}, map[string]bool{}
	for _, c := range s.Contacts {
		if c.ID != "" && ids[c.ID] || addresses[c.Address] || (c.ID == "") != (c.Type == "visitor") {
			r.Fatalf("contact %q at %q of type %s", c.ID, c.Address, c.Type)
		}
		ids[c.ID], addresses[c.Address] = true, true
		for i, e := range c.Events {
			if !e.At.Before(now) || i > 0 && e.At.Before(c.Events[i-1].At) {
				r.Fatalf("event %v of %q is out of order or in the future", e, c.Name)
			}
		}
	}
}

func checkConversation(r *rapid.T, s *Story, c Conversation) {
	texts := []string{c.Opening, c.Reaction.Text, c.Reaction.CalledWrong, c.Corrects}
	took := time.Duration(0)
	for _, l := range c.Lines {
		texts = append(texts, l.Text)
		took += l.Wait
		if l.Text == "" || l.Wait <= 0 {
			r.Fatalf("%q: line %+v says nothing or takes no time", c.Opening, l)
		}
	}
	for _, text := range texts {
		if strings.ContainsAny(text, "{}") {
			r.Fatalf("a slot is left: %q", text)
		}
	}
	if took > 30*time.Hour {
		r.Fatalf("%q takes %s", c.Opening, took)
	}
	if c.State == Resolved && len(c.Lines) == 0 {
		r.Fatalf("nobody knows what to say to %q (%s)", c.Opening, c.Intent)
	}
	m := channels.Message{Channel: c.Channel, InboxAddress: "web", From: s.Contacts[c.Contact].Address, Text: c.Opening}
	if err := m.Validate(); err != nil {
		r.Fatal(err)
	}
}

func TestTheFirstCustomersOrderIsOutForDelivery(t *testing.T) {
	mara := invent(t, Options{Seed: 1, Now: noon}).Contacts[0]
	facts := routing.Facts{Name: mara.Name, At: noon, Entities: []intent.Entity{{Kind: intent.OrderNumber, Value: "10234"}}}
	for _, e := range mara.Events {
		facts.Events = append(facts.Events, routing.TrackedEvent{Name: e.Name, Properties: e.Properties, OccurredAt: e.At})
	}
	c := facts.Context()
	if mara.ID != "mara" || c.Order == nil || c.Order.Status != "out_for_delivery" || c.Order.Overdue {
		t.Errorf("order of %s: %+v", mara.ID, c.Order)
	}
	if len(c.Orders) < 3 {
		t.Errorf("%d orders, want a few to choose from", len(c.Orders))
	}
}

func TestWorkBeginsInTheMorning(t *testing.T) {
	for _, c := range []struct{ at, want string }{
		{"09:15", "20 09:15"}, {"19:59", "20 19:59"}, {"20:30", "21 08:20"}, {"03:30", "20 08:20"}, {"08:00", "20 08:00"},
	} {
		at, err := time.Parse("2006-01-02 15:04", "2026-05-20 "+c.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := AtWork(at).Format("02 15:04"); got != c.want {
			t.Errorf("%s: %s, want %s", c.at, got, c.want)
		}
	}
}
