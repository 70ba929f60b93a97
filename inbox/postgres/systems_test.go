package postgres_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"usher/channels"
	"usher/inbox"
)

func TestAKeyStandsForItsInboxAddressUntilItIsRevoked(t *testing.T) {
	f := newFloor(t)
	address, err := f.store.EnsureInboxAddress(t.Context(), channels.API, "other", "Other")
	f.must(err)
	key, err := f.store.MakeAPIKey(t.Context(), " shop system ", address)
	f.must(err)
	got, err := f.store.FindAPIKey(t.Context(), key)
	if err != nil || got.Name != "shop system" || got.InboxAddressID != address || got.InboxAddress != "other" || got.Channel != channels.API {
		t.Fatalf("key is %+v, %v", got, err)
	}
	if !strings.HasPrefix(key, "usher_") || len(key) < 40 || value[int](f, `SELECT count(*) FROM api_keys WHERE hash = sha256(convert_to($1, 'UTF8'))`, key) != 1 {
		t.Errorf("key %q is not kept as its hash", key)
	}
	all, err := f.store.APIKeys(t.Context())
	if err != nil || len(all) != 1 || all[0] != got {
		t.Errorf("keys are %+v, %v", all, err)
	}
	f.must(f.store.RevokeAPIKey(t.Context(), got.ID))
	for _, dead := range []string{key, "usher_unknown", ""} {
		if _, err := f.store.FindAPIKey(t.Context(), dead); !errors.Is(err, inbox.ErrAuth) {
			t.Errorf("key %q: %v", dead, err)
		}
	}
	if err := f.store.RevokeAPIKey(t.Context(), got.ID); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("revoking it again: %v", err)
	}
	if all, err := f.store.APIKeys(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("keys are %+v, %v", all, err)
	}
}

func TestAKeyNeedsANameAndAnAPIAddress(t *testing.T) {
	f := newFloor(t)
	chat, err := f.store.EnsureInboxAddress(t.Context(), channels.WebChat, "web", "Web")
	f.must(err)
	if _, err := f.store.MakeAPIKey(t.Context(), "x", chat); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("for a web chat: %v", err)
	}
	if _, err := f.store.MakeAPIKey(t.Context(), " ", uuid.New()); !errors.Is(err, inbox.ErrInvalid) {
		t.Errorf("without a name: %v", err)
	}
}

