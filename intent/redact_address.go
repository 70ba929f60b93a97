package intent

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Postal addresses in the forms that people write them in: number and street or street and number, alone or with what
// stands before and after it. Words that are no street in most sentences ("way", "court") count with capitals only.
const (
	streetName = `(?:\p{Lu}[\p{L}\p{N}.'’-]*|\d{1,3}(?:st|nd|rd|th))`
	placeName  = `\p{Lu}\p{Ll}[\p{L}.'’-]*(?:[ -](?:(?:upon|am|an der|sur|de|del|la|le|les|the|under|in|den|ob der) )?\p{Lu}\p{Ll}[\p{L}.'’-]*){0,2}`
	ukPostcode = `[A-Z]{1,2}\d[A-Z\d]? \d[ABD-HJLNP-UW-Z]{2}`
	caPostcode = `[ABCEGHJ-NPRSTVXY]\d[A-Z] ?\d[A-Z]\d`
	usState    = `(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])`
	auState    = `(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT)`
	code       = `(?:(?:` + usState + ` )?\d{5}(?:-\d{4})?|` + auState + ` \d{4}|(?:` + usState + `|[A-Z]{2}) ` + caPostcode + `|` + caPostcode + `|` + ukPostcode + `|` + usState + `|` + auState + `|\d{6})\b`

	houseNumber = `\d{1,5}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?`
	inHouse     = `(?i:flat|apartment|apt|unit|suite|ste|room|house|plot|shop|block|floor|level|wohnung|whg|top|appt?|bât|piso|interno|bus)`
	before      = `(?:` + inHouse + `\.? ?#?\w{1,5}(?:, ?| |/)|\p{Lu}[\p{L}'’]+ (?:House|Cottage|Farm|Lodge|Court|Manor|Villa), )?`
	englishTail = `(?:,? (?i:north|south|east|west|n|s|e|w|ne|nw|se|sw)\b\.?)?(?:,? (?:` + inHouse + `\.? ?#?|#)\w{1,6}\b)?(?:, ` + placeName + `){0,3}(?:,? ` + code + `)?`
	capitalEnds = `(?:Drive|Court|Place|Square|Terrace|Way|Close|Crescent|Highway|Parkway|Row|Gardens|Grove|Hill|Walk|Circle|Trail|Loop|Alley|Quay|Wharf|Rise|Vale|Parade|Esplanade|Croft|Broadway|Heights|Villas|Park|View|Green|Meadows?|Turnpike|Pike|Drove|Yard|Marg|Nagar|Path|Landing|Ridge)`
	shortEnds   = `(?:St|Ave|Av|Rd|Ln|Dr|Blvd|Ct|Pl|Sq|Terr|Ter|Cres|Cr|Hwy|Pkwy|Gdns|Mews|Cir|Trl|Pde)`
	smallEnds   = `(?i:street|avenue|road|lane|boulevard|crescent|terrace)`

	anyNumber   = `,? ?(?:(?:[Nn]r|[Nn]o|[Nn]um|č\.p)\.? ?|[Nn][°º] ?|Hausnummer |número |numero )?\d{1,4} ?[a-zA-Z]?(?:[-/]\d{1,4} ?[a-z]?)?\b`
	westernTail = `(?:,? (?:\d{1,2}[º°ª](?: ?\p{L}{1,5}\b\.?)?|\d{1,2} [A-Z]\b|(?:[Ee]tage|[Ss]tiege|[Tt]ür|[Aa]pp\.?|[Bb]us|[Pp]iso|[Ii]nt\.?|[Tt]op) ?\d{1,3}))?(?:,? (?:[A-Z]{1,2}-)?\d{2}(?:\d{2,3}|[ -]?\d{3}|\d \d{2})(?:-\d{3})?(?: [A-Z]{2})?,? ` + placeName + `|,? ` + placeName + ` \d{5}\b)?`
	connectors  = `(?:(?:de la|de las|de los|de l['’]|des|de|du|del|della|dello|delle|dei|degli|di|da|do|dos|das|d['’]|la|le|el) ?)?`
	words       = `[\p{L}.'’-]+(?: (?:(?:de|la|las|los|del|des|du|y|et|e|di|da|do|dos|von|van|der|den) )?\p{Lu}[\p{L}.'’-]*){0,3}`
)

