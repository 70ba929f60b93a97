package live

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"go.uber.org/goleak"

	"usher/inbox"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAChangeComesAsTheRowItMade(t *testing.T) {
	b := setup(t)
	br := b.listen(t, "maya")
	id := uuid.New()
	b.hub.Changed(b.raise(id))
	f := br.until("conversation")
	var row struct {
		ID      uuid.UUID
		LastSeq int64 `json:"last_seq"`
	}
	if err := json.Unmarshal(f.Conversation, &row); err != nil || row.ID != id || row.LastSeq != 1 || f.Seq != 1 {
		t.Errorf("got %s at %d, %v", f.Conversation, f.Seq, err)
	}
}

func TestEachAgentGetsTheirOwnViews(t *testing.T) {
	b := setup(t)
	b.signIn("theo")
	maya, theo := b.listen(t, "maya"), b.listen(t, "theo")
	b.hub.Changed(b.raise(uuid.New()))
	if got := string(maya.until("views").Views); got != `{"of":"maya"}` {
		t.Errorf("maya got %s", got)
	}
	if got := string(theo.until("views").Views); got != `{"of":"theo"}` {
		t.Errorf("theo got %s", got)
	}
}

func TestABurstIsReadOnceForAll(t *testing.T) {
	begin := make(chan struct{})
	b := setup(t, func(w *world, o *Options) {
		o.Window = 200 * time.Millisecond
		o.Render = func(ctx context.Context, id uuid.UUID) (json.RawMessage, int64, error) {
			<-begin // the burst is complete before the first row is read
			return w.render(ctx, id)
		}
	})
	browsers := []*browser{b.listen(t, "maya"), b.listen(t, "maya"), b.listen(t, "maya")}
	id := uuid.New()
	for range 100 {
		b.hub.Changed(b.raise(id))
	}
	close(begin)
	for _, br := range browsers {
		for f := br.until("conversation"); f.Seq < 100; f = br.until("conversation") {
		}
	}
	if n := b.renders.Load(); n > 2 {
		t.Errorf("the row was read %d times for 100 changes and 3 browsers, want at most 2", n)
	}
}

func TestWhatABrowserGetsNeverGoesBack(t *testing.T) {
	b := setup(t, func(_ *world, o *Options) { o.Window = time.Microsecond })
	br := b.listen(t, "maya")
	ids := []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	const each = 200
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for i := range each {
				b.hub.Changed(b.raise(ids[i%len(ids)]))
			}
		})
	}
	done := make(chan struct{})
	go func() { writers.Wait(); close(done) }()
	last := map[string]int64{}
	final := func() (sum int64) {
		for _, seq := range last {
			sum += seq
		}
		return sum
	}
	for final() < 4*each {
		f := br.until("conversation")
		var row struct{ ID string }
		if err := json.Unmarshal(f.Conversation, &row); err != nil {
			t.Fatal(err)
		}
		if f.Seq < last[row.ID] {
			t.Fatalf("%s went from %d back to %d", row.ID, last[row.ID], f.Seq)
		}
		last[row.ID] = f.Seq
	}
	<-done
}

func TestTooMuchToNameBecomesARefetch(t *testing.T) {
	b := setup(t, func(_ *world, o *Options) { o.Window = 200 * time.Millisecond })
	br := b.listen(t, "maya")
	for range 10 * maxBurst {
		b.hub.Changed(b.raise(uuid.New()))
	}
	b.hub.mu.Lock()
	n := len(b.hub.dirty)
	b.hub.mu.Unlock()
	br.until("refetch")
	if n > maxBurst {
		t.Errorf("%d conversations are remembered, the bound is %d", n, maxBurst)
	}
}

func TestARowThatCannotBeReadBecomesARefetch(t *testing.T) {
	b := setup(t)
	br := b.listen(t, "maya")
	b.mu.Lock()
	b.fail = errors.New("the database is away")
	b.mu.Unlock()
	b.hub.Changed(inbox.Change{ConversationID: uuid.New()})
	br.until("refetch")
}

func TestAConversationThatIsNoMoreIsGone(t *testing.T) {
	b := setup(t)
	br := b.listen(t, "maya")
	id := uuid.New()
	b.hub.Changed(inbox.Change{ConversationID: id})
	if f := br.until("gone"); *f.ID != id {
		t.Errorf("got %s, want %s", f.ID, id)
	}
}

func TestNobodyConnectedCostsNothing(t *testing.T) {
	b := setup(t)
	b.hub.Changed(b.raise(uuid.New()))
	br := b.listen(t, "maya")
	id := uuid.New()
	b.hub.Changed(b.raise(id))
	br.until("conversation")
	if n := b.renders.Load(); n != 1 {
		t.Errorf("%d rows were read, want the one that somebody listens for", n)
	}
}

func TestPresenceIsToldToEverybody(t *testing.T) {
	b := setup(t)
	br := b.listen(t, "maya")
	id := uuid.New()
	b.hub.Presence(id, inbox.Away)
	if f := br.until("presence"); *f.Agent != id || f.Presence != inbox.Away {
		t.Errorf("got %+v", f)
	}
}

