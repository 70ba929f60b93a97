package intent

import (
	"cmp"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Kinds of entities.
const (
	OrderNumber    = "order_number"
	InvoiceNumber  = "invoice_number"
	TrackingNumber = "tracking_number"
	Email          = "email"
	Phone          = "phone"
	Amount         = "amount"
	Date           = "date"
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
)

// glance is what a cheap look at a text says about which patterns may match.
type glance struct{ digits, relative, month, currency, order, invoice bool }

// glanceWords are words without which the pattern of a group matches nothing.
var glanceWords = struct{ relative, month, currency, order, invoice map[string]bool }{
	relative: wordSet("yesterday tomorrow monday tuesday wednesday thursday friday saturday sunday"),
	month:    wordSet("jan january feb february mar march apr april may jun june jul july aug august sep sept september oct october nov november dec december"),
	currency: wordSet("usd eur euro euros gbp chf cad aud inr jpy pln sek nok dkk dollar dollars bucks pound pounds quid pence cent cents franc francs rupee rupees"),
	order:    wordSet("order orders ordr oder ord purchase purchases bestellung bestellnummer commande pedido ordine po"),
	invoice:  wordSet("invoice invoices rechnung rechnungsnummer rechnungsnr facture factura fattura factuur faktura"),
}

func look(text string, ts []token) glance {
	g := glance{digits: strings.ContainsAny(text, "0123456789"), currency: strings.ContainsAny(text, "€£$¥₹")}
	for _, t := range ts {
		g.relative = g.relative || glanceWords.relative[t.word]
		switch {
		case !g.digits:
		case strings.ContainsAny(t.word, "0123456789.@"):
			for w := range strings.FieldsFuncSeq(t.word, func(r rune) bool { return !unicode.IsLetter(r) }) {
				g.see(w)
			}
		default:
			g.see(t.word)
		}
	}
	return g
}

func (g *glance) see(word string) {
	if len(word) < 2 || len(word) > len("rechnungsnummer") {
		return
	}
	g.month = g.month || glanceWords.month[word]
	g.currency = g.currency || glanceWords.currency[word]
	g.order = g.order || glanceWords.order[word]
	g.invoice = g.invoice || glanceWords.invoice[word]
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
	if !overlaps(f.found, start, end) {
		f.found = append(f.found, typed(Entity{Kind: kind, Value: f.text[start:end], Start: start, End: end}))
	}
}

func overlaps(found []Entity, start, end int) bool {
	return slices.ContainsFunc(found, func(e Entity) bool { return start < e.End && e.Start < end })
}

func (f *finder) all(kind string, pattern *regexp.Regexp) {
	for _, m := range pattern.FindAllStringIndex(f.text, maxPerPattern) {
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
	digits := countDigits(f.text)
	if digits >= trackingDigits {
		f.lettered()
	}
	if digits >= phoneDigits {
		f.longRuns()
	}
	looked := 0
	for start, end := range codes(f.text) {
		if looked++; looked > maxCodes {
			return // a log or a table: nobody names that many orders
		}
		if kind, start := numberKind(g, f.text, start, end); kind != "" {
			f.add(kind, start, end)
		}
	}
}

// longRuns finds phone and tracking numbers.
func (f *finder) longRuns() {
	for _, m := range digitsPattern.FindAllStringIndex(f.text, maxPerPattern) {
		switch {
		case wordAround(f.text, m[0], m[1]):
		case isTracking(f.text, m[0], m[1]):
			f.add(TrackingNumber, m[0], m[1])
		case isPhone(f.text, m[0], m[1]):
			f.add(Phone, m[0], m[1])
		}
	}
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// maxPerPattern is how many entities a pattern finds in a text, since all are stored: a table in a message has hundreds.
const maxPerPattern = 30

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
	orderBefore   = regexp.MustCompile(`(?i)\b(?:orders?|ordr|oder|ord|purchases?|bestellung|bestellnummer|commande|pedido|ordine|po)(?:[\s.:#(=-]+(?:number|numbers|no|nr|num|nummer|id|ref|reference|code|is|was|my|the|its|it's|are|n|°|nº|numero|número|and|&|or|,|with|for|from|#?[a-z]{0,4}-?\d{3,})){0,5}[\s.:,#(="'\x{2018}\x{201c}°-]*$`)
	invoiceBefore = regexp.MustCompile(`(?i)\b(?:invoices?|rechnung|rechnungsnummer|rechnungsnr|facture|factura|fattura|factuur|faktura)(?:[\s.:#(=-]+(?:number|numbers|no|nr|num|nummer|id|ref|reference|code|is|was|n|°|nº|numero|número|and|&|or|,|#?[a-z]{0,4}-?\d{3,})){0,5}[\s.:,#(="'\x{2018}\x{201c}°-]*$`)
	invoicePrefix = regexp.MustCompile(`^(?i:inv|invoice)[-_]?\d`)
	orderNoun     = regexp.MustCompile(`(?i)\b(?:orders?|ordr|ordered|purchases?|package|parcel|packet|delivery|shipment|bestellung|commande|pedido)\b`)
	orderAfter    = regexp.MustCompile(`(?i)^[\s,:;)(-]*(?:(?:is|was|it's|its|as|that's|thats|=)\s+)?(?:(?:my|the|an?|our|for)\s+)*(?:order|ordernumber|purchase|po)\b`)
	onlyNumber    = regexp.MustCompile(`(?i)^[\s'"(,.!:-]*(?:(?:it|its|it's|is|the|my|number|no|nr|ord|ok|yes|yep|sure|hi|hello|here|sorry|of|course|please|this|that's|thats|one|and|thanks)[\s:,.!-]+)*$`)
	knownPrefix   = regexp.MustCompile(`^(?i:ord|order|so|po)[-_]?\d`)
	yearPattern   = regexp.MustCompile(`^` + year + `$`)
)

// numberKind decides whether the code at text[start:end] is an order or an invoice number, and where it begins without its
// "#"; the kind is empty when it is neither. A number alone means little, so the words around it decide.
func numberKind(g glance, text string, start, end int) (kind string, from int) {
	hash := text[start] == '#'
	if hash {
		for start++; text[start] == ' '; start++ {
		}
	}
	if !numberLike(text, start, end, hash) {
		return "", 0
	}
	before, after := strings.TrimSuffix(text[max(0, start-80):start], "#"), text[end:min(len(text), end+32)]
	switch {
	case invoicePrefix.MatchString(text[start:end]) || g.invoice && invoiceNumber(text[start:end], before):
		return InvoiceNumber, start
	case hash || orderNumber(g, text[:start], text[start:end], before, after):
		return OrderNumber, start
	}
	return "", 0
}

// numberLike reports whether the code at text[start:end] has the form of an order or invoice number at all.
func numberLike(text string, start, end int, hash bool) bool {
	code := text[start:end]
	digits, letters := countDigits(code), 0
	for letters < len(code) && (code[letters]|0x20 >= 'a' && code[letters]|0x20 <= 'z') {
		letters++
	}
	return digits >= 3 && digits <= 20 && len(code) <= 30 && letters <= 5 && startsClean(text, start, hash) && endsClean(text, end)
}

func invoiceNumber(code, before string) bool {
	return invoiceBefore.MatchString(before) && !yearPattern.MatchString(code)
}

// orderNumber decides by the code, all of the text before it, and what stands close before and after.
func orderNumber(g glance, head, code, before, after string) bool {
	switch {
	case knownPrefix.MatchString(code):
		return true
	case g.order && orderBefore.MatchString(before):
		return !yearPattern.MatchString(code) || !strings.HasSuffix(strings.TrimSpace(before), "from")
	case yearPattern.MatchString(code) || countDigits(code) < 4:
		return false
	case orderAfter.MatchString(after):
		return true
	case onlyNumber.MatchString(head) && !strings.ContainsFunc(after, isWordRune):
		return true
	}
	closes := !strings.ContainsFunc(after, isWordRune) || strings.ContainsAny(after[:1], "?!.,)")
	return closes && (countDigits(code) == len(code) || strings.ContainsRune(code, '-')) && orderNoun.MatchString(lastSentences(before))
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
