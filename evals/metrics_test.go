package evals

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// near says whether two measures agree but for rounding.
func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// six holds three labels: a is found twice of three times and claimed once wrongly, b once of twice, c never.
var six = []outcome{
	{"a", "a", .9}, {"a", "a", .9}, {"a", "b", .9}, {"b", "b", .9}, {"b", "c", .5}, {"c", "a", .5},
}

func TestAccuracyIsTheShareOfRightAnswers(t *testing.T) {
	if got := accuracy(six); !near(got, 3.0/6) {
		t.Errorf("accuracy %v, want 1/2", got)
	}
	if got := accuracy(nil); got != 0 {
		t.Errorf("accuracy of nothing is %v, want 0", got)
	}
}

func TestScoresPerIntentAreAsByHand(t *testing.T) {
	want := []IntentScore{
		{Intent: "a", Count: 3, Precision: 2.0 / 3, Recall: 2.0 / 3, F1: 2.0 / 3},
		{Intent: "b", Count: 2, Precision: 1.0 / 2, Recall: 1.0 / 2, F1: 1.0 / 2},
		{Intent: "c", Count: 1},
	}
	got := perIntent(six)
	if len(got) != len(want) {
		t.Fatalf("got %d labels, want %d: %+v", len(got), len(want), got)
	}
	for i, w := range want {
		g := got[i]
		if g.Intent != w.Intent || g.Count != w.Count || !near(g.Precision, w.Precision) || !near(g.Recall, w.Recall) || !near(g.F1, w.F1) {
			t.Errorf("got %+v, want %+v", g, w)
		}
	}
	if got := macroF1(got); !near(got, 7.0/18) {
		t.Errorf("macro-F1 %v, want (2/3 + 1/2 + 0) / 3", got)
	}
	if got := macroF1(nil); got != 0 {
		t.Errorf("macro-F1 of nothing is %v, want 0", got)
	}
}

func TestMacroF1CountsARareLabelLikeAFrequentOne(t *testing.T) {
	os := []outcome{{"rare", "common", 1}}
	for range 99 {
		os = append(os, outcome{"common", "common", 1})
	}
	// common: precision 99/100, recall 1; rare: 0.
	if got, want := macroF1(perIntent(os)), (2*.99/1.99)/2; !near(got, want) {
		t.Errorf("macro-F1 %v, want %v although accuracy is %v", got, want, accuracy(os))
	}
}

func TestALabelThatOnlyThePredictionKnowsIsNoRow(t *testing.T) {
	scores := perIntent([]outcome{{"a", "invented", 1}})
	if len(scores) != 1 || scores[0].Intent != "a" || scores[0].F1 != 0 {
		t.Errorf("got %+v, want only a with F1 0", scores)
	}
}

func TestECEIsAsByHand(t *testing.T) {
	for name, c := range map[string]struct {
		os   []outcome
		want float64
	}{
		"nothing":                       {nil, 0},
		"sure and right":                {[]outcome{{"a", "a", 1}}, 0},
		"sure and wrong":                {[]outcome{{"a", "b", 1}}, 1},
		"unsure and right":              {[]outcome{{"a", "a", .25}}, .75},
		"three of four right at 0.9":    {[]outcome{{"a", "a", .9}, {"a", "a", .9}, {"a", "a", .9}, {"a", "b", .9}}, .15},
		"two bins weigh by their count": {[]outcome{{"a", "a", .9}, {"a", "a", .9}, {"a", "b", .9}, {"a", "a", .5}}, (math.Abs(2.7-2) + .5) / 4},
		"one bin balances":              {[]outcome{{"a", "b", .9}, {"a", "a", .92}}, math.Abs(1.82-1) / 2},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ece(c.os); !near(got, c.want) {
				t.Errorf("ECE %v, want %v", got, c.want)
			}
		})
	}
}

func TestECEUsesFifteenBins(t *testing.T) {
	// 0.52 and 0.54 lie on the two sides of 8/15 = 0.5333: in one bin the gaps would balance.
	apart := []outcome{{"a", "b", .52}, {"a", "a", .54}}
	if got, want := ece(apart), (.52+.46)/2; !near(got, want) {
		t.Errorf("ECE %v, want %v: the two stand in different bins", got, want)
	}
	together := []outcome{{"a", "b", .54}, {"a", "a", .59}}
	if got, want := ece(together), math.Abs(1.13-1)/2; !near(got, want) {
		t.Errorf("ECE %v, want %v: the two stand in one bin", got, want)
	}
}

