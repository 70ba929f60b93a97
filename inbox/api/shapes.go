package api

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"usher/channels"
	"usher/inbox"
	"usher/routing"
)

// Me is the signed-in agent.
type Me struct {
	ID       uuid.UUID      `json:"id"`
	Name     string         `json:"name"`
	Email    string         `json:"email"`
	Role     string         `json:"role" enum:"agent,ops"`
	Presence string         `json:"presence" enum:"online,away,offline"`
	Capacity int            `json:"capacity"`
	Load     int            `json:"load" doc:"open conversations owned now"`
	Teams    []string       `json:"teams" nullable:"false"`
	Skills   map[string]int `json:"skills" doc:"level 1 to 5 by skill"`
	// HasPassword is false after the first sign-in by link.
	HasPassword bool `json:"has_password"`
}

func meFrom(a inbox.Agent) Me {
	return Me{
		ID: a.ID, Name: a.Name, Email: a.Email, Role: string(a.Role), Presence: string(a.Presence), Capacity: a.Capacity,
		Load: a.Load, Teams: orEmpty(a.Teams), Skills: a.Skills, HasPassword: a.HasPassword,
	}
}

// Colleague is an agent as others see them.
type Colleague struct {
	ID       uuid.UUID `json:"id"`
	Name     string    `json:"name"`
	Presence string    `json:"presence" enum:"online,away,offline"`
	Load     int       `json:"load"`
	Capacity int       `json:"capacity"`
	Teams    []string  `json:"teams" nullable:"false"`
}

func colleagueFrom(a inbox.Agent) Colleague {
	return Colleague{ID: a.ID, Name: a.Name, Presence: string(a.Presence), Load: a.Load, Capacity: a.Capacity, Teams: orEmpty(a.Teams)}
}

// Team has one queue.
type Team struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}

// Views are the sizes of the lists.
type Views struct {
	Mine     int         `json:"mine"`
	Queue    int         `json:"queue"`
	All      int         `json:"all"`
	Waiting  int         `json:"waiting"`
	Resolved int         `json:"resolved"`
	Teams    []TeamQueue `json:"teams" nullable:"false"`
}

// TeamQueue is a team of the agent with the size of its queue.
type TeamQueue struct {
	Team
	Queued int `json:"queued"`
}

// ViewsFrom is v as the API shows it; the live updates use it too.
func ViewsFrom(v inbox.Views) Views {
	out := Views{Mine: v.Mine, Queue: v.Queue, All: v.All, Waiting: v.Waiting, Resolved: v.Resolved, Teams: []TeamQueue{}}
	for _, t := range v.Teams {
		out.Teams = append(out.Teams, TeamQueue{Team{t.Slug, t.Name}, t.Queued})
	}
	return out
}

// ContactBrief is the customer in a list row.
type ContactBrief struct {
	ID         uuid.UUID `json:"id"`
	Name       string    `json:"name"`
	Email      string    `json:"email"`
	Type       string    `json:"type"`
	ExternalID string    `json:"external_id"`
}

func contactFrom(c inbox.Contact) ContactBrief {
	return ContactBrief{ID: c.ID, Name: c.Name, Email: c.Email, Type: c.Type, ExternalID: c.ExternalID}
}

// Owner is the agent who has a conversation.
type Owner struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// Conversation as it stands.
type Conversation struct {
	ID            uuid.UUID    `json:"id"`
	Contact       ContactBrief `json:"contact"`
	Channel       string       `json:"channel"`
	Status        string       `json:"status" enum:"open,waiting,resolved"`
	Priority      string       `json:"priority" enum:"urgent,high,normal,low"`
	Intent        string       `json:"intent"`
	Confidence    float64      `json:"confidence"`
	Language      string       `json:"language"`
	Degraded      bool         `json:"degraded"`
	Team          string       `json:"team"`
	Agent         *Owner       `json:"agent"`
	Skills        []string     `json:"skills" nullable:"false"`
	Reason        string       `json:"reason"`
	DecisionID    *uuid.UUID   `json:"decision_id"`
	LastSeq       int64        `json:"last_seq"`
	Preview       string       `json:"preview"`
	AutoReplies   int          `json:"auto_replies"`
	QueuedAt      *time.Time   `json:"queued_at"`
	WaitingSince  *time.Time   `json:"waiting_since"`
	LastMessageAt time.Time    `json:"last_message_at"`
	ResolvedAt    *time.Time   `json:"resolved_at"`
	ResolvedBy    string       `json:"resolved_by"`
	CreatedAt     time.Time    `json:"created_at"`
}

// ConversationFrom is c as the API shows it; the live updates use it too.
func ConversationFrom(c inbox.Conversation) Conversation {
	out := Conversation{
		ID: c.ID, Contact: contactFrom(c.Contact), Channel: c.Channel, Status: string(c.Status), Priority: string(c.Priority),
		Intent: c.Intent, Confidence: c.Confidence, Language: c.Language, Degraded: c.Degraded, Team: c.Team,
		Skills: orEmpty(c.Skills), Reason: c.Reason, DecisionID: c.DecisionID, LastSeq: c.LastSeq, Preview: c.Preview,
		AutoReplies: c.AutoReplies, QueuedAt: c.QueuedAt, WaitingSince: c.WaitingSince, LastMessageAt: c.LastMessageAt,
		ResolvedAt: c.ResolvedAt, ResolvedBy: c.ResolvedBy, CreatedAt: c.CreatedAt,
	}
	if c.AgentID != nil {
		out.Agent = &Owner{*c.AgentID, c.AgentName}
	}
	return out
}

