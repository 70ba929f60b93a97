package routing_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"usher/intent"
	"usher/routing"
)

func defaultPolicy(t testing.TB) *routing.Policy {
	t.Helper()
	p, err := routing.ParsePolicy(routing.DefaultPolicy())
	if err != nil {
		t.Fatalf("the default policy does not read: %v", err)
	}
	return p
}

// sure is a request that the default policy answers automatically.
func sure(label string) routing.Request {
	return routing.Request{
		Text:    "where is my order?",
		Contact: routing.Contact{Type: "customer"},
		Prediction: intent.Prediction{
			Model: "m1", Language: "en", OOS: 0.02,
			Ranked: []intent.Ranked{{Intent: label, Confidence: 0.99}, {Intent: "greeting", Confidence: 0.02}},
		},
	}
}

func TestASureRequestWithoutObjectionIsAnswered(t *testing.T) {
	d := defaultPolicy(t).Decide(sure("order_status"))
	if d.Route != routing.ToReply || d.Template != "order_status" || d.Team != "care" {
		t.Fatalf("got %+v", d)
	}
	if want := "Order status, 99 % sure: answered automatically"; d.Reason != want {
		t.Errorf("reason %q, want %q", d.Reason, want)
	}
	if d.PolicyHash == "" || d.ModelHash != "m1" || d.Threshold != 0.98 || d.Confidence != 0.99 || d.Degraded {
		t.Errorf("the trace is incomplete: %+v", d)
	}
	if g := guard(t, d, "confidence"); g.Detail != "confidence 99 % is above 98 %" {
		t.Errorf("detail %q", g.Detail)
	}
}

func guard(t *testing.T, d routing.Decision, name string) routing.Guard {
	t.Helper()
	for _, g := range d.Guards {
		if g.Name == name {
			return g
		}
	}
	t.Fatalf("no guard %q in %+v", name, d.Guards)
	return routing.Guard{}
}

func TestEachGuardAloneSendsToPeople(t *testing.T) {
	id := uuid.Must(uuid.NewV7())
	bad := routing.Case{Score: 0.9, Handled: "people", Outcome: "agent"}
	for _, tc := range []struct {
		guard, reason string
		change        func(*routing.Request)
	}{
		{"helped", "Order status, not helped by the automatic answer: normal priority, for Customer care with orders", func(r *routing.Request) { r.Choice, r.Text, r.State.LastIntent = routing.HelpedNo, "", "order_status" }},
		{"model", "Order status, not fully understood: normal priority, for Customer care with orders", func(r *routing.Request) { r.Prediction.Degraded = "the model took too long" }},
		{"model", "Could not be understood: normal priority, for Customer care", func(r *routing.Request) { r.Prediction.Ranked = nil }},
		{"language", "Order status, written in fi: normal priority, for Customer care with orders", func(r *routing.Request) { r.Prediction.Language = "fi" }},
		{"scope", "No known request fits: normal priority, for Customer care", func(r *routing.Request) { r.Prediction.OOS = 0.8 }},
		{"answer", "Refund request: normal priority, for Customer care with billing", func(r *routing.Request) { r.Prediction.Ranked[0].Intent = "refund_request" }},
		{"confidence", "Order status, only 52 % sure: normal priority, for Customer care with orders", func(r *routing.Request) { r.Prediction.Ranked[0].Confidence = 0.52 }},
		{"mood", "Order status, angry", func(r *routing.Request) { r.Prediction.Signals.Angry = true }},
		{"mood", "Order status, speaks of legal steps", func(r *routing.Request) { r.Prediction.Signals.Threat = true }},
		{"urgency", "Order status, someone may be in danger: urgent, for Customer care with orders", func(r *routing.Request) { r.Prediction.Signals.Harm = true }},
		{"person", "Order status, asks for a person", func(r *routing.Request) { r.Prediction.Signals.WantsPerson = true }},
		{"contact", "Order status, contact of type vip", func(r *routing.Request) { r.Contact.Type = "vip" }},
		{"repeat", "Order status, third contact", func(r *routing.Request) { r.Evidence.Repeats = 2 }},
		{"repeat", "Order status, not the first contact", func(r *routing.Request) { r.Prediction.Signals.Repeat = true }},
		{"same_answer", "Order status, after the same standard answer", func(r *routing.Request) { r.State.AutoReplies, r.State.LastIntent = 1, "order_status" }},
		{"in_a_row", "Order status, after 2 automatic answers", func(r *routing.Request) { r.State.AutoReplies = 2 }},
		{"in_a_row", "Order status, before the last message was answered", func(r *routing.Request) { r.State.Unsettled = true }},
		{"ownership", "Order status, in a conversation that a person owns: normal priority, stays with its agent", func(r *routing.Request) { r.State.AgentID = &id }},
		{"ownership", "Order status, in a conversation that a person has answered", func(r *routing.Request) { r.State.PersonWrote = true }},
		{"ownership", "Order status, in a conversation that waits for people", func(r *routing.Request) { r.State.Team = "technical" }},
		{"evidence", "Order status, similar cases needed people", func(r *routing.Request) { r.Evidence.Similar = []routing.Case{bad, bad, bad, bad, bad} }},
		{"evidence", "Order status, history out of reach", func(r *routing.Request) { r.Evidence.Degraded = "no embedding in time" }},
		{"one_request", "Order status, several requests at once", func(r *routing.Request) { r.Prediction.Signals.Several = true }},
	} {
		t.Run(tc.guard+" "+tc.reason, func(t *testing.T) {
			req := sure("order_status")
			tc.change(&req)
			d := defaultPolicy(t).Decide(req)
			if d.Route != routing.ToAgent || d.Team == "" || d.Template != "" {
				t.Fatalf("got %+v", d)
			}
			if g := guard(t, d, tc.guard); g.Passed || g.Detail == "" {
				t.Errorf("guard %+v", g)
			}
			if !strings.HasPrefix(d.Reason, tc.reason) {
				t.Errorf("reason %q, want %q", d.Reason, tc.reason)
			}
			if len(d.Guards) != len(defaultPolicy(t).Decide(sure("order_status")).Guards) {
				t.Errorf("not every guard is recorded: %+v", d.Guards)
			}
		})
	}
}