var addressPatterns = []*regexp.Regexp{
	// 12 Main Street, Apt 4, Springfield, IL 62704; Flat 2, 18 Queen's Road, Bristol BS8 1RN
	regexp.MustCompile(before + `\b` + houseNumber + `,? (?:` + streetName + ` ){1,4}(?:(?:` + smallEnds + `|` + capitalEnds + `)\b|` + shortEnds + `\b\.?)` + englishTail),
	// 1 The Green, Leeds; 4 Broadway, Salford
	regexp.MustCompile(before + `\b` + houseNumber + ` (?:The )?` + capitalEnds + `, ` + placeName + englishTail),
	// 350 Avenue B; 1200 Highway 61; 7 Avenue Road
	regexp.MustCompile(`\b` + houseNumber + ` (?:Avenue|Highway|Route|County Road|State Road) (?:[A-Z]|\d{1,4})\b` + englishTail),
	// Flat 12, Raj Apartments, Andheri West, Mumbai 400053
	regexp.MustCompile(`(?i:flat|house|plot|apartment|unit|block|door)(?i: no\.?)? ?#?\w{1,6}(?:, (?:` + inHouse + ` \w{1,5}\b|` + placeName + `)){1,5},? ?-? ?\d{4,6}\b`),
	// An der Alster 61
	regexp.MustCompile(`\b(?:An der|An den|Hinter der|Vor dem|Unter den|Auf dem|Auf der|Bei der|Bei den) \p{Lu}[\p{L}-]+ \d{1,4} ?[a-z]?\b` + westernTail),
	// P.O. Box 1234
	regexp.MustCompile(`(?i)\b(?:g?p\.? ?o\.? ?box|post ?box|postfach|postbus|apartado(?: de correos)?|casella postale|boîte postale|bp|skrytka pocztowa|postboks) \d{1,6}(?: \d\d){0,2}\b`),
	// Portland, OR 97201
	regexp.MustCompile(`\b` + placeName + `,? ` + usState + `,? \d{5}(?:-\d{4})?\b`),
	// Richmond VIC 3121; Toronto, ON M5V 3L9
	regexp.MustCompile(`\b` + placeName + `,? (?:` + auState + ` \d{4}|[A-Z]{2},? ` + caPostcode + `)\b`),
	// Hauptstr. 5, 10115 Berlin; Am Kirchplatz 3; Keizersgracht 123, 1015 CJ Amsterdam; Storgatan 5
	regexp.MustCompile(`\b(?:(?:Am|An der|Im|In der|Zum|Zur|Unter den|Auf der|Alte|Neue|Große|Kleine|Untere|Obere|Hintere|Vordere|Mittlere|Innere|Äußere|Lange|Kurze|Hohe|Breite|Ehemalige) )?\p{Lu}[\p{L}-]*(?i:straße|strasse|str\.|allee|gasse|weg|platz|ufer|damm|chaussee|promenade|straat|laan|plein|gracht|kade|singel|dreef|steeg|gatan|vägen|gata|vegen|veien|veij|gade|vej|stræde|intie|antie|katu)` + anyNumber + westernTail),
	regexp.MustCompile(`(?i)(?:^|[\s,:;(])([\p{L}-]{2,}(?:straße|strasse|str\.|straat|gracht|gasse|allee|laan) ?\d{1,4} ?[a-z]?\b` + westernTail + `)`),
	// Berliner Straße 5; Karl Johans gate 22; Avenida-like words of other languages after the name
	regexp.MustCompile(`\b` + streetName + `(?:[ -]` + streetName + `){0,2}[ -](?:Straße|Strasse|Str\.|Allee|Gasse|Weg|Platz|Ufer|Damm|Ring|Chaussee|gate|gata|plads|plein|utca|út|tér|körút|Cad\.|Caddesi|Sok\.|Sokak|Sokağı|náměstí|nám\.|Markt|tänav)` + anyNumber + westernTail),
	// 14 rue de la Paix, 75002 Paris
	regexp.MustCompile(`\b\d{1,4}(?: ?(?:bis|ter|[a-c]))?,? (?i:rue|avenue|av\.|boulevard|bd\.?|chemin|impasse|allée|allées|quai|faubourg|ruelle) ` + connectors + words + westernTail),
	regexp.MustCompile(`\b\d{1,4}(?: ?(?:bis|ter|[a-c]))?,? (?i:place|cours|square|passage|sentier|route) (?:de la|de l['’]|des|de|du|d['’]) ?` + words + westernTail),
	// Rue de la Loi 16, 1000 Bruxelles
	regexp.MustCompile(`\b(?i:rue|avenue|chaussée|boulevard|place|chemin|quai) ` + connectors + placeName + anyNumber + westernTail),
	// Calle Mayor 10, 28013 Madrid; Via Roma 25; Rua Augusta 100
	regexp.MustCompile(`(?:^|[\s,:;(])((?:Calle|C/|c/|Avenida|Avda?\.?|Av\.|Plaza|Pza\.?|Pl\.|Paseo|Pº|Carrer|Ronda|Camino|Glorieta|Rua|R\.|Travessa|Praça|Largo|Estrada|Alameda|Via|Viale|V\.le|Piazza|Piazzale|P\.za|Corso|C\.so|Vicolo|Strada|Lungo\p{Ll}+|Bulevardul|Str\.|Calea|ul\.|al\.|os\.|pl\.|ulica|aleja|ул\.|улица|просп\.|проспект|пр\.) ?` + connectors + words + anyNumber + westernTail + `)`),
	regexp.MustCompile(`(?i)(?:^|[\s,:;(])((?:calle|avenida|carrer|rua|viale|piazza) ` + connectors + `[\p{L}'’-]+(?: [\p{L}'’-]+){0,2},? (?:n[°º.]? ?)?\d{1,4}\b` + westernTail + `)`),
	regexp.MustCompile(`(?:^|[\s,:;(])(via ` + connectors + `[\p{L}'’-]+(?: [\p{L}'’-]+)?,? \d{1,4}\b,? \d{5} \p{L}+)`),
	// Am Alten Hafen 4, 18055 Rostock; Storgatan 5, 111 22 Stockholm; Corso Como 10, 20154 Milano
	regexp.MustCompile(`\b\p{Lu}[\p{L}.'’/-]*(?: (?:(?:der|den|dem|de|la|las|los|del|della|dei|di|da|do|das|dos|du|des|van|von|zum|zur|am|im|aan|op) ){0,2}\p{Lu}[\p{L}.'’-]*){0,4}` + anyNumber + `,? ?(?:\d{1,2}[º°ª](?: ?\p{L}{1,5}\b\.?)?, ?)?(?:[A-Z]{1,2}-)?(?:\d{4,5}|\d{3} \d{2}|\d{2}-\d{3}|\d{4}-\d{3}|\d{4} [A-Z]{2}),? ` + placeName),
	// SW1A 1AA, which names a few doors
	regexp.MustCompile(`\b` + ukPostcode + `\b`),
	regexp.MustCompile(`(?i)\b(?:post|postal|zip|eir) ?codes?(?: is| was|:|=)* ([a-z]{0,2}\d[a-z\d]{0,3}[ -]?\d[a-z\d]{1,3})\b`),
	regexp.MustCompile(`(?i)\b(?:plz|postleitzahl|code postal|código postal|cap|zip|〒)(?: is| ist|:)* ?(\d{4,5}(?:-\d{3,4})?|\d{3}-\d{4})\b(?: ` + placeName + `)?`),
	// in 10115 Berlin, to 90210 Beverly Hills
	regexp.MustCompile(`\b(?:in|nach|aus|to|from|an|à|a|en|te) ((?:[A-Z]{1,2}-)?\d{5} ` + placeName + `)`),
	regexp.MustCompile(`\b\d{4} [A-Z]{2},? ` + placeName), // 1015 CJ Amsterdam
}

