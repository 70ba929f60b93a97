package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"usher/channels"
)

const (
	// maxFrame takes a text of 64 KiB in which every character is escaped to two.
	maxFrame = 160 << 10
	// helloWithin is how long a new connection may keep silent.
	helloWithin = 10 * time.Second
	// answerWithin bounds what one frame may cost, the write of one frame, and the wait for a pong.
	answerWithin = 15 * time.Second
	// waiting is how many frames may wait for a slow browser; one more and it is dropped, to come back.
	waiting = 256
)

// session is one connection after its hello.
type session struct {
	server  *Server
	conn    *websocket.Conn
	network netip.Prefix
	site    channels.Site
	person  person
	thread  thread
	frames  *rate.Limiter
	out     chan []byte
	gone    chan struct{} // closed when the browser is too slow
	drop    sync.Once

	mu            sync.Mutex
	welcomed      bool
	missed        bool                            // something changed while the welcome was made
	shown         map[uuid.UUID][]channels.Choice // entries that the browser has, with what they offer
	conversations map[uuid.UUID]struct{}
	conversation  uuid.UUID
	status        string
	people        people
	marked        map[mark]int64
}

// mark is what a browser says about the entries of a conversation.
type mark struct {
	conversation uuid.UUID
	state        string
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	// The origin is checked against the site, which the browser names in its hello.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(maxFrame)
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	c := &session{
		server: s, conn: conn, network: channels.Network(r.RemoteAddr), frames: rate.NewLimiter(framePerSec, frameBurst),
		out: make(chan []byte, waiting), gone: make(chan struct{}), marked: map[mark]int64{},
	}
	var writer sync.WaitGroup
	writer.Go(func() { c.write(ctx) })
	defer writer.Wait()
	defer cancel()
	if c.hello(ctx, r) {
		defer s.hub.part(c)
		c.read(ctx)
	}
}

// hello takes the first frame and welcomes or refuses. On false the connection is closed already.
func (c *session) hello(ctx context.Context, r *http.Request) bool {
	within, cancel := context.WithTimeout(ctx, helloWithin)
	defer cancel()
	req, ok := c.next(within)
	if !ok {
		return false
	}
	if req.Type != "hello" {
		return c.turnAway(ctx, statusBadHello, refuse("type", "must be hello in the first frame"))
	}
	no, err := c.admit(within, req, r)
	if err != nil {
		c.server.o.Log.Error("welcome a widget", "inbox", req.Inbox, "error", err)
		_ = c.conn.Close(websocket.StatusTryAgainLater, "try again later")
		return false
	}
	if no != nil {
		return c.turnAway(ctx, statusRefused, no)
	}
	if !c.server.hub.join(c, c.server.o.MaxPerAddress) {
		return c.turnAway(ctx, websocket.StatusTryAgainLater, refuse("tabs", "are too many for one person; close one"))
	}
	if err := c.welcome(within); err != nil {
		c.server.hub.part(c)
		c.server.o.Log.Error("welcome a widget", "inbox", req.Inbox, "error", err)
		_ = c.conn.Close(websocket.StatusTryAgainLater, "try again later")
		return false
	}
	return true
}

// admit finds the site and the person, or says why not.
func (c *session) admit(ctx context.Context, req request, r *http.Request) (*refused, error) {
	site, err := c.server.o.Store.Site(ctx, req.Inbox)
	if errors.Is(err, channels.ErrNotFound) {
		return refuse("inbox", "is not an inbox address of the web chat; check data-inbox in the script tag"), nil
	}
	if err != nil {
		return nil, err
	}
	if !allowedOrigin(site.Settings, r.Header.Get("Origin"), r.Host) {
		return refuse("origin", "may not talk to this inbox; add this page's origin to the settings of the inbox address"), nil
	}
	p, no := identify(site, req)
	if no != nil {
		return no, nil
	}
	probe := channels.Message{Channel: channels.WebChat, InboxAddress: req.Inbox, From: p.address, ContactID: p.contactID, Name: p.name, Email: p.email, Text: "-"}
	var invalid *channels.InvalidError
	if err := probe.Validate(); errors.As(err, &invalid) {
		return refuse("user."+invalid.Field, invalid.Remedy), nil
	}
	c.site, c.person, c.thread = site, p, thread{req.Inbox, p.address}
	return nil, nil
}

// turnAway says no, then closes. The writer is idle before the welcome, so the frame goes out here.
func (c *session) turnAway(ctx context.Context, code websocket.StatusCode, no *refused) bool {
	if b, err := json.Marshal(no); err == nil {
		_ = c.put(ctx, b)
	}
	_ = c.conn.Close(code, no.Field)
	return false
}

