package routing

import (
	"fmt"
	"slices"

	"usher/intent"
)

// view is a request with what the policy made of it so far: what guards look at.
type view struct {
	*Policy
	Request
	top      intent.Ranked
	label    string // top.Intent, or intent.OutOfScope when no intent fits
	route    IntentRoute
	priority intent.Priority
	notHelp  bool // the contact said that the automatic answer did not help
	language string
	// continues is true for the answer to our own question: the label is the last one, whatever the model says.
	continues bool
}

// verdict is a guard's answer: detail for the trace; because is a few words for the sentence of
// the decision, empty when that says it anyway.
type verdict struct {
	passed  bool
	detail  string
	because string
}

func pass(format string, args ...any) verdict {
	return verdict{passed: true, detail: fmt.Sprintf(format, args...)}
}

func fail(because, format string, args ...any) verdict {
	return verdict{detail: fmt.Sprintf(format, args...), because: because}
}

// guards are the checks before an automatic answer, in the order they are made and shown. All must pass. Each is
// written so that a value which is not a number does not pass.
var guards = []struct {
	name  string
	check func(view) verdict
}{
	{"helped", guardHelped},
	{"model", guardModel},
	{"language", guardLanguage},
	{"scope", guardScope},
	{"answer", guardAnswer},
	{"confidence", guardConfidence},
	{"urgency", guardUrgency},
	{"mood", guardMood},
	{"person", guardPerson},
	{"contact", guardContact},
	{"repeat", guardRepeat},
	{"same_answer", guardSameAnswer},
	{"in_a_row", guardInARow},
	{"ownership", guardOwnership},
	{"evidence", guardEvidence},
	{"one_request", guardOneRequest},
	{guardOfOpinion, guardSecondOpinion},
}

// guardOfOpinion is made, and shown, only where a second opinion is in question.
const guardOfOpinion = "second_opinion"

// checkGuards makes all checks and returns them with the words of the first that did not pass.
func checkGuards(v view) (all []Guard, passed bool, because string) {
	passed = true
	all = make([]Guard, 0, len(guards))
	for _, g := range guards {
		if g.name == guardOfOpinion && !v.opinionInQuestion() {
			continue
		}
		r := g.check(v)
		all = append(all, Guard{Name: g.name, Passed: r.passed, Detail: r.detail})
		if !r.passed && passed {
			passed, because = false, r.because
		}
	}
	return all, passed, because
}

func guardHelped(v view) verdict {
	switch {
	case v.notHelp:
		return fail("", "the contact says that the automatic answer did not help")
	case v.State.Watched:
		return pass("the contact did not say that the last answer failed")
	}
	return pass("no automatic answer came before")
}

func guardModel(v view) verdict {
	if v.Prediction.Degraded != "" {
		return fail("", "the message could not be understood properly: %s", plainWords(v.Prediction.Degraded))
	}
	if len(v.Prediction.Ranked) == 0 {
		return fail("", "the model gave no answer")
	}
	return pass("the model answered")
}

func guardScope(v view) verdict {
	if v.label == intent.OutOfScope {
		return fail("", "no intent fits: %s likely out of scope", percent(v.Prediction.OOS))
	}
	return pass("%s out of scope at most, %s allowed", percent(v.Prediction.OOS), percent(v.Guards.MaxOOS))
}

func guardAnswer(v view) verdict {
	if v.route.Route != ToReply {
		return fail("", "%s goes to people by policy", IntentName(v.label))
	}
	return pass("%s has the standard answer %s", IntentName(v.label), v.route.Template)
}

func guardConfidence(v view) verdict {
	is, needed := percents(v.top.Confidence, v.route.Threshold)
	switch {
	case v.top.Confidence > v.route.Threshold:
		return pass("confidence %s is above %s", is, needed)
	case v.top.Confidence == v.route.Threshold:
		return pass("confidence %s is just enough", is)
	case v.seconded():
		return pass("confidence %s is below %s, but the second opinion is the same", is, needed)
	}
	return fail("only "+is+" sure", "confidence %s is below %s", is, needed)
}

func guardUrgency(v view) verdict {
	if v.priority.Rank() == intent.Urgent.Rank() {
		return fail("", "urgent messages go to people")
	}
	return pass("priority %s is not urgent", v.priority)
}

