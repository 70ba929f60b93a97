package evals_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"usher/evals"
	"usher/intent"
	"usher/routing"
)

var errPipe = errors.New("broken pipe")

// firstWord takes the first word of a text for its intent; a text that starts with a question mark is out of scope.
type firstWord struct{}

func (firstWord) Hash() string        { return "first-word" }
func (firstWord) Languages() []string { return []string{"en"} }
func (firstWord) Classify(text string) intent.Classification {
	if strings.HasPrefix(text, "?") {
		return intent.Classification{Ranked: []intent.Ranked{{Intent: "thanks", Confidence: .2}}, OOS: .9}
	}
	label, _, _ := strings.Cut(text, " ")
	return intent.Classification{Ranked: []intent.Ranked{{Intent: label, Confidence: .99}}, OOS: .01}
}

// understand makes a function an Understander.
type understand func(ctx context.Context, text string) intent.Prediction

func (u understand) Understand(ctx context.Context, text string) intent.Prediction {
	return u(ctx, text)
}

func byFirstWord(_ context.Context, text string) intent.Prediction {
	c := firstWord{}.Classify(text)
	return intent.Prediction{Model: "first-word", Ranked: c.Ranked, OOS: c.OOS, Language: "en"}
}

// subject decides by a policy; nil means understanding alone.
func subject(u understand, policy *routing.Policy) *routing.Pipeline {
	p := &routing.Pipeline{Understander: u}
	if policy != nil {
		p.Policy = func() *routing.Policy { return policy }
	}
	return p
}

func defaultPolicy(t testing.TB) *routing.Policy {
	t.Helper()
	p, err := routing.ParsePolicy(routing.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func run(t testing.TB, cases ...evals.Case) []evals.Result {
	t.Helper()
	rs, err := evals.Run(t.Context(), subject(byFirstWord, defaultPolicy(t)), cases)
	if err != nil {
		t.Fatal(err)
	}
	if len(rs) != len(cases) {
		t.Fatalf("%d results of %d cases", len(rs), len(cases))
	}
	return rs
}

func TestCasesAreDecidedByThePolicyWithTheirContext(t *testing.T) {
	for name, c := range map[string]struct {
		c     evals.Case
		route string
	}{
		"answered":                    {evals.Case{Text: "pricing please"}, routing.ToReply},
		"to people by policy":         {evals.Case{Text: "bug_report please"}, routing.ToAgent},
		"vip":                         {evals.Case{Text: "pricing please", ContactType: "vip"}, routing.ToAgent},
		"an ordinary type":            {evals.Case{Text: "pricing please", ContactType: "customer"}, routing.ToReply},
		"wrote about it before":       {evals.Case{Text: "pricing please", Repeats: 1}, routing.ToAgent},
		"out of scope":                {evals.Case{Text: "? what is love"}, routing.ToAgent},
		"an intent nobody knows":      {evals.Case{Text: "juggling please"}, routing.ToAgent},
		"the label does not leak":     {evals.Case{Text: "bug_report please", Intent: "pricing", Route: "reply"}, routing.ToAgent},
		"sealed cases are like other": {evals.Case{Text: "pricing please", Sealed: true}, routing.ToReply},
	} {
		t.Run(name, func(t *testing.T) {
			r := run(t, c.c)[0]
			if r.Decision == nil || r.Decision.Route != c.route {
				t.Errorf("decision %+v, want route %s", r.Decision, c.route)
			}
		})
	}
}

func TestResultsStandInTheOrderOfCasesWithTheirScores(t *testing.T) {
	rs := run(t, evals.Case{ID: "a", Text: "pricing please"}, evals.Case{ID: "b", Text: "? hm"}, evals.Case{ID: "c", Text: "thanks a lot"})
	for i, want := range []struct {
		id    string
		label string
		oos   float64
	}{{"a", "pricing", .01}, {"b", "thanks", .9}, {"c", "thanks", .01}} {
		r := rs[i]
		if r.Case.ID != want.id || r.Prediction.Top().Intent != want.label || r.Prediction.OOS != want.oos || r.Latency <= 0 {
			t.Errorf("result %d is %+v, want %+v", i, r, want)
		}
	}
}

func TestTwoRunsDecideAlike(t *testing.T) {
	cases := []evals.Case{{ID: "a", Text: "pricing please"}, {ID: "b", Text: "order_status of 10234"}}
	first, second := run(t, cases...), run(t, cases...)
	for i := range first {
		if a, b := first[i].Decision, second[i].Decision; a.Reason != b.Reason || a.PolicyHash != b.PolicyHash || a.Priority != b.Priority {
			t.Errorf("case %s: %+v, then %+v", cases[i].ID, a, b)
		}
	}
}

func TestWithoutAPolicyOnlyUnderstandingIsMeasured(t *testing.T) {
	rs, err := evals.Run(t.Context(), subject(byFirstWord, nil), []evals.Case{{ID: "a", Text: "pricing please", Intent: "pricing", Route: "reply"}})
	if err != nil {
		t.Fatal(err)
	}
	if rs[0].Decision != nil {
		t.Errorf("decided %+v", rs[0].Decision)
	}
	if r := evals.NewReport(rs); r.Intent.Accuracy != 1 || r.Route != nil {
		t.Errorf("got %+v", r)
	}
}

func TestARunWithoutAModelIsAnError(t *testing.T) {
	if _, err := evals.Run(t.Context(), &routing.Pipeline{}, []evals.Case{{ID: "a", Text: "hello"}}); err == nil {
		t.Error("no error")
	}
}

func TestARunEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := subject(func(ctx context.Context, text string) intent.Prediction {
		cancel() // while the first case is under way
		return byFirstWord(ctx, text)
	}, nil)
	_, err := evals.Run(ctx, s, []evals.Case{{ID: "a", Text: "pricing"}, {ID: "b", Text: "thanks"}})
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), `"b"`) {
		t.Errorf("got %v, want cancelled at case b", err)
	}
}
