package intent

import "testing"

func TestAnUrgencyOverTheThresholdIsUrgentAndSaysSo(t *testing.T) {
	if p, why := Prioritise(Prediction{Urgency: urgentFrom}, Low, PriorityContext{}); p != Urgent || len(why) != 1 {
		t.Errorf("%s because %q, want urgent for one reason", p, why)
	}
	if p, _ := Prioritise(Prediction{Urgency: urgentFrom - .01}, Low, PriorityContext{}); p != Low {
		t.Errorf("%s below the threshold, want low", p)
	}
}

func TestEveryWeightOfTheUrgencyModelIsOfAFeatureThatATextCanHave(t *testing.T) {
	named := map[string]bool{"bias": true, "oos": true, "length": true, "kinds": true, "intent account_security": true, "intent spam": true, "intent calm": true,
		"rule harm": true, "rule stakes": true, "rule deadline": true, "rule angry": true, "rule repeat": true, "rule threat": true, "rule urgent": true}
	for _, m := range marks {
		named[m.name] = true
	}
	for _, w := range urgencyWeights {
		if !named[w.feature] {
			t.Errorf("weight of %q, which no text has", w.feature)
		}
		delete(named, w.feature)
	}
	if len(named) > 0 {
		t.Errorf("without a weight: %v", named)
	}
}
