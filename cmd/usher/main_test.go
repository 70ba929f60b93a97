package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/migrations/dbtest"

	"usher/intent"
	"usher/intent/builtin"
	intentpg "usher/intent/postgres"
	"usher/intent/starter"
	"usher/migrations"
	"usher/migrations/pglocal"
)

// asUsher makes this test program be usher itself: tests start it as a server that they can kill.
const asUsher = "USHER_TEST_AS_USHER"

func TestMain(m *testing.M) {
	if os.Getenv(asUsher) == "1" {
		main()
		return
	}
	dbtest.Main(m)
}

// node is a server process of a test, with its own data.
type node struct {
	*child
	t    *testing.T
	data string
}

// newData is a data folder that the private PostgreSQL's user can enter.
func newData(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "usher-node-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// The PostgreSQL of a killed node ends by itself, a moment later.
		waitFor(t, "the end of the database in "+dir, time.Minute, func() bool { return os.RemoveAll(dir) == nil })
	})
	return filepath.Join(dir, "data")
}

// smallModel keeps a classifier on a data folder before its first start. Training on the whole starter pack under the
// race detector takes minutes; what these tests are about needs a model, not a good one.
func smallModel(t *testing.T, data string) {
	t.Helper()
	all, err := starter.Utterances()
	if err != nil {
		t.Fatal(err)
	}
	const perIntent = 20
	seen := map[string]int{}
	some := slices.DeleteFunc(all, func(u intent.Utterance) bool {
		seen[u.Intent]++
		return seen[u.Intent] > perIntent
	})
	model, err := builtin.Train(t.Context(), some, builtin.TrainOptions{Seed: trainingSeed})
	if err != nil {
		t.Fatal(err)
	}
	artefact, err := model.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	server, err := pglocal.Start(t.Context(), pglocal.Options{Dir: Config{DataDir: data}.databaseDir(), Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}()
	if err := migrations.Up(t.Context(), server.URL()); err != nil {
		t.Fatal(err)
	}
	pool, err := migrations.Pool(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	if err := intentpg.New(pool).SaveClassifier(t.Context(), "small", model.Hash(), artefact, model.Card()); err != nil {
		t.Fatal(err)
	}
}

// startNode runs `usher serve` on a data folder and returns when it listens. It is killed when the test ends.
func startNode(t *testing.T, data string, env ...string) *node {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	log := &testLog{t: t}
	c, err := startChild(ctx, os.Args[0], []string{"serve"}, append(append(benchEnv(data), asUsher+"=1"), env...), log)
	if err != nil {
		t.Fatalf("start a node: %v\n%s", err, log.tail())
	}
	n := &node{child: c, t: t, data: data}
	t.Cleanup(func() {
		_ = n.kill() // most tests have ended it
		if t.Failed() {
			t.Logf("the node's log:\n%s", log.tail())
		}
	})
	return n
}

// testLog keeps the end of a child's log, to be shown when the test fails.
type testLog struct {
	t     *testing.T
	lines strings.Builder
}

func (l *testLog) Write(b []byte) (int, error) { return l.lines.Write(b) }

func (l *testLog) tail() string {
	s := l.lines.String()
	return s[max(0, len(s)-8000):]
}

// waitFor polls until the condition holds.
func waitFor(t *testing.T, what string, within time.Duration, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(within)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come within %s", what, within)
		}
		<-time.After(20 * time.Millisecond)
	}
}
