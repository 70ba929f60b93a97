package api_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"usher/inbox"
	"usher/inbox/api"
)

func TestSigningInByLinkAndByPassword(t *testing.T) {
	h := newHouse(t)
	link, err := h.store.MakeSignInLink(t.Context(), h.ada.Email)
	h.must(err)
	a := h.call("", "POST", "/api/v1/sign-in/link", map[string]any{"token": link})
	h.wants("link", a, 200, "")
	cookie := (&http.Response{Header: a.header}).Cookies()[0]
	if cookie.Name != "usher_sign_in" || !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Secure || cookie.MaxAge < 86400 || a.body["name"] != "ada" || a.body["has_password"] != false {
		t.Errorf("cookie %v, body %s", cookie, a.raw)
	}
	h.wants("used link", h.call("", "POST", "/api/v1/sign-in/link", map[string]any{"token": link}), 401, "used already or is too old")
	for name, wrong := range map[string]string{"short password": `{"password":"s3cret"}`, "torn": `{"password":"s3cret"`} {
		if a := h.call(cookie.Value, "PUT", "/api/v1/me/password", wrong); a.status < 400 || a.status > 499 || strings.Contains(a.raw, "s3cret") {
			t.Errorf("%s: %d %s", name, a.status, a.raw)
		}
	}
	h.wants("set password", h.call(cookie.Value, "PUT", "/api/v1/me/password", map[string]any{"password": "correct horse"}), 204, "")
	h.wants("other sign-in", h.call(h.agent, "GET", "/api/v1/me", nil), 401, "not signed in any more")
	h.wants("wrong password", h.call("", "POST", "/api/v1/sign-in", map[string]any{"email": "ada@example.com", "password": "wrong"}), 401, "e-mail address or password is wrong")
	h.wants("no address", h.call("", "POST", "/api/v1/sign-in", map[string]any{"email": "ada", "password": "x"}), 422, "email: ")
	a = h.call("", "POST", "/api/v1/sign-in", map[string]any{"email": "Ada@Example.com", "password": "correct horse"})
	h.wants("password", a, 200, "")
	token := (&http.Response{Header: a.header}).Cookies()[0].Value
	me := h.call(token, "GET", "/api/v1/me", nil)
	if me.body["email"] != "ada@example.com" || me.body["has_password"] != true || me.header.Get("Set-Cookie") == "" {
		t.Errorf("me is %s", me.raw)
	}
	out := h.call(token, "POST", "/api/v1/sign-out", nil)
	h.wants("sign out", out, 204, "")
	if !strings.Contains(out.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("the cookie stays: %q", out.header.Get("Set-Cookie"))
	}
	h.wants("after it", h.call(token, "GET", "/api/v1/me", nil), 401, "")
}

func TestGuessingPasswordsIsSlowedDown(t *testing.T) {
	h := newHouse(t)
	limited := 0
	for range 14 {
		if a := h.call("", "POST", "/api/v1/sign-in", map[string]any{"email": "ada@example.com", "password": "guess"}); a.status == 429 {
			limited++
			h.wants("guess", a, 429, "too many at once; wait")
			if wait, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || wait < 1 || wait > 10 {
				t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
			}
		}
	}
	if limited < 3 {
		t.Errorf("%d of 14 guesses were slowed down, want 3 or more", limited)
	}
}

func TestAnOpenBrowserIsNoWayToGuessThePassword(t *testing.T) {
	h := newHouse(t)
	limited := 0
	for range 14 {
		if a := h.call(h.agent, "PUT", "/api/v1/me/password", map[string]any{"password": "long enough", "current": "guess"}); a.status == 429 {
			limited++
		}
	}
	if limited < 3 {
		t.Errorf("%d of 14 tries were slowed down, want 3 or more", limited)
	}
}

func TestAWrongMethodIsAProblemThatNamesTheRightOnes(t *testing.T) {
	h := newHouse(t)
	a := h.call(h.agent, "DELETE", "/api/v1/me", nil)
	h.wants("delete", a, http.StatusMethodNotAllowed, "does not answer DELETE")
	if a.header.Get("Allow") != "GET" || a.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("headers are %v", a.header)
	}
}

func TestCookiesAreForHTTPSAloneWhenTheServerIs(t *testing.T) {
	h := newHouse(t, func(o *api.Options) { o.Secure = true })
	link, err := h.store.MakeSignInLink(t.Context(), h.ada.Email)
	h.must(err)
	a := h.call("", "POST", "/api/v1/sign-in/link", map[string]any{"token": link})
	if !strings.Contains(a.header.Get("Set-Cookie"), "; Secure") {
		t.Errorf("cookie is %q", a.header.Get("Set-Cookie"))
	}
}

