package routing

import (
	"context"
	"fmt"
	"sync"
	"time"

	"usher/intent"
)

// Refiner reads messages a second time, with their vectors. intent.Understander is one.
type Refiner interface {
	// Embed makes the vectors of what texts are about, one each and nil where time was short, or none at all where nothing is refined by them.
	Embed(ctx context.Context, texts []string) (intent.Vectors, error)
	// Refine is the prediction of a text with its vector read, too. It never fails.
	Refine(p intent.Prediction, text string, by intent.ModelID, vector []float32) intent.Prediction
}

// Embedding says which messages are embedded before they are decided. A vector costs milliseconds, n-grams a tenth of one.
type Embedding string

// The ways of embedding.
const (
	// EmbedWhenItMatters embeds where the n-grams are unsure, or would answer automatically; it is what "" means.
	EmbedWhenItMatters Embedding = "auto"
	EmbedAlways        Embedding = "always" // also when more comes in than can be embedded: then it waits
	EmbedNever         Embedding = "never"
)

// Check refuses what is no way of embedding.
func (e Embedding) Check() error {
	switch e {
	case "", EmbedWhenItMatters, EmbedAlways, EmbedNever:
		return nil
	}
	return fmt.Errorf("%q is none of %s, %s and %s", string(e), EmbedWhenItMatters, EmbedAlways, EmbedNever)
}

// The n-grams are sure of an intent from sureConfidence on, and that one fits up to sureOOS. Chosen on a quarter of the training sets
// of BANKING77 and CLINC150 that was held out: 24 and 13 % of the messages are embedded then, and accuracy is within 0.05 points of
// embedding all. From 0.80 on, 18 and 10 % are, at the price of 0.1 points; above 0.95 nothing is gained.
const (
	sureConfidence = 0.90
	sureOOS        = 0.20
)

// How long messages may come in crowds before they are decided without a vector: embedding is the first thing to leave out
// when more comes in than can be read. An automatic answer rather comes late than unchecked; but when even these are too many,
// what is urgent must not wait behind them.
const (
	patienceUnsure    = 500 * time.Millisecond
	patienceAutomatic = 10 * time.Second
)

// A crowd is so many messages in one batch; crowds with less than crowdGap between them are one.
const (
	crowd    = 32
	crowdGap = time.Second
)

// pressure is for how long messages have been coming in crowds. Safe for concurrent use.
type pressure struct {
	mu          sync.Mutex
	since, last time.Time // the first and the last crowd
}

// feel takes the size of a batch and returns for how long crowds have been coming.
func (p *pressure) feel(now time.Time, messages int) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	over := now.Sub(p.last) > crowdGap
	if messages >= crowd {
		if over {
			p.since = now
		}
		p.last = now
	} else if over {
		return 0
	}
	return p.last.Sub(p.since)
}

// tooMany is why a message has no vector when time was short, and then history makes none of its own.
const tooMany = "there were too many messages at once"

// refine embeds the messages where that can change something, and returns their vectors, nil for those that have none, with
// the model that made them.
func (p *Pipeline) refine(ctx context.Context, policy *Policy, requests []Request) intent.Vectors {
	vectors := intent.Vectors{Of: make([][]float32, len(requests))}
	if p.Refiner == nil || len(requests) == 0 {
		return vectors
	}
	crowded := p.pressure.feel(requests[0].At, len(requests))
	var texts []string
	var places []int
	for i := range requests {
		r := &requests[i]
		worth, patience := p.worthVector(policy, *r)
		switch {
		case !worth:
		case crowded > patience && p.Embedding != EmbedAlways:
			r.Prediction.Shallow = tooMany
		default:
			texts, places = append(texts, r.Text), append(places, i)
		}
	}
	if len(texts) == 0 {
		return vectors
	}
	made, err := p.Refiner.Embed(ctx, texts)
	if err != nil {
		for _, i := range places {
			requests[i].Prediction.Shallow = "the embedder did not answer"
		}
		return vectors
	}
	vectors.By = made.By
	for n, v := range made.Of {
		r := &requests[places[n]]
		if v == nil { // the rest of the batch took all the time there was
			r.Prediction.Shallow = tooMany
			continue
		}
		vectors.Of[places[n]] = v
		r.Prediction = p.again(*r, made.By, v)
	}
	return vectors
}

// worthVector reports whether the vector of a message can change what becomes of it, and how much patience that deserves: where
// the n-grams are unsure, and where the answer would be automatic, which similar cases can speak against. What a button means
// is known.
func (p *Pipeline) worthVector(policy *Policy, r Request) (worth bool, patience time.Duration) {
	switch {
	case p.Embedding == EmbedNever || r.Text == "" || len(r.Prediction.Ranked) == 0:
		return false, 0
	case p.History != nil && policy != nil && policy.Decide(p.seconded(policy, r)).Route == ToReply:
		return true, patienceAutomatic
	}
	return p.Embedding == EmbedAlways || unsure(r.Prediction) || inDoubt(r), patienceUnsure
}

// again is the prediction of a message with its vector read, as far as it is to be read again.
func (p *Pipeline) again(r Request, by intent.ModelID, vector []float32) intent.Prediction {
	whole := p.Embedding == EmbedAlways || unsure(r.Prediction)
	if !whole && !inDoubt(r) {
		return r.Prediction
	}
	second := p.Refiner.Refine(r.Prediction, r.Text, by, vector)
	if whole {
		return second
	}
	first := r.Prediction
	first.Alarm, first.Urgency, first.Fused = second.Alarm, second.Urgency, second.Fused
	return first
}

// inDoubt reports whether the vector may change how urgent a message is.
func inDoubt(r Request) bool {
	return r.Prediction.UrgencyInDoubt(intent.PriorityContext{ContactType: r.Contact.Type, Repeats: r.Evidence.Repeats})
}

// unsure reports whether the first reading, or the second, is not sure of what the message is about. Where the n-grams are sure they are
// not read again: thresholds of automatic answers are chosen for them, and with vectors as many answers of the guards suite are
// wrong at a higher one.
func unsure(p intent.Prediction) bool {
	return !(p.Top().Confidence >= sureConfidence && p.OOS <= sureOOS)
}
