package intent

import (
	"regexp"
	"slices"
	"strings"
)

// Postal addresses in the forms that people write them in: number and street or street and number, alone or with what
// stands before and after it. Words that are no street in most sentences ("way", "court") count with capitals only.
const (
	streetName   = `\p{Lu}[\p{L}\p{N}.'’-]*`
	englishTail  = `(?:,? (?i:apt|apartment|flat|suite|unit|floor|room)\.? ?#?\w{1,6})?(?:, ` + placeName + `)?(?:,? (?:[A-Z]{2} )?(?:\d{5}(?:-\d{4})?|` + ukPostcode + `)\b)?`
	placeName    = `\p{Lu}\p{Ll}[\p{L}.'’-]*(?: \p{Lu}\p{Ll}[\p{L}.'’-]*){0,2}`
	ukPostcode   = `[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}`
	westernTail  = `(?:,? (?:[A-Z]{1,2}-)?\d{4,5}(?: [A-Z]{2})? ` + placeName + `)?`
	germanNumber = ` \d{1,4} ?[a-z]?\b`
)

var addressPatterns = []*regexp.Regexp{
	// 12 Main Street, Apt 4, Springfield, IL 62704
	regexp.MustCompile(`(?:(?i:flat|apartment|unit) \w{1,5}, )?\b\d{1,5}[A-Za-z]? (?:` + streetName + ` ){1,4}(?:(?i:street|avenue|road|lane|boulevard)\b|(?:St|Ave|Rd|Ln|Dr|Blvd|Drive|Court|Ct|Place|Pl|Square|Sq|Terrace|Way|Close|Crescent|Highway|Hwy|Parkway|Pkwy|Row|Gardens|Grove|Mews|Hill)\b)\.?` + englishTail),
	// P.O. Box 1234
	regexp.MustCompile(`(?i)\b(?:p\.? ?o\.? ?box|postfach) \d{1,6}\b`),
	// Portland, OR 97201
	regexp.MustCompile(`\b` + placeName + `, [A-Z]{2} \d{5}(?:-\d{4})?\b`),
	// Hauptstr. 5, 10115 Berlin; Am Kirchplatz 3; Keizersgracht 123, 1015 CJ Amsterdam
	regexp.MustCompile(`\b(?:(?:Am|An der|Im|In der|Zum|Zur|Unter den|Auf der|Alte|Neue|Große|Kleine) )?\p{Lu}[\p{L}-]*(?i:straße|strasse|str\.|allee|gasse|weg|platz|ufer|damm|straat|laan|plein|gracht|kade)` + germanNumber + westernTail),
	// Berliner Straße 5
	regexp.MustCompile(`\b` + streetName + ` (?:Straße|Strasse|Str\.|Allee|Gasse|Weg|Platz|Ufer|Damm)` + germanNumber + westernTail),
	// 14 rue de la Paix, 75002 Paris
	regexp.MustCompile(`\b\d{1,4}(?: (?:bis|ter))?,? (?i:rue|avenue|boulevard|place|chemin|impasse|allée|quai) (?:(?:de la|de l['’]|des|de|du|d['’]) ?)?` + placeName + westernTail),
	// Calle Mayor 10, 28013 Madrid; Via Roma 25
	regexp.MustCompile(`\b(?:Calle|C/|Avenida|Avda\.?|Plaza|Paseo|Via|Viale|Piazza|Corso) (?:(?:de la|del|della|dei|de|di) )?` + placeName + `,? \d{1,4}\b` + westernTail),
	// SW1A 1AA, which names a few doors
	regexp.MustCompile(`\b` + ukPostcode + `\b`),
}

// smallStreet is an English street in small letters: its words in between are looked at.
var smallStreet = regexp.MustCompile(`\b\d{1,5}[a-z]? ((?:[a-z'’.-]+ ){1,2})(?:street|avenue|road|lane|boulevard)\b`)

// noStreetNames stand between a number and a street that are no address: "5 minutes down the road".
var noStreetNames = wordList(`the a an this that my your our his her their in on of to at by from for and or with down up along across off into
	over under near next other same wrong new old main minutes minute hours hour days day weeks week months month years year times time items item
	orders order boxes box parcels parcel streets miles mile km metres meters left right different whole one`)

// noStreets end like German streets and are followed by numbers all the same.
var noStreets = wordList(`sitzplatz parkplatz stellplatz arbeitsplatz stehplatz lagerplatz umweg`)

func wordList(words string) []string { return strings.Fields(words) }

// redactAddresses replaces postal addresses.
func redactAddresses(text string) string {
	for _, p := range addressPatterns {
		text = p.ReplaceAllStringFunc(text, func(s string) string {
			if first, _, _ := strings.Cut(strings.ToLower(s), " "); slices.Contains(noStreets, first) {
				return s
			}
			return "[address]"
		})
	}
	return smallStreet.ReplaceAllStringFunc(text, func(s string) string {
		names := strings.Fields(smallStreet.FindStringSubmatch(s)[1])
		// "12 main street" is one though "main" seldom names a street: it is the name of a street by itself.
		if len(names) == 1 && names[0] == "main" || !slices.ContainsFunc(names, func(w string) bool { return slices.Contains(noStreetNames, w) }) {
			return "[address]"
		}
		return s
	})
}
