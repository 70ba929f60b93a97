package builtin

import (
	"context"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// exactLimit is how many examples are few: they are learnt from exactly, by L-BFGS; more are streamed past. The exact way makes
// fewer mistakes with held-out texts, but takes ten times as long, which few examples allow.
const exactLimit = 2000

// ridges are the strengths of regularisation that cross-validation chooses from, times the number of examples; strong ones
// first, since each starts from the weights of the one before.
var ridges = []float64{1, 0.1, 0.01}

// balance gives every class the same weight in all.
func (d *examples) balance() {
	size, present := make([]int, len(d.intents)+1), 0
	for _, c := range d.classes {
		if size[c] == 0 {
			present++
		}
		size[c]++
	}
	for i, c := range d.classes {
		d.weights[i] = float32(len(d.classes)) / float32(present*size[c])
	}
}

// ridges to try: none when there are so many examples that they are streamed.
func (d *examples) ridges() []float64 {
	if len(d.texts) > exactLimit {
		return []float64{0}
	}
	return ridges
}

// learn learns from the examples that keep allows, once per ridge in order, and hands over what it learnt, which must not be
// changed. Too few negatives to make a class are left out. Ridge 0 alone means streaming.
func (d *examples) learn(ctx context.Context, keep func(i int) bool, ridges []float64, seed int64, take func(k int, v *vocabulary, w *weights)) error {
	v, samples := d.samples(keep)
	return learnFrom(ctx, samples, len(v.slots), d.allClasses(), ridges, seed, func(k int, w *weights) { take(k, v, w) })
}

// learnFrom learns from samples, once per ridge in order.
func learnFrom(ctx context.Context, samples []sample, columns, classes int, ridges []float64, seed int64, take func(k int, w *weights)) error {
	if len(ridges) == 1 && ridges[0] == 0 {
		w, err := fit(ctx, samples, columns, classes, seed)
		if err == nil {
			take(0, w)
		}
		return err
	}
	loss := newSoftmaxLoss(samples, columns, classes)
	x := make([]float32, (columns+1)*classes)
	for k, ridge := range ridges {
		if err := loss.fitExact(ctx, x, ridge/float64(len(samples))); err != nil {
			return err
		}
		take(k, loss.weights(x))
	}
	return nil
}

func everything(int) bool { return true }

// allClasses counts the intents and the background, where there is one.
func (d *examples) allClasses() int {
	if d.background() {
		return len(d.intents) + 1
	}
	return len(d.intents)
}

func (d *examples) samples(keep func(i int) bool) (*vocabulary, []sample) {
	var texts [][]hit
	var samples []sample
	for i, hits := range d.texts {
		if keep(i) && d.classes[i] < d.allClasses() {
			texts, samples = append(texts, hits), append(samples, sample{class: d.classes[i], weight: d.weights[i], key: d.keys[i]})
		}
	}
	v := learnVocabulary(texts)
	var s scratch
	for i := range samples {
		s.hits = texts[i]
		v.vectorise(&s)
		samples[i].columns, samples[i].values = slices.Clone(s.columns), slices.Clone(s.values)
	}
	return v, samples
}

// crossValidate scores every example by the n-grams of others.
func (d *examples) crossValidate(ctx context.Context, seed int64) ([]reading, float64, error) {
	return d.crossValidateBy(ctx, func(ctx context.Context, keep func(i int) bool, ridges []float64, take func(k int, read func(i int) reading)) error {
		return d.learn(ctx, keep, ridges, seed, func(k int, v *vocabulary, w *weights) {
			var s scratch
			take(k, func(i int) reading {
				s.hits = d.texts[i]
				v.vectorise(&s)
				return d.read(i, s.vector, w)
			})
		})
	})
}

// learning learns from the examples that keep allows, once per ridge, and hands over how to read another one.
type learning func(ctx context.Context, keep func(i int) bool, ridges []float64, take func(k int, read func(i int) reading)) error

// crossValidateBy scores every example by what was learnt without it, with the ridge under which that goes best: the least
// loss at the best temperature.
func (d *examples) crossValidateBy(ctx context.Context, learn learning) ([]reading, float64, error) {
	fold, ridges := d.assignFolds(), d.ridges()
	readings := make([][]reading, len(ridges))
	for k := range readings {
		readings[k] = make([]reading, len(d.texts))
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for held := range folds {
		group.Go(func() error {
			return learn(ctx, func(i int) bool { return fold[i] != held }, ridges, func(k int, read func(i int) reading) {
				for i := range d.texts {
					if fold[i] == held {
						readings[k][i] = read(i)
					}
				}
			})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, 0, err
	}
	best, least := 0, math.Inf(1)
	for k := range ridges {
		if _, loss := fitTemperature(readings[k], len(d.intents)); loss < least {
			best, least = k, loss
		}
	}
	return readings[best], ridges[best], nil
}

func (d *examples) read(i int, v vector, w *weights) reading {
	r := reading{logits: make([]float32, w.classes), class: d.classes[i]}
	if r.class >= len(d.intents) {
		r.class = -1
	}
	w.logits(v, r.logits)
	return r
}
