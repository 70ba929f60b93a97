package learn

import (
	"cmp"
	"fmt"
	"slices"

	"usher/intent"
)

const (
	// poolPerSuggestion is how many of the most uncertain messages are looked at for each that is suggested: with one, all would
	// be alike; with very many, odd ones would crowd out unsure ones. Settled by thought, not tuned.
	poolPerSuggestion = 5
	// nearCopy is the cosine from which two messages teach the same.
	nearCopy = 0.95
)

// Suggestion is a message that is worth a label. Margin is by how much its likeliest reading, an intent or out of scope, is ahead
// of the next: 0 is a coin toss.
type Suggestion struct {
	intent.Unlabelled
	Ranked []intent.Ranked
	OOS    float64
	Margin float64
}

// Read is a suggestion with its margin, from what a classifier says of its text.
func Read(u intent.Unlabelled, ranked []intent.Ranked, oos float64) Suggestion {
	first, second := oos, 0.0
	for _, r := range ranked {
		p := (1 - oos) * r.Confidence
		first, second = max(first, p), max(second, min(first, p))
	}
	return Suggestion{u, ranked, oos, first - second}
}

// Suggest picks up to n messages to label next: of the most uncertain ones those that lie farthest from each other, beginning
// with the most uncertain (greedy farthest-first, González 1985). The distance of a message counts by how unsure it is, so that
// a sure one does not come in for being odd. Near-copies and messages without words are passed over.
// vectors belong to the messages, in order, and have length 1.
func Suggest(from []Suggestion, vectors [][]float32, n int) ([]Suggestion, error) {
	if len(from) != len(vectors) {
		return nil, fmt.Errorf("suggest: %d vectors for %d messages", len(vectors), len(from))
	}
	pool := uncertain(from, n*poolPerSuggestion)
	var picked []Suggestion
	nearest := make([]float32, len(pool)) // the cosine of each to what is picked
	for i := range nearest {
		nearest[i] = -1
	}
	for len(picked) < n {
		next, best := -1, -1.0
		for i, at := range pool {
			if worth := float64(1-nearest[i]) * (1 - from[at].Margin); nearest[i] < nearCopy && worth > best {
				next, best = i, worth
			}
		}
		if next < 0 {
			break
		}
		picked = append(picked, from[pool[next]])
		for i, at := range pool {
			nearest[i] = max(nearest[i], dot(vectors[pool[next]], vectors[at]))
		}
		nearest[next] = 1 // not again, whatever rounding says
	}
	return picked, nil
}

// uncertain are the places of the most uncertain messages, each text once; of equally uncertain ones the newer is first.
func uncertain(from []Suggestion, limit int) []int {
	order := make([]int, len(from))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(from[a].Margin, from[b].Margin), from[b].At.Compare(from[a].At), slices.Compare(from[a].DecisionID[:], from[b].DecisionID[:]))
	})
	seen := map[string]bool{"": true}
	pool := order[:0]
	for _, at := range order {
		key := intent.Sameness(from[at].Text)
		if seen[key] || len(pool) == limit {
			continue
		}
		seen[key] = true
		pool = append(pool, at)
	}
	return pool
}

func dot(a, b []float32) float32 {
	var sum float32
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}
