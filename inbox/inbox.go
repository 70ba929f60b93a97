// Package inbox holds what people work with: conversations, contacts, agents and teams, and the rules of
// who may do what to them. The root is plain Go without I/O. It imports routing and channels.
package inbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"usher/channels"
	"usher/intent"
)

// Status of a conversation.
type Status string

// A conversation is open while it waits on the company, waiting while it waits on the customer, and
// resolved when it is done. Undecided, queued and owned are open conversations without team, with a team
// and no agent, and with an agent.
//
//	open ──answer──► waiting ──message──► open
//	open, waiting ──resolve, "yes", silence──► resolved ──reopen──► open
const (
	Open     Status = "open"
	Waiting  Status = "waiting"
	Resolved Status = "resolved"
)

// Role of an agent: ops may also change policy, templates and people.
type Role string

// The roles.
const (
	RoleAgent Role = "agent"
	RoleOps   Role = "ops"
)

// Presence says whether an agent takes work.
type Presence string

// The presences.
const (
	Online  Presence = "online"
	Away    Presence = "away"
	Offline Presence = "offline"
)

// Errors that callers tell apart. Adapters wrap them with the operation and key.
var (
	ErrNotFound  = channels.ErrNotFound // the same as in channels, so that adapters can tell
	ErrForbidden = errors.New("not allowed")
	ErrConflict  = errors.New("conflict")      // somebody was faster, or the state does not allow it
	ErrInvalid   = errors.New("invalid")       // see InvalidError for field and remedy
	ErrAuth      = errors.New("not signed in") // no or dead credentials
	ErrBusy      = channels.ErrBusy            // too much at once, try again later
)

// InvalidError names the input that is wrong and the remedy. It is an ErrInvalid.
type InvalidError struct{ Field, Remedy string }

func (e *InvalidError) Error() string { return e.Field + ": " + e.Remedy }

// Is makes errors.Is(err, ErrInvalid) true.
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

// Refusal is one of the errors above with a sentence that the caller may read: what stands in the way and what to do.
type Refusal struct {
	Kind    error
	Message string
}

// Refuse makes a Refusal.
func Refuse(kind error, format string, args ...any) error {
	return &Refusal{kind, fmt.Sprintf(format, args...)}
}

func (e *Refusal) Error() string { return e.Message }

// Unwrap makes errors.Is(err, e.Kind) true.
func (e *Refusal) Unwrap() error { return e.Kind }

// Agent is a person who works conversations.
type Agent struct {
	ID       uuid.UUID
	Email    string
	Name     string
	Role     Role
	Presence Presence
	Capacity int
	Load     int // open conversations owned now
	// HasPassword is false until the agent set one.
	HasPassword bool
	Teams       []string
	Skills      map[string]int
}

// Team is a group of agents with one queue.
type Team struct {
	ID   uuid.UUID
	Slug string
	Name string
}

// Contact is the customer.
type Contact struct {
	ID         uuid.UUID
	ExternalID string
	Type       string
	Name       string
	Email      string
	Attributes json.RawMessage
	CreatedAt  time.Time
}

// Identity is what a system knows of a contact. A nil field is left as it is; attributes are merged, and one that
// is null is removed.
type Identity struct {
	ContactID  string // the company's own id of the person
	Type       *string
	Name       *string
	Email      *string
	Attributes map[string]json.RawMessage
}

// APIKey is what a system's key stands for: it may write to, and read from, one inbox address.
type APIKey struct {
	ID             uuid.UUID
	Name           string
	InboxAddressID uuid.UUID
	Channel        string
	InboxAddress   string
}

// Conversation as it stands, with the names a list row needs.
type Conversation struct {
	ID            uuid.UUID
	Contact       Contact
	Channel       string
	Status        Status
	Priority      intent.Priority
	Intent        string
	Confidence    float64
	Language      string
	Degraded      bool
	Team          string // slug, empty when undecided
	AgentID       *uuid.UUID
	AgentName     string
	Skills        []string
	DecisionID    *uuid.UUID
	Reason        string // of the latest decision, one sentence
	LastSeq       int64
	Preview       string
	AutoReplies   int
	QueuedAt      *time.Time
	WaitingSince  *time.Time // since when the customer waits on us; nil when it is their turn
	LastMessageAt time.Time
	ResolvedAt    *time.Time
	ResolvedBy    string
	CreatedAt     time.Time
}

// Kinds of message, and who wrote it.
const (
	Inbound  = "inbound"
	Outbound = "outbound"
	Note     = "note"
	Activity = "activity"

	ByContact   = "contact"
	ByAgent     = "agent"
	ByAutomatic = "automatic"
	BySystem    = "system"
)

// How far an outbound message has come.
const (
	Pending   = "pending"
	Sent      = "sent"
	Delivered = "delivered"
	Read      = "read"
	Failed    = "failed"
)

// What an activity says happened: ActivityPayload.What, with the fields that come with it. By is set when an agent
// did it and empty when Usher did.
const (
	DidQueue      = "queued"           // Team; Reason
	DidDispatch   = "dispatched"       // Agent got it from the queue of Team
	DidTake       = "taken"            // By has it now; From, who had it, if anybody
	DidHandOver   = "handed_over"      // to Agent or into the queue of Team; From, who had it, if anybody
	DidRelease    = "released"         // back into the queue of Team, From an agent who had it; Reason
	DidResolve    = "resolved"         // Reason: agent, contact, silence or automatic
	DidReopen     = "reopened"         // into the queue of Team, or to Agent
	DidPrioritise = "priority_changed" // From, To
	DidCorrect    = "corrected"        // To, the intent, and From, what it was taken for
	DidCallWrong  = "wrong_answer"     // the automatic answer did not fit; Reason
	DidWithhold   = "withheld"         // an automatic answer was not sent; Reason
)

// ActivityPayload is the payload of an activity. Agents are given by name, teams by slug.
type ActivityPayload struct {
	What   string `json:"what"`
	By     string `json:"by,omitempty"`
	Agent  string `json:"agent,omitempty"`
	Team   string `json:"team,omitempty"`
	From   string `json:"from,omitempty"`
	To     string `json:"to,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Message is one entry of a conversation.
type Message struct {
	ID             uuid.UUID
	ConversationID uuid.UUID
	Seq            int64
	Kind           string
	Author         string
	AgentID        *uuid.UUID
	AuthorName     string
	Text           string
	Payload        json.RawMessage
	ClientID       string
	DecisionID     *uuid.UUID
	Delivery       string
	Confidence     float64 // of the decision behind an automatic answer
	ProviderAt     *time.Time
	CreatedAt      time.Time
}

// TrackedEvent is something a contact did elsewhere.
type TrackedEvent struct {
	ID         uuid.UUID
	Name       string
	Properties json.RawMessage
	ExternalID string
	OccurredAt time.Time
}

// Change tells listeners that a conversation has something new up to Seq. It is a hint: listeners read the
// truth from the store, and find what they missed by the gap in Seq.
type Change struct {
	// ConversationID is zero when no conversation changed but an agent made room by coming online.
	ConversationID uuid.UUID `json:"conversation_id"`
	Seq            int64     `json:"seq"`
	// Work is true when something was put into the outbox, so the relay should look now.
	Work bool `json:"-"`
	// Team is the slug of a team whose queue or room changed, so that the dispatcher looks; empty when none did.
	Team string `json:"-"`
	// Decided is how long each message that was just decided had waited since its acceptance.
	Decided []time.Duration `json:"-"`
}
