package routing

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// maxLoops is how many loops may stand inside one another.
const maxLoops = 2

// lint reads a template without running it and reports every variable, filter and tag that does not exist. The
// Liquid library finds those only when it comes upon them, which may be months after the save; it leaves a bracket
// that is not closed in the text, and its include tag reads files.
func lint(body string) []Problem {
	l := linter{locals: map[string]*shape{}}
	l.pieces(body)
	for _, t := range l.open {
		l.line = t.line
		l.addf("{%% %s %%} is not closed; add {%% end%s %%}", t.name, t.name)
	}
	return l.problems
}

type linter struct {
	line     int
	locals   map[string]*shape
	open     []openTag
	problems []Problem
}

type openTag struct {
	name string
	line int
	// loop variables to restore at the end
	variable string
	hidden   *shape
}

func (l *linter) addf(format string, args ...any) {
	l.problems = append(l.problems, Problem{Line: l.line, Message: fmt.Sprintf(format, args...)})
}

// pieces cuts the body into texts, {{ … }} and {% … %}; each must end on its line.
func (l *linter) pieces(body string) {
	comment := false
	for i, text := range strings.Split(body, "\n") {
		l.line = i + 1
		for text != "" {
			before, kind, inside, rest, ok := nextPiece(text)
			if !comment {
				l.text(before)
			}
			if kind == "" {
				break
			}
			if !ok {
				l.addf("%s is not closed on this line; add %s", kind, closing[kind])
				break
			}
			switch {
			case comment:
				comment = kind != "{%" || strings.TrimSpace(inside) != "endcomment"
			case kind == "{%" && strings.TrimSpace(inside) == "comment":
				comment = true
			case kind == "{{":
				l.expression(inside)
			default:
				l.tag(inside)
			}
			text = rest
		}
	}
	if comment {
		l.addf("{%% comment %%} is not closed; add {%% endcomment %%}")
	}
}

var closing = map[string]string{"{{": "}}", "{%": "%}"}

func nextPiece(text string) (before, kind, inside, rest string, ok bool) {
	at := -1
	for _, opening := range []string{"{{", "{%"} {
		if i := strings.Index(text, opening); i >= 0 && (at < 0 || i < at) {
			at, kind = i, opening
		}
	}
	if at < 0 {
		return text, "", "", "", false
	}
	before = text[:at]
	inside, rest, ok = strings.Cut(text[at+2:], closing[kind])
	return before, kind, strings.TrimSuffix(strings.TrimPrefix(inside, "-"), "-"), rest, ok
}

func (l *linter) text(s string) {
	for _, stray := range []string{"}}", "%}"} {
		if strings.Contains(s, stray) {
			l.addf("%s without its beginning; remove it or add the beginning", stray)
		}
	}
}

var (
	tagForm    = regexp.MustCompile(`^\s*([a-z_]+)(?:\s+(.*?))?\s*$`)
	assignForm = regexp.MustCompile(`^([a-z_][a-z0-9_]*)\s*=\s*(.+)$`)
	loopForm   = regexp.MustCompile(`^([a-z_][a-z0-9_]*)\s+in\s+(.+)$`)
	nameForm   = regexp.MustCompile(`^[a-z_][a-z0-9_]*$`)
	loopEnd    = regexp.MustCompile(`\s+(?:reversed|limit:\s*\d{1,4}|offset:\s*\d{1,4})\s*$`)
)

func (l *linter) tag(inside string) {
	m := tagForm.FindStringSubmatch(inside)
	if m == nil {
		l.addf("{%% %s %%} is not a tag; a tag begins with its name, such as {%% if order %%}", strings.TrimSpace(inside))
		return
	}
	name, args := m[1], m[2]
	switch name {
	case "if", "unless", "case":
		l.open = append(l.open, openTag{name: name, line: l.line})
		l.expression(args)
	case "elsif", "when", "else":
		l.branch(name, args)
	case "for":
		l.loop(args)
	case "capture":
		l.open = append(l.open, openTag{name: name, line: l.line})
		l.define(strings.TrimSpace(args), leaf)
	case "assign":
		l.assign(args)
	case "break", "continue":
		if l.loops() == 0 {
			l.addf("{%% %s %%} stands outside of a loop; remove it", name)
		}
	case "endif", "endunless", "endcase", "endfor", "endcapture":
		l.end(strings.TrimPrefix(name, "end"))
	default:
		l.addf("there is no tag %q; use one of: if, unless, elsif, else, case, when, for, break, continue, assign, capture, comment", name)
	}
}