func guardMood(v view) verdict {
	s := v.Prediction.Signals
	switch {
	case s.Harm:
		return fail("", "someone or an account may be in danger")
	case s.Threat:
		return fail("", "the contact speaks of legal or similar steps")
	case s.Angry:
		return fail("", "the contact sounds angry")
	}
	return pass("no anger, threat or danger in the wording")
}

func guardPerson(v view) verdict {
	if v.Prediction.Signals.WantsPerson {
		return fail("", "the contact asks for a person")
	}
	return pass("the contact does not ask for a person")
}

func guardContact(v view) verdict {
	never := v.Guards.NeverReplyTo
	if slices.Contains(never.Types, v.Contact.Type) {
		return fail("contact of type "+v.Contact.Type, "contacts of type %s are never answered automatically", v.Contact.Type)
	}
	for name, values := range sorted(never.Attributes) {
		if value, ok := scalar(v.Contact.Attributes[name]); ok && slices.Contains(values, value) {
			return fail("contact with "+name+" "+value, "contacts with %s %s are never answered automatically", name, value)
		}
	}
	return pass("no rule keeps this contact from automatic answers")
}

func guardRepeat(v view) verdict {
	switch {
	case v.Guards.RepeatDays == 0:
		return pass("the policy does not look for repeats")
	case v.Evidence.Repeats > 0:
		return fail("", "%s about this within %s", count(v.Evidence.Repeats, "earlier conversation", "earlier conversations"), days(v.Guards.RepeatDays))
	case v.Prediction.Signals.Repeat:
		return fail("", "the contact says that it wrote before")
	}
	return pass("first time within %s", days(v.Guards.RepeatDays))
}

// guardSameAnswer keeps Usher from saying the same thing twice, but for the answer to its own question.
func guardSameAnswer(v view) verdict {
	switch {
	case v.State.AutoReplies == 0 || v.State.LastIntent != v.label:
		return pass("it was not answered just before")
	case v.continues:
		return pass("the contact gives the number that was asked for")
	}
	return fail("after the same standard answer", "the same standard answer was given just before")
}

func guardInARow(v view) verdict {
	if v.State.Unsettled {
		// The answer before would be withheld for this one, and what it answers would be passed over.
		return fail("before the last message was answered", "the contact wrote more before it was answered")
	}
	given := count(v.State.AutoReplies, "automatic answer", "automatic answers")
	if v.State.AutoReplies >= v.Guards.MaxAutoReplies {
		return fail("after "+given, "%s in a row, and the limit is %d", given, v.Guards.MaxAutoReplies)
	}
	return pass("%s in a row, fewer than %d", given, v.Guards.MaxAutoReplies)
}

func guardOwnership(v view) verdict {
	switch {
	case v.State.AgentID != nil:
		return fail("in a conversation that a person owns", "a person owns the conversation")
	case v.State.PersonWrote:
		return fail("in a conversation that a person has answered", "a person has written in the conversation")
	case v.State.Team != "":
		return fail("in a conversation that waits for people", "the conversation waits for people of %s", v.TeamName(v.State.Team))
	}
	return pass("no person is in the conversation")
}

// guardEvidence asks the past: of the similar cases, how many did not end well with an automatic answer alone. A
// history that could not be asked does not pass, because nobody knows what it would have said.
func guardEvidence(v view) verdict {
	limits := v.Guards.Evidence
	if v.Evidence.Degraded != "" {
		return fail("history out of reach", "history could not be asked: %s", plainWords(v.Evidence.Degraded))
	}
	similar, bad := 0, 0
	for _, c := range v.Evidence.Similar {
		if !(c.Score >= limits.MinScore) {
			continue
		}
		similar++
		if !endedWell(c) {
			bad++
		}
	}
	if limits.MinCases == 0 || similar < limits.MinCases {
		return pass("%s, too few to speak against it", count(similar, "similar case", "similar cases"))
	}
	if float64(bad) >= limits.MaxBadShare*float64(similar) && bad > 0 {
		return fail("similar cases needed people", "%d of %d similar cases needed people", bad, similar)
	}
	return pass("%d of %d similar cases ended well automatically", similar-bad, similar)
}

// endedWell reports whether a case was answered automatically and nobody had to step in.
func endedWell(c Case) bool { return c.Handled == "automatic" && c.Outcome != "agent" }

func guardOneRequest(v view) verdict {
	if v.Prediction.Signals.Several {
		return fail("several requests at once", "the message holds several requests")
	}
	return pass("one request")
}
