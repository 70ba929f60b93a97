package routing

import (
	"context"
	"errors"

	"usher/intent"
)

// Understander turns the text of a message into a prediction. It never fails: what it cannot read comes back degraded.
type Understander interface {
	Understand(ctx context.Context, text string) intent.Prediction
}

// Pipeline is the one way from a message to a decision: the worker, evals and replay all go it. Safe for concurrent use.
type Pipeline struct {
	Understander Understander
	// History is nil where there is none, as in evals: then nothing is remembered and nothing is degraded.
	History History
	// Policy is the live policy at the moment of the call. It may be nil where nothing is decided and nothing remembered.
	Policy func() *Policy
	// EmbedAlways says that an embedding costs microseconds. Otherwise it is asked for only when it can change the
	// route: when the answer would be automatic, or the model is uncertain.
	EmbedAlways bool
	// Second is asked within the policy's band of confidence; nil where nobody is.
	Second SecondOpinion
}

// Prepare fills in what the requests are decided on and what does not depend on locks: predictions, evidence and second
// opinions. It never fails; evidence that could not be had is marked degraded. Their State may be a moment old.
func (p *Pipeline) Prepare(ctx context.Context, requests []Request) {
	for i := range requests {
		requests[i].Prediction = p.understand(ctx, requests[i])
	}
	if len(requests) == 0 || p.Policy == nil {
		return
	}
	policy := p.Policy()
	if policy == nil {
		return
	}
	if p.History != nil {
		p.recall(ctx, policy, requests)
	}
	p.askSecond(ctx, policy, requests)
}

// recall fills in the evidence.
func (p *Pipeline) recall(ctx context.Context, policy *Policy, requests []Request) {
	questions := make([]Question, len(requests))
	for i, r := range requests {
		questions[i] = p.question(policy, r)
	}
	evidence, err := p.History.Recall(ctx, questions)
	if err == nil && len(evidence) != len(requests) {
		err = errors.New("history answered for another number of messages")
	}
	for i := range requests {
		if err != nil {
			requests[i].Evidence = Evidence{Degraded: "history did not answer"}
			continue
		}
		requests[i].Evidence = evidence[i]
	}
}

// understand does not ask the model about a button: what it means is known.
func (p *Pipeline) understand(ctx context.Context, r Request) intent.Prediction {
	text := r.Text
	if text == "" {
		text = r.Choice
	}
	prediction := p.Understander.Understand(ctx, text)
	if p.Policy != nil {
		if policy := p.Policy(); policy != nil {
			// What a policy's patterns find is stored with the prediction: a later policy decides on the same.
			prediction.Entities = policy.patterns.Find(text, prediction.Entities)
		}
	}
	return prediction
}

func (p *Pipeline) question(policy *Policy, r Request) Question {
	q := Question{
		ConversationID: r.ConversationID, ContactID: r.Contact.ID, Text: r.Text, Intent: r.Prediction.Top().Intent,
		Since: r.At.Add(-policy.RepeatWindow()), Embed: r.Text != "",
	}
	if q.Embed && !p.EmbedAlways {
		d := policy.Decide(p.seconded(policy, r))
		q.Embed = d.Route == ToReply || d.Confidence < policy.Defaults.UnclearBelow
	}
	return q
}

// Decide is what the live policy says of a prepared request. It is pure but for the choice of the policy.
func (p *Pipeline) Decide(r Request) Decision { return p.Policy().Decide(r) }
