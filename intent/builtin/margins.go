package builtin

import (
	"context"
	"math"
	"math/rand/v2"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// How margins are learnt. The cost was chosen on training splits (see README.md), the rest set once.
const (
	marginCost   = 1.0 // of a sample's squared distance from the right side of its margin, against half the squared weights
	marginSlack  = 0.1 // violation of the conditions for the least loss that is let be
	marginPasses = 50  // at most; it takes about six, counting what is skipped
	// steepness makes margins about as large as logarithms of odds, for which shares were made.
	steepness = 5
)

// fitMargins learns each class against all others from samples whose values are all there: squared hinge loss, by dual
// coordinate descent with shrinking (Hsieh et al. 2008, LIBLINEAR). Vectors of an embedder lean on each other, which slows
// gradient descent and not this. The same samples and seed give the same weights, whatever the number of cores.
func fitMargins(ctx context.Context, samples []sample, columns, classes int, seed int64) (*weights, error) {
	w := &weights{classes: classes, rows: make([]float32, columns*classes), bias: make([]float32, classes)}
	squares := make([]float64, len(samples))
	for i, s := range samples {
		squares[i] = 1 + dot(s.values, s.values)
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for class := range classes {
		group.Go(func() error {
			m := margin{samples: samples, squares: squares, class: class, w: make([]float32, columns), duals: make([]float64, len(samples))}
			if err := m.fit(ctx, rand.New(rand.NewPCG(uint64(seed), uint64(class)))); err != nil {
				return err
			}
			for column, x := range m.w {
				w.rows[column*classes+class] = steepness * x
			}
			w.bias[class] = steepness * m.bias
			return nil
		})
	}
	return w, group.Wait()
}

// margin separates one class from the others.
type margin struct {
	samples []sample
	squares []float64 // of the samples' lengths, with the bias's 1
	class   int
	w       []float32
	bias    float32
	duals   []float64 // by sample: how much it holds the margin; 0 for those beyond it
}

func (m *margin) fit(ctx context.Context, rng *rand.Rand) error {
	order := make([]int, len(m.samples))
	for i := range order {
		order[i] = i
	}
	active, limit := len(order), math.Inf(1)
	for range marginPasses {
		if err := ctx.Err(); err != nil {
			return err
		}
		rng.Shuffle(active, func(i, j int) { order[i], order[j] = order[j], order[i] })
		highest, lowest := math.Inf(-1), math.Inf(1)
		for k := 0; k < active; {
			violation, skip := m.step(order[k], limit)
			if skip {
				active--
				order[k], order[active] = order[active], order[k]
				continue
			}
			highest, lowest = max(highest, violation), min(lowest, violation)
			k++
		}
		if highest-lowest <= marginSlack {
			if active == len(order) {
				return nil
			}
			active, limit = len(order), math.Inf(1) // what was skipped has the last word
			continue
		}
		if limit = highest; limit <= 0 {
			limit = math.Inf(1)
		}
	}
	return nil
}

// step moves the dual of one sample to where it is best while the others stay, and returns how far from there it was. A
// sample beyond the margin by more than the limit is to be skipped in the passes that follow.
func (m *margin) step(i int, limit float64) (violation float64, skip bool) {
	s, sign := &m.samples[i], -1.0
	if s.class == m.class {
		sign = 1
	}
	soft := 1 / (2 * marginCost * float64(s.weight))
	slope := sign*float64(dense(m.w, s.values)+m.bias) - 1 + m.duals[i]*soft
	if m.duals[i] == 0 {
		if slope > limit {
			return 0, true
		}
		if slope >= 0 {
			return 0, false
		}
	}
	next := max(m.duals[i]-slope/(m.squares[i]+soft), 0)
	by := sign * (next - m.duals[i])
	m.duals[i] = next
	add(m.w, s.values, by)
	m.bias += float32(by)
	return slope, false
}

// dense is the product of two vectors of numbers, in eight lanes.
func dense(a, b []float32) float32 {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	b = b[:len(a)]
	i := 0
	for ; i+8 <= len(a); i += 8 {
		x, y := a[i:i+8:i+8], b[i:i+8:i+8]
		s0 += x[0] * y[0]
		s1 += x[1] * y[1]
		s2 += x[2] * y[2]
		s3 += x[3] * y[3]
		s4 += x[4] * y[4]
		s5 += x[5] * y[5]
		s6 += x[6] * y[6]
		s7 += x[7] * y[7]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return (s0 + s1) + (s2 + s3) + (s4 + s5) + (s6 + s7)
}
