package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"usher/inbox"
)

// Labels finds the messages whose label would teach the classifier most, up to n of them. Without a classifier there are none.
type Labels interface {
	NextLabels(ctx context.Context, n int) (inbox.NextLabels, error)
}

// labelText bounds how much of a message is shown to be labelled, in characters.
const labelText = 1000

type (
	nextLabelsInput struct {
		Limit int `query:"limit" minimum:"1" maximum:"50" default:"20"`
	}
	// NextLabels are messages to label next.
	NextLabels struct {
		Model    string      `json:"model" doc:"hash of the classifier that is unsure of them; empty without one"`
		Messages int         `json:"messages" doc:"messages without a label that they were chosen from"`
		Items    []NextLabel `json:"items" nullable:"false"`
	}
)

// NextLabel is a message that the classifier is unsure of. A correction of its decision labels it; one that names the first
// reading confirms it.
type NextLabel struct {
	DecisionID     uuid.UUID `json:"decision_id"`
	ConversationID uuid.UUID `json:"conversation_id"`
	Text           string    `json:"text" doc:"the beginning, if it is long"`
	CreatedAt      time.Time `json:"created_at"`
	Readings       []Reading `json:"readings" nullable:"false" doc:"the likeliest first"`
	NoneFits       float64   `json:"none_fits" doc:"how likely none of the intents fits, 0 to 1"`
}

// Reading is an intent with how likely it is, 0 to 1, out of scope counted in.
type Reading struct {
	Intent string  `json:"intent"`
	Chance float64 `json:"chance"`
}

func (a *API) registerLabels(h huma.API) {
	huma.Register(h, operation(agents, http.MethodGet, "/api/v1/labels/next", "next-labels", "Messages that are most worth a label", 200, tagConversations),
		func(ctx context.Context, in *nextLabelsInput) (*body[NextLabels], error) {
			next, err := a.o.Labels.NextLabels(ctx, in.Limit)
			if err != nil {
				return nil, problem(err)
			}
			out := NextLabels{Model: next.Model, Messages: next.Messages, Items: []NextLabel{}}
			for _, m := range next.Items {
				out.Items = append(out.Items, nextLabelFrom(m))
			}
			return reply(out, nil)
		})
}

func nextLabelFrom(m inbox.NextLabel) NextLabel {
	out := NextLabel{DecisionID: m.DecisionID, ConversationID: m.ConversationID, Text: m.Text, CreatedAt: m.At, Readings: []Reading{}, NoneFits: m.OOS}
	if runes := []rune(m.Text); len(runes) > labelText {
		out.Text = string(runes[:labelText]) + "…"
	}
	for _, r := range m.Ranked {
		out.Readings = append(out.Readings, Reading{r.Intent, (1 - m.OOS) * r.Confidence})
	}
	return out
}
