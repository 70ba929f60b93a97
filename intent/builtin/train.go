package builtin

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"usher/intent"
)

// TrainOptions say how to train.
type TrainOptions struct {
	// Seed of everything random: the same utterances in the same order with the same seed give the same artefact.
	Seed int64
	// Languages of the utterances, ISO 639-1; English unless given.
	Languages []string
	// Balanced lets every label count alike, however many utterances it has. Without it every utterance counts alike.
	Balanced bool
	// Vectors of the utterances by Embedder, one each, to learn from beside the n-grams; none unless given. It may be nil for
	// some: then their n-grams alone are learnt from.
	Vectors  [][]float32
	Embedder intent.ModelID
	// LabelVectors are those that EmbedLabels makes with the same embedder. Labels without one teach by their utterances alone.
	LabelVectors map[string][]float32
	// Head is the part for vectors as MarshalHead wrote it, instead of Vectors; it must have learnt from the same utterances.
	Head []byte
	// Progress is told in words how far the training is; may be nil.
	Progress func(string)
}

// folds is how many parts the utterances are cut into to calibrate on texts that were held out.
const folds = 4

// Train learns a classifier from labelled utterances; those labelled intent.OutOfScope are negatives. It takes
// about a second per two thousand utterances and thirty intents on one core, and uses all cores there are. Utterances of
// one writer should stand together: confidence is fitted on runs of utterances that were held out.
func Train(ctx context.Context, utterances []intent.Utterance, o TrainOptions) (*Model, error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	if len(o.Languages) == 0 {
		o.Languages = []string{"en"}
	}
	if o.Vectors != nil {
		if err := checkVectors(o.Vectors, len(utterances), o.Embedder); err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
		if err := checkLabelVectors(o.LabelVectors, o.Embedder); err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
	}
	d, err := prepare(utterances, o.Vectors)
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	d.addNames(o.LabelVectors)
	d.readFirst(readOf(o.Embedder))
	o.Progress(fmt.Sprintf("training on %d utterances of %d intents and %d out-of-scope ones", len(utterances)-d.negatives, len(d.intents), d.negatives))
	var dense *denseHead
	if o.Head != nil {
		if dense, err = d.readHead(o.Head, utterances); err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
	}
	if o.Balanced {
		d.balance()
	}
	readings, chosen, err := d.crossValidate(ctx, o.Seed)
	if err != nil {
		return nil, fmt.Errorf("train: cross-validate: %w", err)
	}
	c := calibrate(readings, len(d.intents), len(readings) <= fewExamples)
	card := d.card(readings, c, o)
	o.Progress(fmt.Sprintf("cross-validated: accuracy %.1f %%, calibration error %.3f", 100*card.Accuracy, card.ECE))
	card.Ridge, card.LabelWords = chosen.ridge, chosen.named
	if o.Vectors != nil {
		if dense, err = d.fitDense(ctx, readings, o); err != nil {
			return nil, fmt.Errorf("train: %w", err)
		}
		o.Progress(fmt.Sprintf("with vectors, on %d examples: accuracy %.1f %%, by n-grams %.1f %%, calibration error %.3f",
			dense.Card.Examples, 100*dense.Card.Accuracy, 100*dense.Card.NGrams, dense.Card.ECE))
	}
	var v *vocabulary
	var w *weights
	err = d.learn(ctx, everything, []trial{chosen}, o.Seed, func(_ int, learnt *vocabulary, by *weights) { v, w = learnt, by })
	if err != nil {
		return nil, fmt.Errorf("train: %w", err)
	}
	return newModel(header{Card: card, Intents: d.intents, Calibration: c, Background: d.background()}, v, quantise(w), dense)
}

// examples are the utterances made ready: what was found in each, and its class. Classes are the intents by name, then
// the background of out-of-scope texts.
type examples struct {
	intents   []string
	texts     [][]hit
	vectors   [][]float32 // of an embedder; nil without one
	classes   []int
	weights   []float32 // how much each counts; 1 on average
	keys      []uint64  // of words and label, whatever other examples there are
	negatives int
	// What the labels say in words, by class: nothing found in a label without words, nil for one without a vector.
	names       [][]hit
	nameVectors [][]float32
}

