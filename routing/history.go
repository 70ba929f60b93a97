package routing

import (
	"context"
	"time"

	"github.com/google/uuid"

	"usher/intent"
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
	// Vector is the text's, of norm 1, when it was embedded already; VectorBy says by which model. Vectors of a model that the
	// history does not compare by count as none.
	Vector   []float32
	VectorBy intent.ModelID
	// Embed allows texts to be embedded: the question's own unless its vector is given, and the contact's latest ones that
	// wait for their vectors. With neither a vector nor leave nothing is compared by meaning, only by contact and intent.
	Embed bool
}

// History answers questions from the past: one Evidence per question, in their order, in a number of statements that
// does not grow with the batch. An embedder that fails makes the evidence degraded and is no error.
type History interface {
	Recall(ctx context.Context, qs []Question) ([]Evidence, error)
}
