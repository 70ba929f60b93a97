package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"usher/intent/starter"
)

// people is how many different contacts write.
const people = 5000

// settleTimeout bounds how long accepted messages may take to be decided once no more come.
const settleTimeout = 2 * time.Minute

// load sends messages that do not repeat, from a bounded number of connections.
type load struct {
	url, key string
	name     string // its messages have ids of their own
	clients  int
	http     *http.Client
	texts    []string
	sent     atomic.Int64
}

func newLoad(url, key, name string, clients int) *load {
	l := &load{url: url, key: key, name: name, clients: clients, texts: []string{"where is my order"}}
	l.http = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: clients, MaxConnsPerHost: clients}}
	if utterances, err := starter.Utterances(); err == nil {
		for _, u := range utterances {
			l.texts = append(l.texts, u.Text)
		}
	}
	return l
}

func (l *load) total() int { return int(l.sent.Load()) }

// phase is one stretch of load.
type phase struct {
	began time.Time
	sent  int64
}

// closed sends as fast as answers come, for d.
func (l *load) closed(ctx context.Context, d time.Duration) (phase, error) {
	p := phase{began: time.Now()}
	until := p.began.Add(d)
	before := l.sent.Load()
	errs := make(chan error, l.clients)
	var wg sync.WaitGroup
	for range l.clients {
		wg.Go(func() {
			for time.Now().Before(until) && ctx.Err() == nil {
				if err := l.send(ctx); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	wg.Wait()
	p.sent = l.sent.Load() - before
	return p, errors.Join(ctx.Err(), firstOf(errs))
}

// openLoop sends at a fixed rate whatever the answers, for d, and returns the times to decision.
func (l *load) openLoop(ctx context.Context, rate float64, d time.Duration) (buckets, error) {
	before, err := l.waits(ctx)
	if err != nil {
		return nil, err
	}
	due := make(chan time.Time, l.clients*1000)
	errs := make(chan error, l.clients)
	var wg sync.WaitGroup
	for range l.clients {
		wg.Go(func() {
			for range due {
				if err := l.send(ctx); err != nil {
					errs <- err
					return
				}
			}
		})
	}
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	began := time.Now()
	for n := 0; time.Since(began) < d && ctx.Err() == nil; {
		now := <-tick.C
		for ; float64(n) < now.Sub(began).Seconds()*rate; n++ {
			select {
			case due <- now:
			default:
				close(due)
				wg.Wait()
				return nil, fmt.Errorf("the server does not keep up with %.0f messages a second", rate)
			}
		}
	}
	close(due)
	wg.Wait()
	if err := errors.Join(ctx.Err(), firstOf(errs)); err != nil {
		return nil, err
	}
	if err := l.settle(ctx); err != nil {
		return nil, err
	}
	after, err := l.waits(ctx)
	if err != nil {
		return nil, err
	}
	return after.since(before), nil
}

func firstOf(errs chan error) error {
	select {
	case err := <-errs:
		return err
	default:
		return nil
	}
}

// send hands in one new message.
func (l *load) send(ctx context.Context) error {
	n := l.sent.Add(1)
	body, err := json.Marshal(map[string]any{
		"external_id": fmt.Sprintf("bench-%s-%d", l.name, n),
		"from":        fmt.Sprintf("contact-%d", rand.IntN(people)),
		"text":        fmt.Sprintf("%s (%d)", l.texts[rand.IntN(len(l.texts))], n),
	})
	if err != nil {
		return fmt.Errorf("write a message: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, l.url+"/api/v1/messages", bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("send a message: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+l.key)
	resp, err := l.http.Do(req)
	if err != nil {
		return fmt.Errorf("send a message: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err != nil || resp.StatusCode != http.StatusAccepted {
		return errors.Join(err, fmt.Errorf("send a message: status %d: %s", resp.StatusCode, answer))
	}
	return nil
}

// settle waits until the server has decided everything that it accepted.
func (l *load) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	for {
		n, err := l.decided(ctx)
		if err != nil {
			return err
		}
		if n >= l.sent.Load() {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d messages are decided: %w", n, l.sent.Load(), ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func (l *load) metric(ctx context.Context, name string) (*dto.Metric, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.url+"/metrics", nil)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	resp, err := l.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	defer resp.Body.Close()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read metrics: %w", err)
	}
	if f := families[name]; f != nil && len(f.Metric) > 0 {
		return f.Metric[0], nil
	}
	return &dto.Metric{}, nil
}

func (l *load) decided(ctx context.Context) (int64, error) {
	m, err := l.metric(ctx, metricDecided)
	return int64(m.GetCounter().GetValue()), err
}

// embedded is how many messages the server has read with their vectors.
func (l *load) embedded(ctx context.Context) (float64, error) {
	m, err := l.metric(ctx, metricEmbedded)
	return m.GetCounter().GetValue(), err
}

// embeddedShare is the share of sent messages that were read with their vector since before, and how many were in all.
func (l *load) embeddedShare(ctx context.Context, before float64, sent int64) (share, now float64, err error) {
	now, err = l.embedded(ctx)
	return (now - before) / float64(max(sent, 1)), now, err
}

func (l *load) waits(ctx context.Context) (buckets, error) {
	m, err := l.metric(ctx, metricWait)
	if err != nil {
		return nil, err
	}
	var b buckets
	for _, x := range m.GetHistogram().GetBucket() {
		b = append(b, bucket{x.GetUpperBound(), float64(x.GetCumulativeCount())})
	}
	return b, nil
}

// buckets are a cumulative histogram in seconds.
type buckets []bucket

type bucket struct{ upTo, count float64 }

// since is what came after an earlier reading.
func (b buckets) since(before buckets) buckets {
	out := make(buckets, len(b))
	for i := range b {
		out[i] = b[i]
		if i < len(before) {
			out[i].count -= before[i].count
		}
	}
	return out
}

// quantile is in milliseconds, straight between the bounds of its bucket: exact to the width of a bucket, 15 %.
func (b buckets) quantile(q float64) float64 {
	if len(b) == 0 || b[len(b)-1].count == 0 {
		return 0
	}
	rank := q * b[len(b)-1].count
	var low bucket
	for _, x := range b {
		if x.count >= rank {
			if x.count == low.count {
				return 1000 * x.upTo
			}
			return 1000 * (low.upTo + (x.upTo-low.upTo)*(rank-low.count)/(x.count-low.count))
		}
		low = x
	}
	return 1000 * low.upTo
}
