package intent

import "unicode"

// detector finds one signal: the exceptions are taken out of the text, then one rule is enough.
type detector struct{ rules, except *phrases }

func detect(rules, except string) detector {
	return detector{compile(rules, sets), compile(except, sets)}
}

func (d detector) why(ts []token) string { return d.rules.in(d.except.without(ts)) }

var (
	repeats   = detect(repeatRules, repeatExcept)
	person    = detect(personRules, personExcept)
	deadlines = detect(deadlineRules, deadlineExcept)
	threats   = detect(threatRules, threatExcept)
	harms     = detect(harmRules, harmExcept)
	several   = detect(severalRules, severalExcept)
	stakes    = detect(stakesRules, stakesExcept)
	soon      = compile(soonRules, sets)
	anger     = detect(angerStrong, angerExcept)
	grumbling = compile(angerMild, sets)
	calmness  = compile(calm, sets)

	beginnings = index(repeats.rules, repeats.except, person.rules, person.except, deadlines.rules, deadlines.except, threats.rules, threats.except,
		harms.rules, harms.except, several.rules, several.except, stakes.rules, stakes.except, anger.rules, anger.except, soon, grumbling, calmness)
)

// readSignals finds the signals of a text. The rules are English; other languages give none.
func readSignals(text string, ts []token) Signals {
	for i := range ts {
		ts[i].begins = beginnings[ts[i].word]
	}
	s := Signals{
		Repeat:      repeats.why(ts) != "",
		WantsPerson: person.why(ts) != "",
		Deadline:    deadlines.why(ts) != "",
		Threat:      threats.why(ts) != "",
		Harm:        harms.why(ts) != "",
		Several:     several.why(ts) != "",
		Stakes:      stakes.why(ts) != "",
	}
	s.Deadline = s.Deadline || s.Stakes && soon.in(ts) != ""
	s.Angry = angry(text, ts, s)
	return s
}

// angry looks for a strong word, or for two marks of anger. Thanks and the like take a mark away.
func angry(text string, ts []token, s Signals) bool {
	ts = anger.except.without(ts)
	if anger.rules.in(ts) != "" {
		return true
	}
	loud := loudness(text)
	marks := grumbling.count(ts) + loud
	if s.Repeat && loud > 0 {
		marks++ // who shouts the second time is past asking
	}
	if marks > 0 && calmness.in(ts) != "" {
		marks--
	}
	return marks >= 2
}

// loudness counts what shouts: a text or a demand in capitals, and marks like "!!!" or "?!".
func loudness(text string) int {
	letters, capitals, run, marks, shouted := 0, 0, 0, 0, 0
	var word []rune
	flush := func() {
		if loudWords[string(word)] {
			shouted++
		}
		word = word[:0]
	}
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
			if unicode.IsUpper(r) {
				capitals++
			}
			if len(word) < 16 {
				word = append(word, r)
			}
		} else {
			flush()
		}
		if r == '!' || r == '?' {
			if run++; run == 2 {
				marks++
			}
		} else {
			run = 0
		}
	}
	flush()
	loud := min(marks, 1)
	if shouted > 0 || letters >= 12 && capitals*10 >= letters*7 {
		loud++
	}
	return loud
}

// loudWords are words that nobody writes in capitals by chance.
var loudWords = map[string]bool{
	"NOW": true, "STOP": true, "NEVER": true, "STILL": true, "NOT": true, "ANSWER": true, "REFUND": true, "IMMEDIATELY": true,
	"TODAY": true, "WHERE": true, "WHY": true, "AGAIN": true, "NOTHING": true, "NOBODY": true, "WAITING": true, "WORST": true, "HELP": true,
	"WANT": true, "MONEY": true, "WEEKS": true, "MONTHS": true, "EVERY": true,
}
