package inbox

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"usher/intent"
	"usher/routing"
)

// View is one of the lists that agents work from.
type View string

// The views. Every conversation that is not resolved is in All: no state hides one.
const (
	ViewMine     View = "mine"
	ViewQueue    View = "queue"
	ViewAll      View = "all"
	ViewWaiting  View = "waiting"
	ViewResolved View = "resolved"
)

// ListQuery asks for a page of a view. Team narrows the queue to one team (slug); Search looks into names,
// addresses and texts; Cursor is Page.Next of the page before.
type ListQuery struct {
	View   View
	Agent  Agent
	Team   string
	Search string
	Cursor string
	Limit  int
}

// Page is a part of a list. Next is empty on the last one.
type Page struct {
	Items []Conversation
	Next  string
}

// Views are the sizes of an agent's lists.
type Views struct {
	Mine     int
	Queue    int
	All      int
	Waiting  int
	Resolved int
	Teams    []TeamQueue
}

// TeamQueue is how many conversations wait in a team of the agent.
type TeamQueue struct {
	Team
	Queued int
}

// Draft is what an agent sends: a reply to the contact or a note to the team. ClientID makes a repeat a no-op.
type Draft struct {
	Text     string
	ClientID string
	Template string // name of the standard answer it started from, if any
}

// HandOver gives a conversation to a person or to a team's queue; one of both is set.
type HandOver struct {
	AgentID *uuid.UUID
	Team    string
	Note    string
}

// Correction is an agent's relabel of a decision.
type Correction struct {
	DecisionID  uuid.UUID
	Intent      string
	Priority    intent.Priority
	WrongAnswer bool
	Reason      string
}

// NextLabels are messages that are most worth a label, chosen from so many by a classifier with a hash; empty without one.
type NextLabels struct {
	Model    string
	Messages int
	Items    []NextLabel
}

// NextLabel is a message without a label, with what a classifier makes of it.
type NextLabel struct {
	intent.Unlabelled
	Ranked []intent.Ranked
	OOS    float64
}

// Context is what stands beside a conversation.
type Context struct {
	Contact Contact
	Events  []TrackedEvent
	History []Conversation
	Similar []routing.Case
}

// DecisionView is a decision as it was made, with what became of it.
type DecisionView struct {
	ID             uuid.UUID
	MessageID      uuid.UUID
	Decision       routing.Decision
	Prediction     intent.Prediction
	Evidence       routing.Evidence
	State          string
	WithheldReason string
	Assignment     *AssignmentView
	Corrections    []CorrectionView
	CreatedAt      time.Time
}

// AssignmentView says who got the conversation after a decision, and why not the others.
type AssignmentView struct {
	AgentID   uuid.UUID
	AgentName string
	Cause     string
	Trace     json.RawMessage
	StartedAt time.Time
	EndedAt   *time.Time
}

// CorrectionView is a correction with who made it and when.
type CorrectionView struct {
	Correction
	AgentName string
	CreatedAt time.Time
}

// ThresholdRow is how an intent fared in the last days. Wrong counts among Known: automatic answers that a
// contact or an agent said something about.
type ThresholdRow struct {
	Intent    string
	Volume    int
	Automatic int
	Wrong     int
	Known     int
}

// NewAgent is an agent to add. Capacity 0 means DefaultCapacity.
type NewAgent struct {
	Email    string
	Name     string
	Role     Role
	Teams    []string       // slugs
	Skills   map[string]int // level 1 to 5 by slug
	Capacity int
}

// DefaultCapacity is how many open conversations an agent has at most unless said otherwise.
const DefaultCapacity = 6

// SignInFor is how long a sign-in lasts when nothing is done with it, and SignInLinkFor how long a one-time link does.
const (
	SignInFor     = 14 * 24 * time.Hour
	SignInLinkFor = 24 * time.Hour
)
