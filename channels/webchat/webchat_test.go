package webchat

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"usher/channels"
	"usher/channels/channelstest"
)

func TestTheWebChatKeepsTheAdaptersContract(t *testing.T) {
	channelstest.Adapt(t, func(t *testing.T, m *channelstest.Memory) channelstest.Adapter {
		b := open(t, m)
		token := ""
		return channelstest.Adapter{Channel: channels.WebChat, InboxAddress: "web", Deliver: func(t *testing.T, d channelstest.Delivery) channelstest.Answer {
			f := fields{"inbox": d.InboxAddress}
			if token != "" {
				f["visitor"] = token
			}
			br := b.dial(t, nil)
			br.sayHello(f)
			got, err := br.next()
			if websocket.CloseStatus(err) == websocket.StatusTryAgainLater {
				return channelstest.Answer{Again: true}
			}
			if err != nil {
				t.Fatal(err)
			}
			if got.Type == "welcome" {
				token = got.Visitor
				message := fields{"id": d.ID, "text": d.Text}
				if d.Choice != "" {
					message["choice"], message["answers"] = d.Choice, d.Answers
				}
				got = br.answer(message)
			}
			return channelstest.Answer{Accepted: got.Type == "accepted", MessageID: got.MessageID, Field: got.Field, Remedy: got.Remedy, Again: got.Retry > 0}
		}}
	})
}

func TestAWelcomeSaysWhatToExpect(t *testing.T) {
	b := setup(t)
	_, w := b.hello(t, nil)
	if w.Type != "welcome" || w.Company != "Acme" || len(w.Visitor) != 32 || w.Entries == nil || w.People.Online != 2 || !strings.Contains(w.People.Words, "5 minutes") {
		t.Errorf("welcome %+v", w)
	}
}

func TestALostConnectionIsResumed(t *testing.T) {
	b := setup(t)
	first, w := b.hello(t, nil)
	got := first.answer(fields{"id": "m1", "text": "hello?"})
	_ = first.conn.CloseNow()
	b.memory.Say(conversationOf(t, got), channels.ByAgent, "Maya Lindqvist", "Hello, I am here.")

	second, again := b.hello(t, fields{"visitor": w.Visitor})
	if len(again.Entries) != 2 || again.Entries[0].ClientID != "m1" || again.Entries[1].Text != "Hello, I am here." || again.Entries[1].Name != "Maya" {
		t.Errorf("after resuming: %+v", again.Entries)
	}
	if repeat := second.answer(fields{"id": "m1", "text": "hello?"}); repeat.MessageID != got.MessageID {
		t.Errorf("the message sent again became %s, it was %s", repeat.MessageID, got.MessageID)
	}
	if n := len(b.memory.Entries(channels.WebChat, "web")); n != 2 {
		t.Errorf("%d entries stored, want 2", n)
	}
}

func TestATokenIsNeverStored(t *testing.T) {
	b := setup(t)
	br, w := b.hello(t, nil)
	got := br.answer(fields{"id": "m1", "text": "hello"})
	p, err := b.memory.Place(t.Context(), conversationOf(t, got))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(p.Address, "v_") || len(p.Address) != 34 || strings.Contains(p.Address, w.Visitor) {
		t.Errorf("address %q of token %q", p.Address, w.Visitor)
	}
	if e := b.memory.Entries(channels.WebChat, "web")[0]; strings.Contains(e.ExternalID, w.Visitor) {
		t.Errorf("external id %q holds the token", e.ExternalID)
	}
}

func TestTwoVisitorsMayUseTheSameID(t *testing.T) {
	b := setup(t)
	one, _ := b.hello(t, nil)
	two, _ := b.hello(t, nil)
	if x, y := one.answer(fields{"id": "m1", "text": "a"}), two.answer(fields{"id": "m1", "text": "b"}); x.Conversation == y.Conversation {
		t.Error("one visitor got another's conversation by its id")
	}
}

func TestAnotherTabSeesWhatThisOneSends(t *testing.T) {
	b := setup(t)
	here, w := b.hello(t, nil)
	there, _ := b.hello(t, fields{"visitor": w.Visitor})
	here.answer(fields{"id": "m1", "text": "hello"})
	if got := there.until("entry").Entry; got.Text != "hello" || got.Author != channels.ByContact || got.ClientID != "m1" {
		t.Errorf("the other tab got %+v", got)
	}
}

