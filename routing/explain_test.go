package routing

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"usher/intent"
)

var update = flag.Bool("update", false, "write the golden files anew")

func exampleID(n byte) uuid.UUID { return uuid.UUID{0x01, 0x9a, 0xa0, 15: n} }

var exampleTime = time.Date(2026, 3, 2, 9, 0, 5, 0, time.UTC)

// exampleRequest is an angry third message about an order.
func exampleRequest() Request {
	agent, before := exampleID(7), exampleID(8)
	return Request{
		ConversationID: exampleID(1), MessageIDs: []uuid.UUID{exampleID(2)}, At: exampleTime, Channel: "webchat",
		Text: "this is the third time I ask\nwhere is order 10234?\x1b[31m",
		Prediction: intent.Prediction{
			Model: "m1", OOS: 0.03, Language: "en",
			Ranked:   []intent.Ranked{{Intent: "order_status", Confidence: 0.94}, {Intent: "delivery_problem", Confidence: 0.04}, {Intent: "complaint", Confidence: 0.01}, {Intent: "thanks", Confidence: 0}},
			Words:    []intent.Word{{Text: "where", Weight: 1.2}, {Text: "order", Weight: 0.9}, {Text: "third", Weight: -0.4}},
			Entities: []intent.Entity{{Kind: "order_number", Value: "10234", Start: 44, End: 49}},
			Signals:  intent.Signals{Angry: true, Repeat: true},
		},
		Contact: Contact{ID: exampleID(3), Type: "customer"},
		Evidence: Evidence{
			Repeats: 1, RepeatOf: &before, PreferredAgent: &agent,
			Own: []Case{{ConversationID: before, Score: 0.62, Intent: "order_status", Outcome: "silence", Handled: "automatic", ResolvedAt: exampleTime.AddDate(0, 0, -3)}},
			Similar: []Case{
				{ConversationID: exampleID(9), Score: 0.81, Intent: "order_status", Outcome: "agent", Handled: "people", Agent: "Kim", ResolvedAt: exampleTime.AddDate(0, 0, -9)},
				{ConversationID: exampleID(10), Score: 0.7, Intent: "delivery_problem", Outcome: "contact", Handled: "automatic", ResolvedAt: exampleTime.AddDate(0, -1, 0)},
			},
		},
	}
}

// explained is a decision written by hand, so that other words of guards do not change the golden files.
func explained(r Request, reply bool) Explanation {
	d := Decision{
		Route: ToAgent, Team: "care", Skills: []string{"orders"}, Priority: intent.Urgent, Intent: "order_status", Confidence: r.Prediction.Top().Confidence, Threshold: 0.7,
		Language: "en", PriorityReasons: []string{"angry", "second contact"}, PolicyVersion: 12,
		Guards: []Guard{
			{"confidence", true, "confidence 94 % is above 70 %"},
			{"mood", false, "the contact sounds angry"},
			{"one_request", true, "one request"},
		},
		Reason: "Order status, second contact and angry: urgent, for Customer care with orders",
	}
	if reply {
		d = Decision{
			Route: ToReply, Template: "order_status", Team: "care", Priority: intent.Normal, Intent: "order_status", Confidence: 0.94, Threshold: 0.7,
			Language: "en", PolicyVersion: 12, Guards: []Guard{{"confidence", true, "confidence 94 % is above 70 %"}},
			Reason: "Order status, 94 % sure: answered automatically",
		}
	}
	return Explanation{
		ID: exampleID(4), ConversationID: r.ConversationID, MessageID: r.MessageIDs[0], CreatedAt: exampleTime,
		Decision: d, Request: &r, State: "done", Recomputed: &d,
	}
}

func TestTheStoryOfADecisionReadsWell(t *testing.T) {
	people := explained(exampleRequest(), false)
	people.Knows = "Kim"
	people.Assigned = &Assigned{Agent: "Kim", Cause: "dispatched", At: exampleTime.Add(time.Second), Considered: []Candidate{
		{Agent: "Kim", Chosen: true, Why: "helped this contact before"}, {Agent: "Sam", Why: "is full"},
	}}
	people.Corrections = []Relabel{{Agent: "Kim", Intent: "delivery_problem", Priority: "urgent", Reason: "the parcel is lost"}}

	calm := exampleRequest()
	calm.Text, calm.Prediction.Signals, calm.Evidence = "where is order 10234?", intent.Signals{}, Evidence{}
	answered := explained(calm, true)
	answered.Helped = new(false)
	withheld := explained(calm, true)
	withheld.State, withheld.Withheld = "withheld", "a person has written since"
	withheld.Recomputed = new(Decision)
	withheld.Recomputed.Reason = "Order status: for Customer care"

	unread := exampleRequest()
	unread.Prediction = intent.Prediction{Degraded: "the model did not answer in time"}
	unread.Evidence = Evidence{Degraded: "the text could not be compared with the past"}
	degraded := explained(unread, false)
	degraded.State = "pending"
	gone := explained(calm, true)
	gone.Request, gone.Recomputed = nil, nil

	for name, e := range map[string]Explanation{"people": people, "answered": answered, "withheld": withheld, "degraded": degraded, "erased": gone} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata", "explain_"+name+".txt")
			got := e.Text()
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}
