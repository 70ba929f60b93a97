package evals

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usher/intent"
	"usher/routing"
)

// Result is one case with everything that was predicted and decided for it.
type Result struct {
	Case       Case
	Prediction intent.Prediction
	Decision   *routing.Decision // nil without a policy
	Latency    time.Duration
}

// Run puts every case through a pipeline, in order: that of production, without a database and so without history. A
// pipeline without a policy is measured for understanding alone. It ends early only when ctx ends.
func Run(ctx context.Context, p *routing.Pipeline, cases []Case) ([]Result, error) {
	if p == nil || p.Understander == nil {
		return nil, errors.New("run suite: no pipeline that understands")
	}
	results := make([]Result, len(cases))
	for i, c := range cases {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("run suite at case %q: %w", c.ID, err)
		}
		results[i] = runCase(ctx, p, c)
	}
	return results, nil
}

func runCase(ctx context.Context, p *routing.Pipeline, c Case) Result {
	start := time.Now()
	requests := []routing.Request{request(c)}
	p.Prepare(ctx, requests)
	r := Result{Case: c, Prediction: requests[0].Prediction}
	if p.Policy != nil {
		d := p.Decide(requests[0])
		r.Decision = &d
	}
	r.Latency = time.Since(start)
	return r
}

// decidedAt is the moment at which every offline decision is made, so that runs repeat.
var decidedAt = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func request(c Case) routing.Request {
	contact := routing.Contact{Type: c.ContactType}
	if contact.Type == "" {
		contact.Type = "customer"
	}
	return routing.Request{
		Text: c.Text, At: decidedAt, Contact: contact,
		Evidence: routing.Evidence{Repeats: c.Repeats},
	}
}