func TestAttributesKeepContactsFromAutomaticAnswers(t *testing.T) {
	doc := strings.Replace(string(routing.DefaultPolicy()), "attributes: {}", "attributes: {plan: [enterprise], seats: ['500']}", 1)
	p, err := routing.ParsePolicy([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	for _, attributes := range []map[string]any{{"plan": "enterprise"}, {"seats": 500.0}} {
		req := sure("order_status")
		req.Contact.Attributes = attributes
		if d := p.Decide(req); d.Route != routing.ToAgent || guard(t, d, "contact").Passed {
			t.Errorf("%v: %+v", attributes, d)
		}
	}
	req := sure("order_status")
	req.Contact.Attributes = map[string]any{"plan": "free", "seats": []any{"500"}}
	if d := p.Decide(req); d.Route != routing.ToReply {
		t.Errorf("another plan: %s", d.Reason)
	}
}

func TestFewOrGoodSimilarCasesDoNotSpeakAgainstAnAnswer(t *testing.T) {
	good := routing.Case{Score: 0.9, Handled: "automatic", Outcome: "contact"}
	bad := routing.Case{Score: 0.9, Handled: "people", Outcome: "agent"}
	far := routing.Case{Score: 0.3, Handled: "people", Outcome: "agent"}
	for name, similar := range map[string][]routing.Case{
		"four bad ones":           {bad, bad, bad, bad},
		"three of five good":      {good, bad, good, bad, good},
		"bad ones that are far":   {good, far, far, far, far, far, far},
		"automatic, then silence": {good, good, good, good, {Score: 0.9, Handled: "automatic", Outcome: "silence"}},
	} {
		req := sure("order_status")
		req.Evidence.Similar = similar
		if d := defaultPolicy(t).Decide(req); d.Route != routing.ToReply {
			t.Errorf("%s: %s", name, d.Reason)
		}
	}
}

func TestTheAngryThirdContactIsUrgent(t *testing.T) {
	req := sure("refund_request")
	req.Evidence.Repeats = 2
	req.Prediction.Signals = intent.Signals{Angry: true, Repeat: true}
	d := defaultPolicy(t).Decide(req)
	if want := "Refund request, third contact and angry: urgent, for Customer care with billing"; d.Reason != want {
		t.Errorf("reason %q, want %q", d.Reason, want)
	}
	if d.Priority != intent.Urgent || len(d.PriorityReasons) == 0 {
		t.Errorf("priority %s because %v", d.Priority, d.PriorityReasons)
	}
}

func TestAnUnclearIntentDoesNotChooseTheTeam(t *testing.T) {
	req := sure("bug_report")
	req.Prediction.Ranked[0].Confidence = 0.2
	d := defaultPolicy(t).Decide(req)
	if d.Team != "care" || d.Skills != nil || d.Intent != "bug_report" {
		t.Errorf("got %+v", d)
	}
}

func TestButtonsAndShortAnswers(t *testing.T) {
	watched := func(text, choice string) routing.Request {
		r := sure("thanks")
		r.Text, r.Choice = text, choice
		r.State = routing.State{Watched: true, AutoReplies: 1, LastIntent: "order_status"}
		return r
	}
	owner := uuid.Must(uuid.NewV7())
	for _, tc := range []struct {
		name  string
		req   routing.Request
		route string
	}{
		{"the yes button resolves", watched("", routing.HelpedYes), routing.ToResolve},
		{"the yes button with its label resolves", watched("Yes, thanks", routing.HelpedYes), routing.ToResolve},
		{"the yes button with a new question goes on", watched("Yes, thanks\nhow do I pay?", routing.HelpedYes), routing.ToReply},
		{"the no button goes to people", watched("No, I need more help", routing.HelpedNo), routing.ToAgent},
		{"the no button with more text goes to people", watched("it never came", routing.HelpedNo), routing.ToAgent},
		{"thanks that helped resolves", watched("Thanks, that helped!", ""), routing.ToResolve},
		{"not helpful goes to people", watched("not helpful", ""), routing.ToAgent},
		{"an unknown button counts as text", watched("thanks for the info, I will wait then", "other"), routing.ToReply},
		{"yes and a question goes on", watched("yes but when?", ""), routing.ToReply},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := defaultPolicy(t).Decide(tc.req); d.Route != tc.route {
				t.Errorf("route %s, want %s: %s", d.Route, tc.route, d.Reason)
			}
		})
	}
	t.Run("a yes does not resolve what a person owns", func(t *testing.T) {
		r := watched("yes", routing.HelpedYes)
		r.State.AgentID, r.State.Team = &owner, "care"
		if d := defaultPolicy(t).Decide(r); d.Route != routing.ToAgent {
			t.Errorf("route %s", d.Route)
		}
	})
	t.Run("the no keeps the request and its skills", func(t *testing.T) {
		d := defaultPolicy(t).Decide(watched("no", ""))
		if d.Intent != "order_status" || !reflect.DeepEqual(d.Skills, []string{"orders"}) || d.Team != "care" {
			t.Errorf("got %+v", d)
		}
	})
	t.Run("an unwatched yes is a message", func(t *testing.T) {
		r := watched("yes", "")
		r.State = routing.State{}
		if d := defaultPolicy(t).Decide(r); d.Route == routing.ToResolve {
			t.Errorf("route %s", d.Route)
		}
	})
}

