package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/spf13/cobra"

	"usher/inbox/web"
	"usher/inbox/widget"
	"usher/migrations"
	"usher/migrations/pglocal"
)

// checkTimeout bounds one check.
const checkTimeout = 10 * time.Second

// finding is what a check saw. Remedy is empty when all is well.
type finding struct {
	seen   string
	remedy string
}

func well(format string, args ...any) finding { return finding{seen: fmt.Sprintf(format, args...)} }

func ill(seen, remedy string) finding { return finding{seen, remedy} }

func newDoctorCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Check everything that Usher depends on, and say how to mend what is wrong",
		Long:  "Checks everything that Usher depends on, with the settings that `usher serve` would use, and changes nothing. Exits with 1 when something has to be mended.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			config, err := configFromEnv()
			if err == nil {
				err = config.validate()
			}
			if err != nil {
				fmt.Fprintf(cmd.OutOrStdout(), "mend  settings       %v\n", err)
				return &exitError{code: 1}
			}
			if n := doctor(cmd.Context(), config, cmd.OutOrStdout()); n > 0 {
				return &exitError{code: 1}
			}
			return nil
		},
	}
}

// doctor prints a line for each check and returns how many found something to mend.
func doctor(ctx context.Context, config Config, out io.Writer) int {
	wrong := 0
	for _, c := range []struct {
		name  string
		check func(context.Context, Config) finding
	}{
		{"address", checkAddress}, {"proxy", checkProxy}, {"data folder", checkDataFolder}, {"database", checkDatabase}, {"bus", checkBus},
		{"embeddings", checkEmbeddings}, {"history", checkHistory}, {"intents", checkIntents}, {"second opinion", checkSecondOpinion}, {"inbox app", checkWeb}, {"chat widget", checkWidget},
	} {
		ctx, cancel := context.WithTimeout(ctx, checkTimeout)
		f := c.check(ctx, config)
		cancel()
		if f.remedy == "" {
			fmt.Fprintf(out, "ok    %-14s %s\n", c.name, f.seen)
			continue
		}
		wrong++
		fmt.Fprintf(out, "mend  %-14s %s\n      %-14s %s\n", c.name, f.seen, "", f.remedy)
	}
	return wrong
}

func checkAddress(ctx context.Context, c Config) finding {
	l, err := net.Listen("tcp", c.Listen)
	if err == nil {
		err = l.Close()
	}
	if err == nil {
		return well("%s is free", c.Listen)
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		return ill(err.Error(), "set USHER_LISTEN to an address of this machine, such as 127.0.0.1:8080")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.Listen+"/healthz", nil)
	if err != nil {
		return ill(err.Error(), "set USHER_LISTEN to host:port")
	}
	resp, err := http.DefaultClient.Do(req)
	if err == nil {
		defer resp.Body.Close()
		b, _ := io.ReadAll(io.LimitReader(resp.Body, 1000)) // what came is enough to tell
		if strings.Contains(string(b), `"database"`) {
			return well("Usher is serving on %s and says %s", c.Listen, strings.TrimSpace(string(b)))
		}
	}
	return ill(c.Listen+" is taken by another program", "stop that program, or set USHER_LISTEN to a free port such as 127.0.0.1:8081")
}

func checkProxy(_ context.Context, c Config) finding {
	switch {
	case c.lacksProxy():
		return ill(fmt.Sprintf("browsers reach %s through a proxy, and none is trusted: all callers look like one", c.PublicURL),
			"set USHER_TRUSTED_PROXIES to the address of your proxy, such as 127.0.0.1, and have it set X-Forwarded-For")
	case len(c.TrustedProxies) > 0:
		return well("%s may say who calls", strings.Join(c.TrustedProxies, ", "))
	}
	return well("none is trusted; whoever connects is who calls")
}

func checkDataFolder(_ context.Context, c Config) finding {
	const remedy = "make it writable for this user, or set USHER_DATA to another folder"
	dir := c.DataDir
	for _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist); _, err = os.Stat(dir) {
		dir = filepath.Dir(dir) // `usher serve` makes what is missing; a check makes nothing
	}
	f, err := os.CreateTemp(dir, ".doctor-")
	if err != nil {
		return ill(err.Error(), remedy)
	}
	if err := errors.Join(f.Close(), os.Remove(f.Name())); err != nil {
		return ill(err.Error(), remedy)
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return ill(err.Error(), remedy)
	}
	free := float64(fs.Bavail) * float64(fs.Bsize) / 1e9
	if free < 1 {
		return ill(fmt.Sprintf("%s has %.1f GB left", c.DataDir, free), "free some space: PostgreSQL stops taking messages when the disk is full")
	}
	return well("%s is writable, %.0f GB free", c.DataDir, free)
}

// leastVector is the oldest pgvector with halfvec and iterative scans.
const leastVector = "0.8"

