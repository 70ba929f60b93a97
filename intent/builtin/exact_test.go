package builtin

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

// someSamples are random sparse ones, and a class that depends on the first columns.
func someSamples(n, columns, classes int) []sample {
	rng := rand.New(rand.NewPCG(1, 2))
	samples := make([]sample, n)
	for i := range samples {
		s := &samples[i]
		s.class, s.weight = rng.IntN(classes), 1
		s.columns, s.values = []int32{int32(s.class)}, []float32{0.5}
		for range 6 {
			c := int32(rng.IntN(columns))
			if !slices.Contains(s.columns, c) {
				s.columns, s.values = append(s.columns, c), append(s.values, rng.Float32()-0.5)
			}
		}
	}
	return samples
}

func TestTheGradientIsTheSlopeOfTheLoss(t *testing.T) {
	samples := someSamples(150, 12, 3)
	samples[0].weight, samples[1].weight = 3, 0.25
	l := newSoftmaxLoss(samples, 12, 3)
	l.ridge = 0.1
	rng := rand.New(rand.NewPCG(3, 4))
	x, gradient, ignored := make([]float32, 13*3), make([]float32, 13*3), make([]float32, 13*3)
	for i := range x {
		x[i] = rng.Float32() - 0.5
	}
	l.at(x, gradient)
	for i := range x {
		const by = 1e-2
		was := x[i]
		x[i] = was + by
		above := l.at(x, ignored)
		x[i] = was - by
		below := l.at(x, ignored)
		x[i] = was
		if slope := (above - below) / (2 * by); math.Abs(slope-float64(gradient[i])) > 1e-4 {
			t.Errorf("weight %d: gradient %v, slope %v", i, gradient[i], slope)
		}
	}
}

func TestTheExactWeightsHaveNoGradientLeft(t *testing.T) {
	l := newSoftmaxLoss(someSamples(300, 40, 5), 40, 5)
	x, gradient := make([]float32, 41*5), make([]float32, 41*5)
	first := l.at(x, gradient)
	before := math.Sqrt(dot(gradient, gradient))
	if err := l.fitExact(t.Context(), x, 1e-2); err != nil {
		t.Fatal(err)
	}
	last := l.at(x, gradient)
	if after := math.Sqrt(dot(gradient, gradient)); after > before/50 || last >= first {
		t.Errorf("the gradient shrank from %v to %v and the loss from %v to %v", before, after, first, last)
	}
}

func TestExactWeightsDoNotDependOnTheNumberOfCores(t *testing.T) {
	samples := someSamples(500, 200, 7)
	at := func(cores int) []float32 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
		l, x := newSoftmaxLoss(samples, 200, 7), make([]float32, 201*7)
		if err := l.fitExact(t.Context(), x, 1e-3); err != nil {
			t.Fatal(err)
		}
		return x
	}
	if one, three := at(1), at(3); !slices.Equal(one, three) {
		t.Error("one core and three give different weights")
	}
}

func TestTheLeastOfAStretchedBowlIsFound(t *testing.T) {
	bowl := func(x, gradient []float32) float64 {
		value := 0.0
		for i := range x {
			stretch := float64(int(1) << i)
			off := float64(x[i]) - 1
			value += stretch * off * off / 2
			gradient[i] = float32(stretch * off)
		}
		return value
	}
	x := make([]float32, 10)
	if err := minimise(t.Context(), bowl, x, 200, 1e-12); err != nil {
		t.Fatal(err)
	}
	for i, v := range x {
		if math.Abs(float64(v)-1) > 1e-3 {
			t.Errorf("x[%d] is %v, not 1", i, v)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := minimise(ctx, bowl, make([]float32, 10), 200, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search gives %v", err)
	}
}

func TestBalancedLabelsCountAlike(t *testing.T) {
	d := &examples{intents: []string{"a", "b"}, classes: []int{0, 0, 0, 1, 2, 2}, weights: make([]float32, 6)}
	d.balance()
	sums := [3]float64{}
	for i, c := range d.classes {
		sums[c] += float64(d.weights[i])
	}
	for c, sum := range sums {
		if math.Abs(sum-2) > 1e-6 {
			t.Errorf("class %d counts %v of 6, want 2", c, sum)
		}
	}
}
