package intent

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Links: what stands in front of the host, and after ? or #, may open an account.
var (
	queryPattern = regexp.MustCompile(`(?i)(https?://[^\s?#<>"]+)[?#][^\s<>"]*`)
	atPattern    = regexp.MustCompile(`(?i)https?://[^\s/@<>"]+@`)
)

const (
	mailName    = `[\p{L}\p{N}][\p{L}\p{N}._%+'-]*`
	mailLabel   = `[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?`
	spelledAt   = `(?:at|aet|ät|et|arroba|arobase|chiocciola|apenstaartje|klammeraffe|@)`
	spelledDot  = `(?:dot|punkt|punto|point|ponto|punt|period)`
	spelledName = `(?:[\p{L}\p{N}-]+ (?:dot|punkt|punto|point|ponto|underscore|unterstrich|dash|hyphen|minus|bindestrich|guion|tiret) )*` + mailName
	// mailHosts are those that private people have their addresses at: "ada at gmail.com" is one, "look at example.com" is not.
	mailHosts = `(?:g(?:oogle)?mail|yahoo|ymail|outlook|hotmail|live|msn|icloud|me|aol|gmx|web|freenet|t-online|posteo|mailbox|proton(?:mail)?|fastmail|zoho|tutanota|orange|wanadoo|laposte|free|libero|virgilio|tiscali|btinternet|sky|yandex|seznam|wp|onet|interia|hey)`
)

// emailPattern is an e-mail address written properly.
var emailPattern = regexp.MustCompile(`(?i)` + mailName + `@` + mailLabel + `(?:\.` + mailLabel + `)+`)

// emailPatterns are e-mail addresses, written properly and otherwise.
var emailPatterns = []*regexp.Regexp{
	// ada @ example.com, ada@example . com
	regexp.MustCompile(`(?i)` + mailName + ` ?@ ?` + mailLabel + `(?:(?: \. |\.)` + mailLabel + `)*(?: \. [a-z]{2,}\b)`),
	regexp.MustCompile(`(?i)` + mailName + ` ?@ ?` + mailLabel + `(?:\.` + mailLabel + `)+`),
	// maria (at) example (dot) com
	regexp.MustCompile(`(?i)` + mailName + ` ?[(\[{<*] ?` + spelledAt + ` ?[)\]}>*] ?` + mailLabel + `(?:(?: ?[(\[{<*] ?(?:` + spelledDot + `|\.) ?[)\]}>*] ?| ` + spelledDot + ` | ?\. ?)[\p{L}\p{N}-]+)+`),
	// anna dot smith at example dot com; "at this point" is none
	regexp.MustCompile(`(?i)` + spelledName + ` (?:at|ät|aet) [\p{L}\p{N}-]+(?: (?:dash|hyphen|minus|bindestrich) [\p{L}\p{N}-]+)?(?: (?:dot|punkt) [\p{L}\p{N}-]{2,})+`),
	regexp.MustCompile(`(?i)` + spelledName + ` (?:arroba|arobase|chiocciola|apenstaartje) [\p{L}\p{N}-]+(?:(?: ` + spelledDot + ` |\.)[\p{L}\p{N}-]{2,})+`),
	// tom-at-example-dot-com
	regexp.MustCompile(`(?i)[\p{L}\p{N}.]+[-_]at[-_][\p{L}\p{N}.]+(?:[-_]dot[-_][\p{L}\p{N}]+)+`),
	// ada at gmail.com
	regexp.MustCompile(`(?i)` + mailName + ` ` + spelledAt + ` ` + mailHosts + ` ?\. ?(?:co\.)?[a-z]{2,3}\b`),
	// my mail is ada at example.com
	regexp.MustCompile(`(?i)\be-?mails?(?: address)?(?: is| was|:| to| me)*:? (` + mailName + ` ` + spelledAt + ` ` + mailLabel + `(?:\.` + mailLabel + `)+)`),
	// ada@intranet
	regexp.MustCompile(`(?i)\p{L}[\p{L}\p{N}._%+'-]*@\p{L}[\p{L}\p{N}-]{2,}`),
}

