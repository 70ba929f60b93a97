package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/inbox/api"
)

func TestAFloodOfSignInsFromOneNetworkIsRefused(t *testing.T) {
	h := newHouse(t)
	passed := 0
	for a := (answer{}); a.status != http.StatusTooManyRequests; passed++ {
		if passed > 500 {
			t.Fatal("500 sign-ins in a row pass")
		}
		if a = h.call("", "POST", "/api/v1/sign-in/link", map[string]any{"token": fmt.Sprint(passed)}); a.status == http.StatusUnauthorized {
			continue
		}
		h.wants("flood", a, http.StatusTooManyRequests, "sign-ins from your network: too many at once; wait 1 s")
		if a.header.Get("Retry-After") != "1" {
			t.Errorf("Retry-After is %q", a.header.Get("Retry-After"))
		}
	}
	if passed < 50 {
		t.Errorf("an office is refused after %d sign-ins", passed)
	}
	h.wants("who is signed in already", h.call(h.agent, "GET", "/api/v1/me", nil), 200, "")
}

// lock holds tables as nobody else may touch them, until it is called.
func (h *house) lock(tables ...string) (release func()) {
	h.Helper()
	tx, err := h.pool.Begin(h.Context())
	h.must(err)
	_, err = tx.Exec(h.Context(), "LOCK TABLE "+strings.Join(tables, ", ")+" IN ACCESS EXCLUSIVE MODE")
	h.must(err)
	h.Cleanup(func() { _ = tx.Rollback(context.Background()) }) // of a test that failed before
	return func() {
		h.Helper()
		h.must(tx.Rollback(h.Context()))
	}
}

func TestNoCallWaitsForADatabaseThatHangsAndOnlyWhatMayBeRepeatedIsToldTo(t *testing.T) {
	h := newHouse(t, func(o *api.Options) { o.Timeout = 300 * time.Millisecond })
	id := h.message("bo", "refund_request please")
	live := h.call(h.ops, "GET", "/api/v1/policy", nil).body["yaml"]
	for name, tc := range map[string]struct {
		tables            string
		who, method, path string
		body              any
		safe              bool // to send again as it is
	}{
		"a list":            {"conversations", h.agent, "GET", "/api/v1/conversations", nil, true},
		"views":             {"conversations", h.agent, "GET", "/api/v1/views", nil, true},
		"a thread":          {"messages", h.agent, "GET", at(id, "/messages"), nil, true},
		"a reply":           {"messages", h.agent, "POST", at(id, "/replies"), map[string]any{"text": "x", "client_id": "r"}, true},
		"taking":            {"assignments", h.agent, "POST", at(id, "/take"), nil, false},
		"decisions":         {"decisions", h.agent, "GET", at(id, "/decisions"), nil, true},
		"who is signed in":  {"sign_ins", h.agent, "GET", "/api/v1/me", nil, true},
		"a sign-in":         {"agents", "", "POST", "/api/v1/sign-in", map[string]any{"email": "ada@example.com", "password": "x"}, true},
		"a sign-in by link": {"sign_in_links", "", "POST", "/api/v1/sign-in/link", map[string]any{"token": "x"}, false},
		"policies":          {"policies", h.ops, "GET", "/api/v1/policy/versions", nil, true},
		"templates":         {"templates", h.agent, "GET", "/api/v1/templates", nil, true},
		"thresholds":        {"decisions", h.ops, "GET", "/api/v1/thresholds", nil, true},
		"vectors":           {"vector_work", h.agent, "GET", "/api/v1/vectors", nil, true},
		"checking a policy": {"templates", h.agent, "POST", "/api/v1/policy/check", map[string]any{"yaml": live}, true},
		"a preview":         {"templates", h.agent, "POST", "/api/v1/templates/order_status/preview", map[string]any{}, true},
		"a template":        {"templates", h.ops, "PUT", "/api/v1/templates/order_status", map[string]any{"title": "T", "language": "en", "body": "Hello", "watch": false}, false},
		"a policy":          {"policies", h.ops, "POST", "/api/v1/policy", map[string]any{"yaml": live}, false},
		"a note":            {"messages", h.agent, "POST", at(id, "/notes"), map[string]any{"text": "x", "client_id": "n"}, true},
		"an event with id":  {"tracked_events", h.key, "POST", "/api/v1/track", map[string]any{"contact_id": "c-1", "event": "order_updated", "external_id": "e"}, true},
		"a key":             {"api_keys", "usher_never_seen", "POST", messages, map[string]any{"text": "x", "from": "bo", "external_id": "k"}, true},
		"a message":         {"contacts", h.key, "POST", messages, map[string]any{"text": "x", "from": "bo", "contact_id": "c-2", "external_id": "m"}, true},
		"an event":          {"tracked_events", h.key, "POST", "/api/v1/track", map[string]any{"contact_id": "c-1", "event": "order_updated"}, false},
		"an identity":       {"contacts", h.key, "POST", "/api/v1/identify", map[string]any{"contact_id": "c-1", "name": "Bo"}, true},
	} {
		release := h.lock(tc.tables)
		a := h.call(tc.who, tc.method, tc.path, tc.body, "If-Match", `"1"`)
		release()
		says := "it took too long, and may be done or not; look first, and try again only if it is not"
		if tc.safe {
			says = "it took too long; try again, a repeat of the same request is safe"
		}
		h.wants(name, a, http.StatusServiceUnavailable, says)
		if a.header.Get("Retry-After") == "" {
			t.Errorf("%s: no Retry-After", name)
		}
	}
	h.wants("once it is free", h.call(h.agent, "GET", "/api/v1/conversations", nil), 200, "")
}