func TestEveryChangeOfAnAgentNeedsTheHeader(t *testing.T) {
	h := newHouse(t)
	id := h.message("bo", "refund_request please")
	for _, path := range []string{"/take", "/resolve", "/reopen", "/hand-over", "/replies", "/notes", "/corrections"} {
		a := h.call(h.agent, "POST", at(id, path), map[string]any{}, "X-Usher", "")
		h.wants("POST "+path, a, 403, "header X-Usher: send 1 with every change")
	}
	h.wants("PUT", h.call(h.agent, "PUT", "/api/v1/me/presence", map[string]any{"presence": "online"}, "X-Usher", "0"), 403, "header X-Usher")
	h.wants("GET", h.call(h.agent, "GET", at(id, ""), nil, "X-Usher", ""), 200, "")
}

func TestNobodyReadsWithoutASignIn(t *testing.T) {
	h := newHouse(t)
	id := h.message("bo", "refund_request please")
	for _, path := range []string{"/api/v1/me", "/api/v1/views", "/api/v1/conversations", at(id, ""), at(id, "/messages"), at(id, "/context"), at(id, "/decisions"),
		"/api/v1/agents", "/api/v1/teams", "/api/v1/intents", "/api/v1/policy", "/api/v1/policy/versions", "/api/v1/thresholds", "/api/v1/vectors", "/api/v1/templates"} {
		h.wants(path, h.call("", "GET", path, nil), 401, "")
		h.wants(path+" with a dead sign-in", h.call("dead", "GET", path, nil), 401, "")
		h.wants(path+" signed in", h.call(h.agent, "GET", path, nil), 200, "")
	}
}

func TestOpsAloneChangeHowUsherDecides(t *testing.T) {
	h := newHouse(t)
	live := h.call(h.ops, "GET", "/api/v1/policy", nil)
	for _, c := range []struct {
		name, method, path string
		body               any
	}{
		{"publish a policy", "POST", "/api/v1/policy", map[string]any{"yaml": live.body["yaml"], "note": "again"}},
		{"set thresholds", "PUT", "/api/v1/thresholds", map[string]any{"thresholds": map[string]float64{"order_status": 0.8}}},
		{"save a template", "PUT", "/api/v1/templates/order_status", map[string]any{"title": "Order", "language": "en", "body": "Hello", "watch": true}},
	} {
		h.wants(c.name+" as agent", h.call(h.agent, c.method, c.path, c.body, "If-Match", `"1"`), 403, "people with the ops role")
		h.wants(c.name+" as ops", h.call(h.ops, c.method, c.path, c.body, "If-Match", `"1"`), 200, "")
	}
	h.wants("a broken policy", h.call(h.ops, "POST", "/api/v1/policy", map[string]any{"yaml": "version: 1\nnonsense: true"}), 422, "nonsense")
	checked := h.call(h.agent, "POST", "/api/v1/policy/check", map[string]any{"yaml": "version: 1\nnonsense: true"})
	if checked.status != 200 || checked.body["ok"] != false || len(checked.body["problems"].([]any)) == 0 {
		t.Errorf("check says %s", checked.raw)
	}
	rows := h.call(h.agent, "GET", "/api/v1/thresholds", nil)
	if first := rows.body["items"].([]any)[0].(map[string]any); first["intent"] != "order_status" || first["threshold"] != 0.8 {
		t.Errorf("thresholds are %s", rows.raw)
	}
}

