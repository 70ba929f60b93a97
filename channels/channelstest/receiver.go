package channelstest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"usher/channels"
)

// Receiver proves that r keeps its side of the contract. The inbox address exists on the channel and may have been
// used before.
func Receiver(t *testing.T, r channels.Receiver, channel, inboxAddress string) {
	ctx := t.Context()
	message := func() channels.Message {
		return channels.Message{
			Channel: channel, InboxAddress: inboxAddress, From: "from-" + uuid.NewString(), ExternalID: uuid.NewString(), Text: "Where is my order?",
		}
	}
	t.Run("a message gets a place", func(t *testing.T) {
		got, err := r.Receive(ctx, message())
		if err != nil {
			t.Fatal(err)
		}
		if got.MessageID == uuid.Nil || got.ConversationID == uuid.Nil || got.ContactID == uuid.Nil || got.Seq < 1 || got.Duplicate {
			t.Errorf("receipt %+v, want ids, a sequence and no duplicate", got)
		}
	})
	t.Run("a repeat is a success with the ids of the first time", func(t *testing.T) {
		m := message()
		first, err := r.Receive(ctx, m)
		if err != nil {
			t.Fatal(err)
		}
		m.Text = "the provider changed its mind"
		again, err := r.Receive(ctx, m)
		if err != nil {
			t.Fatal(err)
		}
		first.Duplicate = true
		if again != first {
			t.Errorf("the repeat got %+v, want %+v", again, first)
		}
	})
	t.Run("messages without an id of their own are all kept", func(t *testing.T) {
		m := message()
		m.ExternalID = ""
		a, errA := r.Receive(ctx, m)
		b, errB := r.Receive(ctx, m)
		if err := errors.Join(errA, errB); err != nil {
			t.Fatal(err)
		}
		if a.MessageID == b.MessageID || b.Duplicate || b.Seq <= a.Seq {
			t.Errorf("got %+v and %+v, want two messages", a, b)
		}
	})
	t.Run("an unknown inbox address is not found", func(t *testing.T) {
		m := message()
		m.InboxAddress = "no-such-" + uuid.NewString()
		if _, err := r.Receive(ctx, m); !errors.Is(err, channels.ErrNotFound) {
			t.Errorf("got %v, want channels.ErrNotFound", err)
		}
	})
	t.Run("what cannot be stored is refused by field and remedy", func(t *testing.T) { refusals(t, r, message) })
	t.Run("first messages at the same instant make one conversation", func(t *testing.T) { together(t, r, message()) })
}

func refusals(t *testing.T, r channels.Receiver, message func() channels.Message) {
	for _, c := range []struct {
		name, field string
		spoil       func(*channels.Message)
	}{
		{"no sender", "from", func(m *channels.Message) { m.From = "" }},
		{"empty text", "text", func(m *channels.Message) { m.Text = " \n" }},
		{"long text", "text", func(m *channels.Message) { m.Text = strings.Repeat("a", channels.MaxText+1) }},
		{"broken UTF-8", "text", func(m *channels.Message) { m.Text = "a\xff" }},
		{"NUL", "text", func(m *channels.Message) { m.Text = "a\x00" }},
		{"long id", "external_id", func(m *channels.Message) { m.ExternalID = strings.Repeat("i", 201) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := message()
			c.spoil(&m)
			_, err := r.Receive(t.Context(), m)
			var invalid *channels.InvalidError
			if !errors.As(err, &invalid) || invalid.Field != c.field || invalid.Remedy == "" {
				t.Errorf("got %v, want a refusal of %s with a remedy", err, c.field)
			}
		})
	}
}

func together(t *testing.T, r channels.Receiver, m channels.Message) {
	const n = 8
	receipts, errs := make([]channels.Receipt, n), make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		each := m
		each.ExternalID = fmt.Sprintf("%s-%d", m.ExternalID, i)
		wg.Go(func() { receipts[i], errs[i] = r.Receive(context.WithoutCancel(t.Context()), each) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	seqs := map[int64]bool{}
	for _, got := range receipts {
		seqs[got.Seq] = true
		if got.ConversationID != receipts[0].ConversationID || got.ContactID != receipts[0].ContactID {
			t.Errorf("got %+v and %+v, want one conversation of one contact", got, receipts[0])
		}
	}
	if len(seqs) != n {
		t.Errorf("%d sequences for %d messages", len(seqs), n)
	}
}