var branches = map[string][]string{"elsif": {"if"}, "else": {"if", "unless", "case", "for"}, "when": {"case"}}

func (l *linter) branch(name, args string) {
	if len(l.open) == 0 || !slices.Contains(branches[name], l.open[len(l.open)-1].name) {
		l.addf("{%% %s %%} does not stand inside {%% %s %%}", name, strings.Join(branches[name], " %} or {% "))
	}
	if name != "else" {
		l.expression(args)
	}
}

func (l *linter) loops() int {
	n := 0
	for _, t := range l.open {
		if t.name == "for" {
			n++
		}
	}
	return n
}

func (l *linter) loop(args string) {
	opened := openTag{name: "for", line: l.line}
	if m := loopForm.FindStringSubmatch(args); m != nil {
		over := m[2]
		for loopEnd.MatchString(over) {
			over = loopEnd.ReplaceAllString(over, "")
		}
		list := l.expression(over)
		opened.variable, opened.hidden = m[1], l.locals[m[1]]
		l.define(m[1], list.item())
		if list == leaf {
			l.addf("%s is not a list", strings.TrimSpace(over))
		}
	} else {
		l.addf("{%% for %s %%} is not a loop; write {%% for item in order.items %%}", args)
	}
	l.open = append(l.open, opened)
	if l.loops() > maxLoops {
		l.addf("no more than %d loops may stand inside one another", maxLoops)
	}
}

func (l *linter) end(name string) {
	if len(l.open) == 0 || l.open[len(l.open)-1].name != name {
		l.addf("{%% end%s %%} does not fit; close what was opened last", name)
		return
	}
	last := l.open[len(l.open)-1]
	l.open = l.open[:len(l.open)-1]
	if last.variable == "" {
		return
	}
	if last.hidden == nil {
		delete(l.locals, last.variable)
	} else {
		l.locals[last.variable] = last.hidden
	}
}

func (l *linter) assign(args string) {
	m := assignForm.FindStringSubmatch(args)
	if m == nil {
		l.addf("{%% assign %s %%} is not understood; write {%% assign name = value %%}", args)
		return
	}
	l.define(m[1], l.expression(m[2]))
}

func (l *linter) define(name string, s *shape) {
	switch {
	case !nameForm.MatchString(name):
		l.addf("%q cannot be a name; use small letters, digits and _", name)
	case variables().fields[name] != nil || name == "forloop" || keywords[name]:
		l.addf("%s has a meaning already; choose another name", name)
	default:
		l.locals[name] = s
	}
}

// shape is what may stand below a variable.
type shape struct {
	fields  map[string]*shape
	element *shape // of a list
	open    bool   // any field
}

var (
	leaf     = &shape{}
	openTo   = &shape{open: true}
	keywords = map[string]bool{"and": true, "or": true, "contains": true, "in": true, "true": true, "false": true, "nil": true}
	loopInfo = &shape{fields: map[string]*shape{
		"first": leaf, "last": leaf, "index": leaf, "index0": leaf, "rindex": leaf, "rindex0": leaf, "length": leaf,
	}}
)

func (s *shape) item() *shape {
	switch {
	case s.open:
		return openTo
	case s.element != nil:
		return s.element
	}
	return leaf
}

// variables is the tree of TemplateVariables.
var variables = sync.OnceValue(variableTree)

func variableTree() *shape {
	root := &shape{fields: map[string]*shape{}}
	for _, v := range TemplateVariables() {
		at := root
		path := strings.Split(v.Name, ".")
		for _, part := range path {
			if at.fields == nil {
				at.fields = map[string]*shape{}
			}
			if at.fields[part] == nil {
				at.fields[part] = &shape{}
			}
			at = at.fields[part]
		}
		at.open = v.Open
		if v.List {
			at.element = leaf
		}
	}
	root.fields["orders"].element = root.fields["order"]
	return root
}

// expression checks one expression and returns the shape of its value.
func (l *linter) expression(source string) *shape {
	tokens, ok := lexExpression(source)
	if !ok || len(tokens) == 0 {
		l.addf("%q is not understood; write a variable, a \"text\" or a number, with filters after |", strings.TrimSpace(source))
		return openTo
	}
	result, simple := openTo, true
	for i := 0; i < len(tokens); {
		t := tokens[i]
		switch {
		case t == "|":
			i = l.filter(tokens, i+1)
			simple = false
		case isName(t) && !keywords[t]:
			result, i = l.path(tokens, i)
			simple = simple && i == len(tokens) && len(tokens) > 0
		default:
			simple = simple && len(tokens) == 1
			i++
		}
	}
	if !simple || !isName(tokens[0]) {
		return openTo
	}
	return result
}

