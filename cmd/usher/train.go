package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usher/evals"
	inboxpg "usher/inbox/postgres"
	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/learn"
	intentpg "usher/intent/postgres"
	"usher/routing"
)

type trainOptions struct {
	suite, note string
	embedder    string
	floors      []string
	languages   []string
	force       bool
	dryRun      bool
	suggest     int
}

func newTrainCmd() *cobra.Command {
	var o trainOptions
	cmd := &cobra.Command{
		Use:   "train",
		Short: "Train a classifier on the starter pack and agents' corrections, and make it live if it is not worse",
		Long: `Trains on the starter pack and on what agents corrected in the inbox. A corrected text counts more than the same text of the
starter pack, the latest correction more than those before; one that says that none of the intents fits makes the text an example of
what is out of scope. Answers that were only called wrong teach nothing, but it is said how many of them each classifier would read
the same way again. Corrected priorities are counted: urgency is weighed apart, and not trained here.

The starter pack is English. With --language de the classifier is said to read German, too, from what agents corrected in it; the card
says how many texts those are, and later trainings keep it. Messages in other languages go to people.

Beside the n-grams it learns from vectors of the server's embedder, or of the one that --embedder names: builtin, remote
(OPENAI_BASE_URL, OPENAI_API_KEY) or none. A remote one embeds a text once and keeps the vector in the database.

The new classifier is measured beside the live one on the starter suite, or on --suite, without what either text was trained on.
It is not made live when a floor does not hold, when it gets fewer cases right by McNemar's test (p < 0.05), or when its confidence is
less to be believed by a paired bootstrap of ECE or log-loss (p < 0.05): all on the cases that are not sealed. Then the exit code
is 1, and it is stored for usher models compare and usher models promote. The exit code is 2 when it could not be trained or measured.

With --suggest nothing is trained: it prints that many of the latest messages which the live classifier is unsure of and which
differ from each other, so that an agent corrects or confirms their intent in the inbox.`,
		Example: `  usher train --suggest 20
  usher train --note "the corrections of May"
  usher train --suite messages.jsonl --floor intent.accuracy=0.9`,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := cobra.NoArgs(cmd, args); err != nil {
				return &exitError{exitCannotRun, err}
			}
			return suggestAlone(cmd.Flags())
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			var refused []string
			err := onDatabase(cmd.Context(), logTo(cmd), func(ctx context.Context, pool *pgxpool.Pool, config Config) error {
				tr, err := newTraining(pool, config, o, cmd.OutOrStdout(), logTo(cmd))
				if err != nil {
					return err
				}
				all, done, err := config.openEmbedders(intentpg.NewCache(pool, 0), slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)))
				if err != nil {
					return err
				}
				defer done()
				tr.atHand = all
				if tr.embedder, err = config.trainingEmbedder(o.embedder, all); err != nil {
					return err
				}
				if cmd.Flags().Changed("suggest") {
					next := suggester{models: tr.models, store: tr.store, labelled: tr.labelled, known: tr.known, atHand: all}
					return next.print(ctx, cmd.OutOrStdout(), o.suggest, config.publicURL(config.Listen))
				}
				refused, err = tr.run(ctx)
				return err
			})
			if err != nil {
				return &exitError{exitCannotRun, fmt.Errorf("train: %w", err)}
			}
			if len(refused) > 0 {
				return &exitError{exitBelowFloor, fmt.Errorf("train: not made live: %s", strings.Join(refused, "; "))}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.suite, "suite", "", "labelled messages to measure on; the starter suite unless given")
	f.StringArrayVar(&o.floors, "floor", nil, "do not make it live below measure=number, such as intent.accuracy=0.9 (may be repeated)")
	f.BoolVar(&o.force, "force", false, "make it live even so")
	f.BoolVar(&o.dryRun, "dry-run", false, "train and measure, and store nothing")
	f.StringVar(&o.note, "note", "", "why, for those who read the list of classifiers")
	f.StringVar(&o.embedder, "embedder", "", "whose vectors to learn from: builtin, remote or none (the server's unless given)")
	f.StringArrayVar(&o.languages, "language", nil, "learn to read this language, too, from what agents corrected in it, such as de (may be repeated)")
	f.IntVar(&o.suggest, "suggest", 0, "only print so many messages that are most worth a label")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{exitCannotRun, err} })
	return cmd
}

// suggestAlone refuses flags of a training where nothing is trained.
func suggestAlone(f *pflag.FlagSet) error {
	if !f.Changed("suggest") {
		return nil
	}
	for _, other := range []string{"suite", "floor", "force", "dry-run", "note", "embedder", "language"} {
		if f.Changed(other) {
			return &exitError{exitCannotRun, fmt.Errorf("--suggest trains nothing: leave --%s out", other)}
		}
	}
	return nil
}