func TestAnInboxAddressNeedsAnAddressAndAName(t *testing.T) {
	f := newFloor(t)
	for _, bad := range [][2]string{{"", "Shop"}, {strings.Repeat("x", 321), "Shop"}, {"a\x00", "Shop"}, {"\xff", "Shop"}, {"shop", ""}, {"shop", strings.Repeat("x", 201)}} {
		if _, err := f.store.EnsureInboxAddress(t.Context(), channels.API, bad[0], bad[1]); !errors.Is(err, inbox.ErrInvalid) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
	if n := value[int](f, `SELECT count(*) FROM inbox_addresses WHERE channel = 'api'`); n > 1 {
		t.Errorf("%d addresses were made", n)
	}
}

func TestAnInboxAddressKeepsItsSecret(t *testing.T) {
	f := newFloor(t)
	first, err := f.store.EnsureInboxAddress(t.Context(), channels.WebChat, "web", "Web")
	f.must(err)
	before := value[string](f, `SELECT name || encode(secret, 'hex') FROM inbox_addresses WHERE address = 'web'`)
	again, err := f.store.EnsureInboxAddress(t.Context(), channels.WebChat, "web", "Another name")
	f.must(err)
	if again != first || value[string](f, `SELECT name || encode(secret, 'hex') FROM inbox_addresses WHERE address = 'web'`) != before {
		t.Error("the address that existed was changed")
	}
	if len(before) != len("Web")+64 {
		t.Errorf("name and secret are %q", before)
	}
}

func TestTrackingMakesTheContactAndARepeatIsANoOp(t *testing.T) {
	f := newFloor(t)
	e := inbox.TrackedEvent{Name: "order_updated", Properties: json.RawMessage(`{"order_id":"10234"}`), ExternalID: "e1", OccurredAt: time.Now()}
	ids := make([]uuid.UUID, 10)
	fresh := wins(10, func(i int) error {
		id, duplicate, err := f.store.Track(t.Context(), "c-1", e)
		ids[i] = id
		if duplicate {
			return errors.New("duplicate")
		}
		return err
	})
	if fresh != 1 {
		t.Errorf("%d of 10 were new, want 1", fresh)
	}
	for _, id := range ids {
		if id != ids[0] || id == uuid.Nil {
			t.Errorf("ids are %v", ids)
		}
	}
	if s := value[string](f, `SELECT count(*) || ' ' || min(type) FROM contacts`); s != "1 customer" {
		t.Errorf("contacts: %q", s)
	}
	e.ExternalID = ""
	for range 2 {
		if _, duplicate, err := f.store.Track(t.Context(), "c-1", e); err != nil || duplicate {
			t.Errorf("without an id: %v, %v", duplicate, err)
		}
	}
}

func ptr[T any](v T) *T { return &v }

func TestIdentifyMergesAttributesAndLeavesWhatIsNotSaid(t *testing.T) {
	f := newFloor(t)
	raw := func(s string) json.RawMessage { return json.RawMessage(s) }
	c, err := f.store.Identify(t.Context(), inbox.Identity{ContactID: "c-1", Type: ptr("vip"), Name: ptr("Bo"),
		Attributes: map[string]json.RawMessage{"plan": raw(`"pro"`), "seats": raw(`12345678901234567890`), "deep": raw(`{"a":null}`)}})
	if err != nil || c.Type != "vip" || c.Name != "Bo" || string(c.Attributes) != `{"deep": {"a": null}, "plan": "pro", "seats": 12345678901234567890}` {
		t.Fatalf("contact is %+v, %v", c, err)
	}
	again, err := f.store.Identify(t.Context(), inbox.Identity{ContactID: "c-1", Email: ptr("bo@example.com"),
		Attributes: map[string]json.RawMessage{"plan": raw("null"), "new": raw("true"), "never": raw("null")}})
	if err != nil || again.ID != c.ID || again.Type != "vip" || again.Name != "Bo" || again.Email != "bo@example.com" ||
		string(again.Attributes) != `{"new": true, "deep": {"a": null}, "seats": 12345678901234567890}` {
		t.Errorf("contact is %+v %s, %v", again, again.Attributes, err)
	}
	plain, err := f.store.Identify(t.Context(), inbox.Identity{ContactID: "c-2"})
	if err != nil || plain.Type != "customer" || string(plain.Attributes) != "{}" {
		t.Errorf("contact is %+v, %v", plain, err)
	}
}

func TestAttributesAreBoundedInAll(t *testing.T) {
	f := newFloor(t)
	big := json.RawMessage(`"` + strings.Repeat("x", 30<<10) + `"`)
	for i, name := range []string{"a", "b", "c"} {
		_, err := f.store.Identify(t.Context(), inbox.Identity{ContactID: "c-1", Attributes: map[string]json.RawMessage{name: big}})
		if (err != nil) != (i == 2) || err != nil && !errors.Is(err, inbox.ErrInvalid) {
			t.Errorf("attribute %s: %v", name, err)
		}
	}
	if n := value[int](f, `SELECT count(*) FROM contacts, jsonb_object_keys(attributes)`); n != 2 {
		t.Errorf("%d attributes are kept, want 2", n)
	}
}

func TestAVisitorWhoIsIdentifiedKeepsTheConversation(t *testing.T) {
	f := newFloor(t)
	f.must(second(f.store.Identify(t.Context(), inbox.Identity{ContactID: "c-1", Name: ptr("Bo")})))
	visitor := f.says("browser-7", "refund_request please")
	other := f.says("browser-8", "order_status please")
	for id := range 2 { // in the vectors of two embedders
		f.exec(fmt.Sprintf(`CREATE TABLE vectors_%[1]d PARTITION OF message_vectors FOR VALUES IN (%[1]d)`, id))
		f.exec(`INSERT INTO message_vectors (model_id, message_id, contact_id, embedding, created_at)
			SELECT $1, m.id, c.contact_id, '[1,0,0]', m.created_at FROM messages m JOIN conversations c ON c.id = m.conversation_id`, id)
	}
	known, err := f.store.Receive(t.Context(), channels.Message{Channel: channels.API, InboxAddress: "shop", From: "browser-7", ContactID: "c-1", ExternalID: "k", Text: "it is me"})
	f.must(err)
	if known.ConversationID != visitor.ConversationID {
		t.Error("the conversation of the visitor was left behind")
	}
	c, err := f.store.Conversation(t.Context(), known.ConversationID)
	if err != nil || c.Contact.ExternalID != "c-1" || c.Contact.Name != "Bo" {
		t.Errorf("conversation is of %+v, %v", c.Contact, err)
	}
	// What history knows of the visitor's messages goes along, in every space; of others nothing does.
	if n := value[int](f, `SELECT count(*) FROM message_vectors WHERE contact_id = $1`, c.Contact.ID); n != 2 {
		t.Errorf("%d vectors went along, want 2", n)
	}
	if n := value[int](f, `SELECT count(*) FROM message_vectors v JOIN conversations c ON c.contact_id = v.contact_id WHERE c.id = $1`, other.ConversationID); n != 2 {
		t.Errorf("somebody else has %d vectors, want 2", n)
	}
}
