package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/learn"
)

const (
	// lookedAt is how many of the latest decisions suggestions come from.
	lookedAt = 2000
	// suggestedText is how much of a suggested message is shown, and suggestedReadings how many of its readings.
	suggestedText     = 240
	suggestedReadings = 3
)

// suggestLabels prints the messages that are most worth a label, with what the live classifier makes of them and where to correct
// or confirm it.
func (tr *training) suggestLabels(ctx context.Context, embedder *builtin.Embedder, publicURL string) error {
	if tr.suggest < 1 {
		return errors.New("--suggest: say how many messages, such as --suggest 20")
	}
	model, err := storedModel(ctx, tr.models, "live")
	if err != nil {
		return err
	}
	messages, err := tr.store.Unlabelled(ctx, lookedAt)
	if err != nil {
		return err
	}
	lessons, err := tr.store.Lessons(ctx)
	if err != nil {
		return err
	}
	candidates := readAll(ctx, model, unseen(messages, func(m intent.Unlabelled) string { return m.Text }, learn.Merge(tr.labelled, lessons, tr.known).Utterances))
	texts := make([]string, len(candidates))
	for i, c := range candidates {
		texts[i] = c.Text
	}
	vectors, err := embedder.Embed(ctx, texts)
	if err != nil {
		return err
	}
	suggestions, err := learn.Suggest(candidates, vectors, tr.suggest)
	if err != nil {
		return err
	}
	fmt.Fprintf(tr.out, "%d of %d messages without a label, of the latest %d decisions; read by %.*s\n", len(suggestions), len(candidates), lookedAt, shortHash, model.Hash())
	for i, s := range suggestions {
		fmt.Fprintf(tr.out, "\n%d. %s\n   %s\n   %s/conversations/%s\n", i+1, told(s.Text, suggestedText), readings(s), publicURL, s.ConversationID)
	}
	return nil
}

// readAll reads messages as a node does.
func readAll(ctx context.Context, model *builtin.Model, messages []intent.Unlabelled) []learn.Suggestion {
	u := intent.NewUnderstander(model, intent.UnderstandOptions{})
	out := make([]learn.Suggestion, len(messages))
	for i, m := range messages {
		p := u.Understand(ctx, m.Text)
		out[i] = learn.Read(m, p.Ranked, p.OOS)
	}
	return out
}

// readings are the likeliest intents of a suggestion and how likely none fits.
func readings(s learn.Suggestion) string {
	var parts []string
	for _, r := range s.Ranked[:min(suggestedReadings, len(s.Ranked))] {
		parts = append(parts, fmt.Sprintf("%s %.0f %%", r.Intent, 100*(1-s.OOS)*r.Confidence))
	}
	return strings.Join(append(parts, fmt.Sprintf("none fits %.0f %%", 100*s.OOS)), ", ")
}
