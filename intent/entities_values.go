package intent

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// typed fills in what programs read of an entity, as far as its text is certain.
func typed(e Entity) Entity {
	switch e.Kind {
	case Amount:
		e.Normal, e.Currency = amountOf(e.Value)
	case Date:
		e.Normal = dateOf(e.Value)
	case Email:
		e.Normal = strings.ToLower(e.Value)
	case TrackingNumber:
		e.Normal = strings.ToUpper(strings.ReplaceAll(e.Value, " ", ""))
	}
	return e
}

// currencies are the words and signs of amounts and their ISO 4217 codes. "$" and "¥" are those of the countries that use
// them most; a cent is a part of several, so that it names none.
var currencies = map[string]string{
	"€": "EUR", "£": "GBP", "$": "USD", "us$": "USD", "c$": "CAD", "a$": "AUD", "¥": "JPY", "₹": "INR",
	"euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "bucks": "USD", "pound": "GBP", "pounds": "GBP", "quid": "GBP", "pence": "GBP",
	"franc": "CHF", "francs": "CHF", "rupee": "INR", "rupees": "INR", "cent": "", "cents": "",
}

// amountOf reads "1.299,00 €" as "1299.00" of "EUR". A separator before the last one or two digits divides the decimals;
// all others divide thousands.
func amountOf(s string) (value, currency string) {
	first := strings.IndexAny(s, "0123456789")
	last := strings.LastIndexAny(s, "0123456789")
	number := s[first : last+1]
	unit := strings.ToLower(strings.TrimFunc(s[:first]+s[last+1:], unicode.IsSpace))
	if code, ok := currencies[unit]; ok {
		currency = code
	} else {
		currency = strings.ToUpper(unit)
	}
	whole, decimals := number, ""
	if i := strings.LastIndexAny(number, ".,"); i >= 0 && len(number)-i-1 <= 2 {
		whole, decimals = number[:i], number[i+1:]
	}
	whole = strings.TrimLeft(onlyDigits(whole), "0")
	if whole == "" {
		whole = "0"
	}
	switch {
	case unit == "cent" || unit == "cents" || unit == "pence":
		if decimals != "" {
			return "", currency // half a cent
		}
		whole = strings.Repeat("0", max(0, 3-len(whole))) + whole
		whole, decimals = whole[:len(whole)-2], whole[len(whole)-2:]
	case decimals == "":
		return whole, currency
	}
	return whole + "." + decimals, currency
}

var wordDateParts = regexp.MustCompile(`(?i)\d+|` + month)

// dateOf is a date as YYYY-MM-DD, empty when the text leaves the year open, when it needs to be known when it was
// written, or when day and month could be meant the other way round. Dots stand in dates that begin with the day.
func dateOf(s string) string {
	parts := wordDateParts.FindAllString(s, -1)
	if len(parts) != 3 {
		return ""
	}
	n := [3]int{}
	named := -1
	for i, part := range parts {
		if part[0] > '9' {
			named = i
			continue
		}
		n[i], _ = strconv.Atoi(part) // one to four digits by the patterns
	}
	switch {
	case named == 0: // May 12, 2024
		return calendar(n[2], monthOf(parts[0]), n[1])
	case named == 1: // 12 May 2024
		return calendar(n[2], monthOf(parts[1]), n[0])
	case len(parts[0]) == 4: // 2024-05-12
		return calendar(n[0], n[1], n[2])
	}
	year := n[2]
	if len(parts[2]) == 2 {
		year += 2000
	}
	switch {
	case n[0] > 12 || n[0] == n[1] || strings.Count(s, ".") == 2:
		return calendar(year, n[1], n[0])
	case n[1] > 12:
		return calendar(year, n[0], n[1])
	}
	return ""
}

func monthOf(word string) int {
	return strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(word[:3]))/3 + 1
}

// calendar is the day in ISO 8601, empty for one that does not exist.
func calendar(year, month, day int) string {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day || int(t.Month()) != month {
		return ""
	}
	return t.Format(time.DateOnly)
}
