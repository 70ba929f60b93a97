// Package builtin understands texts inside the process, without network, downloads or weights of others: a linear
// classifier on hashed words and character n-grams with calibrated confidence, and an embedder that hashes the same
// n-grams into 512 numbers. It imports intent.
package builtin

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"unicode"
	"unicode/utf8"

	"usher/intent"
)

// What a classification holds at most.
const (
	maxRanked  = 5
	maxTelling = 5
)

// Model is a trained classifier. Safe for concurrent use. A text takes about 0.05 ms and its memory a few MB, one byte
// for each n-gram and intent.
type Model struct {
	header
	*vocabulary
	quantised
	dense   *denseHead // nil when it was trained on texts alone
	hash    string
	scratch sync.Pool
}

var _ intent.Classifier = (*Model)(nil)

// header is the small part of an artefact.
type header struct {
	Card        Card        `json:"card"`
	Intents     []string    `json:"intents"` // rising
	Calibration calibration `json:"calibration"`
	// Background tells that the last class is that of out-of-scope texts.
	Background bool `json:"background"`
}

func (h *header) classes() int {
	if h.Background {
		return len(h.Intents) + 1
	}
	return len(h.Intents)
}

// quantised are weights in one byte each: a row's weight is its byte times the row's scale.
type quantised struct {
	rows   []int8
	scales []float32 // by column
	means  []float32 // by column: mean weight over the intents, worked out from the rest
	bias   []float32
}

func quantise(w *weights) quantised {
	q := quantised{rows: make([]int8, len(w.rows)), scales: make([]float32, len(w.rows)/w.classes), bias: w.bias}
	for column := range q.scales {
		row := w.row(int32(column))
		var top float32
		for _, x := range row {
			top = max(top, x, -x)
		}
		if top == 0 {
			continue
		}
		q.scales[column] = top / math.MaxInt8
		for c, x := range row {
			q.rows[column*w.classes+c] = int8(math.Round(float64(x / q.scales[column])))
		}
	}
	return q
}

func newModel(h header, v *vocabulary, q quantised, dense *denseHead) (*Model, error) {
	m := &Model{header: h, vocabulary: v, quantised: q, dense: dense}
	m.means = make([]float32, len(q.scales))
	for column := range m.means {
		var sum int
		for _, x := range m.row(int32(column))[:len(h.Intents)] {
			sum += int(x)
		}
		m.means[column] = q.scales[column] * float32(sum) / float32(len(h.Intents))
	}
	m.scratch.New = func() any { return &scratch{logits: make([]float32, h.classes())} }
	artefact, err := m.MarshalBinary()
	if err != nil {
		return nil, err
	}
	m.hash = hashOf(artefact)
	return m, nil
}

func (m *Model) row(column int32) []int8 {
	n := m.classes()
	return m.rows[int(column)*n : (int(column)+1)*n]
}

// Hash is the SHA-256 of the artefact, in hex.
func (m *Model) Hash() string { return m.hash }

// Languages are those it was trained on.
func (m *Model) Languages() []string { return slices.Clone(m.header.Card.Languages) }

// Card tells what the model is, for the table of models.
func (m *Model) Card() Card { return m.header.Card }

// Classify ranks the intents. Confidences are calibrated probabilities given that some intent fits, and sum up to at
// most 1; whether one fits is OOS. A text without words has no ranks and is out of scope.
func (m *Model) Classify(text string) intent.Classification { return m.classify(text, nil) }

// Embedder is the one whose vectors ClassifyVector takes, and false when the model was trained without vectors.
func (m *Model) Embedder() (intent.ModelID, bool) {
	if m.dense == nil {
		return intent.ModelID{}, false
	}
	return intent.ModelID{Name: m.dense.Embedder, Dims: m.dense.Dims}, true
}

// DenseCard tells how the model fared with vectors; zero when it was trained without.
func (m *Model) DenseCard() DenseCard {
	if m.dense == nil {
		return DenseCard{}
	}
	return m.dense.Card
}

