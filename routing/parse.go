package routing

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxPolicy is the longest policy document, in bytes.
const maxPolicy = 256 << 10

// Problem is something wrong with a policy or a template, and what would be right. Line is 0 when
// it concerns the whole.
type Problem struct {
	Line    int    `json:"line"`
	Message string `json:"message"`
	// Language is that of the text of a standard answer; empty for everything else.
	Language string `json:"language,omitempty"`
}

func (p Problem) String() string {
	s := p.Message
	if p.Line > 0 {
		s = fmt.Sprintf("line %d: %s", p.Line, s)
	}
	if p.Language != "" {
		s = "text in " + p.Language + ", " + s
	}
	return s
}

// ProblemsError carries all problems of a document, in the order of its lines.
type ProblemsError struct{ Problems []Problem }

func (e *ProblemsError) Error() string {
	all := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		all[i] = p.String()
	}
	return strings.Join(all, "; ")
}

func problemsError(problems []Problem) error {
	if len(problems) == 0 {
		return nil
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	return &ProblemsError{problems}
}

// ParsePolicy reads a policy strictly: unknown and doubled fields, wrong types and values out of range are all
// reported at once, as *ProblemsError with lines. It does not know which templates or intents exist: see Check.
func ParsePolicy(doc []byte) (*Policy, error) {
	if len(doc) > maxPolicy {
		return nil, problemsError([]Problem{{Message: fmt.Sprintf("the policy has %d bytes and the limit is %d; shorten it", len(doc), maxPolicy)}})
	}
	var root yaml.Node
	if err := yaml.Unmarshal(doc, &root); err != nil {
		return nil, problemsError(yamlProblems(err))
	}
	p := &Policy{lines: linesOf(&root)}
	dec := yaml.NewDecoder(bytes.NewReader(doc))
	dec.KnownFields(true)
	err := dec.Decode(p)
	if errors.Is(err, io.EOF) {
		return nil, problemsError([]Problem{{Message: "the policy is empty; start from `usher policy show`"}})
	}
	if err != nil {
		return nil, problemsError(yamlProblems(err))
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, problemsError([]Problem{{Message: "there is more than one document; keep one and remove the `---` lines"}})
	}
	if problems := p.validate(); len(problems) > 0 {
		return nil, problemsError(problems)
	}
	p.fillDefaults()
	p.hash = p.contentHash()
	return p, nil
}

func (p *Policy) fillDefaults() {
	for label, r := range p.Intents {
		if r.Threshold == 0 {
			r.Threshold = p.Defaults.Threshold
		}
		if r.Team == "" {
			r.Team = p.Defaults.Team
		}
		if r.Priority == "" {
			r.Priority = p.Defaults.Priority
		}
		if r.Route == ToReply && r.Template == "" {
			r.Template = label
		}
		p.Intents[label] = r
	}
}

// lines finds the line of a field by its path, such as "intents.refund_request.team".
type lines map[string]int

func linesOf(root *yaml.Node) lines {
	l := lines{}
	if len(root.Content) > 0 {
		l.walk("", root.Content[0], 0)
	}
	return l
}

// walk goes through maps and lists only as deep as a policy is; aliases are not followed, so it ends.
func (l lines) walk(path string, n *yaml.Node, depth int) {
	if depth > 6 {
		return
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := join(path, n.Content[i].Value)
			l[key] = n.Content[i].Line
			l.walk(key, n.Content[i+1], depth+1)
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			key := join(path, strconv.Itoa(i))
			l[key] = item.Line
			l.walk(key, item, depth+1)
		}
	}
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// at is the line of the path, or of the nearest part of it that is written down.
func (l lines) at(path string) int {
	for path != "" {
		if line, ok := l[path]; ok {
			return line
		}
		i := strings.LastIndexByte(path, '.')
		if i < 0 {
			break
		}
		path = path[:i]
	}
	return 0
}

var (
	yamlLine     = regexp.MustCompile(`(?s)^(?:yaml: )?(?:unmarshal errors:\s*)?line (\d+): (.*)$`)
	unknownField = regexp.MustCompile(`^field (.+) not found in type routing\.(\w+)$`)
	wrongType    = regexp.MustCompile("^cannot unmarshal !!(\\w+) `?(.*?)`? ?into (.+)$")
)

// yamlProblems turns the YAML library's errors into problems that name a remedy.
func yamlProblems(err error) []Problem {
	texts := []string{err.Error()}
	var typed *yaml.TypeError
	if errors.As(err, &typed) {
		texts = typed.Errors
	}
	problems := make([]Problem, len(texts))
	for i, text := range texts {
		line := 0
		if m := yamlLine.FindStringSubmatch(text); m != nil {
			line, _ = strconv.Atoi(m[1]) // digits by the expression; a number too long to be a line stays 0
			text = m[2]
		}
		problems[i] = Problem{Line: line, Message: remedy(strings.TrimPrefix(text, "yaml: "))}
	}
	return problems
}

func remedy(text string) string {
	if m := unknownField.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%q is not a field here; use one of: %s", m[1], strings.Join(fieldsOf(m[2]), ", "))
	}
	if m := wrongType.FindStringSubmatch(text); m != nil {
		return fmt.Sprintf("%s does not fit here; give %s", quoteKind(m[1], m[2]), kindWanted(m[3]))
	}
	if strings.Contains(text, "already defined at line") {
		return text + "; keep one of them"
	}
	return text
}

func quoteKind(kind, value string) string {
	switch kind {
	case "seq":
		return "a list"
	case "map":
		return "a group of fields"
	case "null":
		return "nothing"
	}
	return strconv.Quote(value)
}

func kindWanted(goType string) string {
	switch {
	case strings.HasSuffix(goType, "float64"):
		return "a number, such as 0.7"
	case goType == "int":
		return "a whole number"
	case goType == "[]string":
		return "a list, such as [orders, billing]"
	case strings.HasPrefix(goType, "map["), strings.HasPrefix(goType, "routing."):
		return "a group of fields"
	}
	return "a word"
}

func fieldsOf(typeName string) []string {
	switch typeName {
	case "Policy":
		return []string{"version", "name", "defaults", "teams", "skills", "intents", "guards", "entities", "second_opinion", "silence_hours"}
	case "Defaults":
		return []string{"threshold", "unclear_below", "team", "priority"}
	case "IntentRoute":
		return []string{"route", "template", "threshold", "team", "skills", "priority"}
	case "Guards":
		return []string{"max_oos", "languages", "default_text_for", "never_reply_to", "repeat_days", "max_auto_replies", "evidence"}
	case "Band":
		return []string{"from", "to"}
	case "ContactMatch":
		return []string{"types", "attributes"}
	}
	return []string{"min_cases", "min_score", "max_bad_share"}
}
