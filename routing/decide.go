package routing

import (
	"strings"
	"unicode"

	"usher/intent"
)

// Values of the buttons under an automatic answer.
const (
	HelpedYes = "helped_yes"
	HelpedNo  = "helped_no"
)

// Decide says what happens to a request, and why. It is pure and total: the same request gives the same decision,
// and whatever the request holds, some decision comes out; in doubt, people get it. Every guard is recorded in the
// order made, also when an earlier one already speaks for people.
func (p *Policy) Decide(req Request) Decision {
	said := hear(req)
	if said == saidYes && p.mayResolve(req.State) {
		return p.resolve(req)
	}
	v := p.look(req, said)
	d := Decision{
		Intent: v.label, Confidence: v.top.Confidence, Threshold: v.route.Threshold, Language: v.language,
		Degraded:      req.Prediction.Degraded != "" || req.Prediction.Shallow != "" || len(req.Prediction.Ranked) == 0 || req.Evidence.Degraded != "",
		PolicyVersion: p.Version, PolicyHash: p.hash, ModelHash: req.Prediction.Model,
		Team: v.route.Team, Skills: v.route.Skills,
	}
	if v.notHelp {
		d.Helped = new(bool)
	}
	v.priority, d.PriorityReasons = p.prioritise(v)
	d.Priority = v.priority
	guards, passed, because := checkGuards(v)
	d.Guards = guards
	if passed {
		d.Route, d.Template = ToReply, v.route.Template
		d.TextLanguage, _ = v.chooseText()
	} else {
		d.Route = ToAgent
		p.handToPeople(v, &d)
		d.Skills = p.withLanguage(d.Skills, d.Language)
	}
	d.Reason = reason(p, v, d, because)
	return d
}

// look works out the label and its route.
func (p *Policy) look(req Request, said answer) view {
	v := view{Policy: p, Request: req, top: req.Prediction.Top(), notHelp: said == saidNo || req.Choice == HelpedNo, language: languageOf(req)}
	last := req.State.LastIntent
	switch {
	case said == saidNo && last != "":
		// "No" names no request of its own: it is still about the last one.
		v.top, v.label = intent.Ranked{Intent: last}, last
		v.route = p.RouteOf(last)
		return v
	case req.State.Watched && last != "" && onlyOrderNumber(req):
		// The answer to our question for the number: still the last request, which we are sure of.
		v.top, v.label, v.continues = intent.Ranked{Intent: last, Confidence: 1}, last, true
	case p.inScope(req.Prediction):
		v.label = v.top.Intent
	default:
		v.label = intent.OutOfScope
	}
	v.route = p.RouteOf(v.label)
	if !(v.top.Confidence >= p.Defaults.UnclearBelow) {
		v.route.Team, v.route.Skills, v.route.Priority = p.Defaults.Team, nil, p.Defaults.Priority
	}
	return v
}