// ClassifyVector is Classify with the text's vector by Embedder beside the n-grams: surer, for the price of the vector. A
// vector of another length is left out of account.
func (m *Model) ClassifyVector(text string, vector []float32) intent.Classification {
	if m.dense == nil || len(vector) != m.dense.Dims {
		return m.classify(text, nil)
	}
	return m.classify(text, vector[:m.dense.Read])
}

func (m *Model) classify(text string, dense []float32) intent.Classification {
	s := m.scratch.Get().(*scratch)
	defer m.scratch.Put(s)
	text = intent.Normalise(text)
	s.read(text)
	if len(s.hits) == 0 {
		return intent.Classification{OOS: 1}
	}
	m.vectorise(s)
	m.score(s)
	c, r := &m.Calibration, reading{logits: s.logits}
	if dense != nil {
		m.dense.add(dense, s.logits)
		c = &m.dense.Calibration
	}
	ranked, top := m.rank(s.logits[:len(m.Intents)], c)
	if dense != nil && m.dense.neighbours != nil {
		r.near = m.dense.neighbours.nearness(dense, top)
	}
	score := c.oosScore(r, len(m.Intents))
	return intent.Classification{Ranked: ranked, OOS: logistic(score), Words: m.telling(s, text, top)}
}

// score writes the logits of the scratch's vector.
func (m *Model) score(s *scratch) {
	copy(s.logits, m.bias)
	for i, column := range s.columns {
		value, row := s.values[i]*m.scales[column], m.row(column)
		logits := s.logits[:len(row)]
		for c, x := range row {
			logits[c] += value * float32(x)
		}
	}
}

// rank returns the best intents with their confidence, and the index of the first.
func (m *Model) rank(logits []float32, by *calibration) ([]intent.Ranked, int) {
	var best [maxRanked]int
	n := 0
	for c, x := range logits {
		at := n
		for at > 0 && x > logits[best[at-1]] {
			at--
		}
		if at == maxRanked {
			continue
		}
		n = min(n+1, maxRanked)
		copy(best[at+1:n], best[at:n-1])
		best[at] = c
	}
	top := logits[best[0]]
	rest, times := by.weigh(logits, top)
	ranked := make([]intent.Ranked, n)
	ranked[0] = intent.Ranked{Intent: m.Intents[best[0]], Confidence: 1 / (1 + rest)}
	for i, c := range best[1:n] {
		p := times * math.Exp(float64(logits[c]-top)/by.Temperature) / (1 + rest)
		ranked[i+1] = intent.Ranked{Intent: m.Intents[c], Confidence: p}
	}
	return ranked, best[0]
}

// telling finds the words that spoke most for an intent against the mean of all.
func (m *Model) telling(s *scratch, text string, class int) []intent.Word {
	s.weights = append(s.weights[:0], make([]float32, len(s.words))...)
	for i, column := range s.columns {
		s.counts[column] = uint16(i + 1)
	}
	for _, h := range s.hits {
		column := m.columns[h.slot]
		if column < 0 {
			continue
		}
		by := s.values[s.counts[column]-1] * (m.scales[column]*float32(m.row(column)[class]) - m.means[column]) / 2
		s.weights[h.first] += by
		s.weights[h.last] += by
	}
	for _, column := range s.columns {
		s.counts[column] = 0
	}
	words := make([]intent.Word, 0, maxTelling)
	for i, w := range s.weights {
		word := text[s.words[i].start:s.words[i].end]
		if r, _ := utf8.DecodeRuneInString(word); w <= 0 || !unicode.IsLetter(r) {
			continue
		}
		if len(words) == maxTelling {
			if words[maxTelling-1].Weight >= float64(w) {
				continue
			}
			words = words[:maxTelling-1]
		}
		words = append(words, intent.Word{Text: word, Weight: float64(w)})
		slices.SortStableFunc(words, func(a, b intent.Word) int { return cmp.Compare(b.Weight, a.Weight) })
	}
	return words
}
