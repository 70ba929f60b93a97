package intent

import "math"

// urgency is the probability that a text with these tokens, understood as p, is urgent: a logistic regression whose
// weights are in priority_weights.go.
func urgency(ts []token, p Prediction) float64 {
	f := features(ts, p)
	z := 0.0
	for _, w := range urgencyWeights {
		z += w.weight * f[w.feature]
	}
	return 1 / (1 + math.Exp(-z))
}

// mostKinds is from how many kinds of alarming words on more make no difference.
const mostKinds = 6

// features are what the urgency model looks at: the marks that a text bears and how many kinds of them, what the rules
// found, how likely intents are that are urgent or pass for low, and the length.
func features(ts []token, p Prediction) map[string]float64 {
	f := map[string]float64{"bias": 1, "oos": p.OOS, "length": math.Log1p(float64(len(ts))) / 4}
	kinds := 0
	for _, m := range marks {
		if m.words.in(ts) == "" {
			continue
		}
		f[m.name] = 1
		if m.alarming {
			kinds++
		}
	}
	f["kinds"] = float64(min(kinds, mostKinds)) / 3
	s := p.Signals
	for name, found := range map[string]bool{
		"rule harm": s.Harm, "rule stakes": s.Stakes, "rule deadline": s.Deadline, "rule angry": s.Angry,
		"rule repeat": s.Repeat, "rule threat": s.Threat, "rule urgent": urgentByRules(s),
	} {
		if found {
			f[name] = 1
		}
	}
	for _, r := range p.Ranked {
		switch r.Intent {
		case "account_security", "spam":
			f["intent "+r.Intent] = r.Confidence
		case "thanks", "pricing", "payment_methods", "shipping_info", "feature_request":
			f["intent calm"] += r.Confidence
		}
	}
	return f
}

// urgentByRules says whether the rules alone call a message with these signals urgent.
func urgentByRules(s Signals) bool {
	p, _ := Prioritise(Prediction{Signals: s}, Normal, PriorityContext{})
	return p == Urgent
}
