package builtin_test

import (
	"math/rand/v2"
	"testing"

	"usher/intent"
	"usher/intent/builtin"
)

// embedded are utterances with their vectors.
type embedded struct {
	us      []intent.Utterance
	vectors [][]float32
}

func embedSet(t *testing.T, e intent.Embedder, name string) embedded {
	t.Helper()
	us := readSet(t, name)
	texts := make([]string, len(us))
	for i, u := range us {
		texts[i] = u.Text
	}
	vectors, err := e.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	return embedded{us, vectors}
}

// split takes every nth utterance out.
func (s embedded) split(n int) (taken, rest embedded) {
	for i := range s.us {
		to := &rest
		if i%n == 0 {
			to = &taken
		}
		to.us, to.vectors = append(to.us, s.us[i]), append(to.vectors, s.vectors[i])
	}
	return taken, rest
}

func bothEmbedders(t *testing.T) (words, meaning intent.Embedder) {
	t.Helper()
	m, err := builtin.NewMeaningEmbedder()
	if err != nil {
		t.Fatal(err)
	}
	return builtin.NewEmbedder(), m
}

// TestNearestNeighboursShareTheirIntent measures how often those among the nearest five that history would show are about the
// same. How n-grams are weighed was chosen on training texts alone: the test split is only measured.
func TestNearestNeighboursShareTheirIntent(t *testing.T) {
	onlyToProve(t)
	words, meaning := bothEmbedders(t)
	for _, tc := range []struct {
		e                      intent.Embedder
		hit, recall, precision float64 // at least
	}{
		{words, 0.75, 0.88, 0.70},
		{meaning, 0.83, 0.95, 0.79},
	} {
		train, test := embedSet(t, tc.e, "banking77/train.csv"), embedSet(t, tc.e, "banking77/test.csv")
		fortieth, others := train.split(40)
		for _, m := range []struct {
			name           string
			queries, among embedded
		}{{"every fortieth training text among the others", fortieth, others}, {"test among training texts", test, train}} {
			hit, recall, precision := neighbours(m.queries, m.among)
			t.Logf("%s, %s: hit@1 %.3f, recall@5 %.3f, precision@5 %.3f", tc.e.Model().Name, m.name, hit, recall, precision)
			if hit < tc.hit || recall < tc.recall || precision < tc.precision {
				t.Errorf("%s, %s: want at least %.3f, %.3f and %.3f", tc.e.Model().Name, m.name, tc.hit, tc.recall, tc.precision)
			}
		}
	}
}

// neighbours measures by the nearest five: recall is how often one has the intent, precision how many have.
func neighbours(queries, among embedded) (hit, recall, precision float64) {
	type neighbour struct {
		cosine float64
		same   bool
	}
	for q, v := range queries.vectors {
		var nearest [5]neighbour
		for i, w := range among.vectors {
			n := neighbour{cosine(v, w), among.us[i].Intent == queries.us[q].Intent}
			for at := range nearest {
				if n.cosine > nearest[at].cosine {
					n, nearest[at] = nearest[at], n
				}
			}
		}
		same := 0.0
		for _, n := range nearest {
			if n.same {
				same++
			}
		}
		precision += same / float64(len(nearest))
		recall += min(same, 1)
		if nearest[0].same {
			hit++
		}
	}
	n := float64(len(queries.us))
	return hit / n, recall / n, precision / n
}

// TestHowAlikeTextsOfOneIntentAre is what history's limit for "the same matter" was chosen by: how many pairs of training
// texts with the same intent and with different ones are as near as that, or nearer.
func TestHowAlikeTextsOfOneIntentAre(t *testing.T) {
	onlyToProve(t)
	words, meaning := bothEmbedders(t)
	for _, e := range []intent.Embedder{words, meaning} {
		for _, set := range []string{"banking77/train.csv", "clinc150/train.csv"} {
			same, different := pairs(embedSet(t, e, set), 200_000)
			for least := 0.50; least < 0.80; least += 0.05 {
				s, d := shareFrom(same, least), shareFrom(different, least)
				t.Logf("%s, %s, cosine %.2f and more: %.1f %% of pairs with the same intent, %.3f %% of those with different ones", e.Model().Name, set, least, 100*s, 100*d)
				if s < 20*d {
					t.Errorf("%s, %s: at %.2f texts of one intent are hardly nearer together than others", e.Model().Name, set, least)
				}
			}
		}
	}
}

// pairs are the cosines of so many random pairs of different texts with the same intent, and with different ones.
func pairs(s embedded, most int) (same, different []float64) {
	r := rand.New(rand.NewPCG(1, 1))
	byIntent := map[string][]int{}
	for i, u := range s.us {
		byIntent[u.Intent] = append(byIntent[u.Intent], i)
	}
	for range most {
		i := r.IntN(len(s.us))
		kin := byIntent[s.us[i].Intent]
		if j := kin[r.IntN(len(kin))]; s.us[i].Text != s.us[j].Text {
			same = append(same, cosine(s.vectors[i], s.vectors[j]))
		}
		if j := r.IntN(len(s.us)); s.us[i].Intent != s.us[j].Intent {
			different = append(different, cosine(s.vectors[i], s.vectors[j]))
		}
	}
	return same, different
}

func shareFrom(cosines []float64, least float64) float64 {
	n := 0
	for _, c := range cosines {
		if c >= least {
			n++
		}
	}
	return float64(n) / float64(len(cosines))
}
