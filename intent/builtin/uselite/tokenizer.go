package uselite

import (
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxTokens is how many tokens the encoder looks at; it was made for no more.
	maxTokens = 128
	// maxRunes is how much of a text is read. The longest piece has 16 characters, so that 128 pieces hardly ever reach
	// further: only where characters that the vocabulary does not know, which count as one piece in a row, fill the rest.
	maxRunes = 8192
	// reserved pieces are at the start of the vocabulary and never found in a text; the first stands for what is unknown.
	reserved = 6
	unknown  = 0

	wordStart = '▁'
)

// tokenizer cuts texts into the pieces of a vocabulary so that the sum of their scores is highest. It repeats the published
// tokenizer, with what that does by accident: unknown characters cost nothing, places that no piece ends at count
// like the start of the text, and of equal sums the later start wins. Safe for concurrent use.
type tokenizer struct {
	nodes  map[step]int32
	piece  []int32 // by node: the piece that ends there, or -1
	scores []float64
	length []int // of pieces, in characters
}

// step goes from a node along a character.
type step struct {
	node int32
	char rune
}

// newTokenizer reads a vocabulary: one line per piece, its score, a space and the piece.
func newTokenizer(vocabulary string) (*tokenizer, error) {
	t := &tokenizer{nodes: map[step]int32{}, piece: []int32{-1}}
	for line := range strings.Lines(vocabulary) {
		id := len(t.scores)
		number, piece, found := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		score, err := strconv.ParseFloat(number, 64)
		if err != nil || !found || piece == "" {
			return nil, fmt.Errorf("vocabulary line %d: want a score and a piece, got %q", id+1, line)
		}
		t.scores = append(t.scores, score)
		t.length = append(t.length, len([]rune(piece)))
		if id >= reserved {
			t.insert(piece, int32(id))
		}
	}
	if len(t.scores) <= reserved {
		return nil, fmt.Errorf("vocabulary of %d pieces, want more than %d", len(t.scores), reserved)
	}
	return t, nil
}

// insert adds a piece; one that is there already gets the later number.
func (t *tokenizer) insert(piece string, id int32) {
	node := int32(0)
	for _, char := range piece {
		next, ok := t.nodes[step{node, char}]
		if !ok {
			next = int32(len(t.piece))
			t.nodes[step{node, char}] = next
			t.piece = append(t.piece, -1)
		}
		node = next
	}
	t.piece[node] = id
}

// path holds what tokenizing needs, to be used again.
type path struct {
	chars []rune
	best  []float64 // by place: the highest sum of scores up to there
	last  []int32   // by place: the last piece of the way with that sum
	ids   []int32
}

// encode returns the first 128 pieces of text, none for an empty text. The result is valid until p is used again.
func (t *tokenizer) encode(text string, p *path) []int32 {
	p.read(text)
	n := len(p.chars)
	p.best = append(p.best[:0], make([]float64, n+1)...)
	p.last = append(p.last[:0], make([]int32, n+1)...)
	for start := range n {
		found, node := false, int32(0)
		for end := start; end < n; end++ {
			next, ok := t.nodes[step{node, p.chars[end]}]
			if !ok {
				break
			}
			node = next
			if id := t.piece[node]; id >= 0 {
				found = true
				p.reach(end+1, t.scores[id]+p.best[start], id)
			}
		}
		if !found {
			p.reach(start+1, p.best[start], unknown)
		}
	}
	return t.follow(p)
}

// read sets the characters of p: in compatibility form, with the mark of a word's start instead of spaces and before all.
func (p *path) read(text string) {
	p.chars = p.chars[:0]
	seen := 0
	for i := range text {
		if seen == maxRunes {
			text = text[:i]
			break
		}
		seen++
	}
	if text == "" {
		return
	}
	p.chars = append(p.chars, wordStart)
	for _, char := range norm.NFKC.String(text) {
		if char == ' ' {
			char = wordStart
		}
		p.chars = append(p.chars, char)
	}
}

func (p *path) reach(place int, score float64, id int32) {
	if p.best[place] == 0 || score >= p.best[place] {
		p.best[place], p.last[place] = score, id
	}
}

// follow goes the best way back from the end, and returns its pieces from the start, unknown ones in a row as one.
func (t *tokenizer) follow(p *path) []int32 {
	p.ids = p.ids[:0]
	for place := len(p.chars); place > 0; {
		id := p.last[place]
		if id != unknown || len(p.ids) == 0 || p.ids[len(p.ids)-1] != unknown {
			p.ids = append(p.ids, id)
		}
		place -= t.length[id]
	}
	for i, j := 0, len(p.ids)-1; i < j; i, j = i+1, j-1 {
		p.ids[i], p.ids[j] = p.ids[j], p.ids[i]
	}
	return p.ids[:min(len(p.ids), maxTokens)]
}
