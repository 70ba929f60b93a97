package assign_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"usher/routing/assign"
)

var (
	ada = uuid.MustParse("00000000-0000-7000-8000-00000000000a")
	ben = uuid.MustParse("00000000-0000-7000-8000-00000000000b")
	cat = uuid.MustParse("00000000-0000-7000-8000-00000000000c")
)

func agent(id uuid.UUID, name string, load int, change func(*assign.Agent)) assign.Agent {
	a := assign.Agent{ID: id, Name: name, Online: true, Capacity: 4, Load: load, Skills: map[string]int{"billing": 3}}
	if change != nil {
		change(&a)
	}
	return a
}

func TestRankOrdersThoseWhoMay(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, tc := range map[string]struct {
		need   assign.Need
		agents []assign.Agent
		want   []uuid.UUID
	}{
		"the least loaded first":      {assign.Need{}, []assign.Agent{agent(ada, "Ada", 2, nil), agent(ben, "Ben", 1, nil)}, []uuid.UUID{ben, ada}},
		"load counts by capacity":     {assign.Need{}, []assign.Agent{agent(ada, "Ada", 2, nil), agent(ben, "Ben", 3, func(a *assign.Agent) { a.Capacity = 10 })}, []uuid.UUID{ben, ada}},
		"who knows the contact first": {assign.Need{Preferred: &ada}, []assign.Agent{agent(ada, "Ada", 3, nil), agent(ben, "Ben", 0, nil)}, []uuid.UUID{ada, ben}},
		"then the more skilled":       {assign.Need{Skills: []string{"billing"}}, []assign.Agent{agent(ada, "Ada", 1, nil), agent(ben, "Ben", 1, func(a *assign.Agent) { a.Skills = map[string]int{"billing": 5} })}, []uuid.UUID{ben, ada}},
		"then the longest idle":       {assign.Need{}, []assign.Agent{agent(ada, "Ada", 1, func(a *assign.Agent) { a.LastAssigned = at }), agent(ben, "Ben", 1, nil)}, []uuid.UUID{ben, ada}},
		"not who gave it back":        {assign.Need{GivenBackBy: &ada, Preferred: &ada}, []assign.Agent{agent(ada, "Ada", 0, nil), agent(ben, "Ben", 3, nil)}, []uuid.UUID{ben}},
		"the full, the unskilled and the absent never": {
			assign.Need{Skills: []string{"billing"}, Preferred: &cat},
			[]assign.Agent{agent(ada, "Ada", 4, nil), agent(ben, "Ben", 0, func(a *assign.Agent) { a.Skills = nil }), agent(cat, "Cat", 0, func(a *assign.Agent) { a.Online = false })},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			fit, barred := assign.Rank(tc.need, tc.agents)
			var got []uuid.UUID
			for _, a := range fit {
				got = append(got, a.ID)
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("order %v, want %v", got, tc.want)
			}
			if len(fit)+len(barred) != len(tc.agents) {
				t.Errorf("%d fit and %d barred of %d", len(fit), len(barred), len(tc.agents))
			}
		})
	}
}

func TestTraceTellsWhyForEverybody(t *testing.T) {
	need := assign.Need{Skills: []string{"billing"}, Preferred: &ben}
	fit, barred := assign.Rank(need, []assign.Agent{agent(ada, "Ada", 0, nil), agent(ben, "Ben", 1, nil), agent(cat, "Cat", 4, nil)})
	story := assign.Trace(need, fit, 1, barred)
	want := []assign.Considered{
		{ID: ada, Name: "Ada", Chosen: true, Why: "0 of 4 in hand, billing level 3"},
		{ID: ben, Name: "Ben", Why: "was full or gone when it came to it"},
		{ID: cat, Name: "Cat", Why: "full: 4 of 4"},
	}
	if !slices.Equal(story, want) {
		t.Errorf("story %+v, want %+v", story, want)
	}
}

func TestRankHoldsWhateverTheAgents(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		skills := []string{"billing", "orders"}
		need := assign.Need{Skills: rapid.SliceOfDistinct(rapid.SampledFrom(skills), rapid.ID).Draw(rt, "skills")}
		agents := make([]assign.Agent, rapid.IntRange(0, 12).Draw(rt, "n"))
		for i := range agents {
			agents[i] = assign.Agent{
				ID: uuid.UUID{15: byte(i)}, Online: rapid.Bool().Draw(rt, "online"), Capacity: rapid.IntRange(0, 3).Draw(rt, "capacity"), Load: rapid.IntRange(0, 4).Draw(rt, "load"),
				Skills: map[string]int{"billing": rapid.IntRange(0, 5).Draw(rt, "billing"), "orders": rapid.IntRange(0, 5).Draw(rt, "orders")},
			}
		}
		fit, _ := assign.Rank(need, agents)
		for _, a := range fit {
			if !a.Online || a.Load >= a.Capacity {
				rt.Fatalf("%+v may not have it", a)
			}
			for _, s := range need.Skills {
				if a.Skills[s] < 1 {
					rt.Fatalf("%+v lacks %s", a, s)
				}
			}
		}
		shuffled := slices.Clone(agents)
		r := rand.New(rand.NewPCG(1, rapid.Uint64().Draw(rt, "seed")))
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		again, _ := assign.Rank(need, shuffled)
		if !slices.EqualFunc(fit, again, func(a, b assign.Agent) bool { return a.ID == b.ID }) {
			rt.Fatalf("another order of agents changes the choice: %v, %v", fit, again)
		}
	})
}
