package openai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"
)

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

// callWithRetries makes one request, again where that may help.
func (e *Embedder) callWithRetries(ctx context.Context, texts []string) ([][]float32, error) {
	for try := 1; ; try++ {
		vectors, err := e.breaker.Execute(func() ([][]float32, error) { return e.call(ctx, texts) })
		if err == nil {
			return vectors, nil
		}
		if errors.Is(err, gobreaker.ErrOpenState) || errors.Is(err, gobreaker.ErrTooManyRequests) {
			return nil, fmt.Errorf("the server failed repeatedly and is left alone for %s: %w", e.OpenFor, err)
		}
		wait, again := e.pause(err, try)
		if !again || ctx.Err() != nil {
			return nil, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		}
	}
}

// pause is how long to wait before the next try, and whether there is one.
func (e *Embedder) pause(err error, try int) (time.Duration, bool) {
	wait := e.Backoff << (try - 1)
	wait = wait/2 + rand.N(wait/2+1)
	var s *statusError
	if errors.As(err, &s) {
		if !slices.Contains(retryable, s.status) || s.wait > e.MaxWait {
			return 0, false
		}
		wait = max(wait, s.wait)
	}
	return wait, try < e.Tries
}

// call makes one try.
func (e *Embedder) call(ctx context.Context, texts []string) ([][]float32, error) {
	ctx, cancel := context.WithTimeout(ctx, e.Timeout)
	defer cancel()
	request := openai.EmbeddingRequestStrings{Input: texts, Model: openai.EmbeddingModel(e.Config.Model), EncodingFormat: openai.EmbeddingEncodingFormatFloat}
	if e.SendDims {
		request.Dimensions = e.Dims
	}
	var seen reply
	response, err := e.client.CreateEmbeddings(context.WithValue(ctx, replyKey{}, &seen), request)
	switch {
	case err == nil:
		return e.vectors(response, len(texts))
	case ctx.Err() != nil:
		return nil, fmt.Errorf("no answer within %s: %w", e.Timeout, ctx.Err())
	case seen.status >= 300:
		return nil, &statusError{status: seen.status, message: configurationWords(seen.status, err), wait: seen.wait}
	case seen.status != 0:
		return nil, errors.New("the answer does not read as embeddings")
	}
	return nil, err
}

// configurationWords are the server's words where they tell what is wrong with key, model or address.
func configurationWords(status int, err error) string {
	var api *openai.APIError
	if !slices.Contains([]int{401, 403, 404}, status) || !errors.As(err, &api) {
		return ""
	}
	return api.Message[:min(len(api.Message), 200)]
}

// vectors puts the answer in order and scales each vector to length 1.
func (e *Embedder) vectors(response openai.EmbeddingResponse, n int) ([][]float32, error) {
	if len(response.Data) != n {
		return nil, fmt.Errorf("the server gave %d vectors for %d texts", len(response.Data), n)
	}
	vectors := make([][]float32, n)
	for _, d := range response.Data {
		if d.Index < 0 || d.Index >= n || vectors[d.Index] != nil {
			return nil, fmt.Errorf("the server gave a vector for text %d, out of order", d.Index)
		}
		if len(d.Embedding) != e.Dims {
			return nil, fmt.Errorf("the server's vectors have %d numbers, and %d are configured; set the dimensions to what the model gives", len(d.Embedding), e.Dims)
		}
		v, err := unit(d.Embedding)
		if err != nil {
			return nil, err
		}
		vectors[d.Index] = v
	}
	return vectors, nil
}

func unit(v []float32) ([]float32, error) {
	var square float64
	for _, x := range v {
		square += float64(x) * float64(x)
	}
	if !(square > 0) || math.IsInf(square, 0) {
		return nil, errors.New("the server gave a vector without direction")
	}
	scale := 1 / math.Sqrt(square)
	for i, x := range v {
		v[i] = float32(float64(x) * scale)
	}
	return v, nil
}

// reply is what go-openai's errors leave out of an answer.
type reply struct {
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
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(res.Body, maxReplyBytes), res.Body}
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
