package demo

import (
	"math"
	"math/rand/v2"
	"time"
)

// The parts of a story.
const (
	partContacts = iota + 1
	partPresent
	partPast
)

// luck is what a writer draws from. Each conversation has its own, so that what is said in one stays the same when
// another is written differently, or finds its contact sooner.
type luck struct {
	seed uint64
	// said chooses what is said; chances choose moments and who has time then.
	said, chances *rand.Rand
	begun         int // pieces
	offsets       [3]float64
}

func newLuck(seed uint64) luck {
	l := luck{seed: seed}
	l.begin(0, 0)
	for i := range l.offsets {
		l.offsets[i] = l.said.Float64()
	}
	return l
}

// begin turns to the i-th piece of a part.
func (l *luck) begin(part, i int) {
	l.begun++
	piece := uint64(part)<<32 | uint64(i)<<1
	l.said, l.chances = rand.New(rand.NewPCG(l.seed, piece)), rand.New(rand.NewPCG(l.seed, piece|1))
}

// What is dealt out evenly. forDetail is what goes with a reaction.
const (
	forReaction = iota
	forDetail
	forHaste
)

// even is a number from 0 to 1 for the piece that was begun. Pieces that follow each other get their part of high ones and
// of low ones, other than by chance, for each purpose and for all of them together: the numbers are multiples of the
// powers of the root of x⁴ = x + 1, which keep out of each other's way.
func (l *luck) even(purpose int) float64 {
	x := l.offsets[purpose] + float64(l.begun)*math.Pow(1.2207440846057596, -float64(purpose+1))
	return x - math.Floor(x)
}

// chance is true in that share of cases.
func (l *luck) chance(share float64) bool { return l.said.Float64() < share }

// between is a length of time, most often near the shorter end, as waits are.
func (l *luck) between(least, most time.Duration) time.Duration {
	x := l.said.Float64()
	return (least + time.Duration(x*x*float64(most-least))).Truncate(time.Second)
}

func pick[T any](l *luck, from []T) T { return from[l.said.IntN(len(from))] }
