package intent

import (
	"strings"
	"time"

	"github.com/google/uuid"
)

// Lesson is what people said that a message means, with where it comes from.
type Lesson struct {
	Utterance
	DecisionID     uuid.UUID // that it corrects
	ConversationID uuid.UUID
	By             string // who said it
	At             time.Time
}

// Sameness is a text without what makes no difference: case, spacing, punctuation at the end. Two labelled texts that share it
// are the same example.
func Sameness(text string) string {
	return strings.TrimRight(strings.Join(strings.Fields(strings.ToLower(Normalise(text))), " "), ".!? ")
}

// Unlabelled is a message that nobody has said the meaning of.
type Unlabelled struct {
	Text           string
	DecisionID     uuid.UUID // that was made of it
	ConversationID uuid.UUID
	At             time.Time
}
