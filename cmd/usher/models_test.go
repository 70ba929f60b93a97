package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"usher/evals"
	"usher/intent/builtin"
	intentpg "usher/intent/postgres"
	"usher/migrations/dbtest"
)

// commandDatabase is a database of the test's own on which commands run, too.
func commandDatabase(t *testing.T) *pgxpool.Pool {
	t.Helper()
	pool := dbtest.Pool(t)
	for _, name := range []string{"NATS_URL", "USHER_COMPANY", "USHER_PUBLIC_URL"} {
		t.Setenv(name, "")
	}
	t.Setenv("DATABASE_URL", pool.Config().ConnString())
	t.Setenv("USHER_DATA", t.TempDir())
	return pool
}

// keep stores a classifier and makes it live, as a start does.
func keep(t *testing.T, m *intentpg.Models, model *builtin.Model, artefact []byte) {
	t.Helper()
	if err := m.SaveClassifier(t.Context(), "starter", model.Hash(), artefact, model.Card()); err != nil {
		t.Fatal(err)
	}
}

func TestClassifiersAreListedShownPromotedAndRolledBack(t *testing.T) {
	m := intentpg.New(commandDatabase(t))
	if _, err := run(t, "models", "rollback"); !errors.Is(err, intentpg.ErrNothingBefore) {
		t.Errorf("rolling back nothing: %v", err)
	}
	first, artefact := trained(t, "order_status")
	second, better := trained(t, "delivery_time")
	keep(t, m, first, artefact)
	if err := m.Add(t.Context(), intentpg.Candidate{Name: "trained", Hash: second.Hash(), Artefact: better, Card: second.Card(), Author: "ada", Note: "May"}); err != nil {
		t.Fatal(err)
	}
	if err := m.Add(t.Context(), intentpg.Candidate{Name: "broken", Hash: "broken", Artefact: better[1:], Author: "ada"}); err != nil {
		t.Fatal(err)
	}
	list := strings.Split(mustRun(t, "models", "list"), "\n")
	for i, want := range []string{"HASH", "broken never live", second.Hash()[:12] + " never live trained", first.Hash()[:12] + " live"} {
		if !strings.HasPrefix(strings.Join(strings.Fields(list[i]), " "), want) {
			t.Errorf("line %d of the list is %q, want %q", i+1, list[i], want)
		}
	}
	if out := mustRun(t, "models", "promote", second.Hash()[:8], "--note", "it is better"); out != second.Hash()[:12]+" is live\n" {
		t.Errorf("promote says %q", out)
	}
	shown := mustRun(t, "models", "show", "live")
	for _, want := range []string{second.Hash(), "by ada: May", "(command line): it is better", "accuracy", "utterances", "languages", "en"} {
		if !strings.Contains(shown, want) {
			t.Errorf("show does not say %q:\n%s", want, shown)
		}
	}
	if _, err := run(t, "models", "promote", "broken"); err == nil || !strings.Contains(err.Error(), "cut off") && !strings.Contains(err.Error(), "damaged") {
		t.Errorf("promoting a damaged one: %v", err)
	}
	if out := mustRun(t, "models", "rollback"); !strings.HasPrefix(out, first.Hash()[:12]+" is live, as before "+second.Hash()[:12]) {
		t.Errorf("rollback says %q", out)
	}
	if shown := mustRun(t, "models", "show", first.Hash()[:6]); !strings.Contains(shown, "rolled back to") || !strings.Contains(shown, "promoted") {
		t.Errorf("show does not tell of the rollback:\n%s", shown)
	}
	if _, err := run(t, "models", "show", "ffffffff"); err == nil || !strings.Contains(err.Error(), "usher models list") {
		t.Errorf("showing an unknown one: %v", err)
	}
}

func TestARunningNodeFollowsPromotionsAndRollbacksWithinASecond(t *testing.T) {
	pool := commandDatabase(t)
	log := make(logLines, 100)
	a := &app{models: intentpg.New(pool), log: slog.New(slog.NewTextHandler(log, nil))}
	first, artefact := trained(t, "order_status")
	second, better := trained(t, "delivery_time")
	keep(t, a.models, first, artefact)
	if err := a.models.Add(t.Context(), intentpg.Candidate{Name: "n", Hash: second.Hash(), Artefact: better}); err != nil {
		t.Fatal(err)
	}
	a.readBy(first)
	a.modelAtStart = first.Hash()
	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() {
		if err := a.followModel(ctx); err != nil {
			t.Errorf("following ends with %v", err)
		}
	})
	defer work.Wait()
	defer cancel()
	for _, step := range []struct {
		args []string
		want *builtin.Model
	}{{[]string{"models", "promote", second.Hash()}, second}, {[]string{"models", "rollback"}, first}} {
		mustRun(t, step.args...)
		done := time.Now()
		log.await(t, "another classifier is live", step.want.Hash())
		// A second is what is promised; the rest is for machines that do much at once.
		if took := time.Since(done); took > 5*time.Second {
			t.Errorf("%v is followed after %s", step.args, took)
		}
		if p := a.understander.Understand(t.Context(), "where is my parcel"); p.Model != step.want.Hash() {
			t.Errorf("after %v the node understands with %s", step.args, p.Model)
		}
	}
}

func TestTwoClassifiersAreComparedOnTheSameMessages(t *testing.T) {
	m := intentpg.New(commandDatabase(t))
	first, artefact := trained(t, "order_status")
	second, better := trained(t, "delivery_time")
	keep(t, m, first, artefact)
	keep(t, m, second, better)
	dir := t.TempDir()
	suite, report := filepath.Join(dir, "suite.csv"), filepath.Join(dir, "out.json")
	var rows strings.Builder
	rows.WriteString("text,intent\n")
	for _, word := range strings.Fields("order parcel delivery van box shipment courier depot") {
		rows.WriteString("where is my " + word + ",order_status\ngood morning " + word + ",greeting\n")
	}
	if err := os.WriteFile(suite, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	out := mustRun(t, "models", "compare", first.Hash()[:8], "live", "--suite", suite, "--json", report)
	for _, want := range []string{"before: " + first.Hash()[:12], "after: " + second.Hash()[:12], "order_status  8", "worse, and not by chance (McNemar, p = 0.0078)"} {
		if !strings.Contains(out, want) {
			t.Errorf("compare does not say %q:\n%s", want, out)
		}
	}
	b, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var c evals.Comparison
	if err := json.Unmarshal(b, &c); err != nil || c.Lost != 8 || c.Gained != 0 || len(c.ByIntent) != 2 {
		t.Errorf("the file holds %+v, %v", c, err)
	}
	if _, err := run(t, "models", "compare", "live", "live", "--suite", filepath.Join(dir, "none.csv")); err == nil {
		t.Error("a suite that does not exist is measured")
	}
}

func TestACardIsShownWhateverItHolds(t *testing.T) {
	var b strings.Builder
	if err := showCard(&b, []byte(`{"b": {"x": 0.87114862, "n": 1234567, "y": [{"z": 1}, {"z": 2}]}, "a": ["en", "de"], "n": null}`)); err != nil {
		t.Fatal(err)
	}
	if want := "a    en, de\nb.n  1234567\nb.x  0.8711\nb.y  2 entries\n"; b.String() != want {
		t.Errorf("got\n%s\nwant\n%s", b.String(), want)
	}
	if err := showCard(&b, []byte(`no card`)); err == nil {
		t.Error("what is no card is shown")
	}
}