func TestTheAskedForNumberContinuesTheRequest(t *testing.T) {
	req := sure("bug_report")
	req.Text = "it's #10234"
	req.Prediction.OOS = 0.9
	req.Prediction.Entities = []intent.Entity{{Kind: "order_number", Value: "10234"}}
	req.State = routing.State{Watched: true, AutoReplies: 1, LastIntent: "order_status"}
	if d := defaultPolicy(t).Decide(req); d.Route != routing.ToReply || d.Template != "order_status" {
		t.Errorf("got %s: %s", d.Route, d.Reason)
	}
	req.Text = "10234 arrived broken"
	if d := defaultPolicy(t).Decide(req); d.Route != routing.ToAgent {
		t.Errorf("a number with a complaint was answered: %s", d.Reason)
	}
}

func TestPeopleKeepWhatTheyHave(t *testing.T) {
	owner := uuid.Must(uuid.NewV7())
	queued := routing.State{Team: "care", LastIntent: "refund_request", Priority: "high"}
	owned := queued
	owned.AgentID = &owner
	p := defaultPolicy(t)
	decide := func(s routing.State, label string) routing.Decision {
		r := sure(label)
		r.State = s
		return p.Decide(r)
	}
	t.Run("small talk does not take a queued request out of its queue", func(t *testing.T) {
		d := decide(queued, "greeting")
		if d.Team != "care" || d.Intent != "refund_request" || d.Skills[0] != "billing" || d.Priority != intent.High {
			t.Errorf("got %+v", d)
		}
	})
	t.Run("a clear new request moves a queued conversation", func(t *testing.T) {
		if d := decide(queued, "account_security"); d.Team != "technical" || d.Priority != intent.Urgent {
			t.Errorf("got %+v", d)
		}
	})
	t.Run("an owned conversation keeps its team and its priority only rises", func(t *testing.T) {
		if d := decide(owned, "account_security"); d.Team != "care" || d.Priority != intent.Urgent || d.Intent != "account_security" {
			t.Errorf("got %+v", d)
		}
		if d := decide(owned, "spam"); d.Priority != intent.High {
			t.Errorf("priority fell to %s", d.Priority)
		}
	})
}

