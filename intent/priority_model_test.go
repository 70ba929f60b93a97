package intent

import (
	"bytes"
	"context"
	"encoding/gob"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAnUrgencyOverTheThresholdIsUrgentAndSaysSo(t *testing.T) {
	if p, why := Prioritise(Prediction{Alarm: Alarm{Alone: urgentFrom}}, Low, PriorityContext{}); p != Urgent || len(why) != 1 {
		t.Errorf("%s because %q, want urgent for one reason", p, why)
	}
	if p, _ := Prioritise(Prediction{Alarm: Alarm{Alone: urgentFrom - .01}}, Low, PriorityContext{}); p != Low {
		t.Errorf("%s below the threshold, want low", p)
	}
}

func TestItTakesTwoOfThreeOrOneOfAVip(t *testing.T) {
	for _, tc := range []struct {
		a    Alarm
		c    PriorityContext
		want float64
	}{
		{Alarm{}, PriorityContext{}, 0},
		{Alarm{Alone: 1}, PriorityContext{}, 1},
		{Alarm{Furious: 1}, PriorityContext{}, 0},
		{Alarm{Repeat: 1}, PriorityContext{}, 0},
		{Alarm{Threat: 1}, PriorityContext{}, 0},
		{Alarm{Furious: 1, Repeat: 1}, PriorityContext{}, 1},
		{Alarm{Repeat: 1, Threat: 1}, PriorityContext{}, 1},
		{Alarm{Furious: 1, Threat: 1}, PriorityContext{}, 1},
		{Alarm{Furious: 1, Repeat: 1, Threat: 1}, PriorityContext{}, 1},
		{Alarm{Furious: 1}, PriorityContext{Repeats: 1}, 1},
		{Alarm{Threat: .5}, PriorityContext{Repeats: 3}, .5},
		{Alarm{Repeat: 1}, PriorityContext{Repeats: 1}, 0},
		{Alarm{Furious: 1}, PriorityContext{ContactType: vip}, 1},
		{Alarm{Repeat: .5}, PriorityContext{ContactType: vip}, .5},
		{Alarm{}, PriorityContext{ContactType: vip, Repeats: 1}, 1},
		{Alarm{}, PriorityContext{ContactType: vip}, 0},
		{Alarm{Alone: .5, Furious: .5, Threat: 1}, PriorityContext{}, .75},
	} {
		if got := tc.a.Urgency(tc.c); math.Abs(got-tc.want) > 1e-9 {
			t.Errorf("%+v of %+v: %v, want %v", tc.a, tc.c, got, tc.want)
		}
	}
}

func TestUrgencyIsAProbabilityAndContextOnlyRaisesIt(t *testing.T) {
	chance := rapid.Float64Range(0, 1)
	rapid.Check(t, func(t *rapid.T) {
		a := Alarm{chance.Draw(t, "alone"), chance.Draw(t, "furious"), chance.Draw(t, "repeat"), chance.Draw(t, "threat")}
		before := a.Urgency(PriorityContext{})
		for _, c := range []PriorityContext{{}, {Repeats: 1}, {ContactType: vip}, {ContactType: vip, Repeats: 1}} {
			if got := a.Urgency(c); !(got >= before-1e-9 && got >= 0 && got <= 1+1e-9) {
				t.Fatalf("%+v in %+v is %v, by itself %v", a, c, got, before)
			}
		}
	})
}

// aloneOf is how urgent a text reads to the n-grams, without a classifier.
func aloneOf(text string) float64 {
	return NewUnderstander(nil, UnderstandOptions{}).Understand(context.Background(), text).Urgency
}

func TestTheModelTellsUrgentFromCalmWithoutAClassifier(t *testing.T) {
	for _, pair := range [][2]string{
		{"my daughter was hurt when the bunk bed you sold us collapsed", "what size is the bunk bed"},
		{"somebody has taken over my account and is buying things", "how do I change the name of my account"},
		{"the insulin didn't come and my mother has none left for tonight", "the curtains didn't come yet"},
		{"you have been lying to me for weeks, I wrote five times, you idiots", "thanks, that was quick"},
	} {
		if more, less := aloneOf(pair[0]), aloneOf(pair[1]); more < 2*less || more < urgentFrom {
			t.Errorf("%q has %.2f, %q %.2f", pair[0], more, pair[1], less)
		}
	}
}

func TestAVectorOfAnotherEmbedderIsNotReadForUrgency(t *testing.T) {
	unit := func(n int) []float32 { v := make([]float32, n); v[0], v[1] = 3, 4; return v }
	for name, tc := range map[string]struct {
		by     ModelID
		vector []float32
		read   bool
	}{
		"use-lite":                {ModelID{"use-lite-512", 512}, unit(512), true},
		"use-lite and words":      {ModelID{"use-lite-512+hash-512", 1024}, unit(1024), true},
		"another model":           {ModelID{"text-embedding-3-small", 1536}, unit(1536), false},
		"another length":          {ModelID{"use-lite-512", 512}, unit(511), false},
		"shorter than it says":    {ModelID{"use-lite-512", 12}, unit(12), false},
		"nothing":                 {ModelID{"use-lite-512", 512}, make([]float32, 512), false},
		"what is not a number":    {ModelID{"use-lite-512", 512}, append([]float32{float32(math.NaN())}, unit(511)...), false},
		"what is without an end":  {ModelID{"use-lite-512", 512}, append([]float32{float32(math.Inf(1))}, unit(511)...), false},
		"a vector of no embedder": {ModelID{}, nil, false},
	} {
		got := meaningOf(tc.by, tc.vector)
		if (got != nil) != tc.read {
			t.Errorf("%s: read %v, want %v", name, got != nil, tc.read)
		}
		if got != nil && (len(got) != meaningDims || math.Abs(float64(got[0])-.6) > 1e-6 || tc.vector[0] != 3) {
			t.Errorf("%s: begins with %v, want .6, and the vector as it was", name, got[0])
		}
	}
}

func FuzzAlarm(f *testing.F) {
	for _, s := range []string{"", "HELP!!!", "\xff\xfe", "Don’t, 日本。語 5512", strings.Repeat("é", 3000), strings.Repeat("9 ", 500)} {
		f.Add(s, float32(.5))
	}
	f.Fuzz(func(t *testing.T, text string, x float32) {
		ts := tokens(text)
		for _, meaning := range [][]float32{nil, meaningOf(ModelID{"use-lite-512", 512}, append(make([]float32, 511), x))} {
			a := alarm(text, ts, Prediction{}, meaning)
			for _, p := range []float64{a.Alone, a.Furious, a.Repeat, a.Threat} {
				if !(p >= 0 && p <= 1) {
					t.Fatalf("%q: %+v", text, a)
				}
			}
			if again := alarm(text, ts, Prediction{}, meaning); again != a {
				t.Fatalf("%q: %+v, then %+v", text, a, again)
			}
		}
	})
}

func TestDamagedWeightsAreRefused(t *testing.T) {
	var whole urgencyForm
	if err := gob.NewDecoder(bytes.NewReader(urgencyFile)).Decode(&whole); err != nil {
		t.Fatal(err)
	}
	for name, harm := range map[string]func(*urgencyForm){
		"fewer rarities":                func(u *urgencyForm) { u.Rarity = u.Rarity[1:] },
		"no bias":                       func(u *urgencyForm) { u.Plain.Bias = nil },
		"fewer n-grams":                 func(u *urgencyForm) { u.Fused.Grams = u.Fused.Grams[heads:] },
		"a vector where there is none":  func(u *urgencyForm) { u.Plain.Meaning = u.Fused.Meaning },
		"no vector where there is one":  func(u *urgencyForm) { u.Fused.Meaning = nil },
		"a fact for some heads":         func(u *urgencyForm) { u.Plain.Facts = map[string][]float32{"oos": {1}} },
		"scales for more heads than it": func(u *urgencyForm) { u.Plain.Scale = make([]float32, heads+1) },
	} {
		form := whole
		harm(&form)
		var file bytes.Buffer
		if err := gob.NewEncoder(&file).Encode(form); err != nil {
			t.Fatal(err)
		}
		if _, err := readUrgency(file.Bytes()); err == nil {
			t.Errorf("%s: read without an error", name)
		}
	}
	if _, err := readUrgency(urgencyFile[:len(urgencyFile)/2]); err == nil {
		t.Error("cut off: read without an error")
	}
}

func BenchmarkAlarm(b *testing.B) {
	text := "Hello, my order 40-7731 should have been here on Monday and it's for my mother's birthday. Can you tell me where it is?"
	ts := tokens(text)
	p := Prediction{Signals: readSignals(text, ts), Ranked: []Ranked{{"order_status", .9}, {"delivery_problem", .1}}}
	for b.Loop() {
		alarm(text, ts, p, nil)
	}
}

func TestOnlyAnUrgencyThatAVectorMayChangeIsInDoubt(t *testing.T) {
	for name, tc := range map[string]struct {
		p    Prediction
		c    PriorityContext
		want bool
	}{
		"surely not":            {Prediction{Alarm: Alarm{Alone: .01}}, PriorityContext{}, false},
		"hardly":                {Prediction{Alarm: Alarm{Alone: .1}}, PriorityContext{}, true},
		"likely":                {Prediction{Alarm: Alarm{Alone: .6}}, PriorityContext{}, true},
		"surely":                {Prediction{Alarm: Alarm{Alone: .95}}, PriorityContext{}, false},
		"read with its vector":  {Prediction{Alarm: Alarm{Alone: .6}, Fused: true}, PriorityContext{}, false},
		"furious":               {Prediction{Alarm: Alarm{Furious: .5}}, PriorityContext{}, false},
		"furious, and again":    {Prediction{Alarm: Alarm{Furious: .5}}, PriorityContext{Repeats: 1}, true},
		"a threat, and of whom": {Prediction{Alarm: Alarm{Threat: .5}}, PriorityContext{ContactType: vip}, true},
	} {
		if got := tc.p.UrgencyInDoubt(tc.c); got != tc.want {
			t.Errorf("%s: in doubt %v, want %v", name, got, tc.want)
		}
	}
}
