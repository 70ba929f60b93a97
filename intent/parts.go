package intent

import (
	"regexp"
	"strings"
	"unicode"
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

// A part is a courtesy when it has one of courtesyWords and otherwise only courtesyFillers.
var (
	courtesyWords   = wordSet("hi hello hey hiya heya howdy hullo yo greetings dear morning afternoon evening thanks thank thankyou thx ty tks tysm cheers ta regards wishes sincerely faithfully appreciated appreciate hope")
	courtesyFillers = wordSet("there good day team all sir madam sirs everyone folks guys again much many so very you u a lot million bunch in advance for your the help time kind best warm yours it support and to are well is ok okay great nice please pls")
)

// part is a piece of a text, text[start:end]; next is where the one after it begins.
type part struct {
	start, end, next int
	courtesy         bool
}

// partsOf divides a text; what follows the first parts is one more.
func partsOf(text string) []part {
	var parts []part
	at := 0
	for _, m := range partEnds.FindAllStringIndex(text, partsAtMost) {
		parts = append(parts, part{at, m[0], m[1], isCourtesy(text[at:m[0]])})
		at = m[1]
	}
	if at < len(text) {
		parts = append(parts, part{at, len(text), len(text), isCourtesy(text[at:])})
	}
	return parts
}

// isCourtesy reports whether a part of a text only greets, thanks or takes leave. What names a number never does.
func isCourtesy(text string) bool {
	if len(text) > 120 || strings.ContainsAny(text, "0123456789") {
		return false
	}
	found := false
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		word = strings.ToLower(word)
		if !courtesyWords[word] && !courtesyFillers[word] {
			return false
		}
		found = found || courtesyWords[word]
	}
	return found
}

// withoutCourtesies is a text without its parts that are courtesies, empty when nothing else is in it.
func withoutCourtesies(text string, parts []part) string {
	var b strings.Builder
	for i, p := range parts {
		switch {
		case p.courtesy:
		case i+1 < len(parts) && !parts[i+1].courtesy:
			b.WriteString(text[p.start:p.next])
		default: // "and" before a courtesy goes with it, marks stay
			end := p.end
			for end < p.next && strings.IndexByte(".!?;", text[end]) >= 0 {
				end++
			}
			b.WriteString(text[p.start:end] + " ")
		}
	}
	return b.String()
}

// Gist is what of a text is classified, and embedded for it: its first and last part if it is very long, normalised,
// without greetings and thanks around a request, which would hide it.
func Gist(text string) string {
	read, _ := shorten(text)
	return gist(read, partsOf(read))
}

func gist(text string, parts []part) string {
	rest := requests(parts)
	if len(rest) == 0 || len(rest) == len(parts) {
		return Normalise(text)
	}
	return Normalise(withoutCourtesies(text, parts))
}

// requests are the parts that are no courtesies.
func requests(parts []part) []part {
	rest := parts[:0:0]
	for _, p := range parts {
		if !p.courtesy {
			rest = append(rest, p)
		}
	}
	return rest
}

// classify is the classifier's answer to the gist of a text, and what its parts ask for. Where the gist turns out to be
// thanks or a greeting, too, it is the answer to the whole, which says so with more confidence.
func classify(c Classifier, text string) answer {
	parts := partsOf(text)
	rest := requests(parts)
	a := answer{Classification: c.Classify(gist(text, parts))}
	if len(rest) < len(parts) && len(rest) > 0 && courteous(a.Classification) {
		a.Classification = c.Classify(Normalise(text))
	}
	if len(parts) > 1 {
		a.asks = asksOf(c, text, rest, a.Classification)
	}
	return a
}

func courteous(a Classification) bool {
	return len(a.Ranked) > 0 && a.Ranked[0].Intent != OutOfScope && courtesies[a.Ranked[0].Intent]
}

// asksOf finds what the parts of a text surely ask for, in their order; neighbours that ask for the same are one. The whole is
// mostly taken for one of them with great confidence, so that its confidence does not tell. It speaks for a part that stands alone.
func asksOf(c Classifier, text string, parts []part, whole Classification) []Ask {
	var asks []Ask
	for _, p := range parts[:min(len(parts), partsAtMost)] {
		if len(strings.Fields(text[p.start:p.end])) < partWords {
			continue
		}
		a := whole
		if len(parts) > 1 {
			a = c.Classify(Normalise(text[p.start:p.end]))
		}
		if len(a.Ranked) == 0 || !(a.Ranked[0].Confidence >= partConfidence) || !(a.OOS <= partOOS) || courtesies[a.Ranked[0].Intent] {
			continue
		}
		top := a.Ranked[0]
		if n := len(asks); n > 0 && asks[n-1].Intent == top.Intent {
			asks[n-1].End, asks[n-1].Confidence = p.end, max(asks[n-1].Confidence, top.Confidence)
			continue
		}
		asks = append(asks, Ask{Start: p.start, End: p.end, Intent: top.Intent, Confidence: top.Confidence})
	}
	return asks
}

// differ reports whether a text asks for different things.
func differ(asks []Ask) bool {
	for _, a := range asks {
		if a.Intent != asks[0].Intent {
			return true
		}
	}
	return false
}
