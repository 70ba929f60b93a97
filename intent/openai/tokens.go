package openai

import "unicode/utf8"

// Weights of estimateTokens, in twelfths of a token.
const (
	letterWeight = 4  // English has four letters a token and more; other languages in Latin letters nearer three
	digitWeight  = 6  // up to three digits make one, often fewer
	otherWeight  = 12 // punctuation, and letters beyond ASCII
	tokenWeight  = 12
)

// weight is what a character counts for.
func weight(r rune) int {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
		return letterWeight
	case r >= '0' && r <= '9':
		return digitWeight
	case r == ' ':
		return 0 // part of the word after it
	}
	return otherWeight
}

// estimateTokens is about how many tokens a text has, rather too many than too few. The true number depends on the
// model's tokenizer, which is not known here.
func estimateTokens(text string) int {
	sum := 0
	for _, r := range text {
		sum += weight(r)
	}
	return sum/tokenWeight + 1
}

// firstTokens is the beginning of a text that has about so many tokens at most.
func firstTokens(text string, most int) string {
	if len(text) <= most { // no token is shorter than a byte
		return text
	}
	sum := 0
	for i, r := range text {
		if sum += weight(r); sum > most*tokenWeight || i+utf8.RuneLen(r) > maxTextBytes {
			return text[:i]
		}
	}
	return text
}
