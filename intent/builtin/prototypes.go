package builtin

import (
	"errors"
	"math"
	"slices"
)

// How examples are summed up to compare texts with, chosen on held-out texts (README.md).
const (
	prototypesPerIntent = 10
	prototypeRounds     = 5 // of moving them to the middle of the examples that are nearest to them
)

// neighbours are prototypes of each intent: the middles of groups of its examples' vectors. A text that is like none of
// those of its intent is rather out of scope, even where single words or directions speak for the intent loudly. A number
// takes one byte.
type neighbours struct {
	dims   int
	starts []int // where the prototypes of each intent start; the last is their number
	rows   []int8
	scales []float32 // by prototype
}

// newNeighbours sums up the examples that keep allows. Intents may have none.
func newNeighbours(vectors [][]float32, classes []int, intents int, keep func(i int) bool) *neighbours {
	n := &neighbours{dims: len(vectors[0]), starts: make([]int, 1, intents+1)}
	of := make([][][]float32, intents)
	for i, c := range classes {
		if c < intents && keep(i) {
			of[c] = append(of[c], unit(vectors[i]))
		}
	}
	groups := make([][][]float32, intents)
	inParallel(intents, func(from, to int) {
		for c := from; c < to; c++ {
			groups[c] = prototypes(of[c])
		}
	})
	for _, group := range groups {
		for _, v := range group {
			n.add(v)
		}
		n.starts = append(n.starts, len(n.scales))
	}
	return n
}

func unit(v []float32) []float32 {
	u := make([]float32, len(v))
	add(u, v, 1/math.Sqrt(max(dot(v, v), 1e-12)))
	return u
}

// prototypes are the middles of groups of the vectors, by k-means on the sphere; few vectors stand for themselves.
func prototypes(vectors [][]float32) [][]float32 {
	if len(vectors) <= prototypesPerIntent {
		return vectors
	}
	middles := make([][]float32, prototypesPerIntent)
	for k := range middles {
		middles[k] = vectors[k*len(vectors)/prototypesPerIntent]
	}
	for range prototypeRounds {
		sums := make([][]float32, len(middles))
		for _, v := range vectors {
			k, _ := nearestOf(middles, v)
			if sums[k] == nil {
				sums[k] = make([]float32, len(v))
			}
			add(sums[k], v, 1)
		}
		for k, sum := range sums {
			if sum != nil {
				middles[k] = unit(sum)
			}
		}
	}
	return middles
}

func nearestOf(vectors [][]float32, to []float32) (at int, cosine float64) {
	cosine = math.Inf(-1)
	for k, v := range vectors {
		if c := dot(v, to); c > cosine {
			at, cosine = k, c
		}
	}
	return at, cosine
}

func (n *neighbours) add(v []float32) {
	top := float32(0)
	for _, x := range v {
		top = max(top, x, -x)
	}
	scale := max(top, 1e-9) / math.MaxInt8
	for _, x := range v {
		n.rows = append(n.rows, int8(math.Round(float64(x/scale))))
	}
	n.scales = append(n.scales, scale)
}

// nearness is the cosine of a vector to the nearest prototype of an intent; 0 when the intent has none.
func (n *neighbours) nearness(vector []float32, class int) float32 {
	best := float32(math.Inf(-1))
	for p := n.starts[class]; p < n.starts[class+1]; p++ {
		row := n.rows[p*n.dims : (p+1)*n.dims]
		sum, v := float32(0), vector[:len(row)]
		for d, x := range row {
			sum += v[d] * float32(x)
		}
		best = max(best, sum*n.scales[p])
	}
	if math.IsInf(float64(best), -1) {
		return 0
	}
	return best / float32(math.Sqrt(max(dot(vector, vector), 1e-12)))
}

// bringNear tells each reading how near its text is to prototypes of the intent that it was read as, made of other folds.
func (d *examples) bringNear(readings []reading) {
	fold := d.assignFolds()
	for held := range folds {
		n := newNeighbours(d.vectors, d.classes, len(d.intents), func(i int) bool { return fold[i] != held })
		for i := range readings {
			if fold[i] == held {
				readings[i].near = n.nearness(d.vectors[i], topOf(readings[i].logits[:len(d.intents)]))
			}
		}
	}
}

func topOf(scores []float32) int { return slices.Index(scores, slices.Max(scores)) }

// counts are how many prototypes each intent has.
func (n *neighbours) counts() []int {
	counts := make([]int, len(n.starts)-1)
	for c := range counts {
		counts[c] = n.starts[c+1] - n.starts[c]
	}
	return counts
}

// neighbours reads prototypes. It trusts nothing: their numbers are checked before memory is taken.
func (r *reader) neighbours(counts []int, intents, dims int) (*neighbours, error) {
	n := &neighbours{dims: dims, starts: make([]int, 1, intents+1)}
	all := 0
	for _, count := range counts {
		if count < 0 || count > prototypesPerIntent {
			return nil, errors.New("the prototypes of an intent cannot be that many")
		}
		all += count
		n.starts = append(n.starts, all)
	}
	if len(counts) != intents || len(r.rest) < all*(4+dims) {
		return nil, errors.New("the prototypes do not fit")
	}
	n.scales, n.rows = r.floats(all), r.bytes(all*dims)
	if !finite(n.scales) {
		return nil, errors.New("a prototype makes no sense")
	}
	return n, nil
}
