package builtin

import (
	"bytes"
	"reflect"
	"slices"
	"strings"
	"testing"

	"usher/intent"
)

func TestAHeadMakesTheModelThatItWasTakenFrom(t *testing.T) {
	us, m := someUtterances(), denseModel(t)
	head, err := m.MarshalHead(us)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Train(t.Context(), us, TrainOptions{Seed: 1, Head: head})
	if err != nil {
		t.Fatal(err)
	}
	if again.Hash() != m.Hash() || !reflect.DeepEqual(again.DenseCard(), m.DenseCard()) {
		t.Errorf("%s became %s", m.Hash(), again.Hash())
	}
}

func TestAHeadThatDoesNotFitIsRefused(t *testing.T) {
	us, m := someUtterances(), denseModel(t)
	head, err := m.MarshalHead(us)
	if err != nil {
		t.Fatal(err)
	}
	other := slices.Clone(us)
	other[3].Text += " please"
	swapped := slices.Clone(us)
	swapped[0], swapped[1] = swapped[1], swapped[0]
	damaged := bytes.Clone(head)
	damaged[len(damaged)/2]++
	for name, tc := range map[string]struct {
		head []byte
		us   []intent.Utterance
		want string
	}{
		"another text":          {head, other, "other utterances"},
		"another order":         {head, swapped, "other utterances"},
		"one utterance less":    {head, us[1:], "other utterances"},
		"a changed byte":        {damaged, us, "damaged"},
		"a lost end":            {head[:len(head)-1], us, "cut off"},
		"nothing":               {[]byte{}, us, "cut off"},
		"an artefact as a head": {artefact(t, m), us, "this is none"},
	} {
		if _, err := Train(t.Context(), tc.us, TrainOptions{Seed: 1, Head: tc.head}); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: %v, want %q", name, err, tc.want)
		}
	}
	if _, err := smallModel(t).MarshalHead(us); err == nil {
		t.Error("a model without vectors has a head")
	}
}

func artefact(t *testing.T, m *Model) []byte {
	t.Helper()
	b, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}
