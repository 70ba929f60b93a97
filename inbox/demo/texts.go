package demo

import (
	"bytes"
	"embed"
	"fmt"
	"regexp"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed texts/*.yaml
var files embed.FS

// texts are all that people say, with slots in braces.
type texts struct {
	openings  []openings
	dialogues map[string][]dialogue // by intent
	living    []living
	small     small
}

type openings struct {
	Intent   string
	Share    int
	Openings []opening
}

// needs are what must be true of a contact.
type needs struct {
	Order  string // state of an order
	Item   string // kind of the product in it
	Refund string // state of a refund
	Plan   string
	Type   string
	Known  bool // not a visitor
}

type opening struct {
	needs `yaml:",inline"`
	Say   string
}

type dialogue struct {
	Fits  []string // parts of openings that it answers; none: of any
	Lines []line
}

// line has one of its fields set.
type line struct {
	Agent, Contact, Note string
	HandOver             *struct{ Team, Note string } `yaml:"hand_over"`
}

type living struct {
	needs     `yaml:",inline"`
	State     State
	By        string
	Intent    string
	Ago       time.Duration
	Say       string
	NotHelped string `yaml:"not_helped"`
	Lines     []line
	// Before are earlier conversations of the same contact about the same thing, resolved since.
	Before []struct {
		Ago time.Duration
		Say string
	}
}

type small struct {
	Greetings, Endings, Closings, Corrections []string
	NotHelped                                 []string `yaml:"not_helped"`
	WrongAnswer                               []string `yaml:"wrong_answer"`
	HandOvers                                 []string `yaml:"hand_overs"`
	Returns                                   []string // what is to be sent back, as the standard answer asks
}

func readTexts() (*texts, error) {
	t := &texts{dialogues: map[string][]dialogue{}}
	var groups []struct {
		For       []string
		Dialogues []dialogue
	}
	for name, to := range map[string]any{"openings": &t.openings, "dialogues": &groups, "living": &t.living, "small": &t.small} {
		b, err := files.ReadFile("texts/" + name + ".yaml")
		if err != nil {
			return nil, fmt.Errorf("texts: %w", err)
		}
		dec := yaml.NewDecoder(bytes.NewReader(b))
		dec.KnownFields(true)
		if err := dec.Decode(to); err != nil {
			return nil, fmt.Errorf("texts/%s.yaml: %w", name, err)
		}
	}
	for _, g := range groups {
		for _, intent := range g.For {
			t.dialogues[intent] = append(t.dialogues[intent], g.Dialogues...)
		}
	}
	return t, nil
}

var slot = regexp.MustCompile(`\{([a-z]+)\}`)

// nameless greets somebody whose name is not known.
var nameless = strings.NewReplacer("Hi {first}", "Hi", "Hello {first}", "Hello")

// fill puts what is true of a contact into the slots; false when something is not known.
func fill(text string, facts map[string]string) (string, bool) {
	whole := true
	if facts["first"] == "" {
		text = nameless.Replace(text)
	}
	text = slot.ReplaceAllStringFunc(text, func(s string) string {
		v, known := facts[s[1:len(s)-1]]
		whole = whole && known
		return v
	})
	return text, whole
}

// fillable reports whether all slots of a dialogue can be filled.
func (d dialogue) fillable(facts map[string]string) bool {
	for _, l := range d.Lines {
		text := l.Agent + l.Contact + l.Note
		if l.HandOver != nil {
			text += l.HandOver.Note
		}
		if _, whole := fill(text, facts); !whole {
			return false
		}
	}
	return true
}

func (d dialogue) fits(opening string) bool {
	for _, part := range d.Fits {
		if strings.Contains(strings.ToLower(opening), strings.ToLower(part)) {
			return true
		}
	}
	return false
}

// lineOf fills one line; Wait is left to the caller.
func lineOf(l line, facts map[string]string) Line {
	out := Line{Kind: AgentSays, Text: l.Agent}
	switch {
	case l.Contact != "":
		out = Line{Kind: ContactSays, Text: l.Contact}
	case l.Note != "":
		out = Line{Kind: Note, Text: l.Note}
	case l.HandOver != nil:
		out = Line{Kind: HandOver, Text: l.HandOver.Note, Team: l.HandOver.Team}
	}
	out.Text, _ = fill(out.Text, facts)
	return out
}