// filter checks `name` or `name: a, b` at i and returns where it ends; its arguments are checked as expressions.
func (l *linter) filter(tokens []string, i int) int {
	if i >= len(tokens) || !isName(tokens[i]) {
		l.addf("a filter's name is missing after |")
		return len(tokens)
	}
	name, args := tokens[i], 0
	i++
	if i < len(tokens) && tokens[i] == ":" {
		args = 1
		for i++; i < len(tokens) && tokens[i] != "|"; {
			switch {
			case tokens[i] == ",":
				args++
				i++
			case isName(tokens[i]) && !keywords[tokens[i]]:
				_, i = l.path(tokens, i)
			default:
				i++
			}
		}
	}
	limits, ok := filterArgs[name]
	switch {
	case !ok:
		l.addf("there is no filter %q; use one of: %s", name, strings.Join(slices.Sorted(maps.Keys(filterArgs)), ", "))
	case args < limits[0] || args > limits[1]:
		l.addf("filter %s takes %s and has %d", name, arguments(limits), args)
	}
	return i
}

func arguments(limits [2]int) string {
	if limits[0] == limits[1] {
		return count(limits[0], "argument", "arguments")
	}
	return fmt.Sprintf("%d or %d arguments", limits[0], limits[1])
}

// path checks a.b[0].c at i and returns its shape and where it ends.
func (l *linter) path(tokens []string, i int) (*shape, int) {
	name := tokens[i]
	at := l.locals[name]
	if at == nil && name == "forloop" && l.loops() > 0 {
		at = loopInfo
	}
	if at == nil {
		at = variables().fields[name]
	}
	if at == nil {
		l.addf("there is no variable %q; use one of: %s", name, strings.Join(slices.Sorted(maps.Keys(variables().fields)), ", "))
		at = openTo
	}
	for i++; i < len(tokens); {
		switch {
		case tokens[i] == "." && i+1 < len(tokens) && isName(tokens[i+1]):
			at = l.below(at, name, tokens[i+1])
			name += "." + tokens[i+1]
			i += 2
		case tokens[i] == "[" && i+2 < len(tokens) && tokens[i+2] == "]":
			at = l.index(at, name, tokens[i+1])
			name += "[" + tokens[i+1] + "]"
			i += 3
		default:
			return at, i
		}
	}
	return at, i
}

func (l *linter) below(at *shape, name, field string) *shape {
	switch {
	case at.open:
		return openTo
	case at.fields[field] != nil:
		return at.fields[field]
	case at.element != nil && (field == "first" || field == "last"):
		return at.element
	case at.element != nil && field == "size":
		return leaf
	case at.element != nil:
		l.addf("%s is a list; write a loop, or %s.first.%s", name, name, field)
	case len(at.fields) == 0:
		l.addf("%s has no fields, so there is no %s.%s", name, name, field)
	default:
		l.addf("there is no variable %q; %s has: %s", name+"."+field, name, strings.Join(slices.Sorted(maps.Keys(at.fields)), ", "))
	}
	return openTo
}

func (l *linter) index(at *shape, name, key string) *shape {
	if text, err := strconv.Unquote(key); err == nil {
		return l.below(at, name, text)
	}
	if !at.open && at.element == nil {
		l.addf("%s is not a list, so there is no %s[%s]", name, name, key)
	}
	return at.item()
}

var tokenForm = regexp.MustCompile(`^(?:"[^"]*"|'[^']*'|-?\d{1,12}(?:\.\d{1,12})?|[A-Za-z_][A-Za-z0-9_-]*\??|==|!=|>=|<=|[.<>\[\]|:,()])`)

// lexExpression cuts an expression into tokens; texts come back in double quotes. Ranges (1..9) are not among them.
func lexExpression(s string) ([]string, bool) {
	var tokens []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		t := tokenForm.FindString(s)
		if t == "" || strings.HasPrefix(s, "..") {
			return nil, false
		}
		s = s[len(t):]
		if t[0] == '\'' {
			t = strconv.Quote(t[1 : len(t)-1])
		}
		tokens = append(tokens, t)
	}
	return tokens, true
}

func isName(t string) bool {
	return t[0] == '_' || t[0] >= 'a' && t[0] <= 'z' || t[0] >= 'A' && t[0] <= 'Z'
}
