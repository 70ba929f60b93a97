package builtin_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"usher/intent"
)

// question is a line of a suite.
type question struct {
	Text, Intent string
	Sealed       bool
}

// openQuestions are those of the guards suite and of the open half of the starter suite, which the model never saw.
func openQuestions(t *testing.T) []question {
	t.Helper()
	var qs []question
	for _, suite := range []string{"guards", "starter"} {
		doc, err := os.ReadFile("../../evals/suites/" + suite + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(doc)) {
			var q question
			if err := json.Unmarshal([]byte(line), &q); err != nil {
				t.Fatal(err)
			}
			if !q.Sealed && q.Intent != "" && q.Intent != "thanks" && q.Intent != "greeting" {
				qs = append(qs, q)
			}
		}
	}
	return qs
}

func TestCourtesiesAroundQuestionsDoNotHideThem(t *testing.T) {
	understander := intent.NewUnderstander(model(t), intent.UnderstandOptions{})
	right := func(text, label string) int {
		p := understander.Understand(t.Context(), text)
		if said := p.Top().Intent; said == label && p.OOS <= 0.5 || label == intent.OutOfScope && p.OOS > 0.5 {
			return 1
		}
		return 0
	}
	qs := openQuestions(t)
	bare, wrapped := 0, 0
	for _, q := range qs {
		bare += right(q.Text, q.Intent)
		wrapped += right("Hi there! Hope you are well. "+q.Text+"\nThanks so much for your help, kind regards", q.Intent)
	}
	t.Logf("of %d questions %d are right, and %d with courtesies around them", len(qs), bare, wrapped)
	if len(qs) < 350 || float64(wrapped) < 0.97*float64(bare) {
		t.Errorf("of %d questions %d are right, but only %d with courtesies around them", len(qs), bare, wrapped)
	}
}
