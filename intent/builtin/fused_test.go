package builtin_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/starter"
)

// fusedModel learns from a part of the starter pack and its vectors.
var fusedModel = sync.OnceValues(func() (*builtin.Model, error) {
	us, err := starter.Utterances()
	if err != nil {
		return nil, err
	}
	count := map[string]int{}
	us = slices.DeleteFunc(us, func(u intent.Utterance) bool {
		count[u.Intent]++
		return count[u.Intent] > 30
	})
	e, err := builtin.NewMeaningEmbedder()
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(us))
	for i, u := range us {
		texts[i] = u.Text
	}
	vectors, err := e.Embed(context.Background(), texts)
	if err != nil {
		return nil, err
	}
	return builtin.Train(context.Background(), us, builtin.TrainOptions{Seed: 1, Vectors: vectors, Embedder: e.Model()})
})

// BenchmarkClassifyFused embeds and classifies one message of 12 tokens, on one core with -cpu 1, and reports the quickest
// time, the median and the 95th percentile.
func BenchmarkClassifyFused(b *testing.B) {
	const text = "My parcel still has not arrived, where is it?"
	m, err := fusedModel()
	if err != nil {
		b.Fatal(err)
	}
	e, err := builtin.NewMeaningEmbedder()
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for b.Loop() {
		start := time.Now()
		vectors, err := e.Embed(b.Context(), []string{text})
		if err != nil {
			b.Fatal(err)
		}
		if got := m.ClassifyVector(text, vectors[0]); len(got.Ranked) == 0 {
			b.Fatal("no intent")
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[0].Microseconds())/1000, "least-ms")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
}
