// Package assist has a chat model write for agents: draft replies, which an agent reads, changes and sends, and summaries of
// conversations. It gathers what the model is told; nothing that it writes is sent or stored. It imports inbox, routing and
// intent.
package assist

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"
	lru "github.com/hashicorp/golang-lru/v2"

	"usher/inbox"
	"usher/intent"
	"usher/routing"
)

// Writer is the chat model. Its errors are *intent.NoAnswerError, or ctx's.
type Writer interface {
	Draft(ctx context.Context, b intent.Brief) (intent.Drafted, error)
	Summary(ctx context.Context, turns []intent.Turn, names []string) ([]intent.SummaryLine, error)
}

// Reader reads conversations.
type Reader interface {
	Conversation(ctx context.Context, id uuid.UUID) (inbox.Conversation, error)
	Context(ctx context.Context, conversation uuid.UUID) (inbox.Context, error)
	Messages(ctx context.Context, conversation uuid.UUID, after, before int64, limit int) ([]inbox.Message, int64, error)
	// WorkedAnswers are answers that ended other conversations well, in the order of these.
	WorkedAnswers(ctx context.Context, conversations []uuid.UUID) ([]intent.Worked, error)
}

// Templates renders standard answers.
type Templates interface {
	Preview(ctx context.Context, name, language, body string, conversation uuid.UUID) (text, in string, err error)
}

// Options are what an Assistant works with. Without a Writer it refuses, and Model is empty.
type Options struct {
	Reader    Reader
	Templates Templates
	Policy    func() *routing.Policy
	Writer    Writer
	Model     string
}

// Assistant writes for agents. Safe for concurrent use.
type Assistant struct {
	o         Options
	summaries *lru.Cache[uuid.UUID, kept]
}

// kept is a summary and the last entry that it speaks of.
type kept struct {
	lines []intent.SummaryLine
	upTo  int64
}

const (
	// heldSummaries bounds what is remembered: a day of a large team.
	heldSummaries = 2000
	// readEntries is how many of the latest entries of a conversation are looked at.
	readEntries = 150
)

// New returns an assistant.
func New(o Options) (*Assistant, error) {
	summaries, err := lru.New[uuid.UUID, kept](heldSummaries)
	if err != nil {
		return nil, fmt.Errorf("memory of %d summaries: %w", heldSummaries, err)
	}
	return &Assistant{o, summaries}, nil
}

// ChatModel is the name of the model, empty when none is configured.
func (a *Assistant) ChatModel() string { return a.o.Model }

var errNoModel = inbox.Refuse(inbox.ErrConflict, "no chat model is configured; whoever runs Usher can set USHER_CHAT_MODEL and start it again")

// DraftReply drafts a reply to the contact from the conversation, the standard answer of its intent, and what helped others.
func (a *Assistant) DraftReply(ctx context.Context, conversation uuid.UUID) (intent.Drafted, error) {
	if a.o.Writer == nil {
		return intent.Drafted{}, errNoModel
	}
	c, err := a.o.Reader.Conversation(ctx, conversation)
	if err != nil {
		return intent.Drafted{}, err
	}
	if c.Status == inbox.Resolved {
		return intent.Drafted{}, inbox.Refuse(inbox.ErrConflict, "it is resolved; reopen it to reply")
	}
	s, err := a.read(ctx, c)
	if err != nil {
		return intent.Drafted{}, err
	}
	// What the team says among itself is not for the contact.
	turns := slices.DeleteFunc(s.turns, func(t intent.Turn) bool { return t.By == intent.TurnNote })
	if !slices.ContainsFunc(turns, func(t intent.Turn) bool { return t.By == intent.TurnCustomer }) {
		return intent.Drafted{}, inbox.Refuse(inbox.ErrConflict, "the contact wrote nothing that could be answered")
	}
	beside, err := a.o.Reader.Context(ctx, conversation)
	if err != nil {
		return intent.Drafted{}, err
	}
	alike := make([]uuid.UUID, len(beside.Similar))
	for i, similar := range beside.Similar {
		alike[i] = similar.ConversationID
	}
	worked, err := a.o.Reader.WorkedAnswers(ctx, alike)
	if err != nil {
		return intent.Drafted{}, err
	}
	first, _, _ := strings.Cut(c.Contact.Name, " ")
	drafted, err := a.o.Writer.Draft(ctx, intent.Brief{
		Turns: turns, Customer: first, Language: c.Language, Names: s.names, Standard: a.standard(ctx, c), Worked: worked,
	})
	return drafted, a.refused(err, "no draft was written", "what you typed is as it was")
}

