package intent

import (
	"math"
	"strings"
	"unicode"
)

// Alarm is how likely each is of what makes a message urgent, by its wording: that it tells of something that cannot wait, which
// is enough alone, and three things of which it takes two.
type Alarm struct {
	Alone   float64 `json:"alone"`
	Furious float64 `json:"furious"`
	Repeat  float64 `json:"repeat"` // not the first contact about it
	Threat  float64 `json:"threat"` // a step against us
}

// The heads of the model, in the order of its weights.
const (
	headAlone = iota
	headFurious
	headRepeat
	headThreat
	heads
)

// Urgency is how likely the rubric calls a message urgent when contact and history are as c says.
func (a Alarm) Urgency(c PriorityContext) float64 {
	if c.Repeats > 0 {
		a.Repeat = 1
	}
	two := a.Furious*a.Repeat + a.Furious*a.Threat + a.Repeat*a.Threat - 2*a.Furious*a.Repeat*a.Threat
	if c.ContactType == vip {
		two = 1 - (1-a.Furious)*(1-a.Repeat)*(1-a.Threat)
	}
	return 1 - (1-a.Alone)*(1-two)
}

// alarm reads tokens that were understood as p; meaning is the text's vector by use-lite-512, nil where it was not made.
func alarm(text string, ts []token, p Prediction, meaning []float32) Alarm {
	m := urgencyModel()
	l := m.plain
	if meaning != nil {
		l = m.fused
	}
	scores := l.bias
	g := gramReaders.Get().(*gramReader)
	g.read(ts)
	g.each(m.rarity, func(slot uint32, value float32) {
		row := l.grams[slot*heads : slot*heads+heads]
		for h := range scores {
			scores[h] += value * float32(row[h]) * l.scale[h]
		}
	})
	gramReaders.Put(g)
	for _, f := range facts(text, ts, p) {
		row := l.facts[f.name]
		for h := range scores {
			scores[h] += float32(f.value) * row[h]
		}
	}
	for d, x := range meaning {
		for h := range scores {
			scores[h] += x * l.meaning[d*heads+h]
		}
	}
	chance := func(h int) float64 { return math.Round(1e4*logistic(float64(scores[h]))) / 1e4 }
	return Alarm{Alone: chance(headAlone), Furious: chance(headFurious), Repeat: chance(headRepeat), Threat: chance(headThreat)}
}

func logistic(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// fact is something that is known of a text beside its n-grams, by name, and how much of it.
type fact struct {
	name  string
	value float64
}

// facts are what the rules found, what the text is about, its length, and whether it shouts.
func facts(text string, ts []token, p Prediction) []fact {
	fs := make([]fact, 0, 16)
	fs = append(fs, fact{"oos", p.OOS}, fact{"length", math.Log1p(float64(len(ts))) / 4}, fact{"capitals", capitals(text)})
	s := p.Signals
	for _, found := range [...]struct {
		name string
		is   bool
	}{
		{"rule harm", s.Harm}, {"rule stakes", s.Stakes}, {"rule deadline", s.Deadline}, {"rule angry", s.Angry}, {"rule repeat", s.Repeat},
		{"rule threat", s.Threat}, {"rule person", s.WantsPerson}, {"rule urgent", urgentByRules(s)},
		{"marks !!", strings.Contains(text, "!!")}, {"marks ?!", strings.Contains(text, "?!") || strings.Contains(text, "??")},
		{"mark !", strings.Contains(text, "!")}, {"mark ?", strings.Contains(text, "?")},
	} {
		if found.is {
			fs = append(fs, fact{found.name, 1})
		}
	}
	for _, r := range p.Ranked {
		fs = append(fs, fact{"intent " + r.Intent, r.Confidence})
	}
	return fs
}

// capitals is the share of the words of three letters and more that stand in capitals.
func capitals(text string) float64 {
	words, loud := 0, 0
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len(word) >= 3 {
			words++
			if strings.ToUpper(word) == word && strings.ToLower(word) != word {
				loud++
			}
		}
	}
	return float64(loud) / float64(max(words, 1))
}

// urgentByRules says whether the rules alone call a message with these signals urgent.
func urgentByRules(s Signals) bool {
	p, _ := Prioritise(Prediction{Signals: s}, Normal, PriorityContext{})
	return p == Urgent
}

// meaningOf is the part of a vector that use-lite-512 made, with length 1; nil when the embedder is another one.
func meaningOf(by ModelID, vector []float32) []float32 {
	if !strings.HasPrefix(by.Name, "use-lite-512") || len(vector) != by.Dims || len(vector) < meaningDims {
		return nil
	}
	meaning := make([]float32, meaningDims)
	var length float64
	for _, x := range vector[:meaningDims] {
		length += float64(x) * float64(x)
	}
	if !(length > 0) || math.IsInf(length, 0) {
		return nil
	}
	for d, x := range vector[:meaningDims] {
		meaning[d] = x * float32(1/math.Sqrt(length))
	}
	return meaning
}