func TestAConversationIsWorkedFromQueueToEnd(t *testing.T) {
	h := newHouse(t)
	_, ben := h.person("ben", inbox.RoleAgent)
	id := h.message("bo", "refund_request please")
	list := h.call(h.agent, "GET", "/api/v1/conversations?view=queue", nil)
	if items := list.body["items"].([]any); len(items) != 1 || items[0].(map[string]any)["id"] != id.String() || items[0].(map[string]any)["agent"] != nil {
		t.Fatalf("queue is %s", list.raw)
	}
	taken := h.call(h.agent, "POST", at(id, "/take"), nil)
	h.wants("take", taken, 200, "")
	if taken.body["agent"].(map[string]any)["name"] != "ada" {
		t.Errorf("taken is %s", taken.raw)
	}
	h.wants("second take", h.call(ben, "POST", at(id, "/take"), nil), 409, "ada has it")
	if v := h.call(h.agent, "GET", "/api/v1/views", nil); v.body["mine"] != 1.0 || v.body["queue"] != 0.0 {
		t.Errorf("views are %s", v.raw)
	}
	draft := map[string]any{"text": "On its way", "client_id": "c1"}
	first, again := h.call(h.agent, "POST", at(id, "/replies"), draft), h.call(h.agent, "POST", at(id, "/replies"), draft)
	h.wants("reply", first, 201, "")
	if first.body["id"] != again.body["id"] || first.body["delivery"] != "sent" || first.body["author_name"] != "ada" {
		t.Errorf("reply is %s, again %s", first.raw, again.raw)
	}
	h.wants("empty reply", h.call(h.agent, "POST", at(id, "/replies"), map[string]any{"text": " ", "client_id": "c2"}), 422, "text: is empty")
	h.wants("priority", h.call(h.agent, "PUT", at(id, "/priority"), map[string]any{"priority": "urgent"}), 200, "")
	h.wants("bad priority", h.call(h.agent, "PUT", at(id, "/priority"), map[string]any{"priority": "asap"}), 422, "priority: ")
	h.wants("hand over to nobody", h.call(h.agent, "POST", at(id, "/hand-over"), map[string]any{}), 422, "agent_id: say who gets it")
	h.wants("hand over to an unknown team", h.call(h.agent, "POST", at(id, "/hand-over"), map[string]any{"team": "nowhere"}), 422, "team: is not known")
	h.wants("hand over", h.call(h.agent, "POST", at(id, "/hand-over"), map[string]any{"team": "care", "note": "please"}), 200, "")
	ds := h.call(h.agent, "GET", at(id, "/decisions"), nil)
	d := ds.body["items"].([]any)[0].(map[string]any)
	if d["intent"] != "refund_request" || d["assignment"].(map[string]any)["agent"].(map[string]any)["name"] != "ada" || len(d["guards"].([]any)) == 0 {
		t.Errorf("decisions are %s", ds.raw)
	}
	h.wants("an intent that is none", h.call(h.agent, "POST", at(id, "/corrections"), map[string]any{"decision_id": d["id"], "intent": "nonsense"}), 422, "intent: is not in the catalogue")
	h.wants("no correction", h.call(h.agent, "POST", at(id, "/corrections"), map[string]any{"decision_id": d["id"]}), 422, "intent: say at least one")
	corrected := h.call(h.agent, "POST", at(id, "/corrections"), map[string]any{"decision_id": d["id"], "intent": "bug_report"})
	h.wants("correction", corrected, 201, "")
	if corrected.body["intent"] != "bug_report" || corrected.body["team"] == "care" {
		t.Errorf("corrected is %s", corrected.raw)
	}
	h.wants("resolve", h.call(h.agent, "POST", at(id, "/resolve"), nil), 200, "")
	h.wants("resolve again", h.call(h.agent, "POST", at(id, "/resolve"), nil), 409, "it is resolved already")
	h.wants("reply to a resolved one", h.call(h.agent, "POST", at(id, "/replies"), map[string]any{"text": "x", "client_id": "c3"}), 409, "reopen it, then reply")
	h.wants("reopen", h.call(ben, "POST", at(id, "/reopen"), nil), 200, "")
	thread := h.call(h.agent, "GET", at(id, "/messages"), nil)
	var happened []string
	for _, m := range thread.body["items"].([]any) {
		if p := m.(map[string]any)["payload"].(map[string]any); p["what"] != nil {
			happened = append(happened, p["what"].(string))
		}
	}
	if got, want := strings.Join(happened, " "), "queued taken priority_changed handed_over corrected resolved reopened"; got != want {
		t.Errorf("the thread tells %q, want %q", got, want)
	}
}

func TestWhatDoesNotExistOrDoesNotReadIsSaid(t *testing.T) {
	h := newHouse(t)
	nobody := uuid.New()
	for _, path := range []string{"", "/messages", "/context", "/decisions"} {
		h.wants("GET "+path, h.call(h.agent, "GET", at(nobody, path), nil), 404, "there is no conversation "+nobody.String())
	}
	for _, path := range []string{"/take", "/resolve", "/reopen"} {
		h.wants("POST "+path, h.call(h.agent, "POST", at(nobody, path), nil), 404, "")
	}
	h.wants("an id that is none", h.call(h.agent, "GET", "/api/v1/conversations/7", nil), 422, "path.id: ")
	h.wants("an unknown view", h.call(h.agent, "GET", "/api/v1/conversations?view=odd", nil), 422, "query.view: ")
	h.wants("a broken cursor", h.call(h.agent, "GET", "/api/v1/conversations?view=all&cursor=x", nil), 422, "cursor: is not one of this list")
	h.wants("an unknown parameter", h.call(h.agent, "GET", "/api/v1/conversations?colour=red", nil), 422, "query.colour")
	h.wants("NUL in a search", h.call(h.agent, "GET", "/api/v1/conversations?q=%00", nil), 400, "not UTF-8 text")
	h.wants("broken UTF-8 in a search", h.call(h.agent, "GET", "/api/v1/conversations?q=%ff", nil), 400, "not UTF-8 text")
	h.wants("too many", h.call(h.agent, "GET", "/api/v1/conversations?limit=101", nil), 422, "query.limit: ")
}

