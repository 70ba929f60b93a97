package intent

import (
	"regexp"
	"strings"
)

// What makes a part of a message a request of its own. Chosen on evals/suites/guards.jsonl, the open half of starter.jsonl and
// the starter pack: of its lines for intents with an automatic answer, 2 in 100 seem to hold several requests.
const (
	partWords      = 4    // with fewer words a part says too little
	partConfidence = 0.95 // the least
	partOOS        = 0.10 // at most
	partsAtMost    = 16   // of a longer message the first parts count
)

// partEnds divide a message into what may be requests: sentences, and clauses after a comma or a conjunction.
var partEnds = regexp.MustCompile(`[.!?;]+(?:\s|$)|\n+|,?\s(?:and|but|plus|then)\s|,\s`)

// courtesies are intents that go along with a request without being a second one.
var courtesies = map[string]bool{"thanks": true, "greeting": true, OutOfScope: true}

// severalParts reports whether two parts of a text surely ask for different things. The whole is mostly taken for one
// of them with great confidence, so that confidence alone does not tell.
func severalParts(c Classifier, text string) bool {
	parts := partEnds.Split(text, partsAtMost+1)
	if len(parts) < 2 {
		return false
	}
	first := ""
	for _, part := range parts[:min(len(parts), partsAtMost)] {
		if len(strings.Fields(part)) < partWords {
			continue
		}
		a := c.Classify(part)
		if len(a.Ranked) == 0 || !(a.Ranked[0].Confidence >= partConfidence) || !(a.OOS <= partOOS) {
			continue
		}
		switch label := a.Ranked[0].Intent; {
		case courtesies[label] || label == first:
		case first != "":
			return true
		default:
			first = label
		}
	}
	return false
}
