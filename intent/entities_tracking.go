package intent

import (
	"regexp"
	"strings"
)

// Tracking numbers of the large carriers: UPS ("1Z"), posts of the world (UPU S10: two letters, nine digits, a country),
// DHL ("JJD", "JD") and the numbers of 10 to 22 digits that FedEx, DHL Express and USPS give.
var (
	upsPattern     = regexp.MustCompile(`(?i)\b1Z(?: ?[0-9A-Z]){16}\b`)
	postalPattern  = regexp.MustCompile(`(?i)\b[A-Z]{2} ?\d{3} ?\d{3} ?\d{3} ?[A-Z]{2}\b`)
	dhlPattern     = regexp.MustCompile(`(?i)\bJ?JD ?\d(?: ?\d){9,19}\b`)
	trackingBefore = regexp.MustCompile(`(?i)\b(?:track(?:ing)?|trace|consignment|waybill|awb|air ?waybill|sendungsnummer|sendung|suivi|seguimiento|fedex|usps|ups|dhl|dpd|gls|hermes|royal mail|parcel (?:number|no|id))\b[^\n.?!]{0,24}$`)
)

// trackingDigits are the fewest digits of a tracking number.
const trackingDigits = 9

// lettered finds tracking numbers that begin with letters. A check digit, where the form has one, must be right: without it
// an order number of two letters would be taken for a post's.
func (f *finder) lettered() {
	if strings.Contains(f.text, "1Z") || strings.Contains(f.text, "1z") {
		for _, m := range upsPattern.FindAllStringIndex(f.text, maxPerPattern) {
			if upsValid(compact(f.text[m[0]:m[1]])) {
				f.add(TrackingNumber, m[0], m[1])
			}
		}
	}
	for _, m := range postalPattern.FindAllStringIndex(f.text, maxPerPattern) {
		if postalValid(onlyDigits(f.text[m[0]:m[1]])) {
			f.add(TrackingNumber, m[0], m[1])
		}
	}
	if strings.Contains(f.text, "JD") || strings.Contains(f.text, "jd") {
		f.all(TrackingNumber, dhlPattern)
	}
}

func compact(s string) string { return strings.ToUpper(strings.ReplaceAll(s, " ", "")) }

// isTracking reports whether the run of digits text[start:end], with or without spaces between them, is a tracking
// number: the long forms by their check digit, all others by the words before them.
func isTracking(text string, start, end int) bool {
	s := text[start:end]
	digits := onlyDigits(s)
	if len(digits)+strings.Count(s, " ") != len(s) {
		return false
	}
	switch len(digits) {
	case 20, 22:
		if (strings.HasPrefix(digits, "9") || strings.HasPrefix(digits, "00")) && mod10(digits) {
			return true
		}
	case 10, 12, 14, 15:
	default:
		return false
	}
	return trackingBefore.MatchString(text[max(0, start-48):start])
}

// upsValid checks the last digit of "1Z" and sixteen signs: the signs in even places count twice, letters as 2 for A on.
func upsValid(s string) bool {
	sum := 0
	for i := range 15 {
		b := s[2+i]
		n := int(b - '0')
		if b >= 'A' {
			n = int(b-'A'+2) % 10
		}
		sum += n << (i % 2)
	}
	return int(s[17]-'0') == (10-sum%10)%10
}

// postalValid checks the ninth digit of a UPU S10 number.
func postalValid(digits string) bool {
	sum := 0
	for i, weight := range [8]int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += int(digits[i]-'0') * weight
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return int(digits[8]-'0') == check
}

// mod10 checks the last digit of a number by the weights of GS1: 3 and 1 in turn, from the right.
func mod10(digits string) bool {
	sum := 0
	for i := range len(digits) {
		n := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			n *= 3
		}
		sum += n
	}
	return sum%10 == 0
}
