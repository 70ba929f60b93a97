package openai

import (
	"context"
	"errors"
	"strings"
	"time"

	"usher/intent"
)

// batch is the texts of one request. It gathers them for a moment, then is sent. Its request is given up when
// everybody who waited for it has left.
type batch struct {
	texts   []string
	keys    []intent.TextKey
	at      map[intent.TextKey]int // where a text is, so that the same one is paid for once
	tokens  int
	waiting int // callers, counted once per text
	ctx     context.Context
	cancel  context.CancelFunc
	full    chan struct{} // closed when no more texts fit
	done    chan struct{} // closed when results are there
	results []result
}

type result struct {
	vector []float32 // callers get copies
	err    error
}

// place is where a caller's text is.
type place struct {
	batch *batch
	index int
}

var errClosed = errors.New("the embedder is closed")

// join puts prepared texts into the open batch and as many further ones as it takes.
func (e *Embedder) join(texts []string, keys []intent.TextKey) ([]place, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errClosed
	}
	places := make([]place, len(texts))
	for i, text := range texts {
		tokens := estimateTokens(text)
		if e.open != nil && e.open.tokens+tokens > e.BatchTokens {
			e.sendOff()
		}
		b := e.open
		if b == nil {
			b = e.newBatch()
		}
		b.waiting++
		if at, there := b.at[keys[i]]; there {
			places[i] = place{b, at}
			continue
		}
		places[i] = place{b, len(b.texts)}
		b.at[keys[i]] = len(b.texts)
		b.texts, b.keys = append(b.texts, text), append(b.keys, keys[i])
		b.tokens += tokens
		if len(b.texts) >= e.BatchSize {
			e.sendOff()
		}
	}
	return places, nil
}

// prepare is the text as it leaves: redacted, bounded, and never empty, which servers refuse.
func prepare(text string) string {
	text = intent.Redact(intent.Normalise(text))
	text = firstTokens(text, maxTextTokens)
	if strings.TrimSpace(text) == "" {
		return "(no text)"
	}
	return text
}

func (e *Embedder) newBatch() *batch {
	b := &batch{at: map[intent.TextKey]int{}, full: make(chan struct{}), done: make(chan struct{})}
	b.ctx, b.cancel = context.WithCancel(e.ctx)
	e.open = b
	e.running.Go(func() { e.run(b) })
	return b
}

// sendOff closes the open batch. The lock is held.
func (e *Embedder) sendOff() {
	close(e.open.full)
	e.open = nil
}

// leave is called by a caller that no longer waits.
func (e *Embedder) leave(places []place) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, p := range places {
		if p.batch.waiting--; p.batch.waiting == 0 {
			if e.open == p.batch {
				e.sendOff() // nobody may join what is being cancelled
			}
			p.batch.cancel()
		}
	}
}

// run gathers, sends and answers one batch.
func (e *Embedder) run(b *batch) {
	defer b.cancel()
	timer := time.NewTimer(e.BatchWait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-b.full:
	case <-b.ctx.Done():
	}
	e.mu.Lock()
	if e.open == b {
		e.open = nil
	}
	e.mu.Unlock()
	b.results = make([]result, len(b.texts))
	e.send(b.ctx, b.texts, b.results)
	e.remember(b)
	close(b.done)
	e.keep(b)
}

// send fills results. A request that the server refuses for what is in it is halved until the guilty text is alone, so
// that it fails nobody else's.
func (e *Embedder) send(ctx context.Context, texts []string, results []result) {
	vectors, err := e.call(ctx, texts)
	switch {
	case err == nil:
		for i, v := range vectors {
			results[i].vector = v
		}
	case len(texts) > 1 && isOurFault(err):
		half := len(texts) / 2
		e.send(ctx, texts[:half], results[:half])
		e.send(ctx, texts[half:], results[half:])
	default:
		fail(results, err)
	}
}

func fail(results []result, err error) {
	for i := range results {
		results[i].err = err
	}
}