func TestWhatTheCompanyWritesIsPushedOnce(t *testing.T) {
	b := setup(t)
	br, _ := b.hello(t, nil)
	c := conversationOf(t, br.answer(fields{"id": "m1", "text": "where is it?"}))
	id := b.memory.Say(c, channels.ByAutomatic, "", "On its way. Did that help?", channels.Choice{Value: "yes", Label: "Yes"})
	for {
		if f := br.until("entry"); f.Entry.ID == id {
			if f.Entry.Author != channels.ByAutomatic || len(f.Entry.Choices) != 1 {
				t.Errorf("pushed %+v", f.Entry)
			}
			break
		}
	}
	b.memory.Resolve(c)
	for {
		f := br.read()
		if f.Type == "entry" {
			t.Errorf("%q came again", f.Entry.Text)
		}
		if f.Type == "status" && f.Status == "resolved" {
			break
		}
	}
}

func TestAnotherContactsConversationIsNotPushed(t *testing.T) {
	b := setup(t)
	one, _ := b.hello(t, nil)
	two, _ := b.hello(t, nil)
	c := conversationOf(t, one.answer(fields{"id": "m1", "text": "mine"}))
	b.memory.Say(c, channels.ByAgent, "Maya", "for one")
	mine := conversationOf(t, two.answer(fields{"id": "m1", "text": "two's"}))
	b.memory.Say(mine, channels.ByAgent, "Maya", "for two")
	for {
		f := two.until("entry")
		if f.Entry.Conversation == c {
			t.Fatalf("two got %q", f.Entry.Text)
		}
		if f.Entry.Text == "for two" {
			return
		}
	}
}

func TestIdentifiedPeople(t *testing.T) {
	good := hex.EncodeToString(sign(secret, "user-42"))
	for _, c := range []struct {
		name string
		user fields
		want string // field refused, "" for a welcome
	}{
		{"a signed id is that person", fields{"id": "user-42", "hash": good, "name": "Zoë"}, ""},
		{"upper case hex is the same hash", fields{"id": "user-42", "hash": strings.ToUpper(good)}, ""},
		{"a wrong hash is refused", fields{"id": "user-42", "hash": strings.Repeat("0", 64)}, "user.hash"},
		{"another's hash is refused", fields{"id": "user-43", "hash": good}, "user.hash"},
		{"no hash is refused", fields{"id": "user-42"}, "user.hash"},
		{"half a hash is refused", fields{"id": "user-42", "hash": good[:32]}, "user.hash"},
		{"no id is refused", fields{"hash": good}, "user.id"},
		{"an endless id is refused", fields{"id": strings.Repeat("x", 201), "hash": good}, "user.id"},
		{"an endless name is refused", fields{"id": "user-42", "hash": good, "name": strings.Repeat("x", 201)}, "user.name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := setup(t)
			br, got := b.hello(t, fields{"user": c.user})
			if c.want != "" {
				if got.Type != "refused" || got.Field != c.want || got.Remedy == "" {
					t.Errorf("got %+v, want a refusal of %s", got, c.want)
				}
				if code := br.closed(); code != statusRefused {
					t.Errorf("closed with %d, want %d", code, statusRefused)
				}
				return
			}
			if got.Type != "welcome" || got.Visitor != "" {
				t.Fatalf("got %+v, want a welcome without a token", got)
			}
			p, err := b.memory.Place(t.Context(), conversationOf(t, br.answer(fields{"id": "m1", "text": "hello"})))
			if err != nil || p.Address != "u_user-42" {
				t.Errorf("address %q, %v", p.Address, err)
			}
		})
	}
}

func TestAMadeUpTokenIsRefused(t *testing.T) {
	b := setup(t)
	if _, got := b.hello(t, fields{"visitor": "abc"}); got.Type != "refused" || got.Field != "visitor" {
		t.Errorf("got %+v", got)
	}
}

func TestOnlyAllowedOriginsMayTalk(t *testing.T) {
	b := setup(t)
	b.memory.Add(channels.WebChat, channels.Site{Address: "web", Name: "Acme", Settings: channels.SiteSettings{Origins: []string{"https://shop.example"}}})
	for origin, allowed := range map[string]bool{
		"https://shop.example": true, "https://SHOP.example": true, b.url: true,
		"http://shop.example": false, "https://shop.example.evil.example": false, "": false, "null": false,
	} {
		t.Run(origin, func(t *testing.T) {
			h := http.Header{}
			if origin != "" {
				h.Set("Origin", origin)
			}
			got := b.dial(t, h).hello(nil)
			if welcomed := got.Type == "welcome"; welcomed != allowed || !allowed && got.Field != "origin" {
				t.Errorf("got %+v, allowed should be %v", got, allowed)
			}
		})
	}
}

