package starter_test

import (
	"slices"
	"strings"
	"testing"

	"usher/intent"
	"usher/intent/starter"
)

const further = `- id: warranty_claim
  name: Warranty claim
  description: Wants a repair under warranty.
  examples:
    - it broke after a year, is that under warranty
  invented:
    - warranty repair please
- id: gift_wrap
  name: Gift wrapping
  description: Wants it wrapped.
`

func TestFurtherIntentsAreReadAndWrittenTheSame(t *testing.T) {
	all, err := starter.ReadFurther([]byte(further))
	if err != nil || len(all) != 2 || all[0].Name != "Warranty claim" {
		t.Fatalf("%+v, %v", all, err)
	}
	if want := []intent.Utterance{{Text: "it broke after a year, is that under warranty", Intent: "warranty_claim"}, {Text: "warranty repair please", Intent: "warranty_claim"}}; !slices.Equal(all[0].Utterances(), want) {
		t.Errorf("utterances %+v", all[0].Utterances())
	}
	doc, err := starter.WriteFurther(all)
	if err != nil || string(doc) != further {
		t.Errorf("written as\n%s%v", doc, err)
	}
	if none, err := starter.ReadFurther(nil); err != nil || len(none) != 0 {
		t.Errorf("an empty file: %v, %v", none, err)
	}
}

func TestFurtherIntentsThatMakeNoSenseAreNamed(t *testing.T) {
	entry := func(more string) string { return "- id: warranty_claim\n  name: W\n  description: D\n" + more }
	for name, c := range map[string]struct{ doc, want string }{
		"an id of the pack":  {"- {id: order_status, name: A, description: B}", `intent 1: id "order_status" is taken`},
		"out of scope":       {"- {id: oos, name: A, description: B}", "is taken"},
		"twice":              {entry("") + entry(""), "intent 2: id"},
		"an odd id":          {"- {id: Warranty, name: A, description: B}", "small letters"},
		"no description":     {"- {id: w, name: A}", "needs a name and a description"},
		"an unknown field":   {entry("  exmaples: [a]\n"), "line 4: field exmaples not found"},
		"no list":            {"a: b", "line 1"},
		"an empty example":   {entry(`  examples: [""]` + "\n"), "warranty_claim: example"},
		"an example twice":   {entry("  examples: [Fix it, fix it!]\n"), "is already one of warranty_claim: keep one"},
		"an invented double": {entry("  examples: [Fix it]\n  invented: [fix it]\n"), "keep one"},
	} {
		if _, err := starter.ReadFurther([]byte(c.doc)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}
