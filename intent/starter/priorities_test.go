package starter

import (
	"strings"
	"testing"
	"testing/fstest"

	"usher/intent"
)

func TestAThirdOfThePackOnUrgencyIsUrgentAndMostSituationsAreToldBothWays(t *testing.T) {
	ps, err := Priorities()
	if err != nil {
		t.Fatal(err)
	}
	urgent, calm, situations := map[string]bool{}, map[string]bool{}, map[string]bool{}
	n := 0
	for _, p := range ps {
		situations[p.Situation] = true
		if p.Priority == intent.Urgent {
			n++
			urgent[p.Situation] = true
		} else {
			calm[p.Situation] = true
		}
	}
	both := 0
	for s := range urgent {
		if calm[s] {
			both++
		}
	}
	if len(ps) < 2000 || n*4 < len(ps) || n*5 > len(ps)*2 || both < 400 {
		t.Errorf("%d texts, %d of them urgent, %d situations of %d told both ways", len(ps), n, both, len(situations))
	}
}

func TestTwoOfThreeMarksAreUrgentAndOneAloneIsHigh(t *testing.T) {
	ps, err := Priorities()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ps {
		marks := 0
		for _, m := range []bool{p.Furious, p.Repeat, p.Threat} {
			if m {
				marks++
			}
		}
		switch {
		case marks > 1 && p.Priority != intent.Urgent, (p.Furious || p.Threat) && p.Priority.Rank() > intent.High.Rank(), p.Repeat && p.Priority == intent.Low:
			t.Errorf("%q is %s with %d marks", p.Text, p.Priority, marks)
		}
	}
}

func TestWhatDoesNotReadOnUrgencyIsNamed(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"no label":            {"urgent: fire\nfire\n", "urgency/a.txt:2: \"fire\" has no label"},
		"no text":             {"urgent: \n", "urgency/a.txt:1: begins or ends"},
		"no priority":         {"pressing: fire\n", `urgency/a.txt:1: "pressing" is no priority`},
		"an unknown mark":     {"urgent angry: fire\n", `"angry" is none of furious, repeat and threat`},
		"a text twice":        {"urgent: fire\n\nhigh: Fire!\n", `urgency/a.txt:3: "Fire!" is already at urgency/a.txt:1`},
		"control characters":  {"urgent: fi\x07re\n", "urgency/a.txt:1: holds a NUL or another control"},
		"a mark but priority": {"furious: fire\n", `"furious" is no priority`},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := priorities(fstest.MapFS{"urgency/a.txt": {Data: []byte(tc.text)}}); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
	ps, err := priorities(fstest.MapFS{"urgency/a.txt": {Data: []byte("urgent furious repeat: a: b\nlow: c\n\nhigh threat: d\n")}})
	if err != nil || len(ps) != 3 || !ps[0].Furious || !ps[0].Repeat || ps[0].Threat || ps[0].Text != "a: b" || !ps[2].Threat ||
		ps[0].Situation != ps[1].Situation || ps[1].Situation == ps[2].Situation {
		t.Errorf("read %+v, %v", ps, err)
	}
}