// saidFirst are words between what a number is and the number: "my passport number is".
const saidFirst = `(?:\s*(?:is|was|are|number|numbers|no\.?|nr\.?|nummer|id|code|my|the|its|it's|ist|lautet|es|est|è|of|as|on|:|=|#|-|,|\())*\s*`

// cued are values that are told by what stands before them.
var cued = []struct {
	kind    string
	pattern *regexp.Regexp
}{
	{hidAccount, regexp.MustCompile(`(?i)\bsort ?codes?` + saidFirst + `(\d\d[ -]?\d\d[ -]?\d\d)\b`)},
	{hidAccount, regexp.MustCompile(`(?i)\b(?:bank account|account (?:number|no\.?)|acct\.?|a/c|kontonummer|konto|kto\.?|blz|bankleitzahl|routing|numéro de compte|número de cuenta|cuenta|conto corrente|rekeningnummer)` + saidFirst + `(\d[\d -]{5,20}\d)\b`)},
	// the account that follows a sort code, which is hidden already
	{hidAccount, regexp.MustCompile(`(?i)[` + hiddenClass + `][\s,;.:]*(?:and |und )?(?:the |my )?(?:account|acct?\.?|a/c|konto|kto\.?)` + saidFirst + `(\d{6,10})\b`)},
	{hidIBAN, regexp.MustCompile(`(?i)\biban` + saidFirst + `([a-z]{2} ?\d\d(?:[ .-]?[a-z]{0,4}\d{1,4}){3,9})\b`)},
	{hidNumber, regexp.MustCompile(`(?i)\b(?:passport|reisepass|passeport|pasaporte|passaporto|personalausweis|identity card|id card|national id|ssn|social security|national insurance|ni number|nino|driv(?:ing|er'?s?) licen[cs]e|führerschein|steuer-?id|tax id|dni|nie|nif|codice fiscale|bsn|nhs)` + saidFirst + `([a-z]{0,6}[ -]?\d(?:[ -]?[a-z0-9]){4,16})\b`)},
	{hidNumber, regexp.MustCompile(`\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d\d ?\d\d ?\d\d ?[A-D]\b`)},
	{hidNumber, regexp.MustCompile(`\b[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]\b`)}, // codice fiscale
	{hidNumber, regexp.MustCompile(`\b\d{3}-\d\d-\d{4}\b`)},                            // American social security
	{hidBirthdate, regexp.MustCompile(`(?i)\b(?:born|dob|d\.o\.b\.|date of birth|birth ?date|birthday|geboren|geb\.|geburtsdatum|geburtstag|née?|date de naissance|nacid[oa]|fecha de nacimiento|nat[oa]|data di nascita)` + saidFirst +
		`(?:(?:am|le|el|il) )?(` + birthdate + `)`)},
	{hidPhone, regexp.MustCompile(`(?i)\b(?:whatsapp|signal|telegram|viber)` + saidFirst + `(\+?\d(?:[ ./-]?\d){5,14})\b`)},
}

// birthdate is a day with its year, by numbers or by the name of the month.
const birthdate = `\d{1,2}[ ./-]+(?:\d{1,2}|\p{L}{3,10}\.?)[ ./,-]+(?:19|20)?\d\d\b|\d{1,2}(?:st|nd|rd|th|\.) (?:of )?\p{L}{3,10},? (?:19|20)\d\d|\p{L}{3,10}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d|(?:19|20)\d\d[./-]\d{1,2}[./-]\d{1,2}`

