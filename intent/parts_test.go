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
			if got := differ(classify(byWord(tc.confidence, tc.oos), text).asks); got != tc.want {
				t.Errorf("several is %v, want %v", got, tc.want)
			}
		})
	}
	if asks := classify(scripted(func(string) Classification { return Classification{} }), text).asks; len(asks) > 0 {
		t.Error("a model that does not speak finds several requests")
	}
}

func TestWhatThePartsAskForIsListedInOrder(t *testing.T) {
	const text = "Hello there, where has\u00a0my order got to. Thanks! And the invoice has my old name on it, where has the other order got to; cheers"
	p := NewUnderstander(byWord(0.99, 0.01), UnderstandOptions{}).Understand(t.Context(), text)
	var got []string
	for _, a := range p.Asks {
		got = append(got, a.Intent+" "+text[a.Start:a.End])
	}
	want := "order_status where has\u00a0my order got to|invoice_request And the invoice has my old name on it|order_status where has the other order got to"
	if strings.Join(got, "|") != want || !p.Signals.Several {
		t.Errorf("got %q, several is %v", got, p.Signals.Several)
	}
	long := "where has my order got to. " + strings.Repeat("x ", 8<<10) + ". the invoice has my old name on it"
	p = NewUnderstander(byWord(0.99, 0.01), UnderstandOptions{}).Understand(t.Context(), long)
	if n := len(p.Asks); n == 0 || long[p.Asks[n-1].Start:p.Asks[n-1].End] != "the invoice has my old name on it" {
		t.Errorf("at the end of a long text: %+v", p.Asks)
	}
}

func TestCourtesiesAroundARequestDoNotHideIt(t *testing.T) {
	// A model that hears the courtesy as soon as there is one.
	c := scripted(func(text string) Classification {
		text = strings.ToLower(text)
		for _, word := range []string{"hi", "thanks", "hope", "regards"} {
			if strings.Contains(text, word) {
				return Classification{Ranked: []Ranked{{"greeting", 0.99}}}
			}
		}
		if strings.Contains(text, "right place") {
			return Classification{Ranked: []Ranked{{"greeting", 0.4}}}
		}
		if strings.Contains(text, "order") {
			return Classification{Ranked: []Ranked{{"order_status", 0.99}}}
		}
		return Classification{Ranked: []Ranked{{"bug_report", 0.4}}}
	})
	for text, want := range map[string]string{
		"Hi! Hope you are well. Where is my order? Thanks so much, kind regards": "order_status",
		"hi there, where is my order":                                            "order_status",
		"where is my order and thanks for the help":                              "order_status",
		"Hi! Thanks so much":                                                     "greeting",   // nothing else in it
		"Hi, am I in the right place?":                                           "greeting",   // the rest is one too
		"Hi there, the app is black":                                             "bug_report", // however unsure
		"Hi 10234":                                                               "greeting",
		"Where is my order?":                                                     "order_status",
	} {
		if got := classify(c, text).Ranked[0].Intent; got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"where is my order and thanks for the help": "where is my order ",
		"Hi! It broke. Thanks! Is it covered?":      "It broke. Is it covered? ",
	} {
		if got := withoutCourtesies(text, partsOf(text)); got != want {
			t.Errorf("%q: %q is left, want %q", text, got, want)
		}
	}
}

func FuzzParts(f *testing.F) {
	for _, s := range []string{"", "hi", "hi. thanks", "Hi, where is it? ok; and then", "\xff. \xff", ". . . .", "thanks and and but", "日本。 hi\n\nthere"} {
		f.Add(s)
	}
	u := NewUnderstander(scripted(func(text string) Classification {
		return Classification{Ranked: []Ranked{{fmt.Sprint("i", len(text)%3), 0.99}}}
	}), UnderstandOptions{})
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, a := range u.Understand(t.Context(), text).Asks {
			if a.Start < end || a.End <= a.Start || a.End > len(text) || a.Intent == "" {
				t.Fatalf("%q: %+v after %d", text, a, end)
			}
			end = a.End
		}
	})
}
