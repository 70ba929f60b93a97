package intent_test

import (
	"bytes"
	"encoding/gob"
	"math"
	"testing"

	"usher/intent"
)

// decided is what becomes of some lessons at a threshold.
type decided struct{ urgent, seen, others, over int }

func (d decided) overTriage() float64 { return float64(d.over) / float64(d.others) }

// atThreshold decides by the rules and by the urgency that cross-validation held out.
func atThreshold(lessons []lesson, source string, fused bool, threshold float64) decided {
	var d decided
	for i := range lessons {
		l := &lessons[i]
		if l.source != source {
			continue
		}
		p := l.prediction
		p.Alarm = intent.Alarm{}
		byRules, _ := intent.Prioritise(p, intent.Low, l.context())
		hit := byRules == intent.Urgent || l.urgency(fused) >= threshold
		count, hits := &d.others, &d.over
		if l.Priority == intent.Urgent {
			count, hits = &d.urgent, &d.seen
		}
		*count++
		if hit {
			*hits++
		}
	}
	return d
}

func (l *lesson) urgency(fused bool) float64 {
	if fused {
		return l.heldOut[1].Urgency(l.context())
	}
	return l.heldOut[0].Urgency(l.context())
}

// chooseThreshold takes the lowest at which, with vectors, few enough others of every suite are called urgent.
func chooseThreshold(t *testing.T, lessons []lesson) float64 {
	for step := 1; step < 100; step++ {
		th, few := float64(step)/100, true
		for _, suite := range []string{"priority", "starter", "guards"} {
			few = few && atThreshold(lessons, suite, true, th).overTriage() <= mostOverTriage
		}
		if few {
			return th
		}
	}
	t.Fatal("every threshold calls too many others urgent")
	return 0
}

// tellDoubt shows how much a vector changes of what n-grams alone call urgent or not, by how likely they find it.
func tellDoubt(t *testing.T, lessons []lesson) {
	for bin := range 20 {
		from, to := float64(bin*bin)/400, float64((bin+1)*(bin+1))/400
		n, changed := 0, 0
		for i := range lessons {
			l := &lessons[i]
			if p := l.urgency(false); l.source == "pack" || l.source == "background" || p < from || p >= to {
				continue
			}
			n++
			if (l.urgency(false) >= intent.UrgentFrom) != (l.urgency(true) >= intent.UrgentFrom) {
				changed++
			}
		}
		t.Logf("n-grams find %.3f to %.3f: a vector changes %d of %d messages of the suites", from, to, changed, n)
	}
}

// tellHeldOut shows what cross-validation makes of every source.
func tellHeldOut(t *testing.T, lessons []lesson, fused bool) {
	for _, source := range []string{"priority", "starter", "guards", "pack"} {
		loss, n, gap := 0.0, 0.0, make([]float64, 10)
		for i := range lessons {
			l := &lessons[i]
			if l.source != source {
				continue
			}
			p := l.urgency(fused)
			n++
			bin := min(int(p*10), 9)
			gap[bin] += p
			if l.Priority == intent.Urgent {
				loss -= math.Log(math.Max(p, 1e-4))
				gap[bin]--
			} else {
				loss -= math.Log(math.Max(1-p, 1e-4))
			}
		}
		ece := 0.0
		for _, g := range gap {
			ece += math.Abs(g) / n
		}
		t.Logf("%s, with vectors %v: log loss %.3f, calibration error %.3f", source, fused, loss/n, ece)
		for _, th := range []float64{0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7} {
			d := atThreshold(lessons, source, fused, th)
			t.Logf("  from %.2f on: %d of %d urgent seen, %d of %d others called urgent (%.1f %%)", th, d.seen, d.urgent, d.over, d.others, 100*d.overTriage())
		}
	}
}

// compareWeights fails when the weights in use are not those, rounding and the order of sums apart.
func compareWeights(t *testing.T, want intent.UrgencyForm) {
	t.Helper()
	var have intent.UrgencyForm
	if err := gob.NewDecoder(bytes.NewReader(intent.UrgencyFile)).Decode(&have); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have.Rarity, want.Rarity) {
		t.Error("the rarities in use are others")
	}
	for name, pair := range map[string][2]intent.LayerForm{"plain": {have.Plain, want.Plain}, "fused": {have.Fused, want.Fused}} {
		far := 0
		for i, b := range pair[1].Grams {
			if math.Abs(float64(b)-float64(pair[0].Grams[i])) > 2 {
				far++
			}
		}
		for fact, row := range pair[1].Facts {
			for h, w := range row {
				if old := pair[0].Facts[fact]; len(old) <= h || math.Abs(float64(old[h]-w)) > 0.05 {
					far++
				}
			}
		}
		for i, w := range pair[1].Meaning {
			if math.Abs(float64(pair[0].Meaning[i]-w)) > 0.05 {
				far++
			}
		}
		if far > 0 {
			t.Errorf("%d weights of the %s layer are not those that the pack teaches: set USHER_FIT=1 to put them in place", far, name)
		}
	}
}
