package openai_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sony/gobreaker/v2"
	"go.uber.org/goleak"

	"usher/intent"
	"usher/intent/openai"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const dims = 8

// request is what the server was sent.
type request struct {
	Input      []string `json:"input"`
	Model      string   `json:"model"`
	Dimensions int      `json:"dimensions"`
	key        string
}

// server speaks OpenAI's embedding API: a text's vector holds its length and first letters, so that a mixed-up order shows.
// misbehave, when given, answers instead if it returns true; n counts requests from 1.
type server struct {
	*httptest.Server
	mu        sync.Mutex
	requests  []request
	misbehave func(n int, w http.ResponseWriter, r *http.Request, in request) bool
}

func newServer(t testing.TB, misbehave func(n int, w http.ResponseWriter, r *http.Request, in request) bool) *server {
	s := &server{misbehave: misbehave}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *server) serve(w http.ResponseWriter, r *http.Request) {
	var in request
	if r.URL.Path != "/v1/embeddings" || json.NewDecoder(r.Body).Decode(&in) != nil {
		http.Error(w, "bad", http.StatusNotFound)
		return
	}
	in.key = r.Header.Get("Authorization")
	s.mu.Lock()
	s.requests = append(s.requests, in)
	n := len(s.requests)
	s.mu.Unlock()
	if s.misbehave != nil && s.misbehave(n, w, r, in) {
		return
	}
	answer(w, in.Input)
}

func answer(w http.ResponseWriter, texts []string) {
	type datum struct {
		Index     int       `json:"index"`
		Embedding []float32 `json:"embedding"`
	}
	var data []datum
	for i, text := range slices.Backward(texts) { // the order of an answer is not promised
		data = append(data, datum{i, raw(text)})
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"object": "list", "model": "m", "data": data})
}

func raw(text string) []float32 {
	v := make([]float32, dims)
	v[0] = float32(len(text))
	for i := range min(len(text), dims-1) {
		v[i+1] = float32(text[i])
	}
	return v
}

func (s *server) seen() []request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

