package evals

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

	"usher/intent"
)

// Sample keeps at most shots utterances of each label, out-of-scope included, in the order given. Which ones depends on the
// seed and the label alone, so that a label's sample stays the same when others come or go.
func Sample(us []intent.Utterance, shots int, seed int64) []intent.Utterance {
	at := map[string][]int{}
	for i, u := range us {
		at[u.Intent] = append(at[u.Intent], i)
	}
	var kept []int
	for label, places := range at {
		h := fnv.New64a()
		h.Write([]byte(label))
		rng := rand.New(rand.NewPCG(uint64(seed), h.Sum64()))
		rng.Shuffle(len(places), func(i, j int) { places[i], places[j] = places[j], places[i] })
		kept = append(kept, places[:min(shots, len(places))]...)
	}
	slices.Sort(kept)
	sample := make([]intent.Utterance, len(kept))
	for i, place := range kept {
		sample[i] = us[place]
	}
	return sample
}

// Spread is the standard deviation of measures over the runs that a mean report is made of.
type Spread struct {
	Accuracy   float64 `json:"accuracy"`
	MacroF1    float64 `json:"macro_f1"`
	ECE        float64 `json:"ece"`
	AUROC      float64 `json:"auroc"`
	RecallAt95 float64 `json:"recall_at_95"`
}

// Mean is the report of several runs on the same cases that differ in how the model was trained: the means of what
// understanding is measured by and of the times, and Spread. Parts about decisions, and lists of single cases, are left
// out: they have no mean. It needs at least one report.
func Mean(runs []Report) Report {
	first := runs[0]
	m := Report{Suites: first.Suites, Cases: first.Cases, Seeds: len(runs), Spread: &Spread{}}
	over := func(get func(Report) float64) (mean, deviation float64) {
		for _, r := range runs {
			mean += get(r) / float64(len(runs))
		}
		for _, r := range runs {
			deviation += (get(r) - mean) * (get(r) - mean)
		}
		return mean, math.Sqrt(deviation / float64(max(len(runs)-1, 1)))
	}
	if first.Intent != nil {
		m.Intent = &IntentPart{Count: first.Intent.Count}
		m.Intent.Accuracy, m.Spread.Accuracy = over(func(r Report) float64 { return r.Intent.Accuracy })
		m.Intent.MacroF1, m.Spread.MacroF1 = over(func(r Report) float64 { return r.Intent.MacroF1 })
		m.Intent.ECE, m.Spread.ECE = over(func(r Report) float64 { return r.Intent.ECE })
	}
	if first.OOS != nil {
		m.OOS = &OOSPart{Count: first.OOS.Count}
		m.OOS.AUROC, m.Spread.AUROC = over(func(r Report) float64 { return r.OOS.AUROC })
		m.OOS.RecallAt95, m.Spread.RecallAt95 = over(func(r Report) float64 { return r.OOS.RecallAt95 })
	}
	if first.Latency != nil {
		m.Latency = &LatencyPart{}
		m.Latency.P50, _ = over(func(r Report) float64 { return r.Latency.P50 })
		m.Latency.P99, _ = over(func(r Report) float64 { return r.Latency.P99 })
	}
	m.TrainS = meanOf(runs, func(r Report) *float64 { return r.TrainS })
	m.EmbedS = meanOf(runs, func(r Report) *float64 { return r.EmbedS })
	m.Fused = meanOf(runs, func(r Report) *float64 { return r.Fused })
	return m
}

// meanOf is nil unless every run has the measure.
func meanOf(runs []Report, get func(Report) *float64) *float64 {
	sum := 0.0
	for _, r := range runs {
		if get(r) == nil {
			return nil
		}
		sum += *get(r)
	}
	sum /= float64(len(runs))
	return &sum
}
