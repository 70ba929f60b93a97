package channels

import (
	"net"
	"net/netip"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
	"golang.org/x/time/rate"
)

// Pace bounds how often each key may do something: a burst at once, then a steady rate. It remembers the keys seen last, up
// to a number; a key that was forgotten starts with a whole burst. Safe for concurrent use.
type Pace[K comparable] struct {
	perSecond rate.Limit
	burst     int

	mu   sync.Mutex
	keys *simplelru.LRU[K, *rate.Limiter]
}

// NewPace returns a Pace. Burst and remembered are at least 1. A remembered key costs about 200 bytes.
func NewPace[K comparable](perSecond float64, burst, remembered int) *Pace[K] {
	keys, _ := simplelru.NewLRU[K, *rate.Limiter](max(1, remembered), nil) // fails on no size only
	return &Pace[K]{perSecond: rate.Limit(perSecond), burst: max(1, burst), keys: keys}
}

// Wait is 0 when the key may go ahead, which is counted; otherwise how long until it may, and nothing is counted.
func (p *Pace[K]) Wait(key K, now time.Time) time.Duration {
	r := p.limiter(key).ReserveN(now, 1)
	d := r.DelayFrom(now)
	if d > 0 {
		r.CancelAt(now)
	}
	return d
}

func (p *Pace[K]) limiter(key K) *rate.Limiter {
	p.mu.Lock()
	defer p.mu.Unlock()
	limiter, known := p.keys.Get(key)
	if !known {
		limiter = rate.NewLimiter(p.perSecond, p.burst)
		p.keys.Add(key, limiter)
	}
	return limiter
}

// Network is whom a peer's address, with or without port, stands for where floods are counted: one IPv4 address, or the /64
// of an IPv6 address, in which one customer of a provider has all addresses to choose from. What is no address is the zero
// Prefix.
func Network(peer string) netip.Prefix {
	if host, _, err := net.SplitHostPort(peer); err == nil {
		peer = host
	}
	ip, err := netip.ParseAddr(peer)
	if err != nil {
		return netip.Prefix{}
	}
	ip, bits := ip.Unmap(), 32
	if ip.Is6() {
		bits = 64
	}
	network, _ := ip.WithZone("").Prefix(bits) // the bits fit the kind of address
	return network
}
