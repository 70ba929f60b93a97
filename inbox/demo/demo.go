// Package demo invents a company for people who look at Usher for the first time: Tarn & Field, a shop for outdoor gear
// with an app for tours, its customers, their orders, and a month of conversations. It is pure: the same seed and moment
// give the same story, and at another moment the same people say the same: only the hours at which they do move. It says
// what people did and wrote, and when; what Usher made of it is decided by whoever plays the story through a real
// installation. It imports inbox and intent.
package demo

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Company is the invented company's name.
const Company = "Tarn & Field"

// Options of a story. Zero fields take the defaults.
type Options struct {
	// Seed makes a story its own.
	Seed uint64
	// Now is the moment at which the story ends. Required.
	Now time.Time
	// Contacts is how many people write. Default 80.
	Contacts int
	// Resolved is how many conversations are done by now, beside those of the present. Default 254: 300 in all.
	Resolved int
}

// Days is how far back a story goes.
const Days = 30

// Story is what happened up to a moment.
type Story struct {
	Contacts []Contact
	// Conversations in the order of their openings. Of one contact never two are open at the same time.
	Conversations []Conversation
}

// Contact is a customer or, with an empty ID, somebody who is only visiting.
type Contact struct {
	ID         string // the company's own
	Address    string // on the web chat
	Type       string
	Name       string
	Email      string
	Attributes map[string]any
	Since      time.Time
	Events     []Event // oldest first, all in the past
}

// Event is something a contact did elsewhere.
type Event struct {
	Name       string
	Properties map[string]any
	At         time.Time
}

// State is where a conversation is to stand at the end.
type State string

// The states. A queued one waits for people, an owned one for the agent who has it, a waiting one for the contact, a
// watched one for a word on an automatic answer.
const (
	Resolved State = "resolved"
	Queued   State = "queued"
	Owned    State = "owned"
	Waiting  State = "waiting"
	Watched  State = "watched"
)

// Conversation is what its people say. Which of it is said depends on what Usher does: Reaction follows an automatic
// answer, Lines follow once people have it.
type Conversation struct {
	Contact  int    // index into Story.Contacts
	Intent   string // what the contact means
	Channel  string
	At       time.Time
	Opening  string
	State    State
	By       string // key of the agent who must get it; empty when anybody may
	Reaction Reaction
	Lines    []Line
	// Hours says that people keep to their working hours; the rest was done, or is being done, while somebody was there.
	Hours bool
	// Corrects is the reason to give when people find that the intent was not recognised; empty when they do not say.
	Corrects string
}

// Reaction is what a contact does with an automatic answer.
type Reaction struct {
	// Says is yes, no, text or silence.
	Says string
	// Text is what a contact writes: instead of pressing a button, or after "no".
	Text string
	Wait time.Duration
	// CalledWrong is the reason for which people call the answer wrong after "no"; empty when they do not.
	CalledWrong string
}

// What a contact says to an automatic answer.
const (
	SaysYes     = "yes"
	SaysNo      = "no"
	SaysText    = "text"
	SaysNothing = "silence"
)

// Line is one thing that is said or done once people have a conversation.
type Line struct {
	Kind string
	Text string
	// Team is to whom HandOver gives it; empty means a colleague.
	Team string
	Wait time.Duration // since what came before
}

// Kinds of line.
const (
	AgentSays   = "agent"
	ContactSays = "contact"
	Note        = "note"
	HandOver    = "hand_over"
)

// New invents a story.
func New(o Options) (*Story, error) {
	o.Contacts = cmp.Or(o.Contacts, 80)
	o.Resolved = cmp.Or(o.Resolved, 254)
	t, err := readTexts()
	if err != nil {
		return nil, fmt.Errorf("invent the demo: %w", err)
	}
	w := newWriter(t, o.Seed, o.Now.Truncate(time.Second))
	w.inventContacts(o.Contacts)
	if err := w.writeLiving(); err != nil {
		return nil, fmt.Errorf("invent the demo: %w", err)
	}
	if err := w.writeResolved(o.Resolved - w.resolvedSoFar()); err != nil {
		return nil, fmt.Errorf("invent the demo: %w", err)
	}
	return w.finish(), nil
}

// writer is a story in the making.
type writer struct {
	texts *texts
	luck
	now      time.Time
	contacts []*person
	talks    []Conversation
	numbers  map[int]bool          // of orders, taken
	busy     map[int][]appointment // of contacts, by index
}

func newWriter(t *texts, seed uint64, now time.Time) *writer {
	return &writer{texts: t, luck: newLuck(seed), now: now, numbers: map[int]bool{storyOrder: true}, busy: map[int][]appointment{}}
}

// appointment is a conversation of a contact, as far as it keeps others away.
type appointment struct {
	at     time.Time     // as planned: at the real moment, or up to astray away from it
	takes  time.Duration // at most
	intent string
	quiet  bool // nothing comes shortly before, lest this be taken for a repeat
}

// person is a contact with what the writer remembers of them.
type person struct {
	Contact
	plan   string
	city   string
	casual bool // types in small letters
	spent  float64
	orders int
	hero   bool
}

func (w *writer) finish() *Story {
	s := &Story{Conversations: w.talks}
	for _, p := range w.contacts {
		p.describe()
		slices.SortStableFunc(p.Events, func(a, b Event) int { return a.At.Compare(b.At) })
		s.Contacts = append(s.Contacts, p.Contact)
	}
	slices.SortStableFunc(s.Conversations, func(a, b Conversation) int { return a.At.Compare(b.At) })
	return s
}

// resolvedSoFar is how many resolved conversations the present brought along.
func (w *writer) resolvedSoFar() int {
	return len(slices.DeleteFunc(slices.Clone(w.talks), func(c Conversation) bool { return c.State != Resolved }))
}
