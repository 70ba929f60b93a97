package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"usher/inbox"
	"usher/intent"
)

// Lists reads conversations for lists.
type Lists interface {
	Views(ctx context.Context, agent inbox.Agent) (inbox.Views, error)
	Conversations(ctx context.Context, q inbox.ListQuery) (inbox.Page, error)
	Conversation(ctx context.Context, id uuid.UUID) (inbox.Conversation, error)
}

// Threads reads one conversation and what stands beside it.
type Threads interface {
	// Messages returns entries in order: those after a sequence, or the last ones before one when before > 0.
	Messages(ctx context.Context, conversation uuid.UUID, after, before int64, limit int) ([]inbox.Message, int64, error)
	Context(ctx context.Context, conversation uuid.UUID) (inbox.Context, error)
	Decisions(ctx context.Context, conversation uuid.UUID) ([]inbox.DecisionView, error)
}

// Writers add what an agent writes. A repeat of a client id returns the first entry.
type Writers interface {
	Reply(ctx context.Context, conversation uuid.UUID, by inbox.Agent, d inbox.Draft) (inbox.Message, error)
	Note(ctx context.Context, conversation uuid.UUID, by inbox.Agent, d inbox.Draft) (inbox.Message, error)
}

// Owners change who has a conversation.
type Owners interface {
	Take(ctx context.Context, conversation uuid.UUID, by inbox.Agent) error
	HandOver(ctx context.Context, conversation uuid.UUID, by inbox.Agent, to inbox.HandOver) error
}

// States change how a conversation stands.
type States interface {
	Resolve(ctx context.Context, conversation uuid.UUID, by inbox.Agent) error
	Reopen(ctx context.Context, conversation uuid.UUID, by inbox.Agent) error
	SetPriority(ctx context.Context, conversation uuid.UUID, by inbox.Agent, p intent.Priority) error
	// Correct stores the correction. team is where the corrected intent belongs, "" when that does not change.
	Correct(ctx context.Context, conversation uuid.UUID, by inbox.Agent, c inbox.Correction, team string) error
}

type (
	idInput struct {
		ID uuid.UUID `path:"id"`
	}
	listInput struct {
		View   string `query:"view" enum:"mine,queue,all,waiting,resolved" default:"mine"`
		Team   string `query:"team" maxLength:"31" doc:"slug; narrows the queue to one team"`
		Search string `query:"q" maxLength:"200" doc:"looks into names, addresses and texts"`
		Cursor string `query:"cursor" maxLength:"300"`
		Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
	}
	conversationPage struct {
		Items      []Conversation `json:"items" nullable:"false"`
		NextCursor string         `json:"next_cursor"`
	}
	messagesInput struct {
		ID     uuid.UUID `path:"id"`
		After  int64     `query:"after" minimum:"0"`
		Before int64     `query:"before" minimum:"0" doc:"the last ones before this sequence instead"`
		Limit  int       `query:"limit" minimum:"1" maximum:"500" default:"200"`
	}
	draftInput struct {
		ID   uuid.UUID `path:"id"`
		Body struct {
			Text     string `json:"text" maxLength:"65536"`
			ClientID string `json:"client_id" minLength:"1" maxLength:"100" doc:"your id of it; sending it again is a no-op"`
			Template string `json:"template,omitempty" maxLength:"61"`
		}
	}
	handOverInput struct {
		ID   uuid.UUID `path:"id"`
		Body struct {
			AgentID *uuid.UUID `json:"agent_id,omitempty"`
			Team    string     `json:"team,omitempty" maxLength:"31"`
			Note    string     `json:"note,omitempty" maxLength:"65536"`
		}
	}
	priorityInput struct {
		ID   uuid.UUID `path:"id"`
		Body struct {
			Priority string `json:"priority" enum:"urgent,high,normal,low"`
		}
	}
	correctionInput struct {
		ID   uuid.UUID `path:"id"`
		Body struct {
			DecisionID  uuid.UUID `json:"decision_id"`
			Intent      string    `json:"intent,omitempty" maxLength:"61"`
			Priority    string    `json:"priority,omitempty" enum:"urgent,high,normal,low"`
			WrongAnswer bool      `json:"wrong_answer,omitempty"`
			Reason      string    `json:"reason,omitempty" maxLength:"2000"`
		}
	}
)

