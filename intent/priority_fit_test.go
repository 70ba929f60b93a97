package intent_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/starter"
)

// labelled is an open case of a suite, as the urgency model learns from it.
type labelled struct {
	ID, Text, Pair string
	Priority       intent.Priority
	Sealed         bool
	ContactType    string `json:"contact_type"`
	Repeats        int
	suite          string
	prediction     intent.Prediction
	features       map[string]float64
	dense          []float64 // features in the order of their names
}

// TestUrgencyWeightsAreWhatTheOpenHalvesTeach fits the urgency model anew: by ten folds in which pairs stay together it
// chooses the penalty (least log loss on the priority suite) and the threshold (most urgent ones seen, with the rules, while
// at most 5 % of the others are called urgent), and then fails when the weights in use are not those. It shows what to put
// there. It takes a minute.
func TestUrgencyWeightsAreWhatTheOpenHalvesTeach(t *testing.T) {
	if os.Getenv("USHER_PROVE") == "" {
		t.Skip("set USHER_PROVE=1 to fit the urgency model again")
	}
	cases := openCases(t)
	names := featureNames(cases)
	bestLoss, bestPenalty := math.Inf(1), 0.0
	var best []float64
	for _, penalty := range []float64{0.125, 0.25, 0.5, 1, 2, 4} {
		held := crossValidate(cases, names, penalty)
		loss := logLoss(cases, held)
		t.Logf("penalty %g: log loss %.4f on the priority suite", penalty, loss)
		if loss < bestLoss {
			bestLoss, bestPenalty, best = loss, penalty, held
		}
	}
	threshold := chooseThreshold(t, cases, best)
	all := make([]int, len(cases))
	for i := range all {
		all[i] = i
	}
	weights := fit(cases, all, names, bestPenalty)
	var listing strings.Builder
	different := threshold != intent.UrgentFrom || len(intent.UrgencyWeights()) != len(names)
	for i, name := range names {
		fmt.Fprintf(&listing, "\t{%q, %.3f},\n", name, weights[i])
		different = different || math.Abs(intent.UrgencyWeights()[name]-weights[i]) > 0.002
	}
	t.Logf("penalty %g, threshold %.2f", bestPenalty, threshold)
	if different {
		t.Errorf("the weights in use are not those of the open halves, which are, from %.2f on:\n%s", threshold, listing.String())
	}
}

func openCases(t *testing.T) []labelled {
	t.Helper()
	utterances, err := starter.Utterances()
	if err != nil {
		t.Fatal(err)
	}
	model, err := builtin.Train(t.Context(), utterances, builtin.TrainOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	u := intent.NewUnderstander(model, intent.UnderstandOptions{})
	var cases []labelled
	for _, suite := range []string{"priority", "starter", "guards"} {
		lines, err := os.ReadFile("../evals/suites/" + suite + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(lines) {
			c := labelled{suite: suite}
			if err := json.Unmarshal(line, &c); err != nil {
				t.Fatal(err)
			}
			if c.Sealed {
				continue
			}
			c.prediction = u.Understand(t.Context(), c.Text)
			c.features = intent.UrgencyFeatures(c.Text, c.prediction)
			cases = append(cases, c)
		}
	}
	return cases
}

// featureNames names all features in order, and lines up those of every case.
func featureNames(cases []labelled) []string {
	seen := map[string]bool{}
	for _, c := range cases {
		for name := range c.features {
			seen[name] = true
		}
	}
	var names []string
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	for i := range cases {
		cases[i].dense = make([]float64, len(names))
		for k, name := range names {
			cases[i].dense[k] = cases[i].features[name]
		}
	}
	return names
}

const folds = 10

func (c labelled) fold() int {
	h := fnv.New64a()
	if c.Pair != "" {
		h.Write([]byte("pair " + c.Pair))
	} else {
		h.Write([]byte(c.ID))
	}
	return int(h.Sum64() >> 32 % folds)
}

func crossValidate(cases []labelled, names []string, penalty float64) []float64 {
	held := make([]float64, len(cases))
	for fold := range folds {
		var rest []int
		for i, c := range cases {
			if c.fold() != fold {
				rest = append(rest, i)
			}
		}
		weights := fit(cases, rest, names, penalty)
		for i, c := range cases {
			if c.fold() == fold {
				held[i] = probability(c, weights)
			}
		}
	}
	return held
}

// fit is logistic regression with a squared penalty on all weights but the bias, by AdaGrad over all cases at each step.
func fit(cases []labelled, use []int, names []string, penalty float64) []float64 {
	weights, squares := make([]float64, len(names)), make([]float64, len(names))
	for range 1000 {
		gradient := make([]float64, len(names))
		for _, i := range use {
			miss := probability(cases[i], weights)
			if cases[i].Priority == intent.Urgent {
				miss--
			}
			for k, x := range cases[i].dense {
				gradient[k] += miss * x
			}
		}
		for k, name := range names {
			if name != "bias" {
				gradient[k] += penalty * weights[k]
			}
			squares[k] += gradient[k] * gradient[k]
			weights[k] -= 0.3 * gradient[k] / (math.Sqrt(squares[k]) + 1e-9)
		}
	}
	return weights
}

func probability(c labelled, weights []float64) float64 {
	z := 0.0
	for k, x := range c.dense {
		z += weights[k] * x
	}
	return 1 / (1 + math.Exp(-z))
}

func logLoss(cases []labelled, held []float64) float64 {
	loss, n := 0.0, 0.0
	for i, c := range cases {
		if c.suite != "priority" {
			continue
		}
		n++
		if c.Priority == intent.Urgent {
			loss -= math.Log(held[i])
		} else {
			loss -= math.Log(1 - held[i])
		}
	}
	return loss / n
}

// chooseThreshold takes the lowest that calls at most 5 % of the others urgent.
func chooseThreshold(t *testing.T, cases []labelled, held []float64) float64 {
	for step := 5; step < 100; step++ {
		threshold := float64(step) / 100
		urgent, seen, others, over := 0, 0, 0, 0
		for i, c := range cases {
			if c.suite != "priority" {
				continue
			}
			p := c.prediction
			p.Urgency = 0
			base := intent.Normal
			if c.Priority != intent.Urgent {
				base = c.Priority
			}
			byRules, _ := intent.Prioritise(p, base, intent.PriorityContext{ContactType: c.ContactType, Repeats: c.Repeats})
			hit := byRules == intent.Urgent || held[i] >= threshold || p.Top().Intent == "account_security"
			switch {
			case c.Priority == intent.Urgent:
				urgent++
				if hit {
					seen++
				}
			default:
				others++
				if hit {
					over++
				}
			}
		}
		if over*20 <= others {
			t.Logf("threshold %.2f: %d of %d urgent seen, %d of %d others called urgent, all held out", threshold, seen, urgent, over, others)
			return threshold
		}
	}
	t.Fatal("no threshold calls at most 5 % of the others urgent")
	return 0
}