// standard is the standard answer of the conversation's intent, as it would read in it. One that cannot be rendered here, for
// want of an event it speaks of, is left out: the draft says less then.
func (a *Assistant) standard(ctx context.Context, c inbox.Conversation) []string {
	name := a.o.Policy().RouteOf(c.Intent).Template
	if name == "" {
		return nil
	}
	text, _, err := a.o.Templates.Preview(ctx, name, "", "", c.ID)
	if err != nil {
		return nil
	}
	return []string{text}
}

// Summary sums a conversation up. One that was made since the last entry is given again.
func (a *Assistant) Summary(ctx context.Context, conversation uuid.UUID) (inbox.Summary, error) {
	if a.o.Writer == nil {
		return inbox.Summary{}, errNoModel
	}
	c, err := a.o.Reader.Conversation(ctx, conversation)
	if err != nil {
		return inbox.Summary{}, err
	}
	s, err := a.read(ctx, c)
	if err != nil {
		return inbox.Summary{}, err
	}
	if len(s.turns) == 0 {
		return inbox.Summary{}, inbox.Refuse(inbox.ErrConflict, "nothing was written that could be summed up")
	}
	k, known := a.summaries.Get(conversation)
	if !known || k.upTo != s.upTo {
		lines, err := a.o.Writer.Summary(ctx, s.turns, s.names)
		if err != nil {
			return inbox.Summary{}, a.refused(err, "no summary was written", "the conversation is as it was")
		}
		k = kept{lines, s.upTo}
		a.summaries.Add(conversation, k)
	}
	return inbox.Summary{Lines: k.lines, LastSeq: s.last, Model: a.o.Model}, nil
}

// refused says in a sentence that the model gave nothing, and what is safe.
func (a *Assistant) refused(err error, what, safe string) error {
	if none, ok := errors.AsType[*intent.NoAnswerError](err); ok {
		return inbox.Refuse(inbox.ErrNoAnswer, "%s: %s says: %s; %s; try again in a moment", what, a.o.Model, none.Why, safe)
	}
	return err
}

// said is what people and automatic answers wrote in a conversation.
type said struct {
	turns []intent.Turn
	names []string
	upTo  int64 // the last entry among them
	last  int64 // where the conversation stood
}

func (a *Assistant) read(ctx context.Context, c inbox.Conversation) (said, error) {
	messages, last, err := a.o.Reader.Messages(ctx, c.ID, 0, math.MaxInt64, readEntries)
	if err != nil {
		return said{}, err
	}
	s := said{last: last, names: []string{c.Contact.Name}}
	for _, m := range messages {
		by := author(m)
		if by == "" || strings.TrimSpace(m.Text) == "" {
			continue
		}
		if m.Author == inbox.ByAgent && !slices.Contains(s.names, m.AuthorName) {
			s.names = append(s.names, m.AuthorName)
		}
		s.turns = append(s.turns, intent.Turn{By: by, Text: m.Text})
		s.upTo = m.Seq
	}
	return s, nil
}

// author is who wrote an entry, empty for those that nobody wrote.
func author(m inbox.Message) string {
	switch {
	case m.Kind == inbox.Inbound:
		return intent.TurnCustomer
	case m.Kind == inbox.Note:
		return intent.TurnNote
	case m.Kind == inbox.Outbound && m.Author == inbox.ByAgent:
		return intent.TurnAgent
	case m.Kind == inbox.Outbound:
		return intent.TurnAutomatic
	}
	return ""
}
