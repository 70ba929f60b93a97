package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/routing"
)

func seeded(t *testing.T) (*world, *Policies) {
	t.Helper()
	w := newWorld(t)
	p := NewPolicies(w.pool, intents, quiet)
	if err := p.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w, p
}

// edited is the default policy with one text replaced by another.
func edited(t *testing.T, old, with string) []byte {
	t.Helper()
	doc := string(routing.DefaultPolicy())
	if !strings.Contains(doc, old) {
		t.Fatalf("the default policy has no %q", old)
	}
	return []byte(strings.Replace(doc, old, with, 1))
}

func TestNodesThatSeedAtOnceMakeOnePolicy(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if err := NewPolicies(w.pool, intents, quiet).Seed(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for sql, want := range map[string]int{
		`SELECT count(*) FROM policies`:                     1,
		`SELECT count(*) FROM policies WHERE state='live'`:  1,
		`SELECT count(*) FROM templates`:                    len(routing.DefaultTemplates()),
		`SELECT count(*) FROM teams`:                        2,
		`SELECT count(*) FROM skills`:                       7,
		`SELECT count(DISTINCT (name)) FROM templates`:      len(routing.DefaultTemplates()),
		`SELECT count(*) FROM templates WHERE version <> 1`: 0,
	} {
		if got := w.number(sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
}

func TestSeedLeavesWhatPeopleChanged(t *testing.T) {
	w, p := seeded(t)
	if _, _, err := p.PublishPolicy(t.Context(), edited(t, "Default policy", "Ours"), "", "ops@example.com"); err != nil {
		t.Fatal(err)
	}
	w.exec(`DELETE FROM templates WHERE name = 'greeting'`) // as before a release that adds it
	if err := p.Seed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if live, err := p.LivePolicy(t.Context()); err != nil || live.Name != "Ours" || live.Version != 2 {
		t.Errorf("live: %+v, %v; want version 2, Ours", live, err)
	}
	if n := w.number(`SELECT count(*) FROM templates WHERE name = 'greeting'`); n != 1 {
		t.Errorf("the missing default template is there %d times, want once", n)
	}
}

func TestNothingIsLiveBeforeSeed(t *testing.T) {
	p := NewPolicies(newWorld(t).pool, intents, quiet)
	if _, err := p.LivePolicy(t.Context()); !errors.Is(err, routing.ErrNotFound) || p.Live() != nil {
		t.Fatalf("%v, %v; want routing.ErrNotFound and nil", p.Live(), err)
	}
}

func TestPublishingRetiresTheOldVersionAndMakesTeamsAndSkills(t *testing.T) {
	w, p := seeded(t)
	doc := edited(t, "  care: Customer care\n", "  care: The carers\n  night: Night shift\n")
	doc = []byte(strings.Replace(string(doc), "  privacy: Privacy\n", "  privacy: Privacy\n  french: French\n", 1))
	version, hash, err := p.PublishPolicy(t.Context(), doc, "more teams", "ops@example.com")
	if err != nil {
		t.Fatal(err)
	}
	if live := p.Live(); live.Version != version || live.Hash() != hash || live.TeamName("night") != "Night shift" {
		t.Errorf("live is version %d, %s", live.Version, live.Hash())
	}
	if n := w.number(`SELECT count(*) FROM teams WHERE (slug, name) IN (('care', 'The carers'), ('night', 'Night shift'))`); n != 2 {
		t.Errorf("%d of the teams are there, want 2", n)
	}
	if n := w.number(`SELECT count(*) FROM skills WHERE slug = 'french'`); n != 1 {
		t.Error("the skill is not there")
	}
	all, err := p.PolicyVersions(t.Context())
	if err != nil || len(all) != 2 {
		t.Fatalf("%d versions, %v; want 2", len(all), err)
	}
	newest, first := all[0], all[1]
	if newest.State != "live" || newest.Note != "more teams" || newest.Author != "ops@example.com" || newest.YAML != string(doc) || newest.PublishedAt == nil {
		t.Errorf("newest: %+v", newest)
	}
	if first.State != "retired" || first.Version != 1 {
		t.Errorf("first: %+v", first)
	}
}

func TestPublishersAtOnceAllSucceedAndOneIsLive(t *testing.T) {
	w, p := seeded(t)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			if _, _, err := p.PublishPolicy(t.Context(), edited(t, "Default policy", fmt.Sprintf("Policy %d", i)), "", "ops"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := w.number(`SELECT count(*) FROM policies WHERE state = 'live'`); n != 1 {
		t.Errorf("%d are live", n)
	}
	if live := w.number(`SELECT version FROM policies WHERE state = 'live'`); p.Live().Version != live || live != w.number(`SELECT max(version) FROM policies`) {
		t.Errorf("live is %d, in memory %d", live, p.Live().Version)
	}
}

func TestWhatIsWrongKeepsAPolicyFromBeingPublished(t *testing.T) {
	w, p := seeded(t)
	w.exec(`INSERT INTO team_members (team_id, agent_id) SELECT id, $1 FROM teams WHERE slug = 'technical'`, w.agent("Kim"))
	withoutTechnical := strings.ReplaceAll(strings.Replace(string(routing.DefaultPolicy()), "  technical: Technical support\n", "", 1), "team: technical", "team: care")
	for name, c := range map[string]struct{ doc, want string }{
		"bad YAML":                {"a: [", "line"},
		"a field nobody knows":    {string(edited(t, "silence_hours", "silent_hours")), "silent_hours"},
		"an unknown intent":       {string(edited(t, "  thanks:", "  thanx:")), `no intent "thanx"`},
		"an unknown template":     {string(edited(t, "thanks: {route: reply,", "thanks: {route: reply, template: nope,")), `no template "nope"`},
		"a team with people gone": {withoutTechnical, `"technical" is missing under teams, but has 1 members`},
	} {
		t.Run(name, func(t *testing.T) {
			var wrong *routing.ProblemsError
			if err := p.CheckPolicy(t.Context(), []byte(c.doc)); !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("check: %v, want problems that say %q", err, c.want)
			}
			if _, _, err := p.PublishPolicy(t.Context(), []byte(c.doc), "", "ops"); !errors.As(err, &wrong) {
				t.Errorf("publish: %v, want problems", err)
			}
		})
	}
	if n := w.number(`SELECT count(*) FROM policies`); n != 1 {
		t.Errorf("%d versions are stored, want the first alone", n)
	}
	w.exec(`DELETE FROM team_members`)
	if err := p.CheckPolicy(t.Context(), []byte(withoutTechnical)); err != nil {
		t.Errorf("an empty team may go: %v", err)
	}
}

// follow runs RunFollow beside the test.
func follow(t *testing.T, p *Policies) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.RunFollow(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	eventually(t, "the live policy is known", func() bool { return p.Live() != nil })
}

func TestOtherNodesFollowWithinASecond(t *testing.T) {
	w, p := seeded(t)
	other := NewPolicies(w.pool, intents, quiet)
	follow(t, other)
	listening := func() bool {
		return w.number(`SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`) > 0
	}
	eventually(t, "it listens", listening)

	t.Run("by the notification", func(t *testing.T) {
		version, _, err := p.PublishPolicy(t.Context(), edited(t, "Default policy", "Second"), "", "ops")
		if err != nil {
			t.Fatal(err)
		}
		published := time.Now()
		eventually(t, "the other node has it", func() bool { return other.Live().Version == version })
		if took := time.Since(published); took > followEvery/2 {
			t.Errorf("it took %v; a notification takes milliseconds", took)
		}
	})
	t.Run("without a notification", func(t *testing.T) {
		w.exec(`WITH old AS (UPDATE policies SET state = 'retired' WHERE state = 'live' RETURNING hash, yaml) SELECT * FROM old`)
		w.exec(`INSERT INTO policies (hash, yaml, state, author) SELECT hash, yaml, 'live', 'ops' FROM policies ORDER BY version DESC LIMIT 1`)
		eventually(t, "the other node has it", func() bool { return other.Live().Version == 3 })
	})
	t.Run("after its connection was cut", func(t *testing.T) {
		w.exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`)
		version, _, err := p.PublishPolicy(t.Context(), edited(t, "Default policy", "Fourth"), "", "ops")
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the other node has it", func() bool { return other.Live().Version == version })
		eventually(t, "it listens again", listening)
	})
}
