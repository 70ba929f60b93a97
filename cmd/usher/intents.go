package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"usher/intent"
	"usher/intent/openai"
	"usher/intent/starter"
)

// catalogue is what an installation tells apart: the intents of the starter pack, and the company's own.
type catalogue struct {
	entries  []starter.Entry
	further  []starter.Further
	labelled []intent.Utterance // examples of all of them
}

// catalogue reads the file of the company's own intents, where there is one.
func (c Config) catalogue() (all catalogue, err error) {
	if all.entries, err = starter.Catalogue(); err != nil {
		return all, err
	}
	if all.labelled, err = starter.Utterances(); err != nil {
		return all, err
	}
	if c.Intents == "" {
		return all, nil
	}
	if all.further, err = readIntents(c.Intents); err != nil {
		return all, fmt.Errorf("USHER_INTENTS: %w", err)
	}
	for _, f := range all.further {
		all.entries = append(all.entries, f.Entry)
		all.labelled = append(all.labelled, f.Utterances()...)
	}
	return all, nil
}

func readIntents(file string) ([]starter.Further, error) {
	doc, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	further, err := starter.ReadFurther(doc)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return further, nil
}

func (c catalogue) labels() []string {
	labels := make([]string, len(c.entries))
	for i, e := range c.entries {
		labels[i] = e.ID
	}
	return labels
}

// knows reports whether a label is that of an intent.
func (c catalogue) knows(label string) bool { return slices.Contains(c.labels(), label) }

// invented counts the examples that a model wrote, by intent.
func (c catalogue) invented() map[string]int {
	counts := map[string]int{}
	for _, f := range c.further {
		if len(f.Invented) > 0 {
			counts[f.ID] = len(f.Invented)
		}
	}
	return counts
}

func newIntentsCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "intents", Short: "List the intents, and have examples invented for those that have few"}
	cmd.AddCommand(newIntentsListCmd(), newIntentsInventCmd())
	return cmd
}

func newIntentsListCmd() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the intents with how many examples they have", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := configFromEnv()
			if err != nil {
				return err
			}
			all, err := config.catalogue()
			if err != nil {
				return err
			}
			examples := map[string]int{}
			for _, u := range all.labelled {
				examples[u.Intent]++
			}
			invented := all.invented()
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "intent\texamples\tinvented\tdescription")
			for _, e := range all.entries {
				fmt.Fprintf(w, "%s\t%d\t%d\t%s\n", e.ID, examples[e.ID], invented[e.ID], e.Description)
			}
			return w.Flush()
		},
	}
}

// enoughExamples is up to how many an intent gets invented ones unless told otherwise: as many as a class has in the 10-shot
// measurements of evals/README.md.
const enoughExamples = 10

func newIntentsInventCmd() *cobra.Command {
	enough := enoughExamples
	cmd := &cobra.Command{
		Use:   "invent FILE",
		Short: "Have the chat model write examples for the intents of a file that have few, from their descriptions",
		Long: `Reads a YAML list of intents (id, name, description, examples), has the chat model (USHER_CHAT_MODEL) write examples from the
description of each that has fewer than --enough, and prints the list with them, as invented. Each one is then shown to the same model
without its label, and kept only when it chooses that intent among all of the starter pack and the file; an answer outside them
counts as none. The file stays as it is.

Read what was invented and throw out what no customer of yours would write. Then set USHER_INTENTS to the file, and usher train
learns from it. Corrections of agents count more: once an intent has enough of them, delete what was invented.`,
		Example: `  usher intents invent intents.yaml > intents.new.yaml`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			config, err := configFromEnv()
			if err == nil {
				err = config.validate()
			}
			if err != nil {
				return err
			}
			config.Intents = args[0]
			all, err := config.catalogue()
			if err != nil {
				return err
			}
			if err := config.invent(cmd.Context(), all, enough, cmd.ErrOrStderr()); err != nil {
				return err
			}
			doc, err := starter.WriteFurther(all.further)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(doc)
			return err
		},
	}
	cmd.Flags().IntVar(&enough, "enough", enoughExamples, "how many examples an intent has to have")
	return cmd
}

// invent fills the further intents of a catalogue up to so many examples.
func (c Config) invent(ctx context.Context, all catalogue, enough int, out io.Writer) error {
	if c.ChatModel == "" {
		return errors.New("no chat model is configured: set USHER_CHAT_MODEL, and OPENAI_BASE_URL or OPENAI_API_KEY")
	}
	labels := labelsOf(nil, all.entries)
	judge, err := c.judge(labels)
	if err != nil {
		return err
	}
	defer judge.Close()
	writer, err := openai.NewWriter(c.chat())
	if err != nil {
		return fmt.Errorf("USHER_CHAT_MODEL: %w", err)
	}
	defer writer.Close()
	i := inventor{writer, judge, labels, map[string]bool{}}
	for _, u := range all.labelled {
		i.seen[intent.Sameness(u.Text)] = true
	}
	for n := range all.further {
		f := &all.further[n]
		before := len(f.Invented)
		dropped, err := i.fill(ctx, f, enough)
		if err != nil {
			return fmt.Errorf("%s: %w", f.ID, err)
		}
		fmt.Fprintf(out, "%s: %d examples, invented now: %d, dropped because they read otherwise: %d\n", f.ID, len(f.Examples)+len(f.Invented), len(f.Invented)-before, dropped)
	}
	return nil
}

// inventor writes examples and reads them again.
type inventor struct {
	writer *openai.Writer
	judge  *openai.Judge
	labels []openai.Label
	seen   map[string]bool // what is an example already, of whatever intent
}

// inventingRounds bounds how often a model is asked for more of an intent: one that it cannot tell from others never fills.
const inventingRounds = 5

// fill adds examples until an intent has enough, and counts those that the judge read otherwise.
func (i inventor) fill(ctx context.Context, f *starter.Further, enough int) (dropped int, err error) {
	for range inventingRounds {
		missing := enough - len(f.Examples) - len(f.Invented)
		if missing <= 0 {
			break
		}
		texts, err := i.writer.Invent(ctx, openai.Label{ID: f.ID, Description: f.Description}, i.labels, slices.Concat(f.Examples, f.Invented), missing)
		if err != nil {
			return dropped, err
		}
		for _, text := range texts {
			key := intent.Sameness(text)
			if i.seen[key] {
				continue
			}
			i.seen[key] = true
			o := i.judge.Opinion(ctx, text)
			if ctx.Err() != nil {
				return dropped, ctx.Err()
			}
			if o.Intent != f.ID {
				dropped++
				continue
			}
			f.Invented = append(f.Invented, text)
		}
	}
	return dropped, nil
}
