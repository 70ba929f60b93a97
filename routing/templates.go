package routing

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/osteele/liquid"
)

const (
	// maxTemplate is the longest template, in bytes.
	maxTemplate = 16 << 10
	// maxRendered is the longest answer, in bytes.
	maxRendered = 8 << 10
)

var templateName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,60}$`)

// Template is a standard answer in Liquid, checked. It is safe for concurrent use.
type Template struct {
	name     string
	language string // empty for one that is only tried
	parsed   *liquid.Template
}

// ParseTemplate reads a standard answer strictly. It reports everything at once, as *ProblemsError with lines:
// unknown variables, filters and tags, brackets that are not closed, and what fails when it is tried on examples.
func ParseTemplate(name, body string) (*Template, error) {
	if !templateName.MatchString(name) {
		return nil, problemsError([]Problem{{Message: fmt.Sprintf("template name %q: use small letters, digits and _, beginning with a letter", name)}})
	}
	if len(body) > maxTemplate {
		return nil, problemsError([]Problem{{Message: fmt.Sprintf("the text has %d bytes and the limit is %d; shorten it", len(body), maxTemplate)}})
	}
	if strings.TrimSpace(body) == "" {
		return nil, problemsError([]Problem{{Message: "the text is empty; write what the contact should read"}})
	}
	if problems := lint(body); len(problems) > 0 {
		return nil, problemsError(problems)
	}
	parsed, err := parseLiquid(body)
	if err != nil {
		return nil, problemsError([]Problem{liquidProblem(err)})
	}
	t := &Template{name: name, parsed: parsed}
	for _, example := range exampleFacts() {
		if _, err := t.Render(example.Context()); err != nil && !errors.Is(err, errNothing) {
			return nil, problemsError([]Problem{liquidProblem(err)})
		}
	}
	return t, nil
}

// ParseTexts reads a standard answer in all its languages, strictly. It reports everything at once, as *ProblemsError with
// languages and lines.
func ParseTexts(s StoredTemplate) (map[string]*Template, error) {
	texts, wrong := map[string]*Template{}, []Problem{}
	if !languageCode.MatchString(s.Language) {
		wrong = append(wrong, Problem{Message: fmt.Sprintf("%q is not a language; write the two letters of ISO 639-1, such as en", s.Language)})
	}
	if len(s.Texts) >= maxTexts {
		wrong = append(wrong, Problem{Message: fmt.Sprintf("there are %d languages and the limit is %d; remove some", len(s.Texts)+1, maxTexts)})
	}
	if _, twice := s.Texts[s.Language]; twice {
		wrong = append(wrong, Problem{Message: "the default text is in " + s.Language + ", and there is another text in it; remove one", Language: s.Language})
	}
	if len(wrong) > 0 {
		return nil, problemsError(wrong)
	}
	for _, language := range s.Languages() {
		body, _ := s.Text(language)
		if !languageCode.MatchString(language) {
			wrong = append(wrong, Problem{Message: fmt.Sprintf("%q is not a language; write the two letters of ISO 639-1, such as de", language)})
			continue
		}
		t, err := ParseTemplate(s.Name, body)
		if problems, ok := errors.AsType[*ProblemsError](err); ok {
			for _, p := range problems.Problems {
				p.Language = language
				wrong = append(wrong, p)
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		t.language = language
		texts[language] = t
	}
	if len(wrong) > 0 {
		return nil, &ProblemsError{wrong}
	}
	return texts, nil
}

// maxTexts is in how many languages a standard answer may be written.
const maxTexts = 30

var languageCode = regexp.MustCompile(`^[a-z]{2}$`)

// errNothing is returned when the text comes out empty: nobody is sent an empty answer.
var errNothing = errors.New("the text comes out empty")

// Render writes the answer. What is not known is left out; control characters in the data are removed. It fails
// when the text comes out empty or longer than 8 KiB.
func (t *Template) Render(c TemplateContext) (text string, err error) {
	// The library panics on a writer's error and on some filter arguments; neither may end the worker.
	defer func() {
		if r := recover(); r != nil {
			text, err = "", fmt.Errorf("render template %q: %v", t.name, r)
		}
	}()
	out, bindings := &limitedText{limit: maxRendered}, c.bindings()
	if t.language != "" && t.language != "en" {
		inDigits(bindings)
	}
	if err := t.parsed.FRender(out, bindings); err != nil {
		return "", fmt.Errorf("render template %q: %w", t.name, err)
	}
	text = tidy(out.String())
	if text == "" {
		return "", fmt.Errorf("render template %q: %w", t.name, errNothing)
	}
	return text, nil
}

// engine is shared: it is not changed after it is made.
var engine = sync.OnceValue(func() *liquid.Engine {
	e := liquid.NewEngine()
	for name, filter := range templateFilters() {
		e.RegisterFilter(name, filter)
	}
	return e
})

// parseLiquid guards against the library's panics on input, such as a number too large for an int.
func parseLiquid(body string) (t *liquid.Template, err error) {
	defer func() {
		if r := recover(); r != nil {
			t, err = nil, fmt.Errorf("not understood: %v", r)
		}
	}()
	t, serr := engine().ParseTemplateLocation([]byte(body), "", 1)
	if serr != nil {
		return nil, serr
	}
	return t, nil
}

func liquidProblem(err error) Problem {
	var located liquid.SourceError
	if errors.As(err, &located) {
		text := located.Error()
		if cause := located.Cause(); cause != nil {
			text = cause.Error()
		}
		return Problem{Line: located.LineNumber(), Message: text}
	}
	return Problem{Message: err.Error()}
}

// limitedText collects text up to a limit.
type limitedText struct {
	strings.Builder
	limit int
}

func (l *limitedText) Write(b []byte) (int, error) {
	if l.Len()+len(b) > l.limit {
		return 0, fmt.Errorf("the text is longer than %d bytes", l.limit)
	}
	return l.Builder.Write(b)
}

var (
	trailingSpace = regexp.MustCompile(`[ \t]+\n`)
	manyBreaks    = regexp.MustCompile(`\n{3,}`)
	manySpaces    = regexp.MustCompile(`([^\s]) {2,}`)
)

// tidy removes the gaps that tags leave behind.
func tidy(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = trailingSpace.ReplaceAllString(s, "\n")
	s = manySpaces.ReplaceAllString(s, "$1 ")
	s = manyBreaks.ReplaceAllString(s, "\n\n")
	return strings.TrimSpace(s)
}

// clean makes data fit for a plain text: no control or direction characters, on one line.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r), r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069', r == '\ufeff', r == '\u200e', r == '\u200f':
			return -1
		}
		return r
	}, s)
	return strings.TrimSpace(s)
}
