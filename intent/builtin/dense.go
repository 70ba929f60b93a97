package builtin

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"usher/intent"
)

// maxDims bounds the vectors of embedders.
const maxDims = 4096

// shares are how much the scores of the vector may count against those of the n-grams; cross-validation chooses.
var shares = []float64{0.25, 0.35, 0.5, 0.7, 1, 1.4, 2}

// denseHead is what a model knows of the vectors of one embedder. Its scores are added to those of the n-grams, so that
// both parts are learnt apart, and the n-grams alone remain a classifier of their own.
type denseHead struct {
	denseHeader
	rows       []float32 // by dimension, then class
	bias       []float32
	neighbours *neighbours // nil in models that were made before there were any
}

type denseHeader struct {
	Embedder    string      `json:"embedder"`
	Dims        int         `json:"dims"`
	Read        int         `json:"read"`        // of the dimensions, from the first on
	Calibration calibration `json:"calibration"` // of the sums
	Card        DenseCard   `json:"card"`
	// Prototypes counts those of each intent.
	Prototypes []int `json:"prototypes,omitempty"`
}

// DenseCard tells how the n-grams and the vector together fared in cross-validation.
type DenseCard struct {
	Examples      int     `json:"examples"`              // that had a vector; those below are of these alone
	NGrams        float64 `json:"ngrams"`                // accuracy of the n-grams
	Ridge         float64 `json:"ridge"`                 // as in Card
	LabelWords    bool    `json:"label_words,omitempty"` // as in Card
	Share         float64 `json:"share"`                 // how much the scores of the vector count against those of the n-grams
	Accuracy      float64 `json:"accuracy"`
	ECE           float64 `json:"ece"`
	OOSRecallAt95 float64 `json:"oos_recall_at_95"`
}

// add adds the scores of a vector to the logits.
func (h *denseHead) add(vector, logits []float32) {
	for c, b := range h.bias {
		logits[c] += b
	}
	for d, x := range vector {
		row := h.rows[d*len(logits) : (d+1)*len(logits)]
		for c, w := range row {
			logits[c] += x * w
		}
	}
}

// readOf is how many numbers of an embedder's vectors are learnt from. The hashed words in the second half of our own are in
// the n-grams already, weighed better: beside them they only drown what the first half says (see README.md).
func readOf(id intent.ModelID) int {
	if id.Name == meaningName {
		return id.Dims - embedderDims
	}
	return id.Dims
}

// checkVectors finds what is not one vector of finite numbers, or none, per utterance.
func checkVectors(vectors [][]float32, utterances int, id intent.ModelID) error {
	if len(vectors) != utterances {
		return fmt.Errorf("%d vectors for %d utterances", len(vectors), utterances)
	}
	if id.Name == "" || id.Dims < 1 || id.Dims > maxDims {
		return fmt.Errorf("embedder %q of %d dimensions: give a name and 1 to %d", id.Name, id.Dims, maxDims)
	}
	if len(vectors) > 0 && !slices.ContainsFunc(vectors, func(v []float32) bool { return v != nil }) {
		return errors.New("no utterance has a vector")
	}
	for i, v := range vectors {
		if v == nil {
			continue
		}
		if len(v) != id.Dims || !finite(v) {
			return fmt.Errorf("vector %d is not %d finite numbers", i+1, id.Dims)
		}
	}
	return nil
}

// checkLabelVectors does the same for those of labels.
func checkLabelVectors(vectors map[string][]float32, id intent.ModelID) error {
	for label, v := range vectors {
		if len(v) != id.Dims || !finite(v) {
			return fmt.Errorf("the vector of label %q is not %d finite numbers", label, id.Dims)
		}
	}
	return nil
}

func finite(xs []float32) bool {
	return !slices.ContainsFunc(xs, func(x float32) bool { return !(x > -1e6 && x < 1e6) })
}

// readFirst leaves the first dims of every vector.
func (d *examples) readFirst(dims int) {
	for _, vectors := range [][][]float32{d.vectors, d.nameVectors} {
		for i, v := range vectors {
			if v != nil {
				vectors[i] = v[:dims]
			}
		}
	}
}

// measureOff is how vectors are brought to mean 0 and mean length 1: some embedders put all texts into one corner.
type measureOff struct {
	centre  []float32
	scale   float32
	columns []int32 // 0, 1, 2…
}

func newMeasureOff(vectors [][]float32, keep func(i int) bool) measureOff {
	m, n := measureOff{centre: make([]float32, len(vectors[0]))}, 0.0
	for i, v := range vectors {
		if keep(i) {
			add(m.centre, v, 1)
			n++
		}
	}
	for d := range m.centre {
		m.centre[d] /= float32(max(n, 1))
	}
	squares := 0.0
	for i, v := range vectors {
		if keep(i) {
			for d, x := range v {
				squares += float64(x-m.centre[d]) * float64(x-m.centre[d])
			}
		}
	}
	m.columns = make([]int32, len(m.centre))
	for d := range m.columns {
		m.columns[d] = int32(d)
	}
	m.scale = float32(1 / math.Sqrt(max(squares/max(n, 1), 1e-12)))
	return m
}

func (m measureOff) apply(v []float32) vector {
	out := vector{columns: m.columns, values: make([]float32, len(v))}
	for d, x := range v {
		out.values[d] = (x - m.centre[d]) * m.scale
	}
	return out
}

