package intent

import (
	"regexp"
	"strings"
)

// Redact replaces what identifies a person or opens an account by a word in brackets: e-mail addresses, phone, card and bank
// account numbers, postal addresses in their usual forms, passwords and codes, dates of birth, numbers of identity cards, the
// query part of links, and names where the text says that they are names. The given names go, too. Text that leaves for a
// remote model goes through it first. Other names in prose stay: they cannot be told apart without a model.
func Redact(text string, names ...string) string {
	return redact(text, givenNames(names), func(kind, _ string) string { return "[" + kind + "]" })
}

// Kinds of personal data, as they stand in the brackets.
const (
	hidEmail     = "email"
	hidPhone     = "phone"
	hidCard      = "card"
	hidIBAN      = "iban"
	hidAccount   = "account"
	hidAddress   = "address"
	hidSecret    = "secret"
	hidNumber    = "number"
	hidBirthdate = "birth date"
	hidName      = "name"
)

// placeholderPattern is a word in brackets that stands for personal data, numbered or not.
var placeholderPattern = regexp.MustCompile(`\[(?:email|phone|card|iban|account|address|secret|number|birth date|name)(?: \d{1,6})?\]`)

// redact goes over a text rule by rule, the surest first, so that a later one does not take a part of what an earlier one
// would have taken whole. call is what stands in the place of a value.
func redact(text string, given []*regexp.Regexp, call func(kind, value string) string) string {
	h := &hiding{}
	text = strings.Map(func(r rune) rune {
		if isHidden(r) {
			return ' '
		}
		return r
	}, text)
	text = placeholderPattern.ReplaceAllStringFunc(text, h.keep)
	text = atPattern.ReplaceAllString(text, "https://")
	text = queryPattern.ReplaceAllString(text, "$1")
	for _, p := range emailPatterns {
		text = h.hide(text, p, hidEmail)
	}
	text = h.hideSecrets(text)
	text = h.hideIBANs(text)
	for _, c := range cued {
		text = h.hide(text, c.pattern, c.kind)
	}
	text = h.hideAddresses(text)
	text = h.hideDigits(text)
	text = h.hideNames(text, given)
	return h.show(text, call)
}

// hiding replaces values by one character each from a plane that no text uses, so that rules that come later see that
// something was there and cannot take a part of it.
type hiding struct {
	kinds  []string // "" for what stays as it is
	values []string
}

const (
	firstHidden = 0xF0000
	lastHidden  = 0xFFFFD
	// hiddenClass is such a character in a pattern.
	hiddenClass = `\x{F0000}-\x{FFFFD}`
)

func isHidden(r rune) bool { return r >= firstHidden && r <= lastHidden }

// as hides a value and returns what stands in its place.
func (h *hiding) as(kind, value string) string {
	if len(h.values) > lastHidden-firstHidden {
		return "[" + kind + "]"
	}
	h.kinds, h.values = append(h.kinds, kind), append(h.values, h.raw(value))
	return string(rune(firstHidden + len(h.values) - 1))
}

// keep sets what is a placeholder already aside.
func (h *hiding) keep(placeholder string) string { return h.as("", placeholder) }

// raw is a value without anything hidden in it.
func (h *hiding) raw(value string) string {
	if !strings.ContainsFunc(value, isHidden) {
		return value
	}
	return h.show(value, func(_, v string) string { return v })
}

// show puts what call says in the place of what is hidden.
func (h *hiding) show(text string, call func(kind, value string) string) string {
	if len(h.values) == 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if !isHidden(r) {
			b.WriteRune(r)
			continue
		}
		kind, value := h.kinds[r-firstHidden], h.values[r-firstHidden]
		if kind != "" {
			value = call(kind, value)
		}
		b.WriteString(value)
	}
	return b.String()
}

// hide hides the last group of every match, or all of it when the pattern has none.
func (h *hiding) hide(text string, pattern *regexp.Regexp, kind string) string {
	return h.hideIf(text, pattern, func(string, string) string { return kind })
}

// hideIf hides what decide gives a kind; it is told what stands before a match, and the match.
func (h *hiding) hideIf(text string, pattern *regexp.Regexp, decide func(before, match string) string) string {
	found := pattern.FindAllStringSubmatchIndex(text, -1)
	if found == nil {
		return text
	}
	var b strings.Builder
	at := 0
	for _, m := range found {
		start, end := m[len(m)-2], m[len(m)-1]
		if start < 0 {
			continue
		}
		kind := decide(text[:start], text[start:end])
		if kind == "" {
			continue
		}
		b.WriteString(text[at:start])
		b.WriteString(h.as(kind, text[start:end]))
		at = end
	}
	b.WriteString(text[at:])
	return b.String()
}
