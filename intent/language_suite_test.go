package intent

import (
	_ "embed"
	"strings"
	"testing"
)

//go:embed testdata/languages.txt
var languageSuite string

// tally counts answers: a wrong language sends a message astray, an undetermined one only tells less.
type tally struct{ right, undetermined, wrong int }

func (n tally) of() int { return n.right + n.undetermined + n.wrong }

func TestLanguagesOfTheSuite(t *testing.T) {
	byLength, byLanguage, all := map[string]*tally{}, map[string]*tally{}, tally{}
	for line := range strings.Lines(languageSuite) {
		want, text, ok := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		length := "7 and more words"
		if n := len(strings.Fields(text)); n <= 3 {
			length = "1 to 3 words"
		} else if n <= 6 {
			length = "4 to 6 words"
		}
		got := tellLanguage(text, tokens(text))
		for _, n := range []*tally{&all, entry(byLength, length), entry(byLanguage, want)} {
			switch {
			case strings.Contains(want, got):
				n.right++
			case got == Undetermined:
				n.undetermined++
			default:
				n.wrong++
			}
		}
		if !strings.Contains(want, got) && got != Undetermined {
			t.Logf("%s taken for %s: %s", want, got, text)
		}
	}
	for _, by := range []map[string]*tally{byLength, byLanguage} {
		for name, n := range by {
			t.Logf("%-17s %3d: %d right, %d undetermined, %d wrong", name, n.of(), n.right, n.undetermined, n.wrong)
		}
	}
	t.Logf("all %d: %d right, %d undetermined, %d wrong", all.of(), all.right, all.undetermined, all.wrong)
	if all.of() < 330 || float64(all.right) < 0.89*float64(all.of()) || float64(all.wrong) > 0.01*float64(all.of()) {
		t.Errorf("of %d messages %d are right and %d wrong", all.of(), all.right, all.wrong)
	}
}

func entry(m map[string]*tally, key string) *tally {
	if m[key] == nil {
		m[key] = &tally{}
	}
	return m[key]
}
