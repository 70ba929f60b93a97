package routing_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"

	"usher/intent"
	"usher/routing"
)

// sureOf is a first model that is so sure of order_status.
type sureOf float64

func (s sureOf) Understand(context.Context, string) intent.Prediction {
	return intent.Prediction{Model: "first", Language: "en", Ranked: []intent.Ranked{{Intent: "order_status", Confidence: float64(s)}}}
}

// second says what it is told to and counts how often it is asked.
type second struct {
	mu    sync.Mutex
	asked int
	says  intent.Opinion
}

func (s *second) Opinion(context.Context, string) intent.Opinion {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	return s.says
}

// askedHistory counts the questions that need a vector.
type askedHistory struct{ embeds int }

func (h *askedHistory) Recall(_ context.Context, qs []routing.Question) ([]routing.Evidence, error) {
	for _, q := range qs {
		if q.Embed {
			h.embeds++
		}
	}
	return make([]routing.Evidence, len(qs)), nil
}

func withBand(t *testing.T, band string) *routing.Policy {
	t.Helper()
	p, err := routing.ParsePolicy(append(routing.DefaultPolicy(), []byte("\n"+band)...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const band = "second_opinion: {from: 0.5, to: 0.99}\n"

func TestASecondOpinionDecidesWithinTheBandOnly(t *testing.T) {
	same, other := intent.Opinion{Model: "chat-1", Intent: "order_status", TokensIn: 300, TokensOut: 7}, intent.Opinion{Model: "chat-1", Intent: "refund_status"}
	silent := intent.Opinion{Model: "chat-1", Abstained: "no answer in time"}
	for name, tc := range map[string]struct {
		band       string
		confidence float64
		text       string
		says       *intent.Opinion // nil: no second model is configured
		asked      int
		route      string
		detail     string // of the guard; empty when it is not made
	}{
		"the same lifts it over the threshold": {band, 0.8, "where is it", &same, 1, routing.ToReply, "chat-1 says Order status, too (300 tokens read, 7 written)"},
		"another keeps it with people":         {band, 0.8, "where is it", &other, 1, routing.ToAgent, "chat-1 says Refund status"},
		"another above the threshold, too":     {band, 0.985, "where is it", &other, 1, routing.ToAgent, "chat-1 says Refund status"},
		"out of scope keeps it with people":    {band, 0.985, "where is it", &intent.Opinion{Model: "chat-1", Intent: intent.OutOfScope}, 1, routing.ToAgent, "chat-1 says Out of scope"},
		"silence keeps it with people":         {band, 0.985, "where is it", &silent, 1, routing.ToAgent, "chat-1 gave no second opinion: no answer in time"},
		"nobody to ask changes nothing":        {band, 0.985, "where is it", nil, 0, routing.ToReply, "nobody was asked for a second opinion"},
		"nobody to ask lifts nothing":          {band, 0.8, "where is it", nil, 0, routing.ToAgent, "nobody was asked for a second opinion"},
		"below the band":                       {band, 0.4, "where is it", &same, 0, routing.ToAgent, ""},
		"above the band":                       {band, 0.995, "where is it", &other, 0, routing.ToReply, ""},
		"without a band":                       {"", 0.8, "where is it", &same, 0, routing.ToAgent, ""},
	} {
		t.Run(name, func(t *testing.T) {
			policy := withBand(t, tc.band)
			history := &askedHistory{}
			pipe := &routing.Pipeline{Understander: sureOf(tc.confidence), History: history, Policy: func() *routing.Policy { return policy }}
			model := &second{}
			if tc.says != nil {
				model.says, pipe.Second = *tc.says, model
			}
			requests := []routing.Request{{Text: tc.text, Contact: routing.Contact{Type: "customer"}}}
			pipe.Prepare(t.Context(), requests)
			d := pipe.Decide(requests[0])
			detail := ""
			for _, g := range d.Guards {
				if g.Name == "second_opinion" {
					detail = g.Detail
				}
			}
			if d.Route != tc.route || model.asked != tc.asked || detail != tc.detail {
				t.Errorf("route %s (%s), asked %d times, %q; want %s, %d, %q", d.Route, d.Reason, model.asked, detail, tc.route, tc.asked, tc.detail)
			}
			if d.Route == routing.ToReply && history.embeds != 1 {
				t.Error("an automatic answer was given without asking the past")
			}
			stored, err := json.Marshal(requests[0])
			if err != nil {
				t.Fatal(err)
			}
			var again routing.Request
			if err := json.Unmarshal(stored, &again); err != nil {
				t.Fatal(err)
			}
			if recomputed := policy.Decide(again); !reflect.DeepEqual(recomputed, d) {
				t.Errorf("decided again from what is stored: %+v, not %+v", recomputed, d)
			}
		})
	}
}

func TestNobodyIsAskedWhereItCannotChangeTheRoute(t *testing.T) {
	policy := withBand(t, band)
	model := &second{says: intent.Opinion{Model: "chat-1", Intent: "order_status"}}
	pipe := &routing.Pipeline{Understander: sureOf(0.8), Policy: func() *routing.Policy { return policy }, Second: model}
	owner := routing.State{Team: "care", PersonWrote: true}
	requests := []routing.Request{
		{Text: "where is it", State: owner},                                              // people have it
		{Text: "where is it", Contact: routing.Contact{Type: "vip"}},                     // never answered automatically
		{Choice: routing.HelpedYes, State: routing.State{AutoReplies: 1, Watched: true}}, // a button
	}
	pipe.Prepare(t.Context(), requests)
	if model.asked != 0 {
		t.Errorf("asked %d times", model.asked)
	}
}

func TestABandThatCannotWorkIsNamed(t *testing.T) {
	for doc, want := range map[string]string{
		"second_opinion: {from: 0.9, to: 0.8}\n":          "from is 0.9 and to is 0.8",
		"second_opinion: {from: 0.2, to: 0.8}\n":          "must be above unclear_below",
		"second_opinion: {from: 0.5, to: 1.5}\n":          "to is 1.5; give a number from 0 to 1",
		"second_opinion: {from: 0.5, upto: 0.9}\n":        `"upto" is not a field here; use one of: from, to`,
		"second_opinion: [0.5, 0.9]\n":                    "give a group of fields",
		"second_opinion: {from: .nan, to: 0.9}\n":         "from is NaN",
		"second_opinion: {from: 0.5, to: 0.9, to: 0.8}\n": "already defined",
	} {
		_, err := routing.ParsePolicy(append(routing.DefaultPolicy(), []byte("\n"+doc)...))
		var problems *routing.ProblemsError
		if !errors.As(err, &problems) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", doc, err, want)
		}
	}
}
