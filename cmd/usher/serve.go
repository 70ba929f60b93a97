package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"
)

// stopTimeout is how long requests under way may take once the server was asked to stop.
const stopTimeout = 10 * time.Second

// heapGrowth, in percent, is how much is allocated between collections. The heap at rest is small, so twice the usual
// costs a few MB and halves the work.
const heapGrowth = 200

func newServeCmd() *cobra.Command {
	var demo, verbose bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run Usher: API, inbox, widget and workers",
		Long: `Runs everything in this process. With nothing set it starts a private PostgreSQL as its child and NATS inside itself, and
listens on 127.0.0.1:8080. DATABASE_URL, NATS_URL and OPENAI_BASE_URL with OPENAI_API_KEY replace each; USHER_LISTEN,
USHER_DATA and USHER_PUBLIC_URL say where it listens, keeps its data, and how browsers reach it.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := configFromEnv()
			if err != nil {
				return err
			}
			config.Demo = config.Demo || demo
			if asked := debug.SetGCPercent(heapGrowth); asked != 100 {
				debug.SetGCPercent(asked) // by GOGC
			}
			level := slog.LevelInfo
			if verbose {
				level = slog.LevelDebug
			}
			log := slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), &slog.HandlerOptions{Level: level}))
			return serve(cmd.Context(), config, cmd.OutOrStdout(), log)
		},
	}
	cmd.Flags().BoolVar(&demo, "demo", false, "fill an empty database with demo data and show the demo shop")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "log every request")
	return cmd
}

// serve runs until ctx ends, then stops everything in the reverse order of its start.
func serve(ctx context.Context, config Config, out io.Writer, log *slog.Logger) (err error) {
	if err := config.validate(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", config.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w; stop what listens there, or set USHER_LISTEN", config.Listen, err)
	}
	defer listener.Close()
	config.PublicURL = config.publicURL(listener.Addr().String())
	a, err := open(ctx, config, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.close()) }()
	if err := a.welcome(ctx, out); err != nil {
		return err
	}
	fmt.Fprintln(out, listeningLine+"http://"+listener.Addr().String())
	return a.run(ctx, listener)
}

// run serves and works until ctx ends. Requests end first, so that what they accepted still has its workers.
func (a *app) run(ctx context.Context, listener net.Listener) error {
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	group, work := errgroup.WithContext(work)
	for _, loop := range a.loops() {
		group.Go(func() error {
			if err := loop.run(work); err != nil {
				return fmt.Errorf("%s: %w", loop.name, err)
			}
			return nil
		})
	}
	server := newServer(a.handler(), a.log)
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	var err error
	select {
	case <-ctx.Done():
		a.log.Info("stopping")
	case <-work.Done():
	case err = <-served:
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if shutdown := server.Shutdown(stopping); shutdown != nil {
		err = errors.Join(err, server.Close())
	}
	stopWork()
	return errors.Join(err, group.Wait())
}

// newServer bounds how long a client may take to ask: a request that was answered before its body came is over only once
// the body is, and whoever sends a byte now and then would hold connections for ever. WebSockets are free of it.
func newServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// exePath is this program, to start it again as a child.
func exePath() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	return exe, nil
}
