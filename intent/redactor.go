package intent

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Redactor redacts the texts of one conversation under numbered names, such as [email 1], the same value under the same name,
// and puts values back into what was written about them. Not safe for concurrent use.
type Redactor struct {
	given  []*regexp.Regexp
	names  map[string]string // of values, by kind and value
	values map[string]string // of names
	counts map[string]int
	shown  []string // texts as they were given out
}

// NewRedactor returns a redactor that also takes the given names of people out.
func NewRedactor(names ...string) *Redactor {
	return &Redactor{given: givenNames(names), names: map[string]string{}, values: map[string]string{}, counts: map[string]int{}}
}

// Redact takes personal data out of a text. What looks like a name of Redact's in the text itself loses its brackets, so that
// nobody can have another's value put in by writing its name.
func (r *Redactor) Redact(text string) string {
	text = placeholderPattern.ReplaceAllStringFunc(text, func(s string) string { return "(" + s[1:len(s)-1] + ")" })
	text = redact(text, r.given, r.numbered)
	r.shown = append(r.shown, text)
	return text
}

// Name is what somebody's name leaves as, however short it is.
func (r *Redactor) Name(name string) string { return r.numbered(hidName, Normalise(name)) }

// numbered is the name that a value goes by.
func (r *Redactor) numbered(kind, value string) string {
	key := kind + "\x00" + strings.ToLower(value)
	name, ok := r.names[key]
	if !ok {
		r.counts[kind]++
		name = fmt.Sprintf("[%s %d]", kind, r.counts[kind])
		r.names[key], r.values[name] = name, value
	}
	return name
}

// restorable are the kinds that may go back to the person they came from. Cards, bank accounts, dates of birth and secrets are
// not repeated in an answer.
var restorable = []string{hidEmail, hidPhone, hidAddress, hidNumber, hidName}

var gapPattern = regexp.MustCompile(`\[[^\[\]\n]{1,80}\]`)

// reaching are the kinds with which somebody could be led to the wrong person or account.
var reaching = []string{hidEmail, hidPhone, hidCard, hidIBAN, hidAccount, hidNumber}

// Restore puts values back where that is safe, and returns what else stands in brackets, each once: values that are not put
// back, and gaps that a writer left. An address, account or number that was in no text is made up, and becomes a gap.
func (r *Redactor) Restore(text string) (restored string, gaps []string) {
	text = redact(text, nil, func(kind, value string) string {
		if slices.Contains(reaching, kind) && !slices.ContainsFunc(r.shown, func(s string) bool { return strings.Contains(s, value) }) {
			return "[" + kind + "]"
		}
		return value
	})
	restored = gapPattern.ReplaceAllStringFunc(text, func(s string) string {
		value, ok := r.values[s]
		kind := strings.TrimRight(s[1:len(s)-1], " 0123456789")
		if ok && slices.Contains(restorable, kind) {
			return value
		}
		if !slices.Contains(gaps, s) {
			gaps = append(gaps, s)
		}
		return s
	})
	return restored, gaps
}
