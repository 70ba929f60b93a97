package intent

import (
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"", "Don’t", "1.50 usher.com a.b.", "\xff.\xff", "é\u0301x", "日本。語", "a'", "'a", "…!?\n\n", "wh\u200bere", "\u202eabc", strings.Repeat("x.", 300)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		end := 0
		for _, tok := range tokens(text) {
			if tok.start < end || tok.end <= tok.start || tok.end > len(text) && utf8.ValidString(text) || tok.word == "" {
				t.Fatalf("%q: %+v after %d", text, tok, end)
			}
			if tok.word != stop && tok.word != fold(text[tok.start:tok.end]) {
				t.Fatalf("%q: %q stands where %q is", text, tok.word, text[tok.start:tok.end])
			}
			end = min(tok.end, len(text))
		}
	})
}

func FuzzRestoreSpansOfShortenedTexts(f *testing.F) {
	f.Add("where is it. ", "x ", 6000)
	f.Add("日本", "\xff", 9000)
	f.Add("0", "\x99", 8922) // bytes that begin no rune
	f.Fuzz(func(t *testing.T, head, filling string, n int) {
		if filling == "" || len(filling) > 64 {
			return
		}
		text := head + strings.Repeat(filling, max(0, min(n, 64<<10))/len(filling)) + "the end of it all"
		read, g := shorten(text)
		if len(read) > headBytes+tailBytes+1 {
			t.Fatalf("%d bytes are read", len(read))
		}
		at := strings.LastIndex(read, "the end of it all")
		if at < 0 {
			return // cut inside
		}
		ask := g.restore([]Ask{{Start: at, End: at + len("the end of it all")}})[0]
		if text[ask.Start:ask.End] != "the end of it all" {
			t.Fatalf("%q is at %+v", text[ask.Start:ask.End], ask)
		}
	})
}

// What customers, mail programs and scripts send that is no sentence has a defined answer, at a bounded cost.
func TestOddTextsCostBoundedTimeAndMemory(t *testing.T) {
	u := NewUnderstander(scripted(sure), UnderstandOptions{})
	for name, tc := range map[string]struct {
		text, language string
		degraded       bool
	}{
		"empty":              {"", Undetermined, false},
		"emoji":              {"😡😡👍🏽", Undetermined, false},
		"50,000 letters":     {strings.Repeat("a", 50_000), Undetermined, true},
		"50,000 of words":    {strings.Repeat("where is my order, ", 2_632), "en", true},
		"50,000 digits":      {strings.Repeat("4", 50_000), Undetermined, true},
		"50,000 separators":  {strings.Repeat("4 ", 25_000), Undetermined, true},
		"a table":            {strings.Repeat("10234;2024-05-12;49.99 EUR;a@b.co;+49 30 901820\n", 1_000), Undetermined, true},
		"mixed scripts":      {"where is мой заказ please", "en", false},
		"zero-width":         {"wh\u200bere is\u200d my\ufeff or\u00adder", "en", false},
		"control characters": {"where\x00 is\x07 my\x1b order\x7f", "en", false},
		"base64":             {strings.Repeat("iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4", 400), Undetermined, true},
		"quoted mail chain":  {"where is my order?\n" + strings.Repeat("> On Monday Ada wrote:\n>> where is my order\n", 600), "en", true},
		"50,000 of no rune":  {strings.Repeat("\x99", 50_000), Undetermined, true},
		"not UTF-8":          {"\xff\xfe\xc3\x28", Undetermined, false},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			start := time.Now()
			p := u.Understand(t.Context(), tc.text)
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			if took > 2*time.Second {
				t.Errorf("took %s", took)
			}
			if got := after.TotalAlloc - before.TotalAlloc; got > 16<<20 {
				t.Errorf("took %d bytes of memory", got)
			}
			if p.Language != tc.language || (p.Degraded != "") != tc.degraded || len(p.Entities) > 8*maxPerPattern {
				t.Errorf("language %s, degraded %q, %d entities", p.Language, p.Degraded, len(p.Entities))
			}
			t.Logf("%s, %d KiB, %d entities", took, (after.TotalAlloc-before.TotalAlloc)>>10, len(p.Entities))
		})
	}
}
