package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"

	"usher/evals"
	"usher/intent"
	"usher/intent/builtin"
	intentpg "usher/intent/postgres"
	"usher/routing"
)

// shortHash is how much of a hash people read.
const shortHash = 12

func newModelsCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "models", Short: "List, compare and promote trained classifiers, and go back to the one before"}
	cmd.AddCommand(newModelsListCmd(), newModelsShowCmd(), newModelsPromoteCmd(), newModelsRollbackCmd(), newModelsCompareCmd())
	return cmd
}

func onModels(cmd *cobra.Command, do func(context.Context, *intentpg.Models) error) error {
	return onDatabase(cmd.Context(), logTo(cmd), func(ctx context.Context, pool *pgxpool.Pool, _ Config) error {
		return do(ctx, intentpg.New(pool))
	})
}

func newModelsListCmd() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "Show every stored classifier, the newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onModels(cmd, func(ctx context.Context, m *intentpg.Models) error {
				all, err := m.Versions(ctx)
				if err != nil {
					return err
				}
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "HASH\tSTATE\tNAME\tMADE\tBY\tWHY")
				for _, v := range all {
					fmt.Fprintf(table, "%.*s\t%s\t%s\t%s\t%s\t%s\n", shortHash, v.Hash, stateOf(v), v.Name, moment(v.CreatedAt), v.Author, v.Note)
				}
				return table.Flush()
			})
		},
	}
}

// stateOf is live, earlier (it was live once) or never live.
func stateOf(v intentpg.Version) string {
	switch {
	case v.Live:
		return "live"
	case len(v.Promotions) > 0:
		return "earlier"
	}
	return "never live"
}

func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

func newModelsShowCmd() *cobra.Command {
	return &cobra.Command{
		Use: "show HASH", Short: "Show a classifier's card and when it was live (live names the live one)", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onModels(cmd, func(ctx context.Context, m *intentpg.Models) error {
				v, err := m.Find(ctx, args[0])
				if err != nil {
					return err
				}
				return showVersion(cmd.OutOrStdout(), v)
			})
		},
	}
}

func showVersion(w io.Writer, v intentpg.Version) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "hash\t%s\nname\t%s\nstate\t%s\nsize\t%.1f MB\nmade\t%s by %s", v.Hash, v.Name, stateOf(v), float64(v.Bytes)/1e6, moment(v.CreatedAt), v.Author)
	fmt.Fprintln(t, because(v.Note))
	for _, p := range v.Promotions {
		what := "promoted"
		if p.Rollback {
			what = "rolled back to"
		}
		fmt.Fprintf(t, "%s\t%s by %s%s\n", what, moment(p.At), p.Author, because(p.Note))
	}
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write the classifier: %w", err)
	}
	return showCard(w, v.Card)
}

func because(note string) string {
	if note == "" {
		return ""
	}
	return ": " + note
}

func newModelsPromoteCmd() *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use: "promote HASH", Short: "Make a stored classifier the live one on all nodes, within a second", Args: cobra.ExactArgs(1),
		Example: `  usher models promote 3f2a91c4 --note "the corrections of May"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return onModels(cmd, func(ctx context.Context, m *intentpg.Models) error {
				v, err := m.Find(ctx, args[0])
				if err != nil {
					return err
				}
				if err := m.Promote(ctx, v.Hash, intentpg.Act{Author: author(), Note: note}, usable); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%.*s is live\n", shortHash, v.Hash)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&note, "note", "", "why, for those who read the list")
	return cmd
}

// usable refuses what no node could read.
func usable(artefact []byte, hash string) error {
	_, err := readModel(artefact, hash)
	return err
}

func newModelsRollbackCmd() *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use: "rollback", Short: "Go back to the classifier that was live before; again, and it goes one further back", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onModels(cmd, func(ctx context.Context, m *intentpg.Models) error {
				from, to, err := m.Rollback(ctx, intentpg.Act{Author: author(), Note: note}, usable)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%.*s is live, as before %.*s\n", shortHash, to, shortHash, from)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&note, "note", "", "why, for those who read the list")
	return cmd
}

func newModelsCompareCmd() *cobra.Command {
	var suite, jsonFile string
	cmd := &cobra.Command{
		Use: "compare A B", Short: "Measure two classifiers on the same labelled messages, with a paired test", Args: cobra.ExactArgs(2),
		Long: `Measures two stored classifiers, by hash or as live, on the messages of a suite, as usher eval does: with the pipeline of