// broken fails as a database that is gone does, with a text that nobody outside may see.
type broken struct{ api.Lists }

func (broken) Views(context.Context, inbox.Agent) (inbox.Views, error) {
	return inbox.Views{}, errors.New("connect to db-7.internal: refused")
}

func (broken) Conversation(context.Context, uuid.UUID) (inbox.Conversation, error) { panic("boom") }

func TestAnInternalErrorIsLoggedAndNotShown(t *testing.T) {
	h := newHouse(t, func(o *api.Options) { o.Lists = broken{} })
	a := h.call(h.agent, "GET", "/api/v1/views", nil)
	h.wants("error", a, 500, "something went wrong here")
	if strings.Contains(a.raw, "db-7") {
		t.Errorf("the answer shows the cause: %s", a.raw)
	}
	for _, said := range []string{"method=GET", "path=/api/v1/views", "operation=views", "db-7.internal"} {
		if !strings.Contains(h.log.String(), said) {
			t.Errorf("the log does not say %q:\n%s", said, h.log)
		}
	}
	h.wants("panic", h.call(h.agent, "GET", at(uuid.New(), ""), nil), 500, "something went wrong here")
	if !strings.Contains(h.log.String(), "boom") || !strings.Contains(h.log.String(), "agents_test.go") {
		t.Errorf("the log does not tell of the panic:\n%s", h.log)
	}
}

func TestTheLogHoldsNoTextAndNoContact(t *testing.T) {
	h := newHouse(t)
	id := h.message("bo-address", "refund_request topsecret")
	h.call(h.agent, "GET", "/api/v1/conversations?view=all&q=topsecret", nil)
	h.call(h.agent, "POST", at(id, "/replies"), map[string]any{"text": "topsecret", "client_id": "c"})
	h.call(h.key, "POST", "/api/v1/messages", `{"text":"topsecret","colour":"topsecret"}`)
	_, err := h.pool.Exec(t.Context(), "ALTER TABLE contacts RENAME TO gone")
	h.must(err)
	h.wants("a broken store", h.call(h.key, "POST", "/api/v1/track", map[string]any{"contact_id": "topsecret", "event": "x"}), 500, "")
	if log := h.log.String(); strings.Contains(log, "topsecret") || strings.Contains(log, "bo-address") || !strings.Contains(log, "path=/api/v1/conversations/:id/replies") {
		t.Errorf("the log is:\n%s", log)
	}
}

func TestAnswersCarryTheHeadersThatKeepBrowsersCareful(t *testing.T) {
	h := newHouse(t)
	a := h.call(h.agent, "GET", "/api/v1/me", nil)
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin", "Cache-Control": "no-store"} {
		if got := a.header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

func TestAgentsSeeEachOtherAndSayWhetherTheyTakeWork(t *testing.T) {
	h := newHouse(t)
	h.wants("odd presence", h.call(h.agent, "PUT", "/api/v1/me/presence", map[string]any{"presence": "asleep"}), 422, "presence: ")
	me := h.call(h.agent, "PUT", "/api/v1/me/presence", map[string]any{"presence": "online"})
	h.wants("presence", me, 200, "")
	id := h.message("bo", "refund_request please")
	h.wants("take", h.call(h.agent, "POST", at(id, "/take"), nil), 200, "")
	as := h.call(h.ops, "GET", "/api/v1/agents", nil)
	first := as.body["items"].([]any)[0].(map[string]any)
	if me.body["presence"] != "online" || first["name"] != "ada" || first["presence"] != "online" || first["load"] != 1.0 || first["email"] != nil {
		t.Errorf("agents are %s", as.raw)
	}
	if ts := h.call(h.agent, "GET", "/api/v1/teams", nil); !strings.Contains(ts.raw, `"slug":"care"`) {
		t.Errorf("teams are %s", ts.raw)
	}
	if is := h.call(h.agent, "GET", "/api/v1/intents", nil); len(is.body["items"].([]any)) != 4 {
		t.Errorf("intents are %s", is.raw)
	}
}
