package routing

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"usher/intent"
)

// percent writes a share for people: "94 %".
func percent(share float64) string {
	if math.IsNaN(share) || math.IsInf(share, 0) {
		return "an unknown share"
	}
	return fmt.Sprintf("%.0f %%", share*100)
}

// percents writes two shares with as many digits as it takes to tell them apart.
func percents(a, b float64) (string, string) {
	for digits := range 4 {
		x, y := fmt.Sprintf("%.*f %%", digits, a*100), fmt.Sprintf("%.*f %%", digits, b*100)
		if x != y && !math.IsNaN(a) {
			return x, y
		}
	}
	return percent(a), percent(b)
}

func count(n int, one, many string) string {
	switch n {
	case 0:
		return "no " + one
	case 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

// ordinal names the nth contact in words.
func ordinal(n int) string {
	words := []string{"", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"}
	if n > 0 && n < len(words) {
		return words[n]
	}
	return fmt.Sprintf("%d.", n)
}

// list joins words the way people do: "a, b and c".
func list(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// plainWords makes a text from elsewhere fit for a sentence: one line, printable, not long.
func plainWords(s string) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)), " ")
	if utf8.RuneCountInString(s) > 120 {
		s = string([]rune(s)[:119]) + "…"
	}
	return s
}

// scalar is the text of an attribute that is a word, a number or a yes-no.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	}
	return "", false
}

func sorted[V any](m map[string]V) iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		for _, k := range slices.Sorted(maps.Keys(m)) {
			if !yield(k, m[k]) {
				return
			}
		}
	}
}

func priorityWords(p intent.Priority) string {
	if p == intent.Urgent {
		return "urgent"
	}
	return string(p) + " priority"
}