// fold moves the measuring off into weights for plain vectors, and lets them count by the share.
func (m measureOff) fold(w *weights, share float64) (rows, bias []float32) {
	rows, bias = slices.Clone(w.rows), slices.Clone(w.bias)
	for d := range m.centre {
		for c := range bias {
			rows[d*w.classes+c] *= m.scale * float32(share)
		}
	}
	for c := range bias {
		bias[c] *= float32(share)
		for d, x := range m.centre {
			bias[c] -= x * rows[d*w.classes+c]
		}
	}
	return rows, bias
}

// learnDense is learn for the vectors.
func (d *examples) learnDense(ctx context.Context, keep func(i int) bool, trials []trial, seed int64, take func(k int, m measureOff, w *weights)) error {
	m := newMeasureOff(d.vectors, keep)
	var samples, names []sample
	for i, v := range d.vectors {
		if keep(i) && d.classes[i] < d.allClasses() {
			samples = append(samples, sample{vector: m.apply(v), class: d.classes[i], weight: d.weights[i]})
		}
	}
	for c, v := range d.nameVectors {
		if v != nil {
			names = append(names, sample{vector: m.apply(v), class: c})
		}
	}
	from := material{samples: samples, names: names, columns: len(m.centre), classes: d.allClasses(), many: fitMargins}
	return from.learn(ctx, trials, seed, func(k int, w *weights) { take(k, m, w) })
}

// crossValidateDense is crossValidate for the vectors.
func (d *examples) crossValidateDense(ctx context.Context, seed int64) ([]reading, trial, error) {
	return d.crossValidateBy(ctx, d.trials(len(d.nameVectors) > 0), func(ctx context.Context, keep func(i int) bool, trials []trial, take func(k int, read func(i int) reading)) error {
		return d.learnDense(ctx, keep, trials, seed, func(k int, m measureOff, w *weights) {
			take(k, func(i int) reading { return d.read(i, m.apply(d.vectors[i]), w) })
		})
	})
}

// fitDense learns the part for the vectors beside n-grams with the given held-out readings.
func (d *examples) fitDense(ctx context.Context, ngrams []reading, o TrainOptions) (*denseHead, error) {
	few := len(ngrams) <= fewExamples // which is what most of the scores come from, however few have vectors
	d, ngrams = d.embedded(ngrams)
	if len(d.texts) < 2 {
		return nil, errors.New("learn vectors: too few utterances with words have one")
	}
	readings, chosen, err := d.crossValidateDense(ctx, o.Seed)
	if err != nil {
		return nil, fmt.Errorf("cross-validate vectors: %w", err)
	}
	share, sums := bestShare(ngrams, readings, len(d.intents))
	d.bringNear(sums)
	h := &denseHead{denseHeader: denseHeader{
		Embedder: o.Embedder.Name, Dims: o.Embedder.Dims, Read: readOf(o.Embedder), Calibration: calibrate(sums, len(d.intents), few),
	}}
	c := d.card(sums, h.Calibration, o)
	alone := d.card(ngrams, calibrate(ngrams, len(d.intents), few), o)
	h.Card = DenseCard{
		Examples: len(d.texts), NGrams: alone.Accuracy, Ridge: chosen.ridge, LabelWords: chosen.named, Share: share,
		Accuracy: c.Accuracy, ECE: c.ECE, OOSRecallAt95: c.OOSRecallAt95,
	}
	err = d.learnDense(ctx, everything, []trial{chosen}, o.Seed, func(_ int, m measureOff, w *weights) { h.rows, h.bias = m.fold(w, share) })
	if err != nil {
		return nil, fmt.Errorf("learn vectors: %w", err)
	}
	h.neighbours = newNeighbours(d.vectors, d.classes, len(d.intents), everything)
	h.Prototypes = h.neighbours.counts()
	return h, nil
}

// bestShare is the share with the least loss at its best temperature, and the summed readings under it.
func bestShare(ngrams, dense []reading, intents int) (float64, []reading) {
	var best float64
	var sums []reading
	least := math.Inf(1)
	for _, share := range shares {
		tried := make([]reading, len(ngrams))
		for i, r := range ngrams {
			tried[i] = reading{logits: slices.Clone(r.logits), class: r.class}
			add(tried[i].logits, dense[i].logits, share)
		}
		if _, loss := fitTemperature(tried, intents); loss < least {
			best, sums, least = share, tried, loss
		}
	}
	return best, sums
}

// check trusts nothing that was read.
func (h *denseHead) check() error {
	if h.Embedder == "" || !finite(h.rows) || !finite(h.bias) {
		return errors.New("the part for vectors makes no sense")
	}
	return h.Calibration.check()
}

// embedded are the examples that have a vector, with their readings. They keep all classes.
func (d *examples) embedded(ngrams []reading) (*examples, []reading) {
	e := &examples{intents: d.intents, negatives: d.negatives, nameVectors: d.nameVectors}
	var theirs []reading
	for i, v := range d.vectors {
		if v != nil {
			e.texts, e.vectors, theirs = append(e.texts, d.texts[i]), append(e.vectors, v), append(theirs, ngrams[i])
			e.classes, e.weights = append(e.classes, d.classes[i]), append(e.weights, d.weights[i])
		}
	}
	return e, theirs
}
