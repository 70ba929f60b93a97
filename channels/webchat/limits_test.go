package webchat

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"usher/channels"
)

func TestOneNetworkDoesNotTakeAllConnections(t *testing.T) {
	b := setup(t, func(o *Options) { o.MaxPerNetwork = 2 })
	first, _ := b.hello(t, nil)
	b.hello(t, nil)
	b.isTurnedDown(t, "too many open connections from your network")
	if b.server.enter(channels.Network("192.0.2.1"), time.Now()) != nil {
		t.Error("another network is turned down, too")
	}
	b.server.leave(channels.Network("192.0.2.1"))
	_ = first.conn.Close(websocket.StatusNormalClosure, "")
	b.server.mu.Lock()
	for b.server.open > 1 { // until the server has seen it
		b.server.mu.Unlock()
		runtime.Gosched()
		b.server.mu.Lock()
	}
	b.server.mu.Unlock()
	b.hello(t, nil)
}

func TestConnectionsInQuickSuccessionAreTurnedDown(t *testing.T) {
	b := setup(t, func(o *Options) { o.limits.networkConnections = onceAnHour() })
	b.hello(t, nil)
	b.isTurnedDown(t, "too many connections at once from your network")
}

// isTurnedDown checks that a WebSocket is refused with 429, as a problem document that says when to come back.
func (b *bench) isTurnedDown(t *testing.T, detail string) {
	t.Helper()
	_, resp, err := websocket.Dial(t.Context(), strings.Replace(b.url, "http", "ws", 1)+"/widget/ws", nil)
	if err == nil || resp == nil {
		t.Fatalf("the connection was made: %v", err)
	}
	var problem struct {
		Title, Detail string
		Status        int
	}
	if err := json.NewDecoder(resp.Body).Decode(&problem); err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Content-Type") != "application/problem+json" ||
		problem.Status != resp.StatusCode || problem.Title != "Too Many Requests" || !strings.HasPrefix(problem.Detail, detail) {
		t.Errorf("got %s %v %+v", resp.Status, resp.Header, problem)
	}
	if wait, err := strconv.Atoi(resp.Header.Get("Retry-After")); err != nil || wait < 1 {
		t.Errorf("Retry-After is %q", resp.Header.Get("Retry-After"))
	}
}

func TestAFloodUnderEverNewTokensIsRefusedAndStoresNothing(t *testing.T) {
	b := setup(t, func(o *Options) { o.limits.networkMessages = onceAnHour() })
	first, _ := b.hello(t, nil)
	first.answer(fields{"id": "m1", "text": "buy"})
	second, _ := b.hello(t, nil)
	if got := second.answer(fields{"id": "m2", "text": "buy"}); got.Type != "refused" || got.Field != "text" || got.ID != "m2" || got.Retry < 1 {
		t.Errorf("got %+v", got)
	}
	if n := len(b.memory.Entries(channels.WebChat, "web")); n != 1 {
		t.Errorf("%d messages are stored", n)
	}
}

func TestAFloodOfFramesFromOneNetworkIsClosed(t *testing.T) {
	b := setup(t, func(o *Options) { o.limits.networkFrames = onceAnHour() })
	first, _ := b.hello(t, nil)
	second, _ := b.hello(t, nil)
	first.settled()
	second.say(fields{"type": "ping"})
	if code := second.closed(); code != websocket.StatusTryAgainLater {
		t.Errorf("closed with %d", code)
	}
}

func onceAnHour() *channels.Pace[netip.Prefix] {
	return channels.NewPace[netip.Prefix](1.0/3600, 1, 10)
}
