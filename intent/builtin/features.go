package builtin

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What is made of a text, and the space it is hashed into. Changing any of it makes older artefacts worthless: count
// formatVersion up then.
const (
	space      = 1 << 18   // slots: the lower half for character n-grams, the upper for words and pairs
	half       = space / 2 // so that rare words never share a slot with common letters
	minGram    = 2         // characters, word boundaries included
	maxGram    = 5
	maxWords   = 1500 // read of a text
	maxWordLen = 24   // characters of one word that make n-grams
	edge       = 0x1f // stands for a word boundary in n-grams

	// FNV-1a, from different starts so that "an" the word, "an" the n-gram and a pair with "an" differ.
	fnvPrime  = 16777619
	gramStart = 2166136261
	wordStart = 0x9e3779b9
	pairStart = 0x85ebca77
)

// span is a word of the text: text[start:end].
type span struct{ start, end int }

// hit is one occurrence of a hashed n-gram. first and last are the indices of its words: two for a pair, else the same.
type hit struct {
	slot        uint32
	first, last int32
}

// extractor turns texts into hits; it keeps its buffers for the next text. Not safe for concurrent use.
type extractor struct {
	words []span
	hits  []hit
	low   []byte // the current word in small letters, numbers levelled
	ends  []int  // where each character of low ends
}

// read fills words and hits for a normalised text. Hits may repeat.
func (x *extractor) read(text string) {
	x.words, x.hits = x.words[:0], x.hits[:0]
	x.split(text)
	before := uint32(edge)
	for i, w := range x.words {
		x.level(text[w.start:w.end])
		word := hash(wordStart, x.low)
		x.add(half|mix(word)&(half-1), i, i)
		x.add(half|mix((pairStart^before)*fnvPrime^bits.RotateLeft32(word, 13))&(half-1), max(i-1, 0), i)
		before = word
		x.grams(i)
	}
}

func (x *extractor) add(slot uint32, first, last int) {
	x.hits = append(x.hits, hit{slot, int32(first), int32(last)})
}

// mix spreads a hash over its low bits (the finaliser of MurmurHash3).
func mix(h uint32) uint32 {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	return h ^ h>>16
}

func hash(h uint32, b []byte) uint32 {
	for _, c := range b {
		h = (h ^ uint32(c)) * fnvPrime
	}
	return h
}

// grams adds the character n-grams of the word in low, with an edge on both sides.
func (x *extractor) grams(word int) {
	n := len(x.ends)
	for from := -1; from < n; from++ {
		h := uint32(gramStart)
		for to := from; to < min(from+maxGram, n+1); to++ {
			switch {
			case to < 0 || to == n:
				h = (h ^ edge) * fnvPrime
			case to == 0:
				h = hash(h, x.low[:x.ends[0]])
			default:
				h = hash(h, x.low[x.ends[to-1]:x.ends[to]])
			}
			if to-from+1 >= minGram {
				x.add(mix(h)&(half-1), word, word)
			}
		}
	}
}

// split finds the words: letters, digits and marks, with what joins them. Signs that carry mood or meaning are
// words of their own.
func (x *extractor) split(text string) {
	start := -1
	flush := func(end int) {
		if start >= 0 {
			x.words = append(x.words, span{start, end})
			start = -1
		}
	}
	for i, r := range text {
		if len(x.words) >= maxWords {
			return
		}
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			if start < 0 {
				start = i
			}
		case r == '\'' && start >= 0:
		default:
			flush(i)
			if r == '?' || r == '!' || r > 0x2000 || strings.ContainsRune("$%@#+&", r) {
				x.words = append(x.words, span{i, i + utf8.RuneLen(r)})
			}
		}
	}
	flush(len(text))
}

// level writes the word to low in small letters without apostrophes; digits of longer numbers become zeros, since
// which number it is says nothing about the intent.
func (x *extractor) level(word string) {
	x.low, x.ends = x.low[:0], x.ends[:0]
	digits := 0
	for i := range len(word) {
		if word[i] >= '0' && word[i] <= '9' {
			digits++
		}
	}
	for _, r := range word {
		if len(x.ends) >= maxWordLen {
			return
		}
		switch {
		case r == '\'':
			continue
		case digits > 2 && r >= '0' && r <= '9':
			r = '0'
		default:
			r = unicode.ToLower(r)
		}
		x.low = utf8.AppendRune(x.low, r)
		x.ends = append(x.ends, len(x.low))
	}
}