var (
	digitsPattern = regexp.MustCompile(`(?:\+ ?|\((?:\+ ?)?)?\d(?:[\p{Zs}()._*~·•|\x{2010}-\x{2015}/-]{0,3}\d){5,24}`)
	// phoneCue is what people write before a number that is a phone's, in the same clause, and orderCue what they write before
	// one that is not.
	phoneCue = regexp.MustCompile(`(?i)\b(?:tele?phones?|phones?|call(?:ed|ing)?|cell(?:phone)?|mobiles?|tel|ring|reach|whatsapp|handy|handynummer|mobil(?:nummer)?|telefon(?:nummer)?|rufnummer|rückruf|erreichbar|erreichen|anrufen|sms|text me|fax|dial|landline|festnetz|portable|téléphone|telefono|teléfono|cellulare|móvil|telefoon|numéro|my number)\b[^\n!?;]{0,32}$`)
	orderCue = regexp.MustCompile(`(?i)\b(?:orders?|invoice|tickets?|case|tracking|parcel|bestellung|bestellnummer|rechnung|sendung|commande|pedido|ordine|article|artikel|item|sku|model|reference|ref)\b[^\n.!?;]{0,20}$`)
	// orderLead is what stands right before an order number.
	orderLead = regexp.MustCompile(`(?i)\b(?:order|invoice|bestell|rechnungs?|bestellung|rechnung|commande|pedido|ordine)[ -]?(?:numbers?|no\.?|nr\.?|id|nummer)?(?: is| was| ist|:|#|=)* ?[#(]?$`)
	spoken    = regexp.MustCompile(`(?i)(?:\+|plus )?\b(?:(?:` + digitWords + `|\d{1,4})[\s,.-]+){5,}(?:` + digitWords + `|\d{1,4})\b`)
	digitWord = regexp.MustCompile(`(?i)\b(?:` + digitWords + `)\b`)
)

// digitWords are numbers said aloud, digit by digit or in pairs, in the languages that people say them in most.
const digitWords = `zero|oh|o|nought|one|two|three|four|five|six|seven|eight|nine|ten|double|triple|treble|hundred|` +
	`(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|` +
	`null|eins|zwei|zwo|drei|vier|fünf|fuenf|sechs|sieben|acht|neun|` +
	`cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|` +
	`zéro|un|deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|trente|quarante|cinquante|soixante|` +
	`due|tre|quattro|cinque|sei|sette|otto|nove`

// hideDigits hides runs of digits and separators by what they can be. Short runs without the look of a phone number stay: order
// numbers, dates, amounts.
func (h *hiding) hideDigits(text string) string {
	text = h.hideIf(text, spoken, func(before, s string) string {
		if len(digitWord.FindAllString(s, 4)) < 4 {
			return ""
		}
		if phoneCue.MatchString(lastOf(before)) {
			return hidPhone
		}
		return hidNumber
	})
	return h.hideIf(text, digitsPattern, func(before, s string) string { return digitsKind(lastOf(before), s) })
}

// lastOf is as much of what stands before as a cue looks at.
func lastOf(before string) string {
	at := max(0, len(before)-64)
	for at < len(before) && !utf8.RuneStart(before[at]) {
		at++
	}
	return before[at:]
}

