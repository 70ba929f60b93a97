package routing

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// Question asks what the past says about messages that wait for a decision.
type Question struct {
	ConversationID uuid.UUID
	ContactID      uuid.UUID
	Text           string
	Intent         string // the likely one; empty when not known
	// Since is how far back an earlier conversation about the same thing counts as a repeat. The zero time means
	// that nobody asks for repeats.
	Since time.Time
	// Embed allows the text to be embedded. Without it nothing is compared by meaning, only by contact and intent.
	Embed bool
}

// History answers questions from the past: one Evidence per question, in their order, in a number of statements that
// does not grow with the batch. An embedder that fails makes the evidence degraded and is no error.
type History interface {
	Recall(ctx context.Context, qs []Question) ([]Evidence, error)
}
