package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"usher/channels"
	"usher/inbox"
)

func TestReopeningGivesItToWhoDoesUnlessTheContactBeganAnother(t *testing.T) {
	f := newFloor(t)
	ada, ben, id := f.person("ada", inbox.RoleAgent, "care"), f.person("ben", inbox.RoleAgent, "care"), f.queued("bo")
	f.must(f.store.Resolve(t.Context(), id, ada))
	f.must(f.store.Reopen(t.Context(), id, ben))
	if s := f.state(id); s != "open care ben taken:ben" {
		t.Errorf("state %q", s)
	}
	if n := value[int](f, `SELECT count(*) FROM vector_work WHERE kind = 'case'`); n != 0 {
		t.Error("it is still to become a case")
	}
	f.must(f.store.Resolve(t.Context(), id, ben))
	other := f.says("bo", "hello again")
	err := f.store.Reopen(t.Context(), id, ben)
	if !errors.Is(err, inbox.ErrConflict) || !strings.Contains(err.Error(), other.ConversationID.String()) {
		t.Errorf("with another one open: %v, want a conflict that names %s", err, other.ConversationID)
	}
	f.noGaps()
}

func TestReopeningAndANewMessageAtOnceLeaveOneOpen(t *testing.T) {
	f := newFloor(t)
	ada := f.person("ada", inbox.RoleAgent, "care")
	for i := range 20 {
		from := fmt.Sprint("bo", i)
		id := f.queued(from)
		f.must(f.store.Resolve(t.Context(), id, ada))
		wins(2, func(who int) error {
			if who == 0 {
				f.says(from, "hello")
				return nil
			}
			err := f.store.Reopen(t.Context(), id, ada)
			if err != nil && !errors.Is(err, inbox.ErrConflict) {
				t.Errorf("reopen: %v", err)
			}
			return err
		})
	}
	if n := value[int](f, `SELECT count(*) FROM (SELECT contact_id FROM conversations WHERE status <> 'resolved' GROUP BY contact_id HAVING count(*) <> 1) x`); n != 0 {
		t.Errorf("%d contacts have none or several open", n)
	}
}

// Addresses have locks of their own, so that only the constraint sees both.
func TestReopeningWhileTheContactWritesFromAnotherAddressIsAConflict(t *testing.T) {
	f := newFloor(t)
	ada := f.person("ada", inbox.RoleAgent, "care")
	writes := func(who, device string) uuid.UUID {
		r, err := f.store.Receive(t.Context(), channels.Message{Channel: channels.API, InboxAddress: "shop", From: device + who, ContactID: who, ExternalID: device + who, Text: "order_status please"})
		if err != nil {
			t.Errorf("receive: %v", err)
		}
		return r.ConversationID
	}
	for i := range 20 {
		who := fmt.Sprint("bo", i)
		id := writes(who, "phone")
		f.decide(id)
		f.must(f.store.Resolve(t.Context(), id, ada))
		wins(2, func(n int) error {
			if n == 0 {
				writes(who, "laptop")
				return nil
			}
			err := f.store.Reopen(t.Context(), id, ada)
			if err != nil && !errors.Is(err, inbox.ErrConflict) {
				t.Errorf("reopen: %v", err)
			}
			return err
		})
	}
}
