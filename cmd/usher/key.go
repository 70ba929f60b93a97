package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/spf13/cobra"

	"usher/channels"
	inboxpg "usher/inbox/postgres"
)

func newKeyCmd() *cobra.Command {
	cmd := &cobra.Command{Use: "key", Short: "Make, list and revoke the API keys of systems, and show the secret of the web chat"}
	cmd.AddCommand(newKeyAddCmd(), newKeyListCmd(), newKeyRevokeCmd(), newKeySecretCmd())
	return cmd
}

func newKeyAddCmd() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a key for a system and print it, once",
		Long: `Makes a key with which a system sends messages and events, and prints it. Only its hash is kept, so it cannot be shown again.
The key writes to one inbox address, and reads only what was written there.`,
		Example: `  export USHER_KEY=$(usher key add "shop system")`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return onDatabase(cmd.Context(), logTo(cmd), func(ctx context.Context, pool *pgxpool.Pool, config Config) error {
				store := inboxpg.New(pool, nil)
				id, err := store.EnsureInboxAddress(ctx, channels.API, address, config.Company)
				if err != nil {
					return err
				}
				key, err := store.MakeAPIKey(ctx, args[0], id)
				if err != nil {
					return err
				}
				fmt.Fprintf(cmd.ErrOrStderr(), "%q writes to inbox address %q with this key, which is not shown again:\n", args[0], address)
				fmt.Fprintln(cmd.OutOrStdout(), key)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&address, "inbox", apiInbox, "the inbox address that it writes to; made when missing")
	return cmd
}

func newKeyListCmd() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the keys that are in use, without the keys themselves", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onDatabase(cmd.Context(), logTo(cmd), func(ctx context.Context, pool *pgxpool.Pool, _ Config) error {
				keys, err := inboxpg.New(pool, nil).APIKeys(ctx)
				if err != nil {
					return err
				}
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "ID\tINBOX\tNAME")
				for _, k := range keys {
					fmt.Fprintf(table, "%s\t%s\t%s\n", k.ID, k.InboxAddress, k.Name)
				}
				return table.Flush()
			})
		},
	}
}

func newKeyRevokeCmd() *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID", Short: "End a key for ever; servers that run refuse it within seconds", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := uuid.Parse(args[0])
			if err != nil {
				return fmt.Errorf("id %q: give the id of a key, as `usher key list` shows it", args[0])
			}
			return onDatabase(cmd.Context(), logTo(cmd), func(ctx context.Context, pool *pgxpool.Pool, _ Config) error {
				if err := inboxpg.New(pool, nil).RevokeAPIKey(ctx, id); err != nil {
					return err
				}
				fmt.Fprintf(cmd.OutOrStdout(), "key %s is revoked\n", id)
				return nil
			})
		},
	}
}

func newKeySecretCmd() *cobra.Command {
	var address string
	cmd := &cobra.Command{
		Use:   "secret",
		Short: "Print the secret with which your server signs who is writing in the web chat",
		Long: `Prints the secret of a web chat address in hexadecimal. Your server signs the id of a person who is signed in on your site with it
(HMAC-SHA256, written in hexadecimal) and gives both to the widget. Whoever has the secret can write as anybody: keep it off your pages.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return onDatabase(cmd.Context(), logTo(cmd), func(ctx context.Context, pool *pgxpool.Pool, config Config) error {
				store := inboxpg.New(pool, nil)
				if _, err := store.EnsureInboxAddress(ctx, channels.WebChat, address, config.Company); err != nil {
					return err
				}
				site, err := store.Site(ctx, address)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "%x\n", site.Secret)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&address, "inbox", webInbox, "the web chat address; made when missing")
	return cmd
}
