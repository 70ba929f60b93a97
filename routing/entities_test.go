package routing_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"usher/intent"
	"usher/routing"
)

func withEntities(t *testing.T, block string) (*routing.Policy, error) {
	t.Helper()
	return routing.ParsePolicy(append(routing.DefaultPolicy(), []byte("\n"+block)...))
}

func TestPatternsOfThePolicyReachTheStoredPrediction(t *testing.T) {
	policy, err := withEntities(t, "entities:\n  order_number: ['^[A-Z]{2}\\d{6}$']\n  customer_number: ['K-\\d{4}']\n")
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := withEntities(t, ""); err != nil || plain.Hash() == policy.Hash() {
		t.Errorf("patterns do not change the policy's hash (%v)", err)
	}
	pipe := &routing.Pipeline{Understander: intent.NewUnderstander(nil, intent.UnderstandOptions{}), Policy: func() *routing.Policy { return policy }}
	requests := []routing.Request{{Text: "where is order AB123456, not 10234? I am K-0001."}}
	pipe.Prepare(context.Background(), requests)
	var got []string
	for _, e := range requests[0].Prediction.Entities {
		got = append(got, e.Kind+"="+e.Value)
	}
	if want := "order_number=AB123456 customer_number=K-0001"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func TestPatternsThatDoNotReadAreNamedByLine(t *testing.T) {
	doc := "entities:\n  order_number:\n    - '^[A-Z]{2}\\d{6}$'\n    - '[A-Z'\n  \"Bad Kind\": ['\\d{5}']\n  empty: []\n"
	first := strings.Count(string(routing.DefaultPolicy()), "\n") + 2 // the line of "entities:"
	_, err := withEntities(t, doc)
	var problems *routing.ProblemsError
	if !errors.As(err, &problems) || len(problems.Problems) != 3 {
		t.Fatalf("got %v", err)
	}
	for i, want := range []struct {
		line int
		text string
	}{{first + 3, `pattern "[A-Z" of order_number: it is not an RE2 pattern`}, {first + 4, "Bad Kind"}, {first + 5, "empty lists no pattern"}} {
		if p := problems.Problems[i]; p.Line != want.line || !strings.Contains(p.Message, want.text) {
			t.Errorf("got %s, want line %d: %s", p, want.line, want.text)
		}
	}
}