func (s *server) embedder(t testing.TB, change func(*openai.Config)) *openai.Embedder {
	c := openai.Config{BaseURL: s.URL + "/v1", Key: "k1", Model: "m", Dims: dims, Timeout: 2 * time.Second, Backoff: time.Millisecond}
	if change != nil {
		change(&c)
	}
	e, err := openai.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// checkVector fails unless v is the unit vector of text.
func checkVector(t *testing.T, text string, v []float32) {
	t.Helper()
	want := raw(text)
	var dot, a, b float64
	for i := range want {
		dot, a, b = dot+float64(v[i])*float64(want[i]), a+float64(v[i])*float64(v[i]), b+float64(want[i])*float64(want[i])
	}
	if math.Abs(a-1) > 1e-5 || math.Abs(dot/math.Sqrt(b)-1) > 1e-5 {
		t.Errorf("%q has the vector of another text: %v", text, v)
	}
}

func TestEmbedGivesOneUnitVectorPerTextInOrder(t *testing.T) {
	s := newServer(t, nil)
	e := s.embedder(t, nil)
	if e.Model() != (intent.ModelID{Name: "m", Dims: dims}) {
		t.Errorf("model %+v", e.Model())
	}
	texts := []string{"where is my order", "refund", "hi"}
	vectors, err := e.Embed(t.Context(), texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, text := range texts {
		checkVector(t, text, vectors[i])
	}
	if r := s.seen(); len(r) != 1 || r[0].Model != "m" || r[0].key != "Bearer k1" || r[0].Dimensions != 0 {
		t.Errorf("sent %+v", r)
	}
	if v, err := e.Embed(t.Context(), nil); err != nil || len(v) != 0 {
		t.Errorf("no texts: %v, %v", v, err)
	}
	t.Run("empty and huge texts are made fit", func(t *testing.T) {
		if _, err := e.Embed(t.Context(), []string{"", strings.Repeat("é", 60000)}); err != nil {
			t.Fatal(err)
		}
		in := s.seen()[1].Input
		if in[0] == "" || len(in[1]) > 16<<10 || !strings.HasSuffix(in[1], "é") {
			t.Errorf("sent %q and %d bytes", in[0], len(in[1]))
		}
	})
}

func TestDimensionsAreAskedForWhereTheServerKnowsThem(t *testing.T) {
	s := newServer(t, nil)
	e := s.embedder(t, func(c *openai.Config) { c.Model = "text-embedding-3-large" })
	if _, err := e.Embed(t.Context(), []string{"a"}); err != nil {
		t.Fatal(err)
	}
	if got := s.seen()[0].Dimensions; got != dims {
		t.Errorf("asked for %d dimensions", got)
	}
}

func TestPersonalDataDoesNotLeave(t *testing.T) {
	s := newServer(t, nil)
	_, err := s.embedder(t, nil).Embed(t.Context(), []string{
		"I am ada@example.com, call +44 20 7946 0958, card 4111 1111 1111 1111, IBAN DE89 3704 0044 0532 0130 00, order 10234",
	})
	if err != nil {
		t.Fatal(err)
	}
	sent := s.seen()[0].Input[0]
	for _, secret := range []string{"ada", "7946", "4111", "3704", "DE89"} {
		if strings.Contains(sent, secret) {
			t.Errorf("%q left in %q", secret, sent)
		}
	}
	if !strings.Contains(sent, "order 10234") {
		t.Errorf("the order number is gone: %q", sent)
	}
}

func TestCallsAtTheSameMomentShareARequest(t *testing.T) {
	s := newServer(t, nil)
	e := s.embedder(t, func(c *openai.Config) { c.BatchWait, c.BatchSize = 200*time.Millisecond, 10 })
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			text := fmt.Sprintf("%c text number", 'a'+i%26)
			v, err := e.Embed(t.Context(), []string{text})
			if err != nil {
				t.Errorf("embed: %v", err)
				return
			}
			checkVector(t, text, v[0])
		})
	}
	wg.Wait()
	requests := s.seen()
	if len(requests) > 8 {
		t.Errorf("40 texts took %d requests of at most 10", len(requests))
	}
	for _, r := range requests {
		if len(r.Input) > 10 {
			t.Errorf("a request of %d texts", len(r.Input))
		}
	}
	t.Run("one call of many texts is cut into requests", func(t *testing.T) {
		texts := make([]string, 35)
		for i := range texts {
			texts[i] = fmt.Sprintf("%d", 100+i)
		}
		v, err := e.Embed(t.Context(), texts)
		if err != nil {
			t.Fatal(err)
		}
		for i := range texts {
			checkVector(t, texts[i], v[i])
		}
	})
}

