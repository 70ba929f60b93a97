package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"usher/evals"
	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/starter"
	"usher/routing"
)

// Exit codes of `usher eval`: a floor does not hold, or it could not run.
const (
	exitBelowFloor = 1
	exitCannotRun  = 2
)

type evalOptions struct {
	train    string
	jsonFile string
	floors   []string
	verbose  bool
	seed     int64
	seeds    int
	shots    int
	noOOS    bool
	balanced bool
	embedder string
	embed    string
}

func newEvalCmd() *cobra.Command {
	var o evalOptions
	cmd := &cobra.Command{
		Use:   "eval SUITE...",
		Short: "Measure understanding and deciding on labelled messages, offline",
		Long: `Runs the production pipeline on suites of labelled messages, without server or database.

A suite is JSON Lines, or a CSV with the columns text and intent (or category); the label "oos" means out of scope.
Without --train the starter pack is the model and the default policy decides. With --train FILE.csv the model is trained
on that file first (rows labelled oos are negatives) and only understanding is measured.

--shots N trains on N rows of each label, --seeds K does it K times, with the seeds from --seed on that choose the rows too,
and reports means and standard deviations.

Exits with 1 when a floor does not hold, with 2 when it could not run.`,
		Example: `  usher eval evals/suites/starter.jsonl --floor intent.accuracy=0.85
  usher eval --train train.csv test.csv --json report.json
  usher eval --train train.csv --shots 10 --seeds 3 test.csv`,
		RunE: func(cmd *cobra.Command, suites []string) error {
			broken, err := runEval(cmd.Context(), o, suites, cmd.OutOrStdout(), cmd.ErrOrStderr())
			if err != nil {
				return &exitError{exitCannotRun, fmt.Errorf("eval: %w", err)}
			}
			if len(broken) > 0 {
				return &exitError{exitBelowFloor, fmt.Errorf("eval: below the floor: %s", strings.Join(broken, "; "))}
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.train, "train", "", "train on this CSV or JSON Lines file first")
	f.StringVar(&o.jsonFile, "json", "", "write the report to this file as JSON")
	f.StringArrayVar(&o.floors, "floor", nil, "fail below measure=number, such as intent.accuracy=0.9 (may be repeated)")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "show the table per intent, confusions and misses")
	f.Int64Var(&o.seed, "seed", 1, "seed of the training")
	f.IntVar(&o.seeds, "seeds", 1, "train so often, each time with the next seed, and report the means")
	f.IntVar(&o.shots, "shots", 0, "train on so many rows of each label only; 0 for all")
	f.BoolVar(&o.noOOS, "without-oos", false, "leave rows labelled oos out of the training")
	f.BoolVar(&o.balanced, "balanced", false, "let every label count alike in the training, however many rows it has")
	f.StringVar(&o.embedder, "embedder", defaultEmbedder, "learn from its vectors beside the n-grams: none, hash-512, use-lite-512, use-lite-512+hash-512")
	f.StringVar(&o.embed, "embed", "", "read the vectors of cases: auto (where it matters, as in production), always or never (default always with --train, else auto)")
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return &exitError{exitCannotRun, err} })
	return cmd
}

// runEval reports the floors that do not hold; an error means that nothing was measured.
func runEval(ctx context.Context, o evalOptions, suites []string, out, progress io.Writer) ([]string, error) {
	if len(suites) == 0 {
		return nil, errors.New("name at least one suite, such as evals/suites/starter.jsonl")
	}
	floors := make([]evals.Floor, len(o.floors))
	for i, s := range o.floors {
		f, err := evals.ParseFloor(s)
		if err != nil {
			return nil, err
		}
		floors[i] = f
	}
	var cases []evals.Case
	for _, path := range suites {
		cs, err := evals.ReadSuite(path)
		if err != nil {
			return nil, err
		}
		cases = append(cases, cs...)
	}
	report, err := o.measure(ctx, cases, progress)
	if err != nil {
		return nil, err
	}
	for _, path := range suites {
		report.Suites = append(report.Suites, filepath.Base(path))
	}
	if err := report.WriteText(out, o.verbose); err != nil {
		return nil, err
	}
	if err := writeJSON(o.jsonFile, report); err != nil {
		return nil, err
	}
	return report.Check(floors)
}

