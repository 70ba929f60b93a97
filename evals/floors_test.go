package evals_test

import (
	"strings"
	"testing"

	"usher/evals"
)

func TestFloorsAreReadAsMeasureAndNumber(t *testing.T) {
	got, err := evals.ParseFloor("sealed.intent.macro_f1=0.85")
	if err != nil {
		t.Fatal(err)
	}
	if want := (evals.Floor{Path: "sealed.intent.macro_f1", Bound: .85}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for _, s := range []string{"", "=", "intent.accuracy", "intent.accuracy=", "=0.9", "intent.accuracy=high", "intent.accuracy=0.9=1", "intent.accuracy=NaN", "intent.accuracy=-Inf"} {
		if f, err := evals.ParseFloor(s); err == nil || !strings.Contains(err.Error(), "measure=number") {
			t.Errorf("%q: got %+v, %v; want an error that shows the form", s, f, err)
		}
	}
}

func TestFloorsAreHeldOrBroken(t *testing.T) {
	sealed := evals.Report{Intent: &evals.IntentPart{MacroF1: .8}}
	seconds := 2.5
	r := evals.Report{
		Cases:    400,
		Intent:   &evals.IntentPart{Accuracy: .9, ECE: .05},
		Priority: &evals.PriorityPart{UrgentRecall: .9, OverTriage: .02, UrgentAnswered: 1},
		Latency:  &evals.LatencyPart{P50: .2, P99: 4},
		TrainS:   &seconds,
		Sealed:   &sealed,
	}
	for name, c := range map[string]struct {
		floor string
		says  string // empty when held
	}{
		"met exactly":                   {"intent.accuracy=0.9", ""},
		"missed":                        {"intent.accuracy=0.91", "intent.accuracy is 0.9 and must be at least 0.91"},
		"a count":                       {"cases=401", "cases is 400 and must be at least 401"},
		"in the sealed half":            {"sealed.intent.macro_f1=0.85", "sealed.intent.macro_f1 is 0.8 and must be at least 0.85"},
		"an error is bounded above":     {"intent.ece=0.05", ""},
		"too great an error":            {"intent.ece=0.04", "intent.ece is 0.05 and may be at most 0.04"},
		"too many called urgent":        {"priority.over_triage=0.01", "priority.over_triage is 0.02 and may be at most 0.01"},
		"urgent recall is a floor":      {"priority.urgent_recall=0.95", "priority.urgent_recall is 0.9 and must be at least 0.95"},
		"urgent ones answered":          {"priority.urgent_answered=0", "priority.urgent_answered is 1 and may be at most 0"},
		"latency is bounded above":      {"latency_ms.p99=5", ""},
		"too slow":                      {"latency_ms.p50=0.1", "latency_ms.p50 is 0.2 and may be at most 0.1"},
		"training is bounded above":     {"train_s=2", "train_s is 2.5 and may be at most 2"},
		"training within its bound":     {"train_s=3", ""},
		"zero may be asked of an error": {"intent.ece=0", "intent.ece is 0.05 and may be at most 0"},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := evals.ParseFloor(c.floor)
			if err != nil {
				t.Fatal(err)
			}
			broken, err := r.Check([]evals.Floor{f})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(broken, "\n"); got != c.says {
				t.Errorf("got %q, want %q", got, c.says)
			}
		})
	}
}

func TestEveryBrokenFloorIsNamed(t *testing.T) {
	r := evals.Report{Intent: &evals.IntentPart{Accuracy: .5, ECE: .2}}
	broken, err := r.Check([]evals.Floor{{Path: "intent.accuracy", Bound: .9}, {Path: "intent.macro_f1", Bound: 0}, {Path: "intent.ece", Bound: .1}})
	if err != nil || len(broken) != 2 {
		t.Errorf("got %q, %v; want accuracy and ece", broken, err)
	}
}

func TestAFloorOnWhatWasNotMeasuredIsAnError(t *testing.T) {
	r := evals.Report{Cases: 3, Suites: []string{"a.jsonl"}, Intent: &evals.IntentPart{}}
	for _, path := range []string{"oos.auroc", "sealed.intent.accuracy", "intent", "intent.accuracy.more", "intent.acuracy", "suites", "accuracy", "cases.", ".cases"} {
		broken, err := r.Check([]evals.Floor{{Path: path, Bound: 0}})
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: got %q, %v; want an error that names it", path, broken, err)
		}
	}
}