const tagConversations = "Conversations"

func (a *API) registerLists(h huma.API) {
	get := http.MethodGet
	huma.Register(h, operation(agents, get, "/api/v1/views", "views", "Sizes of your lists", 200, tagConversations),
		func(ctx context.Context, _ *struct{}) (*body[Views], error) {
			v, err := a.o.Lists.Views(ctx, agentFrom(ctx))
			return reply(ViewsFrom(v), err)
		})
	huma.Register(h, operation(agents, get, "/api/v1/conversations", "list-conversations", "A page of one of your lists", 200, tagConversations),
		func(ctx context.Context, in *listInput) (*body[conversationPage], error) {
			p, err := a.o.Lists.Conversations(ctx, inbox.ListQuery{
				View: inbox.View(in.View), Agent: agentFrom(ctx), Team: in.Team, Search: in.Search, Cursor: in.Cursor, Limit: in.Limit,
			})
			return reply(conversationPage{listOf(p.Items, ConversationFrom).Items, p.Next}, err)
		})
	huma.Register(h, operation(agents, get, "/api/v1/conversations/{id}", "get-conversation", "One conversation", 200, tagConversations),
		func(ctx context.Context, in *idInput) (*body[Conversation], error) {
			return a.conversation(ctx, in.ID, nil)
		})
}

// conversation answers an action with the conversation as it stands after it.
func (a *API) conversation(ctx context.Context, id uuid.UUID, err error) (*body[Conversation], error) {
	if err != nil {
		return nil, problem(err)
	}
	c, err := a.o.Lists.Conversation(ctx, id)
	return reply(ConversationFrom(c), err)
}

func (a *API) registerThreads(h huma.API) {
	get := http.MethodGet
	huma.Register(h, operation(agentsOrSystems, get, "/api/v1/conversations/{id}/messages", "list-messages",
		"Entries of a conversation, in order; systems see what the contact sees", 200, tagConversations), a.messages)
	huma.Register(h, operation(agents, get, "/api/v1/conversations/{id}/context", "get-context", "The contact, their events and history, similar cases", 200, tagConversations),
		func(ctx context.Context, in *idInput) (*body[Context], error) {
			c, err := a.o.Threads.Context(ctx, in.ID)
			return reply(contextFrom(c), err)
		})
	huma.Register(h, operation(agents, get, "/api/v1/conversations/{id}/decisions", "list-decisions", "Why it is here: every decision, newest first", 200, tagConversations),
		func(ctx context.Context, in *idInput) (*body[list[Decision]], error) {
			ds, err := a.o.Threads.Decisions(ctx, in.ID)
			return reply(listOf(ds, decisionFrom), err)
		})
}

func (a *API) messages(ctx context.Context, in *messagesInput) (*body[Messages], error) {
	if key, ok := systemFrom(ctx); ok {
		return a.systemMessages(ctx, key, in)
	}
	ms, last, err := a.o.Threads.Messages(ctx, in.ID, in.After, in.Before, in.Limit)
	return reply(Messages{listOf(ms, messageFrom).Items, last}, err)
}