func prepare(utterances []intent.Utterance, vectors [][]float32) (*examples, error) {
	d := &examples{}
	for i, u := range utterances {
		if u.Intent == "" || strings.TrimSpace(u.Intent) != u.Intent || len(u.Intent) > 200 {
			return nil, fmt.Errorf("utterance %d: label %q is empty, too long or has white space around it", i+1, u.Intent)
		}
		if u.Intent != intent.OutOfScope && !slices.Contains(d.intents, u.Intent) {
			d.intents = append(d.intents, u.Intent)
		}
	}
	if len(d.intents) < 2 {
		return nil, fmt.Errorf("it takes utterances of at least two intents, not %d", len(d.intents))
	}
	slices.Sort(d.intents)
	var x extractor
	for i, u := range utterances {
		x.read(intent.Normalise(u.Text))
		if len(x.hits) == 0 {
			continue // nothing to learn from
		}
		class, ok := slices.BinarySearch(d.intents, u.Intent)
		if !ok {
			class = len(d.intents)
			d.negatives++
		}
		d.texts, d.classes = append(d.texts, slices.Clone(x.hits)), append(d.classes, class)
		d.weights, d.keys = append(d.weights, 1), append(d.keys, keyOf(x.hits, u.Intent))
		if vectors != nil {
			d.vectors = append(d.vectors, vectors[i])
		}
	}
	if len(d.texts) < 2 {
		return nil, errors.New("the utterances hold no words")
	}
	return d, nil
}

// keyOf tells examples apart by what was found in them and by their label.
func keyOf(hits []hit, label string) uint64 {
	h := fnv.New64a()
	var slot [4]byte
	for _, x := range hits {
		binary.LittleEndian.PutUint32(slot[:], x.slot)
		h.Write(slot[:])
	}
	h.Write([]byte(label))
	return h.Sum64()
}

// background reports whether there is a class of out-of-scope texts.
func (d *examples) background() bool { return d.negatives >= minNegatives }

// assignFolds cuts every class into runs of neighbours, in the order given. What one person wrote stands together mostly
// and at about the same place in every class, so a text is judged by weights that have seen little of its writer, as it
// will be with contacts. Random folds make the model look better than it is; runs that are not side by side, worse, since
// then the writer's other texts speak for other classes.
func (d *examples) assignFolds() []int {
	size, next := make([]int, len(d.intents)+1), make([]int, len(d.intents)+1)
	for _, c := range d.classes {
		size[c]++
	}
	fold := make([]int, len(d.texts))
	for i, c := range d.classes {
		fold[i] = next[c] * folds / size[c]
		if size[c] < folds {
			fold[i] = (fold[i] + c) % folds // so that tiny classes do not all lack in the same fold
		}
		next[c]++
	}
	return fold
}

// Card tells what a model is and how it fared in cross-validation on its own training data.
type Card struct {
	Utterances int      `json:"utterances"`
	Negatives  int      `json:"negatives"`
	Intents    int      `json:"intents"`
	Languages  []string `json:"languages"`
	Seed       int64    `json:"seed"`
	Accuracy   float64  `json:"accuracy"`
	ECE        float64  `json:"ece"` // 15 bins
	// Ridge is the strength of regularisation that cross-validation chose, times the number of examples; 0 where the training
	// set was large and dropped n-grams regularise instead.
	Ridge float64 `json:"ridge,omitempty"`
	// LabelWords tells that cross-validation chose to learn from the words of the labels, too.
	LabelWords bool `json:"label_words,omitempty"`
	// OOSRecallAt95 is the share of negatives beyond the score that keeps 95 % of the rest; 0 without negatives.
	OOSRecallAt95 float64 `json:"oos_recall_at_95"`
}

func (d *examples) card(readings []reading, c calibration, o TrainOptions) Card {
	const bins = 15
	var gap [bins]float64
	var inside, outside []float64
	right := 0
	for _, r := range readings {
		score := c.oosScore(r, len(d.intents))
		if r.class < 0 {
			outside = append(outside, score)
			continue
		}
		inside = append(inside, score)
		scores := r.logits[:len(d.intents)]
		top := slices.Max(scores)
		rest, _ := c.weigh(scores, top)
		confidence := 1 / (1 + rest)
		bin := min(int(confidence*bins), bins-1)
		gap[bin] += confidence
		if scores[r.class] == top {
			right++
			gap[bin]--
		}
	}
	card := Card{
		Utterances: len(d.texts) - d.negatives, Negatives: d.negatives, Intents: len(d.intents), Languages: o.Languages, Seed: o.Seed,
		Accuracy: float64(right) / float64(max(len(inside), 1)), OOSRecallAt95: recallAt95(inside, outside),
	}
	for _, g := range gap {
		card.ECE += math.Abs(g) / float64(max(len(inside), 1))
	}
	return card
}

func recallAt95(inside, outside []float64) float64 {
	if len(outside) == 0 || len(inside) == 0 {
		return 0
	}
	slices.Sort(inside)
	threshold := inside[min(len(inside)*95/100, len(inside)-1)]
	beyond := 0
	for _, x := range outside {
		if x > threshold {
			beyond++
		}
	}
	return float64(beyond) / float64(len(outside))
}
