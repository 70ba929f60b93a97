package evals

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usher/intent"
	"usher/routing"
)

// Subject is what is measured: the pipeline of production without a database, so without history. Policy may be
// nil: then only understanding is measured.
type Subject struct {
	Classifier intent.Classifier
	Understand func(ctx context.Context, text string) intent.Prediction
	Policy     *routing.Policy
}

// Result is one case with everything that was predicted and decided for it.
type Result struct {
	Case       Case
	Prediction intent.Prediction
	Decision   *routing.Decision // nil without a policy
	OOSScore   float64
	Latency    time.Duration
}

// Run puts every case through the subject, in order. It ends early only when ctx ends.
func Run(ctx context.Context, s Subject, cases []Case) ([]Result, error) {
	if s.Classifier == nil || s.Understand == nil {
		return nil, errors.New("run suite: no classifier")
	}
	results := make([]Result, len(cases))
	for i, c := range cases {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("run suite at case %q: %w", c.ID, err)
		}
		results[i] = runCase(ctx, s, c)
	}
	return results, nil
}

func runCase(ctx context.Context, s Subject, c Case) Result {
	start := time.Now()
	r := Result{Case: c, Prediction: s.Understand(ctx, c.Text)}
	if s.Policy != nil {
		d := s.Policy.Decide(request(c, r.Prediction))
		r.Decision = &d
	}
	r.Latency = time.Since(start)
	r.OOSScore = s.Classifier.Classify(c.Text).OOSScore
	return r
}

// decidedAt is the moment at which every offline decision is made, so that runs repeat.
var decidedAt = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func request(c Case, p intent.Prediction) routing.Request {
	contact := routing.Contact{Type: c.ContactType}
	if contact.Type == "" {
		contact.Type = "customer"
	}
	return routing.Request{
		Text: c.Text, At: decidedAt, Prediction: p, Contact: contact,
		Evidence: routing.Evidence{Repeats: c.Repeats},
	}
}
