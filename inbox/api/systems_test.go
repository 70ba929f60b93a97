package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"usher/channels"
	"usher/inbox"
	"usher/inbox/api"
)

const messages = "/api/v1/messages"

func TestAMessageIsAcceptedOnceUnderEitherKey(t *testing.T) {
	h := newHouse(t)
	first := h.call(h.key, "POST", messages, map[string]any{"text": "hello", "from": "bo", "external_id": "m1"})
	h.wants("first", first, http.StatusAccepted, "")
	if first.body["seq"] != 1.0 || first.body["duplicate"] != false || first.body["message_id"] == "" || first.body["contact_id"] == "" {
		t.Errorf("receipt is %s", first.raw)
	}
	again := h.call(h.key, "POST", messages, map[string]any{"text": "hello", "from": "bo"}, "Idempotency-Key", "m1")
	h.wants("again", again, http.StatusAccepted, "")
	if again.body["duplicate"] != true || again.body["message_id"] != first.body["message_id"] || again.body["conversation_id"] != first.body["conversation_id"] || again.body["seq"] != 1.0 {
		t.Errorf("repeat is %s, first was %s", again.raw, first.raw)
	}
	both := h.call(h.key, "POST", messages, map[string]any{"text": "x", "from": "bo", "external_id": "m2"}, "Idempotency-Key", "m2")
	h.wants("both alike", both, http.StatusAccepted, "")
}

func TestAMessageOfAKnownContactCarriesWhatIsKnown(t *testing.T) {
	h := newHouse(t)
	a := h.call(h.key, "POST", messages, map[string]any{
		"text": "hello", "contact_id": "c-1", "name": "Bo", "email": "bo@example.com", "external_id": "m1", "sent_at": "2026-01-02T03:04:05Z", "payload": map[string]any{"page": "/cart"},
	})
	h.wants("message", a, http.StatusAccepted, "")
	thread := h.call(h.agent, "GET", "/api/v1/conversations/"+a.body["conversation_id"].(string)+"/messages", nil)
	m := thread.body["items"].([]any)[0].(map[string]any)
	if m["author_name"] != "Bo" || m["provider_at"] != "2026-01-02T03:04:05Z" || m["payload"].(map[string]any)["data"].(map[string]any)["page"] != "/cart" {
		t.Errorf("entry is %v", m)
	}
	one := h.call(h.agent, "GET", "/api/v1/conversations/"+a.body["conversation_id"].(string), nil)
	if c := one.body["contact"].(map[string]any); c["external_id"] != "c-1" || c["type"] != "customer" || c["email"] != "bo@example.com" {
		t.Errorf("contact is %v", c)
	}
}

