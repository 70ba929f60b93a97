package builtin

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
)

// Calibration turns scores into probabilities. It is fitted on texts that the scoring weights have not seen.
type calibration struct {
	// Temperature divides the scores before the softmax over intents.
	Temperature float64 `json:"temperature"`
	// Doubt is the share that is taken off the log-odds of the top intent against all others together.
	Doubt float64 `json:"doubt,omitempty"`
	// OOS are the terms of the logistic regression for out-of-scope: constant, energy, background, nearness.
	OOS oosTerms `json:"oos"`
	// Negatives tells whether out-of-scope examples were there to fit OOS on.
	Negatives bool `json:"negatives"`
}

type oosTerms [oosTermCount]float64

const oosTermCount = 4

// MarshalJSON leaves out a last zero: artefacts from before nearness was a term stay as they were to the byte.
func (t oosTerms) MarshalJSON() ([]byte, error) {
	if t[oosTermCount-1] == 0 {
		return json.Marshal(t[:oosTermCount-1])
	}
	return json.Marshal(t[:])
}

// check trusts nothing that was read.
func (c *calibration) check() error {
	if !(c.Temperature > 0.01 && c.Temperature < 100 && c.Doubt >= 0 && c.Doubt <= maxDoubt) {
		return fmt.Errorf("a temperature of %v with a doubt of %v makes no sense", c.Temperature, c.Doubt)
	}
	return nil
}

// reading is a text's scores with its truth: class -1 is out-of-scope.
type reading struct {
	logits []float32 // intents, then the background class if there is one
	class  int
	near   float32 // to the prototypes of the top intent; 0 without vectors
}

// energy is the logarithm of the summed exponentials of the intents' scores: low when no intent speaks up. It tells
// out-of-scope texts far better than the top probability does (Liu et al. 2020, arXiv 2010.03759).
func energy(intents []float32) float64 {
	top := slices.Max(intents)
	var sum float64
	for _, x := range intents {
		sum += math.Exp(float64(x - top))
	}
	return float64(top) + math.Log(sum)
}

// terms are what the out-of-scope regression looks at.
func (r reading) terms(intents int) oosTerms {
	e := energy(r.logits[:intents])
	t := oosTerms{1, e, 0, float64(r.near)}
	if len(r.logits) > intents {
		t[2] = float64(r.logits[intents]) - e
	}
	return t
}

// oosScore is the log-odds that no intent fits.
func (c *calibration) oosScore(r reading, intents int) float64 { return c.OOS.dot(r.terms(intents)) }

