package builtin

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"usher/intent"
)

func TestWhatALabelSaysInWords(t *testing.T) {
	for label, want := range map[string]string{
		"card_arrival": "card arrival", "cardArrival": "card arrival", "AddToPlaylist": "Add to playlist", "order.status": "order status",
		"Refund_not_showing_up": "Refund not showing up", "top_up_by_ATM-fee": "top up by ATM fee", "it's_late": "it's late", "größe2": "größe2",
		"12": "", "--": "", "": "", intent.OutOfScope: "",
	} {
		if got := LabelWords(label); got != want {
			t.Errorf("%q says %q, want %q", label, got, want)
		}
	}
}

// sayings embeds by meaning, and notes what it was asked.
type sayings struct {
	asked [][]string
	err   error
}

func (s *sayings) Model() intent.ModelID { return meaningsID }

func (s *sayings) Embed(_ context.Context, texts []string) ([][]float32, error) {
	s.asked = append(s.asked, texts)
	vectors := make([][]float32, len(texts))
	for i, text := range texts {
		vectors[i] = meaning(text)
	}
	return vectors, s.err
}

func TestLabelsWithWordsAreEmbeddedOnceEach(t *testing.T) {
	us := []intent.Utterance{{Intent: "b_b"}, {Intent: "aA"}, {Intent: "b_b"}, {Intent: "7"}, {Intent: intent.OutOfScope}}
	e := &sayings{}
	vectors, err := EmbedLabels(t.Context(), e, us)
	if err != nil || len(e.asked) != 1 || !slices.Equal(e.asked[0], []string{"a a", "b b"}) {
		t.Fatalf("asked %q (%v)", e.asked, err)
	}
	if got := slices.Sorted(maps.Keys(vectors)); !slices.Equal(got, []string{"aA", "b_b"}) {
		t.Errorf("vectors of %q", got)
	}
	if vectors, err := EmbedLabels(t.Context(), e, us[3:]); err != nil || len(vectors) != 0 || len(e.asked) != 1 {
		t.Errorf("labels without words: %d vectors, asked %q (%v)", len(vectors), e.asked, err)
	}
	if _, err := EmbedLabels(t.Context(), &sayings{err: errors.New("no network")}, us); err == nil || !strings.Contains(err.Error(), "embed 2 labels") {
		t.Errorf("an embedder that fails gives %v", err)
	}
}

// fewUtterances say nothing of what the labels call things, so that these alone can teach it.
func fewUtterances(labels ...string) []intent.Utterance {
	var us []intent.Utterance
	for i, texts := range [][]string{
		{"card where is it", "it should be here by now with the card", "still waiting for my card", "card when will it come"},
		{"card it was not me", "somebody else paid with my card", "i did not buy this by card", "strange card activity"},
		{"card change the number", "my card number please change it", "choose another number for a card", "a new number for my card"},
	} {
		for _, text := range texts {
			us = append(us, intent.Utterance{Text: text, Intent: labels[i]})
		}
	}
	return us
}

func trained(t testing.TB, us []intent.Utterance, o TrainOptions) *Model {
	t.Helper()
	m, err := Train(t.Context(), us, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWordsOfLabelsTeachWhatFewUtterancesDoNot(t *testing.T) {
	us := fewUtterances("card_is_here", "not_me_somebody_else", "change_number")
	m := trained(t, us, TrainOptions{Seed: 1})
	if !m.Card().LabelWords {
		t.Errorf("the words of labels were not chosen: %+v", m.Card())
	}
	plain := trained(t, fewUtterances("1", "2", "3"), TrainOptions{Seed: 1})
	if plain.Card().LabelWords {
		t.Errorf("labels without words were learnt from: %+v", plain.Card())
	}
	of := func(m *Model, text, label string) float64 {
		for _, r := range m.Classify(text).Ranked {
			if r.Intent == label {
				return r.Confidence
			}
		}
		return 0
	}
	if with, without := of(m, "somebody else", "not_me_somebody_else"), of(plain, "somebody else", "2"); with <= without {
		t.Errorf("a label's words give its intent %v, and %v without them", with, without)
	}
}

func TestVectorsOfLabelsAreLearntFromWhereTheyAreGiven(t *testing.T) {
	us := someUtterances()
	e := &sayings{}
	labels, err := EmbedLabels(t.Context(), e, us)
	if err != nil {
		t.Fatal(err)
	}
	o := TrainOptions{Seed: 1, Vectors: embedded(us), Embedder: meaningsID}
	if trained(t, us, o).DenseCard().LabelWords {
		t.Error("labels without vectors were learnt from")
	}
	o.LabelVectors = labels
	if !trained(t, us, o).DenseCard().LabelWords {
		t.Error("the vectors of labels that say what is asked were not chosen")
	}
	for name, v := range map[string][]float32{"short": {1}, "none": nil, "infinite": slices.Repeat([]float32{float32(math.Inf(1))}, 32)} {
		o.LabelVectors = map[string][]float32{"refund": v}
		if _, err := Train(t.Context(), us, o); err == nil || !strings.Contains(err.Error(), `label "refund"`) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}
