package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"usher/channels"
	"usher/inbox"
	"usher/inbox/demo"
	inboxpg "usher/inbox/postgres"
	"usher/routing"
)

const (
	// scene is how many conversations are played at the same time. What is decided in one does not know the others'.
	scene = 20
	// maxRounds ends a scene. What the model of the day makes of a text may leave a conversation with people who are not
	// there; it then stays in the queue, because a demo that is a little different is better than none.
	maxRounds = 30
	// vectorsAtOnce is how many texts get their vectors in one go after a scene.
	vectorsAtOnce = 500
	// How long Usher takes to decide, and to answer, as the story tells it.
	decideTakes, answerTakes = 300 * time.Millisecond, 2 * time.Second
	// resolveAfter is how long people wait after the last word until they call it done.
	resolveAfter = 4 * time.Minute
)

// stage is the part of an installation on which the demo is played: all that is decided is decided by it.
type stage struct {
	store    *inboxpg.Store
	decider  inboxpg.Decider
	answerer inbox.Answerer
	history  vectorWriter
	silence  time.Duration
}

type vectorWriter interface {
	WriteVectors(ctx context.Context, most int) (int, error)
}

// player plays a story, scene by scene in the order of time, and moves each step into the past before the next.
type player struct {
	stage
	story *demo.Story
	since time.Time // nothing of the story is later; everything that is stored is stamped later
	cast  map[string]inbox.Agent
	told  map[int]int // events of contacts that were tracked
}

// playDemo plays a demo story with you as the one who looks at it, and returns how many conversations it has.
func playDemo(ctx context.Context, on stage, you inbox.Agent, o demo.Options) (n int, err error) {
	p := &player{stage: on, told: map[int]int{}, cast: map[string]inbox.Agent{demo.You: you}}
	if p.since, err = p.store.Clock(ctx); err != nil {
		return 0, err
	}
	if o.Now.IsZero() {
		o.Now = p.since.Add(-time.Second)
	}
	if p.story, err = demo.New(o); err != nil {
		return 0, err
	}
	working, stop := context.WithCancel(ctx)
	ingest := make(chan error, 1)
	go func() { ingest <- p.store.RunIngest(working) }()
	err = p.play(ctx)
	stop()
	return len(p.story.Conversations), errors.Join(err, <-ingest)
}

func (p *player) play(ctx context.Context) error {
	if err := p.introduce(ctx); err != nil {
		return err
	}
	var past, present []*talk
	for i := range p.story.Conversations {
		t := &talk{Conversation: &p.story.Conversations[i]}
		if t.State == demo.Resolved {
			past = append(past, t)
		} else {
			present = append(present, t)
		}
	}
	for _, s := range scenes(past) {
		if err := p.playScene(ctx, s); err != nil {
			return err
		}
	}
	if err := p.playPresent(ctx, present); err != nil {
		return err
	}
	return p.tellRest(ctx)
}

// introduce adds the colleagues and the contacts.
func (p *player) introduce(ctx context.Context) error {
	for _, g := range demo.Agents() {
		added, err := p.store.AddAgent(ctx, g.NewAgent)
		if err != nil {
			return err
		}
		p.cast[g.Key] = added
		if err := p.store.SetPresence(ctx, added.ID, inbox.Online); err != nil {
			return err
		}
	}
	for _, c := range p.story.Contacts {
		if c.ID == "" {
			continue
		}
		attributes := map[string]json.RawMessage{}
		for name, value := range c.Attributes {
			b, err := json.Marshal(value)
			if err != nil {
				return fmt.Errorf("attribute %q of contact %q: %w", name, c.ID, err)
			}
			attributes[name] = b
		}
		if _, err := p.store.Identify(ctx, inbox.Identity{ContactID: c.ID, Type: &c.Type, Name: &c.Name, Email: &c.Email, Attributes: attributes}); err != nil {
			return err
		}
	}
	return nil
}

// scenes cuts conversations, in the order of their openings, into groups in which no contact comes twice.
func scenes(talks []*talk) [][]*talk {
	var all [][]*talk
	var s []*talk
	here := map[int]bool{}
	for _, t := range talks {
		if len(s) == scene || here[t.Contact] {
			all, s, here = append(all, s), nil, map[int]bool{}
		}
		s, here[t.Contact] = append(s, t), true
	}
	return append(all, s)
}

