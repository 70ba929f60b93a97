package webchat

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/google/uuid"

	"usher/channels"
)

// Store is what the widget's server reads and marks beside taking messages in.
type Store interface {
	// Site reads a web-chat inbox address; channels.ErrNotFound, wrapped, when there is none of that name.
	Site(ctx context.Context, inboxAddress string) (channels.Site, error)
	// Thread reads what the contact at an address sees, the last limit entries; the zero Thread for a stranger.
	Thread(ctx context.Context, channel, inboxAddress, address string, limit int) (channels.Thread, error)
	// Place tells where a conversation is held; channels.ErrNotFound, wrapped, when there is none.
	Place(ctx context.Context, conversation uuid.UUID) (channels.Place, error)
	// MarkDelivered and MarkRead raise the delivery of what was handed over, up to a sequence. They never lower it.
	MarkDelivered(ctx context.Context, conversation uuid.UUID, upTo int64) error
	MarkRead(ctx context.Context, conversation uuid.UUID, upTo int64) error
	// People says who is there for a site.
	People(ctx context.Context, inboxAddress string) (channels.People, error)
}

// Options are what a Server works with. Receiver, Store and Log are required.
type Options struct {
	Receiver channels.Receiver
	Store    Store
	// Script is the built widget. Without it /widget.js says that it is missing.
	Script []byte
	Log    *slog.Logger
	// MaxConnections bounds open WebSockets. Default 10,000.
	MaxConnections int
	// MaxPerAddress bounds the open WebSockets of one contact: their tabs. Default 8.
	MaxPerAddress int
	// MaxPerNetwork bounds the open WebSockets of one network, which is an IPv4 address or an IPv6 /64, so that no machine
	// alone takes them all. Default 1,000: an office behind one address has fewer people on the page.
	MaxPerNetwork int
	// Keepalive is how often a connection is pinged. Default 25 s, below the idle time-out of common proxies.
	Keepalive time.Duration
	// Window is how long changes of a thread are collected before it is read again. Default 30 ms.
	Window time.Duration
	// PeopleEvery is how often the words about waiting are renewed. Default 30 s.
	PeopleEvery time.Duration

	limits *limits // those of newLimits but in tests
}

func (o Options) withDefaults() Options {
	orInt := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	orTime := func(v *time.Duration, d time.Duration) {
		if *v <= 0 {
			*v = d
		}
	}
	orInt(&o.MaxConnections, 10_000)
	orInt(&o.MaxPerAddress, 8)
	orInt(&o.MaxPerNetwork, 1000)
	orTime(&o.Keepalive, 25*time.Second)
	orTime(&o.Window, 30*time.Millisecond)
	orTime(&o.PeopleEvery, 30*time.Second)
	if o.limits == nil {
		o.limits = newLimits()
	}
	return o
}

// threadLimit is how many entries a browser gets.
const threadLimit = 100

// Server speaks with the widgets. Mount ServeScript and ServeWS, and keep Run running.
type Server struct {
	o      Options
	script script
	hub    *hub

	mu       sync.Mutex
	open     int
	networks map[netip.Prefix]int // open connections of each
	closed   bool
	closing  chan struct{} // closed when the server goes down
	sessions sync.WaitGroup
}

var _ channels.Sender = (*Server)(nil)

// New returns a server. It fails only when the script cannot be compressed.
func New(o Options) (*Server, error) {
	packed, err := newScript(o.Script)
	if err != nil {
		return nil, fmt.Errorf("web chat: %w", err)
	}
	return &Server{o: o.withDefaults(), script: packed, hub: newHub(), networks: map[netip.Prefix]int{}, closing: make(chan struct{})}, nil
}

// Channel is the kind it serves.
func (s *Server) Channel() string { return channels.WebChat }

// Send hands a message over. The thread in the store is what a widget shows, now or whenever the contact comes back,
// so all there is to do is to look: it cannot fail.
func (s *Server) Send(_ context.Context, m channels.Outbound) error {
	s.Changed(m.ConversationID)
	return nil
}

// Changed is told, after the commit, that a conversation has something new. It does not block.
func (s *Server) Changed(conversation uuid.UUID) { s.hub.changed(conversation) }

// Run pushes what is new until ctx ends; then it closes the connections so that browsers come back to another
// server, and waits for them.
func (s *Server) Run(ctx context.Context) error {
	defer s.shut()
	ticker := time.NewTicker(s.o.PeopleEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			s.renewPeople(ctx)
		case <-s.hub.wake:
			pause := s.o.Window
			if !s.refresh(ctx) {
				pause = time.Second
			}
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(pause):
			}
		}
	}
}

// enter admits a connection of a network, or says why not.
func (s *Server) enter(network netip.Prefix, now time.Time) *turnedDown {
	if wait := s.o.limits.networkConnections.Wait(network, now); wait > 0 {
		return &turnedDown{http.StatusTooManyRequests, wait, "too many connections at once from your network; wait and try again"}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed || s.open >= s.o.MaxConnections:
		return &turnedDown{http.StatusServiceUnavailable, 5 * time.Second, "too many connections, or the server is restarting; try again in a few seconds"}
	case s.networks[network] >= s.o.MaxPerNetwork:
		return &turnedDown{http.StatusTooManyRequests, 30 * time.Second, "too many open connections from your network; close some, or try again later"}
	}
	s.open++
	s.networks[network]++
	s.sessions.Add(1)
	return nil
}

func (s *Server) leave(network netip.Prefix) {
	s.mu.Lock()
	s.open--
	if s.networks[network]--; s.networks[network] == 0 {
		delete(s.networks, network)
	}
	s.mu.Unlock()
	s.sessions.Done()
}

func (s *Server) shut() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.closing)
	}
	s.mu.Unlock()
	s.sessions.Wait()
}

// ServeWS answers GET /widget/ws and returns when the connection is over. Floods are counted by the network of the request's
// RemoteAddr: behind a proxy it must be the browser's address.
func (s *Server) ServeWS(w http.ResponseWriter, r *http.Request) {
	network := channels.Network(r.RemoteAddr)
	if no := s.enter(network, time.Now()); no != nil {
		no.answer(w)
		return
	}
	defer s.leave(network)
	s.serve(w, r)
}