// smallStreet is an English street in small letters: its words in between are looked at.
var smallStreet = regexp.MustCompile(`\b\d{1,5}[a-z]? ((?:[\p{L}'’.-]+ ){1,2})(?:street|avenue|road|lane|boulevard|crescent|terrace|st|ave|rd|blvd|ln)\b(?:,? (?:apt|flat|unit|#) ?\w{1,4}\b)?`)

// noStreetNames stand between a number and a street that are no address: "5 minutes down the road".
var noStreetNames = wordList(`the a an this that my your our his her their in on of to at by from for and or with down up along across off into
	over under near next other same wrong new old main minutes minute hours hour days day weeks week months month years year times time items item
	orders order boxes box parcels parcel streets miles mile km metres meters left right different whole one is was it as more people cars`)

// noStreets are words of what looks like a street and is none.
var noStreets = wordList(`sitzplatz parkplatz stellplatz arbeitsplatz stehplatz lagerplatz umweg order bestellung
	spring monitoring seite version rechnung position stelle kasse nummer zeile`)

// hideAddresses hides postal addresses.
func (h *hiding) hideAddresses(text string) string {
	if !strings.ContainsAny(text, "0123456789") {
		return text // each form has a number
	}
	text = h.hideSaidAddresses(text)
	for _, p := range addressPatterns {
		text = h.hideIf(text, p, func(_, s string) string {
			if slices.ContainsFunc(strings.Fields(strings.ToLower(s)), func(word string) bool { return slices.Contains(noStreets, word) }) {
				return ""
			}
			return hidAddress
		})
	}
	return smallStreet.ReplaceAllStringFunc(text, func(s string) string {
		names := strings.Fields(strings.ToLower(smallStreet.FindStringSubmatch(s)[1]))
		// "12 main street" is one though "main" seldom names a street: it is the name of a street by itself.
		if len(names) == 1 && names[0] == "main" || !slices.ContainsFunc(names, func(w string) bool { return slices.Contains(noStreetNames, w) }) {
			return h.as(hidAddress, s)
		}
		return s
	})
}

