package builtin

import (
	"bytes"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"usher/intent"
)

// meanings is a small embedder that knows which words mean the same: 32 numbers, all texts in one corner, as with some real
// embedders.
var meanings = map[string]int{"parcel": 0, "package": 0, "box": 0, "delivery": 0, "money": 1, "cash": 1, "refund": 1, "funds": 1, "password": 2, "login": 2, "account": 2, "pin": 2}

var meaningsID = intent.ModelID{Name: "meanings", Dims: 32}

// newWords are texts whose telling words no utterance has, and what they ask for.
var newWords = map[string]string{"the box did not arrive": "order", "i want my funds": "refund", "the pin fails": "login"}

func embedded(us []intent.Utterance) [][]float32 {
	vectors := make([][]float32, len(us))
	for i, u := range us {
		vectors[i] = meaning(u.Text)
	}
	return vectors
}

func meaning(text string) []float32 {
	v := make([]float32, 32)
	v[31] = 3
	for w := range strings.FieldsSeq(text) {
		if at, ok := meanings[w]; ok {
			v[at]++
		} else {
			v[3+len(w)%8] += 0.1
		}
	}
	length := float32(math.Sqrt(dot(v, v)))
	for d := range v {
		v[d] /= length
	}
	return v
}

func someUtterances() []intent.Utterance {
	var us []intent.Utterance
	for _, of := range [][]string{
		{"order", "where is my parcel", "my package is late", "track the package", "no parcel came today", "is my parcel lost", "package not here"},
		{"refund", "give me my money", "i want cash back", "send the money back", "return my cash now", "money back please", "where is my cash"},
		{"login", "my password is wrong", "login fails", "i forgot my password", "the login is broken", "reset my password", "cannot login"},
	} {
		for _, text := range of[1:] {
			us = append(us, intent.Utterance{Text: text, Intent: of[0]})
		}
	}
	return us
}

func denseModel(t testing.TB) *Model {
	t.Helper()
	us := someUtterances()
	m, err := Train(t.Context(), us, TrainOptions{Seed: 1, Vectors: embedded(us), Embedder: meaningsID})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestVectorsBringWordsThatTrainingNeverSaw(t *testing.T) {
	m := denseModel(t)
	for text, want := range newWords {
		with, without := m.ClassifyVector(text, meaning(text)), m.Classify(text)
		if with.Ranked[0].Intent != want {
			t.Errorf("%q: %+v, want %s", text, with.Ranked[0], want)
		}
		if reflect.DeepEqual(with.Ranked, without.Ranked) {
			t.Errorf("%q: the vector changes nothing: %+v", text, with.Ranked)
		}
	}
}

func TestTheTextAloneIsClassifiedAsWithoutVectors(t *testing.T) {
	m, us := denseModel(t), someUtterances()
	plain, err := Train(t.Context(), us, TrainOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"where is my parcel", "refund", "xyz", ""} {
		want := plain.Classify(text)
		if got := m.Classify(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, and %+v of a model without vectors", text, got, want)
		}
		if got := m.ClassifyVector(text, make([]float32, 31)); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: a vector of 31 numbers gives %+v, none %+v", text, got, want)
		}
		if got := plain.ClassifyVector(text, meaning(text)); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: a model without vectors gives %+v for one, without %+v", text, got, want)
		}
	}
	if _, ok := plain.Embedder(); ok {
		t.Error("a model without vectors names an embedder")
	}
}

func TestOfOurOwnVectorsTheHalfThatMeansIsRead(t *testing.T) {
	us := someUtterances()
	e, err := NewMeaningEmbedder()
	if err != nil {
		t.Fatal(err)
	}
	texts := make([]string, len(us))
	for i, u := range us {
		texts[i] = u.Text
	}
	vectors, err := e.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	m := trained(t, us, TrainOptions{Seed: 1, Vectors: vectors, Embedder: e.Model()})
	if id, ok := m.Embedder(); !ok || id != e.Model() || len(vectors[0]) != id.Dims {
		t.Errorf("it takes vectors of %+v, and the caller's are %d long now", id, len(vectors[0]))
	}
	whole := vectors[0]
	words, meaning := slices.Clone(whole), slices.Clone(whole)
	clear(words[len(words)-embedderDims:])
	clear(meaning[:len(meaning)-embedderDims])
	want := m.ClassifyVector(us[0].Text, whole)
	if got := m.ClassifyVector(us[0].Text, words); !reflect.DeepEqual(got, want) {
		t.Errorf("without hashed words %+v, with them %+v", got, want)
	}
	if got := m.ClassifyVector(us[0].Text, meaning); reflect.DeepEqual(got, want) {
		t.Errorf("what the text means changes nothing: %+v", got)
	}
}

