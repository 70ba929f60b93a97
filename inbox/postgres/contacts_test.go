package postgres_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"usher/channels"
	"usher/inbox"
)

// chats takes a message in on the web chat "web".
func (f *floor) chats(from, id, text string) channels.Receipt {
	f.Helper()
	r, err := f.store.Receive(f.Context(), channels.Message{Channel: channels.WebChat, InboxAddress: "web", From: from, ExternalID: id, Text: text})
	if err != nil {
		f.Fatal(err)
	}
	return r
}

func withChat(t *testing.T) *floor {
	f := newFloor(t)
	f.must(second(f.store.EnsureInboxAddress(t.Context(), channels.WebChat, "web", "Shop")))
	return f
}

func (f *floor) thread(address string, limit int) channels.Thread {
	f.Helper()
	th, err := f.store.Thread(f.Context(), channels.WebChat, "web", address, limit)
	if err != nil {
		f.Fatal(err)
	}
	return th
}

func texts(th channels.Thread) []string {
	var out []string
	for _, e := range th.Entries {
		out = append(out, e.Author+": "+e.Text)
	}
	return out
}

func TestAThreadIsWhatTheContactMaySeeOverAllConversations(t *testing.T) {
	f := withChat(t)
	ada, err := f.store.AddAgent(t.Context(), inbox.NewAgent{Email: "ada@example.com", Name: "Ada Lovelace", Role: inbox.RoleAgent, Teams: []string{"care"}})
	f.must(err)
	first := f.chats("v1", "m1", "order_status please")
	f.decide(first.ConversationID)
	f.answer(writer{}, f.decision(first.ConversationID))
	f.must(second(f.store.Note(t.Context(), first.ConversationID, ada, inbox.Draft{Text: "secret", ClientID: "n"})))
	f.must(f.store.Resolve(t.Context(), first.ConversationID, ada))
	now := f.chats("v1", "m2", "refund_request please")
	f.must(second(f.store.Reply(t.Context(), now.ConversationID, ada, inbox.Draft{Text: "Done", ClientID: "r"})))
	f.chats("v2", "m3", "somebody else")

	if got, want := texts(f.thread("v1", 50)), []string{"contact: order_status please", "contact: refund_request please"}; !slices.Equal(got, want) {
		t.Errorf("before anything was handed over: %q, want %q", got, want)
	}
	f.exec(`UPDATE messages SET delivery = 'sent' WHERE delivery = 'pending'`)
	th := f.thread("v1", 50)
	want := []string{"contact: order_status please", "automatic: About order_status\n\nDid that help?", "contact: refund_request please", "agent: Done"}
	if got := texts(th); !slices.Equal(got, want) {
		t.Errorf("thread is %q, want %q", got, want)
	}
	if th.ConversationID != now.ConversationID || th.Status != "waiting" {
		t.Errorf("newest is %s, %s", th.ConversationID, th.Status)
	}
	e := th.Entries
	if e[0].ExternalID != "m1" || e[1].AuthorName != "" || len(e[1].Choices) != 2 || e[3].AuthorName != "Ada" {
		t.Errorf("entries are %+v", e)
	}
	if got := texts(f.thread("v1", 2)); !slices.Equal(got, want[2:]) {
		t.Errorf("the last two are %q", got)
	}
	if th := f.thread("stranger", 50); th.ConversationID != uuid.Nil || th.Status != "" || len(th.Entries) != 0 {
		t.Errorf("a stranger sees %+v", th)
	}
}

func TestAChoiceIsShownWithWhatItAnswers(t *testing.T) {
	f := withChat(t)
	first := f.chats("v1", "m1", "order_status please")
	f.decide(first.ConversationID)
	f.answer(writer{}, f.decision(first.ConversationID))
	f.exec(`UPDATE messages SET delivery = 'sent' WHERE delivery = 'pending'`)
	asked := f.thread("v1", 50).Entries[1]
	f.must(second(f.store.Receive(t.Context(), channels.Message{Channel: channels.WebChat, InboxAddress: "web", From: "v1", ExternalID: "m2", Choice: asked.Choices[1].Value, Answers: asked.MessageID})))
	e := f.thread("v1", 50).Entries
	if last := e[len(e)-1]; last.Choice != asked.Choices[1].Value || last.Answers != asked.MessageID {
		t.Errorf("the choice is %+v", last)
	}
}

