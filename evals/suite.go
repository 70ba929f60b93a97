// Package evals measures Usher on labelled conversations with the code that runs in production, offline: suites,
// runner, metrics and reports. It imports routing and intent.
package evals

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/intent"
)

// Case is one labelled message with what should become of it. Labels that a suite does not give are empty and
// are not measured.
type Case struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	// Intent is a label of the catalogue or intent.OutOfScope.
	Intent   string          `json:"intent,omitempty"`
	Priority intent.Priority `json:"priority,omitempty"`
	// Route is "reply" (an automatic answer from the intent's template) or "team:<slug>".
	Route string `json:"route,omitempty"`
	// Sealed cases are reported and never used to choose anything.
	Sealed bool `json:"sealed,omitempty"`
	// ContactType and Repeats are the context that priority depends on.
	ContactType string `json:"contact_type,omitempty"`
	Repeats     int    `json:"repeats,omitempty"`
	// Pair is shared by two cases of one intent that differ in priority; empty for all others.
	Pair string `json:"pair,omitempty"`
	// Second is the label of the second, independent labeller.
	Second *Label `json:"second,omitempty"`
}

// Label is what one labeller said of a case. What was not asked is empty and is not compared.
type Label struct {
	Intent   string          `json:"intent,omitempty"`
	Priority intent.Priority `json:"priority,omitempty"`
	Route    string          `json:"route,omitempty"`
}

//go:embed suites/starter.jsonl
var starterSuite []byte

// StarterSuite is the suite of the starter intents, suites/starter.jsonl, as it was when the program was built.
func StarterSuite() ([]Case, error) {
	rows, err := parseJSONLines(bytes.NewReader(starterSuite))
	if err != nil {
		return nil, fmt.Errorf("read the starter suite: %w", err)
	}
	return casesOf(rows), nil
}

// maxLine bounds a line of a suite: a message of 64 KiB, escaped, with its labels.
const maxLine = 1 << 20

// ReadSuite reads a suite from a file: JSON Lines (.jsonl), or CSV with the columns text and intent (or category).
// Errors name the file and line.
func ReadSuite(path string) ([]Case, error) {
	rows, err := readRows(path)
	if err != nil {
		return nil, err
	}
	return casesOf(rows), nil
}

// row is a case and the line that it begins on.
type row struct {
	Case
	line int
}

func casesOf(rows []row) []Case {
	cases := make([]Case, len(rows))
	for i, r := range rows {
		cases[i] = r.Case
	}
	return cases
}

func readRows(path string) ([]row, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read suite: %w", err)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if err := readable(b); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var rows []row
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		rows, err = parseCSV(bytes.NewReader(b))
	} else {
		rows, err = parseJSONLines(bytes.NewReader(b))
	}
	if err == nil {
		err = sameLabels(rows)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("%s: no cases; a suite has one labelled message per line", path)
	}
	return rows, nil
}

// readable refuses files in another encoding: their words would be learnt with holes in them.
func readable(b []byte) error {
	line := 0
	for l := range bytes.Lines(b) {
		line++
		if !utf8.Valid(l) {
			return fmt.Errorf("line %d: is not in UTF-8: save the file in that encoding", line)
		}
	}
	return nil
}

// maxLabel is how long a label may be, in bytes.
const maxLabel = 200

// sameLabels refuses labels that differ only in letter case or in white space around them: they would count as two intents. It
// refuses what is no label, too.
func sameLabels(rows []row) error {
	first := map[string]row{}
	for _, r := range rows {
		key := strings.ToLower(strings.TrimSpace(r.Intent))
		if len(r.Intent) > maxLabel || strings.ContainsFunc(r.Intent, func(c rune) bool { return !unicode.IsPrint(c) }) {
			return fmt.Errorf("line %d: label %.40q… has over %d bytes or signs that do not print: give the name of an intent", r.line, r.Intent, maxLabel)
		}
		if key == intent.OutOfScope && r.Intent != intent.OutOfScope {
			return fmt.Errorf("line %d: label %q is nearly %q, which means out of scope: write it like that", r.line, r.Intent, intent.OutOfScope)
		}
		switch f, seen := first[key]; {
		case !seen:
			first[key] = r
		case f.Intent != r.Intent:
			return fmt.Errorf("line %d: label %q is nearly %q of line %d: write both alike", r.line, r.Intent, f.Intent, f.line)
		}
	}
	return nil
}

func parseJSONLines(r io.Reader) ([]row, error) {
	var rows []row
	seen := map[string]int{}
	s := bufio.NewScanner(r)
	s.Buffer(nil, maxLine)
	n := 0
	for s.Scan() {
		n++
		line := bytes.TrimSpace(s.Bytes())
		if len(line) == 0 {
			continue
		}
		c, err := parseCase(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if c.ID == "" {
			c.ID = fmt.Sprintf("line-%d", n)
		}
		if first, dup := seen[c.ID]; dup {
			return nil, fmt.Errorf("line %d: id %q stands on line %d already", n, c.ID, first)
		}
		seen[c.ID] = n
		rows = append(rows, row{c, n})
	}
	if errors.Is(s.Err(), bufio.ErrTooLong) {
		return nil, fmt.Errorf("line %d: too long: a line may have %d bytes", n+1, maxLine)
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n+1, err)
	}
	return rows, nil
}