// onlyOrderNumber reports whether the text is an order number and hardly anything else.
func onlyOrderNumber(req Request) bool {
	rest := req.Text
	found := false
	for _, e := range req.Prediction.Entities {
		if e.Kind == "order_number" && e.Value != "" {
			rest, found = strings.Replace(rest, e.Value, " ", 1), true
		}
	}
	words := strings.FieldsFunc(strings.ToLower(rest), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return found && every(words, func(w string) bool { return numberWords[w] })
}

var numberWords = wordSet("it its is it's s the my order number no nr ord ok yes sure hi hello here sorry of course thanks please")

func (p *Policy) inScope(pr intent.Prediction) bool {
	return len(pr.Ranked) > 0 && pr.Ranked[0].Intent != intent.OutOfScope && pr.OOS <= p.Guards.MaxOOS
}

// prioritise finds the priority. It never falls while people have the conversation.
func (p *Policy) prioritise(v view) (intent.Priority, []string) {
	base := v.route.Priority
	var why []string
	if v.notHelp && base.Rank() > intent.Normal.Rank() {
		base, why = intent.Normal, []string{"the automatic answer did not help"}
	}
	priority, reasons := intent.Prioritise(v.Prediction, base, intent.PriorityContext{ContactType: v.Contact.Type, Repeats: v.Evidence.Repeats})
	why = append(why, reasons...)
	if v.State.Team == "" && v.State.AgentID == nil {
		return priority, why
	}
	if before := intent.Priority(v.State.Priority); before != "" && before.Rank() < priority.Rank() {
		return before, append(why, "it was "+string(before)+" before")
	}
	return priority, why
}

// handToPeople chooses the team. While people have the conversation it stays where it is, unless a clear new request
// that another team answers for comes into a queue.
func (p *Policy) handToPeople(v view, d *Decision) {
	if v.State.Team == "" {
		return
	}
	plain := v.label != intent.OutOfScope && v.top.Confidence >= v.route.Threshold
	if plain && v.route.Route == ToAgent {
		if v.State.AgentID != nil {
			d.Team = v.State.Team
		}
		return
	}
	d.Team = v.State.Team
	if v.State.LastIntent != "" {
		d.Intent, d.Skills = v.State.LastIntent, p.RouteOf(v.State.LastIntent).Skills
	}
}

// mayResolve reports whether a "yes" ends the conversation: only while no person is in it and nothing is left to say.
func (p *Policy) mayResolve(s State) bool {
	return s.AgentID == nil && !s.PersonWrote && s.AutoReplies > 0 && !s.Unsettled
}

func (p *Policy) resolve(req Request) Decision {
	detail := "the contact wrote only that it is satisfied"
	if req.Choice == HelpedYes {
		detail = "the contact pressed the button that says it helped"
	}
	helped := true
	d := Decision{
		Route: ToResolve, Helped: &helped, Intent: req.State.LastIntent, Priority: intent.Priority(req.State.Priority), Language: languageOf(req),
		Guards:        []Guard{{Name: "helped", Passed: true, Detail: detail}},
		Reason:        "The contact says that the automatic answer helped: resolved",
		PolicyVersion: p.Version, PolicyHash: p.hash, ModelHash: req.Prediction.Model,
	}
	if d.Intent == "" {
		d.Intent = intent.OutOfScope
	}
	switch d.Priority {
	case intent.Urgent, intent.High, intent.Normal, intent.Low:
	default:
		d.Priority = intent.Normal
	}
	return d
}

// reason writes the sentence for people.
func reason(p *Policy, v view, d Decision, because string) string {
	if d.Route == ToReply && v.seconded() {
		return subject(v) + ", " + percent(v.top.Confidence) + " sure and seconded: answered automatically"
	}
	if d.Route == ToReply {
		return subject(v) + ", " + percent(v.top.Confidence) + " sure: answered automatically"
	}
	words := append([]string{subject(v)}, circumstances(v)...)
	if because != "" {
		words = append(words, because)
	}
	what := words[0]
	if len(words) > 1 {
		what += ", " + list(words[1:])
	}
	if v.State.AgentID != nil {
		return what + ": " + priorityWords(d.Priority) + ", stays with its agent"
	}
	to := "for " + p.TeamName(d.Team)
	if len(d.Skills) > 0 {
		to += " with " + list(d.Skills)
	}
	return what + ": " + priorityWords(d.Priority) + ", " + to
}

func subject(v view) string {
	switch {
	case v.notHelp && v.label != intent.OutOfScope:
		return IntentName(v.label) + ", not helped by the automatic answer"
	case v.notHelp:
		return "Not helped by the automatic answer"
	case len(v.Prediction.Ranked) == 0:
		return "Could not be understood"
	case v.label == intent.OutOfScope:
		return "No known request fits"
	}
	return IntentName(v.label)
}

// circumstances are the facts that make a message special, most telling first.
func circumstances(v view) []string {
	s := v.Prediction.Signals
	var words []string
	add := func(holds bool, word string) {
		if holds {
			words = append(words, word)
		}
	}
	add(s.Harm, "someone may be in danger")
	add(s.Threat, "speaks of legal steps")
	add(v.Evidence.Repeats > 0, ordinal(v.Evidence.Repeats+1)+" contact")
	add(v.Evidence.Repeats == 0 && s.Repeat, "not the first contact")
	add(s.Angry, "angry")
	add(s.WantsPerson, "asks for a person")
	add(s.Deadline, "in a hurry")
	add(v.Prediction.Degraded != "" && len(v.Prediction.Ranked) > 0, "not fully understood")
	return words
}

// answer is what the contact says to "Did that help?".
type answer int

const (
	saidNothing answer = iota // or something else
	saidYes
	saidNo
)

// hear looks for an answer to "Did that help?": a button, or while the last word was an automatic answer a text that
// says nothing else. A text that also asks for something is not an answer.
func hear(req Request) answer {
	text := strings.TrimSpace(req.Text)
	switch {
	case req.Choice == HelpedYes && (text == "" || Affirms(text)):
		return saidYes
	case req.Choice == HelpedNo && (text == "" || Denies(text)):
		return saidNo
	case req.Choice != "" || !req.State.Watched:
		return saidNothing
	case Affirms(text):
		return saidYes
	case Denies(text):
		return saidNo
	}
	return saidNothing
}
