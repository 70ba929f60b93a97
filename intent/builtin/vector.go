package builtin

import (
	"math"
	"slices"
)

// How n-grams are weighed, chosen by cross-validation (see README.md).
const (
	idfPower   = 0.8 // of the inverse document frequency: rare n-grams count more, but not as much as they are rare
	wordWeight = 3.0 // of words and pairs against character n-grams
)

// vocabulary numbers the n-grams seen in training and weighs them.
type vocabulary struct {
	slots   []uint32  // by column, rising
	weights []float32 // by column
	columns []int32   // by slot; -1 for n-grams never seen
	unseen  float32   // weight of n-grams never seen
}

// learnVocabulary counts in how many texts each n-gram is.
func learnVocabulary(texts [][]hit) *vocabulary {
	counts, seen := make([]int32, space), make([]int32, space)
	for i, hits := range texts {
		for _, h := range hits {
			if seen[h.slot] != int32(i+1) {
				seen[h.slot] = int32(i + 1)
				counts[h.slot]++
			}
		}
	}
	v := &vocabulary{unseen: rarity(len(texts), 0)}
	for slot, n := range counts {
		if n == 0 {
			continue
		}
		weight := rarity(len(texts), int(n))
		if slot >= half {
			weight *= wordWeight
		}
		v.slots, v.weights = append(v.slots, uint32(slot)), append(v.weights, weight)
	}
	v.index()
	return v
}

func rarity(texts, with int) float32 {
	return float32(math.Pow(1+math.Log(float64(1+texts)/float64(1+with)), idfPower))
}

func (v *vocabulary) index() {
	v.columns = make([]int32, space)
	for i := range v.columns {
		v.columns[i] = -1
	}
	for column, slot := range v.slots {
		v.columns[slot] = int32(column)
	}
}

// vector is a text as a sparse vector: distinct columns and their values. Its length is at most 1: what was never
// seen in training takes its share of the length, so that strange texts score low everywhere.
type vector struct {
	columns []int32
	values  []float32
}

// scratch holds the buffers for one text.
type scratch struct {
	extractor
	vector
	counts  []uint16 // by column, all zero between texts
	logits  []float32
	weights []float32 // by word of the text
}

// vectorise fills the scratch's vector from its hits.
func (v *vocabulary) vectorise(s *scratch) {
	if len(s.counts) < len(v.slots) {
		s.counts = make([]uint16, len(v.slots))
	}
	s.columns, s.values = s.columns[:0], s.values[:0]
	var length float64
	for _, h := range s.hits {
		column := v.columns[h.slot]
		if column < 0 {
			length += float64(v.unseen) * float64(v.unseen)
			continue
		}
		if s.counts[column] == 0 {
			s.columns = append(s.columns, column)
		}
		s.counts[column]++
	}
	for _, column := range s.columns {
		value := damped(s.counts[column]) * v.weights[column]
		s.values = append(s.values, value)
		length += float64(value) * float64(value)
		s.counts[column] = 0
	}
	if length == 0 {
		return
	}
	scale := float32(1 / math.Sqrt(length))
	for i := range s.values {
		s.values[i] *= scale
	}
}

// vectorised is vectorise, with a vector of its own.
func (v *vocabulary) vectorised(s *scratch) vector {
	v.vectorise(s)
	return vector{columns: slices.Clone(s.columns), values: slices.Clone(s.values)}
}

// damped is how much n occurrences count: the tenth says little that the first did not.
func damped(n uint16) float32 {
	if n == 1 {
		return 1
	}
	return float32(1 + math.Log(float64(n)))
}
