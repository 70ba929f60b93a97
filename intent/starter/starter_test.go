package starter

import (
	"strings"
	"testing"
	"testing/fstest"

	"usher/intent"
)

func TestThePackIsLargeEnoughToStartWith(t *testing.T) {
	entries, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	us, err := Utterances()
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, u := range us {
		count[u.Intent]++
	}
	if len(entries) < 24 {
		t.Errorf("%d intents, want at least 24", len(entries))
	}
	for _, e := range entries {
		if count[e.ID] < 40 {
			t.Errorf("%s has %d utterances, want at least 40", e.ID, count[e.ID])
		}
	}
	if count[intent.OutOfScope] < 150 {
		t.Errorf("%d out-of-scope utterances, want at least 150", count[intent.OutOfScope])
	}
}

func TestNoTextIsLabelledTwice(t *testing.T) {
	us, err := Utterances()
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]string{}
	for _, u := range us {
		key := strings.Join(strings.FieldsFunc(strings.ToLower(u.Text), func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') }), " ")
		if key == "" {
			key = u.Text
		}
		if before, ok := labels[key]; ok {
			t.Errorf("%q is labelled %s and %s", u.Text, before, u.Intent)
		}
		labels[key] = u.Intent
	}
}

func TestWhatDoesNotReadIsNamed(t *testing.T) {
	const catalogue = "- id: refund\n  name: Refund\n  description: Money back.\n"
	for name, tc := range map[string]struct {
		file, text, want string
	}{
		"a file of no intent":         {"utterances/refnd.txt", "x\n", "utterances/refnd.txt: belongs to no intent"},
		"a file that is not text":     {"utterances/refund.md", "x\n", "utterances/refund.md: belongs to no intent"},
		"an empty line":               {"utterances/refund.txt", "money back\n\nplease\n", "utterances/refund.txt:2: is empty"},
		"an empty file":               {"utterances/refund.txt", "", "utterances/refund.txt: is empty"},
		"a missing file":              {"utterances/refund.txt", "-", "utterances/refund.txt: is missing"},
		"a NUL":                       {"utterances/refund.txt", "a\nb\x00c\n", "utterances/refund.txt:2: holds a NUL"},
		"invalid UTF-8":               {"utterances/refund.txt", "a\xff\n", "utterances/refund.txt:1: is not valid UTF-8"},
		"white space at an end":       {"utterances/refund.txt", "a \n", "utterances/refund.txt:1: begins or ends"},
		"a Windows line end":          {"utterances/refund.txt", "a\r\n", "utterances/refund.txt:1: begins or ends"},
		"a repeated text":             {"utterances/refund.txt", "money back\nb\nMoney  back!\n", `"Money  back!" is already at utterances/refund.txt:1`},
		"a text of two intents":       {"utterances/oos.txt", "Give it back\n", `"Give it back" is already at utterances/refund.txt:1`},
		"a field nobody knows":        {"intents.yaml", catalogue + "  colour: red\n", "field colour not found"},
		"an id that is taken":         {"intents.yaml", catalogue + catalogue, `entry 2: id "refund" is taken`},
		"an id that cannot be a file": {"intents.yaml", "- id: ../x\n  name: X\n  description: X\n", `entry 1: id "../x" is not`},
		"out-of-scope as an intent":   {"intents.yaml", "- id: oos\n  name: X\n  description: X\n", `id "oos" is taken`},
		"no description":              {"intents.yaml", "- id: refund\n  name: X\n", `"refund" needs a name and a description`},
		"an empty catalogue":          {"intents.yaml", "[]\n", "holds no intents"},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{
				"intents.yaml":          {Data: []byte(catalogue)},
				"utterances/refund.txt": {Data: []byte("give it back\n")},
				"utterances/oos.txt":    {Data: []byte("what is the weather\n")},
			}
			if _, err := utterances(files); err != nil {
				t.Fatalf("the sound pack does not read: %v", err)
			}
			files[tc.file] = &fstest.MapFile{Data: []byte(tc.text)}
			if tc.text == "-" {
				delete(files, tc.file)
			}
			if _, err := utterances(files); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}
