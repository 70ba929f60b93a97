package intent

import (
	"fmt"
	"strings"
	"testing"
)

// byWord knows an intent by a word of it, and is as sure as it is told to be.
func byWord(confidence, oos float64) scripted {
	return func(text string) Classification {
		c := Classification{Ranked: []Ranked{{"order_status", confidence}}, OOS: oos}
		for word, label := range map[string]string{"invoice": "invoice_request", "thank": "thanks", "hello": "greeting"} {
			if strings.Contains(text, word) {
				c.Ranked[0].Intent = label
			}
		}
		return c
	}
}

func TestPartsThatAskForDifferentThingsAreSeveralRequests(t *testing.T) {
	for text, want := range map[string]bool{
		"where has my order got to. the invoice has my old name on it":      true,
		"my order is not here and the invoice has my old name on it":        true,
		"my order has not come yet, the invoice has my old name on it":      true,
		"where has my order got to\nthe invoice has my old name on it":      true,
		"where has my order got to. it should have been here by now":        false, // twice the same
		"where has my order got to. thank you for your kind help":           false, // a courtesy
		"hello to you all over there. where has my order got to":            false,
		"where has my order got to. invoice 1234":                           false, // too short to be a request
		"where has my order got to":                                         false,
		strings.Repeat("it is all for me, ", 40) + "and the invoice is old": false, // too far back
		"": false,
	} {
		if got := NewUnderstander(byWord(0.99, 0.01), UnderstandOptions{}).Understand(t.Context(), text).Signals.Several; got != want {
			t.Errorf("%q: several is %v, want %v", text, got, want)
		}
	}
}

func TestPartsCountOnlyWhenTheyAreSure(t *testing.T) {
	const text = "where has my order got to. the invoice has my old name on it"
	for _, tc := range []struct {
		confidence, oos float64
		want            bool
	}{
		{partConfidence, partOOS, true},
		{partConfidence - 0.01, 0, false},
		{1, partOOS + 0.01, false},
	} {
		t.Run(fmt.Sprint(tc.confidence, tc.oos), func(t *testing.T) {
			if got := severalParts(byWord(tc.confidence, tc.oos), text); got != tc.want {
				t.Errorf("several is %v, want %v", got, tc.want)
			}
		})
	}
	if severalParts(scripted(func(string) Classification { return Classification{} }), text) {
		t.Error("a model that does not speak finds several requests")
	}
}
