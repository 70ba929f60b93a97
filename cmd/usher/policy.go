package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"

	"usher/routing"
	routingpg "usher/routing/postgres"
)

func newPolicyCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "policy", Short: "Show, check and publish the policy"}
	cmd.AddCommand(newPolicyShowCmd(), newPolicyCheckCmd(), newPolicyPublishCmd())
	return cmd
}

func onPolicies(cmd *cobra.Command, do func(context.Context, *routingpg.Policies) error) error {
	return onDatabase(cmd.Context(), logTo(cmd), func(ctx context.Context, pool *pgxpool.Pool, config Config) error {
		all, err := config.catalogue()
		if err != nil {
			return err
		}
		policies := routingpg.NewPolicies(pool, all.labels(), quiet)
		if err := policies.Seed(ctx); err != nil {
			return err
		}
		return do(ctx, policies)
	})
}

func newPolicyShowCmd() *cobra.Command {
	var version int
	cmd := &cobra.Command{
		Use: "show", Short: "Print the live policy, or another version", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onPolicies(cmd, func(ctx context.Context, p *routingpg.Policies) error {
				versions, err := p.PolicyVersions(ctx)
				if err != nil {
					return err
				}
				for _, v := range versions {
					if v.Version == version || version == 0 && v.State == "live" {
						fmt.Fprintf(cmd.ErrOrStderr(), "version %d, %s, by %s, hash %.12s\n", v.Version, v.State, v.Author, v.Hash)
						_, err := fmt.Fprint(cmd.OutOrStdout(), v.YAML)
						return err
					}
				}
				return fmt.Errorf("there is no version %d of the policy", version)
			})
		},
	}
	cmd.Flags().IntVar(&version, "version", 0, "this version instead of the live one")
	return cmd
}

func newPolicyCheckCmd() *cobra.Command {
	return &cobra.Command{
		Use: "check FILE", Short: "Say what is wrong with a policy, with lines (- reads standard input)", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			doc, err := readFileOr(cmd.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			return onPolicies(cmd, func(ctx context.Context, p *routingpg.Policies) error {
				if err := p.CheckPolicy(ctx, doc); err != nil {
					return showProblems(cmd, args[0], err)
				}
				fmt.Fprintln(cmd.OutOrStdout(), args[0]+": nothing is wrong with it")
				return nil
			})
		},
	}
}

func newPolicyPublishCmd() *cobra.Command {
	var note string
	cmd := &cobra.Command{
		Use: "publish FILE", Short: "Check a policy and make it the live one on all nodes (- reads standard input)", Args: cobra.ExactArgs(1),
		Example: `  usher policy show > policy.yaml
  usher policy publish policy.yaml --note "answer refund questions more carefully"`,
		RunE: func(cmd *cobra.Command, args []string) error {
			doc, err := readFileOr(cmd.InOrStdin(), args[0])
			if err != nil {
				return err
			}
			return onPolicies(cmd, func(ctx context.Context, p *routingpg.Policies) error {
				version, hash, err := p.PublishPolicy(ctx, doc, note, author())
				if err != nil {
					return showProblems(cmd, args[0], err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "version %d is live, hash %.12s\n", version, hash)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&note, "note", "", "why, for those who read the list of versions")
	return cmd
}

// author names who publishes from a shell.
func author() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username + " (command line)"
	}
	return "command line"
}

func readFileOr(stdin io.Reader, path string) ([]byte, error) {
	if path == "-" {
		b, err := io.ReadAll(stdin)
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		return b, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read policy: %w", err)
	}
	return b, nil
}

// showProblems prints one problem a line, as compilers do, and ends with a short error.
func showProblems(cmd *cobra.Command, file string, err error) error {
	var wrong *routing.ProblemsError
	if !errors.As(err, &wrong) {
		return err
	}
	for _, p := range wrong.Problems {
		fmt.Fprintf(cmd.OutOrStdout(), "%s:%d: %s\n", file, p.Line, p.Message)
	}
	return fmt.Errorf("%s: %d problems; nothing was changed", file, len(wrong.Problems))
}

func newExplainCmd() *cobra.Command {
	return &cobra.Command{
		Use: "explain ID", Short: "Tell the story of a decision, by the id of a decision, message or conversation", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := uuid.Parse(args[0])
			if err != nil {
				return fmt.Errorf("id %q: give the id of a decision, a message or a conversation", args[0])
			}
			return onDatabase(cmd.Context(), logTo(cmd), func(ctx context.Context, pool *pgxpool.Pool, _ Config) error {
				e, err := routingpg.NewDecisions(pool).Explain(ctx, id)
				if err != nil {
					return err
				}
				_, err = fmt.Fprint(cmd.OutOrStdout(), e.Text())
				return err
			})
		},
	}
}
