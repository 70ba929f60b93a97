package intent

import (
	"math"
	"math/bits"
	"strings"
	"sync"
)

// How a text is hashed for the urgency model: words, neighbours, words up to three places apart in the same sentence, and
// character 3- to 5-grams. Changing any of it makes intent/urgency.weights worthless: fit them anew then.
const (
	gramSlots = 1 << 17
	gramReach = 4  // words from one to the other at most
	gramChars = 24 // of one word that make character n-grams
	// lengthPower damps long texts: at 0.5 all texts would have the same length, and the alarming sentence of a long one
	// would be lost in it.
	lengthPower = 0.35
)

// gramKinds are the kinds of n-grams; each is brought to its own length, so that the many letters do not drown the few words.
const (
	gramWord = iota
	gramPair
	gramApart
	gramLetters
	gramKinds
)

var gramWeights = [gramKinds]float32{1, 1, 0.7, 1}

// gramReader turns tokens into distinct slots by kind. Not safe for concurrent use.
type gramReader struct {
	slots [gramKinds][]uint32
	seen  [gramSlots / 64]uint64 // all zero between texts
	word  []byte
	past  [gramReach]uint32 // hashes of the words before, the last one first
}

var gramReaders = sync.Pool{New: func() any { return &gramReader{} }}

func (g *gramReader) read(ts []token) {
	for k := range g.slots {
		g.slots[k] = g.slots[k][:0]
	}
	g.past = [gramReach]uint32{}
	for _, t := range ts {
		if t.word == stop {
			g.past = [gramReach]uint32{}
			continue
		}
		g.level(t.word)
		h := gramHash(gramWord, g.word)
		g.add(gramWord, h)
		g.add(gramPair, g.past[0]*gramPrime^bits.RotateLeft32(h, 13))
		for far := 1; far < gramReach && g.past[far] != 0; far++ {
			g.add(gramApart, (g.past[far]^gramApart)*gramPrime^bits.RotateLeft32(h, 7))
		}
		copy(g.past[1:], g.past[:gramReach-1])
		g.past[0] = h
		g.letters()
	}
	for _, slots := range g.slots {
		for _, slot := range slots {
			g.seen[slot/64] = 0
		}
	}
}

const gramPrime = 16777619 // of FNV-1a

func gramHash(h uint32, b []byte) uint32 {
	h += 2166136261
	for _, c := range b {
		h = (h ^ uint32(c)) * gramPrime
	}
	return h
}

// add spreads the hash over its low bits and keeps its slot, once in a text.
func (g *gramReader) add(kind int, h uint32) {
	h ^= h >> 16
	h *= 0x85ebca6b
	h ^= h >> 13
	h *= 0xc2b2ae35
	h ^= h >> 16
	slot := h % gramSlots
	if bit := uint64(1) << (slot % 64); g.seen[slot/64]&bit == 0 {
		g.seen[slot/64] |= bit
		g.slots[kind] = append(g.slots[kind], slot)
	}
}

// level writes the word with an edge on both sides and with its digits alike: which number it is hardly tells, but how long it
// is does.
func (g *gramReader) level(word string) {
	g.word = append(g.word[:0], '<')
	for i := range min(len(word), gramChars) {
		c := word[i]
		if c >= '0' && c <= '9' {
			c = '0'
		}
		g.word = append(g.word, c)
	}
	g.word = append(g.word, '>')
}

func (g *gramReader) letters() {
	if strings.Trim(string(g.word), "<0>") == "" {
		return
	}
	for from := range g.word {
		for to := from + 3; to <= min(from+5, len(g.word)); to++ {
			g.add(gramLetters, gramHash(gramLetters, g.word[from:to]))
		}
	}
}

// each calls f with every slot of the text and its value, by how rare slots are.
func (g *gramReader) each(rarity []byte, f func(slot uint32, value float32)) {
	for kind, slots := range g.slots {
		var length float64
		for _, slot := range slots {
			length += float64(rarity[slot]) * float64(rarity[slot])
		}
		if length == 0 {
			continue
		}
		scale := gramWeights[kind] / rarityUnit * float32(math.Pow(length/(rarityUnit*rarityUnit), -lengthPower))
		for _, slot := range slots {
			f(slot, scale*float32(rarity[slot]))
		}
	}
}

// rarityUnit is the byte that stands for a rarity of 1.
const rarityUnit = 32
