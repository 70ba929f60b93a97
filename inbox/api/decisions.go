package api

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"usher/inbox"
	"usher/intent"
	"usher/routing"
)

// Decision is a stored decision with what it was made on and what became of it: the story behind "Why here?".
type Decision struct {
	ID        uuid.UUID `json:"id"`
	MessageID uuid.UUID `json:"message_id"`
	routing.Decision
	State          string            `json:"state" enum:"pending,done,withheld"`
	WithheldReason string            `json:"withheld_reason"`
	CreatedAt      time.Time         `json:"created_at"`
	Prediction     intent.Prediction `json:"prediction"`
	Evidence       routing.Evidence  `json:"evidence"`
	Assignment     *Assignment       `json:"assignment"`
	Corrections    []CorrectionMade  `json:"corrections" nullable:"false"`
}

// Assignment is who got the conversation; Trace says who was considered and why not them.
type Assignment struct {
	Agent     Owner           `json:"agent"`
	Cause     string          `json:"cause" enum:"dispatched,taken,handed_over"`
	Trace     json.RawMessage `json:"trace"`
	StartedAt time.Time       `json:"started_at"`
}

// CorrectionMade is an agent's relabel of a decision.
type CorrectionMade struct {
	Agent       string    `json:"agent"`
	Intent      string    `json:"intent"`
	Priority    string    `json:"priority"`
	WrongAnswer bool      `json:"wrong_answer"`
	Reason      string    `json:"reason"`
	CreatedAt   time.Time `json:"created_at"`
}

func decisionFrom(v inbox.DecisionView) Decision {
	out := Decision{
		ID: v.ID, MessageID: v.MessageID, Decision: v.Decision, State: v.State, WithheldReason: v.WithheldReason,
		CreatedAt: v.CreatedAt, Prediction: v.Prediction, Evidence: v.Evidence, Corrections: []CorrectionMade{},
	}
	if x := v.Assignment; x != nil {
		out.Assignment = &Assignment{Owner{x.AgentID, x.AgentName}, x.Cause, orObject(x.Trace), x.StartedAt}
	}
	for _, c := range v.Corrections {
		out.Corrections = append(out.Corrections, CorrectionMade{c.AgentName, c.Intent, string(c.Priority), c.WrongAnswer, c.Reason, c.CreatedAt})
	}
	return out
}
