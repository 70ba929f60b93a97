package routing

import (
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/osteele/tuesday"
)

// filterArgs are the filters that templates may use, with the least and most arguments. All are ours, because
// several of the library's fail or lie on texts that are not ASCII, on nothing, and on strange arguments.
var filterArgs = map[string][2]int{
	"default": {1, 1}, "upcase": {0, 0}, "downcase": {0, 0}, "capitalize": {0, 0}, "strip": {0, 0},
	"append": {1, 1}, "prepend": {1, 1}, "replace": {2, 2}, "remove": {1, 1}, "truncate": {1, 1},
	"join": {0, 1}, "first": {0, 0}, "last": {0, 0}, "size": {0, 0},
	"plus": {1, 1}, "minus": {1, 1}, "times": {1, 1}, "round": {0, 1},
	"date": {0, 1}, "money": {0, 1}, "url_encode": {0, 0},
}

// maxValue bounds what one filter may make, so that a template in a loop cannot eat the memory.
const maxValue = maxRendered

func templateFilters() map[string]any {
	onText := func(f func(string) string) any {
		return func(v any) any { return bounded(f(asText(v))) }
	}
	return map[string]any{
		"default": func(v, other any) any {
			if v == nil || v == false || v == "" {
				return other
			}
			return v
		},
		"upcase":     onText(strings.ToUpper),
		"downcase":   onText(strings.ToLower),
		"strip":      onText(strings.TrimSpace),
		"capitalize": onText(capitalize),
		"url_encode": onText(url.QueryEscape),
		"append":     func(v, other any) any { return bounded(asText(v) + asText(other)) },
		"prepend":    func(v, other any) any { return bounded(asText(other) + asText(v)) },
		"remove":     func(v, what any) any { return bounded(strings.ReplaceAll(asText(v), asText(what), "")) },
		"replace":    replace,
		"truncate":   truncate,
		"join":       joined,
		"first":      func(v any) any { return element(v, 0) },
		"last":       func(v any) any { return element(v, -1) },
		"size":       size,
		"plus":       arithmetic(func(a, b float64) float64 { return a + b }),
		"minus":      arithmetic(func(a, b float64) float64 { return a - b }),
		"times":      arithmetic(func(a, b float64) float64 { return a * b }),
		"round":      rounded,
		"date":       date,
		"money":      money,
	}
}

func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []any, map[string]any:
		return ""
	}
	return fmt.Sprint(v)
}

// bounded is nil for an empty text, so that `if` and `default` see it as missing.
func bounded(s string) any {
	if s == "" {
		return nil
	}
	if len(s) > maxValue {
		return strings.ToValidUTF8(s[:maxValue], "")
	}
	return s
}

func capitalize(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

func replace(v, old, with any) any {
	s, o, w := asText(v), asText(old), asText(with)
	if o == "" || strings.Count(s, o)*len(w) > maxValue {
		return bounded(s)
	}
	return bounded(strings.ReplaceAll(s, o, w))
}

func truncate(v, length any) any {
	s, n := []rune(asText(v)), int(number(length))
	if n < 1 || len(s) <= n {
		return bounded(string(s))
	}
	return bounded(string(s[:n-1]) + "…")
}

func joined(v any, sep ...any) any {
	by := ", "
	if len(sep) > 0 {
		by = asText(sep[0])
	}
	items, _ := v.([]any)
	words := make([]string, 0, len(items))
	for _, item := range items {
		if s := asText(item); s != "" {
			words = append(words, s)
		}
	}
	return bounded(strings.Join(words, by))
}

func element(v any, i int) any {
	items, _ := v.([]any)
	if len(items) == 0 {
		return nil
	}
	if i < 0 {
		i += len(items)
	}
	return items[i]
}

func size(v any) any {
	switch v := v.(type) {
	case []any:
		return len(v)
	case map[string]any:
		return len(v)
	}
	return utf8.RuneCountInString(asText(v))
}

// number reads a number; what is none counts as 0.
func number(v any) float64 {
	switch v := v.(type) {
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case float64:
		return v
	case string:
		if n, err := strconv.ParseFloat(v, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
			return n
		}
	}
	return 0
}

// whole makes 3.0 print as 3.
func whole(n float64) any {
	if n == math.Trunc(n) && math.Abs(n) < 1<<53 {
		return int64(n)
	}
	return n
}

func arithmetic(f func(a, b float64) float64) any {
	return func(v, other any) any { return whole(f(number(v), number(other))) }
}

func rounded(v any, places ...any) any {
	scale := 1.0
	if len(places) > 0 {
		scale = math.Pow10(max(0, min(9, int(number(places[0])))))
	}
	return whole(math.Round(number(v)*scale) / scale)
}

// date writes a date; without a format as "2 January 2006". A text that is no date stays as it is.
func date(v any, format ...any) (any, error) {
	t, ok := asTime(v)
	if !ok {
		return bounded(asText(v)), nil
	}
	if len(format) == 0 {
		if m, ok := v.(moment); ok {
			return m.String(), nil
		}
		return moment{Time: t}.String(), nil
	}
	s, err := tuesday.Strftime(asText(format[0]), t)
	if err != nil {
		return nil, fmt.Errorf("date format %q: %w", asText(format[0]), err)
	}
	return bounded(s), nil
}

func asTime(v any) (time.Time, bool) {
	switch v := v.(type) {
	case moment:
		return v.Time, true
	case time.Time:
		return v, true
	case string:
		return parseDate(v)
	}
	return time.Time{}, false
}

// money writes an amount with two digits and its currency: "39.90 EUR". A text that is no number stays as it is.
func money(v any, currency ...any) any {
	s := asText(v)
	if n, err := strconv.ParseFloat(s, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
		s = strconv.FormatFloat(n, 'f', 2, 64)
	}
	if s != "" && len(currency) > 0 {
		s = strings.TrimSpace(s + " " + strings.ToUpper(asText(currency[0])))
	}
	return bounded(s)
}
