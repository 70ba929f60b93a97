package intent

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of configured patterns, so that no policy makes a message slow.
const (
	patternsPerKind = 8
	patternBytes    = 200
	patternSteps    = 500 // instructions of the compiled pattern
	foundPerPattern = 20  // in one text
)

// Patterns find the numbers of a company in the forms that it gives them. Safe for concurrent use.
type Patterns struct {
	kinds map[string]bool
	all   []pattern
}

type pattern struct {
	kind string
	*regexp.Regexp
}

// PatternProblem says which pattern of which kind does not do, and what would.
type PatternProblem struct {
	Kind   string
	Index  int
	Remedy string
}

// ReadPatterns reads RE2 patterns by the kind of entity that they find. A pattern stands for a whole number: what is inside a longer
// word is not found, "^" and "$" around it change nothing, and letter case counts unless it begins with "(?i)". Patterns with
// a problem are left out.
func ReadPatterns(byKind map[string][]string) (*Patterns, []PatternProblem) {
	ps := &Patterns{kinds: map[string]bool{}}
	var problems []PatternProblem
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		ps.kinds[kind] = true
		for i, source := range byKind[kind] {
			re, remedy := readPattern(source)
			if i >= patternsPerKind {
				remedy = fmt.Sprintf("a kind has at most %d; join some with |", patternsPerKind)
			}
			if remedy != "" {
				problems = append(problems, PatternProblem{kind, i, remedy})
				continue
			}
			ps.all = append(ps.all, pattern{kind, re})
		}
	}
	return ps, problems
}

// readPattern compiles a pattern, or says how to mend it.
func readPattern(source string) (re *regexp.Regexp, remedy string) {
	if len(source) > patternBytes {
		return nil, fmt.Sprintf("it has %d bytes and the limit is %d; shorten it", len(source), patternBytes)
	}
	inner := strings.TrimPrefix(source, "^")
	if strings.HasSuffix(inner, "$") && !strings.HasSuffix(inner, `\$`) {
		inner = strings.TrimSuffix(inner, "$")
	}
	tree, err := syntax.Parse(inner, syntax.Perl)
	if err != nil {
		return nil, fmt.Sprintf("it is not an RE2 pattern: %s; write for example ^[A-Z]{2}\\d{6}$", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	prog, err := syntax.Compile(tree.Simplify())
	if err != nil || len(prog.Inst) > patternSteps {
		return nil, "it is too large: use smaller counts in braces"
	}
	re = regexp.MustCompile(inner)
	if re.MatchString("") {
		return nil, "it fits nothing at all; write down at least one character that must be there"
	}
	return re, ""
}

// Find returns the entities of a text with those that the patterns find. The patterns know better: an entity that overlaps
// what they found gives way, and a kind that has patterns is found by them alone. Only what Understand reads of a text is
// looked at.
func (ps *Patterns) Find(text string, found []Entity) []Entity {
	if ps == nil || len(ps.kinds) == 0 {
		return found
	}
	if len(text) > headBytes+tailBytes {
		text = text[:cutBefore(text, headBytes)]
	}
	f := finder{text: text}
	for _, p := range ps.all {
		for _, m := range p.FindAllStringIndex(text, foundPerPattern) {
			if wholeWord(text, m[0], m[1]) {
				f.add(p.kind, m[0], m[1])
			}
		}
	}
	own := len(f.found)
	for _, e := range found {
		if !ps.kinds[e.Kind] && !overlaps(f.found[:own], e.Start, e.End) {
			f.found = append(f.found, e)
		}
	}
	slices.SortFunc(f.found, func(a, b Entity) int { return cmp.Compare(a.Start, b.Start) })
	return f.found
}

// wholeWord reports whether neither a letter nor a digit goes on before or after text[start:end]. An empty span is no word.
func wholeWord(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return start < end && !inWord(before) && !inWord(after)
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_' }
