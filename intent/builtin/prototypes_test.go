package builtin

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// around are vectors in groups about directions, each group one direction.
func around(directions [][]float32, perGroup int, spread float64) [][]float32 {
	rng := rand.New(rand.NewPCG(1, 2))
	var vectors [][]float32
	for range perGroup {
		for _, to := range directions {
			v := slices.Clone(to)
			for d := range v {
				v[d] += float32(spread * rng.NormFloat64())
			}
			vectors = append(vectors, v)
		}
	}
	return vectors
}

func axes(dims, n int) [][]float32 {
	as := make([][]float32, n)
	for k := range as {
		as[k] = make([]float32, dims)
		as[k][k] = 3
	}
	return as
}

func TestPrototypesStandInTheMiddleOfGroups(t *testing.T) {
	groups := axes(24, 8)
	vectors := around(groups, 40, 0.2)
	n := newNeighbours(vectors, make([]int, len(vectors)), 1, everything)
	if got := n.counts(); !slices.Equal(got, []int{prototypesPerIntent}) {
		t.Fatalf("%v prototypes of %d vectors", got, len(vectors))
	}
	for k, to := range groups {
		if near := n.nearness(to, 0); near < 0.99 {
			t.Errorf("the nearest prototype to group %d is at %.3f", k, near)
		}
	}
	if near := n.nearness(axes(24, 12)[11], 0); near > 0.3 {
		t.Errorf("a direction without examples is near: %.3f", near)
	}
}

func TestFewExamplesStandForThemselves(t *testing.T) {
	vectors := [][]float32{{3, 4, 0}, {0, 0, 2}, {1, 0, 0}}
	n := newNeighbours(vectors, []int{0, 0, 2}, 3, everything)
	if got := n.counts(); !slices.Equal(got, []int{2, 0, 1}) {
		t.Fatalf("prototypes: %v", got)
	}
	for _, tc := range []struct {
		v     []float32
		class int
		want  float64
	}{{[]float32{30, 40, 0}, 0, 1}, {[]float32{1, 0, 0}, 0, 0.6}, {[]float32{0, 1, 0}, 2, 0}, {[]float32{-1, 0, 0}, 2, -1}, {[]float32{1, 0, 0}, 1, 0}, {make([]float32, 3), 0, 0}} {
		if got := n.nearness(tc.v, tc.class); math.Abs(float64(got)-tc.want) > 0.01 {
			t.Errorf("%v to class %d: %.3f, want %.3f", tc.v, tc.class, got, tc.want)
		}
	}
	if n := newNeighbours(vectors, []int{0, 0, 2}, 3, func(i int) bool { return i > 0 }); !slices.Equal(n.counts(), []int{1, 0, 1}) {
		t.Errorf("what is not kept has a prototype: %v", n.counts())
	}
}

// aside are readings of equal energy of which the strangers are less near.
func aside(strangers int) []reading {
	rng := rand.New(rand.NewPCG(3, 4))
	var readings []reading
	for i := range 400 {
		r := reading{logits: []float32{float32(1 + rng.NormFloat64()), 0}, near: float32(0.8 + 0.1*rng.NormFloat64())}
		if i < strangers {
			r.class, r.near = -1, r.near-0.4
		}
		readings = append(readings, r)
	}
	return readings
}

func TestWhatIsFarFromExamplesIsRatherOutOfScope(t *testing.T) {
	near, far := reading{logits: []float32{1, 0}, near: 0.8}, reading{logits: []float32{1, 0}, near: 0.4}
	for name, readings := range map[string][]reading{"learnt from negatives": aside(100), "without negatives": aside(0)} {
		c := calibrate(readings, 2, false)
		if a, b := logistic(c.oosScore(near, 2)), logistic(c.oosScore(far, 2)); !(a < 0.3 && b > a+0.1) {
			t.Errorf("%s: out of scope %.3f when near, %.3f when far", name, a, b)
		}
	}
	// Without vectors nothing is near, and energy alone decides.
	readings := aside(0)
	for i := range readings {
		readings[i].near = 0
	}
	if c := calibrate(readings, 2, false); c.OOS[3] != 0 || c.OOS[1] >= 0 {
		t.Errorf("without vectors: %v", c.OOS)
	}
}

func TestPrototypesAreReadAsWritten(t *testing.T) {
	m := denseModel(t)
	if got := m.dense.Prototypes; !slices.Equal(got, []int{6, 6, 6}) {
		t.Fatalf("prototypes: %v", got)
	}
	artefact, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(artefact)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(loaded.dense.neighbours, m.dense.neighbours) {
		t.Error("the prototypes differ")
	}
	for name, by := range map[string]string{"too few for the bytes": "[6,6,5]", "too many for the bytes": "[6,6,7]", "below none": "[6,7,-1]", "no list": "[6,6]  ", "beyond the most": "[6,6,99999]"} {
		changed := replace(bytes.Clone(artefact), `"prototypes":[6,6,6]`, (`"prototypes":` + by))
		if _, err := Load(sealed(changed)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestAModelFromBeforeThereWerePrototypesStillClassifies(t *testing.T) {
	m := denseModel(t)
	m.dense.neighbours, m.dense.Prototypes = nil, nil
	m.dense.Calibration.OOS[3] = 0
	artefact, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	threeTerms := regexp.MustCompile(`"oos":\[[^],]+,[^],]+,[^],]+\]`)
	if strings.Contains(string(artefact), "prototypes") || len(threeTerms.FindAll(artefact, -1)) != 2 {
		t.Fatal("not as it was before: out-of-scope terms were three, and there were no prototypes")
	}
	old, err := Load(artefact)
	if err != nil {
		t.Fatal(err)
	}
	if c := old.ClassifyVector("the box did not arrive", meaning("the box did not arrive")); c.Ranked[0].Intent != "order" || !(c.OOS >= 0 && c.OOS <= 1) {
		t.Errorf("%+v", c)
	}
}