// playPresent plays what is under way at the end of the story. People get what is meant for them by being the only ones
// at work; then everybody takes their last place, and what is left waits in the queues.
func (p *player) playPresent(ctx context.Context, talks []*talk) error {
	for _, state := range []demo.State{demo.Watched, demo.Waiting, demo.Owned} {
		byAgent := map[string][]*talk{}
		for _, t := range talks {
			if t.State == state && t.By != demo.You {
				byAgent[t.By] = append(byAgent[t.By], t)
			}
		}
		for _, key := range []string{"", "nadia", "tom", "ines", "sam"} {
			if err := p.alone(ctx, key); err != nil {
				return err
			}
			if err := p.playScene(ctx, byAgent[key]); err != nil {
				return err
			}
		}
	}
	for _, g := range demo.Agents() {
		if err := p.store.SetPresence(ctx, p.cast[g.Key].ID, g.Presence); err != nil {
			return err
		}
	}
	if err := p.store.SetPresence(ctx, p.cast[demo.You].ID, inbox.Online); err != nil {
		return err
	}
	var last []*talk
	for _, t := range talks {
		if t.State == demo.Queued || t.By == demo.You {
			last = append(last, t)
		}
	}
	if err := p.playScene(ctx, last); err != nil {
		return err
	}
	// What was left in a queue may have been given away in a later scene.
	moments := map[uuid.UUID]time.Time{}
	for _, t := range talks {
		moments[t.id] = t.moment(p.since)
	}
	return p.store.Backdate(ctx, p.since, moments)
}

// alone sends everybody but one home.
func (p *player) alone(ctx context.Context, key string) error {
	for who, agent := range p.cast {
		presence := inbox.Offline
		if who == key {
			presence = inbox.Online
		}
		if err := p.store.SetPresence(ctx, agent.ID, presence); err != nil {
			return err
		}
	}
	return nil
}

// playScene plays conversations side by side until each stands where it is to stand, then remembers them as cases.
func (p *player) playScene(ctx context.Context, talks []*talk) error {
	for _, t := range talks {
		t.at = t.At
		if err := p.open(ctx, t); err != nil {
			return fmt.Errorf("open %q: %w", t.Opening, err)
		}
	}
	if err := p.settle(ctx, talks); err != nil {
		return err
	}
	for range maxRounds {
		open := slices.DeleteFunc(slices.Clone(talks), func(t *talk) bool { return t.ended })
		if !slices.ContainsFunc(open, func(t *talk) bool { return !t.silent }) {
			break
		}
		if err := p.round(ctx, open); err != nil {
			return err
		}
	}
	if err := p.endSilence(ctx, talks); err != nil {
		return err
	}
	return p.remember(ctx, talks)
}

// round lets each conversation take one step, and Usher do what follows.
func (p *player) round(ctx context.Context, talks []*talk) error {
	queued := false
	for _, t := range talks {
		if err := p.step(ctx, t); err != nil {
			return fmt.Errorf("%q: %w", t.Opening, err)
		}
		queued = queued || t.queued
	}
	if queued {
		for _, team := range []string{"care", "technical"} {
			if _, err := p.store.Dispatch(ctx, team); err != nil {
				return err
			}
		}
	}
	return p.settle(ctx, talks)
}

// settle moves what was just done into the past, and has decided, answered and delivered what came in.
func (p *player) settle(ctx context.Context, talks []*talk) error {
	moments := map[uuid.UUID]time.Time{}
	var undecided []uuid.UUID
	for _, t := range talks {
		moments[t.id] = t.moment(p.since)
		if t.spoke {
			undecided = append(undecided, t.id)
		}
		t.spoke = false
	}
	if err := p.store.Backdate(ctx, p.since, moments); err != nil {
		return err
	}
	for id, at := range moments {
		moments[id] = earlier(at.Add(decideTakes), p.since)
	}
	if err := p.store.Decide(ctx, then{p.decider, moments}, undecided); err != nil {
		return err
	}
	if err := p.store.Backdate(ctx, p.since, moments); err != nil {
		return err
	}
	return p.deliver(ctx, talks)
}

// then is a decider for which it is the story's moment, so that a repeat is one of that time.
type then struct {
	inboxpg.Decider
	moments map[uuid.UUID]time.Time
}

func (d then) Prepare(ctx context.Context, requests []routing.Request) {
	for i := range requests {
		requests[i].At = d.moments[requests[i].ConversationID]
	}
	d.Decider.Prepare(ctx, requests)
}

