package inbox

import (
	"context"
	"time"

	"github.com/google/uuid"

	"usher/channels"
	"usher/intent"
	"usher/routing"
)

// AnswerRequest asks for the text of an automatic answer.
type AnswerRequest struct {
	ConversationID uuid.UUID
	Template       string
	Entities       []intent.Entity
	At             time.Time
}

// Answer is the text of an automatic answer. Err says why there is none: people take the conversation then.
type Answer struct {
	Text    string
	Version int  // of the template
	Asks    bool // whether it helped
	Err     error
}

// Answerer writes automatic answers, one per request and in their order. An error means that none could be written and
// is worth another try.
type Answerer interface {
	Answers(ctx context.Context, requests []AnswerRequest) ([]Answer, error)
}

// HelpQuestion ends an automatic answer that asks whether it helped.
const HelpQuestion = "Did that help?"

// HelpChoices are the buttons under it.
func HelpChoices() []channels.Choice {
	return []channels.Choice{{Value: routing.HelpedYes, Label: "Yes, thank you"}, {Value: routing.HelpedNo, Label: "No, I need more help"}}
}
