package intent

import (
	"regexp"
	"strings"
)

// Patterns of personal data. They would rather take too much than too little, but leave order numbers alone, since
// those help to understand and name nobody outside the shop.
var (
	emailPattern  = regexp.MustCompile(`(?i)[\p{L}\p{N}][\p{L}\p{N}._%+'-]*@[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+`)
	ibanPattern   = regexp.MustCompile(`(?i)\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?\b`)
	digitsPattern = regexp.MustCompile(`(?:\+|\(\+?)?\d(?:[ \x{00a0}\x{2009}().\x{2010}-\x{2013}/-]{0,3}\d){5,24}`)
	secretPattern = regexp.MustCompile(`(?i)((?:^|[^\p{L}])(?:password|passwort|passcode|pass ?phrase|pin|pwd|cvv|cvc|otp|(?:security|verification|login|one.time) code)\s*(?:is|was|=|:)+\s*)("[^"\n]*"|[^\s\[]\S*)`)
	queryPattern  = regexp.MustCompile(`(?i)(https?://[^\s?#<>"]+)[?#][^\s<>"]*`)
	atPattern     = regexp.MustCompile(`(?i)https?://[^\s/@<>"]+@`)
)

// Redact replaces what identifies a person or opens an account by a word in brackets: e-mail addresses, phone, card
// and bank account numbers, passwords and codes, and the query part of links. Text that leaves for a remote model
// goes through it first. Names and addresses in prose stay: they cannot be told apart without a model.
func Redact(text string) string {
	text = atPattern.ReplaceAllString(text, "https://")
	text = queryPattern.ReplaceAllString(text, "$1")
	text = emailPattern.ReplaceAllString(text, "[email]")
	text = secretPattern.ReplaceAllString(text, "${1}[secret]")
	text = ibanPattern.ReplaceAllStringFunc(text, func(s string) string {
		if ibanValid(s) {
			return "[iban]"
		}
		return s
	})
	return digitsPattern.ReplaceAllStringFunc(text, redactDigits)
}

// redactDigits names a run of digits and separators by what it can be. Short runs without the look of a phone number
// stay: order numbers, dates, amounts.
func redactDigits(s string) string {
	digits := onlyDigits(s)
	switch {
	case len(digits) >= 12 && len(digits) <= 19 && luhn(digits):
		return "[card]"
	case len(digits) > 15:
		return "[number]"
	case phoneLike(s):
		return "[phone]"
	case len(digits) >= 9 && !numericDate.MatchString(s):
		return "[number]"
	}
	return s
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// luhn reports whether the check digit of a card number is right (ISO/IEC 7812-1, annex B).
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}

// ibanValid reports whether the two check digits are right (ISO 13616: remainder 1 modulo 97).
func ibanValid(s string) bool {
	s = strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	if len(s) < 15 || len(s) > 34 {
		return false
	}
	rest := 0
	for _, r := range s[4:] + s[:4] {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			rest = (rest*100 + int(r-'A') + 10) % 97
		}
	}
	return rest == 1
}
