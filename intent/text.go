package intent

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What is read of a text: all of it up to headBytes+tailBytes, else its first and last part. People say what they want
// at the beginning or at the end; between them stand logs, histories and signatures.
const (
	headBytes = 6 << 10
	tailBytes = 2 << 10
)

// Normalise brings a text into the form that models are trained on: valid UTF-8 in NFKC with straight quotes, without
// invisible characters, each run of white space one space or one line break. Doing it twice changes nothing.
func Normalise(text string) string {
	if !plain(text) {
		text = norm.NFKC.String(strings.Map(visible, norm.NFKC.String(strings.ToValidUTF8(text, " "))))
	}
	var b strings.Builder
	b.Grow(len(text))
	gap := ""
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r':
			gap = "\n"
		case unicode.IsSpace(r) || unicode.IsControl(r):
			if gap == "" {
				gap = " "
			}
		default:
			if b.Len() > 0 {
				b.WriteString(gap)
			}
			gap = ""
			b.WriteRune(r)
		}
	}
	return b.String()
}

// plain reports whether the text is ASCII, which NFKC leaves alone.
func plain(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// visible drops characters that cannot be seen and makes quotes straight.
func visible(r rune) rune {
	switch {
	case r == '’' || r == '‘' || r == 'ʼ' || r == '´' || r == '`':
		return '\''
	case r == '“' || r == '”' || r == '„' || r == '«' || r == '»':
		return '"'
	case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
		return -1
	}
	return r
}

// gap is what was left out of a text: from and to are where in the text; a line break stands in its place.
type gap struct{ from, to int }

// shorten keeps the first and the last part of a very long text, cut between words where there are any. The gap is empty when
// nothing was left out.
func shorten(text string) (string, gap) {
	if len(text) <= headBytes+tailBytes {
		return text, gap{}
	}
	g := gap{cutBefore(text, headBytes), cutAfter(text, len(text)-tailBytes)}
	return text[:g.from] + "\n" + text[g.to:], g
}

// restore gives what was found in the shortened text its place in the text.
func (g gap) restore(asks []Ask) []Ask {
	if g.from == 0 {
		return asks
	}
	for i := range asks {
		for _, at := range []*int{&asks[i].Start, &asks[i].End} {
			if *at > g.from {
				*at += g.to - g.from - 1
			}
		}
	}
	return asks
}

// cutBefore is the last place at or before i to cut at; at a space if one is near.
func cutBefore(text string, i int) int {
	for n := 1; n < utf8.UTFMax && !utf8.RuneStart(text[i]); n++ { // bytes that are no UTF-8 have no start to go back to
		i--
	}
	if space := strings.LastIndexAny(text[i-64:i], " \n"); space >= 0 {
		return i - 64 + space
	}
	return i
}

// cutAfter is the first place at or after i to cut at; at a space if one is near.
func cutAfter(text string, i int) int {
	for n := 1; n < utf8.UTFMax && i < len(text) && !utf8.RuneStart(text[i]); n++ {
		i++
	}
	if space := strings.IndexAny(text[i:min(i+64, len(text))], " \n"); space >= 0 {
		return i + space
	}
	return i
}

// stop is the token that ends a sentence.
const stop = "."

// token is a word in small letters without apostrophes, or stop; it stands at text[start:end]. begins is what an index of
// phrases says of the word.
type token struct {
	word       string
	start, end int
	begins     uint64
}

// tokens splits a text into words and ends of sentences. A full stop inside a number or a word ("1.50", "usher.com")
// ends nothing.
func tokens(text string) []token {
	var ts []token
	start := -1
	flush := func(end int) {
		if start >= 0 {
			ts = append(ts, token{word: fold(text[start:end]), start: start, end: end})
			start = -1
		}
	}
	for i, r := range text {
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if start < 0 {
				start = i
			}
		case start >= 0 && joins(r) && letterAt(text, i+utf8.RuneLen(r)):
		default:
			flush(i)
			if ends(r) && len(ts) > 0 && ts[len(ts)-1].word != stop {
				ts = append(ts, token{word: stop, start: i, end: i + utf8.RuneLen(r)})
			}
		}
	}
	flush(len(text))
	return ts
}

func joins(r rune) bool {
	return r == '\'' || r == '’' || r == '.' || r == '@'
}

func ends(r rune) bool {
	return r == '.' || r == '!' || r == '?' || r == ';' || r == '\n' || r == '…' || r == '。' || r == '！' || r == '？'
}

func letterAt(text string, i int) bool {
	r, _ := utf8.DecodeRuneInString(text[min(i, len(text)):])
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// fold makes "Don’t" and "dont" the same word.
func fold(word string) string {
	word = strings.ToLower(word)
	if strings.ContainsAny(word, "'’") {
		word = strings.NewReplacer("'", "", "’", "").Replace(word)
	}
	return word
}