func genOutcomes(t *rapid.T) []outcome {
	label := rapid.SampledFrom([]string{"a", "b", "c", "d"})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) outcome {
		return outcome{label.Draw(t, "want"), label.Draw(t, "got"), rapid.Float64Range(0, 1).Draw(t, "confidence")}
	}), 1, 60).Draw(t, "outcomes")
}

func TestMeasuresOfOutcomesStayInRangeAndIgnoreOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		os := genOutcomes(t)
		shuffled := rapid.Permutation(os).Draw(t, "shuffled")
		for name, f := range map[string]func([]outcome) float64{
			"accuracy": accuracy, "ece": ece,
			"macro_f1": func(os []outcome) float64 { return macroF1(perIntent(os)) },
		} {
			v := f(os)
			if !(v >= 0 && v <= 1) {
				t.Fatalf("%s is %v", name, v)
			}
			if !near(v, f(shuffled)) {
				t.Fatalf("%s is %v, and %v in another order", name, v, f(shuffled))
			}
		}
		if gap := math.Abs(meanConfidence(os) - accuracy(os)); ece(os) < gap-1e-9 {
			t.Fatalf("ECE %v is smaller than the gap %v over all", ece(os), gap)
		}
	})
}

func meanConfidence(os []outcome) float64 {
	sum := 0.0
	for _, o := range os {
		sum += o.confidence
	}
	return sum / float64(len(os))
}

func TestAUROCIsAsByHand(t *testing.T) {
	for name, c := range map[string]struct {
		positive, negative []float64
		want               float64
	}{
		"apart":              {[]float64{.8, .9}, []float64{.1, .2}, 1},
		"apart, upside down": {[]float64{.1, .2}, []float64{.8, .9}, 0},
		"three of four":      {[]float64{.9, .4}, []float64{.5, .1}, .75},
		"a tie is half":      {[]float64{.5}, []float64{.5}, .5},
		"ties among others":  {[]float64{.5, .9}, []float64{.5, .5, .1}, (.5 + .5 + 1 + 3) / 6},
		"scores may be any":  {[]float64{-3, 1000}, []float64{-4}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			if got := auroc(c.positive, c.negative); !near(got, c.want) {
				t.Errorf("AUROC %v, want %v", got, c.want)
			}
		})
	}
}

// genScores draws from few values, so that ties are common.
func genScores(t *rapid.T, label string) []float64 {
	return rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 12), func(i int) float64 { return float64(i) / 4 }), 1, 40).Draw(t, label)
}

func TestAUROCIsTheShareOfPairsInTheRightOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		positive, negative := genScores(t, "positive"), genScores(t, "negative")
		pairs := 0.0
		for _, p := range positive {
			for _, n := range negative {
				pairs += float64(1+cmp.Compare(p, n)) / 2
			}
		}
		got := auroc(positive, negative)
		if want := pairs / float64(len(positive)*len(negative)); !near(got, want) {
			t.Fatalf("AUROC %v, want %v", got, want)
		}
		if swapped := auroc(negative, positive); !near(got+swapped, 1) {
			t.Fatalf("AUROC %v, and %v with the sides swapped: they must add up to 1", got, swapped)
		}
	})
}

func TestRecallAtIsAsByHand(t *testing.T) {
	twenty := make([]float64, 20)
	for i := range twenty {
		twenty[i] = float64(20 - i)
	}
	for name, c := range map[string]struct {
		positive, negative []float64
		kept, want         float64
	}{
		"19 of 20 are kept": {[]float64{18, 19, 19.5, 21}, twenty, .95, .5},
		"all are kept":      {[]float64{18, 19.5, 20, 21}, twenty, 1, .25},
		"half are kept":     {[]float64{10, 10.5, 11}, twenty, .5, 2.0 / 3},
		"one negative":      {[]float64{0, 1, 2}, []float64{1}, .95, 1.0 / 3},
		"a tie is not seen": {[]float64{1, 1}, []float64{1, 1, 1}, .95, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := recallAt(c.positive, c.negative, c.kept); !near(got, c.want) {
				t.Errorf("recall %v, want %v", got, c.want)
			}
		})
	}
}

func TestRecallAtKeepsTheShareThatItSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		positive, negative := genScores(t, "positive"), genScores(t, "negative")
		kept := rapid.SampledFrom([]float64{.5, .9, .95, 1}).Draw(t, "kept")
		if lost := recallAt(negative, negative, kept); lost > 1-kept+1e-9 {
			t.Fatalf("%v of the negatives lie above the limit, %v may", lost, 1-kept)
		}
		// The limit is the least that keeps enough: no lower score among the negatives would do.
		best := 0.0
		for _, limit := range negative {
			if recallAbove(negative, limit) <= 1-kept+1e-9 {
				best = max(best, recallAbove(positive, limit))
			}
		}
		if got := recallAt(positive, negative, kept); !near(got, best) {
			t.Fatalf("recall %v, but %v is possible", got, best)
		}
	})
}

func recallAbove(scores []float64, limit float64) float64 {
	n := 0
	for _, s := range scores {
		if s > limit {
			n++
		}
	}
	return float64(n) / float64(len(scores))
}

func TestQuantileIsTheNearestRank(t *testing.T) {
	values := []float64{50, 15, 40, 20, 35}
	for q, want := range map[float64]float64{0: 15, .05: 15, .3: 20, .4: 20, .5: 35, .99: 50, 1: 50} {
		if got := quantile(values, q); got != want {
			t.Errorf("quantile %v is %v, want %v", q, got, want)
		}
	}
	if got := quantile(nil, .5); got != 0 {
		t.Errorf("quantile of nothing is %v, want 0", got)
	}
	if !slices.Equal(values, []float64{50, 15, 40, 20, 35}) {
		t.Errorf("the values were sorted in place: %v", values)
	}
}

func TestKappaIsAsByHand(t *testing.T) {
	pairs := func(counts map[[2]string]int) (a, b []string) {
		for p, n := range counts {
			for range n {
				a, b = append(a, p[0]), append(b, p[1])
			}
		}
		return a, b
	}
	for name, c := range map[string]struct {
		counts map[[2]string]int
		want   float64
	}{
		// Agreement 35/50 = 0.7; by chance 25/50·30/50 + 25/50·20/50 = 0.5.
		"moderate":                {map[[2]string]int{{"y", "y"}: 20, {"y", "n"}: 5, {"n", "y"}: 10, {"n", "n"}: 15}, .4},
		"no better than chance":   {map[[2]string]int{{"y", "y"}: 1, {"y", "n"}: 1, {"n", "y"}: 1, {"n", "n"}: 1}, 0},
		"always the other":        {map[[2]string]int{{"y", "n"}: 3, {"n", "y"}: 3}, -1},
		"all alike":               {map[[2]string]int{{"y", "y"}: 7, {"n", "n"}: 3}, 1},
		"all alike, one label":    {map[[2]string]int{{"y", "y"}: 7}, 1},
		"nothing in common":       {map[[2]string]int{{"y", "n"}: 7}, 0},
		"often right by accident": {map[[2]string]int{{"y", "y"}: 90, {"y", "n"}: 5, {"n", "y"}: 5}, (.9 - .905) / (1 - .905)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := kappa(pairs(c.counts)); !near(got, c.want) {
				t.Errorf("kappa %v, want %v", got, c.want)
			}
		})
	}
	if got := kappa(nil, nil); got != 0 {
		t.Errorf("kappa of nothing is %v, want 0", got)
	}
}

func TestKappaTreatsBothLabellersAlikeAndIsOneOnlyForEqualLabels(t *testing.T) {
	label := rapid.SampledFrom([]string{"a", "b", "c"})
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		a := rapid.SliceOfN(label, n, n).Draw(t, "a")
		b := rapid.SliceOfN(label, n, n).Draw(t, "b")
		k := kappa(a, b)
		if !(k >= -1-1e-9 && k <= 1+1e-9) {
			t.Fatalf("kappa %v", k)
		}
		if !near(k, kappa(b, a)) {
			t.Fatalf("kappa %v, and %v with the labellers swapped", k, kappa(b, a))
		}
		if near(k, 1) != slices.Equal(a, b) {
			t.Fatalf("kappa %v of %v and %v", k, a, b)
		}
	})
}

func TestTheIntervalOfAShareIsWilsons(t *testing.T) {
	for _, tc := range []struct {
		n, of     int
		low, high float64
	}{
		{8, 10, .490, .943}, {0, 10, 0, .278}, {10, 10, .722, 1}, {500, 1000, .469, .531}, {0, 0, 0, 1},
	} {
		if low, high := wilson(tc.n, tc.of); math.Abs(low-tc.low) > .0006 || math.Abs(high-tc.high) > .0006 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.3f to %.3f", tc.n, tc.of, low, high, tc.low, tc.high)
		}
	}
}
