package main

import (
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"usher/inbox/api"
)

// forwardedFor is the header in which proxies say who calls: each adds whom it hears at the end.
const forwardedFor = "X-Forwarded-For"

// caller is whom a request comes from, as far as trusted proxies say.
type caller struct {
	address netip.Addr // the zero Addr when the peer has none
	// hidden is when the header says more than is believed: there is somebody behind address, or says to be.
	hidden bool
	// unread is when an entry that a trusted proxy vouches for is no address.
	unread bool
}

// callerOf follows the header of a request from its peer on, for as long as whoever added an entry is trusted.
func callerOf(r *http.Request, trusted func(netip.Addr) bool) caller {
	var c caller
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return c
	}
	c.address = plain(peer.Addr())
	// A proxy may add a line instead of an entry; the lines are one list.
	entries := strings.FieldsFunc(strings.Join(r.Header.Values(forwardedFor), ","), func(r rune) bool { return r == ',' || r == ' ' || r == '\t' })
	for _, entry := range slices.Backward(entries) {
		if !trusted(c.address) {
			c.hidden = true
			return c
		}
		address, ok := addressOf(entry)
		if !ok {
			c.hidden, c.unread = true, true
			return c
		}
		c.address = address
	}
	return c
}

// addressOf reads an entry: an address, which may stand in brackets and have a port.
func addressOf(entry string) (netip.Addr, bool) {
	if withPort, err := netip.ParseAddrPort(entry); err == nil {
		return plain(withPort.Addr()), true
	}
	if inner, ok := strings.CutPrefix(entry, "["); ok {
		if entry, ok = strings.CutSuffix(inner, "]"); !ok {
			return netip.Addr{}, false
		}
	}
	address, err := netip.ParseAddr(entry)
	return plain(address), err == nil
}

// plain is an address in the one form that is compared.
func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

// isNear reports whether an address is of this machine or of a private network: nobody on the Internet calls from one, but a
// proxy does.
func isNear(a netip.Addr) bool { return a.IsLoopback() || a.IsPrivate() }

// callers makes the RemoteAddr of each request that of whoever calls, also through trusted proxies: floods are counted by
// it. What others say in the header is not believed. When that comes from near by it is a proxy that was not listed, most
// likely, and all of its callers look like one: they are a crowd. From the Internet it is somebody who says to be somebody else.
func (a *app) callers() gin.HandlerFunc {
	networks := a.config.trustedNetworks()
	trusted := func(ip netip.Addr) bool {
		return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(ip) })
	}
	if a.config.lacksProxy() {
		a.log.Warn("USHER_PUBLIC_URL is for browsers elsewhere, and no proxy is trusted: all who come through one count as one caller; name it in USHER_TRUSTED_PROXIES", "url", a.config.PublicURL)
	}
	var unlisted, unread, stranger sync.Once
	return func(c *gin.Context) {
		by := callerOf(c.Request, trusted)
		switch {
		case by.unread:
			unread.Do(func() {
				a.log.Warn("a trusted proxy sends an X-Forwarded-For that does not read, so all of its callers count as one; have it send addresses, with or without port", "from", by.address)
			})
		case by.hidden && isNear(by.address):
			unlisted.Do(func() {
				a.log.Warn("a proxy passes requests on and is not trusted, so all of its callers count as one, and sign-ins are not limited by network; name it in USHER_TRUSTED_PROXIES", "from", by.address)
			})
		case by.hidden && len(networks) == 0:
			stranger.Do(func() {
				a.log.Warn("somebody sends X-Forwarded-For and is not trusted; if it is your proxy, all of its callers count as one: name it in USHER_TRUSTED_PROXIES", "from", by.address)
			})
		}
		if by.unread || by.hidden && isNear(by.address) {
			c.Request = api.Crowd(c.Request)
		}
		if peer, err := netip.ParseAddrPort(c.Request.RemoteAddr); err == nil && plain(peer.Addr()) != by.address {
			c.Request.RemoteAddr = netip.AddrPortFrom(by.address, 0).String() // its port is not known
		}
		c.Next()
	}
}
