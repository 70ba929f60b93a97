package evals_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"usher/evals"
	"usher/intent"
)

func twenty() []intent.Utterance {
	var us []intent.Utterance
	for i := range 20 {
		us = append(us, intent.Utterance{Text: fmt.Sprint("refund ", i), Intent: "refund"}, intent.Utterance{Text: fmt.Sprint("order ", i), Intent: "order"})
	}
	return append(us, intent.Utterance{Text: "weather", Intent: intent.OutOfScope})
}

func TestASampleHasSoManyOfEachLabelInOrder(t *testing.T) {
	count, last := map[string]int{}, -1
	all := twenty()
	for _, u := range evals.Sample(all, 5, 1) {
		count[u.Intent]++
		at := last + 1
		for all[at] != u {
			at++
		}
		last = at
	}
	if want := map[string]int{"refund": 5, "order": 5, intent.OutOfScope: 1}; !reflect.DeepEqual(count, want) {
		t.Errorf("got %v, want %v", count, want)
	}
}

func TestASampleDependsOnSeedAndLabelAlone(t *testing.T) {
	all := twenty()
	if a, b := evals.Sample(all, 5, 1), evals.Sample(all, 5, 1); !reflect.DeepEqual(a, b) {
		t.Errorf("one seed gave %v and %v", a, b)
	}
	if a, b := evals.Sample(all, 5, 1), evals.Sample(all, 5, 2); reflect.DeepEqual(a, b) {
		t.Error("the seed changes nothing")
	}
	var refunds, alone []intent.Utterance
	for _, u := range all {
		if u.Intent == "refund" {
			refunds = append(refunds, u)
		}
	}
	for _, u := range evals.Sample(all, 5, 1) {
		if u.Intent == "refund" {
			alone = append(alone, u)
		}
	}
	if got := evals.Sample(refunds, 5, 1); !reflect.DeepEqual(got, alone) {
		t.Errorf("without the other labels %v, with them %v", got, alone)
	}
}

func TestAMeanReportHasMeansAndStandardDeviations(t *testing.T) {
	run := func(accuracy, auroc, seconds float64) evals.Report {
		return evals.Report{
			Suites: []string{"a.csv"}, Cases: 10, TrainS: &seconds,
			Intent: &evals.IntentPart{Count: 8, Accuracy: accuracy, MacroF1: accuracy / 2, ECE: .02},
			OOS:    &evals.OOSPart{Count: 2, AUROC: auroc, RecallAt95: .5},
		}
	}
	m := evals.Mean([]evals.Report{run(.7, .9, 1), run(.8, .9, 2), run(.9, .6, 6)})
	for name, c := range map[string]struct{ got, want float64 }{
		"accuracy":           {m.Intent.Accuracy, .8},
		"macro-F1":           {m.Intent.MacroF1, .4},
		"ECE":                {m.Intent.ECE, .02},
		"AUROC":              {m.OOS.AUROC, .8},
		"seconds":            {*m.TrainS, 3},
		"spread of accuracy": {m.Spread.Accuracy, .1},
		"spread of macro-F1": {m.Spread.MacroF1, .05},
		"spread of AUROC":    {m.Spread.AUROC, math.Sqrt(.03)},
		"spread of recall":   {m.Spread.RecallAt95, 0},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s: %v, want %v", name, c.got, c.want)
		}
	}
	if m.Seeds != 3 || m.Cases != 10 || m.Intent.Count != 8 || m.OOS.Count != 2 || m.EmbedS != nil {
		t.Errorf("got %+v", m)
	}
	var text strings.Builder
	if err := m.WriteText(&text, false); err != nil || !strings.Contains(text.String(), "± 10.0 %") || !strings.Contains(text.String(), "3 seeds") {
		t.Errorf("the terminal says %s (%v)", text.String(), err)
	}
}
