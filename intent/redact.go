package intent

import (
	"regexp"
	"slices"
	"strings"
)

// Patterns of personal data. They would rather take too much than too little, but leave order numbers alone, since
// those help to understand and name nobody outside the shop.
var (
	emailPattern   = regexp.MustCompile(`(?i)[\p{L}\p{N}][\p{L}\p{N}._%+'-]*@[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?(?:\.[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?)+`)
	spelledPattern = regexp.MustCompile(`(?i)[\p{L}\p{N}][\p{L}\p{N}._%+'-]* ?[(\[] ?at ?[)\]] ?[\p{L}\p{N}-]+(?: ?(?:[(\[] ?dot ?[)\]]|\.) ?\p{L}[\p{L}\p{N}-]*)+`)
	ibanPattern    = regexp.MustCompile(`(?i)\b[a-z]{2}\d{2}(?:[ .-]?[a-z0-9]{4}){2,7}(?:[ .-]?[a-z0-9]{1,3})?\b`)
	digitsPattern  = regexp.MustCompile(`(?:\+|\(\+?)?\d(?:[ \x{00a0}\x{2009}().\x{2010}-\x{2013}/-]{0,3}\d){5,24}`)
	secretPattern  = regexp.MustCompile(`(?i)((?:^|[^\p{L}])` + secretName + `\s*(?:is|was|=|:)+\s*)("[^"\n]*"|\d[\d -]*\d\b|[^\s\[]\S*)`)
	besidePattern  = regexp.MustCompile(`(?i)((?:^|[^\p{L}])` + secretName + `\s+)([^\s\[]*\d\S*)`)
	queryPattern   = regexp.MustCompile(`(?i)(https?://[^\s?#<>"]+)[?#][^\s<>"]*`)
	atPattern      = regexp.MustCompile(`(?i)https?://[^\s/@<>"]+@`)
)

const secretName = `(?:password|passwort|passcode|pass ?phrase|pin|pwd|cvv|cvc|otp|(?:security|verification|login|one.time) code)`

// saidOfSecrets are words that follow "my password is" and are none. A password that is one of them stays.
var saidOfSecrets = wordList(`a accepted always an being blocked broken changed compromised correct different empty expired fine gone hacked ignored
	in incorrect invalid just known leaked locked lost missing needed never new no not now old on only out refused rejected required reset right
	saved sent shown still stolen stored supposed that the too unknown unsafe used valid weak what working wrong`)

// Redact replaces what identifies a person or opens an account by a word in brackets: e-mail addresses, phone, card
// and bank account numbers, postal addresses in their usual forms, passwords and codes, and the query part of links. Text
// that leaves for a remote model goes through it first. Names in prose stay: they cannot be told apart without a model.
func Redact(text string) string {
	text = atPattern.ReplaceAllString(text, "https://")
	text = queryPattern.ReplaceAllString(text, "$1")
	text = emailPattern.ReplaceAllString(text, "[email]")
	text = spelledPattern.ReplaceAllString(text, "[email]")
	text = secretPattern.ReplaceAllStringFunc(text, redactSecret)
	text = besidePattern.ReplaceAllString(text, "${1}[secret]")
	text = ibanPattern.ReplaceAllStringFunc(text, redactIBAN)
	text = redactAddresses(text)
	return digitsPattern.ReplaceAllStringFunc(text, redactDigits)
}

// redactSecret leaves what is said of a secret: "my password is wrong".
func redactSecret(s string) string {
	m := secretPattern.FindStringSubmatch(s)
	value := strings.ToLower(strings.TrimRight(m[2], ".,;:!?)"))
	if slices.Contains(saidOfSecrets, value) {
		return s
	}
	return m[1] + "[secret]"
}

// redactIBAN takes out the longest beginning that is a bank account number; what follows it may look like more of it.
func redactIBAN(s string) string {
	for end := len(s); end > 0; end = strings.LastIndexAny(s[:end], " .-") {
		if ibanValid(s[:end]) {
			return "[iban]" + s[end:]
		}
	}
	return s
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

var ibanSeparators = strings.NewReplacer(" ", "", ".", "", "-", "")

// ibanValid reports whether the two check digits are right (ISO 13616: remainder 1 modulo 97).
func ibanValid(s string) bool {
	s = strings.ToUpper(ibanSeparators.Replace(s))
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
