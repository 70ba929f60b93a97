package intent_test

import "math"

// example is a text as the urgency model learns from it: features by number with their values, and what a head should say.
type example struct {
	at     []int32
	values []float32
	yes    bool
	weight float64 // 0 leaves it out
}

// fit is logistic regression with a squared penalty on all weights but the first, which every example must have as its bias.
func fit(examples []example, size int, penalty float64) []float64 {
	w := make([]float64, size)
	descend(func(w, gradient []float64) float64 {
		loss := 0.0
		for i, x := range w {
			gradient[i] = penalty * x
			loss += penalty / 2 * x * x
		}
		loss, gradient[0] = loss-penalty/2*w[0]*w[0], 0
		for _, e := range examples {
			if e.weight == 0 {
				continue
			}
			z := score(w, e)
			miss := 1 / (1 + math.Exp(-z))
			if e.yes {
				miss, z = miss-1, -z
			}
			loss += e.weight * (math.Max(z, 0) + math.Log1p(math.Exp(-math.Abs(z))))
			for k, at := range e.at {
				gradient[at] += e.weight * miss * float64(e.values[k])
			}
		}
		return loss
	}, w)
	return w
}

func score(w []float64, e example) float64 {
	z := 0.0
	for k, at := range e.at {
		z += w[at] * float64(e.values[k])
	}
	return z
}

// step is how x moved and how the gradient changed over it, with the inverse of their product.
type step struct {
	move, change []float64
	rho          float64
}

// descend moves x to where a smooth convex function is least, by L-BFGS with steps halved until they lower it enough.
func descend(f func(x, gradient []float64) float64, x []float64) {
	const most, remembered, tolerance = 80, 8, 1e-5
	n := len(x)
	gradient, next, nextGradient, direction := make([]float64, n), make([]float64, n), make([]float64, n), make([]float64, n)
	var past []step
	value := f(x, gradient)
	for range most {
		aim(direction, gradient, past)
		slope, length := product(direction, gradient), 1.0
		if slope >= 0 {
			return
		}
		if len(past) == 0 {
			length = 1 / math.Sqrt(-slope)
		}
		nextValue := math.Inf(1)
		for halvings := 0; halvings < 20 && !(nextValue <= value+1e-4*length*slope); halvings++ {
			if halvings > 0 {
				length /= 2
			}
			for i := range x {
				next[i] = x[i] + length*direction[i]
			}
			nextValue = f(next, nextGradient)
		}
		if nextValue >= value-tolerance*math.Abs(value) {
			return
		}
		s := step{move: make([]float64, n), change: make([]float64, n)}
		for i := range x {
			s.move[i], s.change[i] = next[i]-x[i], nextGradient[i]-gradient[i]
		}
		if p := product(s.move, s.change); p > 0 {
			s.rho = 1 / p
			past = append(past[max(0, len(past)-remembered+1):], s)
		}
		copy(x, next)
		copy(gradient, nextGradient)
		value = nextValue
	}
}

// aim writes minus the guessed inverse curvature times the gradient.
func aim(direction, gradient []float64, past []step) {
	for i, g := range gradient {
		direction[i] = -g
	}
	alphas := make([]float64, len(past))
	for i := len(past) - 1; i >= 0; i-- {
		alphas[i] = past[i].rho * product(past[i].move, direction)
		addTo(direction, past[i].change, -alphas[i])
	}
	if n := len(past); n > 0 {
		scale := 1 / (past[n-1].rho * product(past[n-1].change, past[n-1].change))
		for i := range direction {
			direction[i] *= scale
		}
	}
	for i := range past {
		addTo(direction, past[i].move, alphas[i]-past[i].rho*product(past[i].change, direction))
	}
}

func product(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func addTo(a, b []float64, times float64) {
	for i := range a {
		a[i] += times * b[i]
	}
}