func TestWrongMessagesAreRefusedWithFieldAndRemedyAndNothingIsStored(t *testing.T) {
	h := newHouse(t)
	good := `"text":"x","from":"bo","external_id":"m"`
	for name, tc := range map[string]struct {
		body, detail string
		status       int
	}{
		"no id":             {`{"text":"x","from":"bo"}`, "external_id: is required, or the header Idempotency-Key", 422},
		"nobody":            {`{"text":"x","external_id":"m"}`, "from: is required, or contact_id", 422},
		"no text":           {`{"from":"bo","external_id":"m"}`, "text: is empty", 422},
		"blank text":        {`{"text":" \n ","from":"bo","external_id":"m"}`, "text: is empty", 422},
		"unknown field":     {`{` + good + `,"colour":"red"}`, "colour: is not a field of this call; remove it", 422},
		"wrong type":        {`{"text":7,"from":"bo","external_id":"m"}`, "text: ", 422},
		"long text":         {`{"text":"` + strings.Repeat("x", 64<<10+1) + `","from":"bo","external_id":"m"}`, "text: ", 422},
		"long in bytes":     {`{"text":"` + strings.Repeat("é", 40000) + `","from":"bo","external_id":"m"}`, "text: has 80000 bytes and the limit is 65536", 422},
		"not UTF-8":         {`{"text":"` + "\xff\xfe" + `","from":"bo","external_id":"m"}`, "is not valid UTF-8; send UTF-8", 400},
		"NUL":               {`{"text":"a\u0000b","from":"bo","external_id":"m"}`, `holds \u0000`, 400},
		"NUL in the depth":  {`{` + good + `,"payload":{"a":[{"k\u0000":1}]}}`, `holds \u0000`, 400},
		"not JSON":          {`{"text":`, "is not JSON", 400},
		"not an object":     {`[]`, "expected object", 422},
		"nothing":           {``, "request body is required", 400},
		"huge":              {`{"text":"` + strings.Repeat("x", 600<<10) + `"}`, "too large", 413},
		"long external id":  {`{"text":"x","from":"bo","external_id":"` + strings.Repeat("x", 201) + `"}`, "external_id: ", 422},
		"large payload":     {`{` + good + `,"payload":"` + strings.Repeat("x", 33<<10) + `"}`, "payload: is larger than 32 KiB", 422},
		"not a time":        {`{` + good + `,"sent_at":"yesterday"}`, "sent_at: ", 422},
		"year 10000":        {`{` + good + `,"sent_at":"9999-12-31T23:59:59-12:00"}`, "sent_at: is before 1970 or more than a day ahead", 422},
		"year -1":           {`{` + good + `,"sent_at":"0000-01-01T00:00:00+14:00"}`, "sent_at: is before 1970 or more than a day ahead", 422},
		"half a pair":       {`{` + good + `,"payload":{"a":"\ud83d!"}}`, "holds half of a surrogate pair", 400},
		"half in the text":  {`{"text":"\udc00","from":"bo","external_id":"m"}`, "holds half of a surrogate pair", 400},
		"nested deeply":     {`{` + good + `,"payload":` + strings.Repeat("[", 64) + strings.Repeat("]", 64) + `}`, "is nested deeper than 64 levels", 400},
		"other letters":     {`{` + good + `,"TEXT":""}`, "TEXT: is not a field of this call", 422},
		"another's address": {`{"text":"x","from":"contact:vip","external_id":"m"}`, "from: begins with contact:", 422},
	} {
		var sent any = tc.body
		if tc.body == "" {
			sent = nil
		}
		h.wants(name, h.call(h.key, "POST", messages, sent), tc.status, tc.detail)
	}
	h.wants("two ids", h.call(h.key, "POST", messages, `{`+good+`}`, "Idempotency-Key", "other"), 422, "external_id: differs from the header")
	h.wants("not JSON at all", h.call(h.key, "POST", messages, "text=x", "Content-Type", "application/x-www-form-urlencoded"), 415, "")
	var n int
	h.must(h.pool.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM messages) + (SELECT count(*) FROM contacts) + (SELECT count(*) FROM conversations)`).Scan(&n))
	if n != 0 {
		t.Errorf("%d rows were stored", n)
	}
}

func TestATextOf64KiBPassesHoweverItIsEscaped(t *testing.T) {
	h := newHouse(t)
	for name, text := range map[string]string{"plain": strings.Repeat("x", 64<<10), "escaped": strings.Repeat(`\u0001`, 64<<10), "Cyrillic": strings.Repeat(`\u0436`, 32<<10)} {
		h.wants(name, h.call(h.key, "POST", messages, `{"text":"`+text+`","from":"bo","external_id":"`+name+`"}`), http.StatusAccepted, "")
	}
}

func TestWhatOnlyLooksWrongInDataPasses(t *testing.T) {
	h := newHouse(t)
	for name, payload := range map[string]string{
		"a pair": `"\ud83d\ude00"`, "an escaped backslash": `"\\ud800"`, "brackets in a text": `"` + strings.Repeat("[", 100) + `\"{"`,
		"many side by side": `[` + strings.Repeat("[],", 100) + `{}]`,
	} {
		h.wants(name, h.call(h.key, "POST", messages, `{"text":"x","from":"bo","external_id":"`+name+`","payload":`+payload+`}`), http.StatusAccepted, "")
	}
}

func TestDeadKeysAreRefused(t *testing.T) {
	h := newHouse(t)
	body := map[string]any{"text": "x", "from": "bo", "external_id": "m"}
	for name, who := range map[string]string{"nobody": "", "unknown": "usher_unknown", "an agent": h.agent} {
		a := h.call(who, "POST", messages, body)
		h.wants(name, a, http.StatusUnauthorized, "")
		if a.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: no WWW-Authenticate", name)
		}
	}
	keys, err := h.store.APIKeys(t.Context())
	h.must(err)
	h.must(h.store.RevokeAPIKey(t.Context(), keys[0].ID))
	h.wants("revoked", h.call(h.key, "POST", messages, body), http.StatusUnauthorized, "was revoked; make one with")
}

func TestAFloodIsRefusedWithTheTimeToWait(t *testing.T) {
	h := newHouse(t, func(o *api.Options) { o.Systems.Rate = 1 })
	refused := 0
	for i := range 6 {
		a := h.call(h.key, "POST", messages, map[string]any{"text": "x", "from": "bo", "external_id": strconv.Itoa(i)})
		if a.status == http.StatusAccepted {
			continue
		}
		refused++
		h.wants("flood", a, http.StatusTooManyRequests, "wait 1 s and try again")
		if wait, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || wait < 1 {
			t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
		}
	}
	if refused < 3 {
		t.Errorf("%d of 6 at once were refused at 1 a second, want 3 or more", refused)
	}
	var n int
	h.must(h.pool.QueryRow(t.Context(), `SELECT count(*) FROM messages`).Scan(&n))
	if n != 6-refused {
		t.Errorf("%d are stored, %d were accepted", n, 6-refused)
	}
}

func TestSystemsReadWhatTheirContactSees(t *testing.T) {
	h := newHouse(t)
	id := h.message("bo", "refund_request please")
	h.wants("note", h.call(h.agent, "POST", at(id, "/notes"), map[string]any{"text": "secret", "client_id": "n"}), 201, "")
	h.wants("reply", h.call(h.agent, "POST", at(id, "/replies"), map[string]any{"text": "Done", "client_id": "r"}), 201, "")
	a := h.call(h.key, "GET", at(id, "/messages?after=0"), nil)
	h.wants("read", a, 200, "")
	items := a.body["items"].([]any)
	if len(items) != 2 || strings.Contains(a.raw, "secret") || items[1].(map[string]any)["text"] != "Done" {
		t.Errorf("the system reads %s", a.raw)
	}
	next := h.call(h.key, "GET", at(id, "/messages?after=1"), nil)
	if got := next.body["items"].([]any); len(got) != 1 {
		t.Errorf("after the first: %s", next.raw)
	}
	elsewhere, err := h.store.EnsureInboxAddress(t.Context(), "api", "elsewhere", "Elsewhere")
	h.must(err)
	other, err := h.store.MakeAPIKey(t.Context(), "other", elsewhere)
	h.must(err)
	h.wants("another system", h.call(other, "GET", at(id, "/messages"), nil), 404, "there is no conversation")
	h.wants("a call for agents", h.call(h.key, "GET", at(id, ""), nil), 401, "")
}

func TestTrackAndIdentifyKeepWhatSystemsKnow(t *testing.T) {
	h := newHouse(t)
	event := map[string]any{"contact_id": "c-1", "event": "order_updated", "properties": map[string]any{"order_id": "10234"}, "external_id": "e1", "occurred_at": "2026-01-02T03:04:05Z"}
	first := h.call(h.key, "POST", "/api/v1/track", event)
	again := h.call(h.key, "POST", "/api/v1/track", event)
	h.wants("track", first, 200, "")
	if first.body["duplicate"] != false || again.body["duplicate"] != true || first.body["event_id"] != again.body["event_id"] {
		t.Errorf("first %s, again %s", first.raw, again.raw)
	}
	who := h.call(h.key, "POST", "/api/v1/identify", map[string]any{"contact_id": "c-1", "type": "vip", "attributes": map[string]any{"plan": "pro", "old": 1}})
	h.wants("identify", who, 200, "")
	who = h.call(h.key, "POST", "/api/v1/identify", map[string]any{"contact_id": "c-1", "name": "Bo", "attributes": map[string]any{"old": nil}})
	if a := who.body["attributes"].(map[string]any); who.body["type"] != "vip" || who.body["name"] != "Bo" || a["plan"] != "pro" || len(a) != 1 {
		t.Errorf("contact is %s", who.raw)
	}
	for name, tc := range map[string]struct {
		path   string
		body   any
		detail string
	}{
		"event name":        {"track", map[string]any{"contact_id": "c", "event": "Order Updated"}, "event: "},
		"no contact":        {"track", map[string]any{"event": "x"}, "contact_id"},
		"empty contact":     {"identify", map[string]any{"contact_id": ""}, "contact_id: "},
		"type":              {"identify", map[string]any{"contact_id": "c", "type": "V.I.P."}, "type: "},
		"large properties":  {"track", map[string]any{"contact_id": "c", "event": "x", "properties": map[string]any{"a": strings.Repeat("x", 33<<10)}}, "properties: is larger than 32 KiB"},
		"large attributes":  {"identify", map[string]any{"contact_id": "c", "attributes": map[string]any{"a": strings.Repeat("x", 33<<10)}}, "attributes: is larger than 32 KiB"},
		"unknown field":     {"identify", map[string]any{"contact_id": "c", "phone": "1"}, "phone: is not a field"},
		"year 10000":        {"track", map[string]any{"contact_id": "c", "event": "x", "occurred_at": "9999-12-31T23:59:59-12:00"}, "occurred_at: is before 1970"},
		"event twice":       {"track", `{"contact_id":"c","event":"x","EVENT":"Not A Name"}`, "EVENT: is not a field"},
		"attributes a list": {"identify", map[string]any{"contact_id": "c", "attributes": []int{1}}, "attributes: "},
	} {
		h.wants(name, h.call(h.key, "POST", "/api/v1/"+tc.path, tc.body), 422, tc.detail)
	}
	h.wants("an agent", h.call(h.agent, "POST", "/api/v1/track", event), 401, "")
}

func TestAnUnknownInboxAddressIsNotFound(t *testing.T) {
	h := newHouse(t, func(o *api.Options) { o.Systems.Keys = strayKeys{} })
	h.wants("message", h.call(h.key, "POST", messages, map[string]any{"text": "x", "from": "bo", "external_id": "m"}), 404, "")
}

// strayKeys know keys of an inbox address that is gone.
type strayKeys struct{}

func (strayKeys) FindAPIKey(context.Context, string) (inbox.APIKey, error) {
	return inbox.APIKey{ID: uuid.New(), Channel: "api", InboxAddress: "gone"}, nil
}

// full is a receiver whose queue is full.
type full struct{}

func (full) Receive(context.Context, channels.Message) (channels.Receipt, error) {
	return channels.Receipt{}, fmt.Errorf("receive: 4096 messages wait already: %w", inbox.ErrBusy)
}

func TestABusyServerAsksToTryAgain(t *testing.T) {
	h := newHouse(t, func(o *api.Options) { o.Systems.Receiver = full{} })
	a := h.call(h.key, "POST", messages, map[string]any{"text": "x", "from": "bo", "external_id": "m"})
	h.wants("message", a, http.StatusServiceUnavailable, "nothing was stored; try again in a second")
	if a.header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
	}
}
