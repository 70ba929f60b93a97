package learn_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"usher/intent"
	"usher/intent/learn"
)

var labelled = []intent.Utterance{
	{Text: "Where is my parcel?", Intent: "order_status"}, {Text: "what does it cost", Intent: "pricing"}, {Text: "do you like jazz", Intent: "oos"},
}

func known(label string) bool {
	return label == "order_status" || label == "pricing" || label == "refund"
}

// lesson is what somebody said at an hour of the decision of a number, in a conversation of that number.
func lesson(hour int, by string, decision byte, text, label string) intent.Lesson {
	return intent.Lesson{
		Utterance: intent.Utterance{Text: text, Intent: label}, By: by,
		DecisionID: uuid.UUID{decision}, ConversationID: uuid.UUID{decision}, At: time.Date(2026, 1, 1, hour, 0, 0, 0, time.UTC),
	}
}

func TestMerge(t *testing.T) {
	for name, c := range map[string]struct {
		lessons                                   []intent.Lesson
		want                                      string // label text, …
		used, confirmed, replaced, conflicts, bad int
	}{
		"nothing was taught":                  {nil, "order_status Where is my parcel?|pricing what does it cost|oos do you like jazz", 0, 0, 0, 0, 0},
		"something new":                       {[]intent.Lesson{lesson(1, "ada", 1, "money back", "refund")}, "order_status Where is my parcel?|pricing what does it cost|oos do you like jazz|refund money back", 1, 0, 0, 0, 0},
		"a corrected text wins":               {[]intent.Lesson{lesson(1, "ada", 1, "where is  my PARCEL", "refund")}, "pricing what does it cost|oos do you like jazz|refund where is  my PARCEL", 1, 0, 1, 0, 0},
		"what is known is not learnt twice":   {[]intent.Lesson{lesson(1, "ada", 1, "where is my parcel", "order_status")}, "order_status Where is my parcel?|pricing what does it cost|oos do you like jazz", 0, 1, 0, 0, 0},
		"no intent fits":                      {[]intent.Lesson{lesson(1, "ada", 1, "sing", "oos")}, "order_status Where is my parcel?|pricing what does it cost|oos do you like jazz|oos sing", 1, 0, 0, 0, 0},
		"a change of mind is no conflict":     {[]intent.Lesson{lesson(2, "ada", 1, "hm", "refund"), lesson(1, "ada", 1, "hm", "pricing")}, "order_status Where is my parcel?|pricing what does it cost|oos do you like jazz|refund hm", 1, 0, 0, 0, 0},
		"two agents differ, the later counts": {[]intent.Lesson{lesson(2, "bob", 1, "hm", "pricing"), lesson(1, "ada", 1, "hm", "refund")}, "order_status Where is my parcel?|pricing what does it cost|oos do you like jazz|pricing hm", 1, 0, 0, 1, 0},
		"two decisions differ":                {[]intent.Lesson{lesson(1, "ada", 1, "hm", "refund"), lesson(2, "ada", 2, "HM!", "pricing")}, "order_status Where is my parcel?|pricing what does it cost|oos do you like jazz|pricing HM!", 1, 0, 0, 1, 0},
		"conversations stand together": {[]intent.Lesson{lesson(1, "ada", 2, "b1", "refund"), lesson(2, "ada", 1, "a", "refund"), lesson(3, "ada", 2, "b2", "pricing")},
			"order_status Where is my parcel?|pricing what does it cost|oos do you like jazz|refund a|refund b1|pricing b2", 3, 0, 0, 0, 0},
		"an intent that is gone, no text, a long one": {[]intent.Lesson{lesson(1, "ada", 1, "x", "gone"), lesson(1, "ada", 1, " ?! ", "refund"), lesson(1, "ada", 1, strings.Repeat("log ", 2000), "refund")},
			"order_status Where is my parcel?|pricing what does it cost|oos do you like jazz", 0, 0, 0, 0, 3},
	} {
		t.Run(name, func(t *testing.T) {
			m := learn.Merge(labelled, c.lessons, known)
			var got []string
			for _, u := range m.Utterances {
				got = append(got, u.Intent+" "+u.Text)
			}
			if s := strings.Join(got, "|"); s != c.want {
				t.Errorf("got %s\nwant %s", s, c.want)
			}
			if len(m.Used) != c.used || m.Confirmed != c.confirmed || len(m.Replaced) != c.replaced || len(m.Conflicts) != c.conflicts || len(m.Unknown)+m.Unreadable != c.bad {
				t.Errorf("%d used, %d confirmed, %d replaced, %d conflicts, %d unknown, %d unreadable", len(m.Used), m.Confirmed, len(m.Replaced), len(m.Conflicts), len(m.Unknown), m.Unreadable)
			}
			for _, k := range m.Conflicts {
				if !k.Kept.At.After(k.Against.At) {
					t.Errorf("an earlier lesson is kept: %+v", k)
				}
			}
		})
	}
}

func TestMergeDoesNotDependOnTheOrderOfLessonsAndTeachesNoTextTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var lessons []intent.Lesson
		for i := range rapid.IntRange(0, 12).Draw(t, "n") {
			lessons = append(lessons, lesson(i, rapid.SampledFrom([]string{"ada", "bob"}).Draw(t, "by"), byte(rapid.IntRange(0, 3).Draw(t, "decision")),
				rapid.SampledFrom([]string{"a", "A.", "b", "what does it cost", ""}).Draw(t, "text"), rapid.SampledFrom([]string{"refund", "pricing", "oos", "gone"}).Draw(t, "label")))
		}
		m := learn.Merge(labelled, lessons, known)
		seen := map[string]bool{}
		for _, u := range m.Utterances {
			if key := intent.Sameness(u.Text); seen[key] {
				t.Fatalf("%q is taught twice", u.Text)
			} else {
				seen[key] = true
			}
		}
		other := learn.Merge(labelled, rapid.Permutation(lessons).Draw(t, "order"), known)
		if !slices.Equal(m.Utterances, other.Utterances) || learn.DataHash(m.Utterances) != learn.DataHash(other.Utterances) {
			t.Fatalf("another order gives %v, not %v", other.Utterances, m.Utterances)
		}
	})
}

func TestTheDataHashSeesEveryLabelAndText(t *testing.T) {
	seen := map[string]bool{learn.DataHash(labelled): true}
	for _, spoil := range []func([]intent.Utterance) []intent.Utterance{
		func(us []intent.Utterance) []intent.Utterance { us[0].Text += "!"; return us },
		func(us []intent.Utterance) []intent.Utterance { us[0].Intent = "pricing"; return us },
		func(us []intent.Utterance) []intent.Utterance { return us[1:] },
		func(us []intent.Utterance) []intent.Utterance { slices.Reverse(us); return us },
	} {
		h := learn.DataHash(spoil(slices.Clone(labelled)))
		if seen[h] {
			t.Error("a change gives the same hash")
		}
		seen[h] = true
	}
}
