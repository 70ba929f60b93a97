package builtin

import (
	"context"
	"math"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"
)

// exactLimit is how many examples are few: a softmax is learnt from them exactly, by L-BFGS. More n-grams are streamed past,
// and from more vectors margins are learnt. The exact way makes fewer mistakes with n-grams of held-out texts, but takes ten
// times as long, which few examples allow.
const exactLimit = 2000

// nameless is how many examples a class needs for the words of its label to count less than one more: they stand in for
// examples that are missing, and say nothing against what an agent corrected.
const nameless = 5

// trial is a way of learning that cross-validation chooses from; the zero one is that for many examples.
type trial struct {
	ridge float64 // strength of regularisation, times the number of examples
	named bool    // the words of the labels are examples, too
}

// trials to make: strong ridges first, since each starts from the weights of the one before. Many examples leave no choice.
func (d *examples) trials(names bool) []trial {
	switch {
	case len(d.texts) > exactLimit:
		return []trial{{}}
	case names:
		return []trial{{1, true}, {0.1, true}, {0.01, true}, {0.1, false}}
	}
	return []trial{{1, false}, {0.1, false}, {0.01, false}}
}

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

// learn learns from the examples that keep allows, once per trial in order, and hands over what it learnt, which must not be
// changed. Too few negatives to make a class are left out.
func (d *examples) learn(ctx context.Context, keep func(i int) bool, trials []trial, seed int64, take func(k int, v *vocabulary, w *weights)) error {
	v, m := d.samples(keep)
	return m.learn(ctx, trials, seed, func(k int, w *weights) { take(k, v, w) })
}

// material is what weights are learnt from.
type material struct {
	samples, names   []sample // names are learnt from in the trials that want them
	columns, classes int
	// many learns when there are many samples.
	many func(ctx context.Context, samples []sample, columns, classes int, seed int64) (*weights, error)
}

// learn learns once per trial in order.
func (m *material) learn(ctx context.Context, trials []trial, seed int64, take func(k int, w *weights)) error {
	var x []float32
	var loss *softmaxLoss
	for k, t := range trials {
		if t == (trial{}) {
			w, err := m.many(ctx, m.samples, m.columns, m.classes, seed)
			if err != nil {
				return err
			}
			take(k, w)
			continue
		}
		if k == 0 || t.named != trials[k-1].named {
			of := m.samples
			if t.named {
				of = slices.Concat(m.samples, m.weighedNames())
			}
			loss, x = newSoftmaxLoss(of, m.columns, m.classes), make([]float32, (m.columns+1)*m.classes)
		}
		if err := loss.fitExact(ctx, x, t.ridge/float64(len(loss.samples))); err != nil {
			return err
		}
		take(k, loss.weights(x))
	}
	return nil
}

// weighedNames are the names with what they count beside the samples.
func (m *material) weighedNames() []sample {
	size, names := make([]int, m.classes), slices.Clone(m.names)
	for _, s := range m.samples {
		size[s.class]++
	}
	for i, s := range names {
		names[i].weight = nameless / float32(max(nameless, size[s.class]))
	}
	return names
}

func everything(int) bool { return true }

// allClasses counts the intents and the background, where there is one.
func (d *examples) allClasses() int {
	if d.background() {
		return len(d.intents) + 1
	}
	return len(d.intents)
}

// samples are the examples that keep allows as vectors, and the words of the labels by the n-grams of those.
func (d *examples) samples(keep func(i int) bool) (*vocabulary, *material) {
	var texts [][]hit
	var samples, names []sample
	for i, hits := range d.texts {
		if keep(i) && d.classes[i] < d.allClasses() {
			texts, samples = append(texts, hits), append(samples, sample{class: d.classes[i], weight: d.weights[i], key: d.keys[i]})
		}
	}
	v := learnVocabulary(texts)
	var s scratch
	for i := range samples {
		s.hits = texts[i]
		samples[i].vector = v.vectorised(&s)
	}
	for c, hits := range d.names {
		if s.hits = hits; len(hits) > 0 {
			names = append(names, sample{vector: v.vectorised(&s), class: c})
		}
	}
	return v, &material{samples: samples, names: names, columns: len(v.slots), classes: d.allClasses(), many: fit}
}

// crossValidate scores every example by the n-grams of others.
func (d *examples) crossValidate(ctx context.Context, seed int64) ([]reading, trial, error) {
	return d.crossValidateBy(ctx, d.trials(len(d.names) > 0), func(ctx context.Context, keep func(i int) bool, trials []trial, take func(k int, read func(i int) reading)) error {
		return d.learn(ctx, keep, trials, seed, func(k int, v *vocabulary, w *weights) {
			var s scratch
			take(k, func(i int) reading {
				s.hits = d.texts[i]
				v.vectorise(&s)
				return d.read(i, s.vector, w)
			})
		})
	})
}

// learning learns from the examples that keep allows, once per trial, and hands over how to read another one.
type learning func(ctx context.Context, keep func(i int) bool, trials []trial, take func(k int, read func(i int) reading)) error

// crossValidateBy scores every example by what was learnt without it, in the trial in which that goes best: the least
// loss at the best temperature.
func (d *examples) crossValidateBy(ctx context.Context, trials []trial, learn learning) ([]reading, trial, error) {
	fold := d.assignFolds()
	readings := make([][]reading, len(trials))
	for k := range readings {
		readings[k] = make([]reading, len(d.texts))
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for held := range folds {
		group.Go(func() error {
			return learn(ctx, func(i int) bool { return fold[i] != held }, trials, func(k int, read func(i int) reading) {
				for i := range d.texts {
					if fold[i] == held {
						readings[k][i] = read(i)
					}
				}
			})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, trial{}, err
	}
	best, least := 0, math.Inf(1)
	for k := range trials {
		if _, loss := fitTemperature(readings[k], len(d.intents)); loss < least {
			best, least = k, loss
		}
	}
	return readings[best], trials[best], nil
}

func (d *examples) read(i int, v vector, w *weights) reading {
	r := reading{logits: make([]float32, w.classes), class: d.classes[i]}
	if r.class >= len(d.intents) {
		r.class = -1
	}
	w.logits(v, r.logits)
	return r
}
