package learn_test

import (
	"testing"

	"pgregory.net/rapid"

	"usher/intent"
	"usher/intent/learn"
)

func TestUtterancesAreSpreadEvenlyOverEachLabel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var us []intent.Utterance
		for range rapid.IntRange(0, 80).Draw(t, "n") {
			us = append(us, intent.Utterance{Text: "x", Intent: rapid.SampledFrom([]string{"a", "b", "oos"}).Draw(t, "label")})
		}
		last, limit := rapid.IntRange(0, len(us)).Draw(t, "last"), rapid.IntRange(1, 10).Draw(t, "limit")
		size, places := map[string]int{}, map[string][]int{} // places within the label
		for i, yes := range learn.Spread(us, limit, last) {
			switch label := us[i].Intent; {
			case i >= last || label == intent.OutOfScope:
				if !yes {
					t.Fatalf("utterance %d, taught or out of scope, is left out", i)
				}
			default:
				if yes {
					places[label] = append(places[label], size[label])
				}
				size[label]++
			}
		}
		for label, n := range size {
			if got := len(places[label]); got != min(n, limit) {
				t.Fatalf("%d of %d %s are marked, want %d", got, n, label, min(n, limit))
			}
			for k, at := range places[label][1:] {
				if gap, even := at-places[label][k], n/min(n, limit); gap < even || gap > even+1 {
					t.Fatalf("of %d %s these are marked: %v", n, label, places[label])
				}
			}
		}
	})
}
