package webchat

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

const (
	// A person writes a few lines in a row; ten at once and one in two seconds is beyond any of them.
	messageBurst = 10
	messageEvery = 2 * time.Second
	// Marks and pings are small but not free.
	frameBurst  = 100
	framePerSec = 20
	// maxLimited bounds how many addresses are remembered; idle ones are forgotten first.
	maxLimited = 50_000
)

// limits bounds how fast each address writes, over all of its connections and beyond their ends.
type limits struct {
	mu        sync.Mutex
	byAddress map[string]*rate.Limiter
	swept     time.Time
}

func newLimits() *limits { return &limits{byAddress: map[string]*rate.Limiter{}} }

// wait is how long the address must wait before its next message; 0 means that this one may pass and is counted.
// An address that finds the table full of busy ones waits too.
func (l *limits) wait(address string, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	limiter := l.byAddress[address]
	if limiter == nil {
		if len(l.byAddress) >= maxLimited {
			l.forgetIdle(now)
		}
		if len(l.byAddress) >= maxLimited {
			return messageEvery
		}
		limiter = rate.NewLimiter(rate.Every(messageEvery), messageBurst)
		l.byAddress[address] = limiter
	}
	r := limiter.ReserveN(now, 1)
	if d := r.DelayFrom(now); d > 0 {
		r.CancelAt(now)
		return d
	}
	return 0
}

// forgetIdle looks through the table once a second at most: it is slow, and callers wait for it.
func (l *limits) forgetIdle(now time.Time) {
	if now.Sub(l.swept) < time.Second {
		return
	}
	l.swept = now
	for address, limiter := range l.byAddress {
		if limiter.TokensAt(now) >= messageBurst {
			delete(l.byAddress, address)
		}
	}
}