func (c *session) welcome(ctx context.Context) error {
	store := c.server.o.Store
	t, err := store.Thread(ctx, channels.WebChat, c.thread.site, c.thread.address, threadLimit)
	if err != nil {
		return err
	}
	p, err := store.People(ctx, c.thread.site)
	if err != nil {
		return err
	}
	w := welcome{
		Type: "welcome", Visitor: c.person.token, Company: c.site.Name, Greeting: c.site.Settings.Greeting,
		Accent: c.site.Settings.Accent, Status: t.Status, Entries: []entry{}, People: peopleFrom(p),
	}
	if t.ConversationID != uuid.Nil {
		w.Conversation = t.ConversationID.String()
	}
	for _, e := range t.Entries {
		w.Entries = append(w.Entries, entryFrom(e))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.remember(t)
	c.people = w.People
	c.send(w)
	c.welcomed = true
	if c.missed {
		c.server.hub.touch(c.thread)
	}
	return nil
}

// remember notes what the browser has of its thread. Call with the lock.
func (c *session) remember(t channels.Thread) {
	c.shown, c.conversations = make(map[uuid.UUID][]channels.Choice, len(t.Entries)), map[uuid.UUID]struct{}{}
	c.conversation, c.status = t.ConversationID, t.Status
	for _, e := range t.Entries {
		c.shown[e.MessageID] = e.Choices
		c.conversations[e.ConversationID] = struct{}{}
	}
}

// show pushes what the browser does not have of its thread.
func (c *session) show(t channels.Thread) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.welcomed {
		c.missed = true
		return
	}
	for _, e := range t.Entries {
		if _, has := c.shown[e.MessageID]; !has {
			c.send(entryFrame{"entry", entryFrom(e)})
		}
	}
	if t.ConversationID != uuid.Nil && (t.Status != c.status || t.ConversationID != c.conversation) {
		c.send(statusFrame{"status", t.ConversationID, t.Status})
	}
	c.remember(t)
}

// tell pushes the words about waiting when they changed.
func (c *session) tell(p people) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.welcomed && p != c.people {
		c.people = p
		c.send(peopleFrame{"people", p})
	}
}

// next reads a frame. On false the connection is over; a frame that is not of the protocol ends it.
func (c *session) next(ctx context.Context) (request, bool) {
	kind, b, err := c.conn.Read(ctx)
	if err != nil {
		return request{}, false
	}
	req, err := parse(b)
	if kind != websocket.MessageText || err != nil {
		return request{}, c.turnAway(ctx, statusBadHello, refuse("frame", errFrame.Error()))
	}
	return req, true
}

func (c *session) read(ctx context.Context) {
	for {
		req, ok := c.next(ctx)
		if !ok {
			return
		}
		if !c.frames.Allow() || c.server.o.limits.networkFrames.Wait(c.network, time.Now()) > 0 {
			_ = c.conn.Close(websocket.StatusTryAgainLater, "too many frames; come back in a few seconds")
			return
		}
		within, cancel := context.WithTimeout(ctx, answerWithin)
		switch req.Type {
		case "message":
			c.send(c.take(within, req))
		case "seen":
			c.seen(within, req)
		case "ping":
			c.send(map[string]string{"type": "pong"})
		default:
			c.send(refuse("type", "must be message, seen or ping after the hello"))
		}
		cancel()
	}
}

// send queues a frame. A browser that lets too many wait is dropped; it comes back and gets its thread anew.
func (c *session) send(v any) {
	b, err := json.Marshal(v)
	if err != nil {
		c.server.o.Log.Error("write a frame for a widget", "error", err)
		return
	}
	select {
	case c.out <- b:
	default:
		c.drop.Do(func() { close(c.gone) })
	}
}

// write sends what is queued and pings, until the connection or the server ends. Package live writes to agents in the
// same way; each has its own, since package channels, which both know, holds no I/O.
func (c *session) write(ctx context.Context) {
	keepalive := time.NewTicker(c.server.o.Keepalive)
	defer keepalive.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-c.gone:
			_ = c.conn.Close(websocket.StatusTryAgainLater, "too slow; come back")
			return
		case <-c.server.closing:
			_ = c.conn.Close(websocket.StatusServiceRestart, "restarting; come back soon")
			return
		case b := <-c.out:
			err = c.put(ctx, b)
		case <-keepalive.C:
			err = c.ping(ctx)
		}
		if err != nil {
			_ = c.conn.CloseNow() // wakes the reader
			return
		}
	}
}

// put writes one frame.
func (c *session) put(ctx context.Context, b []byte) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	return c.conn.Write(ctx, websocket.MessageText, b)
}

// ping asks for a pong and waits for it.
func (c *session) ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	return c.conn.Ping(ctx)
}
