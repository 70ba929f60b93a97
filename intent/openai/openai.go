// Package openai embeds texts on a server that speaks OpenAI's API: OpenAI itself, or a compatible server of one's
// own. It imports intent. Texts are redacted before they leave.
package openai

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"

	"usher/intent"
)

// Config of an Embedder. Only BaseURL or Key must be given.
type Config struct {
	BaseURL string // with the version, such as "http://127.0.0.1:11434/v1"; OpenAI's own unless given
	Key     string // sent as bearer token; a server of one's own may need none
	Model   string // text-embedding-3-small unless given
	// Dims is the length of the vectors. It must be given unless the model is the default, which is asked for 512.
	Dims int
	// SendDims asks the server for vectors of Dims numbers. Always done for OpenAI's text-embedding-3 models; many other
	// servers refuse it.
	SendDims bool

	Timeout   time.Duration // of one try; 5 s
	Tries     int           // at most, for what may pass: time-outs, 429, 5xx, broken answers; 3
	Backoff   time.Duration // before the second try, doubled for each further one, jittered; 200 ms
	MaxWait   time.Duration // longest Retry-After that is waited for; more means giving up at once; 5 s
	BatchWait time.Duration // how long a text waits for others to share its request; 3 ms
	BatchSize int           // texts in one request at most; 64
	InFlight  int           // requests at once at most; 4
	OpenFor   time.Duration // how long the server is left alone after it failed 5 times in a row; 10 s
}

// Largest text and request; longer texts lose their end. The limit of OpenAI's models is 8,192 tokens a text.
const (
	maxTextBytes  = 16 << 10
	maxBatchBytes = 256 << 10
	maxReplyBytes = 64 << 20
)

const (
	defaultModel = "text-embedding-3-small"
	defaultDims  = 512
)

func (c Config) withDefaults() Config {
	c.Model = cmp.Or(c.Model, defaultModel)
	if c.Model == defaultModel {
		c.Dims = cmp.Or(c.Dims, defaultDims)
	}
	c.SendDims = c.SendDims || strings.HasPrefix(c.Model, "text-embedding-3")
	c.Timeout = cmp.Or(c.Timeout, 5*time.Second)
	c.Tries = cmp.Or(c.Tries, 3)
	c.Backoff = cmp.Or(c.Backoff, 200*time.Millisecond)
	c.MaxWait = cmp.Or(c.MaxWait, 5*time.Second)
	c.BatchWait = cmp.Or(c.BatchWait, 3*time.Millisecond)
	c.BatchSize = cmp.Or(c.BatchSize, 64)
	c.InFlight = cmp.Or(c.InFlight, 4)
	c.OpenFor = cmp.Or(c.OpenFor, 10*time.Second)
	return c
}

func (c Config) validate() error {
	if c.BaseURL == "" && c.Key == "" {
		return errors.New("give a base URL or a key")
	}
	if u, err := url.Parse(c.BaseURL); c.BaseURL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return fmt.Errorf("base URL %q is not like https://api.example.com/v1", c.BaseURL)
	}
	if c.Dims < 1 || c.Dims > 4000 {
		return fmt.Errorf("model %q needs its dimensions, between 1 and 4000, not %d", c.Model, c.Dims)
	}
	if c.Tries < 1 || c.BatchSize < 1 || c.InFlight < 1 || c.Timeout < 0 || c.BatchWait < 0 {
		return errors.New("tries, batch size, requests in flight and times must be positive")
	}
	return nil
}

// Embedder turns texts into vectors on a remote server. Safe for concurrent use; calls at the same moment share a
// request.
type Embedder struct {
	Config
	client  *openai.Client
	http    *http.Client
	breaker *gobreaker.CircuitBreaker[[][]float32]
	slots   chan struct{}

	ctx     context.Context // ends with Close
	stop    context.CancelFunc
	running sync.WaitGroup
	mu      sync.Mutex
	open    *batch // takes further texts; nil when there is none
	closed  bool
}

var _ intent.Embedder = (*Embedder)(nil)

// New returns an embedder; it does not talk to the server yet. Close it.
func New(config Config) (*Embedder, error) {
	c := config.withDefaults()
	if err := c.validate(); err != nil {
		return nil, fmt.Errorf("openai embedder: %w", err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = c.InFlight
	// A redirect would send texts and key to a server that nobody configured.
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	e := &Embedder{Config: c, http: client, slots: make(chan struct{}, c.InFlight)}
	e.ctx, e.stop = context.WithCancel(context.Background())
	cc := openai.DefaultConfig(c.Key)
	if c.BaseURL != "" {
		cc.BaseURL = strings.TrimRight(c.BaseURL, "/")
	}
	cc.HTTPClient = bounded{client}
	e.client = openai.NewClientWithConfig(cc)
	e.breaker = gobreaker.NewCircuitBreaker[[][]float32](gobreaker.Settings{
		Name: "openai embedder", Timeout: c.OpenFor,
		ReadyToTrip:  func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= 5 },
		IsSuccessful: func(err error) bool { return err == nil || isOurFault(err) },
		IsExcluded:   func(err error) bool { return errors.Is(err, context.Canceled) },
	})
	return e, nil
}

// Model names the model and the length of its vectors.
func (e *Embedder) Model() intent.ModelID { return intent.ModelID{Name: e.Config.Model, Dims: e.Dims} }

// Embed redacts the texts and has them embedded, together with those of other callers. It fails when ctx ends, when the
// server did not give sound vectors within its tries, and at once while the server is left alone.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("embed %d texts: %w", len(texts), err)
	}
	places, err := e.join(texts)
	if err != nil {
		return nil, fmt.Errorf("embed %d texts: %w", len(texts), err)
	}
	defer e.leave(places)
	vectors := make([][]float32, len(texts))
	for i, p := range places {
		select {
		case <-p.batch.done:
		case <-ctx.Done():
			return nil, fmt.Errorf("embed %d texts: %w", len(texts), ctx.Err())
		}
		r := p.batch.results[p.index]
		if r.err != nil {
			return nil, fmt.Errorf("embed text %d of %d with %q: %w", i+1, len(texts), e.Config.Model, r.err)
		}
		vectors[i] = r.vector
	}
	return vectors, nil
}

// Close interrupts what is under way, waits for it, and drops the connections. Embed fails from then on.
func (e *Embedder) Close() {
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.stop()
	e.running.Wait()
	e.http.CloseIdleConnections()
}
