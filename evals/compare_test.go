package evals_test

import (
	"bytes"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"usher/evals"
	"usher/intent"
)

func TestMcNemarIsTheExactBinomialTest(t *testing.T) {
	// Worked out with fractions: 2 · Σ C(n, k) / 2^n over k up to the smaller count.
	for _, c := range []struct {
		first, second int
		want          float64
	}{
		{0, 0, 1}, {0, 5, 0.0625}, {0, 6, 0.03125}, {1, 8, 0.0390625}, {5, 5, 1}, {10, 25, 0.01667384780012071},
		{86, 150, 3.715936139571442e-05}, {59, 121, 4.434449263755176e-06}, {400, 500, 0.0009564441369189461},
	} {
		for _, got := range []float64{evals.McNemar(c.first, c.second), evals.McNemar(c.second, c.first)} {
			if math.Abs(got-c.want) > 1e-9*max(c.want, 1e-3) {
				t.Errorf("%d and %d: %v, want %v", c.first, c.second, got, c.want)
			}
		}
	}
}

func TestMcNemarIsAProbabilityThatFallsWithTheDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5000).Draw(t, "n")
		k := rapid.IntRange(0, n/2).Draw(t, "k")
		p := evals.McNemar(k, n-k)
		if p < 0 || p > 1 || math.IsNaN(p) {
			t.Fatalf("%d of %d: %v", k, n, p)
		}
		if k > 0 && evals.McNemar(k-1, n-k+1) > p {
			t.Fatalf("%d of %d is likelier than %d", k-1, n, k)
		}
	})
}

// said is a case of a label with what came out for it.
func said(id, label, got string) evals.Result {
	p := intent.Prediction{Ranked: []intent.Ranked{{Intent: got, Confidence: .9}}}
	if got == intent.OutOfScope {
		p = intent.Prediction{Ranked: []intent.Ranked{{Intent: "pricing", Confidence: .9}}, OOS: .6}
	}
	return evals.Result{Case: evals.Case{ID: id, Intent: label}, Prediction: p}
}

func TestComparedAreTheSameCasesByLabel(t *testing.T) {
	before := []evals.Result{
		said("1", "pricing", "pricing"), said("2", "pricing", "thanks"), said("3", "pricing", "pricing"),
		said("4", "oos", "oos"), said("5", "oos", "thanks"), said("6", "thanks", "oos"), said("7", "", "thanks"),
	}
	after := []evals.Result{
		said("1", "pricing", "thanks"), said("2", "pricing", "pricing"), said("3", "pricing", "oos"),
		said("4", "oos", "oos"), said("5", "oos", "oos"), said("6", "thanks", "oos"), said("7", "", "pricing"),
	}
	got, err := evals.Compare(before, after)
	if err != nil {
		t.Fatal(err)
	}
	got.ECE, got.LogLoss = nil, nil // tested apart
	want := evals.Comparison{Count: 6, Before: 3, After: 3, Lost: 2, Gained: 2, P: 1, ByIntent: []evals.IntentChange{
		{Intent: "oos", Count: 2, Before: 1, After: 2, Gained: 1, P: 1},
		{Intent: "pricing", Count: 3, Before: 2, After: 1, Lost: 2, Gained: 1, P: 1},
		{Intent: "thanks", Count: 1, P: 1},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	var b bytes.Buffer
	if err := got.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	if s := b.String(); !strings.Contains(s, "pricing") || strings.Contains(s, "thanks") || !strings.Contains(s, "50.0 % to 50.0 % right: the difference may be chance") {
		t.Errorf("the text is\n%s", s)
	}
}

func TestResultsOfDifferentCasesAreNotCompared(t *testing.T) {
	one := []evals.Result{said("1", "pricing", "pricing")}
	for name, other := range map[string][]evals.Result{
		"more":          append(one[:1:1], said("2", "pricing", "pricing")),
		"another case":  {said("2", "pricing", "pricing")},
		"another label": {said("1", "thanks", "pricing")},
	} {
		if _, err := evals.Compare(one, other); err == nil {
			t.Errorf("%s: compared", name)
		}
	}
	if _, err := evals.Compare([]evals.Result{said("1", "", "x")}, []evals.Result{said("1", "", "x")}); err == nil {
		t.Error("cases without labels are compared")
	}
}

func TestWorseIsWhatIsNotChance(t *testing.T) {
	for _, c := range []struct {
		lost, gained int
		worse        bool
		says         string
	}{
		{6, 0, true, "worse, and not by chance"}, {5, 0, false, "may be chance"}, {0, 6, false, "better, and not by chance"}, {0, 0, false, "no case changed"},
	} {
		var before, after []evals.Result
		for i := range c.lost + c.gained + 1 {
			b, a := "pricing", "pricing"
			if i < c.lost {
				a = "thanks"
			} else if i < c.lost+c.gained {
				b = "thanks"
			}
			before, after = append(before, said(fmt.Sprint(i), "pricing", b)), append(after, said(fmt.Sprint(i), "pricing", a))
		}
		got, err := evals.Compare(before, after)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		if err := got.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		if worse := slices.ContainsFunc(got.Worse(), func(s string) bool { return strings.Contains(s, "cases lost") }); worse != c.worse || !strings.Contains(text.String(), c.says) {
			t.Errorf("%d lost and %d gained: worse is %v\n%s", c.lost, c.gained, worse, text.String())
		}
	}
}