func TestAFloodIsRefusedWithTheTimeToWait(t *testing.T) {
	b := setup(t)
	br, w := b.hello(t, nil)
	for i := range messageBurst {
		if got := br.answer(fields{"id": "m" + string(rune('a'+i)), "text": "x"}); got.Type != "accepted" {
			t.Fatalf("message %d: %+v", i, got)
		}
	}
	if got := br.answer(fields{"id": "more", "text": "x"}); got.Type != "refused" || got.ID != "more" || got.Retry < 1 || got.Retry > 2 {
		t.Errorf("got %+v, want a refusal with a retry of 1 or 2 seconds", got)
	}
	// Coming back does not open the tap again.
	again, _ := b.hello(t, fields{"visitor": w.Visitor})
	if got := again.answer(fields{"id": "more", "text": "x"}); got.Type != "refused" {
		t.Errorf("a new connection got %+v", got)
	}
	if n := len(b.memory.Entries(channels.WebChat, "web")); n != messageBurst {
		t.Errorf("%d entries stored, want %d", n, messageBurst)
	}
}

func TestTooManyFramesEndTheConnection(t *testing.T) {
	b := setup(t)
	br, _ := b.hello(t, nil)
	for range frameBurst + 50 {
		if br.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"ping"}`)) != nil {
			break
		}
	}
	if code := br.closed(); code != websocket.StatusTryAgainLater {
		t.Errorf("closed with %d", code)
	}
}

func TestWhatIsNotTheProtocolEndsTheConnection(t *testing.T) {
	for name, raw := range map[string]string{
		"not JSON": "hello", "two objects": `{"type":"hello","inbox":"web"}{}`, "an unknown field": `{"type":"hello","inbox":"web","colour":"red"}`,
		"not UTF-8":       "{\"type\":\"hello\",\"inbox\":\"web\",\"visitor\":\"\xff\"}",
		"not hello first": `{"type":"message","id":"m1","text":"x"}`,
	} {
		t.Run(name, func(t *testing.T) {
			br := setup(t).dial(t, nil)
			br.raw(raw)
			if got := br.read(); got.Type != "refused" || got.Remedy == "" {
				t.Errorf("got %+v", got)
			}
			if code := br.closed(); code != statusBadHello {
				t.Errorf("closed with %d", code)
			}
		})
	}
}

func TestAFrameTooBigEndsTheConnection(t *testing.T) {
	b := setup(t)
	br, _ := b.hello(t, nil)
	_ = br.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"message","id":"m1","text":"`+strings.Repeat("a", maxFrame)+`"}`))
	if code := br.closed(); code != websocket.StatusMessageTooBig {
		t.Errorf("closed with %d", code)
	}
}

