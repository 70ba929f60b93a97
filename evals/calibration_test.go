package evals_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"usher/evals"
	"usher/intent"
)

// sharpened is a case that the model gets right so often as it says, with its confidence turned up by a power: 1 is honest.
func sharpened(id string, right bool, honest, power float64) evals.Result {
	up, down := math.Pow(honest, power), math.Pow(1-honest, power)
	confidence := up / (up + down)
	label, other := "refund", "pricing"
	if !right {
		label, other = other, label
	}
	return evals.Result{Case: evals.Case{ID: id, Intent: label}, Prediction: intent.Prediction{Ranked: []intent.Ranked{
		{Intent: "refund", Confidence: confidence}, {Intent: "pricing", Confidence: 1 - confidence},
	}}}
}

// twoModels get the same cases right, their confidence turned up by a power each. With noise each case's is turned by more or less.
func twoModels(seed uint64, n int, first, second, noise float64) (before, after []evals.Result) {
	rng := rand.New(rand.NewPCG(seed, 7))
	for i := range n {
		honest := .5 + rng.Float64()/2
		right := rng.Float64() < honest
		id := fmt.Sprint(i)
		before = append(before, sharpened(id, right, honest, first*math.Exp(noise*rng.NormFloat64())))
		after = append(after, sharpened(id, right, honest, second*math.Exp(noise*rng.NormFloat64())))
	}
	return before, after
}

func compared(t *testing.T, before, after []evals.Result) evals.Comparison {
	t.Helper()
	c, err := evals.Compare(before, after)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAModelThatIsTooSureOfItselfIsWorseThoughItGetsTheSameCasesRight(t *testing.T) {
	before, after := twoModels(1, 200, 1, 4, 0)
	c := compared(t, before, after)
	worse := strings.Join(c.Worse(), "\n")
	if c.Lost+c.Gained != 0 || !strings.Contains(worse, "calibrated worse, ECE") || !strings.Contains(worse, "calibrated worse, log-loss") {
		t.Errorf("worse in %q: %+v, %+v", worse, c.ECE, c.LogLoss)
	}
	if c.ECE.Low <= 0 || c.LogLoss.Low <= 0 || c.ECE.Low > c.ECE.After-c.ECE.Before || c.ECE.High < c.ECE.After-c.ECE.Before {
		t.Errorf("the bounds are %+v, %+v", c.ECE, c.LogLoss)
	}
	var text strings.Builder
	if err := c.WriteText(&text); err != nil || strings.Count(text.String(), "worse, and not by chance") != 2 {
		t.Errorf("%v\n%s", err, text.String())
	}
	back := compared(t, after, before)
	if len(back.Worse()) != 0 || back.ECE.High >= 0 || back.LogLoss.P != c.LogLoss.P {
		t.Errorf("the other way round it is worse in %q", back.Worse())
	}
}

func TestModelsThatAreAsWellCalibratedAreSeldomCalledWorse(t *testing.T) {
	const trials = 120
	worse := map[string]int{}
	for seed := range uint64(trials) {
		before, after := twoModels(seed, 200, 1, 1, .3)
		c := compared(t, before, after)
		for name, p := range map[string]*evals.Paired{"ECE": c.ECE, "log-loss": c.LogLoss} {
			if p.Worse() {
				worse[name]++
			}
		}
	}
	// 2.5 % is what the tests allow, 3 of 120; 9 or more of 120 come by chance once in a thousand times.
	for name, n := range worse {
		if n >= 9 {
			t.Errorf("%s calls %d of %d worse", name, n, trials)
		}
	}
	t.Logf("of %d: %v", trials, worse)
}

func TestTheLossIsThatOfTheLabel(t *testing.T) {
	p := intent.Prediction{OOS: .2, Ranked: []intent.Ranked{{Intent: "refund", Confidence: .75}}}
	for label, want := range map[string]float64{"refund": .6, intent.OutOfScope: .2, "pricing": .001} {
		rs := []evals.Result{{Case: evals.Case{ID: "1", Intent: label}, Prediction: p}}
		c := compared(t, rs, rs)
		if math.Abs(c.LogLoss.After+math.Log(want)) > 1e-12 || c.LogLoss.P != 1 || c.LogLoss.Low != 0 || c.LogLoss.High != 0 {
			t.Errorf("%s: %+v, want a loss of %v", label, c.LogLoss, -math.Log(want))
		}
		if (c.ECE == nil) != (label == intent.OutOfScope) {
			t.Errorf("%s: ECE %+v", label, c.ECE)
		}
	}
}