// training is one run of `usher train`.
type training struct {
	trainOptions
	models   *intentpg.Models
	store    *inboxpg.Store
	embedder intent.Embedder // nil: n-grams alone
	atHand   []intent.Embedder
	labelled []intent.Utterance
	known    func(label string) bool
	invented map[string]int // examples that a model wrote, by intent
	cases    []evals.Case
	limits   []evals.Floor
	out      io.Writer
	progress func(string)
}

func newTraining(pool *pgxpool.Pool, config Config, o trainOptions, out io.Writer, progress func(string)) (*training, error) {
	tr := &training{trainOptions: o, models: intentpg.New(pool), store: inboxpg.New(pool, nil), out: out, progress: progress}
	for _, s := range o.floors {
		f, err := evals.ParseFloor(s)
		if err != nil {
			return nil, err
		}
		tr.limits = append(tr.limits, f)
	}
	var err error
	if tr.cases, err = suiteCases(o.suite); err != nil {
		return nil, err
	}
	all, err := config.catalogue()
	tr.labelled, tr.known, tr.invented = all.labelled, all.knows, all.invented()
	return tr, err
}

// run says why the new classifier was not made live; nothing when it was, or need not be.
func (tr *training) run(ctx context.Context) (refused []string, err error) {
	said, err := tr.hear(ctx)
	if err != nil {
		return nil, err
	}
	tellData(tr.out, len(tr.labelled), said)
	tellInvented(tr.out, tr.invented)
	began := time.Now()
	live, err := tr.live(ctx)
	if err != nil {
		return nil, err
	}
	languages, err := readLanguages(tr.languages, live, said.Utterances)
	if err != nil {
		return nil, err
	}
	tellLanguages(tr.out, languages)
	o := builtin.TrainOptions{Seed: trainingSeed, Progress: tr.progress, Languages: slices.Sorted(maps.Keys(languages))}
	if err := withVectors(ctx, tr.embedder, said.Utterances, len(said.Utterances)-len(said.Used), embeddedPerLabel, &o); err != nil {
		return nil, err
	}
	embedded := time.Since(began)
	model, err := builtin.Train(ctx, said.Utterances, o)
	if err != nil {
		return nil, err
	}
	if live != nil && live.Hash() == model.Hash() {
		fmt.Fprintf(tr.out, "%.*s is what these messages give, and it is live: nothing to do\n", shortHash, live.Hash())
		return nil, nil
	}
	card := newTrainedCard(model, said.Merged)
	card.EmbedS, card.TrainS = embedded.Seconds(), (time.Since(began) - embedded).Seconds()
	card.Suite, card.Invented, card.TextsIn = tr.suite, tr.invented, languages
	card.addSaid(len(tr.labelled), said)
	if err := tr.measure(ctx, live, model, said.Merged, &card); err != nil {
		return nil, err
	}
	if card.WrongAgain, err = tr.wrongAgain(ctx, live, model, said.wrong); err != nil {
		return nil, err
	}
	err = tr.keep(ctx, model, &card)
	return card.Refused, err
}

// heard is all that agents said, and what of it is trained on.
type heard struct {
	learn.Merged
	wrong      []intent.Lesson // answers called wrong without a better intent
	priorities []inboxpg.PriorityChange
}

func (tr *training) hear(ctx context.Context) (said heard, err error) {
	lessons, err := tr.store.Lessons(ctx)
	if err != nil {
		return said, err
	}
	if said.wrong, err = tr.store.WrongAnswers(ctx); err != nil {
		return said, err
	}
	if said.priorities, err = tr.store.PriorityChanges(ctx); err != nil {
		return said, err
	}
	said.Merged = learn.Merge(tr.labelled, lessons, tr.known)
	return said, nil
}

