package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"usher/inbox"
	inboxpg "usher/inbox/postgres"
	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/learn"
	intentpg "usher/intent/postgres"
)

const (
	// lookedAt is how many of the latest decisions suggestions come from.
	lookedAt = 2000
	// suggestedText is how much of a suggested message is shown, and suggestedReadings how many of its readings.
	suggestedText     = 240
	suggestedReadings = 3
	// readTwice is how many messages are read with their vectors, unless more are asked for: some milliseconds each.
	readTwice = 100
	// turnWithin is how long a call waits for the one before it.
	turnWithin = 5 * time.Second
)

// suggester finds the messages that are most worth a label.
type suggester struct {
	models   *intentpg.Models
	store    *inboxpg.Store
	labelled []intent.Utterance
	known    func(label string) bool
	atHand   []intent.Embedder // the server's
	turn     chan struct{}     // holds one thing while a call is at it
}

func newSuggester(all catalogue, models *intentpg.Models, store *inboxpg.Store, atHand []intent.Embedder) *suggester {
	return &suggester{models: models, store: store, labelled: all.labelled, known: all.knows, atHand: atHand, turn: make(chan struct{}, 1)}
}

// suggested is what is worth a label, of how many messages without one, and the classifier that read them.
type suggested struct {
	model    *builtin.Model
	messages int
	next     []learn.Suggestion
}

// next are up to n messages that the live classifier is unsure of and that differ from each other and from what was corrected.
// All are read by their n-grams, and the most uncertain of them again with their vectors, where the classifier knows vectors.
func (s *suggester) next(ctx context.Context, n int) (out suggested, err error) {
	if out.model, err = storedModel(ctx, s.models, "live"); err != nil {
		return out, err
	}
	messages, err := s.store.Unlabelled(ctx, lookedAt)
	if err != nil {
		return out, err
	}
	lessons, err := s.store.Lessons(ctx)
	if err != nil {
		return out, err
	}
	data := learn.Merge(s.labelled, lessons, s.known)
	messages = unseen(messages, func(m intent.Unlabelled) string { return m.Text }, data.Utterances)
	readable := readAll(ctx, out.model, messages)
	out.messages = len(readable)
	pool := learn.Uncertain(readable, min(n*learn.PoolPerSuggestion, max(n, readTwice)))
	words := builtin.NewEmbedder()
	vectors, err := words.Embed(ctx, texts(pool))
	if err != nil {
		return out, err
	}
	taught, err := words.Embed(ctx, lessonTexts(data.Used))
	if err != nil {
		return out, err
	}
	pool = learn.Fresh(pool, vectors, taught)
	if vectors, err = s.readAgain(ctx, out.model, pool); err != nil || vectors == nil {
		if vectors, err = words.Embed(ctx, texts(pool)); err != nil {
			return out, err
		}
	}
	out.next, err = learn.Suggest(pool, vectors, n)
	return out, err
}

func texts(of []learn.Suggestion) []string {
	all := make([]string, len(of))
	for i, s := range of {
		all[i] = s.Text
	}
	return all
}

func lessonTexts(of []intent.Lesson) []string {
	all := make([]string, len(of))
	for i, l := range of {
		all[i] = l.Text
	}
	return all
}

// readAll reads messages by their n-grams, but for those in languages that the classifier does not know: people with the language
// get them, and a few labels would not change that.
func readAll(ctx context.Context, model *builtin.Model, messages []intent.Unlabelled) []learn.Suggestion {
	u := intent.NewUnderstander(model, intent.UnderstandOptions{})
	known := append(model.Languages(), intent.Undetermined)
	var out []learn.Suggestion
	for _, m := range messages {
		if p := u.Understand(ctx, m.Text); slices.Contains(known, p.Language) {
			out = append(out, learn.Read(m, p.Ranked, p.OOS))
		}
	}
	return out
}

// readAgain reads messages with the vectors that the classifier takes, as a node does where it is unsure, and returns the vectors;
// none when the classifier takes none that are at hand.
func (s *suggester) readAgain(ctx context.Context, model *builtin.Model, pool []learn.Suggestion) ([][]float32, error) {
	id, _ := model.Embedder()
	at := slices.IndexFunc(s.atHand, func(e intent.Embedder) bool { return e.Model() == id })
	if at < 0 {
		return nil, nil
	}
	vectors, err := s.atHand[at].Embed(ctx, texts(pool))
	if err != nil {
		return nil, err
	}
	for i, v := range vectors {
		c := model.ClassifyVector(pool[i].Text, v)
		pool[i] = learn.Read(pool[i].Unlabelled, c.Ranked, c.OOS)
	}
	return vectors, nil
}

// NextLabels is next for the API, one call at a time: each reads two thousand messages. inbox.ErrBusy when others are at it for long.
func (s *suggester) NextLabels(ctx context.Context, n int) (inbox.NextLabels, error) {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return inbox.NextLabels{}, ctx.Err()
	case <-time.After(turnWithin):
		return inbox.NextLabels{}, fmt.Errorf("find messages to label: others are at it: %w", inbox.ErrBusy)
	}
	found, err := s.next(ctx, n)
	if errors.Is(err, intentpg.ErrNoModel) {
		return inbox.NextLabels{}, nil
	}
	if err != nil {
		return inbox.NextLabels{}, fmt.Errorf("find messages to label: %w", err)
	}
	out := inbox.NextLabels{Model: found.model.Hash(), Messages: found.messages}
	for _, m := range found.next {
		out.Items = append(out.Items, inbox.NextLabel{Unlabelled: m.Unlabelled, Ranked: m.Ranked, OOS: m.OOS})
	}
	return out, nil
}

// print writes them, with what the live classifier makes of them and where to correct or confirm it.
func (s *suggester) print(ctx context.Context, out io.Writer, n int, publicURL string) error {
	if n < 1 {
		return errors.New("--suggest: say how many messages, such as --suggest 20")
	}
	found, err := s.next(ctx, n)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%d of %d messages without a label, of the latest %d decisions; read by %.*s\n", len(found.next), found.messages, lookedAt, shortHash, found.model.Hash())
	for i, m := range found.next {
		fmt.Fprintf(out, "\n%d. %s\n   %s\n   %s/conversations/%s\n", i+1, told(m.Text, suggestedText), readings(m), publicURL, m.ConversationID)
	}
	return nil
}

// readings are the likeliest intents of a suggestion and how likely none fits.
func readings(s learn.Suggestion) string {
	var parts []string
	for _, r := range s.Ranked[:min(suggestedReadings, len(s.Ranked))] {
		parts = append(parts, fmt.Sprintf("%s %.0f %%", r.Intent, 100*(1-s.OOS)*r.Confidence))
	}
	return strings.Join(append(parts, fmt.Sprintf("none fits %.0f %%", 100*s.OOS)), ", ")
}
