package routing

import (
	"context"
	"fmt"
	"sync"

	"usher/intent"
)

// SecondOpinion asks another model what an utterance is about. It never fails and bounds its own time; without an answer it
// abstains.
type SecondOpinion interface {
	Opinion(ctx context.Context, text string) intent.Opinion
}

// holds reports whether a confidence is within the band.
func (b *Band) holds(confidence float64) bool {
	return b != nil && confidence >= b.From && confidence < b.To
}

// opinionInQuestion reports whether the policy asks for a second opinion on what the first model says.
func (v view) opinionInQuestion() bool {
	return !v.continues && len(v.Prediction.Ranked) > 0 && v.SecondOpinion.holds(v.top.Confidence)
}

// seconded reports whether a second model was asked and says the same.
func (v view) seconded() bool {
	return v.opinionInQuestion() && v.Opinion != nil && v.Opinion.Abstained == "" && v.Opinion.Intent == v.label
}

func guardSecondOpinion(v view) verdict {
	o := v.Opinion
	if o == nil {
		return pass("nobody was asked for a second opinion")
	}
	cost := ""
	if o.TokensIn+o.TokensOut > 0 {
		cost = fmt.Sprintf(" (%d tokens read, %d written)", o.TokensIn, o.TokensOut)
	}
	who := plainWords(o.Model)
	switch {
	case v.seconded():
		return pass("%s says %s, too%s", who, IntentName(o.Intent), cost)
	case o.Abstained != "":
		return fail("without a second opinion", "%s gave no second opinion: %s%s", who, plainWords(o.Abstained), cost)
	}
	return fail("a second opinion differs", "%s says %s%s", who, IntentName(o.Intent), cost)
}

// seconded is the request with a second opinion that says the same, where one could be asked for.
func (p *Pipeline) seconded(policy *Policy, r Request) Request {
	if p.Second != nil && r.Text != "" && policy.SecondOpinion.holds(r.Prediction.Top().Confidence) {
		r.Opinion = &intent.Opinion{Intent: r.Prediction.Top().Intent}
	}
	return r
}

// askSecond asks for second opinions where they can change the route: where the message is answered automatically if the
// second model says the same. All are asked at once, so a batch waits for the slowest.
func (p *Pipeline) askSecond(ctx context.Context, policy *Policy, requests []Request) {
	var asked sync.WaitGroup
	for i, r := range requests {
		r = p.seconded(policy, r)
		if r.Opinion == nil || policy.Decide(r).Route != ToReply {
			continue
		}
		asked.Go(func() {
			o := p.Second.Opinion(ctx, r.Text)
			requests[i].Opinion = &o
		})
	}
	asked.Wait()
}
