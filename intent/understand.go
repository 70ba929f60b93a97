package intent

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// UnderstandOptions bound what understanding one text may cost.
type UnderstandOptions struct {
	// Timeout is how long the classifier may take; 1 s unless given. It usually takes a tenth of a millisecond, so only
	// a broken or a remote one gets there.
	Timeout time.Duration
	// Concurrent is how many classifications may run at once, those that were given up included; 256 unless given.
	Concurrent int
	// Embedder makes the vectors that the classifier takes; nil for none.
	Embedder Embedder
	// EmbedTimeout is how long a batch of vectors may take; 2 s unless given.
	EmbedTimeout time.Duration
}

func (o UnderstandOptions) withDefaults() UnderstandOptions {
	if o.Timeout <= 0 {
		o.Timeout = time.Second
	}
	if o.Concurrent <= 0 {
		o.Concurrent = 256
	}
	if o.EmbedTimeout <= 0 {
		o.EmbedTimeout = 2 * time.Second
	}
	return o
}

// Understander makes predictions with a classifier that it does not trust to be fast or sound. Safe for concurrent use.
type Understander struct {
	classifier   Classifier
	timeout      time.Duration
	slots        chan struct{}
	embedder     Embedder
	embedTimeout time.Duration
}

// NewUnderstander returns an Understander. A nil classifier is one that never speaks: everything is degraded.
func NewUnderstander(c Classifier, o UnderstandOptions) *Understander {
	o = o.withDefaults()
	return &Understander{
		classifier: c, timeout: o.Timeout, slots: make(chan struct{}, o.Concurrent), embedder: o.Embedder, embedTimeout: o.EmbedTimeout,
	}
}

// Understand says what is known of a text. It never fails and never takes much longer than the time-out; what is
// missing then is named in Degraded. Of very long texts it reads the first and last part.
func (u *Understander) Understand(ctx context.Context, text string) Prediction {
	read, gap := shorten(text)
	timer := time.NewTimer(u.timeout)
	defer timer.Stop()
	answers := u.classify(read)
	ts := tokens(read)
	p := Prediction{Language: tellLanguage(read, ts), Entities: findEntities(read, ts), Signals: readSignals(read, ts)}
	if gap.from > 0 {
		head := text[:gap.from] // so that offsets are those of the text
		p.Entities = findEntities(head, tokens(head))
		p.Degraded = "only the first and last part of a very long text were read"
	}
	if u.classifier != nil {
		p.Model = u.classifier.Hash()
		p.Foreign = p.Language != Undetermined && !slices.Contains(u.classifier.Languages(), p.Language)
	}
	a := u.await(ctx, timer, answers)
	p.Ranked, p.OOS, p.Words = a.Ranked, a.OOS, a.Words
	p.Asks = gap.restore(a.asks)
	p.Signals.Several = p.Signals.Several || differ(a.asks)
	if a.failure != "" {
		p.Degraded = a.failure
	}
	p.Alarm = alarm(read, ts, p, nil)
	p.Urgency = p.Alarm.Urgency(PriorityContext{})
	return p
}

type answer struct {
	Classification
	asks    []Ask // of the parts of the text
	failure string
}

// classify starts the classifier, which works beside the rules; the channel gives its answer.
func (u *Understander) classify(text string) <-chan answer {
	answers := make(chan answer, 1)
	if u.classifier == nil {
		answers <- answer{failure: "there is no model"}
		return answers
	}
	select {
	case u.slots <- struct{}{}:
	default:
		answers <- answer{failure: "the model is busy with too many messages"}
		return answers
	}
	go func() {
		defer func() { <-u.slots }()
		answers <- safely(func() answer { return classify(u.classifier, text) })
	}()
	return answers
}

// await is the classifier's answer, or why there is none. An answer that is there counts, however late one looks.
func (u *Understander) await(ctx context.Context, timer *time.Timer, answers <-chan answer) answer {
	var failure string
	select {
	case a := <-answers:
		return a
	case <-timer.C:
		failure = fmt.Sprintf("the model took longer than %s", u.timeout)
	case <-ctx.Done():
		failure = "understanding was interrupted"
	}
	select {
	case a := <-answers:
		return a
	default:
		return answer{failure: failure}
	}
}

// safely turns a classifier's panic into an answer.
func safely(ask func() answer) (a answer) {
	defer func() {
		if r := recover(); r != nil {
			a = answer{failure: fmt.Sprintf("the model failed: %v", r)}
		}
	}()
	return ask()
}