func TestAModelWithVectorsSurvivesItsArtefact(t *testing.T) {
	m := denseModel(t)
	artefact, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(artefact)
	if err != nil {
		t.Fatal(err)
	}
	again, err := loaded.MarshalBinary()
	if err != nil || !bytes.Equal(again, artefact) || loaded.Hash() != m.Hash() {
		t.Errorf("written again it differs (%v)", err)
	}
	if id, ok := loaded.Embedder(); !ok || id != meaningsID || loaded.DenseCard() != m.DenseCard() || m.DenseCard().Share == 0 {
		t.Errorf("embedder %+v, card %+v", id, loaded.DenseCard())
	}
	for _, text := range []string{"the box did not arrive", "cash"} {
		if a, b := m.ClassifyVector(text, meaning(text)), loaded.ClassifyVector(text, meaning(text)); !reflect.DeepEqual(a, b) {
			t.Errorf("%q: %+v and %+v", text, a, b)
		}
	}
	for name, tc := range map[string]struct{ old, by, want string }{
		"fewer dimensions": {`"dims":32`, `"dims":16`, "do not fit"},
		"more read":        {`"read":32`, `"read":33`, "do not fit"},
		"nothing read":     {`"read":32`, `"read": 0`, "do not fit"},
		"no dimensions":    {`"dims":32`, `"dims":00`, "read header"},
		"no embedder":      {`"embedder":"meanings","dims":32`, `"embedder":"","dims":32        `, "makes no sense"},
	} {
		if _, err := Load(sealed(replace(bytes.Clone(artefact), tc.old, tc.by))); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
	}
}

func TestTrainingRefusesVectorsThatDoNotFit(t *testing.T) {
	us := someUtterances()
	id := meaningsID
	for name, tc := range map[string]struct {
		change func(vectors [][]float32) [][]float32
		id     intent.ModelID
		want   string
	}{
		"one too few":   {func(vs [][]float32) [][]float32 { return vs[1:] }, id, "17 vectors for 18 utterances"},
		"one too short": {func(vs [][]float32) [][]float32 { vs[4] = vs[4][1:]; return vs }, id, "vector 5"},
		"not a number":  {func(vs [][]float32) [][]float32 { vs[2][0] = float32(math.NaN()); return vs }, id, "vector 3"},
		"infinite":      {func(vs [][]float32) [][]float32 { vs[2][0] = float32(math.Inf(1)); return vs }, id, "vector 3"},
		"no name":       {func(vs [][]float32) [][]float32 { return vs }, intent.ModelID{Dims: 32}, `embedder ""`},
		"too long":      {func(vs [][]float32) [][]float32 { return vs }, intent.ModelID{Name: "x", Dims: 5000}, "of 5000 dimensions"},
	} {
		if _, err := Train(t.Context(), us, TrainOptions{Vectors: tc.change(embedded(us)), Embedder: tc.id}); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
	}
}

func TestVectorsOfSomeUtterancesTeachToo(t *testing.T) {
	us := someUtterances()
	for range minNegatives {
		us = append(us, intent.Utterance{Text: "sing a song of sixpence", Intent: intent.OutOfScope})
	}
	vectors := embedded(us)
	for i := range vectors {
		if i%3 == 0 || us[i].Intent == intent.OutOfScope {
			vectors[i] = nil
		}
	}
	o := TrainOptions{Seed: 1, Vectors: vectors, Embedder: meaningsID}
	m, err := Train(t.Context(), us, o)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range newWords {
		if got := m.ClassifyVector(text, meaning(text)); got.Ranked[0].Intent != want {
			t.Errorf("%q: %+v, want %s", text, got.Ranked[0], want)
		}
	}
	artefact, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if read, err := Load(artefact); err != nil || read.Hash() != m.Hash() {
		t.Errorf("it is read back with %v", err)
	}
	for name, some := range map[string][][]float32{"none": make([][]float32, len(us)), "one": append(vectors[1:2:2], make([][]float32, len(us)-1)...)} {
		o.Vectors = some
		if _, err := Train(t.Context(), us, o); err == nil || !strings.Contains(err.Error(), "vector") {
			t.Errorf("with a vector for %s: %v", name, err)
		}
	}
}