func TestDeliveryOnlyRises(t *testing.T) {
	f := withChat(t)
	ada, r := f.person("ada", inbox.RoleAgent), f.chats("v1", "m1", "hello")
	var sent []inbox.Message
	for _, text := range []string{"a", "b", "c"} {
		m, err := f.store.Reply(t.Context(), r.ConversationID, ada, inbox.Draft{Text: text, ClientID: text})
		f.must(err)
		sent = append(sent, m)
	}
	f.exec(`UPDATE messages SET delivery = 'sent' WHERE text IN ('a', 'b')`)
	f.changes()
	deliveries := func() string {
		return value[string](f, `SELECT string_agg(delivery, ' ' ORDER BY seq) FROM messages WHERE kind = 'outbound'`)
	}
	for i, step := range []struct {
		mark  func() error
		want  string
		tells int
	}{
		{func() error { return f.store.MarkRead(t.Context(), r.ConversationID, sent[0].Seq) }, "read sent pending", 1},
		{func() error { return f.store.MarkDelivered(t.Context(), r.ConversationID, sent[2].Seq) }, "read delivered pending", 1},
		{func() error { return f.store.MarkDelivered(t.Context(), r.ConversationID, sent[2].Seq) }, "read delivered pending", 0},
		{func() error { return f.store.MarkRead(t.Context(), r.ConversationID, 1000) }, "read read pending", 1},
		{func() error { return f.store.MarkRead(t.Context(), uuid.New(), 1000) }, "read read pending", 0},
	} {
		f.must(step.mark())
		if got := deliveries(); got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
		if got := f.changes(); len(got) != step.tells {
			t.Errorf("step %d: told %+v, want %d", i, got, step.tells)
		}
	}
}

func TestSitesAndPlacesAreFoundOrNot(t *testing.T) {
	f := withChat(t)
	f.exec(`UPDATE inbox_addresses SET settings = '{"origins": ["https://shop.example"], "greeting": "Hi"}' WHERE address = 'web'`)
	site, err := f.store.Site(t.Context(), "web")
	if err != nil || site.Name != "Shop" || len(site.Secret) != 32 || site.Settings.Greeting != "Hi" || len(site.Settings.Origins) != 1 {
		t.Errorf("site is %+v, %v", site, err)
	}
	for _, none := range []string{"shop", "web\x00"} {
		if _, err := f.store.Site(t.Context(), none); !errors.Is(err, channels.ErrNotFound) {
			t.Errorf("%q is no site: %v", none, err)
		}
	}
	r := f.chats("v1", "m1", "hello")
	if p, err := f.store.Place(t.Context(), r.ConversationID); err != nil || p != (channels.Place{Channel: channels.WebChat, InboxAddress: "web", Address: "v1"}) {
		t.Errorf("place is %+v, %v", p, err)
	}
	if _, err := f.store.Place(t.Context(), uuid.New()); !errors.Is(err, channels.ErrNotFound) {
		t.Errorf("what does not exist: %v", err)
	}
}

func TestPeopleAreCountedAndTheirUsualWaitMeasured(t *testing.T) {
	f := withChat(t)
	if p, err := f.store.People(t.Context(), "web"); err != nil || p != (channels.People{}) {
		t.Errorf("with nobody: %+v, %v", p, err)
	}
	ada := f.person("ada", inbox.RoleAgent)
	f.exec(`UPDATE agents SET presence = 'online', absent = false`)
	for i, who := range []string{"a", "b", "c", "d"} {
		r := f.chats(who, who, "hello")
		f.must(second(f.store.Reply(t.Context(), r.ConversationID, ada, inbox.Draft{Text: "hi", ClientID: "x"})))
		f.exec(`UPDATE conversations SET created_at = (SELECT created_at FROM messages WHERE conversation_id = $1 AND kind = 'outbound') - make_interval(mins => $2) WHERE id = $1`, r.ConversationID, i+1)
	}
	f.chats("e", "e", "nobody answered")
	if p, err := f.store.People(t.Context(), "web"); err != nil || p != (channels.People{Online: 1, Typical: 3 * time.Minute, Cases: 4}) {
		t.Errorf("people are %+v, %v", p, err)
	}
}