func checkDatabase(ctx context.Context, c Config) finding {
	url := c.DatabaseURL
	if url == "" {
		bin, err := pglocal.Bin()
		if err != nil {
			return ill("neither PostgreSQL with pgvector nor DATABASE_URL", "run `make setup`, or set DATABASE_URL")
		}
		if !pglocal.Running(ctx, c.databaseDir()) {
			return well("private PostgreSQL, stopped; `usher serve` starts it from %s", bin)
		}
		url = pglocal.URL(c.databaseDir())
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return ill(err.Error(), "check DATABASE_URL, and that the server runs and lets this user in")
	}
	defer conn.Close(ctx)
	var version string
	var vector *string
	err = conn.QueryRow(ctx, `SELECT current_setting('server_version'), (SELECT default_version FROM pg_available_extensions WHERE name = 'vector')`).Scan(&version, &vector)
	if err != nil {
		return ill(err.Error(), "check that the role may read the catalogue")
	}
	if vector == nil || !atLeast(*vector, leastVector) {
		return ill(fmt.Sprintf("PostgreSQL %s has no pgvector %s", version, leastVector), "install pgvector 0.8 or newer on the database server")
	}
	pending, err := migrations.Pending(ctx, url)
	if err != nil {
		return ill(err.Error(), "let the role create tables in this database")
	}
	if pending > 0 {
		return well("PostgreSQL %s, pgvector %s; %d migrations wait, `usher serve` applies them", version, *vector, pending)
	}
	return well("PostgreSQL %s, pgvector %s, schema up to date", version, *vector)
}

// atLeast compares dotted versions, number by number.
func atLeast(version, least string) bool {
	a, b := strings.Split(version, "."), strings.Split(least, ".")
	for i := range b {
		if i >= len(a) {
			return false
		}
		x, err1 := strconv.Atoi(a[i])
		y, err2 := strconv.Atoi(b[i])
		if err1 != nil || err2 != nil {
			return false
		}
		if x != y {
			return x > y
		}
	}
	return true
}

func checkBus(ctx context.Context, c Config) finding {
	if c.NATSURL == "" {
		return well("inside the process, files in %s", filepath.Join(c.DataDir, "jetstream"))
	}
	nc, err := nats.Connect(c.NATSURL, nats.Timeout(checkTimeout/2))
	if err != nil {
		return ill(err.Error(), "check NATS_URL and that the server runs; unset NATS_URL to use the one inside Usher")
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err == nil {
		_, err = js.AccountInfo(ctx)
	}
	if err != nil {
		return ill(err.Error(), "start that NATS server with JetStream (-js)")
	}
	return well("%s with JetStream", nc.ConnectedUrlRedacted())
}

func checkEmbeddings(ctx context.Context, c Config) finding {
	all, done, err := c.openEmbedders(nil, quiet)
	if err != nil {
		return ill(err.Error(), "check OPENAI_BASE_URL and OPENAI_API_KEY; unset both to use the built-in embeddings")
	}
	defer done()
	e, where := all[0], "built in"
	if len(all) > 1 {
		where = "over the network"
	}
	began := time.Now()
	if _, err := e.Embed(ctx, []string{"where is my order"}); err != nil {
		return ill(err.Error(), "check OPENAI_BASE_URL, OPENAI_API_KEY and OPENAI_EMBEDDING_MODEL. Until then texts are compared with the past by the built-in vectors")
	}
	return well("%s, %d numbers, %s, %s", e.Model().Name, e.Model().Dims, where, time.Since(began).Round(10*time.Microsecond))
}

func checkIntents(_ context.Context, c Config) finding {
	all, err := c.catalogue()
	if err != nil {
		return ill(err.Error(), "mend the file that USHER_INTENTS names. Until then Usher does not start")
	}
	for _, f := range all.further {
		if len(f.Examples)+len(f.Invented) == 0 {
			return ill(f.ID+" has no examples, so no classifier can learn it", "write some into "+c.Intents+", or have them written: usher intents invent")
		}
	}
	return well("%d, of which %d from USHER_INTENTS", len(all.entries), len(all.further))
}

func checkSecondOpinion(ctx context.Context, c Config) finding {
	if c.ChatModel == "" {
		return well("nobody is asked")
	}
	all, err := c.catalogue()
	if err != nil {
		return ill(err.Error(), "mend the file that USHER_INTENTS names")
	}
	judge, err := c.judge(labelsOf(nil, all.entries))
	if err != nil {
		return ill(err.Error(), "check USHER_CHAT_MODEL, OPENAI_BASE_URL and OPENAI_API_KEY")
	}
	defer judge.Close()
	began := time.Now()
	o := judge.Opinion(ctx, "where is my order")
	if o.Abstained != "" {
		return ill(c.ChatModel+": "+o.Abstained, "check that USHER_CHAT_MODEL is a chat model of that server that writes JSON by a schema. Until then what the policy wants a second opinion on goes to people")
	}
	return well("%s, %d tokens read and %d written, %s; asked where the policy has second_opinion", c.ChatModel, o.TokensIn, o.TokensOut, time.Since(began).Round(time.Millisecond))
}

func checkWeb(context.Context, Config) finding {
	if !web.Built() {
		return ill("not in this binary", "run `make build` and start that binary")
	}
	return well("built in")
}

func checkWidget(context.Context, Config) finding {
	if _, err := widget.Script(); err != nil {
		return ill("not in this binary", "run `make build` and start that binary")
	}
	return well("built in, served at /widget.js")
}
