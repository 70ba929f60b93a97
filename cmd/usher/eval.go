package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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

Exits with 1 when a floor does not hold, with 2 when it could not run.`,
		Example: `  usher eval evals/suites/starter.jsonl --floor intent.accuracy=0.85
  usher eval --train train.csv test.csv --json report.json`,
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
	subject, trained, err := evalSubject(ctx, o, progress)
	if err != nil {
		return nil, err
	}
	results, err := evals.Run(ctx, subject, cases)
	if err != nil {
		return nil, err
	}
	report := evals.NewReport(results)
	seconds := trained.Seconds()
	report.TrainS = &seconds
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

// evalSubject trains the model to measure: on the given file, or on the starter pack with the default policy.
func evalSubject(ctx context.Context, o evalOptions, progress io.Writer) (evals.Subject, time.Duration, error) {
	utterances, policy, err := evalMaterial(o.train)
	if err != nil {
		return evals.Subject{}, 0, err
	}
	start := time.Now()
	model, err := builtin.Train(ctx, utterances, builtin.TrainOptions{
		Seed:     o.seed,
		Progress: func(s string) { fmt.Fprintln(progress, s) },
	})
	if err != nil {
		return evals.Subject{}, 0, fmt.Errorf("train: %w", err)
	}
	took := time.Since(start)
	pipeline := &routing.Pipeline{Understander: intent.NewUnderstander(model, intent.UnderstandOptions{})}
	if policy != nil {
		pipeline.Policy = func() *routing.Policy { return policy }
	}
	return evals.Subject{Classifier: model, Pipeline: pipeline}, took, nil
}

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
