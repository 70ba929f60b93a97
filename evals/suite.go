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
	"strings"

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
	cases, err := parseJSONLines(bytes.NewReader(starterSuite))
	if err != nil {
		return nil, fmt.Errorf("read the starter suite: %w", err)
	}
	return cases, nil
}

// maxLine bounds a line of a suite: a message of 64 KiB, escaped, with its labels.
const maxLine = 1 << 20

// ReadSuite reads a suite from a file: JSON Lines (.jsonl), or CSV with the columns text and intent (or category).
// Errors name the file and line.
func ReadSuite(path string) ([]Case, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read suite: %w", err)
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	var cases []Case
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		cases, err = parseCSV(bytes.NewReader(b))
	} else {
		cases, err = parseJSONLines(bytes.NewReader(b))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("%s: no cases; a suite has one labelled message per line", path)
	}
	return cases, nil
}

func parseJSONLines(r io.Reader) ([]Case, error) {
	var cases []Case
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
		cases = append(cases, c)
	}
	if errors.Is(s.Err(), bufio.ErrTooLong) {
		return nil, fmt.Errorf("line %d: too long: a line may have %d bytes", n+1, maxLine)
	}
	if err := s.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n+1, err)
	}
	return cases, nil
}

func parseCase(line []byte) (Case, error) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	var c Case
	if err := dec.Decode(&c); err != nil {
		return Case{}, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Case{}, errors.New("more follows after the object: write one case per line")
	}
	return c, c.check()
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
func parseCSV(r io.Reader) ([]Case, error) {
	cr := csv.NewReader(r)
	cr.LazyQuotes = true
	header, err := cr.Read()
	if err != nil {
		return nil, fmt.Errorf("line 1: read the header: %w", err)
	}
	text, label, err := columns(header)
	if err != nil {
		return nil, fmt.Errorf("line 1: %w", err)
	}
	var cases []Case
	for {
		row, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return cases, nil
		}
		line, _ := cr.FieldPos(0)
		if errors.Is(err, csv.ErrFieldCount) {
			return nil, fmt.Errorf("line %d: wrong number of fields: %d instead of %d; a text with commas stands in quotes", line, len(row), len(header))
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if strings.TrimSpace(row[label]) == "" {
			return nil, fmt.Errorf("line %d: the label is empty: give an intent or %q", line, intent.OutOfScope)
		}
		cases = append(cases, Case{ID: fmt.Sprintf("line-%d", line), Text: row[text], Intent: strings.TrimSpace(row[label])})
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

// ReadUtterances reads labelled texts to train on, from the formats of ReadSuite. Each needs its label.
func ReadUtterances(path string) ([]intent.Utterance, error) {
	cases, err := ReadSuite(path)
	if err != nil {
		return nil, err
	}
	us := make([]intent.Utterance, len(cases))
	for i, c := range cases {
		if c.Intent == "" {
			return nil, fmt.Errorf("%s: case %q has no label: give an intent or %q", path, c.ID, intent.OutOfScope)
		}
		us[i] = intent.Utterance{Text: c.Text, Intent: c.Intent}
	}
	return us, nil
}
