package builtin

import (
	"math"
	"slices"
)

// Calibration turns scores into probabilities. It is fitted on texts that the scoring weights have not seen.
type calibration struct {
	// Temperature divides the scores before the softmax over intents.
	Temperature float64 `json:"temperature"`
	// OOS are the terms of the logistic regression for out-of-scope: constant, energy, background.
	OOS [3]float64 `json:"oos"`
	// Negatives tells whether out-of-scope examples were there to fit OOS on.
	Negatives bool `json:"negatives"`
}

// reading is a text's scores with its truth: class -1 is out-of-scope.
type reading struct {
	logits []float32 // intents, then the background class if there is one
	class  int
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
func terms(logits []float32, intents int) [3]float64 {
	e := energy(logits[:intents])
	if len(logits) > intents {
		return [3]float64{1, e, float64(logits[intents]) - e}
	}
	return [3]float64{1, e, 0}
}

// oosScore is the log-odds that no intent fits.
func (c *calibration) oosScore(logits []float32, intents int) float64 {
	t := terms(logits, intents)
	return c.OOS[0]*t[0] + c.OOS[1]*t[1] + c.OOS[2]*t[2]
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// minNegatives is how many out-of-scope examples it takes to fit on them.
const minNegatives = 10

// calibrate fits both parts on held-out readings.
func calibrate(readings []reading, intents int) calibration {
	temperature, _ := fitTemperature(readings, intents)
	c := calibration{Temperature: temperature}
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
	const ratio = 0.6180339887498949
	low, high := math.Log(0.05), math.Log(20)
	for range 30 {
		a, b := high-ratio*(high-low), low+ratio*(high-low)
		if loss(a) < loss(b) {
			high = b
		} else {
			low = a
		}
	}
	middle := (low + high) / 2
	return math.Exp(middle), loss(middle)
}

// strangeShare is the share of out-of-scope texts among messages that OOS is calibrated for, however many there are
// among the examples: one in ten.
const strangeShare = 0.1

// fitOOS fits the regression by Newton's method with a little ridge, which also keeps separable data finite.
func fitOOS(readings []reading, intents, negatives int) [3]float64 {
	const ridge = 1e-2
	weight := strangeShare / (1 - strangeShare) * float64(len(readings)-negatives) / float64(negatives)
	var w [3]float64
	for range 50 {
		var gradient [3]float64
		var hessian [3][3]float64
		for i := range 3 {
			gradient[i], hessian[i][i] = ridge*w[i], ridge
		}
		for _, r := range readings {
			t := terms(r.logits, intents)
			p := logistic(w[0]*t[0] + w[1]*t[1] + w[2]*t[2])
			miss, times := p, 1.0
			if r.class < 0 {
				miss, times = p-1, weight
			}
			for i := range 3 {
				gradient[i] += times * miss * t[i]
				for j := range 3 {
					hessian[i][j] += times * p * (1 - p) * t[i] * t[j]
				}
			}
		}
		step := solve(hessian, gradient)
		size := 0.0
		for i := range 3 {
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

// guessOOS stands in when there are no out-of-scope examples: half sure two standard deviations below the mean energy
// of held-out utterances, and surer beyond. Its order means as much as a fitted one's, its size less.
func guessOOS(readings []reading, intents int) [3]float64 {
	var n, sum, squares float64
	for _, r := range readings {
		if r.class >= 0 {
			e := energy(r.logits[:intents])
			n, sum, squares = n+1, sum+e, squares+e*e
		}
	}
	mean := sum / max(n, 1)
	deviation := math.Sqrt(max(squares/max(n, 1)-mean*mean, 1e-6))
	slope := 2 / deviation
	return [3]float64{slope * (mean - 2*deviation), -slope, 0}
}

// solve finds x with a·x = b for a symmetric positive definite a, by elimination.
func solve(a [3][3]float64, b [3]float64) [3]float64 {
	for i := range 3 {
		for r := i + 1; r < 3; r++ {
			f := a[r][i] / a[i][i]
			for c := i; c < 3; c++ {
				a[r][c] -= f * a[i][c]
			}
			b[r] -= f * b[i]
		}
	}
	var x [3]float64
	for i := 2; i >= 0; i-- {
		x[i] = b[i]
		for c := i + 1; c < 3; c++ {
			x[i] -= a[i][c] * x[c]
		}
		x[i] /= a[i][i]
	}
	return x
}
