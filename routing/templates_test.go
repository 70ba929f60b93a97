package routing

import (
	"strings"
	"testing"
	"time"

	"usher/intent"
)

func TestEveryStandardAnswerReadsWhateverIsKnown(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	for _, src := range DefaultTemplates() {
		tpl, err := ParseTemplate(src.Name, src.Body)
		if err != nil {
			t.Errorf("%s: %v", src.Name, err)
			continue
		}
		for _, f := range []Facts{
			{At: at},
			{Name: "ada lovelace", At: at, Entities: []intent.Entity{{Kind: "order_number", Value: "#10234"}}},
			{Name: "ADA", At: at, Events: []TrackedEvent{{"order_updated", map[string]any{"order_id": 10234.0, "status": "Shipped", "carrier": "DHL", "tracking": "JD01", "eta": "2026-11-27"}, at.Add(-48 * time.Hour)},
				{"refund_updated", map[string]any{"order_id": 10234.0, "status": "paid", "amount": 39.9, "currency": "eur"}, at}}},
			{At: at, Events: []TrackedEvent{{"order_updated", map[string]any{"order_id": 10234.0, "status": "Shipped"}, at.Add(-48 * time.Hour)}, {"order_updated", map[string]any{"order_id": 10235.0, "status": "processing"}, at.Add(-48 * time.Hour)}}},
		} {
			s, err := tpl.Render(f.Context())
			if err != nil || len(strings.TrimSpace(s)) < 20 || strings.ContainsAny(s, "{}%") || strings.Contains(s, "\n\n\n") {
				t.Errorf("%s with %+v: %v\n%s", src.Name, f, err, s)
			}
		}
	}
}
