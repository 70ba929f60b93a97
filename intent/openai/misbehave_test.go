package openai_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/intent/openai"
)

func TestAStormOfRefusalsIsNotAnsweredWithAStormOfRequests(t *testing.T) {
	s := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request, _ request) bool {
		w.Header().Set("Retry-After", "60")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	})
	e := s.embedder(t, func(c *openai.Config) { c.BatchSize, c.InFlight, c.OpenFor = 1, 2, time.Hour })
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			if _, err := e.Embed(t.Context(), []string{fmt.Sprint("text ", i)}); err == nil || !strings.Contains(err.Error(), "429") {
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
	if n := len(s.seen()); n > 2 {
		t.Errorf("the server said to wait for a minute and was asked %d times", n)
	}
}

func TestEverybodyWaitsTheShortTimeThatTheServerAsksFor(t *testing.T) {
	var last atomic.Int64
	s := newServer(t, func(n int, w http.ResponseWriter, _ *http.Request, _ request) bool {
		if n > 1 {
			return false
		}
		last.Store(time.Now().UnixNano())
		w.Header().Set("Retry-After", "0.2")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	})
	e := s.embedder(t, nil)
	embed(t, e, "a")
	if waited := time.Since(time.Unix(0, last.Load())); waited < 200*time.Millisecond {
		t.Errorf("it waited %s", waited)
	}
}

func TestATryThatCannotEndInTimeIsNotMade(t *testing.T) {
	s := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request, _ request) bool {
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	})
	e := s.embedder(t, func(c *openai.Config) { c.Backoff, c.Tries = time.Minute, 3 })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if _, err := e.Embed(ctx, []string{"a"}); err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(began))
	}
}

// Each must end in an error, soon, and name no text.
func TestAnswersThatNeverComeRightEndInAnError(t *testing.T) {
	for name, misbehave := range map[string]func(w http.ResponseWriter, r *http.Request){
		"a slow drip": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"data":[{"index":0,"embedding":[`)
			for {
				select {
				case <-r.Context().Done():
					return
				case <-time.After(5 * time.Millisecond):
					fmt.Fprint(w, `1,`)
					w.(http.Flusher).Flush()
				}
			}
		},
		"a huge body": func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"data":[{"index":0,"embedding":[`)
			for r.Context().Err() == nil {
				if _, err := fmt.Fprint(w, strings.Repeat("1,", 1<<15)); err != nil {
					return
				}
			}
		},
		"a huge error": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			for r.Context().Err() == nil {
				if _, err := fmt.Fprint(w, strings.Repeat("refund ", 1<<13)); err != nil {
					return
				}
			}
		},
		"a reset connection": func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := w.(http.Hijacker).Hijack()
			if err != nil {
				return
			}
			fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":")
			_ = c.(*net.TCPConn).SetLinger(0) // close with RST
			c.Close()
		},
		"fewer vectors than texts": func(w http.ResponseWriter, _ *http.Request) { answer(w, []string{}) },
		"dimensions of another model": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"data":[{"index":0,"embedding":[1,2,3,4,5,6,7,8,9]}]}`)
		},
		"an error with status 200": func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"error":{"message":"cannot read: refund"}}`)
		},
		"nothing": func(http.ResponseWriter, *http.Request) {},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, func(_ int, w http.ResponseWriter, r *http.Request, _ request) bool { misbehave(w, r); return true })
			var failed atomic.Int32
			e := s.embedder(t, func(c *openai.Config) {
				c.Timeout, c.Tries = 300*time.Millisecond, 2
				c.Spent = func(sp openai.Spend) {
					if sp.Failed {
						failed.Add(1)
					}
				}
			})
			_, err := e.Embed(t.Context(), []string{"refund"})
			if err == nil || strings.Contains(err.Error(), "refund") {
				t.Errorf("got %v", err)
			}
			if failed.Load() != 2 {
				t.Errorf("%d failed requests were told of", failed.Load())
			}
		})
	}
}
