package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"usher/intent/postgres"
	"usher/migrations/dbtest"
)

func candidate(hash string) postgres.Candidate {
	return postgres.Candidate{
		Name: "n", Hash: hash, Artefact: []byte("artefact of " + hash), Card: map[string]string{"of": hash}, Author: "ada", Note: "made " + hash,
	}
}

// liveHash is the hash of the live classifier.
func liveHash(t *testing.T, m *postgres.Models) string {
	t.Helper()
	_, hash, err := m.LiveClassifier(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func TestRollbacksGoBackOneByOneToWhatWasLiveBefore(t *testing.T) {
	m := postgres.New(dbtest.Pool(t))
	by := postgres.Act{Author: "ada", Note: "why"}
	if _, _, err := m.Rollback(t.Context(), by, nil); !errors.Is(err, postgres.ErrNothingBefore) {
		t.Errorf("without any: %v", err)
	}
	for _, hash := range []string{"aaaa", "bbbb", "cccc", "dddd"} {
		if err := m.Add(t.Context(), candidate(hash)); err != nil {
			t.Fatal(err)
		}
	}
	promote := func(hash string) {
		t.Helper()
		if err := m.Promote(t.Context(), hash, by, nil); err != nil {
			t.Fatal(err)
		}
	}
	back := func(from, to string) {
		t.Helper()
		gotFrom, gotTo, err := m.Rollback(t.Context(), by, nil)
		if err != nil || gotFrom != from || gotTo != to || liveHash(t, m) != to {
			t.Fatalf("rolled back from %q to %q, %v; %q is live; want from %q to %q", gotFrom, gotTo, err, liveHash(t, m), from, to)
		}
	}
	promote("aaaa")
	promote("bbbb")
	promote("bbbb") // is live: nothing to go back from
	promote("cccc")
	back("cccc", "bbbb")
	back("bbbb", "aaaa")
	if _, _, err := m.Rollback(t.Context(), by, nil); !errors.Is(err, postgres.ErrNothingBefore) {
		t.Errorf("behind the first: %v", err)
	}
	promote("dddd")
	back("dddd", "aaaa") // and not cccc, which was rolled back
}

func TestVersionsTellWhoMadeThemLiveWhenAndWhy(t *testing.T) {
	m := postgres.New(dbtest.Pool(t))
	for _, hash := range []string{"abcd1", "abcd2", "never"} {
		if err := m.Add(t.Context(), candidate(hash)); err != nil {
			t.Fatal(err)
		}
	}
	for _, hash := range []string{"abcd1", "abcd2"} {
		if err := m.Promote(t.Context(), hash, postgres.Act{Author: "bob", Note: "for " + hash}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, _, err := m.Rollback(t.Context(), postgres.Act{Author: "eve", Note: "it was worse"}, nil); err != nil {
		t.Fatal(err)
	}
	all, err := m.Versions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, v := range all {
		line := fmt.Sprintf("%s live=%t %dB by %s (%s) card %s:", v.Hash, v.Live, v.Bytes, v.Author, v.Note, v.Card)
		for _, p := range v.Promotions {
			line += fmt.Sprintf(" [%s %s back=%t]", p.Author, p.Note, p.Rollback)
			if p.At.Before(v.CreatedAt) {
				t.Errorf("%s was live before it was stored", v.Hash)
			}
		}
		lines = append(lines, line)
	}
	want := `never live=false 17B by ada (made never) card {"of": "never"}:
abcd2 live=false 17B by ada (made abcd2) card {"of": "abcd2"}: [bob for abcd2 back=false]
abcd1 live=true 17B by ada (made abcd1) card {"of": "abcd1"}: [bob for abcd1 back=false] [eve it was worse back=true]`
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for prefix, want := range map[string]string{"live": "abcd1", "abcd2": "abcd2", "neve": "never"} {
		if v, err := m.Find(t.Context(), prefix); err != nil || v.Hash != want {
			t.Errorf("%s finds %s, %v", prefix, v.Hash, err)
		}
	}
	for prefix, says := range map[string]string{"abcd": "2 classifiers begin with", "abc": "at least 4 signs", "": "at least 4 signs", "zzzz": "there is no classifier", "abc_": "there is no classifier"} {
		if _, err := m.Find(t.Context(), prefix); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %q", prefix, err, says)
		}
	}
}

func TestWhatCannotBeUsedDoesNotBecomeLive(t *testing.T) {
	pool := dbtest.Pool(t)
	m := postgres.New(pool)
	damaged := errors.New("it is damaged")
	refuse := func(artefact []byte, hash string) error {
		if string(artefact) != "artefact of "+hash {
			t.Errorf("asked about %q of %s", artefact, hash)
		}
		return damaged
	}
	for _, hash := range []string{"aaaa", "bbbb"} {
		if err := m.AddLive(t.Context(), candidate(hash)); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Promote(t.Context(), "aaaa", postgres.Act{Author: "ada"}, refuse); !errors.Is(err, damaged) {
		t.Errorf("promoting: %v", err)
	}
	if _, _, err := m.Rollback(t.Context(), postgres.Act{Author: "ada"}, refuse); !errors.Is(err, damaged) {
		t.Errorf("rolling back: %v", err)
	}
	if err := m.Promote(t.Context(), "unknown", postgres.Act{Author: "ada"}, nil); err == nil || !strings.Contains(err.Error(), "unknown") {
		t.Errorf("promoting what is not stored: %v", err)
	}
	if got := liveHash(t, m); got != "bbbb" {
		t.Errorf("%s is live", got)
	}
	var n int
	if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM model_promotions`).Scan(&n); err != nil || n != 2 {
		t.Errorf("%d promotions were kept, %v", n, err)
	}
}

func TestWhatWasNeverLiveIsNoClassifierToStartWith(t *testing.T) {
	m := postgres.New(dbtest.Pool(t))
	if err := m.AddLive(t.Context(), candidate("aaaa")); err != nil {
		t.Fatal(err)
	}
	if err := m.Add(t.Context(), candidate("refused")); err != nil {
		t.Fatal(err)
	}
	if err := m.AddLive(t.Context(), candidate("cccc")); err != nil {
		t.Fatal(err)
	}
	if _, before, err := m.ClassifierBefore(t.Context(), "cccc"); err != nil || before != "aaaa" {
		t.Errorf("before cccc is %s, %v", before, err)
	}
}

func TestPromotionsAndRollbacksAtOnceLeaveOneLiveClassifier(t *testing.T) {
	pool := dbtest.Pool(t)
	m := postgres.New(pool)
	for _, hash := range []string{"aaaa", "bbbb", "cccc"} {
		if err := m.AddLive(t.Context(), candidate(hash)); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for i := range 12 {
		wg.Go(func() {
			by := postgres.Act{Author: fmt.Sprint(i)}
			if i%3 == 0 {
				if _, _, err := m.Rollback(t.Context(), by, nil); err != nil && !errors.Is(err, postgres.ErrNothingBefore) {
					t.Errorf("roll back: %v", err)
				}
				return
			}
			if err := m.Promote(t.Context(), []string{"aaaa", "bbbb", "cccc"}[i%3], by, nil); err != nil {
				t.Errorf("promote: %v", err)
			}
		})
	}
	wg.Wait()
	var live, last string
	if err := pool.QueryRow(t.Context(), `
		SELECT (SELECT hash FROM models WHERE live), (SELECT hash FROM models m JOIN model_promotions p ON p.model_id = m.id ORDER BY p.id DESC LIMIT 1)`).
		Scan(&live, &last); err != nil || live != last {
		t.Errorf("%s is live and %s was promoted last, %v", live, last, err)
	}
}
