package main

import (
	"maps"
	"strings"
	"testing"

	"usher/intent"
	"usher/intent/builtin"
)

func TestAClassifierReadsTheLanguagesThatItHasTextsIn(t *testing.T) {
	english := []intent.Utterance{
		{Text: "where is my order please", Intent: "order_status"}, {Text: "has my order been sent yet", Intent: "order_status"},
		{Text: "when will my parcel be here", Intent: "order_status"}, {Text: "my order is not here yet", Intent: "order_status"},
		{Text: "i want my money back please", Intent: "refund_request"}, {Text: "can you refund the order", Intent: "refund_request"},
		{Text: "please send the money back to me", Intent: "refund_request"}, {Text: "how do i get a refund for this", Intent: "refund_request"},
	}
	german := append([]intent.Utterance{{Text: "Wo ist denn meine Bestellung?", Intent: "order_status"}, {Text: "Ich möchte mein Geld zurück", Intent: "refund_request"}}, english...)
	live := func(languages ...string) *builtin.Model {
		m, err := builtin.Train(t.Context(), english, builtin.TrainOptions{Seed: 1, Languages: languages})
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	for name, tc := range map[string]struct {
		asked []string
		live  *builtin.Model
		texts []intent.Utterance
		want  map[string]int
	}{
		"English alone":                 {nil, nil, english, map[string]int{"en": 8}},
		"not asked for":                 {nil, live("en"), german, map[string]int{"en": 8}},
		"asked for":                     {[]string{"de"}, nil, german, map[string]int{"en": 8, "de": 2}},
		"as before":                     {nil, live("de", "en"), german, map[string]int{"en": 8, "de": 2}},
		"as before, but erased":         {nil, live("de", "en"), english, map[string]int{"en": 8}},
		"asked for, and another before": {[]string{"de"}, live("en", "fr"), german, map[string]int{"en": 8, "de": 2}},
	} {
		if got, err := readLanguages(tc.asked, tc.live, tc.texts); err != nil || !maps.Equal(got, tc.want) {
			t.Errorf("%s: %v, %v; want %v", name, got, err, tc.want)
		}
	}
	for _, l := range []string{"de", "und", "German"} {
		if got, err := readLanguages([]string{l}, nil, english); err == nil || !strings.Contains(err.Error(), "none of the labelled texts is in it") {
			t.Errorf("%s without a text: %v, %v", l, got, err)
		}
	}
}
