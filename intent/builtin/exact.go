package builtin

import (
	"context"
	"runtime"
	"slices"
	"sync"
)

// How the least loss is looked for. More steps change no held-out answer.
const (
	exactSteps     = 60
	exactTolerance = 1e-5
)

// softmaxLoss is the regularised loss of a softmax on samples: their weighted mean negative log-likelihood plus half of
// ridge times the sum of the squared weights, biases apart. It is convex, so that there is one answer and no seed.
type softmaxLoss struct {
	samples []sample
	columns int
	classes int
	ridge   float64
	// Of each column, where it occurs: gradients are summed per column, so that no two cores write to the same one and the
	// order of the sum is always the same.
	starts []int32
	rows   []int32
	values []float32

	residuals []float32 // by sample and class: probability minus truth
	losses    []float64 // by sample
}

func newSoftmaxLoss(samples []sample, columns, classes int) *softmaxLoss {
	l := &softmaxLoss{
		samples: samples, columns: columns, classes: classes, starts: make([]int32, columns+1),
		residuals: make([]float32, len(samples)*classes), losses: make([]float64, len(samples)),
	}
	for _, s := range samples {
		for _, c := range s.columns {
			l.starts[c+1]++
		}
	}
	for c := range columns {
		l.starts[c+1] += l.starts[c]
	}
	n := l.starts[columns]
	l.rows, l.values = make([]int32, n), make([]float32, n)
	next := slices.Clone(l.starts[:columns])
	for i, s := range samples {
		for k, c := range s.columns {
			l.rows[next[c]], l.values[next[c]] = int32(i), s.values[k]
			next[c]++
		}
	}
	return l
}

// at is the objective for weights laid out as rows, then biases.
func (l *softmaxLoss) at(x, gradient []float32) float64 {
	rows := l.columns * l.classes
	w := &weights{classes: l.classes, rows: x[:rows], bias: x[rows:]}
	inParallel(len(l.samples), func(from, to int) {
		for i := from; i < to; i++ {
			s, r := &l.samples[i], l.residual(i)
			w.logits(s.vector, r)
			truth := r[s.class]
			l.losses[i] = float64(s.weight) * float64(softmax(r)-truth)
			r[s.class]--
			for c := range r {
				r[c] *= s.weight
			}
		}
	})
	value := 0.0
	for _, loss := range l.losses {
		value += loss
	}
	value /= float64(len(l.samples))
	value += l.ridge / 2 * dot(w.rows, w.rows)
	inParallel(l.columns, func(from, to int) { l.columnGradients(x, gradient, from, to) })
	bias := gradient[rows:]
	clear(bias)
	for i := range l.samples {
		add(bias, l.residual(i), 1/float64(len(l.samples)))
	}
	return value
}

func (l *softmaxLoss) residual(i int) []float32 { return l.residuals[i*l.classes : (i+1)*l.classes] }

func (l *softmaxLoss) columnGradients(x, gradient []float32, from, to int) {
	mean, ridge := 1/float32(len(l.samples)), float32(l.ridge)
	for c := from; c < to; c++ {
		g, w := gradient[c*l.classes:(c+1)*l.classes], x[c*l.classes:(c+1)*l.classes]
		for i, v := range w {
			g[i] = ridge * v
		}
		k, end := l.starts[c], l.starts[c+1]
		for ; k+4 <= end; k += 4 {
			v0, v1, v2, v3 := l.values[k]*mean, l.values[k+1]*mean, l.values[k+2]*mean, l.values[k+3]*mean
			r0, r1, r2, r3 := l.residual(int(l.rows[k])), l.residual(int(l.rows[k+1])), l.residual(int(l.rows[k+2])), l.residual(int(l.rows[k+3]))
			r0, r1, r2, r3 = r0[:len(g)], r1[:len(g)], r2[:len(g)], r3[:len(g)]
			for j := range g {
				g[j] += v0*r0[j] + v1*r1[j] + v2*r2[j] + v3*r3[j]
			}
		}
		for ; k < end; k++ {
			add(g, l.residual(int(l.rows[k])), float64(l.values[k]*mean))
		}
	}
}

// inParallel cuts 0…n into pieces for the cores and waits for all.
func inParallel(n int, do func(from, to int)) {
	pieces := min(runtime.GOMAXPROCS(0), max(1, n/64))
	var wg sync.WaitGroup
	for p := range pieces {
		wg.Go(func() { do(n*p/pieces, n*(p+1)/pieces) })
	}
	wg.Wait()
}

// fitExact learns the weights with the least loss. It starts from x, which holds rows, then biases, and leaves them there.
func (l *softmaxLoss) fitExact(ctx context.Context, x []float32, ridge float64) error {
	l.ridge = ridge
	return minimise(ctx, l.at, x, exactSteps, exactTolerance)
}

// weights are a copy of x by rows and biases.
func (l *softmaxLoss) weights(x []float32) *weights {
	rows := l.columns * l.classes
	return &weights{classes: l.classes, rows: slices.Clone(x[:rows]), bias: slices.Clone(x[rows:])}
}
