package intent

import (
	"cmp"
	"iter"
	"regexp"
	"slices"
	"strings"
)

// Kinds of entities.
const (
	OrderNumber = "order_number"
	Email       = "email"
	Phone       = "phone"
	Amount      = "amount"
	Date        = "date"
)

const (
	money = `(?:[€£$¥₹]|\b(?:usd|eur|gbp|chf|cad|aud|inr|jpy|pln|sek|nok|dkk)\b|\b(?:us|a|c)\$)`
	coins = `(?:\s?[€£$¥₹]|\s?(?:usd|eur|euros?|gbp|chf|cad|aud|inr|jpy|pln|sek|nok|dkk|dollars?|bucks|pounds?|quid|pence|cents?|francs?|rupees?)\b)`
	sum   = `\d{1,3}(?:[,.\x{00a0}' ]\d{3})+(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?`
	month = `(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?`
	day   = `(?:0?[1-9]|[12]\d|3[01])`
	year  = `(?:19|20)\d\d`
)

// These patterns cost more than everything else that is done with a text, so each is tried only where a cheap look
// says that it may match.
var (
	amountPattern = regexp.MustCompile(`(?i)` + money + `\s?(?:` + sum + `)\b|\b(?:` + sum + `)` + coins)
	numericDate   = regexp.MustCompile(`\b` + year + `-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b|\b` + day + `[./-]` + day + `[./-](?:` + year + `|\d\d)\b`)
	wordDate      = regexp.MustCompile(`(?i)\b` + month + `\s?` + day + `(?:st|nd|rd|th)?\b(?:,?\s` + year + `\b)?|\b` + day + `(?:st|nd|rd|th)?(?:\sof)?\s?` + month + `(?:,?\s` + year + `\b)?`)
	relativeDate  = regexp.MustCompile(`(?i)\b(?:yesterday|tomorrow|(?:last|next|this) (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b`)
	relativeWords = wordSet("yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday")
	monthWords    = wordSet("jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec december")
	currencyWords = wordSet("usd eur euro euros gbp chf cad aud inr jpy pln sek nok dkk dollar dollars bucks pound pounds quid pence cent cents franc francs rupee rupees")
)

// glance is what a cheap look at a text says about which patterns may match.
type glance struct{ digits, relative, month, currency bool }

func look(text string, ts []token) glance {
	g := glance{digits: strings.ContainsAny(text, "0123456789"), currency: strings.ContainsAny(text, "€£$¥₹")}
	for _, t := range ts {
		g.relative = g.relative || relativeWords[t.word]
		if g.digits && len(t.word) >= 3 {
			g.month = g.month || monthWords[strings.Trim(t.word, "0123456789")]
			g.currency = g.currency || currencyWords[strings.TrimLeft(t.word, "0123456789.,")]
		}
	}
	return g
}

