package postgres_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"usher/intent/postgres"
	"usher/migrations/dbtest"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

func TestTheClassifierSavedLastIsLive(t *testing.T) {
	m := postgres.New(dbtest.Pool(t))
	if _, _, err := m.LiveClassifier(t.Context()); !errors.Is(err, postgres.ErrNoModel) {
		t.Errorf("a new database gives %v", err)
	}
	live := func() string {
		t.Helper()
		artefact, hash, err := m.LiveClassifier(t.Context())
		if err != nil || !bytes.Equal(artefact, []byte("artefact of "+hash)) {
			t.Fatalf("%q, %q, %v", artefact, hash, err)
		}
		return hash
	}
	for _, hash := range []string{"h1", "h2", "h1", "h1"} {
		if err := m.SaveClassifier(t.Context(), "starter", hash, []byte("artefact of "+hash), map[string]any{"intents": 31}); err != nil {
			t.Fatal(err)
		}
		if got := live(); got != hash {
			t.Errorf("%s is live after saving %s", got, hash)
		}
	}
}

func TestNodesThatSaveAtOnceLeaveOneLiveClassifier(t *testing.T) {
	pool := dbtest.Pool(t)
	m := postgres.New(pool)
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			hash := fmt.Sprintf("h%d", i%6)
			if err := m.SaveClassifier(t.Context(), "starter", hash, []byte(hash), nil); err != nil {
				t.Errorf("save %s: %v", hash, err)
			}
		})
	}
	wg.Wait()
	var live, all int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE live), count(*) FROM models`).Scan(&live, &all); err != nil {
		t.Fatal(err)
	}
	if live != 1 || all != 6 {
		t.Errorf("%d of %d are live", live, all)
	}
}

func TestSaveClassifierRefusesWhatCannotBeServed(t *testing.T) {
	pool := dbtest.Pool(t)
	m := postgres.New(pool)
	if _, err := pool.Exec(t.Context(), `INSERT INTO models (kind, name, hash, dims) VALUES ('embedder', 'e', 'taken', 3)`); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, save := range map[string]func() error{
		"no artefact":             func() error { return m.SaveClassifier(t.Context(), "n", "h", nil, nil) },
		"no hash":                 func() error { return m.SaveClassifier(t.Context(), "n", "", []byte("x"), nil) },
		"a card that is not JSON": func() error { return m.SaveClassifier(t.Context(), "n", "h", []byte("x"), func() {}) },
		"the hash of an embedder": func() error { return m.SaveClassifier(t.Context(), "n", "taken", []byte("x"), nil) },
		"an ended context":        func() error { return m.SaveClassifier(ended, "n", "h", []byte("x"), nil) },
	} {
		if err := save(); err == nil {
			t.Errorf("%s is saved", name)
		}
	}
	if _, _, err := m.LiveClassifier(t.Context()); !errors.Is(err, postgres.ErrNoModel) {
		t.Errorf("something is live: %v", err)
	}
	if _, _, err := m.LiveClassifier(ended); err == nil || errors.Is(err, postgres.ErrNoModel) {
		t.Errorf("an unreachable database gives %v", err)
	}
}

func TestEarlierClassifiersAreFoundInTheOrderTheyWereStored(t *testing.T) {
	pool := dbtest.Pool(t)
	m := postgres.New(pool)
	if _, err := pool.Exec(t.Context(), `INSERT INTO models (kind, name, hash, dims) VALUES ('embedder', 'e', 'embedder', 3)`); err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{"h1", "h2", "h3", "h2"} {
		if err := m.SaveClassifier(t.Context(), "n", hash, []byte("artefact of "+hash), nil); err != nil {
			t.Fatal(err)
		}
	}
	for hash, want := range map[string]string{"h3": "h2", "h2": "h1"} {
		if artefact, before, err := m.ClassifierBefore(t.Context(), hash); err != nil || before != want || string(artefact) != "artefact of "+want {
			t.Errorf("before %s is %s (%q), %v", hash, before, artefact, err)
		}
	}
	for _, hash := range []string{"h1", "unknown", "embedder"} {
		if _, before, err := m.ClassifierBefore(t.Context(), hash); !errors.Is(err, postgres.ErrNoModel) {
			t.Errorf("before %s is %q, %v", hash, before, err)
		}
	}
}

func TestSavingAClassifierAgainMendsItsArtefact(t *testing.T) {
	m := postgres.New(dbtest.Pool(t))
	for _, artefact := range []string{"damaged", "whole"} {
		if err := m.SaveClassifier(t.Context(), "n", "h1", []byte(artefact), nil); err != nil {
			t.Fatal(err)
		}
	}
	if artefact, _, err := m.LiveClassifier(t.Context()); err != nil || string(artefact) != "whole" {
		t.Errorf("%q, %v", artefact, err)
	}
}
