package evals

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"usher/intent"
)

const (
	// resamples of the bootstrap: enough that a p-value of 0.05 is right to a hundredth.
	resamples = 2000
	// leastChance is what a label is taken to have been given at least, so that one surely wrong case is not all that counts.
	leastChance = 0.001
)

// Paired is a measure of which less is better, of two models on the same cases. Low and High bound by how much the second has
// more, with 95 % confidence; P is how likely that much is chance: both by a paired bootstrap over the cases (Efron and
// Tibshirani 1993, chapter 16).
type Paired struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
	P      float64 `json:"p"`
}

// Worse reports whether the second model has more, and not by chance.
func (p *Paired) Worse() bool { return p != nil && p.After > p.Before && p.P < Significant }

// paired measures two columns of the same cases, and both on the same cases drawn anew. The seed is fixed, so that it repeats.
func paired[T any](before, after []T, measure func([]T) float64) *Paired {
	if len(before) == 0 {
		return nil
	}
	p := &Paired{Before: measure(before), After: measure(after)}
	rng := rand.New(rand.NewPCG(1, 0x9e3779b97f4a7c15))
	gaps := make([]float64, resamples)
	b, a := make([]T, len(before)), make([]T, len(after))
	more, less := 1, 1 // what is seen is one of the draws
	for i := range gaps {
		for k := range b {
			at := rng.IntN(len(before))
			b[k], a[k] = before[at], after[at]
		}
		gaps[i] = measure(a) - measure(b)
		if gaps[i] >= 0 {
			more++
		}
		if gaps[i] <= 0 {
			less++
		}
	}
	slices.Sort(gaps)
	p.Low, p.High = gaps[resamples*25/1000], gaps[resamples*975/1000-1]
	p.P = min(1, 2*float64(min(more, less))/float64(resamples+1))
	return p
}

// calibrations compares how far confidence is to be believed: ECE of the first intent over the cases in scope, as reports have
// it, and log-loss of the label over all cases, in nats. ECE shows what is wrong with confidence alone, but sees no order and is
// rough for few cases; log-loss is a proper score, which no wrong confidence improves.
func calibrations(before, after []Result) (calibration, logLoss *Paired) {
	var confident, other []outcome
	var losses, others []float64
	for i, b := range before {
		a, label := after[i], b.Case.Intent
		if label == "" {
			continue
		}
		losses, others = append(losses, loss(b.Prediction, label)), append(others, loss(a.Prediction, label))
		if label != intent.OutOfScope {
			confident, other = append(confident, firstOf(b.Prediction, label)), append(other, firstOf(a.Prediction, label))
		}
	}
	return paired(confident, other, ece), paired(losses, others, mean)
}

func firstOf(p intent.Prediction, label string) outcome {
	top := p.Top()
	return outcome{label, top.Intent, top.Confidence}
}

// loss is how surprised a prediction is by the label.
func loss(p intent.Prediction, label string) float64 {
	chance := p.OOS
	if label != intent.OutOfScope {
		at := slices.IndexFunc(p.Ranked, func(r intent.Ranked) bool { return r.Intent == label })
		chance = 0
		if at >= 0 {
			chance = (1 - p.OOS) * p.Ranked[at].Confidence
		}
	}
	return -math.Log(max(chance, leastChance))
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

func (p *Paired) verdict() string {
	switch {
	case p.Worse():
		return "worse, and not by chance"
	case p.P < Significant:
		return "better, and not by chance"
	}
	return "the difference may be chance"
}

// against says in words what is worse; "" when nothing is.
func (p *Paired) against(name string) string {
	if !p.Worse() {
		return ""
	}
	return fmt.Sprintf("calibrated worse, %s %.3f instead of %.3f (%+.3f to %+.3f, p = %.2g)", name, p.After, p.Before, p.Low, p.High, p.P)
}
