package learn_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"usher/intent"
	"usher/intent/learn"
)

func ranked(ps ...float64) []intent.Ranked {
	var out []intent.Ranked
	for i, p := range ps {
		out = append(out, intent.Ranked{Intent: fmt.Sprint("i", i), Confidence: p})
	}
	return out
}

func TestTheMarginIsBetweenTheTwoLikeliestReadings(t *testing.T) {
	for _, c := range []struct {
		ranked []intent.Ranked
		oos    float64
		want   float64
	}{
		{ranked(.9, .1), 0, .8}, {ranked(.5, .5), 0, 0}, {ranked(.5, .5), .5, .25}, {ranked(1, 0), .5, 0}, {ranked(.8, .2), .9, .82},
		{nil, 1, 1}, {ranked(.6, .3, .1), .1, .27},
	} {
		if got := learn.Read(intent.Unlabelled{}, c.ranked, c.oos).Margin; math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v and out of scope %v: %v, want %v", c.ranked, c.oos, got, c.want)
		}
	}
}

// asked is a message with a margin, by its text.
func asked(text string, margin float64) learn.Suggestion {
	return learn.Suggestion{Unlabelled: intent.Unlabelled{Text: text, DecisionID: uuid.NewSHA1(uuid.Nil, []byte(text))}, Margin: margin}
}

// at is the vector of an angle.
func at(degrees float64) []float32 {
	return []float32{float32(math.Cos(degrees * math.Pi / 180)), float32(math.Sin(degrees * math.Pi / 180))}
}

func TestSuggestedAreUncertainAndDifferentMessages(t *testing.T) {
	for name, c := range map[string]struct {
		from    []learn.Suggestion
		degrees []float64
		n       int
		want    string
	}{
		"the most uncertain first, then the farthest": {
			[]learn.Suggestion{asked("a", .3), asked("b", .1), asked("c", .2), asked("d", .2)}, []float64{90, 0, 45, 150}, 3, "b d a"},
		"sure ones stay out however odd": {
			[]learn.Suggestion{asked("a", 0), asked("b", .1), asked("c", .1), asked("d", .1), asked("e", .1), asked("f", .9)}, []float64{0, 20, 40, 60, 80, 180}, 1, "a"},
		"a sure one is not worth its distance": {[]learn.Suggestion{asked("a", 0), asked("b", .1), asked("c", .99)}, []float64{0, 60, 180}, 2, "a b"},
		"the same text once":                   {[]learn.Suggestion{asked("hi  THERE!", .1), asked("Hi there", 0), asked("b", .5)}, []float64{0, 90, 180}, 3, "Hi there b"},
		"no near-copies":                       {[]learn.Suggestion{asked("a", 0), asked("b", .1), asked("c", .2)}, []float64{0, 5, 60}, 3, "a c"},
		"no near-copies of what was taught":    {[]learn.Suggestion{asked("a", 0), asked("b", .1), asked("c", .2)}, []float64{310, 0, 280}, 3, "b c"},
		"nothing without words":                {[]learn.Suggestion{asked(" ?!", 0), asked("a", .5)}, []float64{0, 90}, 2, "a"},
		"no more than there are":               {[]learn.Suggestion{asked("a", 0)}, []float64{0}, 20, "a"},
		"none":                                 {nil, nil, 20, ""},
	} {
		t.Run(name, func(t *testing.T) {
			degrees := map[string]float64{}
			for i, s := range c.from {
				degrees[s.Text] = c.degrees[i]
			}
			pool := learn.Uncertain(c.from, c.n*learn.PoolPerSuggestion)
			vectors := func(of []learn.Suggestion) (vs [][]float32) {
				for _, s := range of {
					vs = append(vs, at(degrees[s.Text]))
				}
				return vs
			}
			pool = learn.Fresh(pool, vectors(pool), [][]float32{at(300)})
			got, err := learn.Suggest(pool, vectors(pool), c.n)
			if err != nil {
				t.Fatal(err)
			}
			var texts []string
			for _, s := range got {
				texts = append(texts, s.Text)
			}
			if s := strings.Join(texts, " "); s != c.want {
				t.Errorf("got %q, want %q", s, c.want)
			}
		})
	}
	if _, err := learn.Suggest([]learn.Suggestion{asked("a", 0)}, nil, 1); err == nil {
		t.Error("a message without a vector is suggested")
	}
}

func TestNoTwoSuggestionsAreAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 60).Draw(t, "messages")
		var from []learn.Suggestion
		var vectors [][]float32
		angle := map[string]float64{}
		for i := range n {
			text := fmt.Sprint("m", i%40)
			if _, ok := angle[text]; !ok {
				angle[text] = rapid.Float64Range(0, 360).Draw(t, "angle")
			}
			from = append(from, asked(text, rapid.Float64Range(0, 1).Draw(t, "margin")))
		}
		from = learn.Uncertain(from, rapid.IntRange(1, 60).Draw(t, "pool"))
		for _, s := range from {
			vectors = append(vectors, at(angle[s.Text]))
		}
		want := rapid.IntRange(1, 10).Draw(t, "n")
		got, err := learn.Suggest(from, vectors, want)
		if err != nil || len(got) > want || n > 0 && len(got) == 0 {
			t.Fatalf("%d of %d, %v", len(got), want, err)
		}
		for i, a := range got {
			for _, b := range got[:i] {
				if gap := math.Abs(math.Mod(angle[a.Text]-angle[b.Text]+540, 360) - 180); gap < 18 {
					t.Fatalf("%s and %s are %v degrees apart", a.Text, b.Text, gap)
				}
			}
			if a.Margin < got[0].Margin {
				t.Fatalf("%v is less sure than the first, %v", a.Margin, got[0].Margin)
			}
		}
	})
}