// anyRequest makes requests of every kind, sensible and not.
func anyRequest(p *routing.Policy) *rapid.Generator[routing.Request] {
	labels := []string{"", "unheard_of", intent.OutOfScope}
	for label := range p.Intents {
		labels = append(labels, label)
	}
	share := rapid.OneOf(rapid.Float64Range(0, 1), rapid.Float64(), rapid.SampledFrom([]float64{0, 0.35, 0.5, 0.7, 1}))
	ranked := rapid.Custom(func(t *rapid.T) intent.Ranked {
		return intent.Ranked{Intent: rapid.SampledFrom(labels).Draw(t, "label"), Confidence: share.Draw(t, "confidence")}
	})
	calm := rapid.OneOf(rapid.Just(0.0), rapid.Just(0.0), rapid.Just(0.02), share)
	similar := rapid.Custom(func(t *rapid.T) routing.Case {
		return routing.Case{Score: share.Draw(t, "score"), Handled: rapid.SampledFrom([]string{"automatic", "people", ""}).Draw(t, "handled"),
			Outcome: rapid.SampledFrom([]string{"automatic", "agent", "silence", "contact", ""}).Draw(t, "outcome")}
	})
	rarely := rapid.Custom(func(t *rapid.T) bool { return rapid.IntRange(0, 9).Draw(t, "rarely") == 9 })
	return rapid.Custom(func(t *rapid.T) routing.Request {
		var r routing.Request
		r.Text = rapid.OneOf(rapid.SampledFrom([]string{"", "yes", "no", "thanks", "not helpful", "10234", "where is my order?"}), rapid.String()).Draw(t, "text")
		r.Choice = rapid.SampledFrom([]string{"", "", "", routing.HelpedYes, routing.HelpedNo, "x"}).Draw(t, "choice")
		r.Prediction = intent.Prediction{
			Ranked: rapid.SliceOfN(ranked, 0, 3).Draw(t, "ranked"), OOS: share.Draw(t, "oos"),
			Language: rapid.SampledFrom([]string{"en", "en", "und", "", "fi"}).Draw(t, "language"),
			Degraded: rapid.SampledFrom([]string{"", "", "", "slow"}).Draw(t, "degraded"),
			Alarm:    intent.Alarm{Alone: calm.Draw(t, "alone"), Furious: calm.Draw(t, "furious"), Repeat: calm.Draw(t, "again"), Threat: calm.Draw(t, "step")},
			Asks:     rapid.SliceOfN(rapid.Map(ranked, func(r intent.Ranked) intent.Ask { return intent.Ask{Intent: r.Intent, Confidence: r.Confidence} }), 0, 2).Draw(t, "asks"),
			Signals: intent.Signals{Angry: rarely.Draw(t, "angry"), Repeat: rarely.Draw(t, "repeat"), WantsPerson: rarely.Draw(t, "person"),
				Threat: rarely.Draw(t, "threat"), Harm: rarely.Draw(t, "harm"), Several: rarely.Draw(t, "several"), Deadline: rarely.Draw(t, "deadline")},
		}
		if rarely.Draw(t, "number") {
			r.Prediction.Entities = []intent.Entity{{Kind: "order_number", Value: "10234"}}
		}
		r.Contact.Type = rapid.SampledFrom([]string{"", "customer", "customer", "vip"}).Draw(t, "type")
		r.State.AutoReplies = rapid.SampledFrom([]int{0, 0, 1, 2, -1, 9}).Draw(t, "auto")
		r.State.Watched = rapid.Bool().Draw(t, "watched")
		r.State.PersonWrote = rarely.Draw(t, "wrote")
		r.State.LastIntent = rapid.SampledFrom(labels).Draw(t, "last")
		r.State.Team = rapid.SampledFrom([]string{"", "", "", "care", "gone"}).Draw(t, "team")
		r.State.Priority = rapid.SampledFrom([]string{"", "normal", "urgent", "x"}).Draw(t, "priority")
		if rarely.Draw(t, "owned") {
			r.State.AgentID = &uuid.UUID{1}
		}
		r.Evidence.Repeats = rapid.SampledFrom([]int{0, 0, 0, 1, 30, -1}).Draw(t, "repeats")
		r.Evidence.Similar = rapid.SliceOfN(similar, 0, 8).Draw(t, "similar")
		r.Evidence.Degraded = rapid.SampledFrom([]string{"", "", "", "down"}).Draw(t, "history")
		return r
	})
}