func wordSet(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// findEntities finds the entities of a text, in its order; they do not overlap.
func findEntities(text string, ts []token) []Entity {
	f := finder{text: text}
	g := look(text, ts)
	if strings.Contains(text, "@") {
		f.all(Email, emailPattern)
	}
	if g.relative {
		f.all(Date, relativeDate)
	}
	if g.digits {
		f.numbers(g)
	}
	slices.SortFunc(f.found, func(a, b Entity) int { return cmp.Compare(a.Start, b.Start) })
	return f.found
}

// finder gathers entities of a text; the first to claim a place has it.
type finder struct {
	text  string
	found []Entity
}

func (f *finder) add(kind string, start, end int) {
	if !slices.ContainsFunc(f.found, func(e Entity) bool { return start < e.End && e.Start < end }) {
		f.found = append(f.found, Entity{Kind: kind, Value: f.text[start:end], Start: start, End: end})
	}
}

func (f *finder) all(kind string, pattern *regexp.Regexp) {
	for _, m := range pattern.FindAllStringIndex(f.text, -1) {
		f.add(kind, m[0], m[1])
	}
}

func (f *finder) numbers(g glance) {
	if strings.ContainsAny(f.text, "./-") {
		f.all(Date, numericDate)
	}
	if g.month {
		f.all(Date, wordDate)
	}
	if g.currency {
		f.all(Amount, amountPattern)
	}
	if len(onlyDigits(f.text)) >= phoneDigits {
		for _, m := range digitsPattern.FindAllStringIndex(f.text, -1) {
			if !wordAround(f.text, m[0], m[1]) && isPhone(f.text, m[0], m[1]) {
				f.add(Phone, m[0], m[1])
			}
		}
	}
	looked := 0
	for start, end := range codes(f.text) {
		if looked++; looked > maxCodes {
			return // a log or a table: nobody names that many orders
		}
		if start, end, ok := orderNumber(f.text, start, end); ok {
			f.add(OrderNumber, start, end)
		}
	}
}

// maxCodes is how many codes of a text are looked at, since each costs some microseconds.
const maxCodes = 60

// codes gives the runs of ASCII letters, digits, "-" and "_" that hold a digit, with the "#" before them.
func codes(text string) iter.Seq2[int, int] {
	return func(yield func(int, int) bool) {
		for i := 0; i < len(text); i++ {
			if !wordByte(text[i]) {
				continue
			}
			start, digit := i, false
			for ; i < len(text) && (wordByte(text[i]) || text[i] == '-'); i++ {
				digit = digit || text[i] >= '0' && text[i] <= '9'
			}
			if !digit {
				continue
			}
			end := start + len(strings.TrimRight(text[start:i], "-_"))
			if before := strings.TrimRight(text[:start], " "); len(text[:start])-len(before) < 2 && strings.HasSuffix(before, "#") {
				start = len(before) - 1
			}
			if !yield(start, end) {
				return
			}
		}
	}
}

// wordAround reports whether text[start:end] is only a part of a word or a code.
func wordAround(text string, start, end int) bool {
	return start > 0 && (wordByte(text[start-1]) || text[start-1] == '#') || end < len(text) && wordByte(text[end])
}

func wordByte(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b == '_'
}

var (
	phoneGroups = regexp.MustCompile(`^\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}$|^\d{2,5}([ .-])\d{2,4}(?:[ .-]\d{2,4}){2,4}$`)
	phoneBefore = regexp.MustCompile(`(?i)\b(?:phone|call|mobile|cell|cellphone|tel|telephone|whatsapp|handy|sms|text me|reach me)\b[^\n.?!]{0,24}$`)
)

// phoneDigits is how many digits a phone number has at least.
const phoneDigits = 7

// phoneLike reports whether a run of digits and separators looks like a phone number by itself: international,
// with a leading zero, or in the usual groups.
func phoneLike(s string) bool {
	n := len(onlyDigits(s))
	switch {
	case n < phoneDigits || n > 15 || numericDate.MatchString(s):
		return false
	case s[0] == '+' || strings.HasPrefix(s, "(+") || strings.HasPrefix(s, "00"):
		return n >= 8
	case s[0] == '0':
		return n >= 9
	}
	return n >= 9 && phoneGroups.MatchString(s)
}

func isPhone(text string, start, end int) bool {
	s := text[start:end]
	if phoneLike(s) {
		return true
	}
	n := len(onlyDigits(s))
	return n >= phoneDigits && n <= 15 && phoneBefore.MatchString(text[max(0, start-48):start])
}

var (
	orderBefore = regexp.MustCompile(`(?i)\b(?:orders?|ordr|oder|ord|purchases?|bestellung|bestellnummer|commande|pedido|ordine|po)(?:[\s.:#(=-]+(?:number|numbers|no|nr|num|nummer|id|ref|reference|code|is|was|my|the|its|it's|are|n|°|nº|numero|número|and|&|or|,|with|for|from|#?[a-z]{0,4}-?\d{3,})){0,5}[\s.:,#(="'\x{2018}\x{201c}°-]*$`)
	orderNoun   = regexp.MustCompile(`(?i)\b(?:orders?|ordr|ordered|purchases?|package|parcel|packet|delivery|shipment|bestellung|commande|pedido)\b`)
	orderAfter  = regexp.MustCompile(`(?i)^[\s,:;)(-]*(?:(?:is|was|it's|its|as|that's|thats|=)\s+)?(?:(?:my|the|an?|our|for)\s+)*(?:order|ordernumber|purchase|po)\b`)
	onlyNumber  = regexp.MustCompile(`(?i)^[\s'"(,.!:-]*(?:(?:it|its|it's|is|the|my|number|no|nr|ord|ok|yes|yep|sure|hi|hello|here|sorry|of|course|please|this|that's|thats|one|and|thanks)[\s:,.!-]+)*$`)
	knownPrefix = regexp.MustCompile(`^(?i:ord|order|so|po)[-_]?\d`)
	yearPattern = regexp.MustCompile(`^` + year + `$`)
)

// orderNumber decides whether the code at text[start:end] is an order number, and where without its "#". A number
// alone means little, so the words around it decide.
func orderNumber(text string, start, end int) (int, int, bool) {
	hash := text[start] == '#'
	if hash {
		for start++; text[start] == ' '; start++ {
		}
	}
	code := text[start:end]
	digits := len(onlyDigits(code))
	letters := len(code) - len(strings.TrimLeft(strings.ToLower(code), "abcdefghijklmnopqrstuvwxyz"))
	if digits < 3 || digits > 20 || len(code) > 30 || letters > 5 || !startsClean(text, start, hash) || !endsClean(text, end) {
		return 0, 0, false
	}
	before, after := text[max(0, start-80):start], text[end:min(len(text), end+32)]
	before = strings.TrimSuffix(before, "#")
	switch {
	case knownPrefix.MatchString(code), hash && digits >= 3:
		return start, end, true
	case orderBefore.MatchString(before):
		return start, end, !yearPattern.MatchString(code) || !strings.HasSuffix(strings.TrimSpace(before), "from")
	case yearPattern.MatchString(code) || digits < 4:
		return 0, 0, false
	case orderAfter.MatchString(after):
		return start, end, true
	case onlyNumber.MatchString(text[:start]) && !strings.ContainsFunc(after, isWordRune):
		return start, end, true
	}
	closes := !strings.ContainsFunc(after, isWordRune) || strings.ContainsAny(after[:1], "?!.,)")
	return start, end, closes && (digits == len(code) || strings.ContainsRune(code, '-')) && orderNoun.MatchString(lastSentences(before))
}

func isWordRune(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r > 0x7f
}

// startsClean refuses parts of prices, decimals, links, addresses and longer codes.
func startsClean(text string, start int, hash bool) bool {
	if start == 0 || hash {
		return true
	}
	switch b := text[start-1]; b {
	case '.', ',', '/', '@', '&', '=', '+', '_', '-', '$':
		return start > 1 && (b == '-' || b == ',' || b == '.' || b == '=') && !wordByte(text[start-2])
	}
	return true
}

func endsClean(text string, end int) bool {
	if end+1 >= len(text) {
		return true
	}
	switch text[end] {
	case '.', ',', '/', '@', '%', '\'':
		return !wordByte(text[end+1])
	}
	return text[end] != '%'
}

// lastSentences is the end of a text in which a noun still says what a number means.
func lastSentences(s string) string {
	if i := strings.LastIndexAny(s, "\n"); i >= 0 {
		return s[i:]
	}
	return s
}
