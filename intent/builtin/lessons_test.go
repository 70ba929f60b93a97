package builtin_test

import (
	"math"
	"testing"

	"usher/intent"
	"usher/intent/builtin"
)

func TestAHandfulOfCorrectionsLeavesConfidenceAsItWas(t *testing.T) {
	before, qs := model(t), openQuestions(t)
	us, err := starterUtterances()
	if err != nil {
		t.Fatal(err)
	}
	// Five of the questions, far apart, are corrections; they stand last, as what agents say does.
	const corrections = 5
	var others []question
	for i, q := range qs {
		if step := len(qs) / corrections; i%step == 0 && i/step < corrections {
			us = append(us, intent.Utterance{Text: q.Text, Intent: q.Intent})
		} else {
			others = append(others, q)
		}
	}
	after, err := builtin.Train(t.Context(), us, builtin.TrainOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	moved := 0.0
	for _, q := range others {
		moved += math.Abs(after.Classify(q.Text).Ranked[0].Confidence-before.Classify(q.Text).Ranked[0].Confidence) / float64(len(others))
	}
	a, b := before.Calibration.Temperature, after.Calibration.Temperature
	t.Logf("temperature %.4f before, %.4f after; confidence in %d other questions moved by %.4f on average", a, b, len(others), moved)
	if math.Abs(b/a-1) > 0.01 || moved > 0.005 {
		t.Errorf("temperature %.4f before, %.4f after; confidence in %d other questions moved by %.4f on average", a, b, len(others), moved)
	}
}