func parseCase(line []byte) (Case, error) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	var c Case
	if err := dec.Decode(&c); err != nil {
		if name, unknown := strings.CutPrefix(err.Error(), "json: unknown field "); unknown {
			return Case{}, fmt.Errorf("unknown field %s: the fields are %s", name, strings.Join(caseFields(), ", "))
		}
		return Case{}, fmt.Errorf(`%w: write for example {"text": "where is my order?", "intent": "order_status"}`, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Case{}, errors.New("more follows after the object: write one case per line")
	}
	return c, c.check()
}

// caseFields are the names of a case's fields, as they are written.
func caseFields() []string {
	var names []string
	for f := range reflect.TypeFor[Case]().Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		names = append(names, name)
	}
	return names
}

// check looks for slips. A blank text is allowed where there is a label: people do send messages without words.
func (c Case) check() error {
	if strings.TrimSpace(c.Text) == "" && c.Intent == "" {
		return errors.New(`field "text" is empty: give the message`)
	}
	if c.Repeats < 0 {
		return fmt.Errorf(`field "repeats" is %d: it counts earlier conversations`, c.Repeats)
	}
	if err := checkLabel(c.Priority, c.Route); err != nil {
		return err
	}
	if c.Second == nil {
		return nil
	}
	if err := checkLabel(c.Second.Priority, c.Second.Route); err != nil {
		return fmt.Errorf(`field "second": %w`, err)
	}
	return nil
}

func checkLabel(p intent.Priority, route string) error {
	switch p {
	case "", intent.Urgent, intent.High, intent.Normal, intent.Low:
	default:
		return fmt.Errorf(`field "priority" is %q: use urgent, high, normal or low`, p)
	}
	team, isTeam := strings.CutPrefix(route, "team:")
	if route != "" && route != "reply" && (!isTeam || team == "") {
		return fmt.Errorf(`field "route" is %q: use reply or team:<slug>`, route)
	}
	return nil
}

// parseCSV reads a header with text and intent (or category), in any order and letter case, and its rows.
func parseCSV(r io.Reader) ([]row, error) {
	cr := csv.NewReader(r)
	cr.LazyQuotes = true
	header, err := cr.Read()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("line 1: there is no header: begin with the line text,intent")
	}
	if err != nil {
		return nil, fmt.Errorf("line 1: read the header: %w", err)
	}
	text, label, err := columns(header)
	if err != nil {
		return nil, fmt.Errorf("line 1: %w", err)
	}
	var rows []row
	for {
		fields, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		line, _ := cr.FieldPos(0)
		if errors.Is(err, csv.ErrFieldCount) {
			return nil, fmt.Errorf("line %d: wrong number of fields: %d instead of %d; a text with commas stands in quotes", line, len(fields), len(header))
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if strings.TrimSpace(fields[label]) == "" {
			return nil, fmt.Errorf("line %d: the label is empty: give an intent or %q", line, intent.OutOfScope)
		}
		rows = append(rows, row{Case{ID: fmt.Sprintf("line-%d", line), Text: fields[text], Intent: strings.TrimSpace(fields[label])}, line})
	}
}

func columns(header []string) (text, label int, err error) {
	text, label = -1, -1
	for i, name := range header {
		at := &text
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "text":
		case "intent", "category":
			at = &label
		default:
			return 0, 0, fmt.Errorf("unknown column %q: the columns are text and intent (or category)", name)
		}
		if *at >= 0 {
			return 0, 0, fmt.Errorf("column %q says again what %q says: keep one", name, header[*at])
		}
		*at = i
	}
	if text < 0 || label < 0 {
		return 0, 0, fmt.Errorf("columns are %q: text and intent (or category) are needed", header)
	}
	return text, label, nil
}

// ReadUtterances reads labelled texts to train on, from the formats of ReadSuite. Each needs its label, each label a text with
// words, and it takes two labels beside intent.OutOfScope: otherwise nothing is returned, so that nothing is half-trained.
func ReadUtterances(path string) ([]intent.Utterance, error) {
	rows, err := readRows(path)
	if err != nil {
		return nil, err
	}
	us := make([]intent.Utterance, len(rows))
	for i, r := range rows {
		if strings.TrimSpace(r.Intent) == "" {
			return nil, fmt.Errorf("%s: line %d: case %q has no label: give an intent or %q", path, r.line, r.ID, intent.OutOfScope)
		}
		us[i] = intent.Utterance{Text: r.Text, Intent: r.Intent}
	}
	if err := enoughLabels(rows); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return us, nil
}

// enoughLabels refuses what no classifier can be trained on.
func enoughLabels(rows []row) error {
	worded, labels := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		labels[r.Intent] = true
		worded[r.Intent] = worded[r.Intent] || strings.ContainsFunc(r.Text, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) })
	}
	for _, r := range rows {
		if !worded[r.Intent] {
			return fmt.Errorf("line %d: label %q has no text with words in the whole file: write some, or remove it", r.line, r.Intent)
		}
	}
	delete(labels, intent.OutOfScope)
	if len(labels) < 2 {
		return fmt.Errorf("line %d: up to here there are %d intents beside %q, and it takes two: add texts of another", rows[len(rows)-1].line, len(labels), intent.OutOfScope)
	}
	return nil
}