// deliver sends the automatic answers that were decided on, and hands over what is for the contacts.
func (p *player) deliver(ctx context.Context, talks []*talk) error {
	var decisions, outbound []uuid.UUID
	for _, t := range talks {
		row, err := p.store.Conversation(ctx, t.id)
		if err != nil {
			return err
		}
		if row.DecisionID != nil {
			decisions = append(decisions, *row.DecisionID)
		}
	}
	if err := p.store.Answer(ctx, p.answerer, p.silence, decisions); err != nil {
		return err
	}
	moments := map[uuid.UUID]time.Time{}
	for _, t := range talks {
		entries, last, err := p.store.Messages(ctx, t.id, t.seen, 0, 500)
		if err != nil {
			return err
		}
		for _, m := range entries {
			if m.Delivery == inbox.Pending {
				outbound = append(outbound, m.ID)
			}
			if m.Author == inbox.ByAutomatic {
				t.answer, moments[t.id] = m, earlier(t.moment(p.since).Add(answerTakes), p.since)
				t.at = t.at.Add(answerTakes)
			}
		}
		t.seen = last
		if t.row, err = p.store.Conversation(ctx, t.id); err != nil {
			return err
		}
	}
	if err := p.store.Deliver(ctx, map[string]channels.Sender{channels.WebChat: arrives(channels.WebChat), channels.API: arrives(channels.API)}, outbound); err != nil {
		return err
	}
	return p.store.Backdate(ctx, p.since, moments)
}

// arrives is a channel on which everything gets there.
type arrives string

func (a arrives) Channel() string                             { return string(a) }
func (arrives) Send(context.Context, channels.Outbound) error { return nil }

// endSilence lets the time run out for contacts who said nothing more.
func (p *player) endSilence(ctx context.Context, talks []*talk) error {
	moments := map[uuid.UUID]time.Time{}
	for _, t := range talks {
		if t.silent && !t.ended {
			moments[t.id] = earlier(t.at.Add(p.silence+3*time.Second), p.since)
		}
	}
	if len(moments) == 0 {
		return nil
	}
	if err := p.store.ResolveSilent(ctx); err != nil {
		return err
	}
	return p.store.Backdate(ctx, p.since, moments)
}

// remember marks what was read, and makes vectors of the scene, so that the next one has a past.
func (p *player) remember(ctx context.Context, talks []*talk) error {
	for _, t := range talks {
		if t.State != demo.Queued && !(t.State == demo.Waiting && len(t.Opening)%2 == 0) { // some have not looked yet
			if err := p.store.MarkRead(ctx, t.id, t.seen); err != nil {
				return err
			}
		}
	}
	_, err := p.history.WriteVectors(ctx, vectorsAtOnce)
	return err
}

// tellRest tracks what happened to contacts after their last word, and makes them as old as they are.
func (p *player) tellRest(ctx context.Context) error {
	since := map[string]time.Time{}
	for i, c := range p.story.Contacts {
		if err := p.track(ctx, i, p.since); err != nil {
			return err
		}
		if c.ID != "" {
			since[c.ID] = c.Since
		}
	}
	return p.store.BackdateContacts(ctx, p.since, since)
}

// track tells what a contact did elsewhere up to a moment.
func (p *player) track(ctx context.Context, contact int, until time.Time) error {
	c := p.story.Contacts[contact]
	for ; p.told[contact] < len(c.Events) && !c.Events[p.told[contact]].At.After(until); p.told[contact]++ {
		n := p.told[contact]
		e := c.Events[n]
		properties, err := json.Marshal(e.Properties)
		if err != nil {
			return fmt.Errorf("event %d of contact %q: %w", n, c.ID, err)
		}
		_, _, err = p.store.Track(ctx, c.ID, inbox.TrackedEvent{
			Name: e.Name, Properties: properties, ExternalID: fmt.Sprintf("demo-%s-%d", c.ID, n), OccurredAt: e.At,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// colleague is somebody at work who has the skills of a conversation and is not the one who has it; by key.
func (p *player) colleague(t *talk) (inbox.Agent, bool) {
	var fit []inbox.Agent
	for key, a := range p.cast {
		lacks := slices.ContainsFunc(t.row.Skills, func(s string) bool { return a.Skills[s] == 0 })
		if key != demo.You && a.ID != *t.row.AgentID && slices.Contains(a.Teams, t.row.Team) && !lacks {
			fit = append(fit, a)
		}
	}
	if len(fit) == 0 {
		return inbox.Agent{}, false
	}
	return slices.MinFunc(fit, func(a, b inbox.Agent) int { return strings.Compare(a.Email, b.Email) }), true
}

// agent is who has the conversation.
func (p *player) agent(t *talk) inbox.Agent {
	for _, a := range p.cast {
		if t.row.AgentID != nil && a.ID == *t.row.AgentID {
			return a
		}
	}
	return inbox.Agent{}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b.Add(-time.Microsecond)
}

// inboxOf is the inbox address of a channel.
func inboxOf(channel string) string {
	return cmp.Or(map[string]string{channels.API: apiInbox}[channel], webInbox)
}