// measure trains once per seed and measures each model on the cases.
func (o evalOptions) measure(ctx context.Context, cases []evals.Case, progress io.Writer) (evals.Report, error) {
	if err := o.embedding().Check(); err != nil {
		return evals.Report{}, fmt.Errorf("--embed: %w", err)
	}
	if o.seeds < 1 || o.shots < 0 {
		return evals.Report{}, fmt.Errorf("--seeds %d --shots %d: there must be a seed at least, and 0 shots mean all", o.seeds, o.shots)
	}
	utterances, policy, err := evalMaterial(o.train)
	if err != nil {
		return evals.Report{}, err
	}
	if o.noOOS {
		utterances = slices.DeleteFunc(utterances, func(u intent.Utterance) bool { return u.Intent == intent.OutOfScope })
	}
	runs := make([]evals.Report, o.seeds)
	for i := range runs {
		seed, some := o.seed+int64(i), utterances
		if o.shots > 0 {
			some = evals.Sample(utterances, o.shots, seed)
		}
		runs[i], err = o.run(ctx, some, policy, cases, builtin.TrainOptions{
			Seed: seed, Balanced: o.balanced,
			Progress: func(s string) { fmt.Fprintln(progress, s) },
		})
		if err != nil {
			return evals.Report{}, fmt.Errorf("seed %d: %w", seed, err)
		}
	}
	report := runs[0]
	if o.seeds > 1 {
		report = evals.Mean(runs)
	}
	report.Shots = o.shots
	return report, nil
}

// run trains a model and measures it. Without a policy it only understands.
func (o evalOptions) run(ctx context.Context, utterances []intent.Utterance, policy *routing.Policy, cases []evals.Case, t builtin.TrainOptions) (evals.Report, error) {
	embedder, err := evalEmbedder(o.embedder)
	if err != nil {
		return evals.Report{}, err
	}
	start := time.Now()
	if o.asStarter(embedder) {
		t.Head = starter.Head()
	} else if err := withVectors(ctx, embedder, utterances, len(utterances), len(utterances), &t); err != nil {
		return evals.Report{}, err
	}
	embedded := time.Since(start).Seconds()
	start = time.Now()
	model, err := builtin.Train(ctx, utterances, t)
	if err != nil {
		return evals.Report{}, err
	}
	trained := time.Since(start).Seconds()
	pipeline, err := offline(model, atHand(embedder), o.embedding(), policy)
	if err != nil {
		return evals.Report{}, err
	}
	results, err := evals.Run(ctx, pipeline, cases)
	if err != nil {
		return evals.Report{}, err
	}
	report := evals.NewReport(results)
	report.TrainS = &trained
	if t.Vectors != nil {
		report.EmbedS = &embedded
	}
	return report, nil
}

// asStarter reports whether the training is that of a new installation.
func (o evalOptions) asStarter(e intent.Embedder) bool {
	return o.train == "" && o.shots == 0 && !o.noOOS && !o.balanced && e != nil && e.Model().Name == defaultEmbedder
}

// embedding is when vectors of cases are read.
func (o evalOptions) embedding() routing.Embedding {
	switch {
	case o.embed != "":
		return routing.Embedding(o.embed)
	case o.train != "":
		return routing.EmbedAlways
	}
	return routing.EmbedWhenItMatters
}

// evalMaterial is what to train on: the given file, or the starter pack, for which the default policy decides.
func evalMaterial(train string) ([]intent.Utterance, *routing.Policy, error) {
	if train != "" {
		us, err := evals.ReadUtterances(train)
		return us, nil, err
	}
	us, err := starter.Utterances()
	if err != nil {
		return nil, nil, err
	}
	policy, err := routing.ParsePolicy(routing.DefaultPolicy())
	return us, policy, err
}

// writeJSON writes v to a file, indented; no path means nowhere.
func writeJSON(path string, v any) error {
	if path == "" {
		return nil
	}
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.WriteFile(path, append(b, '\n'), 0o644); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}
