package live

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"usher/inbox"
)

const (
	signInCookie = "usher_sign_in"
	// statusSignIn closes the connection of somebody who is not signed in any more.
	statusSignIn websocket.StatusCode = 4401
	// waiting is how many frames may wait for a slow browser; one more and it is dropped, to come back.
	waiting = 256
	// within bounds the write of one frame, the wait for a pong and the check of a sign-in.
	within = 10 * time.Second
	// maxFrame bounds what a browser may say, which is nothing.
	maxFrame = 1 << 10
)

// frame is any frame to a browser; Type says which fields count.
type frame struct {
	Type         string          `json:"type"`
	At           *time.Time      `json:"at,omitempty"`
	ID           *uuid.UUID      `json:"id,omitempty"`
	Conversation json.RawMessage `json:"conversation,omitempty"`
	Seq          int64           `json:"seq,omitempty"`
	Views        json.RawMessage `json:"views,omitempty"`
	Agent        *uuid.UUID      `json:"agent,omitempty"`
	Presence     inbox.Presence  `json:"presence,omitempty"`
}

// encode cannot fail but for a row that is not JSON, which is answered by a refetch.
func encode(f frame) []byte {
	b, err := json.Marshal(f)
	if err != nil {
		return []byte(`{"type":"refetch"}`)
	}
	return b
}

// client is one browser.
type client struct {
	hub    *Hub
	conn   *websocket.Conn
	agent  inbox.Agent
	signIn string
	out    chan []byte
	gone   chan struct{} // closed when it is too slow
	drop   sync.Once
}

func (c *client) send(b []byte) {
	select {
	case c.out <- b:
	default:
		c.drop.Do(func() { close(c.gone) })
	}
}

func (h *Hub) broadcast(f frame) {
	b := encode(f)
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.clients {
		c.send(b)
	}
}

// listener is an agent with their browsers.
type listener struct {
	agent   inbox.Agent
	clients []*client
}

func (h *Hub) listeners() []*listener {
	h.mu.Lock()
	defer h.mu.Unlock()
	byAgent := map[uuid.UUID]*listener{}
	var out []*listener
	for c := range h.clients {
		l := byAgent[c.agent.ID]
		if l == nil {
			l = &listener{agent: c.agent}
			byAgent[c.agent.ID] = l
			out = append(out, l)
		}
		l.clients = append(l.clients, c)
	}
	return out
}

// enter admits a connection, or says that there is no room.
func (h *Hub) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.clients) >= h.o.MaxConnections {
		return false
	}
	h.sessions.Add(1)
	return true
}

func (h *Hub) join(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.clients[c] = struct{}{}
	h.byAgent[c.agent.ID]++
	delete(h.seen, c.agent.ID)
}

func (h *Hub) part(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.clients, c)
	if h.byAgent[c.agent.ID]--; h.byAgent[c.agent.ID] == 0 {
		delete(h.byAgent, c.agent.ID)
		h.seen[c.agent.ID] = time.Now()
	}
}

// ServeHTTP answers GET /api/v1/live and returns when the connection is over.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.allowedOrigin(r) {
		refuse(w, http.StatusForbidden, "origin: this page may not listen here; open Usher at its own address")
		return
	}
	cookie, err := r.Cookie(signInCookie)
	if err != nil {
		refuse(w, http.StatusUnauthorized, "sign in first")
		return
	}
	agent, err := h.o.SignIns.SignedIn(r.Context(), cookie.Value)
	switch {
	case errors.Is(err, inbox.ErrAuth):
		refuse(w, http.StatusUnauthorized, "sign in first")
		return
	case err != nil:
		h.o.Log.Error("tell who wants live updates", "error", err)
		refuse(w, http.StatusServiceUnavailable, "cannot tell who is calling; try again")
		return
	}
	if !h.enter() {
		w.Header().Set("Retry-After", "5")
		refuse(w, http.StatusServiceUnavailable, "too many connections, or the server is restarting; try again in a few seconds")
		return
	}
	defer h.sessions.Done()
	// The origin was checked above, more strictly than Accept does.
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(maxFrame)
	c := &client{hub: h, conn: conn, agent: agent, signIn: cookie.Value, out: make(chan []byte, waiting), gone: make(chan struct{})}
	now := time.Now().UTC()
	c.send(encode(frame{Type: "hello", At: &now}))
	h.join(c)
	defer h.part(c)
	if h.o.Came != nil {
		if err := h.o.Came(r.Context(), agent.ID); err != nil {
			h.o.Log.Error("note that an agent came", "agent", agent.ID, "error", err)
		}
	}
	c.serve(context.WithoutCancel(r.Context()))
}

func refuse(w http.ResponseWriter, status int, remedy string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(status), "status": status, "detail": remedy})
}

// allowedOrigin demands an origin: only pages listen here, and without it another site could ride on the cookie.
func (h *Hub) allowedOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	if strings.EqualFold(u.Host, r.Host) {
		return true
	}
	for _, o := range h.o.Origins {
		if strings.EqualFold(strings.TrimSuffix(o, "/"), u.Scheme+"://"+u.Host) {
			return true
		}
	}
	return false
}

// serve writes until the connection, the sign-in or the server ends, as package webchat does for contacts.
func (c *client) serve(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	var reader sync.WaitGroup
	defer reader.Wait()
	defer func() { _ = c.conn.CloseNow() }() // wakes the reader
	defer cancel()
	reader.Go(func() {
		defer cancel()
		// A browser has nothing to say; reading answers its pings and notices its end.
		_, _, err := c.conn.Read(ctx)
		if err == nil {
			_ = c.conn.Close(websocket.StatusPolicyViolation, "listen only")
		}
	})
	keepalive := time.NewTicker(c.hub.o.Keepalive)
	defer keepalive.Stop()
	for {
		var err error
		select {
		case <-ctx.Done():
			return
		case <-c.gone:
			_ = c.conn.Close(websocket.StatusTryAgainLater, "too slow; come back")
			return
		case <-c.hub.closing:
			_ = c.conn.Close(websocket.StatusServiceRestart, "restarting; come back soon")
			return
		case b := <-c.out:
			err = c.put(ctx, b)
		case <-keepalive.C:
			err = c.alive(ctx)
		}
		if err != nil {
			return
		}
	}
}

// put writes one frame.
func (c *client) put(ctx context.Context, b []byte) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return c.conn.Write(ctx, websocket.MessageText, b)
}

// alive looks whether the sign-in still stands, and pings. A store that cannot say is no reason to go.
func (c *client) alive(ctx context.Context) error {
	if errors.Is(c.signedIn(ctx), inbox.ErrAuth) {
		_ = c.conn.Close(statusSignIn, "sign in first")
		return inbox.ErrAuth
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	return c.conn.Ping(ctx)
}

func (c *client) signedIn(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	_, err := c.hub.o.SignIns.SignedIn(ctx, c.signIn)
	return err
}