// Message is one entry of a conversation.
type Message struct {
	ID         uuid.UUID  `json:"id"`
	Seq        int64      `json:"seq"`
	Kind       string     `json:"kind" enum:"inbound,outbound,note,activity"`
	Author     string     `json:"author" enum:"contact,agent,automatic,system"`
	AuthorName string     `json:"author_name"`
	AgentID    *uuid.UUID `json:"agent_id"`
	Text       string     `json:"text"`
	Payload    Payload    `json:"payload"`
	ClientID   string     `json:"client_id"`
	DecisionID *uuid.UUID `json:"decision_id"`
	Confidence float64    `json:"confidence" doc:"of the decision behind an automatic answer, else 0"`
	Delivery   string     `json:"delivery" doc:"outbound only: pending, sent, delivered, read or failed"`
	ProviderAt *time.Time `json:"provider_at"`
	CreatedAt  time.Time  `json:"created_at"`
}

// Payload is what an entry holds beside its text, by kind; what does not apply is left out.
type Payload struct {
	Choice   string            `json:"choice,omitempty" doc:"inbound: value of the button that the contact pressed"`
	Answers  *uuid.UUID        `json:"answers,omitempty" doc:"inbound: id of the message that offered the button"`
	Data     json.RawMessage   `json:"data,omitempty" doc:"inbound: what the sender wanted kept beside it"`
	Choices  []channels.Choice `json:"choices,omitempty" doc:"outbound: buttons under it"`
	Template string            `json:"template,omitempty" doc:"outbound: name of the standard answer it came from"`
	What     string            `json:"what,omitempty" enum:"queued,dispatched,taken,handed_over,released,resolved,reopened,priority_changed,corrected,wrong_answer,withheld" doc:"activity: what happened"`
	By       string            `json:"by,omitempty" doc:"activity: name of the agent who did it; left out when Usher did"`
	Agent    string            `json:"agent,omitempty" doc:"activity: name of the agent who has it now"`
	Team     string            `json:"team,omitempty" doc:"activity: slug of the team whose queue it is in now"`
	From     string            `json:"from,omitempty" doc:"activity: what it was before, or who had it"`
	To       string            `json:"to,omitempty" doc:"activity: what it is now"`
	Reason   string            `json:"reason,omitempty" doc:"activity: why; of resolved: agent, contact, silence or automatic"`
}

func messageFrom(m inbox.Message) Message {
	out := Message{
		ID: m.ID, Seq: m.Seq, Kind: m.Kind, Author: m.Author, AuthorName: m.AuthorName, AgentID: m.AgentID, Text: m.Text,
		ClientID: m.ClientID, DecisionID: m.DecisionID, Confidence: m.Confidence,
		Delivery: m.Delivery, ProviderAt: m.ProviderAt, CreatedAt: m.CreatedAt,
	}
	if err := json.Unmarshal(orObject(m.Payload), &out.Payload); err != nil {
		out.Payload = Payload{} // written by a later version: the text still shows
	}
	return out
}

// Messages is a part of a conversation; LastSeq is where the conversation stands.
type Messages struct {
	Items   []Message `json:"items" nullable:"false"`
	LastSeq int64     `json:"last_seq"`
}

// Context is what stands beside a conversation.
type Context struct {
	Contact ContactDetail  `json:"contact"`
	Events  []Event        `json:"events" nullable:"false"`
	History []Past         `json:"history" nullable:"false"`
	Similar []routing.Case `json:"similar" nullable:"false"`
}

// ContactDetail is the customer with attributes.
type ContactDetail struct {
	ContactBrief
	Attributes json.RawMessage `json:"attributes"`
	CreatedAt  time.Time       `json:"created_at"`
}

// Event is something the contact did elsewhere.
type Event struct {
	Name       string          `json:"name"`
	Properties json.RawMessage `json:"properties"`
	OccurredAt time.Time       `json:"occurred_at"`
}

// Past is another conversation of the contact.
type Past struct {
	ID         uuid.UUID `json:"id"`
	Status     string    `json:"status"`
	Intent     string    `json:"intent"`
	Preview    string    `json:"preview"`
	CreatedAt  time.Time `json:"created_at"`
	ResolvedBy string    `json:"resolved_by"`
}

func contactDetailFrom(c inbox.Contact) ContactDetail {
	return ContactDetail{contactFrom(c), orObject(c.Attributes), c.CreatedAt}
}

func contextFrom(c inbox.Context) Context {
	out := Context{
		Contact: contactDetailFrom(c.Contact),
		Events:  []Event{}, History: []Past{}, Similar: orEmpty(c.Similar),
	}
	for _, e := range c.Events {
		out.Events = append(out.Events, Event{e.Name, orObject(e.Properties), e.OccurredAt})
	}
	for _, h := range c.History {
		out.History = append(out.History, Past{h.ID, string(h.Status), h.Intent, h.Preview, h.CreatedAt, h.ResolvedBy})
	}
	return out
}

func orEmpty[T any](in []T) []T {
	if in == nil {
		return []T{}
	}
	return in
}

func orObject(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}
