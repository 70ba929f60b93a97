package api_test

import (
	"context"
	"strings"
	"testing"

	"usher/inbox"
	"usher/inbox/api"
	"usher/inbox/postgres"
	"usher/intent"
)

// newest suggests the newest messages without a label.
type newest struct{ store *postgres.Store }

func (s newest) NextLabels(ctx context.Context, n int) (inbox.NextLabels, error) {
	all, err := s.store.Unlabelled(ctx, 100)
	out := inbox.NextLabels{Model: "m", Messages: len(all)}
	for _, u := range all[:min(n, len(all))] {
		out.Items = append(out.Items, inbox.NextLabel{Unlabelled: u, Ranked: []intent.Ranked{{Intent: "complaint", Confidence: .5}}, OOS: .2})
	}
	return out, err
}

func TestMessagesToLabelNextAreShownUntilTheyAreLabelled(t *testing.T) {
	h := newHouse(t, func(o *api.Options) { o.Labels = newest{o.States.(*postgres.Store)} })
	h.message("ann", "complaint one")
	second := h.message("ben", "complaint "+strings.Repeat("ß", 2000))
	next := func(query string) map[string]any {
		t.Helper()
		a := h.call(h.agent, "GET", "/api/v1/labels/next"+query, nil)
		h.wants("next labels", a, 200, "")
		return a.body
	}
	all := next("")
	items := all["items"].([]any)
	if len(items) != 2 || all["model"] != "m" || all["messages"] != 2. || len(next("?limit=1")["items"].([]any)) != 1 {
		t.Fatalf("got %v", all)
	}
	first := items[0].(map[string]any)
	reading := first["readings"].([]any)[0].(map[string]any)
	if text := first["text"].(string); first["conversation_id"] != second.String() || len([]rune(text)) != 1001 || reading["intent"] != "complaint" || reading["chance"] != .4 || first["none_fits"] != .2 {
		t.Errorf("got %v", first)
	}
	h.wants("none fits", h.call(h.agent, "POST", at(second, "/corrections"), map[string]any{"decision_id": first["decision_id"], "intent": "oos"}), 201, "")
	if left := next("")["items"].([]any); len(left) != 1 || left[0].(map[string]any)["text"] != "complaint one" {
		t.Errorf("after the label: %v", left)
	}
	h.wants("51", h.call(h.agent, "GET", "/api/v1/labels/next?limit=51", nil), 422, "limit")
	h.wants("nobody", h.call("", "GET", "/api/v1/labels/next", nil), 401, "")
	h.wants("a system", h.call(h.key, "GET", "/api/v1/labels/next", nil), 401, "")
}

func TestWithoutAClassifierThereIsNothingToLabel(t *testing.T) {
	h := newHouse(t)
	a := h.call(h.ops, "GET", "/api/v1/labels/next", nil)
	h.wants("without a classifier", a, 200, "")
	if len(a.body["items"].([]any)) != 0 || a.body["model"] != "" {
		t.Errorf("got %s", a.raw)
	}
}
