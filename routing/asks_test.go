package routing_test

import (
	"strings"
	"testing"

	"usher/intent"
	"usher/routing"
)

func TestAnExplanationListsWhatAMessageAsksForInOrder(t *testing.T) {
	e := routing.Explanation{Request: &routing.Request{Prediction: intent.Prediction{
		Signals: intent.Signals{Several: true},
		Asks:    []intent.Ask{{Start: 0, End: 10, Intent: "order_status", Confidence: 0.98}, {Start: 12, End: 30, Intent: "invoice_request", Confidence: 0.96}},
	}}}
	if text := e.Text(); !strings.Contains(text, "asks one after the other: Order status, 98 %; Invoice request, 96 %") {
		t.Errorf("got %s", text)
	}
}
