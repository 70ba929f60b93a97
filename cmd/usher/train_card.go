package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"usher/evals"
	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/learn"
)

// toldText is how much of a message is shown where it is named.
const toldText = 80

// trainedCard is what is kept of a training beside what the classifier says of itself: on what, measured how, against which.
// No message text is in it, so that nothing is left to erase.
type trainedCard struct {
	builtin.Card
	DataHash     string         `json:"data_hash"`
	Starter      int            `json:"starter"`   // labelled texts to begin with
	Replaced     int            `json:"replaced"`  // of these, by corrections
	Confirmed    int            `json:"confirmed"` // corrections that say what they say
	Conflicts    int            `json:"conflicts"`
	Unused       int            `json:"unused"`
	WrongAnswers map[string]int `json:"wrong_answers,omitempty"` // without a better intent, by intent
	Corrections  []taughtBy     `json:"corrections,omitempty"`
	Suite        string         `json:"suite,omitempty"` // the starter suite when empty
	Measured     evals.Report   `json:"measured"`
	Against      *comparedWith  `json:"against,omitempty"`
	Refused      []string       `json:"refused,omitempty"`
	Forced       bool           `json:"forced,omitempty"`
	Overruled    []string       `json:"overruled,omitempty"` // what spoke against it
}

// taughtBy is where a training text comes from.
type taughtBy struct {
	DecisionID uuid.UUID `json:"decision_id"`
	Intent     string    `json:"intent"`
	By         string    `json:"by"`
	At         time.Time `json:"at"`
}

type comparedWith struct {
	Hash string `json:"hash"`
	evals.Comparison
}

func newTrainedCard(c builtin.Card, m learn.Merged, labelled int, wrong map[string]int) trainedCard {
	card := trainedCard{
		Card: c, DataHash: learn.DataHash(m.Utterances), Starter: labelled, Replaced: len(m.Replaced), Confirmed: m.Confirmed,
		Conflicts: len(m.Conflicts), Unused: len(m.Unknown) + m.Unreadable, WrongAnswers: wrong,
	}
	for _, l := range m.Used {
		card.Corrections = append(card.Corrections, taughtBy{l.DecisionID, l.Intent, l.By, l.At})
	}
	return card
}

// tellData says what is trained on, and names every text about which somebody disagrees.
func tellData(w io.Writer, labelled int, m learn.Merged, wrong map[string]int) {
	people, oos := map[string]bool{}, 0
	for _, l := range m.Used {
		people[l.By] = true
		if l.Intent == intent.OutOfScope {
			oos++
		}
	}
	fmt.Fprintf(w, "labelled texts: %d; corrections: %d (by agents: %d; out of scope: %d), and such as say what is known: %d\n", labelled, len(m.Used), len(people), oos, m.Confirmed)
	for _, c := range m.Replaced {
		fmt.Fprintf(w, "  replaced: %q is %s, says %s; it was %s\n", told(c.Kept.Text, toldText), c.Kept.Intent, source(c.Kept), c.Against.Intent)
	}
	for _, c := range m.Conflicts {
		fmt.Fprintf(w, "  conflict: %q is %s, says %s; and %s, said %s before\n", told(c.Kept.Text, toldText), c.Kept.Intent, source(c.Kept), c.Against.Intent, source(c.Against))
	}
	for _, l := range m.Unknown {
		fmt.Fprintf(w, "  not used: the catalogue has no %s, says %s\n", l.Intent, source(l))
	}
	if m.Unreadable > 0 {
		fmt.Fprintf(w, "  not used: %d corrections of messages without words or far too long\n", m.Unreadable)
	}
	if len(wrong) == 0 {
		return
	}
	total := 0
	var parts []string
	for _, label := range slices.Sorted(maps.Keys(wrong)) {
		total += wrong[label]
		parts = append(parts, fmt.Sprintf("%s %d", label, wrong[label]))
	}
	fmt.Fprintf(w, "  answers called wrong without saying what fits: %d (%s); they teach nothing until somebody corrects the intent, or says that none fits\n", total, strings.Join(parts, ", "))
}

func source(l intent.Lesson) string {
	return fmt.Sprintf("%s on %s of decision %s", l.By, l.At.UTC().Format(time.DateOnly), l.DecisionID)
}

// told is the beginning of a message in one line, without personal data.
func told(text string, limit int) string {
	line := []rune(strings.Join(strings.Fields(intent.Redact(intent.Normalise(text))), " "))
	if len(line) > limit {
		return string(line[:limit-1]) + "…"
	}
	return string(line)
}
