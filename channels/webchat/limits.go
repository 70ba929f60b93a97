package webchat

import (
	"encoding/json"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"usher/channels"
)

const (
	// A person writes a few lines in a row; ten at once and one in two seconds is beyond any of them.
	messageBurst = 10
	messageEvery = 2 * time.Second
	// Marks and pings are small but not free.
	frameBurst  = 100
	framePerSec = 20

	// What one network may do is far beyond an office behind one address: five hundred people who open the page in the
	// same moment, as after a restart of this server, and a hundred who write a line every ten seconds all day. A flood
	// from one machine comes to a percent of what a node can take.
	networkConnectionBurst  = 500
	networkConnectionPerSec = 20
	networkMessageBurst     = 200
	networkMessagePerSec    = 10
	networkFrameBurst       = 2000
	networkFramePerSec      = 200

	// maxLimited bounds how many contact addresses, and how many networks, are remembered.
	maxLimited = 50_000
)

// limits bounds how fast contact addresses and networks are, over all of their connections and beyond their ends.
type limits struct {
	messages           *channels.Pace[string] // by contact address
	networkMessages    *channels.Pace[netip.Prefix]
	networkConnections *channels.Pace[netip.Prefix]
	networkFrames      *channels.Pace[netip.Prefix]
}

func newLimits() *limits {
	return &limits{
		messages:           channels.NewPace[string](1/messageEvery.Seconds(), messageBurst, maxLimited),
		networkMessages:    channels.NewPace[netip.Prefix](networkMessagePerSec, networkMessageBurst, maxLimited),
		networkConnections: channels.NewPace[netip.Prefix](networkConnectionPerSec, networkConnectionBurst, maxLimited),
		networkFrames:      channels.NewPace[netip.Prefix](networkFramePerSec, networkFrameBurst, maxLimited),
	}
}

// wait is how long a contact must wait before the next message; 0 means that this one may pass and is counted. One who is
// too fast does not use up what the others of the network may send.
func (l *limits) wait(address string, network netip.Prefix, now time.Time) time.Duration {
	if d := l.messages.Wait(address, now); d > 0 {
		return d
	}
	return l.networkMessages.Wait(network, now)
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// turnedDown is why a request does not become a connection, and when to try again.
type turnedDown struct {
	status int
	after  time.Duration
	detail string
}

// answer writes a problem document (RFC 9457).
func (t *turnedDown) answer(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(max(1, seconds(t.after))))
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(t.status)
	_ = json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(t.status), "status": t.status, "detail": t.detail}) // or the browser went away
}