// wrongAgain counts of the answers called wrong, as far as their texts are left, those that a classifier would read as it was read
// then: an answer that was wrong once is wrong again.
func (tr *training) wrongAgain(ctx context.Context, live, model *builtin.Model, wrong []intent.Lesson) (again *wrongAgain, err error) {
	requests := make([]routing.Request, len(wrong))
	for i, l := range wrong {
		requests[i].Text = l.Text
	}
	count := func(m *builtin.Model) (n int, err error) {
		pipeline, err := offline(m, tr.atHand, routing.EmbedWhenItMatters, nil)
		if err != nil {
			return 0, err
		}
		pipeline.Prepare(ctx, requests)
		for i, r := range requests {
			if p := r.Prediction; r.Text != "" && p.OOS <= .5 && p.Top().Intent == wrong[i].Intent {
				n++
			}
		}
		return n, nil
	}
	w := wrongAgain{}
	for _, l := range wrong {
		if l.Text != "" {
			w.Of++
		}
	}
	if w.Of == 0 {
		return nil, nil
	}
	if w.After, err = count(model); err != nil {
		return nil, err
	}
	if live != nil {
		if w.Before, err = count(live); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(tr.out, "answers called wrong that would be read the same way again: %d of %d, by the live one %d\n", w.After, w.Of, w.Before)
	return &w, nil
}

// live is the live classifier, or nil when there is none that reads: then the new one is measured alone.
func (tr *training) live(ctx context.Context) (*builtin.Model, error) {
	artefact, hash, err := tr.models.LiveClassifier(ctx)
	if errors.Is(err, intentpg.ErrNoModel) {
		fmt.Fprintln(tr.out, "no classifier is live: nothing to compare with")
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	model, err := readModel(artefact, hash)
	if err != nil {
		fmt.Fprintf(tr.out, "the live classifier cannot be compared with: %v\n", err)
		return nil, nil
	}
	return model, nil
}

// measure fills in how the new classifier fared, and what speaks against making it live.
func (tr *training) measure(ctx context.Context, live, model *builtin.Model, data learn.Merged, card *trainedCard) error {
	cases := unseen(tr.cases, func(c evals.Case) string { return c.Text }, data.Utterances)
	if left := len(tr.cases) - len(cases); left > 0 {
		fmt.Fprintf(tr.out, "left out of the suite, because it is trained on them: %d\n", left)
	}
	if len(cases) == 0 {
		return errors.New("every message of the suite is trained on: give one with others")
	}
	after, err := measureModel(ctx, model, tr.atHand, cases)
	if err != nil {
		return err
	}
	card.Measured, card.Policy = &after.report, newPolicyCard(after.policy)
	if card.Refused, err = after.report.Check(tr.limits); err != nil {
		return err
	}
	if live == nil {
		return after.report.WriteText(tr.out, false)
	}
	before, err := measureModel(ctx, live, tr.atHand, cases)
	if err != nil {
		return err
	}
	c, err := evals.Compare(unsealed(before.results), unsealed(after.results))
	if err != nil {
		return err
	}
	card.Against = &comparedWith{Hash: live.Hash(), Comparison: c}
	for _, worse := range c.Worse() {
		card.Refused = append(card.Refused, fmt.Sprintf("worse than the live %.*s: %s", shortHash, live.Hash(), worse))
	}
	return writeComparison(tr.out, before, after, c)
}

// unseen are those whose text is not among the utterances: a model that has seen the answer shows nothing, and a label for it
// teaches nothing.
func unseen[T any](all []T, text func(T) string, utterances []intent.Utterance) []T {
	seen := keys(utterances)
	return slices.DeleteFunc(slices.Clone(all), func(x T) bool { return seen[intent.Sameness(text(x))] })
}

// keys are the texts of utterances, in the form in which the same example is the same.
func keys(utterances []intent.Utterance) map[string]bool {
	set := make(map[string]bool, len(utterances))
	for _, u := range utterances {
		set[intent.Sameness(u.Text)] = true
	}
	return set
}

// unsealed are the results on cases that something may be chosen on; all of them when every case is sealed.
func unsealed(results []evals.Result) []evals.Result {
	var out []evals.Result
	for _, r := range results {
		if !r.Case.Sealed {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return results
	}
	return out
}

// keep stores the classifier with its card, and makes it live unless something speaks against it and nobody insists.
func (tr *training) keep(ctx context.Context, model *builtin.Model, card *trainedCard) error {
	short := fmt.Sprintf("%.*s", shortHash, model.Hash())
	promote := len(card.Refused) == 0 || tr.force
	card.Forced = promote && len(card.Refused) > 0
	for _, reason := range card.Refused {
		fmt.Fprintln(tr.out, "against it:", reason)
	}
	if card.Forced {
		card.Overruled, card.Refused = card.Refused, nil
	}
	if tr.dryRun {
		fmt.Fprintf(tr.out, "%s would%s be made live; nothing is stored (--dry-run)\n", short, map[bool]string{false: " not"}[promote])
		return nil
	}
	artefact, err := model.MarshalBinary()
	if err != nil {
		return err
	}
	c := intentpg.Candidate{Name: "trained", Hash: model.Hash(), Artefact: artefact, Card: card, Author: author(), Note: tr.note}
	if !promote {
		fmt.Fprintf(tr.out, "%s is stored and not live; usher models promote %s makes it so\n", short, short)
		return tr.models.Add(ctx, c)
	}
	if err := tr.models.AddLive(ctx, c); err != nil {
		return err
	}
	fmt.Fprintf(tr.out, "%s is live\n", short)
	return nil
}
