package intent

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

//go:embed testdata/redaction.txt
var redactionSuite string

//go:embed testdata/redaction_fresh.txt
var freshRedactionSuite string

type markedSpan struct {
	kind       string
	start, end int
}

var mark = regexp.MustCompile(`\{\{(\w+)\|([^}]*)\}\}`)

// unmark is the text of a line of the suite and the spans that must go.
func unmark(line string) (text string, spans []markedSpan) {
	at := 0
	for _, m := range mark.FindAllStringSubmatchIndex(line, -1) {
		text += line[at:m[0]]
		spans = append(spans, markedSpan{line[m[2]:m[3]], len(text), len(text) + m[5] - m[4]})
		text += line[m[4]:m[5]]
		at = m[1]
	}
	return text + line[at:], spans
}

// removed are the spans of text that Redact takes out.
func removed(t *testing.T, text string) (spans []markedSpan) {
	t.Helper()
	at := 0
	redact(text, nil, func(kind, value string) string { // called in the order of the text
		n := strings.Index(text[at:], value)
		if n < 0 {
			t.Fatalf("%q is said to be in %q", value, text)
		}
		spans = append(spans, markedSpan{kind, at + n, at + n + len(value)})
		at += n + len(value)
		return ""
	})
	return spans
}

// covered reports whether every letter and digit of a span is within others.
func covered(text string, s markedSpan, by []markedSpan) bool {
	for i, r := range text[s.start:s.end] {
		at := s.start + i
		if (unicode.IsLetter(r) || unicode.IsDigit(r)) && !slices.ContainsFunc(by, func(o markedSpan) bool { return at >= o.start && at < o.end }) {
			return false
		}
	}
	return true
}

func touches(s markedSpan, others []markedSpan) bool {
	return slices.ContainsFunc(others, func(o markedSpan) bool { return s.start < o.end && o.start < s.end })
}

// TestPersonalDataGoesAndTheRestStays measures on the lines that the rules were fitted to, and on lines that were not looked
// at for them. Personal data that stays is worse than a word too many that goes.
func TestPersonalDataGoesAndTheRestStays(t *testing.T) {
	for _, suite := range []struct {
		name, lines                        string
		least, leastRecall, leastPrecision float64
	}{
		{"fitted", redactionSuite, 600, 0.99, 0.99},
		{"fresh", freshRedactionSuite, 130, 0.95, 0.95},
	} {
		t.Run(suite.name, func(t *testing.T) {
			r := measureRedaction(t, suite.lines)
			recall, precision := float64(r.gone)/float64(r.marked), float64(r.rightly)/float64(r.removals)
			t.Logf("%d lines: recall %.3f (%d of %d; %s), precision %.3f (%d of %d)", r.lines, recall, r.gone, r.marked, r.kinds(), precision, r.rightly, r.removals)
			if float64(r.lines) < suite.least || recall < suite.leastRecall || precision < suite.leastPrecision {
				t.Errorf("recall must be %.2f, precision %.2f, on %.0f lines", suite.leastRecall, suite.leastPrecision, suite.least)
			}
		})
	}
}

// redaction counts what happened to a suite.
type redaction struct {
	lines, marked, gone int // spans that must go, and those that did
	removals, rightly   int // what went, and what of it had to
	byKind              map[string]*[2]int
}

func (r redaction) kinds() string {
	var words []string
	for _, kind := range slices.Sorted(maps.Keys(r.byKind)) {
		words = append(words, fmt.Sprintf("%s %d/%d", kind, r.byKind[kind][0], r.byKind[kind][1]))
	}
	return strings.Join(words, ", ")
}

func measureRedaction(t *testing.T, suite string) redaction {
	r := redaction{byKind: map[string]*[2]int{}}
	for line := range strings.Lines(suite) {
		line = strings.TrimRight(line, "\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		r.lines++
		text, marked := unmark(line)
		removals := removed(t, text)
		wrong := false
		for _, m := range marked {
			n := r.byKind[m.kind]
			if n == nil {
				n = new([2]int)
				r.byKind[m.kind] = n
			}
			r.marked++
			n[1]++
			if covered(text, m, removals) {
				r.gone++
				n[0]++
			} else {
				wrong = true
			}
		}
		for _, g := range removals {
			r.removals++
			if touches(g, marked) {
				r.rightly++
			} else {
				wrong = true
			}
		}
		if wrong {
			t.Logf("not as marked: %q became %q", line, Redact(text))
		}
	}
	return r
}

func BenchmarkRedact(b *testing.B) {
	text := "Hello, where is my order 10234? I paid 49.90 on 12 May and nothing came. You can reach me on 07700 900123. Thanks, Ada"
	b.ReportAllocs()
	for b.Loop() {
		Redact(text)
	}
}

func TestLettersThatOnlyFoldToLatinOnesAreNoAccount(t *testing.T) {
	for _, text := range []string{"eſ 12", "aK12"} {
		if got := Redact(text); got != Normalise(text) && got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func TestAContactsNameIsFoundHoweverItIsWritten(t *testing.T) {
	for name, text := range map[string]string{"Siobhan O’Brien": "it is for Mrs O'Brien", "Jose\u0301 Peña": "Peña wrote", "Ｊｏｓｅ Ｍｏｒａ": "ask Mora"} {
		if got := Redact(text, name); !strings.Contains(got, "[name]") {
			t.Errorf("of %s %q leaves as %q", name, text, got)
		}
	}
}
