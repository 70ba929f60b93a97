package postgres_test

import (
	"testing"

	"usher/channels"
)

func TestARepeatFromANewAddressMakesNoContact(t *testing.T) {
	f := newFloor(t)
	first := f.says("ada", "hello")
	again, err := f.store.Receive(t.Context(), channels.Message{Channel: channels.API, InboxAddress: "shop", From: "bo", ExternalID: "m1", Text: "hello"})
	if err != nil {
		t.Fatal(err)
	}
	if !again.Duplicate || again.MessageID != first.MessageID || again.ContactID != first.ContactID || again.ConversationID != first.ConversationID {
		t.Errorf("the repeat is told as %+v, the first time as %+v", again, first)
	}
	if n := value[int](f, `SELECT count(*) FROM contacts`); n != 1 {
		t.Errorf("%d contacts, want 1", n)
	}
}
