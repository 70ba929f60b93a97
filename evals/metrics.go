package evals

import (
	"cmp"
	"math"
	"slices"
)

// Bins is how many equal-width bins the calibration error is measured with.
const Bins = 15

// outcome is one case beside what was predicted for it.
type outcome struct {
	want, got  string
	confidence float64
}

func accuracy(os []outcome) float64 {
	right := 0
	for _, o := range os {
		if o.want == o.got {
			right++
		}
	}
	return ratio(right, len(os))
}

// IntentScore is how one label fared: precision, recall and F1, each 0 to 1.
type IntentScore struct {
	Intent    string  `json:"intent"`
	Count     int     `json:"count"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// perIntent scores every label that occurs as the truth, by name.
func perIntent(os []outcome) []IntentScore {
	want, got, hit := map[string]int{}, map[string]int{}, map[string]int{}
	for _, o := range os {
		want[o.want]++
		got[o.got]++
		if o.want == o.got {
			hit[o.want]++
		}
	}
	scores := make([]IntentScore, 0, len(want))
	for label, n := range want {
		p, r := ratio(hit[label], got[label]), ratio(hit[label], n)
		s := IntentScore{Intent: label, Count: n, Precision: p, Recall: r}
		if p+r > 0 {
			s.F1 = 2 * p * r / (p + r)
		}
		scores = append(scores, s)
	}
	slices.SortFunc(scores, func(a, b IntentScore) int { return cmp.Compare(a.Intent, b.Intent) })
	return scores
}

// macroF1 is the mean F1 over the labels that occur as the truth.
func macroF1(scores []IntentScore) float64 {
	if len(scores) == 0 {
		return 0
	}
	sum := 0.0
	for _, s := range scores {
		sum += s.F1
	}
	return sum / float64(len(scores))
}

// ece is the expected calibration error: the mean gap between confidence and accuracy over equal-width bins,
// weighted by their counts (Guo et al. 2017, arXiv 1706.04599).
func ece(os []outcome) float64 {
	var count, right [Bins]int
	var sum [Bins]float64
	for _, o := range os {
		b := min(int(o.confidence*Bins), Bins-1)
		count[b]++
		sum[b] += o.confidence
		if o.want == o.got {
			right[b]++
		}
	}
	gap := 0.0
	for b := range count {
		gap += math.Abs(sum[b] - float64(right[b]))
	}
	if len(os) == 0 {
		return 0
	}
	return gap / float64(len(os))
}

// auroc is the probability that a random positive scores above a random negative, ties counted half.
func auroc(positive, negative []float64) float64 {
	type point struct {
		score    float64
		positive bool
	}
	all := make([]point, 0, len(positive)+len(negative))
	for _, s := range positive {
		all = append(all, point{s, true})
	}
	for _, s := range negative {
		all = append(all, point{s, false})
	}
	slices.SortFunc(all, func(a, b point) int { return cmp.Compare(a.score, b.score) })
	area, below := 0.0, 0.0
	for i := 0; i < len(all); {
		j, pos, neg := i, 0.0, 0.0
		for ; j < len(all) && all[j].score == all[i].score; j++ {
			if all[j].positive {
				pos++
			} else {
				neg++
			}
		}
		area += pos * (below + neg/2)
		below += neg
		i = j
	}
	return area / (float64(len(positive)) * float64(len(negative)))
}

// recallAt is the share of positives that score above the value below which the given share of negatives lies.
func recallAt(positive, negative []float64, kept float64) float64 {
	sorted := slices.Sorted(slices.Values(negative))
	limit := sorted[min(len(sorted)-1, int(math.Ceil(kept*float64(len(sorted))))-1)]
	n := 0
	for _, s := range positive {
		if s > limit {
			n++
		}
	}
	return ratio(n, len(positive))
}

// quantile is the q-th of values by the nearest-rank method; 0 of none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[max(0, int(math.Ceil(q*float64(len(sorted))))-1)]
}

// kappa is Cohen's agreement of two labellers beyond chance, 1 at best.
func kappa(a, b []string) float64 {
	if len(a) == 0 {
		return 0
	}
	same, inA, inB := 0, map[string]int{}, map[string]int{}
	for i := range a {
		inA[a[i]]++
		inB[b[i]]++
		if a[i] == b[i] {
			same++
		}
	}
	n := float64(len(a))
	chance := 0.0
	for label, k := range inA {
		chance += float64(k) / n * float64(inB[label]) / n
	}
	if chance == 1 {
		return 1
	}
	return (float64(same)/n - chance) / (1 - chance)
}

// wilson is the interval in which a share lies with 95 % confidence when n of so many were counted: Wilson's score
// interval, which stays within 0 and 1 and holds for small counts.
func wilson(n, of int) (low, high float64) {
	if of == 0 {
		return 0, 1
	}
	const z = 1.959964
	count, p := float64(of), float64(n)/float64(of)
	middle := (p + z*z/(2*count)) / (1 + z*z/count)
	half := z / (1 + z*z/count) * math.Sqrt(p*(1-p)/count+z*z/(4*count*count))
	return max(0, middle-half), min(1, middle+half)
}

func ratio(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