func TestMessagesAreCheckedBeforeTheyCost(t *testing.T) {
	b := setup(t)
	br, _ := b.hello(t, nil)
	for name, c := range map[string]struct {
		f     fields
		field string
	}{
		"no id":               {fields{"text": "x"}, "id"},
		"an odd id":           {fields{"id": "a b", "text": "x"}, "id"},
		"a long id":           {fields{"id": strings.Repeat("a", 65), "text": "x"}, "id"},
		"a choice of nothing": {fields{"id": "m1", "text": "x", "choice": "yes"}, "answers"},
		"a foreign entry":     {fields{"id": "m1", "text": "x", "choice": "yes", "answers": uuid.New()}, "answers"},
	} {
		if got := br.answer(c.f); got.Type != "refused" || got.Field != c.field || got.Retry != 0 {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	br.say(fields{"type": "dance"})
	if got := br.until("refused"); got.Field != "type" {
		t.Errorf("got %+v", got)
	}
}

func TestOnlyWhatWasOfferedCanBeChosen(t *testing.T) {
	b := setup(t)
	br, _ := b.hello(t, nil)
	c := conversationOf(t, br.answer(fields{"id": "m1", "text": "where is it?"}))
	offer := b.memory.Say(c, channels.ByAutomatic, "", "Did that help?", channels.Choice{Value: "yes", Label: "Yes"})
	for br.until("entry").Entry.ID != offer {
		continue
	}
	if got := br.answer(fields{"id": "m2", "text": "No", "choice": "no", "answers": offer}); got.Type != "refused" || got.Field != "choice" {
		t.Errorf("what was not offered: %+v", got)
	}
	if got := br.answer(fields{"id": "m3", "text": "Yes", "choice": "yes", "answers": offer}); got.Type != "accepted" {
		t.Errorf("what was offered: %+v", got)
	}
}

func TestMarksAreRaisedInOnesOwnThread(t *testing.T) {
	b := setup(t)
	br, _ := b.hello(t, nil)
	c := conversationOf(t, br.answer(fields{"id": "m1", "text": "hello"}))
	b.memory.Say(c, channels.ByAgent, "Maya", "hello")
	br.say(fields{"type": "seen", "conversation": c, "seq": 2, "state": "delivered"})
	br.settled()
	if got := b.memory.Delivery(c, 2); got != "delivered" {
		t.Errorf("it is marked %s", got)
	}
	br.say(fields{"type": "seen", "conversation": c, "seq": 2, "state": "read"})
	br.settled()
	if got := b.memory.Delivery(c, 2); got != "read" {
		t.Errorf("it is marked %s", got)
	}

	stranger, _ := b.hello(t, nil)
	b.memory.Say(c, channels.ByAgent, "Maya", "more")
	stranger.say(fields{"type": "seen", "conversation": c, "seq": 3, "state": "read"})
	if got := stranger.until("refused"); got.Field != "conversation" {
		t.Errorf("got %+v", got)
	}
	if got := b.memory.Delivery(c, 3); got != "sent" {
		t.Errorf("a stranger marked it %s", got)
	}
	br.say(fields{"type": "seen", "conversation": c, "seq": 3, "state": "eaten"})
	if got := br.until("refused"); got.Field != "state" {
		t.Errorf("got %+v", got)
	}
}

func TestAPushWaitsOutABrokenStore(t *testing.T) {
	b := setup(t)
	br, _ := b.hello(t, nil)
	br.say(fields{"type": "message", "id": "m1", "text": "hello"})
	var accepted frame
	for pushed := false; accepted.Type == "" || !pushed; { // either may come first; with both, the thread is quiet
		switch f := br.read(); f.Type {
		case "accepted":
			accepted = f
		case "entry":
			pushed = true
		}
	}
	b.memory.Fail(errors.New("the database is away"))
	id := b.memory.Say(conversationOf(t, accepted), channels.ByAgent, "Maya", "still there")
	b.memory.Fail(nil)
	for br.until("entry").Entry.ID != id {
	}
}

func TestABrokenStoreAsksForAnotherTry(t *testing.T) {
	b := setup(t)
	br, _ := b.hello(t, nil)
	b.memory.Fail(errors.New("the database is away"))
	if got := br.answer(fields{"id": "m1", "text": "hello"}); got.Type != "refused" || got.Retry < 1 || strings.Contains(got.Remedy, "database") {
		t.Errorf("got %+v", got)
	}
	late := b.dial(t, nil)
	late.say(fields{"type": "hello", "inbox": "web"})
	if code := late.closed(); code != websocket.StatusTryAgainLater {
		t.Errorf("a hello was closed with %d", code)
	}
}

func TestAReaderTooSlowIsDropped(t *testing.T) {
	b := setup(t)
	br, _ := b.hello(t, nil)
	c := conversationOf(t, br.answer(fields{"id": "m1", "text": "hello"}))
	var s *session
	b.server.hub.mu.Lock()
	for t := range b.server.hub.sessions {
		for s = range b.server.hub.sessions[t] {
		}
	}
	b.server.hub.mu.Unlock()
	text := strings.Repeat("x", 60<<10)
	for !dropped(s) {
		b.memory.Say(c, channels.ByAgent, "Maya", text)
		if err := b.server.push(t.Context(), s.thread); err != nil {
			t.Fatal(err)
		}
	}
	if code := br.closed(); code != websocket.StatusTryAgainLater {
		t.Errorf("closed with %d", code)
	}
}

func dropped(s *session) bool {
	select {
	case <-s.gone:
		return true
	default:
		return false
	}
}

func TestTabsOfOneContactAreBounded(t *testing.T) {
	b := setup(t, func(o *Options) { o.MaxPerAddress = 2 })
	_, w := b.hello(t, nil)
	b.hello(t, fields{"visitor": w.Visitor})
	if _, got := b.hello(t, fields{"visitor": w.Visitor}); got.Type != "refused" || got.Remedy == "" {
		t.Errorf("a third tab got %+v", got)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	b := setup(t, func(o *Options) { o.MaxConnections = 1 })
	b.hello(t, nil)
	resp, err := http.Get(b.url + "/widget/ws")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("got %s", resp.Status)
	}
}

func TestAStopTellsBrowsersToComeBack(t *testing.T) {
	b := setup(t)
	br, _ := b.hello(t, nil)
	silent := b.dial(t, nil) // has not even said hello
	codes := make(chan websocket.StatusCode, 2)
	go func() { codes <- br.closed() }()
	go func() { codes <- silent.closed() }()
	b.stop()
	for range 2 {
		if code := <-codes; code != websocket.StatusServiceRestart {
			t.Errorf("closed with %d", code)
		}
	}
}

func TestWordsAboutWaitingAreRenewed(t *testing.T) {
	b := setup(t, func(o *Options) { o.PeopleEvery = 5 * time.Millisecond })
	br, _ := b.hello(t, nil)
	b.memory.SetPeople("web", channels.People{})
	if got := br.until("people"); !got.People.Away {
		t.Errorf("got %+v", got.People)
	}
}

func TestPingIsAnswered(t *testing.T) {
	b := setup(t)
	br, _ := b.hello(t, nil)
	br.say(fields{"type": "ping"})
	br.until("pong")
}