func (t oosTerms) dot(u oosTerms) float64 {
	sum := 0.0
	for i, x := range t {
		sum += x * u[i]
	}
	return sum
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// minNegatives is how many out-of-scope examples it takes to fit on them.
const minNegatives = 10

// calibrate fits both parts on held-out readings; few tells that they come from models of few examples.
func calibrate(readings []reading, intents int, few bool) calibration {
	temperature, _ := fitTemperature(readings, intents)
	c := calibration{Temperature: temperature}
	if few {
		c.Doubt = fitDoubt(readings, intents, temperature)
		c.Temperature *= growth
	}
	negatives := 0
	for _, r := range readings {
		if r.class < 0 {
			negatives++
		}
	}
	if negatives >= minNegatives && negatives < len(readings) {
		c.OOS, c.Negatives = fitOOS(readings, intents, negatives), true
	} else {
		c.OOS = guessOOS(readings, intents)
	}
	return c
}

// Few examples make the top intent look surer than the best temperature can mend, and the folds' weights have seen a quarter
// of the examples less than those that are kept, whose scores are larger. Chosen on training splits (README.md).
const (
	fewExamples = 2000
	growth      = 1.038 // of the temperature, from three quarters of the examples to all
	usualDoubt  = 0.15
	doubtPull   = 40 // towards the usual doubt: as the curvature of some three hundred readings
	maxDoubt    = 0.5
)

// fitDoubt finds the doubt with the least log-loss of whether the top intent is right.
func fitDoubt(readings []reading, intents int, temperature float64) float64 {
	type answer struct {
		odds  float64 // logarithm
		right bool
	}
	var answers []answer
	for _, r := range readings {
		if r.class >= 0 {
			scores := r.logits[:intents]
			top := slices.Max(scores)
			answers = append(answers, answer{-math.Log(max(rest(scores, top, temperature), 1e-12)), scores[r.class] == top})
		}
	}
	return leastAt(0, maxDoubt, func(doubt float64) float64 {
		sum := doubtPull / 2 * (doubt - usualDoubt) * (doubt - usualDoubt)
		for _, a := range answers {
			odds := (1 - doubt) * a.odds
			if !a.right {
				odds = -odds
			}
			sum += math.Log1p(math.Exp(-odds))
		}
		return sum
	})
}

// rest is what the scores below the top count together when the top counts 1.
func rest(scores []float32, top float32, temperature float64) float64 {
	sum, found := 0.0, false
	for _, x := range scores {
		if x == top && !found {
			found = true
			continue
		}
		sum += math.Exp(float64(x-top) / temperature)
	}
	return sum
}

// weigh returns what the scores below the top count together when the top counts 1, and how often each of them counts its
// exponential for that. Doubt brings the sum nearer to 1 and changes no order.
func (c *calibration) weigh(scores []float32, top float32) (sum, times float64) {
	sum = rest(scores, top, c.Temperature)
	if c.Doubt == 0 || sum == 0 {
		return sum, 1
	}
	doubted := math.Pow(sum, 1-c.Doubt)
	return doubted, doubted / sum
}

// fitTemperature finds the temperature with the least negative log-likelihood of the truth, by golden section on its
// logarithm, in which the loss has one minimum. It returns that loss, too: the sum over the readings in scope.
func fitTemperature(readings []reading, intents int) (temperature, least float64) {
	loss := func(logT float64) float64 {
		inverse := math.Exp(-logT)
		sum := 0.0
		for _, r := range readings {
			if r.class < 0 {
				continue
			}
			top := slices.Max(r.logits[:intents])
			var z float64
			for _, x := range r.logits[:intents] {
				z += math.Exp(float64(x-top) * inverse)
			}
			sum += math.Log(z) - float64(r.logits[r.class]-top)*inverse
		}
		return sum
	}
	middle := leastAt(math.Log(0.05), math.Log(20), loss)
	return math.Exp(middle), loss(middle)
}

// leastAt is about where a function with one minimum between low and high is least, by golden section.
func leastAt(low, high float64, f func(float64) float64) float64 {
	const ratio = 0.6180339887498949
	for range 30 {
		a, b := high-ratio*(high-low), low+ratio*(high-low)
		if f(a) < f(b) {
			high = b
		} else {
			low = a
		}
	}
	return (low + high) / 2
}

// strangeShare is the share of out-of-scope texts among messages that OOS is calibrated for, however many there are
// among the examples: one in ten.
const strangeShare = 0.1

// fitOOS fits the regression by Newton's method with a little ridge, which also keeps separable data finite.
func fitOOS(readings []reading, intents, negatives int) oosTerms {
	const ridge = 1e-2
	weight := strangeShare / (1 - strangeShare) * float64(len(readings)-negatives) / float64(negatives)
	var w oosTerms
	for range 50 {
		var gradient oosTerms
		var hessian [oosTermCount]oosTerms
		for i := range w {
			gradient[i], hessian[i][i] = ridge*w[i], ridge
		}
		for _, r := range readings {
			t := r.terms(intents)
			p := logistic(w.dot(t))
			miss, times := p, 1.0
			if r.class < 0 {
				miss, times = p-1, weight
			}
			for i := range t {
				gradient[i] += times * miss * t[i]
				for j := range t {
					hessian[i][j] += times * p * (1 - p) * t[i] * t[j]
				}
			}
		}
		step := solve(hessian, gradient)
		size := 0.0
		for i := range step {
			step[i] = min(max(step[i], -5), 5)
			w[i] -= step[i]
			size += math.Abs(step[i])
		}
		if size < 1e-8 {
			break
		}
	}
	return w
}

// nearShare is how much nearness counts against energy where there are no out-of-scope examples to learn that from, both
// measured in their standard deviations. Chosen on held-out texts of three sets (README.md).
const nearShare = 0.5

// guessOOS stands in when there are no out-of-scope examples: half sure two standard deviations below the mean of energy
// and nearness of held-out utterances, and surer beyond. Its order means as much as a fitted one's, its size less.
func guessOOS(readings []reading, intents int) oosTerms {
	var inside []oosTerms
	for _, r := range readings {
		if r.class >= 0 {
			inside = append(inside, r.terms(intents))
		}
	}
	_, energies := meanAndDeviation(inside, oosTerms{0, 1})
	mean, nearnesses := meanAndDeviation(inside, oosTerms{0, 0, 0, 1})
	var w oosTerms
	w[1] = -1 / energies
	if mean != 0 {
		w[3] = -nearShare / nearnesses
	}
	mean, deviation := meanAndDeviation(inside, w)
	for i := range w {
		w[i] *= 2 / deviation
	}
	w[0] = -2*mean/deviation - 4
	return w
}

// meanAndDeviation are those of weighted terms.
func meanAndDeviation(ts []oosTerms, w oosTerms) (mean, deviation float64) {
	var n, sum, squares float64
	for _, t := range ts {
		x := w.dot(t)
		n, sum, squares = n+1, sum+x, squares+x*x
	}
	mean = sum / max(n, 1)
	return mean, math.Sqrt(max(squares/max(n, 1)-mean*mean, 1e-6))
}

// solve finds x with a·x = b for a symmetric positive definite a, by elimination.
func solve(a [oosTermCount]oosTerms, b oosTerms) oosTerms {
	for i := range b {
		for r := i + 1; r < len(b); r++ {
			f := a[r][i] / a[i][i]
			for c := i; c < len(b); c++ {
				a[r][c] -= f * a[i][c]
			}
			b[r] -= f * b[i]
		}
	}
	var x oosTerms
	for i := len(b) - 1; i >= 0; i-- {
		x[i] = b[i]
		for c := i + 1; c < len(b); c++ {
			x[i] -= a[i][c] * x[c]
		}
		x[i] /= a[i][i]
	}
	return x
}
