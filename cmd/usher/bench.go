package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"usher/channels"
	inboxpg "usher/inbox/postgres"
	"usher/migrations"
	"usher/migrations/pglocal"
	"usher/routing"
)

type benchOptions struct {
	rate     int
	duration time.Duration
	clients  int
	jsonFile string
}

// benchReport is what bench prints and writes. Its own figures are those of the n-grams alone, the quickest way to read.
type benchReport struct {
	benchFigures
	BarePerS float64      `json:"bare_per_s"`
	Ratio    float64      `json:"ratio"`
	Auto     benchFigures `json:"auto"`  // with vectors where they matter, as a server reads unless told otherwise
	Fused    benchFigures `json:"fused"` // with the vector of every message
}

// benchFigures are those of one way of reading.
type benchFigures struct {
	AcceptedPerS    float64 `json:"accepted_per_s"`
	DecidedPerS     float64 `json:"decided_per_s"`
	LatencyRate     float64 `json:"latency_rate_per_s"` // at which p50 and p99 were taken
	P50MS           float64 `json:"p50_ms"`
	P99MS           float64 `json:"p99_ms"`
	CPUMSPerMessage float64 `json:"cpu_ms_per_message"` // of the server and its PostgreSQL, at the highest rate
	RSSMB           float64 `json:"rss_mb"`             // of the server process after the load
	Messages        int     `json:"messages"`
	// Embedded is the share of the messages that were read with their vector, at the highest rate and at the lower one.
	Embedded     float64 `json:"embedded"`
	EmbeddedCalm float64 `json:"embedded_calm"`
}