func (a *API) registerActions(h huma.API) {
	post := http.MethodPost
	path := func(s string) string { return "/api/v1/conversations/{id}/" + s }
	huma.Register(h, operation(agents, post, path("replies"), "reply", "Answer the contact", 201, tagConversations),
		func(ctx context.Context, in *draftInput) (*body[Message], error) {
			m, err := a.o.Writers.Reply(ctx, in.ID, agentFrom(ctx), inbox.Draft{Text: in.Body.Text, ClientID: in.Body.ClientID, Template: in.Body.Template})
			return reply(messageFrom(m), repeatable(err))
		})
	huma.Register(h, operation(agents, post, path("notes"), "note", "Leave a note that only your team sees", 201, tagConversations),
		func(ctx context.Context, in *draftInput) (*body[Message], error) {
			m, err := a.o.Writers.Note(ctx, in.ID, agentFrom(ctx), inbox.Draft{Text: in.Body.Text, ClientID: in.Body.ClientID})
			return reply(messageFrom(m), repeatable(err))
		})
	a.action(h, "take", "Make it yours", a.o.takeOf)
	a.action(h, "resolve", "Mark it done", a.o.resolveOf)
	a.action(h, "reopen", "Open it again", a.o.reopenOf)
	huma.Register(h, operation(agents, post, path("hand-over"), "hand-over", "Give it to a person or to a team's queue", 200, tagConversations),
		func(ctx context.Context, in *handOverInput) (*body[Conversation], error) {
			to := inbox.HandOver{AgentID: in.Body.AgentID, Team: in.Body.Team, Note: in.Body.Note}
			return a.conversation(ctx, in.ID, a.o.Owners.HandOver(ctx, in.ID, agentFrom(ctx), to))
		})
	huma.Register(h, operation(agents, http.MethodPut, path("priority"), "set-priority", "Change its priority", 200, tagConversations),
		func(ctx context.Context, in *priorityInput) (*body[Conversation], error) {
			return a.conversation(ctx, in.ID, a.o.States.SetPriority(ctx, in.ID, agentFrom(ctx), intent.Priority(in.Body.Priority)))
		})
	huma.Register(h, operation(agents, post, path("corrections"), "correct", "Say what a decision should have been", 201, tagConversations), a.correct)
}

func (o Options) takeOf(ctx context.Context, id uuid.UUID, by inbox.Agent) error {
	return o.Owners.Take(ctx, id, by)
}

func (o Options) resolveOf(ctx context.Context, id uuid.UUID, by inbox.Agent) error {
	return o.States.Resolve(ctx, id, by)
}

func (o Options) reopenOf(ctx context.Context, id uuid.UUID, by inbox.Agent) error {
	return o.States.Reopen(ctx, id, by)
}

// action registers a change without a body that answers with the conversation.
func (a *API) action(h huma.API, name, summary string, do func(context.Context, uuid.UUID, inbox.Agent) error) {
	huma.Register(h, operation(agents, http.MethodPost, "/api/v1/conversations/{id}/"+name, name, summary, 200, tagConversations),
		func(ctx context.Context, in *idInput) (*body[Conversation], error) {
			return a.conversation(ctx, in.ID, do(ctx, in.ID, agentFrom(ctx)))
		})
}

func (a *API) correct(ctx context.Context, in *correctionInput) (*body[Conversation], error) {
	c := inbox.Correction{
		DecisionID: in.Body.DecisionID, Intent: in.Body.Intent, Priority: intent.Priority(in.Body.Priority),
		WrongAnswer: in.Body.WrongAnswer, Reason: in.Body.Reason,
	}
	if c.Intent == "" && c.Priority == "" && !c.WrongAnswer {
		return nil, problem(&inbox.InvalidError{Field: "intent", Remedy: "say at least one of intent, priority and wrong_answer"})
	}
	if c.Intent != "" && !a.known(c.Intent) {
		return nil, problem(&inbox.InvalidError{Field: "intent", Remedy: "is not in the catalogue; see GET /api/v1/intents"})
	}
	team := ""
	if c.Intent != "" {
		p, err := a.o.Policies.LivePolicy(ctx)
		if err != nil {
			return nil, problem(err)
		}
		team = p.RouteOf(c.Intent).Team
	}
	return a.conversation(ctx, in.ID, a.o.States.Correct(ctx, in.ID, agentFrom(ctx), c, team))
}

func (a *API) known(label string) bool {
	for _, i := range a.o.Catalogue {
		if i.ID == label {
			return true
		}
	}
	return label == intent.OutOfScope
}