func TestWhoMayListen(t *testing.T) {
	b := setup(t)
	for _, c := range []struct {
		name, signIn, origin string
		want                 int
	}{
		{"signed in, own page", "maya", b.url, http.StatusSwitchingProtocols},
		{"signed in, listed page", "maya", "https://help.example", http.StatusSwitchingProtocols},
		{"no cookie", "", b.url, http.StatusUnauthorized},
		{"dead cookie", "nobody", b.url, http.StatusUnauthorized},
		{"another site", "maya", "https://evil.example", http.StatusForbidden},
		{"the listed host without https", "maya", "http://help.example", http.StatusForbidden},
		{"a host that ends like it", "maya", "https://evilhelp.example", http.StatusForbidden},
		{"no origin", "maya", "", http.StatusForbidden},
		{"a sandboxed page", "maya", "null", http.StatusForbidden},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, resp, err := b.dial(t, c.signIn, c.origin)
			if err == nil {
				defer func() { _ = conn.CloseNow() }()
			}
			if resp == nil || resp.StatusCode != c.want {
				t.Fatalf("got %v, %v, want %d", resp, err, c.want)
			}
		})
	}
}

func TestASignOutEndsTheConnection(t *testing.T) {
	b := setup(t, func(_ *world, o *Options) { o.Keepalive = 10 * time.Millisecond })
	br := b.listen(t, "maya")
	b.signOut("maya")
	if code := br.closed(); code != statusSignIn {
		t.Errorf("closed with %d, want %d", code, statusSignIn)
	}
}

func TestAReaderTooSlowIsDroppedAndTheOthersGoOn(t *testing.T) {
	b := setup(t, func(w *world, o *Options) {
		o.Window = time.Microsecond
		o.Render = func(ctx context.Context, id uuid.UUID) (json.RawMessage, int64, error) {
			_, seq, err := w.render(ctx, id)
			return json.RawMessage(`"` + strings.Repeat("x", 64<<10) + `"`), seq, err
		}
	})
	slow, quick := b.listen(t, "maya"), b.listen(t, "maya")
	var dropped *client
	id := uuid.New()
	for dropped == nil {
		b.hub.Changed(b.raise(id))
		quick.until("conversation")
		b.hub.mu.Lock()
		for c := range b.hub.clients {
			select {
			case <-c.gone:
				dropped = c
			default:
			}
		}
		b.hub.mu.Unlock()
	}
	if code := slow.closed(); code != websocket.StatusTryAgainLater {
		t.Errorf("the slow one was closed with %d", code)
	}
	b.hub.Changed(b.raise(id))
	quick.until("conversation")
}

func TestABrowserHasNothingToSay(t *testing.T) {
	b := setup(t)
	br := b.listen(t, "maya")
	if err := br.conn.Write(t.Context(), websocket.MessageText, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if code := br.closed(); code != websocket.StatusPolicyViolation {
		t.Errorf("closed with %d", code)
	}
}

func TestConnectionsAreBounded(t *testing.T) {
	b := setup(t, func(_ *world, o *Options) { o.MaxConnections = 1 })
	b.listen(t, "maya")
	if _, resp, err := b.dial(t, "maya", b.url); err == nil || resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("a second one got %v", resp)
	}
}

func TestAStopTellsBrowsersToComeBack(t *testing.T) {
	b := setup(t)
	br := b.listen(t, "maya")
	code := make(chan websocket.StatusCode, 1)
	go func() { code <- br.closed() }()
	b.stop()
	if got := <-code; got != websocket.StatusServiceRestart {
		t.Errorf("closed with %d", got)
	}
	if _, resp, err := b.dial(t, "maya", b.url); err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("after the stop a new one got %v", resp)
	}
}

func TestFiveHundredBrowsersAllHear(t *testing.T) {
	b := setup(t)
	const n = 500
	browsers := make([]*browser, n)
	for i := range browsers {
		browsers[i] = b.listen(t, "maya")
	}
	id := uuid.New()
	b.hub.Changed(b.raise(id))
	for _, br := range browsers {
		br.until("conversation")
	}
	if got := b.renders.Load(); got != 1 {
		t.Errorf("the row was read %d times for %d browsers", got, n)
	}
}

func TestAnAgentWithoutAConnectionIsGoneAfterTheGrace(t *testing.T) {
	told := make(chan uuid.UUID, 16)
	b := setup(t, func(w *world, o *Options) {
		o.Grace = 40 * time.Millisecond
		o.Online = func(context.Context) ([]uuid.UUID, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.online, nil
		}
		o.Gone = func(_ context.Context, id uuid.UUID) error {
			told <- id
			return nil
		}
	})
	here, away := b.signIn("here"), b.signIn("away")
	b.listen(t, "here")
	b.mu.Lock()
	b.online = []uuid.UUID{here, away}
	b.mu.Unlock()
	for range 3 {
		if got := <-told; got != away {
			t.Fatal("an agent with a connection was called gone")
		}
	}
}

func TestAbsence(t *testing.T) {
	h := New(Options{Grace: time.Minute})
	start := time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC)
	id := uuid.New()
	absent := func(after time.Duration) bool { return len(h.absent([]uuid.UUID{id}, start, start.Add(after))) == 1 }
	if absent(59 * time.Second) {
		t.Error("gone within the grace after the start")
	}
	if !absent(61 * time.Second) {
		t.Error("not gone after the grace")
	}
	h.seen[id] = start.Add(time.Minute) // left, or seen on another node
	if absent(119*time.Second) || !absent(121*time.Second) {
		t.Error("the grace does not begin with the last connection")
	}
	h.byAgent[id] = 1
	if absent(time.Hour) {
		t.Error("gone with a connection")
	}
	if got := h.Connected(); len(got) != 1 || got[0] != id {
		t.Errorf("connected: %v", got)
	}
}

func TestSeenElsewhereIsNotGone(t *testing.T) {
	h := New(Options{Grace: time.Minute})
	id := uuid.New()
	h.SeenElsewhere([]uuid.UUID{id})
	if got := h.absent([]uuid.UUID{id}, time.Now().Add(-time.Hour), time.Now()); len(got) != 0 {
		t.Errorf("%v called gone while on another node", got)
	}
}
