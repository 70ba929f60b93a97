package intent

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	personName  = `\p{Lu}[\p{L}'’-]+(?: (?:van|von|de|der|den|da|di|del|la|le|bin|al)){0,2}(?: \p{Lu}[\p{L}'’.-]*){0,3}`
	introducing = `(?:my (?:full |first |last |sur|real |legal )?name(?: is|'s|:)|i am called|i'm called|they call me|ich hei(?:ß|ss)e|mein name ist|je m'appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è|ik heet|mijn naam is|meu nome é|o meu nome é|chamo-me|jag heter|jeg hedder|nazywam się|the name(?:'s| is)|account holder(?: is|:)|card ?holder(?: is|:)|name on (?:the )?(?:card|account|order)(?: is|:))`
)

// namePatterns are names that the text says are names: introduced, with a title, in the salutation, or under a letter.
var namePatterns = []*regexp.Regexp{
	regexp.MustCompile(`(?:^|[^\p{L}])(?i:` + introducing + `) (` + personName + `)`),
	regexp.MustCompile(`(?:^|[^\p{L}])(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam|Herrn?|Frau|Mme|Mlle|Monsieur|Madame|Sra?|Srta|Señora?|Signora?|Sig|Dhr|Mevrouw|Mevr)\.? (?:(?:Dr|Prof|Ing|Mag|Dipl\.-Ing)\.? ){0,2}(` + personName + `)`),
	regexp.MustCompile(`(?:^|\n)(?i:dear|hi|hello|hey|hallo|liebe[rs]?|guten (?:tag|morgen|abend)|good (?:morning|afternoon|evening)|bonjour|chère?|hola|estimad[oa]|ciao|gentile|beste|kære|hej),? (` + personName + `) ?(?:[,!\n]|$)`),
	regexp.MustCompile(`(?i:(?:kind|best|warm|many)? ?(?:regards|wishes)|sincerely(?: yours)?|yours (?:truly|faithfully|sincerely)|cheers|many thanks|thanks|thank you|mit freundlichen gr(?:ü|ue)(?:ß|ss)en|(?:viele|liebe|beste|schöne) gr(?:ü|ue)(?:ß|ss)e|mfg|lg|vg|cordialement|bien à vous|saludos|un saludo|atentamente|cordiali saluti|met vriendelijke groet(?:en)?|groetjes)[,.!]?\s*\n\s*(` + personName + `)\s*(?:\n|$)`),
	regexp.MustCompile(`(?i:(?:kind|best|warm|many) (?:regards|wishes)|sincerely(?: yours)?|yours (?:truly|faithfully|sincerely)|mit freundlichen gr(?:ü|ue)(?:ß|ss)en|(?:viele|liebe|beste) gr(?:ü|ue)(?:ß|ss)e|mfg|cordialement|cordiali saluti|met vriendelijke groet(?:en)?),? (` + personName + `)\s*$`),
}

// smallName is a name in small letters: its words are looked at.
var smallName = regexp.MustCompile(`(?:^|[^\p{L}])(?i:my (?:full )?name is|my name's|ich hei(?:ß|ss)e|me llamo|je m'appelle|mi chiamo) (\p{Ll}[\p{L}'’-]+(?: \p{Ll}[\p{L}'’-]+)?)`)

// saidOfNames are words that follow "my name is" and are none.
var saidOfNames = wordList(`a about already also always an and as at but by cut different displayed for from gone here i in incorrect incorrectly it
	it's its just listed misspelled misspelt missing my no not now of on only or order out please printed registered saved shown so spelled spelt
	still that the there this to too under what when which with wrong wrongly written you your because changed correct right used entered taken
	everywhere nowhere today since before after all being where why und auch nicht falsch jetzt noch`)

// notNames are words with a capital that stand where a name could.
var notNames = wordList(`support team service customer customers client hello hi the a i not order please thanks thank all there everyone everybody sir sirs madam
	folks guys friends colleagues shop kundenservice damen herren zusammen leute kunde kundin tous toutes madame monsieur`)

// hideNames hides given names, see givenNames, and those that the text itself calls names.
func (h *hiding) hideNames(text string, given []*regexp.Regexp) string {
	for _, p := range given {
		text = h.hideIf(text, p, func(before, _ string) string {
			if last, _ := utf8.DecodeLastRuneInString(before); unicode.IsLetter(last) {
				return "" // the end of a longer word
			}
			return hidName
		})
	}
	for _, p := range namePatterns {
		text = h.hideIf(text, p, func(_, name string) string {
			if first, _, _ := strings.Cut(strings.ToLower(name), " "); slices.Contains(notNames, first) {
				return ""
			}
			return hidName
		})
	}
	return h.hideSmallNames(text)
}

func (h *hiding) hideSmallNames(text string) string {
	var b strings.Builder
	at := 0
	for _, m := range smallName.FindAllStringSubmatchIndex(text, -1) {
		first, second, two := strings.Cut(text[m[2]:m[3]], " ")
		if slices.Contains(saidOfNames, first) {
			continue
		}
		end := m[3]
		if two && slices.Contains(saidOfNames, second) {
			end = m[2] + len(first)
		}
		b.WriteString(text[at:m[2]])
		b.WriteString(h.as(hidName, text[m[2]:end]))
		at = end
	}
	b.WriteString(text[at:])
	return b.String()
}

// leastName is how many letters a part of a name has that is looked for by itself.
const leastName = 3

// givenNames are patterns of names that are known: whole in any case, and each part as it is written.
func givenNames(names []string) []*regexp.Regexp {
	var whole, parts []string
	for _, name := range names {
		name = Normalise(name) // as the texts are
		words := strings.Fields(name)
		if utf8.RuneCountInString(name) < leastName {
			continue
		}
		whole = append(whole, strings.Join(quoted(words), `\s+`))
		for _, w := range words {
			if r, _ := utf8.DecodeRuneInString(w); utf8.RuneCountInString(w) >= leastName && unicode.IsUpper(r) {
				parts = append(parts, regexp.QuoteMeta(w))
			}
		}
	}
	var out []*regexp.Regexp
	for _, group := range []struct {
		flag  string
		words []string
	}{{"(?i)", whole}, {"", parts}} {
		if len(group.words) == 0 {
			continue
		}
		// What QuoteMeta made is sound; a name can only be too long.
		if p, err := regexp.Compile(group.flag + `(` + strings.Join(group.words, "|") + `)(?:[^\p{L}]|$)`); err == nil {
			out = append(out, p)
		}
	}
	return out
}

func quoted(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = regexp.QuoteMeta(w)
	}
	return out
}
