package builtin

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// someVectors lie around the corners of a cube, one class each, with noise that no class is free of.
func someVectors(n, columns, classes int) []sample {
	rng := rand.New(rand.NewPCG(5, 6))
	all := make([]int32, columns)
	for d := range all {
		all[d] = int32(d)
	}
	samples := make([]sample, n)
	for i := range samples {
		s := &samples[i]
		s.class, s.weight, s.columns, s.values = i%classes, 1, all, make([]float32, columns)
		for d := range s.values {
			s.values[d] = float32(rng.NormFloat64()) * 0.2
		}
		s.values[s.class] += 0.5
	}
	return samples
}

// loss is what margins make least, for one class.
func marginLoss(samples []sample, class int, w []float32, bias float32) float64 {
	loss := (dot(w, w) + float64(bias)*float64(bias)) / 2
	for _, s := range samples {
		sign := -1.0
		if s.class == class {
			sign = 1
		}
		if short := 1 - sign*(dot(w, s.values)+float64(bias)); short > 0 {
			loss += marginCost * float64(s.weight) * short * short
		}
	}
	return loss
}

func TestMarginsHaveTheLeastLoss(t *testing.T) {
	const columns, classes = 20, 4
	samples := someVectors(300, columns, classes)
	samples[0].weight, samples[1].weight = 3, 0.25
	w, err := fitMargins(t.Context(), samples, columns, classes, 1)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(7, 8))
	for class := range classes {
		row := make([]float32, columns)
		for d := range row {
			row[d] = w.rows[d*classes+class] / steepness
		}
		bias := w.bias[class] / steepness
		least := marginLoss(samples, class, row, bias)
		if at0 := marginLoss(samples, class, make([]float32, columns), 0); least > 0.8*at0 {
			t.Errorf("class %d: a loss of %v, and %v without any weights", class, least, at0)
		}
		for range 50 {
			other := slices.Clone(row)
			for d := range other {
				other[d] += float32(rng.NormFloat64()) * 0.02
			}
			if loss := marginLoss(samples, class, other, bias+float32(rng.NormFloat64())*0.02); loss < least*(1-1e-3) {
				t.Errorf("class %d: a loss of %v, and %v beside it", class, least, loss)
			}
		}
	}
}

func TestMarginsDependOnTheSeedAloneNotOnTheNumberOfCores(t *testing.T) {
	samples := someVectors(200, 16, 5)
	at := func(cores int) []float32 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		w, err := fitMargins(t.Context(), samples, 16, 5, 9)
		if err != nil {
			t.Fatal(err)
		}
		return append(w.rows, w.bias...)
	}
	if one, three := at(1), at(3); !slices.Equal(one, three) {
		t.Error("one core and three give different weights")
	}
}

func TestMarginsAreNotLearntOnceTheContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := fitMargins(ctx, someVectors(50, 8, 3), 8, 3, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled training gives %v", err)
	}
}

// Many vectors take another way than few: they have to teach as well.
func TestManyVectorsTeach(t *testing.T) {
	us := someUtterances()
	for len(us) <= exactLimit {
		us = append(us, someUtterances()...)
	}
	m := trained(t, us, TrainOptions{Seed: 1, Vectors: embedded(us), Embedder: meaningsID})
	for text, want := range newWords {
		if got := m.ClassifyVector(text, meaning(text)).Ranked[0]; got.Intent != want {
			t.Errorf("%q: %+v, want %s", text, got, want)
		}
	}
	if card := m.DenseCard(); card.Ridge != 0 || card.LabelWords || m.Card().LabelWords {
		t.Errorf("card %+v", card)
	}
}
