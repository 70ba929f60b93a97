package routing

import (
	"slices"
	"strings"
	"unicode"
)

// Words of short answers to "Did that help?", in the languages in which it is asked. A text counts only when it has a telling word and all others are
// among the neutral ones: in doubt it is not an answer but a message, and is understood as one.
var (
	yesWords = wordSet(`yes yep yeah yup yess ya thanks thank thx tnx ty cheers solved sorted resolved fixed helped helps
		perfect works worked great ok okay alright 👍 👌 🙏 ✅
		ja danke geholfen oui merci sí si gracias sì grazie bedankt dank obrigado obrigada tack tak dziękuję evet teşekkürler`)
	noWords = wordSet(`no nope nah not didnt doesnt hasnt isnt wasnt useless unhelpful wrong 👎
		nein nicht non nee niet não nej nie hayır`)
	negations = wordSet(`not didnt doesnt hasnt isnt wasnt nicht niet`)
	// results are good news unless negated: "no, it works" is not a complaint.
	results = wordSet(`solved resolved fixed helped helps helpful works worked working geholfen`)
	neutral = wordSet(`it its that thats this is was has did does do you u i so very much really a an all lot lots at the
		for your my now good help helpful helped helps work works worked working solve solved resolved fixed answer
		got right fine nice awesome brilliant geholfen vielen sehr das hat mir mille beaucoup muchas molte`)
	// still and the like are neutral in a "no" and make a message of a "yes".
	neutralInNo = wordSet(`still yet need more again me sorry`)
	neverNo     = wordSet(`good right fine nice awesome brilliant got`)
)

// maxAnswerWords is how long a text can be and still be taken for a mere answer.
const maxAnswerWords = 8

// Affirms reports whether a text says that things are fine, and nothing else: "yes", "thanks, that helped".
func Affirms(text string) bool {
	words := answerWords(text)
	return len(words) > 0 && every(words, func(w string) bool { return !noWords[w] && (yesWords[w] || neutral[w]) }) && anyIn(words, yesWords)
}

// Denies reports whether a text says that the answer did not help, and nothing else: "no", "that was not helpful".
func Denies(text string) bool {
	words := answerWords(text)
	only := every(words, func(w string) bool { return !neverNo[w] && (noWords[w] || neutral[w] || neutralInNo[w]) })
	return only && anyIn(words, noWords) && (anyIn(words, negations) || !anyIn(words, results))
}

func every(words []string, holds func(string) bool) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !holds(w) })
}

func anyIn(words []string, set map[string]bool) bool {
	return slices.ContainsFunc(words, func(w string) bool { return set[w] })
}

// answerWords splits a short text into small words without punctuation; an apostrophe does not split, so "didn't"
// is one. It returns nothing for a text that is too long, or asks.
func answerWords(text string) []string {
	if len(text) > 200 || strings.ContainsRune(text, '?') {
		return nil
	}
	text = strings.NewReplacer("'", "", "’", "", "\ufe0f", "").Replace(strings.ToLower(text))
	words := strings.FieldsFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.So, r)
	})
	if len(words) > maxAnswerWords {
		return nil
	}
	return words
}

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