production and the default policy. Shows for every intent what the second one gets right that the first does not, and the other way
round, and says by McNemar's exact test whether the difference may be chance; and how far the confidence of each is to be
believed, by ECE and log-loss with a paired bootstrap.`,
		Example: `  usher models compare live 3f2a91c4 --suite messages.jsonl`,
		RunE: func(cmd *cobra.Command, args []string) error {
			cases, err := suiteCases(suite)
			if err != nil {
				return err
			}
			return onDatabase(cmd.Context(), logTo(cmd), func(ctx context.Context, pool *pgxpool.Pool, config Config) error {
				m := intentpg.New(pool)
				embedders, done, err := config.openEmbedders(intentpg.NewCache(pool, 0), quiet)
				if err != nil {
					return err
				}
				defer done()
				var measured [2]measurement
				for i, name := range args {
					model, err := storedModel(ctx, m, name)
					if err != nil {
						return err
					}
					if measured[i], err = measureModel(ctx, model, embedders, cases); err != nil {
						return err
					}
				}
				c, err := evals.Compare(measured[0].results, measured[1].results)
				if err != nil {
					return err
				}
				if err := writeComparison(cmd.OutOrStdout(), measured[0], measured[1], c); err != nil {
					return err
				}
				return writeJSON(jsonFile, c)
			})
		},
	}
	cmd.Flags().StringVar(&suite, "suite", "", "labelled messages; the starter suite unless given")
	cmd.Flags().StringVar(&jsonFile, "json", "", "write the comparison to this file as JSON")
	return cmd
}

// suiteCases are those of a file, or of the starter suite without one.
func suiteCases(path string) ([]evals.Case, error) {
	if path == "" {
		return evals.StarterSuite()
	}
	return evals.ReadSuite(path)
}

// storedModel reads a classifier by the beginning of its hash, or the live one.
func storedModel(ctx context.Context, m *intentpg.Models, name string) (*builtin.Model, error) {
	v, err := m.Find(ctx, name)
	if err != nil {
		return nil, err
	}
	artefact, err := m.Artefact(ctx, v.Hash)
	if err != nil {
		return nil, err
	}
	return readModel(artefact, v.Hash)
}

// measurement is how a classifier fared on a suite.
type measurement struct {
	hash    string
	results []evals.Result
	report  evals.Report
	policy  *routing.Policy // by which it was decided
}

// measureModel puts cases through the pipeline of production with the default policy, as `usher eval` does. Vectors that the
// model takes are read if their embedder is at hand or built in.
func measureModel(ctx context.Context, model *builtin.Model, atHand []intent.Embedder, cases []evals.Case) (measurement, error) {
	policy, err := routing.ParsePolicy(routing.DefaultPolicy())
	if err != nil {
		return measurement{}, err
	}
	pipeline, err := offline(model, atHand, routing.EmbedWhenItMatters, policy)
	if err != nil {
		return measurement{}, err
	}
	results, err := evals.Run(ctx, pipeline, cases)
	if err != nil {
		return measurement{}, err
	}
	return measurement{model.Hash(), results, evals.NewReport(results), policy}, nil
}

func writeComparison(w io.Writer, before, after measurement, c evals.Comparison) error {
	for _, side := range []struct {
		name string
		m    measurement
	}{{"before", before}, {"after", after}} {
		fmt.Fprintf(w, "%s: %.*s", side.name, shortHash, side.m.hash)
		if err := side.m.report.WriteText(w, false); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	return c.WriteText(w)
}
