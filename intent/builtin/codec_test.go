package builtin

import (
	"crypto/sha256"
	"slices"
	"strings"
	"testing"

	"usher/intent"
)

func smallArtefact(t testing.TB) []byte {
	t.Helper()
	m, err := Train(t.Context(), []intent.Utterance{
		{Text: "where is it", Intent: "status"}, {Text: "track it", Intent: "status"},
		{Text: "money back", Intent: "refund"}, {Text: "refund me", Intent: "refund"},
	}, TrainOptions{Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	b, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sealed makes the checksum of a changed artefact right again.
func sealed(b []byte) []byte {
	body := b[:len(b)-sha256.Size]
	sum := sha256.Sum256(body)
	return append(slices.Clone(body), sum[:]...)
}

func TestADamagedArtefactIsAnError(t *testing.T) {
	whole := smallArtefact(t)
	if _, err := Load(whole); err != nil {
		t.Fatal(err)
	}
	for n := range len(whole) {
		if _, err := Load(whole[:n]); err == nil {
			t.Fatalf("the first %d bytes of %d load", n, len(whole))
		}
		changed := slices.Clone(whole)
		changed[n] ^= 0x10
		if _, err := Load(changed); err == nil {
			t.Fatalf("a changed byte %d goes unnoticed", n)
		}
	}
}

func TestAnArtefactThatMakesNoSenseIsNamed(t *testing.T) {
	whole := smallArtefact(t)
	for name, tc := range map[string]struct {
		change func(b []byte) []byte
		want   string
	}{
		"another file":       {func(b []byte) []byte { copy(b, "usher/xx"); return b }, "this is not a model"},
		"another version":    {func(b []byte) []byte { b[len(magic)] = 9; return b }, "the format has version 9"},
		"a huge header":      {func(b []byte) []byte { copy(b[len(magic)+4:], "\xff\xff\xff\x7f"); return b }, "too large"},
		"an unknown field":   {func(b []byte) []byte { return replace(b, `"temperature"`, `"temperaturf"`) }, "unknown field"},
		"intents disordered": {func(b []byte) []byte { return replace(b, `["refund","status"]`, `["status","refund"]`) }, "not in order"},
		"intents repeated":   {func(b []byte) []byte { return replace(b, `["refund","status"]`, `["status","status"]`) }, "not in order"},
		"a missing weight":   {func(b []byte) []byte { return slices.Delete(b, len(b)-40, len(b)-39) }, "do not fit"},
		"a weight too many":  {func(b []byte) []byte { return slices.Insert(b, len(b)-40, 7) }, "do not fit"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Load(sealed(tc.change(slices.Clone(whole)))); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func replace(b []byte, what, by string) []byte {
	return []byte(strings.Replace(string(b), what, by, 1))
}

func FuzzLoad(f *testing.F) {
	whole := smallArtefact(f)
	f.Add(whole[:len(whole)-sha256.Size])
	withVectors, err := denseModel(f).MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(withVectors[:len(withVectors)-sha256.Size])
	f.Add([]byte(magic))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := Load(sealed(append(body, make([]byte, sha256.Size)...)))
		if err != nil {
			return
		}
		if c := m.Classify("where is my money"); len(c.Ranked) == 0 || len(c.Ranked) > maxRanked {
			t.Errorf("a model that loads gives %+v", c)
		}
		if id, ok := m.Embedder(); ok {
			if c := m.ClassifyVector("where is my money", make([]float32, id.Dims)); len(c.Ranked) == 0 || len(c.Ranked) > maxRanked {
				t.Errorf("with a vector a model that loads gives %+v", c)
			}
		}
	})
}
