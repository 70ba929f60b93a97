package intent

// UrgentFrom is the threshold in use.
const UrgentFrom = urgentFrom

// UrgencyFeatures are the features of the urgency model for a text that was understood as p.
func UrgencyFeatures(text string, p Prediction) map[string]float64 { return features(tokens(text), p) }

// UrgencyWeights are the weights in use by feature.
func UrgencyWeights() map[string]float64 {
	weights := map[string]float64{}
	for _, w := range urgencyWeights {
		weights[w.feature] = w.weight
	}
	return weights
}