// addressCue is what people write before an address, whatever its form.
var addressCue = regexp.MustCompile(`(?i)\b(?:(?:new |old |home |delivery |shipping |billing |postal |correct |right |current |full |street )?address(?:es)?(?: (?:is|was|now|would be|should be|will be|should read|reads|changed to|has changed to))*(?: now)?(?::| is| to)?|(?:i|we|she|he|they)(?:'m|'re| am| are)? (?:now )?liv(?:e|es|ing) (?:at|on)|adresse(?: ist| lautet| est| jetzt)*:?|anschrift(?: ist| lautet)*:?|(?:ich )?wohne(?:n)? (?:jetzt )?(?:in der|in|an der|am)|j'habite(?: au| à)?|vivo en(?: la)?|dirección(?: es)?:?|abito in|indirizzo(?: è)?:?|ik woon (?:op|aan|in)(?: de| het)?|adres(?: is)?:?|endereço(?: é)?:?|moro na|adressen?(?: är| er)?:?),? +`)

// addressEnds are words with which the sentence goes on after an address.
var addressEnds = wordList(`instead please and but not thanks thank because so which who where is was were has have had it i we you they that if when since
	for as or until before after again anymore bitte und aber nicht ist statt s'il merci pero por et mais e ma since, never for stimmt klopt dank`)

// mostSaid bounds the words of an address that is told by what stands before it.
const mostSaid = 12

// hideSaidAddresses hides what people call an address: after "my address is" the words up to the end of the clause, when they
// begin like one and hold a number.
func (h *hiding) hideSaidAddresses(text string) string {
	var b strings.Builder
	at := 0
	for _, m := range addressCue.FindAllStringIndex(text, -1) {
		if m[1] <= at {
			continue
		}
		n := saidAddress(text[m[1]:])
		if n == 0 {
			continue
		}
		b.WriteString(text[at:m[1]])
		b.WriteString(h.as(hidAddress, text[m[1]:m[1]+n]))
		at = m[1] + n
	}
	b.WriteString(text[at:])
	return b.String()
}

// saidAddress is the length of the address that a text begins with, 0 when it does not begin like one.
func saidAddress(text string) int {
	end, digits, capitals := 0, false, 0
	rest := text
	for n := range mostSaid {
		word := rest
		if i := strings.IndexAny(rest, " \n"); i >= 0 {
			word = rest[:i]
		}
		bare := strings.Trim(word, ".,;:!?()\"")
		if bare == "" || slices.Contains(addressEnds, strings.ToLower(bare)) || strings.ContainsFunc(word, isHidden) {
			break
		}
		first, _ := utf8.DecodeRuneInString(bare)
		if n == 0 && !unicode.IsUpper(first) && !unicode.IsDigit(first) {
			return 0
		}
		if unicode.IsUpper(first) {
			capitals++
		}
		digits = digits || strings.ContainsAny(bare, "0123456789")
		at := len(text) - len(rest)
		end = at + len(strings.TrimRight(word, ".,;:!?)"))
		last := word[len(word)-1]
		abbreviated := last == '.' && utf8.RuneCountInString(bare) <= 5 && unicode.IsUpper(first)
		if strings.IndexByte(";!?", last) >= 0 || last == '.' && !abbreviated || len(rest) == len(word) || rest[len(word)] == '\n' {
			break
		}
		rest = rest[len(word)+1:]
	}
	if !digits || capitals == 0 {
		return 0
	}
	return end
}
