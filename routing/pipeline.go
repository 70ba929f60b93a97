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
	// Refiner reads again what matters; nil where the n-grams are all there is.
	Refiner Refiner
	// Embedding says what matters.
	Embedding Embedding
	// History is nil where there is none, as in evals: then nothing is remembered and nothing is degraded.
	History History
	// Policy is the live policy at the moment of the call. It may be nil where nothing is decided and nothing remembered.
	Policy func() *Policy
	// Second is asked within the policy's band of confidence; nil where nobody is.
	Second SecondOpinion
	// Texts is nil where no answer is written, as in evals: then the policy alone says in which languages it may be.
	Texts Texts

	pressure pressure
}

// Prepare fills in what the requests are decided on and what does not depend on locks: predictions, evidence and second
// opinions. It never fails; evidence that could not be had is marked degraded. Their State may be a moment old.
func (p *Pipeline) Prepare(ctx context.Context, requests []Request) {
	var policy *Policy
	if p.Policy != nil {
		policy = p.Policy()
	}
	for i := range requests {
		requests[i].Prediction = p.understand(ctx, policy, requests[i])
	}
	vectors := p.refine(ctx, policy, requests)
	if len(requests) == 0 || policy == nil {
		return
	}
	if p.Texts != nil {
		p.askTexts(ctx, policy, requests)
	}
	if p.History != nil {
		p.recall(ctx, policy, requests, vectors)
	}
	p.askSecond(ctx, policy, requests)
}

// recall fills in the evidence. An automatic answer that there was no time to compare with the past is not given.
func (p *Pipeline) recall(ctx context.Context, policy *Policy, requests []Request, vectors intent.Vectors) {
	questions := make([]Question, len(requests))
	for i, r := range requests {
		questions[i] = p.question(policy, r)
		questions[i].Vector, questions[i].VectorBy = vectors.Of[i], vectors.By
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
		if r := requests[i]; r.Prediction.Shallow == tooMany && r.Evidence.Degraded == "" && policy.Decide(p.seconded(policy, r)).Route == ToReply {
			requests[i].Evidence.Degraded = r.Prediction.Shallow
		}
	}
}

// understand does not ask the model about a button: what it means is known.
func (p *Pipeline) understand(ctx context.Context, policy *Policy, r Request) intent.Prediction {
	text := r.Text
	if text == "" {
		text = r.Choice
	}
	prediction := p.Understander.Understand(ctx, text)
	if policy != nil {
		// What a policy's patterns find is stored with the prediction: a later policy decides on the same.
		prediction.Entities = policy.patterns.Find(text, prediction.Entities)
	}
	return prediction
}

// question asks what the past says. History embeds a text itself only where that matters and there was time for it.
func (p *Pipeline) question(policy *Policy, r Request) Question {
	worth, _ := p.worthVector(policy, r)
	return Question{
		ConversationID: r.ConversationID, ContactID: r.Contact.ID, Text: r.Text, Intent: r.Prediction.Top().Intent,
		Since: r.At.Add(-policy.RepeatWindow()), Embed: worth && r.Prediction.Shallow != tooMany,
	}
}

// Decide is what the live policy says of a prepared request. It is pure but for the choice of the policy.
func (p *Pipeline) Decide(r Request) Decision { return p.Policy().Decide(r) }
