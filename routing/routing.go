// Package routing turns a prediction and its context into a decision: the pipeline, the policy with its thresholds
// and guards, and templates. The root is pure Go without I/O. It imports intent.
package routing

import (
	"time"

	"github.com/google/uuid"

	"usher/intent"
)

// Request is all that a decision depends on, frozen. The same request under the same policy gives the
// same decision, today and in a replay.
type Request struct {
	ConversationID uuid.UUID         `json:"conversation_id"`
	MessageIDs     []uuid.UUID       `json:"message_ids"` // the messages it covers, in order
	Text           string            `json:"text"`        // their texts, one per line
	Choice         string            `json:"choice,omitempty"`
	At             time.Time         `json:"at"`
	Channel        string            `json:"channel"`
	Prediction     intent.Prediction `json:"prediction"`
	Contact        Contact           `json:"contact"`
	State          State             `json:"state"`
	Evidence       Evidence          `json:"evidence"`
	// Opinion is what a second model said, where the policy had one asked; nil when nobody was asked.
	Opinion *intent.Opinion `json:"opinion,omitempty"`
	// Texts are the languages in which the standard answers in question are written, the default first, by name. An empty list
	// is one that could not be read; nil means that nobody asked, as in evals.
	Texts map[string][]string `json:"texts,omitempty"`
}

// Contact is what policy may know of the customer.
type Contact struct {
	ID         uuid.UUID      `json:"id"`
	Type       string         `json:"type"`
	Attributes map[string]any `json:"attributes,omitempty"`
}

// State is what had happened in the conversation before the messages.
type State struct {
	AgentID     *uuid.UUID `json:"agent_id,omitempty"` // the person who owns it
	Team        string     `json:"team,omitempty"`     // slug; set when it waits in a queue or is owned
	PersonWrote bool       `json:"person_wrote,omitempty"`
	AutoReplies int        `json:"auto_replies"`      // automatic answers in a row
	Watched     bool       `json:"watched,omitempty"` // the last word was an automatic answer
	// Unsettled means that more is under way than these messages: an earlier automatic answer is not sent yet, or the contact
	// wrote more at once than one decision covers.
	Unsettled  bool   `json:"unsettled,omitempty"`
	LastIntent string `json:"last_intent,omitempty"`
	Priority   string `json:"priority,omitempty"`
	// Language is that of the messages before, which a text too short to tell is taken to be in; empty when not known.
	Language string `json:"language,omitempty"`
}

// Evidence is what history says, with the ids and scores that were seen then.
type Evidence struct {
	Similar []Case `json:"similar,omitempty"` // resolved conversations, most similar first
	// Repeats counts earlier conversations of this contact about the same thing in the policy's repeat window.
	Repeats  int        `json:"repeats,omitempty"`
	RepeatOf *uuid.UUID `json:"repeat_of,omitempty"`
	// Own are the most telling of those conversations, the most alike first. Their Score is 0 when only the intent is the
	// same; Outcome and ResolvedAt are empty while one is not resolved.
	Own            []Case     `json:"own,omitempty"`
	PreferredAgent *uuid.UUID `json:"preferred_agent,omitempty"` // who last helped this contact
	// ComparedBy names the embedder by whose vectors the text was compared; empty when it was not compared by meaning.
	// FellBack means that it is not the usual one, which did not answer.
	ComparedBy string `json:"compared_by,omitempty"`
	FellBack   bool   `json:"fell_back,omitempty"`
	// Degraded says why history could not be asked; empty when it was.
	Degraded string `json:"degraded,omitempty"`
}

// Case is a resolved conversation that resembles this one. Score is cosine similarity, -1 to 1.
type Case struct {
	ConversationID uuid.UUID `json:"conversation_id"`
	Score          float64   `json:"score"`
	Intent         string    `json:"intent"`
	Outcome        string    `json:"outcome"` // automatic, agent, silence, contact: who ended it
	Handled        string    `json:"handled"` // automatic or people: who answered
	Agent          string    `json:"agent,omitempty"`
	ResolvedAt     time.Time `json:"resolved_at"`
	Preview        string    `json:"preview,omitempty"`
}

// Kinds of route.
const (
	ToReply   = "reply"   // an automatic answer from Template
	ToAgent   = "agent"   // people of Team
	ToResolve = "resolve" // the contact said that it is done
)

// Decision is what happens to a request, and why.
type Decision struct {
	Route    string `json:"route"`
	Template string `json:"template,omitempty"`
	// TextLanguage is that of the template's text; empty when nobody asked in which languages it is written.
	TextLanguage string          `json:"text_language,omitempty"`
	Team         string          `json:"team,omitempty"` // also set for replies: who takes it if the answer does not help
	Skills       []string        `json:"skills,omitempty"`
	Priority     intent.Priority `json:"priority"`
	Intent       string          `json:"intent"` // intent.OutOfScope when none
	Confidence   float64         `json:"confidence"`
	Threshold    float64         `json:"threshold"`
	Language     string          `json:"language"` // of the message, else of the conversation, else "und"
	Degraded     bool            `json:"degraded"`
	// Guards are all checks in the order made; the first that did not pass is why people have it.
	Guards []Guard `json:"guards"`
	// PriorityReasons say in words what raised or lowered the priority.
	PriorityReasons []string `json:"priority_reasons,omitempty"`
	// Helped is what the contact said of the last automatic answer; nil when nothing.
	Helped *bool `json:"helped,omitempty"`
	// Reason is one sentence for people.
	Reason        string `json:"reason"`
	PolicyVersion int    `json:"policy_version"`
	PolicyHash    string `json:"policy_hash"`
	ModelHash     string `json:"model_hash"`
}

// Guard is one check before an automatic answer.
type Guard struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Detail string `json:"detail"`
}
