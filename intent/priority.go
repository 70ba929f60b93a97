package intent

import "strconv"

// PriorityContext is what priority depends on beside the text.
type PriorityContext struct {
	ContactType string // a "vip" who is not content is urgent; other types are alike
	Repeats     int    // earlier conversations about the same within the policy's days
}

// Prioritise finds the priority of a message whose intent has the priority base, and says in words why it differs.
// It only ever raises base. An unknown base counts as normal.
func Prioritise(p Prediction, base Priority, c PriorityContext) (Priority, []string) {
	r := rise{at: known(base)}
	s := p.Signals
	repeat := s.Repeat || c.Repeats > 0
	r.to(Urgent, s.Harm, "someone or an account may be in danger")
	r.to(Urgent, p.Alarm.Urgency(c) >= urgentFrom, "reads like messages that could not wait")
	r.to(Urgent, s.Stakes && (s.Deadline || s.Angry), "much is lost if help comes late")
	r.to(Urgent, s.Threat && (s.Angry || repeat || s.Deadline), "speaks of legal or similar steps, and is not calm about it")
	r.to(Urgent, s.Angry && repeat, "angry, and not the first contact")
	r.to(Urgent, c.ContactType == vip && (s.Angry || s.Threat || repeat), "contact of type vip, and not content")
	r.to(High, s.Threat, "speaks of legal or similar steps")
	r.to(High, s.Angry, "angry")
	r.to(High, c.Repeats > 1, strconv.Itoa(c.Repeats)+" earlier conversations about this")
	r.up(repeat, "not the first contact")
	r.up(s.Deadline, "in a hurry")
	r.to(Normal, s.WantsPerson, "asks for a person")
	return r.at, r.why
}

func known(p Priority) Priority {
	switch p {
	case Urgent, High, Low:
		return p
	}
	return Normal
}

// urgentFrom is the least probability at which a message is urgent whatever the rules say. priority_fit_test.go chooses it.
const urgentFrom = 0.30

// Outside of these probabilities a vector hardly ever changes whether a message is urgent: README.md says how rarely.
const (
	doubtFrom = 0.04
	doubtTo   = 0.80
)

// UrgencyInDoubt reports whether the vector of a text that was read without it may well change whether it is urgent.
func (p Prediction) UrgencyInDoubt(c PriorityContext) bool {
	u := p.Alarm.Urgency(c)
	return !p.Fused && u >= doubtFrom && u < doubtTo
}

// vip is the contact type that is treated better.
const vip = "vip"

// rise is a priority on its way up, with the reasons for every step.
type rise struct {
	at  Priority
	why []string
}

func (r *rise) to(p Priority, when bool, because string) {
	if when && p.Rank() < r.at.Rank() {
		r.at, r.why = p, append(r.why, because)
	}
}

// up raises by one step, to high at most.
func (r *rise) up(when bool, because string) {
	switch r.at {
	case Low:
		r.to(Normal, when, because)
	case Normal:
		r.to(High, when, because)
	}
}
