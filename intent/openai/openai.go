// Package openai embeds texts, and asks for second opinions on them, on a server that speaks OpenAI's API: OpenAI itself, or
// a compatible server of one's own. It imports intent. Texts are redacted before they leave.
package openai

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

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
	// BatchTokens bounds the tokens of one request, as estimated; 60,000. A longer text goes alone.
	BatchTokens int
	InFlight    int           // requests at once at most; 4
	OpenFor     time.Duration // how long the server is left alone after it failed 5 times in a row; 10 s

	// CacheBytes is how much memory vectors of texts that were embedded before may take; 32 MiB, and -1 for none.
	CacheBytes int
	// Store keeps vectors for longer than the process lives; nil for nowhere.
	Store Store
	// Spent is told of every request, failed ones too, and Found of texts and where their vectors were found. Both may be
	// called at the same time by several goroutines; nil for nobody.
	Spent func(Spend)
	Found func(where string, texts int)
	Log   *slog.Logger // nil for nowhere; neither texts nor keys are logged
}

// Largest text; longer ones lose their end. The limit of OpenAI's models is 8,192 tokens a text.
const (
	maxTextTokens = 8000
	maxTextBytes  = 32 << 10
)

// Largest answer: a number is written in fewer than 32 bytes, spaces included.
const (
	replyRest   = 1 << 20
	replyNumber = 32
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
	c.BatchTokens = cmp.Or(c.BatchTokens, 60_000)
	c.InFlight = cmp.Or(c.InFlight, 4)
	c.OpenFor = cmp.Or(c.OpenFor, 10*time.Second)
	c.CacheBytes = cmp.Or(c.CacheBytes, 32<<20)
	if c.Spent == nil {
		c.Spent = func(Spend) {}
	}
	if c.Found == nil {
		c.Found = func(string, int) {}
	}
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	return c
}

func (c Config) validate() error {
	if err := validateServer(c.BaseURL, c.Key); err != nil {
		return err
	}
	if c.Dims < 1 || c.Dims > 4000 {
		return fmt.Errorf("model %q needs its dimensions, between 1 and 4000, not %d", c.Model, c.Dims)
	}
	if c.Tries < 1 || c.BatchSize < 1 || c.BatchTokens < 1 || c.InFlight < 1 || c.Timeout < 0 || c.BatchWait < 0 {
		return errors.New("tries, batch size, requests in flight and times must be positive")
	}
	return nil
}

func validateServer(baseURL, key string) error {
	if baseURL == "" && key == "" {
		return errors.New("give a base URL or a key")
	}
	u, err := url.Parse(baseURL)
	if baseURL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		return errors.New("the base URL is not like https://api.example.com/v1")
	}
	if u.User != nil {
		return errors.New("the base URL holds a user or a password, which would show in errors; give the key apart")
	}
	return nil
}

// Embedder turns texts into vectors on a remote server. Safe for concurrent use; calls at the same moment share a
// request.
type Embedder struct {
	Config
	line  line
	cache cache

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
	e := &Embedder{Config: c, cache: cache{intent.NewVectorMemory(c.CacheBytes, c.Dims), c.Store}, line: line{
		kind: KindEmbedding, model: c.Model, timeout: c.Timeout, tries: c.Tries, backoff: c.Backoff, maxWait: c.MaxWait, openFor: c.OpenFor,
	}}
	e.line.connect(c.BaseURL, c.Key, c.InFlight)
	e.ctx, e.stop = context.WithCancel(context.Background())
	return e, nil
}

// Model names the model and the length of its vectors.
func (e *Embedder) Model() intent.ModelID { return intent.ModelID{Name: e.Config.Model, Dims: e.Dims} }

// Embed redacts the texts and has them embedded, together with those of other callers, unless it has their vectors from
// before. It fails when ctx ends, when the server did not give sound vectors within its tries, and at once while the server
// is left alone. It never gives another model's vectors instead.
func (e *Embedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("embed %d texts: %w", len(texts), err)
	}
	prepared, keys := make([]string, len(texts)), make([]intent.TextKey, len(texts))
	for i, text := range texts {
		prepared[i] = prepare(text)
		keys[i] = intent.TextKeyOf(prepared[i])
	}
	vectors := make([][]float32, len(texts))
	e.find(ctx, keys, vectors)
	var missing []int
	var theirTexts []string
	var theirKeys []intent.TextKey
	for i, v := range vectors {
		if v == nil {
			missing, theirTexts, theirKeys = append(missing, i), append(theirTexts, prepared[i]), append(theirKeys, keys[i])
		}
	}
	places, err := e.join(theirTexts, theirKeys)
	if err != nil {
		return nil, fmt.Errorf("embed %d texts: %w", len(texts), err)
	}
	defer e.leave(places)
	for n, p := range places {
		select {
		case <-p.batch.done:
		case <-ctx.Done():
			return nil, fmt.Errorf("embed %d texts: %w", len(texts), ctx.Err())
		}
		r := p.batch.results[p.index]
		if r.err != nil {
			return nil, fmt.Errorf("embed text %d of %d with %q: %w", missing[n]+1, len(texts), e.Config.Model, r.err)
		}
		vectors[missing[n]] = slices.Clone(r.vector)
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
	e.line.http.CloseIdleConnections()
}
