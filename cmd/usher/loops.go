package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"usher/inbox"
	"usher/inbox/api"
	inboxpg "usher/inbox/postgres"
	"usher/routing"
)

const (
	// workBatch is how many pieces of work one transaction takes.
	workBatch = 64
	// deciders work at the same time: one's commit overlaps with the other's thinking.
	deciders = 2
	// dispatchEvery finds queues whose signal was lost, and agents who came online.
	dispatchEvery = 2 * time.Second
	// connectedEvery is well within the hub's grace.
	connectedEvery = 20 * time.Second
)

// loop is something that runs until its context ends.
type loop struct {
	name string
	run  func(context.Context) error
}

// loops are all that a node does beside answering requests.
func (a *app) loops() []loop {
	all := []loop{
		{"take messages in", a.store.RunIngest},
		{"relay the outbox", func(ctx context.Context) error { return a.store.RunRelay(ctx, a.bus, a.log) }},
		{"sweep", func(ctx context.Context) error { return a.store.RunSweep(ctx, inboxpg.SweepOptions{}, a.log) }},
		{"answer", a.consume(routing.TopicReply, a.answer)},
		{"queue", a.consume(routing.TopicAgent, a.queued)},
		{"deliver", a.consume(routing.TopicOutbound, a.deliver)},
		{"dispatch", a.runDispatcher},
		{"follow the policy", a.policies.RunFollow},
		{"follow the classifier", a.followModel},
		{"write vectors", a.history.RunVectors},
		{"count vectors", a.reportVectors},
		{"listen", a.listen},
		{"say who is here", a.tellConnected},
		{"live updates", a.hub.Run},
		{"web chat", a.chat.Run},
	}
	for range deciders {
		all = append(all, loop{"decide", a.consume(routing.TopicInbound, a.decide)})
	}
	return all
}

func (a *app) consume(topic string, handle func(context.Context, []routing.Work) error) func(context.Context) error {
	return func(ctx context.Context) error { return a.bus.Consume(ctx, topic, workBatch, handle) }
}

func (a *app) decide(ctx context.Context, work []routing.Work) error {
	conversations := make([]uuid.UUID, len(work))
	for i, w := range work {
		conversations[i] = w.ConversationID
	}
	return a.store.Decide(ctx, observed{a.pipeline}, conversations)
}

func (a *app) answer(ctx context.Context, work []routing.Work) error {
	return a.store.Answer(ctx, a, a.policies.Live().Silence(), refs(work))
}

func (a *app) deliver(ctx context.Context, work []routing.Work) error {
	return a.store.Deliver(ctx, a.senders, refs(work))
}

// queued gives conversations that came into queues away, team by team.
func (a *app) queued(ctx context.Context, work []routing.Work) error {
	seen := map[string]bool{}
	var failed []error
	for _, w := range work {
		if seen[w.Token] {
			continue
		}
		seen[w.Token] = true
		_, err := a.store.Dispatch(ctx, w.Token)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

func refs(work []routing.Work) []uuid.UUID {
	out := make([]uuid.UUID, len(work))
	for i, w := range work {
		out[i] = w.Ref
	}
	return out
}

// runDispatcher gives away what waits whenever somebody has room again.
func (a *app) runDispatcher(ctx context.Context) error {
	tick := time.NewTicker(dispatchEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-a.dispatch:
		case <-tick.C:
		}
		if err := a.dispatchAll(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("dispatch", "error", err)
		}
	}
}

func (a *app) dispatchAll(ctx context.Context) error {
	teams, err := a.store.TeamsWaiting(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, team := range teams {
		_, err := a.store.Dispatch(ctx, team)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

func (a *app) listen(ctx context.Context) error {
	stop, err := a.bus.Listen(a.heard)
	if err != nil {
		return err
	}
	<-ctx.Done()
	stop()
	return nil
}

// Answers writes automatic answers from templates and what is known of the contacts.
func (a *app) Answers(ctx context.Context, requests []inbox.AnswerRequest) ([]inbox.Answer, error) {
	ids, names := make([]uuid.UUID, len(requests)), make([]string, len(requests))
	for i, r := range requests {
		ids[i], names[i] = r.ConversationID, r.Template
	}
	facts, err := a.templates.Facts(ctx, ids)
	if err != nil {
		return nil, err
	}
	templates, err := a.templates.Latest(ctx, names)
	if err != nil {
		return nil, err
	}
	answers := make([]inbox.Answer, len(requests))
	for i, r := range requests {
		t, found := templates[r.Template]
		if !found {
			answers[i].Err = fmt.Errorf("template %q: %w", r.Template, routing.ErrNotFound)
			continue
		}
		f := facts[r.ConversationID]
		f.Entities, f.At = r.Entities, r.At
		text, err := t.Render(r.Language, f.Context())
		answers[i] = inbox.Answer{Text: text, Language: cmp.Or(r.Language, t.Language), Version: t.Version, Asks: t.Watch, Err: err}
	}
	return answers, nil
}

// renderRow is a conversation as the API shows it, for live updates.
func (a *app) renderRow(ctx context.Context, id uuid.UUID) (json.RawMessage, int64, error) {
	c, err := a.store.Conversation(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	row, err := json.Marshal(api.ConversationFrom(c))
	if err != nil {
		return nil, 0, fmt.Errorf("render conversation %s: %w", id, err)
	}
	return row, c.LastSeq, nil
}

func (a *app) renderViews(ctx context.Context, agent inbox.Agent) (json.RawMessage, error) {
	v, err := a.store.Views(ctx, agent)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(api.ViewsFrom(v))
	if err != nil {
		return nil, fmt.Errorf("render views: %w", err)
	}
	return b, nil
}

// colleagues is the store with presence that everybody hears of.
type colleagues struct {
	*inboxpg.Store
	app *app
}

// SetPresence stores and announces it.
func (c colleagues) SetPresence(ctx context.Context, agent uuid.UUID, p inbox.Presence) error {
	if err := c.Store.SetPresence(ctx, agent, p); err != nil {
		return err
	}
	c.app.announce(news{Agent: agent, Presence: p})
	return nil
}

// gone takes an agent offline whose browser has been away for a while. A demo's colleagues have no browsers: everybody
// stays as the story leaves them.
func (a *app) gone(ctx context.Context, agent uuid.UUID) error {
	if a.demo {
		return nil
	}
	changed, err := a.store.MarkAbsent(ctx, agent)
	if changed {
		a.announce(news{Agent: agent, Presence: inbox.Offline})
	}
	return err
}

// came brings an agent online who opens the inbox and has not chosen to be away.
func (a *app) came(ctx context.Context, agent uuid.UUID) error {
	changed, err := a.store.MarkPresent(ctx, agent)
	if changed {
		a.announce(news{Agent: agent, Presence: inbox.Online})
	}
	return err
}

// tellConnected lets other nodes know which agents have a browser here, so that none counts as gone there.
func (a *app) tellConnected(ctx context.Context) error {
	tick := time.NewTicker(connectedEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if here := a.hub.Connected(); len(here) > 0 {
				a.announce(news{Connected: here})
			}
		}
	}
}
