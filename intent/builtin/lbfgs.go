package builtin

import (
	"context"
	"math"
)

// How L-BFGS searches (Liu and Nocedal 1989). It is deterministic: sums run in a fixed order, whatever the number of cores.
const (
	remembered    = 8    // steps that the curvature is guessed from
	maxHalvings   = 20   // of one step
	enoughDescent = 1e-4 // of what the gradient promises (Armijo's condition)
)

// objective writes the gradient at x and returns the value.
type objective func(x, gradient []float32) float64

// minimise moves x to about where a smooth convex function is least: until a step lowers the value by less than the
// tolerance, relatively, or the steps are used up. It ends early with an error only when ctx ends.
func minimise(ctx context.Context, f objective, x []float32, steps int, tolerance float64) error {
	gradient, next, nextGradient := make([]float32, len(x)), make([]float32, len(x)), make([]float32, len(x))
	direction := make([]float32, len(x))
	var past history
	value := f(x, gradient)
	for range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		past.descend(gradient, direction)
		slope := dot(gradient, direction)
		if slope >= 0 {
			return nil
		}
		step := 1.0
		if len(past.pairs) == 0 {
			step = 1 / math.Max(math.Sqrt(-slope), 1e-12)
		}
		nextValue, halvings := math.Inf(1), 0
		for ; halvings < maxHalvings; halvings++ {
			for i := range x {
				next[i] = x[i] + float32(step)*direction[i]
			}
			nextValue = f(next, nextGradient)
			if nextValue <= value+enoughDescent*step*slope {
				break
			}
			step /= 2
		}
		if halvings == maxHalvings {
			return nil // as low as these numbers can tell
		}
		past.add(x, next, gradient, nextGradient)
		copy(x, next)
		gradient, nextGradient = nextGradient, gradient
		gained := value - nextValue
		value = nextValue
		if gained < tolerance*math.Max(math.Abs(value), 1e-12) {
			return nil
		}
	}
	return nil
}

// history guesses the inverse curvature from the last steps.
type history struct{ pairs []pair }

// pair is a step, how the gradient changed over it, and the inverse of their product.
type pair struct {
	step, change []float32
	rho          float64
}

// add takes over a step, unless its curvature is not positive, which rounding can bring about.
func (h *history) add(from, to, gradient, nextGradient []float32) {
	var p pair
	if len(h.pairs) == remembered {
		p = h.pairs[0]
		h.pairs = append(h.pairs[:0], h.pairs[1:]...)
	} else {
		p = pair{step: make([]float32, len(from)), change: make([]float32, len(from))}
	}
	for i := range from {
		p.step[i], p.change[i] = to[i]-from[i], nextGradient[i]-gradient[i]
	}
	product := dot(p.step, p.change)
	if product <= 0 {
		return
	}
	p.rho = 1 / product
	h.pairs = append(h.pairs, p)
}

// descend writes minus the guessed inverse curvature times the gradient: the two loops of L-BFGS.
func (h *history) descend(gradient, direction []float32) {
	for i, g := range gradient {
		direction[i] = -g
	}
	var alphas [remembered]float64
	for i := len(h.pairs) - 1; i >= 0; i-- {
		p := &h.pairs[i]
		alphas[i] = p.rho * dot(p.step, direction)
		add(direction, p.change, -alphas[i])
	}
	if n := len(h.pairs); n > 0 {
		last := &h.pairs[n-1]
		scale := float32(1 / (last.rho * dot(last.change, last.change)))
		for i := range direction {
			direction[i] *= scale
		}
	}
	for i := range h.pairs {
		p := &h.pairs[i]
		add(direction, p.step, alphas[i]-p.rho*dot(p.change, direction))
	}
}

// dot sums in four lanes, each in double precision.
func dot(a, b []float32) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += float64(a[i]) * float64(b[i])
		s1 += float64(a[i+1]) * float64(b[i+1])
		s2 += float64(a[i+2]) * float64(b[i+2])
		s3 += float64(a[i+3]) * float64(b[i+3])
	}
	for ; i < len(a); i++ {
		s0 += float64(a[i]) * float64(b[i])
	}
	return s0 + s1 + s2 + s3
}

// add adds b times the factor to a.
func add(a, b []float32, factor float64) {
	f := float32(factor)
	b = b[:len(a)]
	for i := range a {
		a[i] += f * b[i]
	}
}
