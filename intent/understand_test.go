package intent

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scripted is a classifier that does what a test tells it to.
type scripted func(text string) Classification

func (scripted) Hash() string                          { return "h1" }
func (scripted) Languages() []string                   { return []string{"en"} }
func (s scripted) Classify(text string) Classification { return s(text) }

// longer tells the whole text from its parts, which are classified as well.
func longer(a, b string) string {
	if len(b) > len(a) {
		return b
	}
	return a
}

func sure(string) Classification {
	return Classification{Ranked: []Ranked{{"order_status", 0.9}}, OOS: 0.1, Words: []Word{{"order", 1}}}
}

func TestUnderstandFillsThePrediction(t *testing.T) {
	var read string
	u := NewUnderstander(scripted(func(text string) Classification { read = longer(read, text); return sure(text) }), UnderstandOptions{})
	p := u.Understand(t.Context(), "  Where  is\u200b my order #10234?  This is RIDICULOUS ")
	if read != "Where is my order #10234? This is RIDICULOUS" {
		t.Errorf("the classifier read %q", read)
	}
	if p.Model != "h1" || p.Top() != (Ranked{"order_status", 0.9}) || p.OOS != 0.1 || p.Language != "en" || !p.Signals.Angry ||
		len(p.Entities) != 1 || p.Entities[0].Value != "10234" || len(p.Words) != 1 || p.Degraded != "" {
		t.Errorf("got %+v", p)
	}
}

func TestAClassifierThatFailsLeavesTheRest(t *testing.T) {
	block := make(chan struct{})
	defer close(block)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	slow := scripted(func(text string) Classification { <-block; return sure(text) })
	for name, tc := range map[string]struct {
		ctx        context.Context
		classifier Classifier
		want       string
	}{
		"slow":         {t.Context(), slow, "the model took longer than 20ms"},
		"panics":       {t.Context(), scripted(func(string) Classification { panic("index out of range") }), "the model failed: index out of range"},
		"absent":       {t.Context(), nil, "there is no model"},
		"context ends": {ended, slow, "understanding was interrupted"},
	} {
		t.Run(name, func(t *testing.T) {
			u := NewUnderstander(tc.classifier, UnderstandOptions{Timeout: 20 * time.Millisecond})
			start := time.Now()
			p := u.Understand(tc.ctx, "someone hacked my account, order 10234")
			if p.Degraded != tc.want || len(p.Ranked) != 0 || !p.Signals.Harm || p.Language != "en" || len(p.Entities) != 1 {
				t.Errorf("got %+v", p)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

func TestClassifiersThatHangAreNotCalledForEver(t *testing.T) {
	block := make(chan struct{})
	var mu sync.Mutex
	calls := 0
	u := NewUnderstander(scripted(func(text string) Classification {
		mu.Lock()
		calls++
		mu.Unlock()
		<-block
		return sure(text)
	}), UnderstandOptions{Timeout: time.Millisecond, Concurrent: 3})
	for range 10 {
		u.Understand(t.Context(), "hi")
	}
	if p := u.Understand(t.Context(), "hi"); p.Degraded != "the model is busy with too many messages" {
		t.Errorf("got %+v", p)
	}
	mu.Lock()
	if calls != 3 {
		t.Errorf("%d calls hang, and 3 are allowed", calls)
	}
	mu.Unlock()
	close(block)
	deadline := time.Now().Add(5 * time.Second)
	for u.Understand(t.Context(), "hi").Degraded != "" {
		if time.Now().After(deadline) {
			t.Fatal("it never recovers")
		}
	}
}

func TestVeryLongTextsCostBoundedTime(t *testing.T) {
	var read string
	u := NewUnderstander(scripted(func(text string) Classification { read = longer(read, text); return sure(text) }), UnderstandOptions{})
	for name, filling := range map[string]string{"words": "blah 12345 ", "one word": "x", "digits": "1 ", "signs": "!?", "wide": "日本", "invalid": "\xff", "at": "a@a."} {
		text := "where is my order 10234? " + strings.Repeat(filling, (64<<10)/len(filling)) + " I want my money back, someone hacked my account"
		read = ""
		start := time.Now()
		p := u.Understand(t.Context(), text)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("%s: took %s", name, took)
		}
		if !strings.HasPrefix(read, "where is my order 10234?") || !strings.HasSuffix(read, "someone hacked my account") || len(read) > 3*(headBytes+tailBytes) {
			t.Errorf("%s: read %d bytes: %.40q", name, len(read), read)
		}
		if p.Degraded == "" || !p.Signals.Harm || len(p.Entities) == 0 || text[p.Entities[0].Start:p.Entities[0].End] != "10234" {
			t.Errorf("%s: %q, %+v, %.3v", name, p.Degraded, p.Signals, p.Entities)
		}
	}
}

func TestUnderstandIsSoundForAnyText(t *testing.T) {
	u := NewUnderstander(scripted(sure), UnderstandOptions{})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "text")
		p := u.Understand(context.Background(), text)
		if p.Language == "" || p.Degraded != "" {
			t.Fatalf("%q: %+v", text, p)
		}
		once := Normalise(text)
		if twice := Normalise(once); twice != once {
			t.Fatalf("%q is normalised to %q, then to %q", text, once, twice)
		}
	})
}

func BenchmarkUnderstand(b *testing.B) {
	u := NewUnderstander(scripted(sure), UnderstandOptions{})
	b.ReportAllocs()
	for b.Loop() {
		u.Understand(b.Context(), "Hi, I ordered two weeks ago and it still has not arrived, where is my order #10234?")
	}
}
