package demo

import (
	"fmt"
	"time"
)

// writeLiving writes the present: what waits on whom at the end of the story.
func (w *writer) writeLiving() error {
	for i, l := range w.texts.living {
		w.begin(partPresent, i)
		at := w.now.Add(-l.Ago).Truncate(time.Second)
		// What waits for people, or for a word on an answer, must not look like a repeat that it was not written as.
		quiet := l.State == Queued || l.State == Watched
		contact, err := w.find(l.needs, appointment{at, slow, l.Intent, quiet}, true)
		if err != nil {
			return err
		}
		for _, b := range l.Before {
			before := appointment{at: w.now.Add(-b.Ago).Truncate(time.Second), takes: slow, intent: l.Intent}
			w.busy[contact] = append(w.busy[contact], before)
			w.talks = append(w.talks, w.converse(contact, l.Intent, opening{l.needs, b.Say}, before.at, false))
		}
		facts := w.factsOf(w.contacts[contact], l.needs, at)
		c := Conversation{Contact: contact, Intent: l.Intent, Channel: "webchat", At: at, State: l.State, By: l.By}
		var whole bool
		if c.Opening, whole = fill(l.Say, facts); !whole {
			return fmt.Errorf("living: %q needs more of its contact than is asked for", l.Say)
		}
		c.Reaction = Reaction{Says: SaysNothing}
		if l.NotHelped != "" {
			c.Reaction = Reaction{Says: SaysNo, Text: l.NotHelped, Wait: 80 * time.Second}
		}
		for _, said := range l.Lines {
			line := lineOf(said, facts)
			// They share what time there was, and a good part is left since the last.
			line.Wait = (l.Ago / time.Duration(len(l.Lines)+2)).Truncate(time.Second)
			c.Lines = append(c.Lines, line)
		}
		w.talks = append(w.talks, c)
	}
	return nil
}
