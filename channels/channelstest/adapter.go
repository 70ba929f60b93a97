package channelstest

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"usher/channels"
)

// Delivery is one message as a contact or provider hands it to an adapter, each time from the same contact.
type Delivery struct {
	InboxAddress string
	ID           string // the sender's id of the message
	Text         string
	Choice       string
	Answers      uuid.UUID
}

// Answer is what the adapter said. Nothing is set when it closed the connection or the like.
type Answer struct {
	Accepted  bool
	MessageID uuid.UUID
	// Field and Remedy of a refusal. Again is true when the adapter invites another try.
	Field, Remedy string
	Again         bool
}

// Adapter is how the suite drives an adapter that was opened on a Memory.
type Adapter struct {
	Channel      string
	InboxAddress string
	// Deliver hands in one message and waits for the answer.
	Deliver func(t *testing.T, d Delivery) Answer
}

// Adapt proves that an adapter keeps the contract. open starts it on a fresh memory, with the inbox address added,
// and ends it with the test.
func Adapt(t *testing.T, open func(t *testing.T, m *Memory) Adapter) {
	setup := func(t *testing.T) (*Memory, Adapter) {
		m := NewMemory()
		return m, open(t, m)
	}
	t.Run("accepts a message once it is stored", func(t *testing.T) {
		m, a := setup(t)
		got := a.accept(t, Delivery{ID: "one", Text: "Where is my order?"})
		stored := m.Entries(a.Channel, a.InboxAddress)
		if len(stored) != 1 || stored[0].Text != "Where is my order?" || stored[0].MessageID != got.MessageID {
			t.Errorf("stored %+v, answered %+v", stored, got)
		}
	})
	t.Run("a repeat is accepted and stored once", func(t *testing.T) {
		m, a := setup(t)
		first := a.accept(t, Delivery{ID: "one", Text: "hello"})
		again := a.accept(t, Delivery{ID: "one", Text: "hello"})
		if first.MessageID != again.MessageID {
			t.Errorf("the repeat became message %s, the first was %s", again.MessageID, first.MessageID)
		}
		a.stored(t, m, 1)
	})
	t.Run("a text at the limit is accepted whole", func(t *testing.T) {
		m, a := setup(t)
		text := strings.Repeat("é", channels.MaxText/2)
		a.accept(t, Delivery{ID: "one", Text: text})
		if got := m.Entries(a.Channel, a.InboxAddress)[0].Text; got != text {
			t.Errorf("stored %d bytes of %d", len(got), len(text))
		}
	})
	t.Run("a button comes back as the choice with the entry that offered it", func(t *testing.T) { choices(t, setup) })
	t.Run("refuses by field and remedy and stores nothing", func(t *testing.T) { refusedDeliveries(t, setup) })
	t.Run("an unknown inbox address is refused", func(t *testing.T) {
		m, a := setup(t)
		if got := a.Deliver(t, Delivery{InboxAddress: "no-such-inbox", ID: "one", Text: "hello"}); got.Accepted || got.Again || got.Remedy == "" {
			t.Errorf("answered %+v, want a refusal for good", got)
		}
		a.stored(t, m, 0)
	})
	t.Run("too much at once invites another try, which is accepted", func(t *testing.T) {
		m, a := setup(t)
		a.accept(t, Delivery{ID: "zero", Text: "hello"})
		m.Fail(channels.ErrBusy)
		if got := a.Deliver(t, Delivery{InboxAddress: a.InboxAddress, ID: "one", Text: "hello"}); got.Accepted || !got.Again {
			t.Errorf("answered %+v, want an invitation to try again", got)
		}
		m.Fail(nil)
		a.accept(t, Delivery{ID: "one", Text: "hello"})
		a.stored(t, m, 2)
	})
}

func choices(t *testing.T, setup func(*testing.T) (*Memory, Adapter)) {
	m, a := setup(t)
	a.accept(t, Delivery{ID: "one", Text: "where is it?"})
	conversation := m.Entries(a.Channel, a.InboxAddress)[0].ConversationID
	offer := m.Say(conversation, channels.ByAutomatic, "", "Did that help?", channels.Choice{Value: "yes", Label: "Yes"}, channels.Choice{Value: "no", Label: "No"})
	a.accept(t, Delivery{ID: "two", Text: "No", Choice: "no", Answers: offer})
	stored := m.Entries(a.Channel, a.InboxAddress)
	if last := stored[len(stored)-1]; last.Choice != "no" || last.Answers != offer || last.Text != "No" {
		t.Errorf("stored %+v, want the choice and the entry that offered it", last)
	}
}

func refusedDeliveries(t *testing.T, setup func(*testing.T) (*Memory, Adapter)) {
	for _, c := range []struct{ name, text, field string }{
		{"empty text", " \n ", "text"},
		{"long text", strings.Repeat("a", channels.MaxText+1), "text"},
		{"NUL", "a\x00b", "text"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, a := setup(t)
			got := a.Deliver(t, Delivery{InboxAddress: a.InboxAddress, ID: "one", Text: c.text})
			if got.Accepted || got.Field != c.field || got.Remedy == "" || got.Again {
				t.Errorf("answered %+v, want a refusal of %s for good", got, c.field)
			}
			a.stored(t, m, 0)
		})
	}
}

func (a Adapter) accept(t *testing.T, d Delivery) Answer {
	t.Helper()
	d.InboxAddress = a.InboxAddress
	got := a.Deliver(t, d)
	if !got.Accepted {
		t.Fatalf("%q was not accepted: %+v", d.ID, got)
	}
	return got
}

func (a Adapter) stored(t *testing.T, m *Memory, want int) {
	t.Helper()
	if got := m.Entries(a.Channel, a.InboxAddress); len(got) != want {
		t.Errorf("%d entries are stored, want %d", len(got), want)
	}
}
