package routing

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"usher/intent"
)

// Explanation is a decision with all that it was made on and what became of it.
type Explanation struct {
	ID             uuid.UUID
	ConversationID uuid.UUID
	MessageID      uuid.UUID
	CreatedAt      time.Time
	Decision       Decision
	// Request is what was decided on; nil once it was erased with its contact.
	Request *Request
	// State is pending until the effect is done, then done or withheld.
	State    string
	Withheld string // why
	// Knows is the name of the agent who helped this contact before, if anybody did.
	Knows    string
	Assigned *Assigned
	// Helped is what the contact said of the automatic answer; nil when nothing.
	Helped      *bool
	Corrections []Relabel
	// Recomputed is what the same policy makes of the same request today; nil when one of them is gone.
	Recomputed *Decision
}

// Assigned says who got the conversation, and who else was considered.
type Assigned struct {
	Agent      string
	Cause      string // dispatched, taken, handed_over
	At         time.Time
	Considered []Candidate
}

// Candidate is an agent who was considered.
type Candidate struct {
	Agent  string `json:"agent"`
	Chosen bool   `json:"chosen"`
	Why    string `json:"why"`
}

// Relabel is an agent's correction.
type Relabel struct {
	Agent       string
	Intent      string // empty when right
	Priority    string // empty when right
	WrongAnswer bool
	Reason      string
}

// Text tells the story in five steps, for a terminal.
func (e Explanation) Text() string {
	var s story
	s.linef("Decision %s, %s", e.ID, moments(e.CreatedAt))
	s.linef("of message %s in conversation %s", e.MessageID, e.ConversationID)
	if e.Request != nil && e.Request.Text != "" {
		s.linef("")
		for line := range strings.Lines(e.Request.Text) {
			s.linef("  > %s", plainWords(line))
		}
	}
	s.linef("")
	s.step("1 Understood", e.understood())
	s.step("2 Remembered", e.remembered())
	s.step("3 Checked", e.checked())
	s.step("4 Decided", e.decided())
	s.step("5 Assigned", e.assigned())
	if after := e.afterwards(); len(after) > 0 {
		s.step("Afterwards", after)
	}
	s.step("Proof", []string{e.proof()})
	return s.String()
}

// story collects lines.
type story struct{ strings.Builder }

