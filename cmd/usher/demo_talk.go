package main

import (
	"context"
	"time"

	"github.com/google/uuid"

	"usher/channels"
	"usher/inbox"
	"usher/inbox/demo"
	"usher/routing"
)

// talk is a conversation of the story on its way.
type talk struct {
	*demo.Conversation
	id     uuid.UUID
	at     time.Time // of the story
	row    inbox.Conversation
	seen   int64         // sequence up to which entries were looked at
	answer inbox.Message // the last automatic one
	line   int           // of Lines, the next
	spoke  bool          // the contact wrote and that is not decided yet
	queued bool          // it waits for somebody to have room
	// reacted is set once the contact took the automatic answer in some way; wrote once it has written what it still had
	// to say about it.
	reacted, wrote bool
	corrected      bool // people have looked whether the machine was right
	silent         bool // nothing more comes
	ended          bool // it stands where it is to stand
}

// moment is the talk's time, before the end of the story.
func (t *talk) moment(end time.Time) time.Time { return earlier(t.at, end) }

// waits lets time go by. People act within their hours, where the conversation keeps to them.
func (t *talk) waits(d time.Duration, people bool) {
	t.at = t.at.Add(d)
	if people && t.Hours {
		t.at = demo.AtWork(t.at)
	}
}

// open sends the first message, after what was known of the contact until then.
func (p *player) open(ctx context.Context, t *talk) error {
	if err := p.track(ctx, t.Contact, t.At); err != nil {
		return err
	}
	return p.say(ctx, t, t.Opening, "")
}

// say has the contact write, or press a button under the last automatic answer.
func (p *player) say(ctx context.Context, t *talk, text, choice string) error {
	c := p.story.Contacts[t.Contact]
	m := channels.Message{
		Channel: t.Channel, InboxAddress: inboxOf(t.Channel), From: c.Address, ContactID: c.ID, Name: c.Name, Email: c.Email, Text: text, Choice: choice,
	}
	if choice != "" {
		m.Answers = t.answer.ID
	}
	if t.Channel == channels.API {
		m.From = c.Email
	}
	receipt, err := p.store.Receive(ctx, m)
	if err != nil {
		return err
	}
	t.id, t.spoke = receipt.ConversationID, true
	return nil
}

// step does the next thing that its people do, given where Usher put the conversation.
func (p *player) step(ctx context.Context, t *talk) error {
	t.queued = false
	switch {
	case t.row.Status == inbox.Resolved:
		t.ended = true
		return nil
	case t.row.Status == inbox.Waiting && t.row.AgentID == nil:
		return p.react(ctx, t)
	case t.row.AgentID == nil:
		return p.queue(ctx, t)
	}
	return p.goOn(ctx, t)
}

// react takes an automatic answer the way the story says.
func (p *player) react(ctx context.Context, t *talk) error {
	r := t.Reaction
	switch {
	case t.State == demo.Watched:
		t.ended = true
		return nil
	case r.Says == demo.SaysNothing && !t.reacted:
		t.silent = true
		return nil
	}
	t.waits(max(r.Wait, time.Minute), false)
	said := r.Says
	if t.reacted { // a second answer in a row is enough for anybody
		said = demo.SaysYes
	}
	t.reacted = true
	english, _ := inbox.HelpIn("en")
	switch choices := english.Choices(); {
	case said == demo.SaysText:
		return p.say(ctx, t, r.Text, "")
	case said == demo.SaysNo:
		return p.say(ctx, t, choices[1].Label, routing.HelpedNo)
	default:
		return p.say(ctx, t, choices[0].Label, routing.HelpedYes)
	}
}

// queue waits for people. A contact who said "no" says why meanwhile.
func (p *player) queue(ctx context.Context, t *talk) error {
	if t.reacted && !t.wrote && t.Reaction.Says == demo.SaysNo && t.Reaction.Text != "" {
		t.wrote = true
		t.waits(40*time.Second, false)
		return p.say(ctx, t, t.Reaction.Text, "")
	}
	if t.State == demo.Queued || t.State == demo.Watched {
		// Should the model have seen something else in it, it may be given away now: later than it came.
		t.waits(time.Minute, false)
		t.ended = true
		return nil
	}
	t.waits(time.Duration(20+len(t.Opening)%90)*time.Second, true)
	t.queued = true
	return nil
}

// goOn says the next line of those who talk with each other, or ends it when there is none.
func (p *player) goOn(ctx context.Context, t *talk) error {
	if !t.corrected {
		t.corrected = true
		if done, err := p.correct(ctx, t); done || err != nil {
			return err
		}
	}
	if t.line == len(t.Lines) {
		if t.State != demo.Resolved {
			t.ended = true
			return nil
		}
		t.waits(resolveAfter+time.Duration(len(t.Opening)%9)*time.Minute, true)
		return p.store.Resolve(ctx, t.id, p.agent(t))
	}
	l := t.Lines[t.line]
	t.line++
	t.waits(l.Wait, l.Kind != demo.ContactSays)
	switch l.Kind {
	case demo.ContactSays:
		return p.say(ctx, t, l.Text, "")
	case demo.Note:
		_, err := p.store.Note(ctx, t.id, p.agent(t), inbox.Draft{Text: l.Text, ClientID: uuid.NewString()})
		return err
	case demo.HandOver:
		return p.handOver(ctx, t, l)
	}
	_, err := p.store.Reply(ctx, t.id, p.agent(t), inbox.Draft{Text: l.Text, ClientID: uuid.NewString()})
	return err
}

// correct says what the machine got wrong, if the story has people say it: the intent, or that an automatic answer did
// not fit.
func (p *player) correct(ctx context.Context, t *talk) (done bool, err error) {
	by := p.agent(t)
	if t.reacted && t.Reaction.CalledWrong != "" && t.answer.DecisionID != nil {
		t.waits(time.Minute, true)
		return true, p.store.Correct(ctx, t.id, by, inbox.Correction{DecisionID: *t.answer.DecisionID, WrongAnswer: true, Reason: t.Reaction.CalledWrong}, "")
	}
	if t.Corrects == "" || t.row.Intent == t.Intent || t.row.DecisionID == nil || t.reacted {
		return false, nil
	}
	t.waits(time.Minute, true)
	return true, p.store.Correct(ctx, t.id, by, inbox.Correction{DecisionID: *t.row.DecisionID, Intent: t.Intent, Reason: t.Corrects}, "")
}

// handOver gives it to another team, or to a colleague when there is one.
func (p *player) handOver(ctx context.Context, t *talk, l demo.Line) error {
	by := p.agent(t)
	if l.Team != "" {
		if l.Team == t.row.Team {
			_, err := p.store.Note(ctx, t.id, by, inbox.Draft{Text: l.Text, ClientID: uuid.NewString()})
			return err
		}
		return p.store.HandOver(ctx, t.id, by, inbox.HandOver{Team: l.Team, Note: l.Text})
	}
	to, found := p.colleague(t)
	if !found {
		return nil
	}
	return p.store.HandOver(ctx, t.id, by, inbox.HandOver{AgentID: &to.ID, Note: l.Text})
}
