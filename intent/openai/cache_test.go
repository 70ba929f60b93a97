package openai_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/intent"
	"usher/intent/openai"
)

// shelf is a store in memory. While it is broken it fails.
type shelf struct {
	mu      sync.Mutex
	vectors map[string][]float32
	broken  bool
	kept    chan struct{} // signalled after each Keep
}

func newShelf() *shelf {
	return &shelf{vectors: map[string][]float32{}, kept: make(chan struct{}, 100)}
}

func place(m intent.ModelID, key []byte) string { return fmt.Sprint(m, hex.EncodeToString(key)) }

func (s *shelf) Load(_ context.Context, m intent.ModelID, keys [][]byte) ([][]float32, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return nil, errors.New("the disk is on fire")
	}
	out := make([][]float32, len(keys))
	for i, k := range keys {
		out[i] = slices.Clone(s.vectors[place(m, k)])
	}
	return out, nil
}

func (s *shelf) Keep(_ context.Context, m intent.ModelID, keys [][]byte, vectors [][]float32) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { s.kept <- struct{}{} }()
	if s.broken {
		return errors.New("the disk is on fire")
	}
	for i, k := range keys {
		s.vectors[place(m, k)] = slices.Clone(vectors[i])
	}
	return nil
}

func embed(t *testing.T, e *openai.Embedder, texts ...string) [][]float32 {
	t.Helper()
	vectors, err := e.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	return vectors
}

func TestATextIsPaidForOnce(t *testing.T) {
	s := newServer(t, nil)
	var mu sync.Mutex
	found, tokens := map[string]int{}, 0
	e := s.embedder(t, func(c *openai.Config) {
		c.Found = func(where string, n int) { mu.Lock(); found[where] += n; mu.Unlock() }
		c.Spent = func(sp openai.Spend) { mu.Lock(); tokens += sp.In; mu.Unlock() }
	})
	first := embed(t, e, "refund", "where", "refund")
	if in := s.seen()[0].Input; len(in) != 2 {
		t.Errorf("the same text twice is sent twice: %q", in)
	}
	checkVector(t, "refund", first[2])
	first[0][0] = 42 // what a caller has is the caller's
	again := embed(t, e, "where", "refund")
	checkVector(t, "where", again[0])
	checkVector(t, "refund", again[1])
	if n := len(s.seen()); n != 1 {
		t.Errorf("%d requests", n)
	}
	t.Run("whoever is redacted from it", func(t *testing.T) {
		embed(t, e, "I am ada@example.com")
		before := len(s.seen())
		embed(t, e, "I am bob@example.org")
		if n := len(s.seen()); n != before {
			t.Error("texts that differ in an address alone are sent twice")
		}
	})
	mu.Lock()
	defer mu.Unlock()
	if found[openai.FoundInMemory] != 3 || found[openai.FoundNowhere] != 4 || tokens < 3 || tokens > 30 {
		t.Errorf("found %v, paid for %d tokens", found, tokens)
	}
}

func TestTheMemoryIsBounded(t *testing.T) {
	s := newServer(t, nil)
	e := s.embedder(t, func(c *openai.Config) { c.CacheBytes = 700 }) // three vectors of 8 numbers
	for _, text := range []string{"a", "b", "c", "d"} {
		embed(t, e, text)
	}
	before := len(s.seen())
	embed(t, e, "a")
	if n := len(s.seen()); n != before+1 {
		t.Errorf("%d more requests for a text that cannot be remembered", n-before)
	}
	off := s.embedder(t, func(c *openai.Config) { c.CacheBytes = -1 })
	embed(t, off, "a")
	before = len(s.seen())
	embed(t, off, "a")
	if n := len(s.seen()); n != before+1 {
		t.Error("a cache that is off remembers")
	}
}

func TestVectorsOutliveTheProcessButNotTheirModel(t *testing.T) {
	s, store := newServer(t, nil), newShelf()
	with := func(model string) *openai.Embedder {
		return s.embedder(t, func(c *openai.Config) { c.Store, c.Model = store, model })
	}
	embed(t, with("m"), "refund")
	<-store.kept
	before := len(s.seen())
	checkVector(t, "refund", embed(t, with("m"), "refund")[0])
	if n := len(s.seen()); n != before {
		t.Error("a text whose vector is stored is sent again")
	}
	embed(t, with("other"), "refund")
	<-store.kept
	if n := len(s.seen()); n != before+1 {
		t.Error("another model is given this one's vector")
	}
	store.mu.Lock()
	for k := range store.vectors {
		if strings.Contains(k, "refund") {
			t.Errorf("the store was shown a text: %s", k)
		}
		store.vectors[k] = []float32{1, 2} // of another length, by whatever mishap
	}
	store.mu.Unlock()
	checkVector(t, "refund", embed(t, with("m"), "refund")[0])
	<-store.kept
}

func TestAFailingStoreFailsNobodyAndLogsNoSecret(t *testing.T) {
	var log bytes.Buffer
	s, store := newServer(t, func(n int, w http.ResponseWriter, _ *http.Request, in request) bool {
		if n == 1 {
			return false
		}
		http.Error(w, `{"error":{"message":"cannot read `+in.Input[0]+` with k1-secret"}}`, http.StatusInternalServerError)
		return true
	}), newShelf()
	store.broken = true
	e := s.embedder(t, func(c *openai.Config) {
		c.Store, c.Key, c.Tries, c.Log = store, "k1-secret", 1, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	checkVector(t, "a parcel came open", embed(t, e, "a parcel came open")[0])
	<-store.kept
	_, err := e.Embed(t.Context(), []string{"the second text of ada@example.com"})
	if err == nil {
		t.Fatal("a failing server embeds")
	}
	e.Close() // nothing writes to the log any more
	said := log.String() + err.Error()
	if !strings.Contains(said, "the disk is on fire") {
		t.Errorf("the failing store is not in the log: %s", said)
	}
	for _, secret := range []string{"k1-secret", "parcel", "second text", "ada"} {
		if strings.Contains(said, secret) {
			t.Errorf("%q is in %s", secret, said)
		}
	}
}

func TestRequestsAreCutByTokens(t *testing.T) {
	s := newServer(t, nil)
	e := s.embedder(t, func(c *openai.Config) { c.BatchTokens, c.BatchWait = 500, 100*time.Millisecond })
	texts := make([]string, 12)
	for i := range texts {
		texts[i] = fmt.Sprintf("%d%s", i, strings.Repeat(" word", 100)) // 134 tokens as estimated
	}
	texts[5] = strings.Repeat("漢", 2000) // more than a request may have, so it goes alone
	for i, v := range embed(t, e, texts...) {
		checkVector(t, texts[i], v)
	}
	for _, r := range s.seen() {
		if long := slices.Contains(r.Input, texts[5]); long && len(r.Input) > 1 || !long && len(r.Input) > 3 {
			t.Errorf("%d texts in a request, the long one among them: %t", len(r.Input), long)
		}
	}
}
