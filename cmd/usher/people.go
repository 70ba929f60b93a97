package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"

	"usher/inbox"
	"usher/inbox/api"
	inboxpg "usher/inbox/postgres"
	"usher/migrations"
	"usher/migrations/pglocal"
)

// onDatabase runs do on the configured database, migrated. The private PostgreSQL is used when it runs, and started for
// the moment when it does not.
func onDatabase(ctx context.Context, log func(string), do func(context.Context, *pgxpool.Pool, Config) error) error {
	config, err := configFromEnv()
	if err == nil {
		err = config.validate()
	}
	if err != nil {
		return err
	}
	url, stop, err := reachDatabase(ctx, config, log)
	if err != nil {
		return err
	}
	defer stop()
	if err := migrations.Up(ctx, url); err != nil {
		return err
	}
	pool, err := migrations.Pool(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	return do(ctx, pool, config)
}

func newMigrateCmd() *cobra.Command {
	return &cobra.Command{
		Use: "migrate", Short: "Bring the database up to this version's schema", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onDatabase(cmd.Context(), logTo(cmd), func(context.Context, *pgxpool.Pool, Config) error {
				fmt.Fprintln(cmd.OutOrStdout(), "the schema is up to date")
				return nil
			})
		},
	}
}

func newAgentCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "agent", Short: "Add agents and let them in"}
	cmd.AddCommand(newAgentAddCmd(), newAgentLinkCmd())
	return cmd
}

func newAgentAddCmd() *cobra.Command {
	var a inbox.NewAgent
	var role string
	var skills []string
	cmd := &cobra.Command{
		Use:     "add",
		Short:   "Add an agent and print a one-time link to sign in with",
		Example: `  usher agent add --email ada@example.com --name "Ada Jones" --team care --skill billing=4 --skill orders=3`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			a.Role = inbox.Role(role)
			var err error
			if a.Skills, err = parseSkills(skills); err != nil {
				return err
			}
			return onDatabase(cmd.Context(), logTo(cmd), func(ctx context.Context, pool *pgxpool.Pool, config Config) error {
				store := inboxpg.New(pool, nil)
				added, err := store.AddAgent(ctx, a)
				if err != nil {
					return err
				}
				return printLink(ctx, cmd, store, config, added.Email)
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&a.Email, "email", "", "e-mail address, which is also how they sign in (required)")
	f.StringVar(&a.Name, "name", "", "name, as contacts and colleagues read it (required)")
	f.StringVar(&role, "role", string(inbox.RoleAgent), "agent, or ops who may also change policy, templates and people")
	f.StringArrayVar(&a.Teams, "team", nil, "team by its slug, such as care (may be repeated)")
	f.StringArrayVar(&skills, "skill", nil, "skill=level with a level from 1 to 5, such as billing=4 (may be repeated)")
	f.IntVar(&a.Capacity, "capacity", 6, "how many open conversations at once")
	return cmd
}

func parseSkills(pairs []string) (map[string]int, error) {
	skills := map[string]int{}
	for _, pair := range pairs {
		name, level, found := strings.Cut(pair, "=")
		n, err := strconv.Atoi(level)
		if !found || name == "" || err != nil || n < 1 || n > 5 {
			return nil, fmt.Errorf("--skill %q: write skill=level with a level from 1 to 5, such as billing=4", pair)
		}
		skills[name] = n
	}
	return skills, nil
}

func newAgentLinkCmd() *cobra.Command {
	return &cobra.Command{
		Use: "link EMAIL", Short: "Print a new one-time link for an agent, such as after a forgotten password", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onDatabase(cmd.Context(), logTo(cmd), func(ctx context.Context, pool *pgxpool.Pool, config Config) error {
				return printLink(ctx, cmd, inboxpg.New(pool, nil), config, args[0])
			})
		},
	}
}

func printLink(ctx context.Context, cmd *cobra.Command, store *inboxpg.Store, config Config, email string) error {
	link, err := signInLink(ctx, store, config.publicURL(config.Listen), email)
	if err != nil {
		return err
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s signs in, once, with\n%s\n", email, link)
	return nil
}

func signInLink(ctx context.Context, store *inboxpg.Store, publicURL, email string) (string, error) {
	token, err := store.MakeSignInLink(ctx, email)
	if err != nil {
		return "", err
	}
	return publicURL + "/sign-in?token=" + token, nil
}

func newOpenAPICmd() *cobra.Command {
	return &cobra.Command{
		Use: "openapi", Short: "Print the OpenAPI 3.1 document of the HTTP API", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			gin.SetMode(gin.ReleaseMode) // otherwise it lists its routes on standard output
			doc, err := api.Document()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), string(doc))
			return err
		},
	}
}

// logTo shows what takes long on standard error, so that standard output holds only the answer.
func logTo(cmd *cobra.Command) func(string) {
	return func(line string) { fmt.Fprintln(cmd.ErrOrStderr(), line) }
}

// reachDatabase is the URL of the configured database and how to let go of it.
func reachDatabase(ctx context.Context, config Config, log func(string)) (url string, stop func(), err error) {
	if config.DatabaseURL != "" {
		return config.DatabaseURL, func() {}, nil
	}
	url = pglocal.URL(config.databaseDir())
	if pglocal.Running(ctx, config.databaseDir()) {
		return url, func() {}, nil
	}
	log("starting the private PostgreSQL for a moment")
	server, err := pglocal.Start(ctx, pglocal.Options{Dir: config.databaseDir(), Log: quiet})
	if err != nil {
		return "", nil, err
	}
	return server.URL(), func() {
		if err := server.Stop(context.WithoutCancel(ctx)); err != nil {
			log("stop the private PostgreSQL: " + err.Error())
		}
	}, nil
}
