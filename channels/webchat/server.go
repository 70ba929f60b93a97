package webchat

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
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
	// Keepalive is how often a connection is pinged. Default 25 s, below the idle time-out of common proxies.
	Keepalive time.Duration
	// Window is how long changes of a thread are collected before it is read again. Default 30 ms.
	Window time.Duration
	// PeopleEvery is how often the words about waiting are renewed. Default 30 s.
	PeopleEvery time.Duration
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
	orTime(&o.Keepalive, 25*time.Second)
	orTime(&o.Window, 30*time.Millisecond)
	orTime(&o.PeopleEvery, 30*time.Second)
	return o
}

// threadLimit is how many entries a browser gets.
const threadLimit = 100

// Server speaks with the widgets. Mount ServeScript and ServeWS, and keep Run running.
type Server struct {
	o      Options
	script script
	limits *limits
	hub    *hub

	mu       sync.Mutex
	open     int
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
	return &Server{o: o.withDefaults(), script: packed, limits: newLimits(), hub: newHub(), closing: make(chan struct{})}, nil
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

// enter admits a connection, or says that there is no room.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.open >= s.o.MaxConnections {
		return false
	}
	s.open++
	s.sessions.Add(1)
	return true
}

func (s *Server) leave() {
	s.mu.Lock()
	s.open--
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

// ServeWS answers GET /widget/ws and returns when the connection is over.
func (s *Server) ServeWS(w http.ResponseWriter, r *http.Request) {
	if !s.enter() {
		w.Header().Set("Retry-After", "5")
		http.Error(w, "Too many connections, or the server is restarting. Try again in a few seconds.", http.StatusServiceUnavailable)
		return
	}
	defer s.leave()
	s.serve(w, r)
}