func newBenchCmd() *cobra.Command {
	var o benchOptions
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure how many messages a second this machine accepts and decides",
		Long: `Starts a server of its own with fresh data on loopback, sends it messages of 5,000 contacts over HTTP that do not repeat, and measures: how many are
accepted and decided a second in a closed loop, how long it takes from acceptance to decision at half of that rate (or
at --rate), and the CPU time of a message: with n-grams alone, with vectors where they matter (USHER_EMBED=auto), and with the
vector of every message. In the same run it measures the bare limit of the machine: gin, one transaction of two INSERTs per
request, JetStream and an UPDATE, with no logic of Usher. Everything is removed afterwards.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			report, err := bench(cmd.Context(), o, cmd.ErrOrStderr())
			if err != nil {
				return fmt.Errorf("bench: %w", err)
			}
			report.write(cmd.OutOrStdout())
			return writeJSON(o.jsonFile, report)
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.rate, "rate", 0, "take the latency at this many messages a second instead of half of the highest rate")
	f.DurationVar(&o.duration, "duration", 10*time.Second, "how long each of the measurements takes")
	f.IntVar(&o.clients, "clients", 64, "connections that send at the same time")
	f.StringVar(&o.jsonFile, "json", "", "write the figures to this file as JSON")
	return cmd
}

func (r benchReport) write(w io.Writer) {
	fmt.Fprintf(w, "bare limit         %8.0f /s   decided by n-grams is %.0f %% of it\n", r.BarePerS, 100*r.Ratio)
	for _, way := range []struct {
		name string
		f    benchFigures
	}{{"by n-grams alone", r.benchFigures}, {"with vectors where they matter", r.Auto}, {"with the vector of every message", r.Fused}} {
		fmt.Fprintf(w, "\n%s\n", way.name)
		way.f.write(w)
	}
}

func (f benchFigures) write(w io.Writer) {
	fmt.Fprintf(w, "accepted           %8.0f /s\n", f.AcceptedPerS)
	fmt.Fprintf(w, "decided            %8.0f /s\n", f.DecidedPerS)
	fmt.Fprintf(w, "to decision        %8.1f ms p50, %.1f ms p99, at %.0f /s\n", f.P50MS, f.P99MS, f.LatencyRate)
	fmt.Fprintf(w, "embedded           %8.0f %%, at the lower rate %.0f %%\n", 100*f.Embedded, 100*f.EmbeddedCalm)
	fmt.Fprintf(w, "CPU per message    %8.2f ms, PostgreSQL included\n", f.CPUMSPerMessage)
	fmt.Fprintf(w, "memory             %8.0f MB of the server process\n", f.RSSMB)
}

// warmUp is how long the server is used before anything is counted.
const warmUp = 2 * time.Second

func bench(ctx context.Context, o benchOptions, progress io.Writer) (r benchReport, err error) {
	if o.duration < time.Second || o.clients < 1 {
		return r, errors.New("--duration must be at least 1s and --clients at least 1")
	}
	dir, err := os.MkdirTemp("", "usher-bench-")
	if err != nil {
		return r, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := os.Chmod(dir, 0o755); err != nil {
		return r, fmt.Errorf("open the folder to the database's user: %w", err)
	}
	fmt.Fprintln(progress, "measuring the bare limit")
	if r.BarePerS, err = benchBare(ctx, o, filepath.Join(dir, "bare")); err != nil {
		return r, fmt.Errorf("bare limit: %w", err)
	}
	for _, way := range []struct {
		how   routing.Embedding
		of    *benchFigures
		words string
	}{{routing.EmbedNever, &r.benchFigures, "n-grams alone"}, {routing.EmbedWhenItMatters, &r.Auto, "vectors where they matter"}, {routing.EmbedAlways, &r.Fused, "the vector of every message"}} {
		fmt.Fprintln(progress, "measuring Usher with", way.words)
		if err := benchUsher(ctx, o, filepath.Join(dir, "usher"), way.how, progress, way.of); err != nil {
			return r, fmt.Errorf("with %s: %w", way.words, err)
		}
	}
	r.Ratio = r.DecidedPerS / r.BarePerS
	return r, nil
}

// benchUsher measures one way of reading. All ways share one database, so that one classifier is trained.
func benchUsher(ctx context.Context, o benchOptions, dir string, how routing.Embedding, progress io.Writer, r *benchFigures) (err error) {
	exe, err := exePath()
	if err != nil {
		return err
	}
	server, err := startChild(ctx, exe, []string{"serve"}, append(benchEnv(dir), "USHER_EMBED="+string(how)), progress)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	key, err := makeKey(ctx, dir, string(how))
	if err != nil {
		return err
	}
	l := newLoad(server.url, key, string(how), o.clients)
	if _, err := l.closed(ctx, warmUp); err != nil {
		return err
	}
	if err := l.settle(ctx); err != nil {
		return err
	}
	before := processTree(server.cmd.Process.Pid)
	embedded, err := l.embedded(ctx)
	if err != nil {
		return err
	}
	full, err := l.closed(ctx, o.duration)
	if err != nil {
		return err
	}
	accepted := time.Since(full.began)
	if err := l.settle(ctx); err != nil {
		return err
	}
	r.AcceptedPerS = float64(full.sent) / accepted.Seconds()
	r.DecidedPerS = float64(full.sent) / time.Since(full.began).Seconds()
	r.CPUMSPerMessage = (processTree(server.cmd.Process.Pid) - before).Seconds() * 1000 / float64(full.sent)
	if r.Embedded, embedded, err = l.embeddedShare(ctx, embedded, full.sent); err != nil {
		return err
	}
	r.LatencyRate = float64(o.rate)
	if o.rate == 0 {
		r.LatencyRate = r.DecidedPerS / 2
	}
	// Vectors of history that still wait are written meanwhile, as in any service after a rush.
	if err := r.takeLatency(ctx, l, o.duration, embedded); err != nil {
		return err
	}
	r.RSSMB, err = residentMB(server.cmd.Process.Pid)
	return err
}

// takeLatency measures at the lower rate. embedded is how many messages were embedded before.
func (f *benchFigures) takeLatency(ctx context.Context, l *load, d time.Duration, embedded float64) error {
	sent := l.sent.Load()
	at, err := l.openLoop(ctx, f.LatencyRate, d)
	if err != nil {
		return err
	}
	f.P50MS, f.P99MS, f.Messages = at.quantile(0.5), at.quantile(0.99), l.total()
	f.EmbeddedCalm, _, err = l.embeddedShare(ctx, embedded, l.sent.Load()-sent)
	return err
}

// benchEnv makes a child independent of what is set for this process.
func benchEnv(dir string) []string {
	return []string{"USHER_DATA=" + dir, "USHER_LISTEN=127.0.0.1:0", "USHER_PUBLIC_URL=", "DATABASE_URL=", "NATS_URL=", "OPENAI_BASE_URL=", "OPENAI_API_KEY=", "USHER_DEMO=", "USHER_TRUSTED_PROXIES=", "USHER_METRICS_TOKEN=", "USHER_RATE=1000000"}
}

// makeKey makes an API key of that name in the database of a server that runs on dir.
func makeKey(ctx context.Context, dir, name string) (string, error) {
	pool, err := migrations.Pool(ctx, pglocal.URL(Config{DataDir: dir}.databaseDir()))
	if err != nil {
		return "", err
	}
	defer pool.Close()
	store := inboxpg.New(pool, nil)
	id, err := store.EnsureInboxAddress(ctx, channels.API, apiInbox, "Bench")
	if err != nil {
		return "", err
	}
	return store.MakeAPIKey(ctx, "bench "+name, id)
}
