package intent

import (
	"fmt"
	"strings"
)

// gapWords is how many words "~" in a phrase may stand for.
const gapWords = 3

// phrase is a rule over words. Elements are divided by spaces; each is a word, words divided by "|", a set in braces,
// "~" for up to three words of the same sentence, "^" for the start of a sentence or "$" for its end, also as one of
// several words. A word that ends in "*" stands for all that begin with it; an element that ends in "?" may be absent.
type phrase struct {
	elements []element
	source   string
}

type element struct {
	words             map[string]bool
	prefixes          []string
	optional          bool
	gap, starts, ends bool
}

// phrases finds which of many rules hold, looking only at those that can begin at a word.
type phrases struct {
	byWord map[string][]int // rules that begin with one of few known words
	other  []int            // the rest, tried everywhere
	all    []phrase
	bit    uint64 // in token.begins, once they are part of an index; 0 before
}

// index gives each of at most 64 phrases a bit, and tells of a word in which of them a rule begins with it. Most words
// begin none, and one look tells so for all.
func index(all ...*phrases) map[string]uint64 {
	begins := map[string]uint64{}
	for i, ps := range all {
		ps.bit = 1 << i
		for word := range ps.byWord {
			begins[word] |= ps.bit
		}
	}
	return begins
}

// compile reads rules, one a line; sets are the words that braces stand for. It panics on a rule that does not read, since rules
// are part of the program.
func compile(rules string, sets map[string]string) *phrases {
	ps := &phrases{byWord: map[string][]int{}}
	for rule := range strings.Lines(rules) {
		if rule = strings.TrimSpace(rule); rule == "" {
			continue
		}
		p := phrase{source: rule}
		for _, field := range strings.Fields(rule) {
			p.elements = append(p.elements, readElement(field, rule, sets))
		}
		ps.add(p)
	}
	return ps
}

func readElement(field, rule string, sets map[string]string) element {
	switch field {
	case "~":
		return element{gap: true}
	case "^":
		return element{starts: true}
	}
	e := element{words: map[string]bool{}}
	field, e.optional = strings.CutSuffix(field, "?")
	for _, word := range strings.Split(field, "|") {
		if name, ok := strings.CutPrefix(word, "{"); ok {
			set, ok := sets[strings.TrimSuffix(name, "}")]
			if !ok {
				panic(fmt.Sprintf("intent: rule %q names the unknown set %q", rule, word))
			}
			for _, w := range strings.Fields(set) {
				e.add(w)
			}
			continue
		}
		if word == "$" {
			e.ends = true
			continue
		}
		if word == "" {
			panic(fmt.Sprintf("intent: rule %q has an empty word", rule))
		}
		e.add(word)
	}
	return e
}

func (e *element) add(word string) {
	if prefix, ok := strings.CutSuffix(word, "*"); ok {
		e.prefixes = append(e.prefixes, prefix)
		return
	}
	e.words[word] = true
}

func (ps *phrases) add(p phrase) {
	i := len(ps.all)
	ps.all = append(ps.all, p)
	first := p.elements[0]
	if first.optional || first.gap || first.starts || first.ends || len(first.prefixes) > 0 {
		ps.other = append(ps.other, i)
		return
	}
	for word := range first.words {
		ps.byWord[word] = append(ps.byWord[word], i)
	}
}

// in returns the first rule that holds somewhere in the tokens, "" when none does.
func (ps *phrases) in(ts []token) string {
	for i := range ts {
		if rule, end := ps.at(ts, i); end >= 0 {
			return ps.all[rule].source
		}
	}
	return ""
}

// count returns how many different rules hold.
func (ps *phrases) count(ts []token) int {
	seen := map[int]bool{}
	for i := range ts {
		if rule, end := ps.at(ts, i); end >= 0 {
			seen[rule] = true
		}
	}
	return len(seen)
}

// without returns the tokens with every part that a rule matches taken out; a stop stands in its place.
func (ps *phrases) without(ts []token) []token {
	var kept []token
	for i := 0; i < len(ts); {
		_, end := ps.at(ts, i)
		if end <= i {
			if kept != nil {
				kept = append(kept, ts[i])
			}
			i++
			continue
		}
		if kept == nil {
			kept = append(make([]token, 0, len(ts)), ts[:i]...)
		}
		kept = append(kept, token{word: stop, start: ts[i].start, end: ts[end-1].end})
		i = end
	}
	if kept == nil {
		return ts
	}
	return kept
}

// at returns the first rule that holds from token i on, and where it ends; an end of -1 means that none does.
func (ps *phrases) at(ts []token, i int) (rule, end int) {
	if ps.bit == 0 || ts[i].begins&ps.bit != 0 {
		if rule, end := ps.try(ps.byWord[ts[i].word], ts, i); end >= 0 {
			return rule, end
		}
	}
	return ps.try(ps.other, ts, i)
}

func (ps *phrases) try(rules []int, ts []token, i int) (rule, end int) {
	for _, r := range rules {
		if end := match(ps.all[r].elements, ts, i); end >= 0 {
			return r, end
		}
	}
	return 0, -1
}

// match returns where the elements end when they match the tokens from i on, -1 when they do not.
func match(es []element, ts []token, i int) int {
	for len(es) > 0 {
		e := es[0]
		es = es[1:]
		switch {
		case e.gap:
			for range gapWords {
				if end := match(es, ts, i); end >= 0 {
					return end
				}
				if i >= len(ts) || ts[i].word == stop {
					return -1
				}
				i++
			}
		case e.starts:
			if i > 0 && ts[i-1].word != stop {
				return -1
			}
		case e.ends && (i >= len(ts) || ts[i].word == stop):
		case i < len(ts) && e.is(ts[i].word):
			if e.optional {
				if end := match(es, ts, i); end >= 0 {
					return end
				}
			}
			i++
		case !e.optional:
			return -1
		}
	}
	return i
}

func (e element) is(word string) bool {
	if e.words[word] {
		return true
	}
	for _, p := range e.prefixes {
		if strings.HasPrefix(word, p) {
			return true
		}
	}
	return false
}
