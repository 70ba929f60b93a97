package uselite

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/intent"
)

// message has 12 pieces.
const message = "My parcel still has not arrived, where is it?"

func TestVectorsHaveLengthOneForAnyText(t *testing.T) {
	e, err := New()
	if err != nil {
		t.Fatal(err)
	}
	if e.Model() != (intent.ModelID{Name: "use-lite-512", Dims: 512}) {
		t.Errorf("model %+v", e.Model())
	}
	texts := []string{
		"", " ", "\x00", "\xff\xfe", "\u200b\u200d\ufeff", "😀", strings.Repeat("a\u0301", 5000), strings.Repeat("\u0301", 50000),
		strings.Repeat("ﷺ", 50000), strings.Repeat("aGVsbG8g", 6000), strings.Repeat("refund ", 7000), strings.Repeat("> ", 25000), "where is my order",
	}
	start := time.Now()
	vectors, err := e.Embed(t.Context(), texts)
	if err != nil || len(vectors) != len(texts) {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("took %s", took)
	}
	for i, v := range vectors {
		if len(v) != dims || math.Abs(cosine(v, v)-1) > 1e-5 {
			t.Errorf("%.20q: %d numbers with length² %v", texts[i], len(v), cosine(v, v))
		}
		alone, err := e.Embed(t.Context(), texts[i:i+1])
		if err != nil || apart(alone[0], v) > 1e-6 {
			t.Errorf("%.20q: the vector depends on its neighbours (%v)", texts[i], err)
		}
	}
	if none, err := e.Embed(t.Context(), nil); err != nil || len(none) != 0 {
		t.Errorf("no texts gave %v, %v", none, err)
	}
}

func TestLikeMeaningIsNearWithoutACommonWord(t *testing.T) {
	v, err := embedder(t, fastest).Embed(t.Context(), []string{
		"my parcel never turned up", "the package was not delivered", "how can i reset my password",
	})
	if err != nil {
		t.Fatal(err)
	}
	if near, far := cosine(v[0], v[1]), cosine(v[0], v[2]); near < far+0.2 {
		t.Errorf("%.2f to the same question, %.2f to another", near, far)
	}
}

func TestManyCallersGetTheSameVectorsAtOnce(t *testing.T) {
	e, refs := embedder(t, fastest), references(t)[:8]
	want := embedAll(t, e, refs)
	var callers sync.WaitGroup
	for range 4 {
		callers.Go(func() {
			for i, v := range embedAll(t, e, refs) {
				if apart(v, want[i]) > 1e-6 {
					t.Errorf("%.20q came out differently", refs[i].text)
				}
			}
		})
	}
	callers.Wait()
}

func TestEmbedEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if v, err := embedder(t, fastest).Embed(ctx, []string{"a"}); !errors.Is(err, context.Canceled) || v != nil {
		t.Errorf("got %v, %v", v, err)
	}
}

func TestMemoryIsAskedForByTheTextAndNotByTheToken(t *testing.T) {
	e := embedder(t, fastest)
	times := func(text string) float64 {
		return testing.AllocsPerRun(20, func() {
			if _, err := e.Embed(t.Context(), []string{text}); err != nil {
				t.Error(err)
			}
		})
	}
	if short, long := times(message), times(strings.Repeat(message, 20)); long > short+10 { // under the race detector some rooms are thrown away
		t.Errorf("asked %v times for 12 tokens and %v times for 128", short, long)
	}
}

func TestDamagedFilesAreRefused(t *testing.T) {
	for name, file := range map[string]string{"cut": weightsFile[:len(weightsFile)-1], "longer": weightsFile + "x", "empty": ""} {
		if _, err := readNetwork(file, portable); err == nil {
			t.Errorf("%s weights were read", name)
		}
	}
	for name, file := range map[string]string{"empty": "", "no score": "piece\n", "no piece": "1 \n", "short": "0 a\n0 b\n"} {
		if _, err := newTokenizer(file); err == nil {
			t.Errorf("%s: the vocabulary was read", name)
		}
	}
}

// FuzzTokenizer: any text becomes at most 128 pieces of the vocabulary, which spell a start of the text where none is
// unknown, and becomes the same again.
func FuzzTokenizer(f *testing.F) {
	for _, r := range references(f) {
		f.Add(r.text)
	}
	f.Add("\xff\xc0")
	tokens, p := embedder(f, fastest).tokenizer, new(path)
	names := strings.Split(vocabularyFile, "\n")
	f.Fuzz(func(t *testing.T, text string) {
		ids := slices.Clone(tokens.encode(text, p))
		if len(ids) > maxTokens || len(ids) == 0 != (text == "") {
			t.Fatalf("%d pieces for %d bytes", len(ids), len(text))
		}
		var spelt strings.Builder
		for i, id := range ids {
			if id != unknown && id < reserved || int(id) >= len(tokens.scores) {
				t.Fatalf("piece %d", id)
			}
			if id == unknown && i > 0 && ids[i-1] == unknown {
				t.Fatal("two unknown pieces in a row")
			}
			_, name, _ := strings.Cut(names[id], " ")
			spelt.WriteString(name)
		}
		if !slices.Contains(ids, unknown) && !strings.HasPrefix(string(p.chars), spelt.String()) {
			t.Fatalf("%q does not start with %q", string(p.chars), spelt.String())
		}
		if again := tokens.encode(text, p); !slices.Equal(again, ids) {
			t.Fatalf("%v, then %v", ids, again)
		}
	})
}

// BenchmarkMessage embeds one message of 12 pieces on one core (-cpu 1) and reports the quickest time, the median and the 95th percentile.
func BenchmarkMessage(b *testing.B) {
	e := embedder(b, fastest)
	if n := len(e.tokenizer.encode(message, new(path))); n != 12 {
		b.Fatalf("%d pieces", n)
	}
	forEveryWay(b, func(b *testing.B, e *Embedder) {
		var took []time.Duration
		for b.Loop() {
			start := time.Now()
			if _, err := e.Embed(b.Context(), []string{message}); err != nil {
				b.Fatal(err)
			}
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		b.ReportMetric(float64(took[0].Microseconds())/1000, "least-ms")
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
		b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	})
}

// BenchmarkBatch embeds 100 messages of 12 pieces in one call.
func BenchmarkBatch(b *testing.B) {
	texts := slices.Repeat([]string{message}, 100)
	forEveryWay(b, func(b *testing.B, e *Embedder) {
		for b.Loop() {
			if _, err := e.Embed(b.Context(), texts); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(texts)*b.N)/b.Elapsed().Seconds(), "messages/s")
	})
}

func forEveryWay(b *testing.B, run func(b *testing.B, e *Embedder)) {
	ways := everyWay()
	for _, name := range slices.Sorted(maps.Keys(ways)) {
		b.Run(name, func(b *testing.B) { run(b, embedder(b, ways[name])) })
	}
	b.Run("portable", func(b *testing.B) { run(b, embedder(b, portable)) })
}
