package demo

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
)

const (
	// settled is how long ago a conversation began that has gone its usual way, a day of silence included.
	settled = 48 * time.Hour
	// recent is the share of conversations that began since and were done quickly.
	recent = 0.07
	// tries is how many moments are tried until somebody who fits has time.
	tries = 200
)

// writeResolved writes so many conversations that are done, over all intents by their shares.
func (w *writer) writeResolved(n int) error {
	past := newPast(w.now)
	w.begin(partPast, 0)
	told := 0
	for _, group := range w.shares(n) {
		for i := range group.n {
			told++
			w.begin(partPast, told)
			if err := w.resolved(past, group.Intent, group.Openings[i%len(group.Openings)]); err != nil {
				return err
			}
		}
	}
	return nil
}

// past is when conversations began that are done: those that went their usual way, and those since.
type past struct{ slow, quick calendar }

func newPast(now time.Time) past {
	return past{slow: newCalendar(now.Add(-Days*day), now.Add(-settled)), quick: newCalendar(now.Add(-settled), now.Add(-fast))}
}

type share struct {
	openings
	n int
}

// shares divides n among the intents; each has at least one.
func (w *writer) shares(n int) []share {
	total := 0
	for _, o := range w.texts.openings {
		total += o.Share
	}
	var all []share
	left := n
	for i, o := range w.texts.openings {
		// What is left is divided among those that are left, so that it comes out even.
		k := max(1, (left*o.Share+total/2)/total)
		if i == len(w.texts.openings)-1 {
			k = max(1, left)
		}
		left, total = left-k, total-o.Share
		w.said.Shuffle(len(o.Openings), func(a, b int) { o.Openings[a], o.Openings[b] = o.Openings[b], o.Openings[a] })
		all = append(all, share{o, k})
	}
	return all
}

func (w *writer) resolved(past past, intent string, o opening) error {
	quick := w.even(forHaste) < recent
	for try := range tries {
		quick = quick && try < tries/2 // few have time so late
		calendar, takes := past.slow, slow
		if quick {
			calendar, takes = past.quick, fast
		}
		share := w.chances.Float64()
		contact, err := w.find(o.needs, appointment{at: calendar.even(share), takes: takes, intent: intent}, false)
		if errors.Is(err, errNobody) {
			continue
		}
		if err != nil {
			return err
		}
		w.talks = append(w.talks, w.converse(contact, intent, o, calendar.at(share), quick))
		return nil
	}
	return fmt.Errorf("no contact has time for %q", o.Say)
}

func (w *writer) converse(contact int, intent string, o opening, at time.Time, quick bool) Conversation {
	p := w.contacts[contact]
	if intent == "order_cancel" {
		o.Order = "cancelled"
	}
	facts := w.factsOf(p, o.needs, at)
	text, _ := fill(o.Say, facts)
	return Conversation{
		Contact: contact, Intent: intent, Channel: w.channel(p), At: at, State: Resolved, Hours: !quick,
		Opening: w.inOwnWords(p, intent, text, facts), Reaction: w.reaction(intent, facts, quick),
		Lines: w.lines(intent, o.Say, facts, quick), Corrects: pick(&w.luck, w.texts.small.Corrections),
	}
}

// channel is the web chat, but for some who write from the help form of the app.
func (w *writer) channel(p *person) string {
	if p.ID != "" && w.chance(0.12) {
		return "api"
	}
	return "webchat"
}

// inOwnWords makes the same request sound like this contact.
func (w *writer) inOwnWords(p *person, intent, text string, facts map[string]string) string {
	if p.casual {
		// Whoever types in a hurry leaves out capitals and the last full stop.
		return strings.TrimRight(strings.Map(unicode.ToLower, text), ".")
	}
	if slices.Contains([]string{"greeting", "spam", "thanks", "human_request"}, intent) {
		return text
	}
	if w.chance(0.35) {
		text = pick(&w.luck, w.texts.small.Greetings) + text
	}
	if w.chance(0.25) && p.Name != "" {
		ending, _ := fill(pick(&w.luck, w.texts.small.Endings), facts)
		text += ending
	}
	return text
}

// reaction is how an automatic answer is taken: most are content or say nothing more. Luck would now and then make a
// month in which nobody called an answer wrong.
func (w *writer) reaction(intent string, facts map[string]string, quick bool) Reaction {
	r := Reaction{Says: SaysNothing, Wait: w.between(40*time.Second, 25*time.Minute)}
	if text, whole := fill(pick(&w.luck, w.texts.small.Returns), facts); intent == "return_request" && whole && w.even(forDetail) < 0.7 {
		r.Says, r.Text = SaysText, text
		return r
	}
	switch x := w.even(forReaction); {
	case x < 0.5 || quick && x < 0.9:
		r.Says = SaysYes
	case x < 0.58:
		r.Says, r.Text = SaysText, pick(&w.luck, w.texts.small.Closings)
	case x > 0.88 && !exact[intent]:
		r.Says = SaysNo
		if w.chance(0.6) {
			r.Text = pick(&w.luck, w.texts.small.NotHelped)
		}
		if w.even(forDetail) < 0.75 {
			r.CalledWrong = pick(&w.luck, w.texts.small.WrongAnswer)
		}
	}
	return r
}

// lines are what is said with people: a dialogue that answers just this opening, else one for the intent.
func (w *writer) lines(intent, opening string, facts map[string]string, quick bool) []Line {
	var fitting, general []dialogue
	for _, d := range w.texts.dialogues[intent] {
		switch {
		case !d.fillable(facts):
		case d.fits(opening):
			fitting = append(fitting, d)
		case len(d.Fits) == 0:
			general = append(general, d)
		}
	}
	if len(fitting) == 0 {
		fitting = general
	}
	if len(fitting) == 0 {
		return nil
	}
	var lines []Line
	for _, l := range pick(&w.luck, fitting).Lines {
		lines = append(lines, lineOf(l, facts))
	}
	if last := lines[len(lines)-1]; last.Kind == AgentSays && w.chance(0.55) {
		lines = append(lines, Line{Kind: ContactSays, Text: pick(&w.luck, w.texts.small.Closings)})
	}
	lines = w.handOver(lines)
	for i := range lines {
		lines[i].Wait = w.wait(lines[i].Kind, quick)
	}
	return lines
}

// handOver lets some conversations go on with a colleague after the contact wrote back.
func (w *writer) handOver(lines []Line) []Line {
	at := slices.IndexFunc(lines, func(l Line) bool { return l.Kind == ContactSays })
	if at < 0 || at == len(lines)-1 || !w.chance(0.25) {
		return lines
	}
	return slices.Insert(lines, at+1, Line{Kind: HandOver, Text: pick(&w.luck, w.texts.small.HandOvers)})
}

func (w *writer) wait(kind string, quick bool) time.Duration {
	switch {
	case quick:
		return w.between(30*time.Second, 9*time.Minute)
	case kind == ContactSays:
		return w.between(2*time.Minute, 4*time.Hour)
	case kind == Note, kind == HandOver:
		return w.between(time.Minute, 12*time.Minute)
	}
	return w.between(90*time.Second, 75*time.Minute)
}
