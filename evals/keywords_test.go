package evals_test

import (
	"strings"
	"testing"

	"usher/intent"
)

// keywords are what people put on a list of urgent words when they have no other means.
var keywords = strings.Fields(`urgent urgently asap emergency immediately now hacked stolen fraud unauthorised scam phishing police
	ambulance hospital fire smoke gas burning bleeding injured unconscious choking poison danger dangerous suicide kill die
	threat lawyer court deadline tonight insulin medicine evicted`)

// TestAKeywordListAloneSeesHalfOfWhatIsUrgent is there to be compared with: its numbers stand in evals/README.md.
func TestAKeywordListAloneSeesHalfOfWhatIsUrgent(t *testing.T) {
	listed := map[string]bool{}
	for _, w := range keywords {
		listed[w] = true
	}
	urgent, seen, others, over := 0, 0, 0, 0
	for _, c := range suite(t, "priority") {
		found := false
		for w := range strings.FieldsSeq(normal(c.Text)) {
			found = found || listed[w]
		}
		count, hits := &others, &over
		if c.Priority == intent.Urgent {
			count, hits = &urgent, &seen
		}
		*count++
		if found {
			*hits++
		}
	}
	t.Logf("a keyword list sees %d of %d urgent messages and calls %d of %d others urgent", seen, urgent, over, others)
	if 2*seen > urgent || 20*over < others {
		t.Errorf("the list sees %d of %d and calls %d of %d others urgent: what evals/README.md says of it no longer holds", seen, urgent, over, others)
	}
}
