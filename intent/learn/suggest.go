package learn

import (
	"cmp"
	"fmt"
	"slices"

	"usher/intent"
)

const (
	// PoolPerSuggestion is how many of the most uncertain messages are looked at for each that is suggested: with one, all would
	// be alike; with very many, odd ones would crowd out unsure ones. Settled by thought, not tuned.
	PoolPerSuggestion = 5
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

// Uncertain are up to so many of the most uncertain messages, each text once; of equally uncertain ones the newer is first.
// Messages without words are passed over.
func Uncertain(from []Suggestion, limit int) []Suggestion {
	order := slices.Clone(from)
	slices.SortFunc(order, func(a, b Suggestion) int {
		return cmp.Or(cmp.Compare(a.Margin, b.Margin), b.At.Compare(a.At), slices.Compare(a.DecisionID[:], b.DecisionID[:]))
	})
	seen := map[string]bool{"": true}
	return slices.DeleteFunc(order, func(s Suggestion) bool {
		key := intent.Sameness(s.Text)
		known := seen[key] || limit == 0
		if !known {
			seen[key] = true
			limit--
		}
		return known
	})
}

// Fresh are the messages that are no near-copies of what was taught, by vectors of length 1 of one embedder.
func Fresh(from []Suggestion, vectors, taught [][]float32) []Suggestion {
	var fresh []Suggestion
	for i, s := range from {
		if !slices.ContainsFunc(taught, func(t []float32) bool { return dot(t, vectors[i]) >= nearCopy }) {
			fresh = append(fresh, s)
		}
	}
	return fresh
}

// Suggest picks up to n messages to label next: those that lie farthest from each other, beginning with the most uncertain
// (greedy farthest-first, González 1985). The distance of a message counts by how unsure it is, so that a sure one does not come
// in for being odd. Near-copies are passed over. vectors belong to the messages, in order, and have length 1.
func Suggest(from []Suggestion, vectors [][]float32, n int) ([]Suggestion, error) {
	if len(from) != len(vectors) {
		return nil, fmt.Errorf("suggest: %d vectors for %d messages", len(vectors), len(from))
	}
	var picked []Suggestion
	nearest := make([]float32, len(from)) // the cosine of each to what is picked
	for i := range nearest {
		nearest[i] = -1
	}
	for len(picked) < n {
		next, best := -1, -1.0
		for i, s := range from {
			if worth := float64(1-nearest[i]) * (1 - s.Margin); nearest[i] < nearCopy && worth > best {
				next, best = i, worth
			}
		}
		if next < 0 {
			break
		}
		picked = append(picked, from[next])
		for i, v := range vectors {
			nearest[i] = max(nearest[i], dot(vectors[next], v))
		}
		nearest[next] = 1 // not again, whatever rounding says
	}
	return picked, nil
}

func dot(a, b []float32) float32 {
	var sum float32
	for i, x := range a {
		sum += x * b[i]
	}
	return sum
}
