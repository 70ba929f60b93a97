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
}

// NewRedactor returns a redactor that also takes the given names of people out.
func NewRedactor(names ...string) *Redactor {
	return &Redactor{given: givenNames(names), names: map[string]string{}, values: map[string]string{}, counts: map[string]int{}}
}

// Redact takes personal data out of a text. What looks like a name of Redact's in the text itself loses its brackets, so that
// nobody can have another's value put in by writing its name.
func (r *Redactor) Redact(text string) string {
	text = placeholderPattern.ReplaceAllStringFunc(text, func(s string) string { return "(" + s[1:len(s)-1] + ")" })
	return redact(text, r.given, func(kind, value string) string {
		key := kind + "\x00" + strings.ToLower(value)
		name, ok := r.names[key]
		if !ok {
			r.counts[kind]++
			name = fmt.Sprintf("[%s %d]", kind, r.counts[kind])
			r.names[key], r.values[name] = name, value
		}
		return name
	})
}

// restorable are the kinds that may go back to the person they came from. Cards, bank accounts, dates of birth and secrets are
// not repeated in an answer.
var restorable = []string{hidEmail, hidPhone, hidAddress, hidNumber, hidName}

var gapPattern = regexp.MustCompile(`\[[^\[\]\n]{1,80}\]`)

// Restore puts values back where that is safe, and returns what else stands in brackets, each once: values that are not put
// back, and gaps that a writer left.
func (r *Redactor) Restore(text string) (restored string, gaps []string) {
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
