package builtin_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/starter"
)

// starterUtterances are enough of the starter pack for tests: all of it takes minutes under the race detector.
func starterUtterances() ([]intent.Utterance, error) {
	us, err := starter.Utterances()
	count := map[string]int{}
	us = slices.DeleteFunc(us, func(u intent.Utterance) bool {
		count[u.Intent]++
		return count[u.Intent] > 120
	})
	return us, err
}

// starterModel is trained once for all tests.
var starterModel = sync.OnceValues(func() (*builtin.Model, error) {
	us, err := starterUtterances()
	if err != nil {
		return nil, err
	}
	return builtin.Train(context.Background(), us, builtin.TrainOptions{Seed: 1})
})

func model(t testing.TB) *builtin.Model {
	t.Helper()
	m, err := starterModel()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// onlyToProve keeps measurements on public sets out of the everyday tests: under the race detector they take many minutes.
func onlyToProve(t testing.TB) {
	t.Helper()
	if os.Getenv("USHER_PROVE") != "1" {
		t.Skip("NOT MEASURED: `make prove` measures on the public sets, or USHER_PROVE=1")
	}
}

// readSet reads a public set that is not part of the repository, or skips.
func readSet(t testing.TB, name string) []intent.Utterance {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", name)
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("NOT MEASURED: %s is not here; put the public data set there to measure on it", path)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var us []intent.Utterance
	for _, row := range rows[1:] {
		us = append(us, intent.Utterance{Text: row[0], Intent: row[1]})
	}
	return us
}

type measured struct{ accuracy, ece, oosRecall, auroc float64 }

// measure uses the measures of evals: ECE with 15 bins over in-scope texts, OOS recall where 95 % of them are kept.
func measure(m *builtin.Model, us []intent.Utterance) measured {
	var gap [15]float64
	var inside, outside []float64
	var r measured
	for _, u := range us {
		c := m.Classify(u.Text)
		if u.Intent == intent.OutOfScope {
			outside = append(outside, c.OOS)
			continue
		}
		inside = append(inside, c.OOS)
		top := intent.Ranked{}
		if len(c.Ranked) > 0 {
			top = c.Ranked[0]
		}
		b := min(int(top.Confidence*15), 14)
		gap[b] += top.Confidence
		if top.Intent == u.Intent {
			r.accuracy++
			gap[b]--
		}
	}
	n := float64(len(inside))
	r.accuracy /= n
	for _, g := range gap {
		r.ece += math.Abs(g) / n
	}
	slices.Sort(inside)
	for _, x := range outside {
		if x > inside[len(inside)*95/100] {
			r.oosRecall++
		}
		at, _ := slices.BinarySearch(inside, x)
		r.auroc += float64(at) / n
	}
	r.oosRecall /= float64(len(outside))
	r.auroc /= float64(len(outside))
	return r
}

func TestPublicSetsAreUnderstoodAsWellAsPromised(t *testing.T) {
	onlyToProve(t)
	t.Run("BANKING77", func(t *testing.T) {
		train, test := readSet(t, "banking77/train.csv"), readSet(t, "banking77/test.csv")
		start := time.Now()
		m, err := builtin.Train(t.Context(), train, builtin.TrainOptions{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(start)
		r := measure(m, test)
		t.Logf("trained in %s; card %+v; accuracy %.4f, ECE %.4f", took, m.Card(), r.accuracy, r.ece)
		if r.accuracy < 0.905 || r.ece > 0.03 {
			t.Errorf("accuracy %.4f, want 0.905; ECE %.4f, want at most 0.03", r.accuracy, r.ece)
		}
	})
	t.Run("CLINC150", func(t *testing.T) {
		train, test := readSet(t, "clinc150/train.csv"), readSet(t, "clinc150/test.csv")
		for name, keep := range map[string]func(intent.Utterance) bool{
			"with negatives":    func(intent.Utterance) bool { return true },
			"without negatives": func(u intent.Utterance) bool { return u.Intent != intent.OutOfScope },
		} {
			var us []intent.Utterance
			for _, u := range train {
				if keep(u) {
					us = append(us, u)
				}
			}
			m, err := builtin.Train(t.Context(), us, builtin.TrainOptions{Seed: 1})
			if err != nil {
				t.Fatal(err)
			}
			r := measure(m, test)
			t.Logf("%s: card %+v; accuracy %.4f, ECE %.4f, OOS recall at 95 %% %.3f, AUROC %.4f", name, m.Card(), r.accuracy, r.ece, r.oosRecall, r.auroc)
			if r.accuracy < 0.91 || r.ece > 0.03 || r.oosRecall < 0.8 || r.auroc < 0.955 {
				t.Errorf("%s: too low: %+v", name, r)
			}
		}
	})
}

func TestTheSameSeedTrainsTheSameModel(t *testing.T) {
	us := []intent.Utterance{
		{Text: "where is my order", Intent: "order_status"}, {Text: "track my parcel", Intent: "order_status"}, {Text: "has it shipped", Intent: "order_status"},
		{Text: "i want my money back", Intent: "refund_request"}, {Text: "refund me please", Intent: "refund_request"}, {Text: "give me a refund", Intent: "refund_request"},
		{Text: "what is the weather", Intent: intent.OutOfScope},
	}
	hash := func(seed int64, us []intent.Utterance) string {
		m, err := builtin.Train(t.Context(), us, builtin.TrainOptions{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		return m.Hash()
	}
	if a, b := hash(1, us), hash(1, us); a != b {
		t.Errorf("two trainings with one seed gave %s and %s", a, b)
	}
	if a, b := hash(1, us), hash(2, us); a == b {
		t.Error("the seed changes nothing")
	}
	if a, b := hash(1, us), hash(1, us[1:]); a == b {
		t.Error("the utterances change nothing")
	}
}

func TestTrainingRefusesWhatItCannotLearnFrom(t *testing.T) {
	for name, tc := range map[string]struct {
		us   []intent.Utterance
		want string
	}{
		"nothing":      {nil, "at least two intents, not 0"},
		"one intent":   {[]intent.Utterance{{Text: "a", Intent: "x"}, {Text: "b", Intent: "x"}}, "at least two intents, not 1"},
		"only oos":     {[]intent.Utterance{{Text: "a", Intent: intent.OutOfScope}}, "at least two intents, not 0"},
		"no label":     {[]intent.Utterance{{Text: "a", Intent: "x"}, {Text: "b", Intent: ""}}, `utterance 2: label ""`},
		"a padded one": {[]intent.Utterance{{Text: "a", Intent: "x "}, {Text: "b", Intent: "y"}}, `utterance 1: label "x "`},
		"no words":     {[]intent.Utterance{{Text: "...", Intent: "x"}, {Text: " ", Intent: "y"}}, "no words"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := builtin.Train(t.Context(), tc.us, builtin.TrainOptions{}); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
	t.Run("a cancelled context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := builtin.Train(ctx, []intent.Utterance{{Text: "a", Intent: "x"}, {Text: "b", Intent: "y"}}, builtin.TrainOptions{}); err == nil || !strings.Contains(err.Error(), context.Canceled.Error()) {
			t.Errorf("got %v", err)
		}
	})
}

func TestFewExamplesAreEnoughToTrain(t *testing.T) {
	m, err := builtin.Train(t.Context(), []intent.Utterance{{Text: "refund", Intent: "a"}, {Text: "order", Intent: "b"}}, builtin.TrainOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if c := m.Classify("refund"); c.Ranked[0].Intent != "a" || math.IsNaN(c.OOS) || math.IsNaN(c.Ranked[0].Confidence) {
		t.Errorf("got %+v", c)
	}
}

func TestClassifyUnderstandsTheStarterPack(t *testing.T) {
	m := model(t)
	for text, want := range map[string]string{
		"where is my order 10234?":                               "order_status",
		"this is the third time I ask, I want my money back NOW": "refund_request",
		"i forgot my password":                                   "login_problem",
		"can i talk to a real person":                            "human_request",
		"thank you so much!":                                     "thanks",
		"how do i cancel my subscription":                        "subscription_cancel",
		"pls send me the invoice for march":                      "invoice_request",
		"WHERE IS MY ORDER 99999":                                "order_status",
		"someone hacked my account help":                         "account_security",
		"what are your opening hours saturday":                   "opening_hours",
	} {
		c := m.Classify(text)
		if c.Ranked[0].Intent != want || c.OOS > 0.5 {
			t.Errorf("%q: %+v with OOS %.2f, want %s", text, c.Ranked[0], c.OOS, want)
		}
	}
	t.Run("strange texts are out of scope", func(t *testing.T) {
		for _, text := range []string{"who won the world cup in 1998", "write me a poem about autumn leaves", "", "   ", "..."} {
			if c := m.Classify(text); c.OOS < 0.5 {
				t.Errorf("%q: OOS %.2f", text, c.OOS)
			}
		}
	})
	t.Run("the telling words are those that a person would name", func(t *testing.T) {
		words := m.Classify("hello, I would like an invoice please").Words
		if len(words) == 0 || words[0].Text != "invoice" {
			t.Errorf("got %v", words)
		}
	})
}

func TestClassificationsAreSoundForAnyText(t *testing.T) {
	m := model(t)
	for _, text := range []string{"", "\x00", "\xff\xfe", "😀", strings.Repeat("refund ", 20000), strings.Repeat("x", 65536), "ｗｈｅｒｅ ｉｓ ｍｙ ｏｒｄｅｒ", "'''", "a"} {
		c := m.Classify(text)
		sum := 0.0
		for i, r := range c.Ranked {
			sum += r.Confidence
			if i > 0 && r.Confidence > c.Ranked[i-1].Confidence {
				t.Errorf("%.20q: not in order: %v", text, c.Ranked)
			}
		}
		if len(c.Ranked) > 5 || sum > 1.000001 || !(c.OOS >= 0 && c.OOS <= 1) || len(c.Words) > 5 {
			t.Errorf("%.20q: %+v", text, c)
		}
		if again := m.Classify(text); !reflect.DeepEqual(again, c) {
			t.Errorf("%.20q: two answers: %+v and %+v", text, c, again)
		}
	}
}

func TestClassifyIsSafeForConcurrentUse(t *testing.T) {
	m := model(t)
	texts := []string{"where is my order", "refund please", "cancel my subscription right now", "hi"}
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 200 {
				text := texts[(g+i)%len(texts)]
				if c := m.Classify(text); len(c.Ranked) == 0 {
					t.Errorf("%q: %+v", text, c)
				}
			}
		})
	}
	wg.Wait()
}

func TestAModelSurvivesItsArtefact(t *testing.T) {
	m := model(t)
	artefact, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("artefact of %d bytes, card %+v", len(artefact), m.Card())
	loaded, err := builtin.Load(artefact)
	if err != nil {
		t.Fatal(err)
	}
	again, err := loaded.MarshalBinary()
	if err != nil || !bytes.Equal(again, artefact) {
		t.Errorf("written again it differs (%v)", err)
	}
	if loaded.Hash() != m.Hash() || !reflect.DeepEqual(loaded.Card(), m.Card()) || !slices.Equal(loaded.Languages(), []string{"en"}) {
		t.Errorf("hash %s, card %+v", loaded.Hash(), loaded.Card())
	}
	for _, text := range []string{"where is my order 10234", "gibberish qwzx", "THIRD time I ask!!"} {
		if a, b := m.Classify(text), loaded.Classify(text); !reflect.DeepEqual(a, b) {
			t.Errorf("%q: %+v and %+v", text, a, b)
		}
	}
}