func (s *story) linef(format string, args ...any) {
	s.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

// step writes a title with lines beside it.
func (s *story) step(title string, lines []string) {
	for _, line := range lines {
		s.linef("%-13s %s", title, line)
		title = ""
	}
}

func moments(t time.Time) string { return t.UTC().Format("2 January 2006 15:04:05 MST") }

func day(t time.Time) string { return t.UTC().Format("2 January 2006") }

const erased = "what it was decided on was erased with the contact"

func (e Explanation) understood() []string {
	if e.Request == nil {
		return []string{erased}
	}
	p := e.Request.Prediction
	var lines []string
	if p.Degraded != "" {
		lines = append(lines, "not properly: "+plainWords(p.Degraded))
	}
	switch {
	case p.Fused:
		lines = append(lines, "read by its n-grams and its vector")
	case p.Shallow != "":
		lines = append(lines, "read by its n-grams alone: "+plainWords(p.Shallow))
	}
	if len(p.Ranked) > 0 {
		first := fmt.Sprintf("%s, %s sure", IntentName(p.Ranked[0].Intent), percent(p.Ranked[0].Confidence))
		for _, r := range p.Ranked[1:min(len(p.Ranked), 3)] {
			first += fmt.Sprintf("; %s %s", IntentName(r.Intent), percent(r.Confidence))
		}
		lines = append(lines, first, fmt.Sprintf("%s likely out of scope", percent(p.OOS)))
	}
	if p.Signals.Several && len(p.Asks) > 1 {
		asks := make([]string, len(p.Asks))
		for i, a := range p.Asks {
			asks[i] = fmt.Sprintf("%s, %s", IntentName(a.Intent), percent(a.Confidence))
		}
		lines = append(lines, "asks one after the other: "+strings.Join(asks, "; "))
	}
	lines = append(lines, "language: "+e.language())
	if words := tellingWords(p.Words); words != "" {
		lines = append(lines, "words that mattered: "+words)
	}
	for _, entity := range p.Entities {
		lines = append(lines, fmt.Sprintf("%s: %s", strings.ReplaceAll(entity.Kind, "_", " "), plainWords(entity.Value)))
	}
	return lines
}

func (e Explanation) language() string {
	p := e.Request.Prediction
	switch l := languageOf(*e.Request); {
	case l == intent.Undetermined:
		return "not known"
	case l != p.Language:
		return plainWords(l) + ", as in the messages before"
	case p.Foreign:
		return plainWords(l) + ", of which the model has no examples"
	default:
		return plainWords(l)
	}
}

// tellingWords are those that spoke for the first intent, the strongest first as the model gives them.
func tellingWords(words []intent.Word) string {
	var telling []string
	for _, w := range words {
		if w.Weight > 0 && len(telling) < 5 {
			telling = append(telling, plainWords(w.Text))
		}
	}
	return strings.Join(telling, ", ")
}

func (e Explanation) remembered() []string {
	if e.Request == nil {
		return []string{erased}
	}
	v := e.Request.Evidence
	var lines []string
	if v.Degraded != "" {
		lines = append(lines, "not all: "+plainWords(v.Degraded))
	}
	if v.FellBack {
		lines = append(lines, "compared by built-in vectors ("+plainWords(v.ComparedBy)+"), as the usual embedder did not answer")
	}
	if v.Repeats > 0 {
		lines = append(lines, fmt.Sprintf("%s of this contact about the same thing", count(v.Repeats, "earlier conversation", "earlier conversations")))
		for _, c := range v.Own {
			lines = append(lines, "  "+caseLine(c))
		}
	}
	if len(v.Similar) > 0 {
		lines = append(lines, count(len(v.Similar), "similar case", "similar cases"))
		for _, c := range v.Similar {
			lines = append(lines, "  "+caseLine(c))
		}
	}
	if e.Knows != "" {
		lines = append(lines, plainWords(e.Knows)+" helped this contact before")
	}
	if len(lines) == 0 {
		return []string{"nothing like it, and nothing of this contact"}
	}
	return lines
}

func caseLine(c Case) string {
	words := []string{IntentName(c.Intent)}
	if c.Score > 0 {
		words = append([]string{percent(c.Score) + " alike"}, words...)
	}
	if c.Handled == "people" && c.Agent != "" {
		words = append(words, "with "+plainWords(c.Agent))
	} else if c.Outcome != "" {
		words = append(words, map[string]string{"automatic": "answered automatically", "people": "with people"}[c.Handled])
	}
	switch c.Outcome {
	case "":
		words = append(words, "not resolved yet")
	case "silence":
		words = append(words, "resolved by silence on "+day(c.ResolvedAt))
	default:
		words = append(words, fmt.Sprintf("resolved by the %s on %s", c.Outcome, day(c.ResolvedAt)))
	}
	return strings.Join(words, ", ")
}

func (e Explanation) checked() []string {
	if len(e.Decision.Guards) == 0 {
		return []string{"nothing: no automatic answer was in question"}
	}
	lines := make([]string, len(e.Decision.Guards))
	for i, g := range e.Decision.Guards {
		verdict := "passed "
		if !g.Passed {
			verdict = "STOPPED"
		}
		lines[i] = fmt.Sprintf("%s %-12s %s", verdict, g.Name, g.Detail)
	}
	return lines
}

func (e Explanation) decided() []string {
	d := e.Decision
	var what string
	switch d.Route {
	case ToReply:
		what = "automatic answer " + d.Template
		if d.TextLanguage != "" {
			what += ", its text in " + plainWords(d.TextLanguage)
		}
	case ToResolve:
		what = "resolved"
	default:
		what = "people of " + d.Team
		if len(d.Skills) > 0 {
			what += " with " + list(d.Skills)
		}
	}
	is, needed := percents(d.Confidence, d.Threshold)
	lines := []string{
		d.Reason,
		fmt.Sprintf("%s; confidence %s, threshold %s; policy version %d", what, is, needed, d.PolicyVersion),
	}
	if len(d.PriorityReasons) > 0 {
		lines = append(lines, fmt.Sprintf("%s, because: %s", priorityWords(d.Priority), strings.Join(d.PriorityReasons, "; ")))
	} else {
		lines = append(lines, priorityWords(d.Priority))
	}
	switch e.State {
	case "pending":
		lines = append(lines, "not carried out yet")
	case "withheld":
		lines = append(lines, "withheld: "+plainWords(e.Withheld))
	}
	return lines
}

func (e Explanation) assigned() []string {
	if e.Assigned == nil {
		if e.Decision.Route == ToAgent {
			return []string{"nobody yet: it waits in the queue of " + e.Decision.Team}
		}
		return []string{"nobody: no person was needed"}
	}
	how := map[string]string{"dispatched": "by the dispatcher", "taken": "who took it", "handed_over": "to whom it was handed over"}[e.Assigned.Cause]
	lines := []string{fmt.Sprintf("%s, %s, %s", plainWords(e.Assigned.Agent), how, moments(e.Assigned.At))}
	for _, c := range e.Assigned.Considered {
		verdict := "not"
		if c.Chosen {
			verdict = "for"
		}
		lines = append(lines, fmt.Sprintf("%s %s: %s", verdict, plainWords(c.Agent), plainWords(c.Why)))
	}
	return lines
}

func (e Explanation) afterwards() []string {
	var lines []string
	if e.Helped != nil {
		lines = append(lines, map[bool]string{true: "the contact says that it helped", false: "the contact says that it did not help"}[*e.Helped])
	}
	for _, c := range e.Corrections {
		var what []string
		if c.Intent != "" {
			what = append(what, "the intent is "+IntentName(c.Intent))
		}
		if c.Priority != "" {
			what = append(what, "the priority is "+c.Priority)
		}
		if c.WrongAnswer {
			what = append(what, "the answer was wrong")
		}
		line := fmt.Sprintf("%s says that %s", plainWords(c.Agent), list(what))
		if c.Reason != "" {
			line += ": " + plainWords(c.Reason)
		}
		lines = append(lines, line)
	}
	return lines
}

// proof says whether the decision comes out again.
func (e Explanation) proof() string {
	if e.Recomputed == nil {
		return "cannot be decided again: the request or the policy version is gone"
	}
	if e.Recomputed.Route == e.Decision.Route && e.Recomputed.Reason == e.Decision.Reason && e.Recomputed.Priority == e.Decision.Priority &&
		e.Recomputed.TextLanguage == e.Decision.TextLanguage {
		return "decided again today from the same request and policy: the same comes out"
	}
	return "decided again today it would be: " + e.Recomputed.Reason
}
