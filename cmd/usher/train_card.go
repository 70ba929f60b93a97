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
	inboxpg "usher/inbox/postgres"
	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/learn"
	"usher/routing"
)

// toldText is how much of a message is shown where it is named.
const toldText = 80

// trainedCard is what is kept of a training beside what the classifier says of itself: on what, how, measured against which. No
// message text is in it, so that nothing is left to erase.
type trainedCard struct {
	builtin.Card
	Recipe   builtin.Recipe `json:"recipe"`
	DataHash string         `json:"data_hash"`
	// ByIntent counts what was trained on by label, out of scope among them, and how many of these agents taught.
	ByIntent     map[string]taughtCount `json:"by_intent"`
	Starter      int                    `json:"starter"` // labelled texts to begin with
	EmbedS       float64                `json:"embed_s,omitempty"`
	TrainS       float64                `json:"train_s"`   // that of the first start has embed_s in it
	Replaced     int                    `json:"replaced"`  // of these, by corrections
	Confirmed    int                    `json:"confirmed"` // corrections that say what they say
	NoneFits     int                    `json:"none_fits"` // corrections that say that none of the intents fits: examples of the unknown
	Conflicts    int                    `json:"conflicts"`
	Unused       int                    `json:"unused"`
	WrongAnswers map[string]int         `json:"wrong_answers,omitempty"` // without a better intent, by intent
	WrongAgain   *wrongAgain            `json:"wrong_again,omitempty"`
	Priorities   map[string]int         `json:"priorities_corrected,omitempty"` // such as "normal to high"; not trained on
	Corrections  []taughtBy             `json:"corrections,omitempty"`
	Invented     map[string]int         `json:"invented,omitempty"` // of these, written by a model from a description, by intent
	Suite        string                 `json:"suite,omitempty"`    // the starter suite when empty
	TextsIn      map[string]int         `json:"texts_in"`           // texts by language, of those that it reads
	Policy       *policyCard            `json:"policy,omitempty"`
	Measured     *evals.Report          `json:"measured,omitempty"`
	Against      *comparedWith          `json:"against,omitempty"`
	Refused      []string               `json:"refused,omitempty"`
	Forced       bool                   `json:"forced,omitempty"`
	Overruled    []string               `json:"overruled,omitempty"` // what spoke against it
}

type taughtCount struct {
	Texts       int `json:"texts"`
	Corrections int `json:"corrections,omitempty"`
}

// wrongAgain counts answers called wrong that would be read as they were read then.
type wrongAgain struct {
	Of     int `json:"of"`
	Before int `json:"before"`
	After  int `json:"after"`
}

// policyCard says by which thresholds the automatic answers of the report were given.
type policyCard struct {
	Hash       string             `json:"hash"`
	MaxOOS     float64            `json:"max_oos"`
	Thresholds map[string]float64 `json:"thresholds"`
}

func newPolicyCard(p *routing.Policy) *policyCard {
	card := &policyCard{Hash: p.Hash(), MaxOOS: p.Guards.MaxOOS, Thresholds: make(map[string]float64, len(p.Intents))}
	for label, r := range p.Intents {
		if r.Route == routing.ToReply {
			card.Thresholds[label] = r.Threshold
		}
	}
	return card
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

// newTrainedCard says what a classifier was trained on.
func newTrainedCard(model *builtin.Model, m learn.Merged) trainedCard {
	card := trainedCard{
		Card: model.Card(), Recipe: model.Recipe(), DataHash: learn.DataHash(m.Utterances), ByIntent: map[string]taughtCount{}, Starter: len(m.Utterances) - len(m.Used),
	}
	taught := len(m.Utterances) - len(m.Used)
	for i, u := range m.Utterances {
		n := card.ByIntent[u.Intent]
		n.Texts++
		if i >= taught {
			n.Corrections++
		}
		card.ByIntent[u.Intent] = n
	}
	return card
}

// addSaid says what became of all that agents said.
func (card *trainedCard) addSaid(labelled int, said heard) {
	card.Starter, card.Replaced, card.Confirmed = labelled, len(said.Replaced), said.Confirmed
	card.Conflicts, card.Unused, card.NoneFits = len(said.Conflicts), len(said.Unknown)+said.Unreadable, said.noneFits()
	card.WrongAnswers = byIntent(said.wrong)
	for _, c := range said.priorities {
		if card.Priorities == nil {
			card.Priorities = map[string]int{}
		}
		card.Priorities[changeOf(c)] = c.Count
	}
	for _, l := range said.Used {
		card.Corrections = append(card.Corrections, taughtBy{l.DecisionID, l.Intent, l.By, l.At})
	}
}

func changeOf(c inboxpg.PriorityChange) string { return fmt.Sprintf("%s to %s", c.From, c.To) }

func (said heard) noneFits() (n int) {
	for _, l := range said.Used {
		if l.Intent == intent.OutOfScope {
			n++
		}
	}
	return n
}

func byIntent(lessons []intent.Lesson) map[string]int {
	n := map[string]int{}
	for _, l := range lessons {
		n[l.Intent]++
	}
	return n
}

// tellInvented says which intents are learnt from what no customer wrote.
func tellInvented(w io.Writer, invented map[string]int) {
	for _, label := range slices.Sorted(maps.Keys(invented)) {
		fmt.Fprintf(w, "  invented: %d of the examples of %s are a model's; measure it on messages of customers before you trust it\n", invented[label], label)
	}
}

// tellData says what is trained on, and names every text about which somebody disagrees.
func tellData(w io.Writer, labelled int, m heard) {
	people := map[string]bool{}
	for _, l := range m.Used {
		people[l.By] = true
	}
	fmt.Fprintf(w, "labelled texts: %d; corrections: %d (by agents: %d; none of the intents fits: %d), and such as say what is known: %d\n", labelled, len(m.Used), len(people), m.noneFits(), m.Confirmed)
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
	if len(m.wrong) > 0 {
		var parts []string
		counts := byIntent(m.wrong)
		for _, label := range slices.Sorted(maps.Keys(counts)) {
			parts = append(parts, fmt.Sprintf("%s %d", label, counts[label]))
		}
		fmt.Fprintf(w, "  answers called wrong without saying what fits: %d (%s); they teach nothing until somebody corrects the intent, or says that none fits\n", len(m.wrong), strings.Join(parts, ", "))
	}
	if len(m.priorities) > 0 {
		total := 0
		var parts []string
		for _, c := range m.priorities {
			total += c.Count
			parts = append(parts, fmt.Sprintf("%s %d", changeOf(c), c.Count))
		}
		fmt.Fprintf(w, "  priorities corrected: %d (%s); not used here: they move those conversations, and urgency keeps the weights that the sealed half of its suite vouches for\n", total, strings.Join(parts, ", "))
	}
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