func digitsKind(before, s string) string {
	digits := onlyDigits(s)
	switch n := len(digits); {
	case n >= 12 && n <= 19 && luhn(digits):
		return hidCard
	case n > 15:
		return hidNumber
	case phoneLike(strings.Replace(s, "+ ", "+", 1)):
		return hidPhone
	case numericDate.MatchString(s):
		return ""
	case phoneCue.MatchString(before) && !orderCue.MatchString(before):
		return hidPhone
	case n >= 9 && !orderLead.MatchString(before) && (n >= 11 || !orderCue.MatchString(before)):
		return hidNumber
	}
	return ""
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

var ibanStart = regexp.MustCompile(`\b[A-Za-z]{2} ?\d\d`) // with (?i) it would also find letters of other scripts

// ibanLengths are the lengths of bank account numbers by country (ISO 13616 registry).
var ibanLengths = map[string]int{
	"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28, "CH": 21, "CR": 22, "CY": 28,
	"CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18,
	"GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28, "LC": 32,
	"LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30, "NL": 18, "NO": 15, "PK": 24,
	"PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SC": 31, "SE": 24, "SI": 19, "SK": 24, "SM": 27, "TN": 24, "TR": 26,
	"UA": 29, "VA": 22, "VG": 24, "XK": 20,
}

// hideIBANs hides bank account numbers with the right length and check digits, however they are grouped.
func (h *hiding) hideIBANs(text string) string {
	var b strings.Builder
	at := 0
	for _, m := range ibanStart.FindAllStringIndex(text, -1) {
		if m[0] < at {
			continue
		}
		if end := ibanEnd(text, m[0]); end > 0 {
			b.WriteString(text[at:m[0]])
			b.WriteString(h.as(hidIBAN, text[m[0]:end]))
			at = end
		}
	}
	b.WriteString(text[at:])
	return b.String()
}

// ibanEnd is where the account number that begins at start ends; 0 when there is none.
func ibanEnd(text string, start int) int {
	length := ibanLengths[strings.ToUpper(text[start:start+2])]
	if length == 0 {
		return 0
	}
	var compact []byte
	gap := 0
	for i := start; i < len(text); i++ {
		c := text[i]
		switch {
		case c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z':
			compact = append(compact, c)
			gap = 0
		case gap < 2 && strings.IndexByte(" .-_/", c) >= 0:
			gap++
			continue
		default:
			return 0
		}
		if len(compact) < length {
			continue
		}
		if i+1 < len(text) && (text[i+1] >= '0' && text[i+1] <= '9' || text[i+1] >= 'A' && text[i+1] <= 'Z' || text[i+1] >= 'a' && text[i+1] <= 'z') || !ibanValid(string(compact)) {
			return 0
		}
		return i + 1
	}
	return 0
}

// ibanValid reports whether the two check digits are right (ISO 13616: remainder 1 modulo 97).
func ibanValid(s string) bool {
	s = strings.ToUpper(s)
	rest := 0
	for _, r := range s[4:] + s[:4] {
		if r >= '0' && r <= '9' {
			rest = (rest*10 + int(r-'0')) % 97
		} else {
			rest = (rest*100 + int(r-'A') + 10) % 97
		}
	}
	return rest == 1
}

const codeWords = `(?:pass-?words?|passwort|kennwort|passcodes?|pass ?codes?|pass ?phrases?|pin(?: ?codes?)?|pwd|pw|cvv2?|cvc2?|csc|otp|tan|mot de passe|contraseña|wachtwoord|hasło|(?:security|verification|login|log-in|sign-?in|access|one.time|two.factor|2fa|sms|authenticat(?:or|ion)|unlock|sicherheits|bestätigungs) ?codes?|code de (?:sécurité|vérification)|código de (?:seguridad|verificación)|recovery (?:key|phrase|code)|api.?key|access.?token|secret.?key|memorable word|security answer)`

const codeFill = `(?:\s+(?:that|which|you|they|i|he|she|sent|send|got|gave|give|me|us|by|from|the|sms|for|this|my|account|login|app|text|mail|use|used|on|back|of|card|back,|for it))*`

var (
	secretPattern = regexp.MustCompile(`(?i)(?:^|[^\p{L}])` + codeWords + codeFill + `\s*(?:(?:is|was|are|ist|lautet|war|es|est|è)\s+|[=:]\s*)+("[^"\n]*"|'[^'\n]+'|\d[\d -]*\d\b|[^\s\[` + hiddenClass + `]\S*(?: [^\s,.;!?` + hiddenClass + `]+){0,3})`)
	besidePattern = regexp.MustCompile(`(?i)(?:^|[^\p{L}])` + codeWords + `\s+([^\s\[` + hiddenClass + `]*\d[^\s` + hiddenClass + `]*)`)
	backPattern   = regexp.MustCompile(`(?i)\b(?:digits|numbers?) on the back(?: of (?:it|the card|my card))?(?: (?:is|are)|:) (\d{3,4})\b`)
	asPattern     = regexp.MustCompile(`(?i)([^\s\[` + hiddenClass + `]*\d[^\s` + hiddenClass + `]*) (?:as|for) (?:my |the |a |your )?(?:new |old )?(?:password|passwort|passcode|pin|login code)\b`)
	keyPattern    = regexp.MustCompile(`\b(?:(?:sk|pk|rk)_(?:live|test)_\w{8,}|sk-[\w-]{16,}|gh[pousr]_\w{20,}|xox[abprs]-[\w-]{10,}|AKIA[A-Z0-9]{12,}|eyJ[\w-]{10,}\.[\w-]{10,}(?:\.[\w-]*)?)`)
)

// saidOfSecrets are words that follow "my password is" and are none. A password that is one of them stays.
var saidOfSecrets = wordList(`a accepted always an and being blocked broken case changed compromised correct different empty expired fine for from
	gone hacked hidden ignored in incorrect invalid it its just known leaked locked lost missing my needed never new no not nothing now of old on
	only or out printed public refused rejected required reset right safe saved sent short shown still stolen stored supposed that the this to too
	unknown unsafe used valid weak what where which why working wrong you your asked greyed right-clicked falsch richtig nicht gesperrt weg
	abgelaufen ungültig incorrecta incorrecte`)

// participle is how such words end.
var participle = regexp.MustCompile(`^\p{L}{2,}(?:ed|en|ing|ly|able|ible|n't)$`)

// goesOn are words that no longer belong to a secret.
var goesOn = wordList(`and but or so if it is was i we my that which when because maybe please thanks thank for on in at to still does doesn't not
	the this order und aber oder bitte danke et mais y pero e ma now only isn't won't can can't why what how where is, who as then, then`)

// hideSecrets hides passwords and codes, and leaves what is said of them: "my password is wrong".
func (h *hiding) hideSecrets(text string) string {
	text = h.hide(text, keyPattern, hidSecret)
	var b strings.Builder
	at := 0
	for _, m := range secretPattern.FindAllStringSubmatchIndex(text, -1) {
		end := m[2] + secretEnd(text[m[2]:m[3]])
		if end == m[2] {
			continue
		}
		b.WriteString(text[at:m[2]])
		b.WriteString(h.as(hidSecret, text[m[2]:end]))
		at = end
	}
	b.WriteString(text[at:])
	text = h.hide(b.String(), besidePattern, hidSecret)
	text = h.hide(text, asPattern, hidSecret)
	return h.hide(text, backPattern, hidSecret)
}

// secretEnd is how much of what follows "password:" is one: its words up to the first that goes on with the sentence; 0 when
// nothing is.
func secretEnd(s string) int {
	if s[0] == '"' || s[0] == '\'' || s[0] >= '0' && s[0] <= '9' && len(onlyDigits(s)) == len(strings.NewReplacer(" ", "", "-", "").Replace(s)) {
		return len(s)
	}
	end := 0
	for i, word := range strings.SplitAfter(s, " ") {
		bare := strings.ToLower(strings.Trim(word, " .,;:!?)"))
		if i == 0 && (slices.Contains(saidOfSecrets, bare) || participle.MatchString(bare)) || i > 0 && (slices.Contains(goesOn, bare) || slices.Contains(saidOfSecrets, bare)) {
			break
		}
		end += len(word)
		if strings.ContainsAny(strings.TrimSpace(word), ",;") || strings.HasSuffix(strings.TrimSpace(word), ".") {
			break
		}
	}
	return len(strings.TrimRight(s[:end], " "))
}

func wordList(words string) []string { return strings.Fields(words) }
