package postgres

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

// How much the making of vectors may take while messages come in, of one core, all embedders together, and in pieces of
// what length. While none come it takes what it needs.
const (
	busyShare = 0.2
	busyPiece = 50 * time.Millisecond
	idlePiece = 250 * time.Millisecond
	// longestRest is after work that mostly waited, for a database that stood still.
	longestRest = 5 * time.Second
	calmBefore  = time.Second // without a message before it counts as calm
)

// pace knows whether messages come in. Safe for concurrent use.
type pace struct{ last atomic.Int64 } // when history was last asked, in nanoseconds since 1970

func (p *pace) asked() { p.last.Store(time.Now().UnixNano()) }

func (p *pace) busy() bool { return time.Since(time.Unix(0, p.last.Load())) < calmBefore }

// rest is how long to wait after so much work, when several share what may be taken.
func (p *pace) rest(work time.Duration, sharers int) time.Duration {
	if !p.busy() {
		return 0
	}
	return min(time.Duration(float64(work)*float64(sharers)/busyShare)-work, longestRest)
}

// next is how many texts to take after so many took so much work, such that one piece is neither long nor tiny. It is a power of
// two: each number is a statement of its own.
func (p *pace) next(size int, work time.Duration) int {
	piece := idlePiece
	if p.busy() {
		piece = busyPiece
	}
	fitting := float64(size) * float64(piece) / float64(max(work, time.Microsecond))
	next := 1
	for 2*next <= min(2*size, vectorBatch) && float64(2*next) <= fitting {
		next *= 2
	}
	return next
}

// onThisCore runs f and returns how long the processor worked for it: waiting for a network costs nothing.
func onThisCore(f func() error) (time.Duration, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	before := threadTime()
	err := f()
	return threadTime() - before, err
}

// threadTime is what this thread has used of the processor.
func threadTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_THREAD, &u); err != nil {
		return 0 // it fails only for who cannot be asked about
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