func TestWhatPassesIsTriedAgain(t *testing.T) {
	for name, misbehave := range map[string]func(w http.ResponseWriter, r *http.Request){
		"429 with Retry-After": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "0.05")
			http.Error(w, `{"error":{"message":"slow down"}}`, http.StatusTooManyRequests)
		},
		"500": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "oops", http.StatusInternalServerError) },
		"a cut-off body": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9999")
			fmt.Fprint(w, `{"data":[`)
		},
		"nonsense":        func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<html>busy</html>`) },
		"too few vectors": func(w http.ResponseWriter, _ *http.Request) { answer(w, nil) },
		"a vector twice": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"data":[{"index":3,"embedding":[1,2,3,4,5,6,7,8]}]}`)
		},
		"a vector too short": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"data":[{"index":0,"embedding":[1,2]}]}`)
		},
		"NaN": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"data":[{"index":0,"embedding":[NaN,2,3,4,5,6,7,8]}]}`)
		},
		"null in a vector": func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"data":[{"index":0,"embedding":null}]}`) },
		"all zeros": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"data":[{"index":0,"embedding":[0,0,0,0,0,0,0,0]}]}`)
		},
		"a number out of size": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"data":[{"index":0,"embedding":[1e99,0,0,0,0,0,0,0]}]}`)
		},
		"a dead connection": func(w http.ResponseWriter, _ *http.Request) {
			if c, _, err := w.(http.Hijacker).Hijack(); err == nil {
				c.Close()
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, func(n int, w http.ResponseWriter, r *http.Request, _ request) bool {
				if n == 1 {
					misbehave(w, r)
				}
				return n == 1
			})
			v, err := s.embedder(t, nil).Embed(t.Context(), []string{"refund"})
			if err != nil {
				t.Fatal(err)
			}
			checkVector(t, "refund", v[0])
			if n := len(s.seen()); n != 2 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestRetryAfterIsWaitedForUnlessItIsTooLong(t *testing.T) {
	asked := "0.3"
	s := newServer(t, func(n int, w http.ResponseWriter, _ *http.Request, _ request) bool {
		if n > 1 {
			return false
		}
		w.Header().Set("Retry-After", asked)
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	})
	start := time.Now()
	if _, err := s.embedder(t, nil).Embed(t.Context(), []string{"a"}); err != nil || time.Since(start) < 300*time.Millisecond {
		t.Errorf("after %s: %v", time.Since(start), err)
	}
	asked = "3600"
	s.mu.Lock()
	s.requests = nil
	s.mu.Unlock()
	if _, err := s.embedder(t, nil).Embed(t.Context(), []string{"a"}); err == nil || !strings.Contains(err.Error(), "429") || len(s.seen()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.seen()))
	}
}

func TestASlowServerIsGivenUp(t *testing.T) {
	s := newServer(t, func(_ int, _ http.ResponseWriter, r *http.Request, _ request) bool { <-r.Context().Done(); return true })
	e := s.embedder(t, func(c *openai.Config) { c.Timeout, c.Tries = 30*time.Millisecond, 2 })
	_, err := e.Embed(t.Context(), []string{"a"})
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "no answer within 30ms") || len(s.seen()) != 2 {
		t.Errorf("%v after %d requests", err, len(s.seen()))
	}
}

func TestALeavingCallerEndsItsRequestAndNobodyElses(t *testing.T) {
	arrived, ended := make(chan struct{}, 2), make(chan struct{}, 2)
	release := make(chan struct{})
	s := newServer(t, func(_ int, _ http.ResponseWriter, r *http.Request, _ request) bool {
		arrived <- struct{}{}
		select {
		case <-r.Context().Done():
			ended <- struct{}{}
			return true
		case <-release:
			return false
		}
	})
	e := s.embedder(t, func(c *openai.Config) { c.BatchWait = 100 * time.Millisecond })
	t.Run("alone", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		go func() { <-arrived; cancel() }()
		if _, err := e.Embed(ctx, []string{"a"}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		<-ended
	})
	t.Run("with another caller in the same request", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		left, got := make(chan error, 1), make(chan error, 1)
		go func() { _, err := e.Embed(ctx, []string{"leaves"}); left <- err }()
		go func() { _, err := e.Embed(t.Context(), []string{"stays"}); got <- err }()
		<-arrived
		if n := len(s.seen()[1].Input); n != 2 {
			t.Fatalf("%d texts in the request", n)
		}
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("who left got %v", err)
		}
		close(release)
		if err := <-got; err != nil {
			t.Errorf("who stayed got %v", err)
		}
	})
}

func TestARefusedTextFailsAlone(t *testing.T) {
	s := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request, in request) bool {
		if !slices.Contains(in.Input, "poison") {
			return false
		}
		http.Error(w, `{"error":{"message":"cannot read: poison"}}`, http.StatusBadRequest)
		return true
	})
	e := s.embedder(t, func(c *openai.Config) { c.BatchWait = 100 * time.Millisecond })
	var wg sync.WaitGroup
	for _, text := range []string{"a", "b", "poison", "c", "d"} {
		wg.Go(func() {
			_, err := e.Embed(t.Context(), []string{text})
			if (err != nil) != (text == "poison") {
				t.Errorf("%q: %v", text, err)
			}
			if err != nil && strings.Contains(err.Error(), "cannot read") {
				t.Errorf("the error quotes what may be a customer: %v", err)
			}
		})
	}
	wg.Wait()
}

func TestABadKeyIsNotTriedAgainAndNamed(t *testing.T) {
	s := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request, _ request) bool {
		http.Error(w, `{"error":{"message":"Incorrect API key"}}`, http.StatusUnauthorized)
		return true
	})
	if _, err := s.embedder(t, nil).Embed(t.Context(), []string{"a"}); err == nil || !strings.Contains(err.Error(), "401 Unauthorized: Incorrect API key") || len(s.seen()) != 1 {
		t.Errorf("%v after %d requests", err, len(s.seen()))
	}
}

func TestAFailingServerIsLeftAlone(t *testing.T) {
	broken := true
	s := newServer(t, nil)
	s.misbehave = func(_ int, w http.ResponseWriter, _ *http.Request, _ request) bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		if broken {
			w.WriteHeader(http.StatusBadGateway)
		}
		return broken
	}
	e := s.embedder(t, func(c *openai.Config) { c.Tries, c.OpenFor = 5, 50*time.Millisecond })
	if _, err := e.Embed(t.Context(), []string{"a"}); err == nil {
		t.Fatal("a broken server embeds")
	}
	before := len(s.seen())
	if _, err := e.Embed(t.Context(), []string{"a"}); !errors.Is(err, gobreaker.ErrOpenState) || len(s.seen()) != before {
		t.Errorf("%v after %d more requests", err, len(s.seen())-before)
	}
	s.mu.Lock()
	broken = false
	s.mu.Unlock()
	deadline := time.Now().Add(5 * time.Second)
	for {
		_, err := e.Embed(t.Context(), []string{"a"})
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("it never recovers: %v", err)
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	other := newServer(t, nil)
	s := newServer(t, func(_ int, w http.ResponseWriter, r *http.Request, _ request) bool {
		http.Redirect(w, r, other.URL+"/v1/embeddings", http.StatusTemporaryRedirect)
		return true
	})
	if _, err := s.embedder(t, nil).Embed(t.Context(), []string{"a"}); err == nil || len(other.seen()) != 0 {
		t.Errorf("%v, and the other server saw %+v", err, other.seen())
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	arrived := make(chan struct{})
	s := newServer(t, func(_ int, _ http.ResponseWriter, r *http.Request, _ request) bool {
		close(arrived)
		<-r.Context().Done()
		return true
	})
	e := s.embedder(t, nil)
	failed := make(chan error, 1)
	go func() { _, err := e.Embed(t.Context(), []string{"a"}); failed <- err }()
	<-arrived
	e.Close()
	if err := <-failed; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := e.Embed(t.Context(), []string{"a"}); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("a closed embedder gives %v", err)
	}
}

func TestAWrongConfigurationIsNamed(t *testing.T) {
	for name, tc := range map[string]struct {
		config openai.Config
		want   string
	}{
		"nothing":                {openai.Config{}, "base URL or a key"},
		"a host without scheme":  {openai.Config{BaseURL: "localhost:8080/v1"}, "is not like https://"},
		"a model without length": {openai.Config{Key: "k", Model: "nomic-embed-text"}, "needs its dimensions"},
		"vectors too long":       {openai.Config{Key: "k", Dims: 5000}, "between 1 and 4000"},
		"no tries":               {openai.Config{Key: "k", Tries: -1}, "must be positive"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := openai.New(tc.config); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
	e, err := openai.New(openai.Config{Key: "k"})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if e.Model() != (intent.ModelID{Name: "text-embedding-3-small", Dims: 512}) {
		t.Errorf("the default model is %+v", e.Model())
	}
}
