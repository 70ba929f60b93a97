package openai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"
)

// Kinds of requests: for vectors, and to a chat model.
const (
	KindEmbedding = "embedding"
	KindChat      = "chat"
)

// Spend is what one request to the server cost.
type Spend struct {
	Kind   string // KindEmbedding or KindChat
	Model  string
	Failed bool // there was no usable answer; a server may charge for it all the same
	In     int  // tokens sent, as the server counted them, or estimated where it does not say
	Out    int  // tokens that a chat model wrote
}

// line is the way to a server: time-outs, retries, the breaker and how many requests are under way at once. Safe for
// concurrent use.
type line struct {
	kind, model string
	timeout     time.Duration // of one try
	tries       int
	backoff     time.Duration
	maxWait     time.Duration
	openFor     time.Duration

	client  *openai.Client
	http    *http.Client
	breaker *gobreaker.CircuitBreaker[struct{}]
	slots   chan struct{}
	// holdUntil is the moment before which the server asked not to be called, in nanoseconds since 1970; 0 when it did not.
	holdUntil atomic.Int64
}

// connect makes the client and the breaker of a line whose other fields are set. It does not talk to the server.
func (l *line) connect(baseURL, key string, inFlight int) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = inFlight
	// A redirect would send texts and key to a server that nobody configured.
	l.http = &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	l.slots = make(chan struct{}, inFlight)
	config := openai.DefaultConfig(key)
	if baseURL != "" {
		config.BaseURL = strings.TrimRight(baseURL, "/")
	}
	config.HTTPClient = bounded{l.http}
	l.client = openai.NewClientWithConfig(config)
	l.breaker = gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		Name: "openai " + l.kind, Timeout: l.openFor,
		ReadyToTrip:  func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= 5 },
		IsSuccessful: func(err error) bool { return err == nil || isOurFault(err) || isUnusable(err) },
		IsExcluded:   func(err error) bool { return errors.Is(err, context.Canceled) },
	})
}

// statusError is an answer that is not a success. The server's words are kept only where they speak of the
// configuration: elsewhere they may quote a customer.
type statusError struct {
	status  int
	message string
	wait    time.Duration // what Retry-After asked for; 0 when it did not
}

func (e *statusError) Error() string {
	if e.message != "" {
		return fmt.Sprintf("the server answered %d %s: %s", e.status, http.StatusText(e.status), e.message)
	}
	return fmt.Sprintf("the server answered %d %s", e.status, http.StatusText(e.status))
}

// ask makes a request, again where that may help. do makes one try and turns its error into what can be told, see told.
func (l *line) ask(ctx context.Context, do func(context.Context) error) error {
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	for try := 1; ; try++ {
		if err := l.hold(ctx); err != nil {
			return err
		}
		_, err := l.breaker.Execute(func() (struct{}, error) {
			ctx, cancel := context.WithTimeout(ctx, l.timeout)
			defer cancel()
			return struct{}{}, do(ctx)
		})
		if err == nil {
			return nil
		}
		if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
			return fmt.Errorf("the server failed repeatedly and is left alone for %s: %w", l.openFor, err)
		}
		wait, again := l.pause(err, try)
		if !again || ctx.Err() != nil || !endsAfter(ctx, wait) {
			return err
		}
		if err := sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// hold waits while the server asked not to be called, or fails at once when that is too long: a storm of refusals is not
// answered with a storm of requests.
func (l *line) hold(ctx context.Context) error {
	wait := time.Until(time.Unix(0, l.holdUntil.Load()))
	if wait <= 0 {
		return nil
	}
	if wait > l.maxWait || !endsAfter(ctx, wait) {
		return fmt.Errorf("the server asked not to be called for another %s: %w", wait.Round(time.Millisecond), &statusError{status: http.StatusTooManyRequests, wait: wait})
	}
	return sleep(ctx, wait+rand.N(wait/8+1)) // not all at the same moment
}

// endsAfter reports whether ctx leaves time for more than a wait.
func endsAfter(ctx context.Context, wait time.Duration) bool {
	deadline, bounded := ctx.Deadline()
	return !bounded || time.Until(deadline) > wait
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pause is how long to wait before the next try, and whether there is one.
func (l *line) pause(err error, try int) (time.Duration, bool) {
	wait := l.backoff << (try - 1)
	wait = wait/2 + rand.N(wait/2+1)
	if isUnusable(err) {
		return 0, false
	}
	var s *statusError
	if errors.As(err, &s) {
		if s.wait > 0 {
			l.holdUntil.Store(time.Now().Add(s.wait).UnixNano())
		}
		if !slices.Contains(retryable, s.status) || s.wait > l.maxWait {
			return 0, false
		}
		wait = max(wait, s.wait)
	}
	return wait, try < l.tries
}

// retryable are the statuses that may pass by themselves.
var retryable = []int{408, 409, 425, 429, 500, 502, 503, 504, 529}

// isOurFault reports whether the server is well and refuses what it was sent.
func isOurFault(err error) bool {
	var s *statusError
	return errors.As(err, &s) && slices.Contains([]int{400, 413, 422}, s.status)
}

// isUnusable reports whether a model that is well gave an answer that does not count.
func isUnusable(err error) bool {
	var u unusable
	return errors.As(err, &u)
}

// told is what can be said of a failed try. The client's own words are left out where they may quote a customer.
func (l *line) told(ctx context.Context, seen reply, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("no answer within %s: %w", l.timeout, ctx.Err())
	case seen.status >= 300:
		return &statusError{status: seen.status, message: configurationWords(seen.status, err), wait: seen.wait}
	case seen.status != 0:
		return errors.New("the answer does not read as that of an OpenAI-compatible server")
	}
	return err
}

// configurationWords are the server's words where they tell what is wrong with key, model or address.
func configurationWords(status int, err error) string {
	var api *openai.APIError
	if !slices.Contains([]int{401, 403, 404}, status) || !errors.As(err, &api) {
		return ""
	}
	return api.Message[:min(len(api.Message), 200)]
}

// reply is what go-openai's errors leave out of an answer, and how long it may be.
type reply struct {
	most   int64 // bytes
	status int
	wait   time.Duration
}

type replyKey struct{}

// bounded notes status and Retry-After of an answer and bounds its size.
type bounded struct{ client *http.Client }

func (b bounded) Do(req *http.Request) (*http.Response, error) {
	res, err := b.client.Do(req)
	if err != nil {
		return nil, err
	}
	if seen, ok := req.Context().Value(replyKey{}).(*reply); ok {
		seen.status, seen.wait = res.StatusCode, retryAfter(res.Header.Get("Retry-After"), time.Now())
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, seen.most), res.Body}
	}
	return res, nil
}

// retryAfter reads the header in both its forms, seconds and date (RFC 9110 §10.2.3); 0 when it is neither.
func retryAfter(header string, now time.Time) time.Duration {
	if seconds, err := strconv.ParseFloat(header, 64); err == nil && seconds > 0 && seconds < 1e6 {
		return time.Duration(seconds * float64(time.Second))
	}
	if at, err := http.ParseTime(header); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