func TestDecideIsSoundForAnyRequest(t *testing.T) {
	p := defaultPolicy(t)
	requests := anyRequest(p)
	rapid.Check(t, func(t *rapid.T) {
		r := requests.Draw(t, "request")
		d := p.Decide(r)
		if again := p.Decide(r); !reflect.DeepEqual(d, again) && d.Confidence == again.Confidence {
			t.Fatalf("two decisions on one request: %+v and %+v", d, again)
		}
		if d.Reason == "" || strings.ContainsAny(d.Reason, "\n\r\x00") || len(d.Guards) == 0 {
			t.Fatalf("not explained: %+v", d)
		}
		switch d.Route {
		case routing.ToReply:
			if d.Template == "" || d.Team == "" {
				t.Fatalf("a reply without template or team: %+v", d)
			}
			for _, g := range d.Guards {
				if !g.Passed {
					t.Fatalf("answered although %s did not pass: %+v", g.Name, d)
				}
			}
			if d.Priority == intent.Urgent || r.State.AgentID != nil || r.State.PersonWrote || d.Degraded {
				t.Fatalf("answered what people must see: %+v", d)
			}
		case routing.ToAgent:
			if d.Team == "" || d.Template != "" {
				t.Fatalf("people without a team: %+v", d)
			}
			failed := 0
			for _, g := range d.Guards {
				if !g.Passed {
					failed++
				}
			}
			if failed == 0 {
				t.Fatalf("to people although every guard passed: %+v", d)
			}
		case routing.ToResolve:
			if r.State.AgentID != nil || r.State.PersonWrote {
				t.Fatalf("resolved what people have: %+v", d)
			}
		default:
			t.Fatalf("no route: %+v", d)
		}
	})
}

func TestRaisingAThresholdNeverAddsAnAutomaticAnswer(t *testing.T) {
	low := defaultPolicy(t)
	requests := anyRequest(low)
	rapid.Check(t, func(t *rapid.T) {
		r := requests.Draw(t, "request")
		if len(r.Prediction.Ranked) > 0 && rapid.Bool().Draw(t, "answerable") {
			r.Prediction.Ranked[0].Intent = "order_status"
		}
		raised := map[string]float64{}
		for label, route := range low.Intents {
			raised[label] = rapid.Float64Range(route.Threshold, 1).Draw(t, "threshold")
		}
		doc, err := routing.SetThresholds(routing.DefaultPolicy(), raised)
		if err != nil {
			t.Fatal(err)
		}
		high, err := routing.ParsePolicy(doc)
		if err != nil {
			t.Fatal(err)
		}
		if high.Decide(r).Route == routing.ToReply && low.Decide(r).Route != routing.ToReply {
			t.Fatalf("a higher threshold answered: %+v", r)
		}
	})
}

func TestAStoredRequestIsDecidedAgainAsItWas(t *testing.T) {
	p := defaultPolicy(t)
	rapid.Check(t, func(t *rapid.T) {
		req := anyRequest(p).Draw(t, "request")
		req.Contact.Attributes = map[string]any{"plan": "enterprise", "seats": rapid.Float64Range(-1e15, 1e15).Draw(t, "seats")}
		stored, err := json.Marshal(req)
		if err != nil {
			t.Skip("what cannot be stored is not decided on")
		}
		var again routing.Request
		if err := json.Unmarshal(stored, &again); err != nil {
			t.Fatal(err)
		}
		if a, b := p.Decide(req), p.Decide(again); !reflect.DeepEqual(a, b) {
			t.Errorf("decided differently:\n%+v\n%+v", a, b)
		}
	})
}

func BenchmarkDecide(b *testing.B) {
	p, req := defaultPolicy(b), sure("order_status")
	for b.Loop() {
		p.Decide(req)
	}
}
