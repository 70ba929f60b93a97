package demo

import (
	"cmp"
	"maps"
	"reflect"
	"slices"
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
		last, of := map[int]Conversation{}, time.Time{}
		for _, c := range s.Conversations {
			if c.At.Before(of) || c.At.Before(now.Add(-Days*day)) || !c.At.Before(now) {
				r.Fatalf("%q is begun at %s, after %s and by %s", c.Opening, c.At, of, now)
			}
			of = c.At
			if before, wrote := last[c.Contact]; wrote && c.At.Sub(before.At) < longest(before) {
				r.Fatalf("%q comes %s after %q of the same contact", c.Opening, c.At.Sub(before.At), before.Opening)
			}
			last[c.Contact] = c
			checkConversation(r, s, c)
		}
	})
}

// longest is how long a conversation may take.
func longest(c Conversation) time.Duration {
	if c.State == Resolved && !c.Hours {
		return fast
	}
	return slow
}

// What hour of which weekday it is when a story is made moves its conversations, and nothing else: whoever plays it always
// sees the same people say the same.
func TestTheSameIsSaidAtAnyHour(t *testing.T) {
	told := map[Options]*Story{}
	for _, o := range []Options{{Seed: 1, Now: noon}, {Seed: 2, Now: noon}, {Seed: 3, Now: noon, Resolved: 35}} {
		told[o] = invent(t, o)
	}
	rapid.Check(t, func(r *rapid.T) {
		o := rapid.SampledFrom(slices.SortedFunc(maps.Keys(told), func(a, b Options) int { return cmp.Compare(a.Seed, b.Seed) })).Draw(r, "story")
		atNoon := told[o]
		o.Now = noon.Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(r, "minutes")) * time.Minute)
		later, err := New(o)
		if err != nil {
			r.Fatal(err)
		}
		if len(atNoon.Contacts) != len(later.Contacts) {
			r.Fatalf("%d contacts at noon, %d at %s", len(atNoon.Contacts), len(later.Contacts), o.Now)
		}
		for i, c := range later.Contacts {
			if b := atNoon.Contacts[i]; c.ID != b.ID || c.Address != b.Address || c.Type != b.Type || c.Name != b.Name || c.Email != b.Email {
				r.Fatalf("contact %d is %q (%s) at noon and %q (%s) at %s", i, b.Name, b.Type, c.Name, c.Type, o.Now)
			}
		}
		if one, other := said(atNoon), said(later); !reflect.DeepEqual(one, other) {
			for i := range one {
				if !reflect.DeepEqual(one[i], other[i]) {
					r.Fatalf("at noon:\n%+v\nat %s:\n%+v", one[i], o.Now, other[i])
				}
			}
			r.Fatalf("%d conversations at noon, %d at %s", len(one), len(other), o.Now)
		}
		if one, other := repeated(atNoon), repeated(later); !reflect.DeepEqual(one, other) {
			r.Fatalf("repeats at noon: %q; at %s: %q", one, o.Now, other)
		}
	})
}

// said is all of a story's conversations without their moments, in an order of its own.
func said(s *Story) []Conversation {
	all := slices.Clone(s.Conversations)
	for i := range all {
		all[i].At = time.Time{}
	}
	slices.SortFunc(all, func(a, b Conversation) int {
		return cmp.Or(cmp.Compare(a.Contact, b.Contact), strings.Compare(a.Opening, b.Opening), strings.Compare(string(a.State), string(b.State)),
			cmp.Compare(a.Reaction.Wait, b.Reaction.Wait))
	})
	return all
}

// repeated are the openings of those who come back for the same thing within the days that Usher looks back.
func repeated(s *Story) []string {
	var all []string
	for i, c := range s.Conversations {
		for _, b := range s.Conversations[:i] {
			if b.Contact == c.Contact && b.Intent == c.Intent && c.At.Sub(b.At) < 7*day {
				all = append(all, c.Opening)
			}
		}
	}
	slices.Sort(all)
	return all
}

// Of those who may answer, most are content, and always a few are not: the demo is to show corrections.
func TestReactionsComeAboutInTheirShares(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s, err := New(Options{Seed: rapid.Uint64().Draw(r, "seed"), Now: noon})
		if err != nil {
			r.Fatal(err)
		}
		says, wrong := map[string]int{}, 0
		for _, c := range s.Conversations {
			if c.State != Resolved || c.Intent == "return_request" {
				continue
			}
			says[c.Reaction.Says]++
			if c.Reaction.CalledWrong != "" {
				wrong++
			}
		}
		for _, c := range []struct {
			what            string
			is, least, most int
		}{
			{SaysYes, says[SaysYes], 114, 136}, {SaysText, says[SaysText], 14, 24}, {SaysNothing, says[SaysNothing], 66, 84}, {SaysNo, says[SaysNo], 16, 30},
			{"called wrong", wrong, 11, 23},
		} {
			if c.is < c.least || c.is > c.most {
				r.Fatalf("%s: %d, want %d to %d", c.what, c.is, c.least, c.most)
			}
		}
	})
}

func TestACalendarKeepsTheOrderAndTheDistances(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		now := noon.Add(time.Duration(rapid.IntRange(0, 7*24*60).Draw(r, "minutes")) * time.Minute)
		past := newPast(now)
		calendars := []calendar{past.slow, past.quick}
		type moment struct{ planned, at time.Time }
		draw := func() moment {
			c := rapid.SampledFrom(calendars).Draw(r, "calendar")
			share := rapid.Float64Range(0, 0.9999).Draw(r, "share")
			return moment{c.even(share), c.at(share)}
		}
		a, b := draw(), draw()
		if a.planned.After(b.planned) {
			a, b = b, a
		}
		if b.at.Before(a.at) {
			r.Errorf("%s comes before %s, planned the other way round", b.at, a.at)
		}
		if moved := (b.at.Sub(a.at) - b.planned.Sub(a.planned)).Abs(); moved > astray {
			r.Errorf("the distance is %s, planned %s", b.at.Sub(a.at), b.planned.Sub(a.planned))
		}
		if h := a.at.Hour(); a.at.Before(now.Add(-Days*day)) || !a.at.Before(now) || h >= 2 && h < 5 {
			r.Errorf("somebody writes at %s, seen from %s", a.at, now)
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
