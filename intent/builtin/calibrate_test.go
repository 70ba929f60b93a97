package builtin

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestDoubtKeepsTheOrderAndTheSumOfConfidences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfN(rapid.Float32Range(-30, 30), 2, 8).Draw(t, "scores")
		c := calibration{Temperature: rapid.Float64Range(0.05, 20).Draw(t, "temperature"), Doubt: rapid.Float64Range(0, maxDoubt).Draw(t, "doubt")}
		m := Model{header: header{Intents: strings.Split("abcdefgh", "")[:len(scores)]}}
		ranked, top := m.rank(scores, &c)
		if scores[top] != slices.Max(scores) {
			t.Fatalf("%v: the top is %d", scores, top)
		}
		sum := 0.0
		for i, r := range ranked {
			sum += r.Confidence
			if i > 0 && !(r.Confidence <= ranked[i-1].Confidence*(1+1e-12)) {
				t.Fatalf("not in order: %v", ranked)
			}
		}
		if len(scores) <= maxRanked && math.Abs(sum-1) > 1e-9 {
			t.Fatalf("confidences sum up to %v: %v", sum, ranked)
		}
		plain, _ := m.rank(scores, &calibration{Temperature: c.Temperature})
		if p, q := plain[0].Confidence, ranked[0].Confidence; math.Abs(q-0.5) > math.Abs(p-0.5)+1e-12 {
			t.Fatalf("doubt moved %v away from one half, to %v", p, q)
		}
	})
}

// drawn are readings of which the top intent is right as often as its confidence under c says.
func drawn(n int, c calibration) []reading {
	const intents = 12
	rng := rand.New(rand.NewPCG(5, 6))
	readings := make([]reading, n)
	for i := range readings {
		scores := make([]float32, intents)
		for k := range scores {
			scores[k] = float32(rng.NormFloat64())
		}
		scores[rng.IntN(intents)] += 3
		ranked, top := (&Model{header: header{Intents: make([]string, intents)}}).rank(scores, &c)
		readings[i] = reading{logits: scores, class: top}
		if rng.Float64() > ranked[0].Confidence {
			readings[i].class = (top + 1 + rng.IntN(intents-1)) % intents
		}
	}
	return readings
}

func TestDoubtIsWhatTheReadingsSayWhenThereAreManyAndTheUsualOneWhenFew(t *testing.T) {
	truth := calibration{Temperature: 0.5, Doubt: 0.4}
	if got := fitDoubt(drawn(20_000, truth), 12, truth.Temperature); math.Abs(got-truth.Doubt) > 0.03 {
		t.Errorf("20,000 readings of doubt %v give %v", truth.Doubt, got)
	}
	if got := fitDoubt(drawn(10, truth), 12, truth.Temperature); math.Abs(got-usualDoubt) > 0.05 {
		t.Errorf("ten readings give a doubt of %v, want about %v", got, usualDoubt)
	}
	if got := fitDoubt(nil, 12, truth.Temperature); math.Abs(got-usualDoubt) > 1e-3 {
		t.Errorf("no readings give a doubt of %v, want %v", got, usualDoubt)
	}
}

func TestOnlyWhatFewExamplesTaughtIsDoubted(t *testing.T) {
	readings := drawn(2000, calibration{Temperature: 0.5, Doubt: 0.4})
	many, few := calibrate(readings, 12, false), calibrate(readings, 12, true)
	if many.Doubt != 0 || few.Doubt == 0 {
		t.Errorf("doubt %v of many examples, %v of few", many.Doubt, few.Doubt)
	}
	if ratio := few.Temperature / many.Temperature; math.Abs(ratio-growth) > 1e-9 {
		t.Errorf("the temperature of few is %.3f times that of many, want %v", ratio, growth)
	}
}

func TestACalibrationThatMakesNoSenseIsRefused(t *testing.T) {
	for _, c := range []calibration{
		{}, {Temperature: -1}, {Temperature: math.NaN()}, {Temperature: 1000}, {Temperature: 1, Doubt: 0.6}, {Temperature: 1, Doubt: -0.1}, {Temperature: 1, Doubt: math.NaN()},
	} {
		if c.check() == nil {
			t.Errorf("%+v is accepted", c)
		}
	}
	if err := (&calibration{Temperature: 1, Doubt: 0.2}).check(); err != nil {
		t.Error(err)
	}
}
