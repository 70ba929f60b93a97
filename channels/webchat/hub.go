package webchat

import (
	"context"
	"errors"
	"sync"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"usher/channels"
)

const (
	// maxPlaces bounds what is remembered of where conversations are; a full table is forgotten and found again.
	maxPlaces = 50_000
	// maxUnknown bounds the conversations that wait to be located; beyond it every open thread is read again.
	maxUnknown = 10_000
	// readers is how many threads are read at a time.
	readers = 4
)

// thread names what a contact sees on a site. All tabs of a contact share it.
type thread struct{ site, address string }

// hub knows the open connections of each thread, and which threads changed.
type hub struct {
	wake chan struct{}

	mu       sync.Mutex
	sessions map[thread]map[*session]struct{}
	places   map[uuid.UUID]thread // the zero thread: not on this channel
	dirty    map[thread]struct{}
	unknown  map[uuid.UUID]struct{}
}

func newHub() *hub {
	return &hub{
		wake: make(chan struct{}, 1), sessions: map[thread]map[*session]struct{}{}, places: map[uuid.UUID]thread{},
		dirty: map[thread]struct{}{}, unknown: map[uuid.UUID]struct{}{},
	}
}

// join adds a connection unless its contact has limit of them already.
func (h *hub) join(s *session, limit int) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.sessions[s.thread]) >= limit {
		return false
	}
	if h.sessions[s.thread] == nil {
		h.sessions[s.thread] = map[*session]struct{}{}
	}
	h.sessions[s.thread][s] = struct{}{}
	return true
}

func (h *hub) part(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.sessions[s.thread], s)
	if len(h.sessions[s.thread]) == 0 {
		delete(h.sessions, s.thread)
		delete(h.dirty, s.thread)
	}
}

func (h *hub) changed(conversation uuid.UUID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.sessions) == 0 {
		return
	}
	t, known := h.places[conversation]
	switch {
	case known && h.sessions[t] == nil:
		return
	case known:
		h.dirty[t] = struct{}{}
	case len(h.unknown) < maxUnknown:
		h.unknown[conversation] = struct{}{}
	default:
		for t := range h.sessions {
			h.dirty[t] = struct{}{}
		}
	}
	h.signal()
}

// touch makes a thread be read again.
func (h *hub) touch(t thread) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sessions[t] != nil {
		h.dirty[t] = struct{}{}
		h.signal()
	}
}

func (h *hub) signal() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// take empties the lists of what changed.
func (h *hub) take() (unknown []uuid.UUID, dirty []thread) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id := range h.unknown {
		unknown = append(unknown, id)
	}
	for t := range h.dirty {
		dirty = append(dirty, t)
	}
	clear(h.unknown)
	clear(h.dirty)
	return unknown, dirty
}

// placed remembers where a conversation is and reports whether somebody has it open.
func (h *hub) placed(conversation uuid.UUID, t thread) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.places) >= maxPlaces {
		clear(h.places)
	}
	h.places[conversation] = t
	return h.sessions[t] != nil
}

// forgetPlaces makes conversations be located anew: one may have moved to another address of its contact.
func (h *hub) forgetPlaces() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.places)
}

func (h *hub) of(t thread) []*session {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]*session, 0, len(h.sessions[t]))
	for s := range h.sessions[t] {
		out = append(out, s)
	}
	return out
}

// bySite lists the connections of each site.
func (h *hub) bySite() map[string][]*session {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := map[string][]*session{}
	for t, sessions := range h.sessions {
		for s := range sessions {
			out[t.site] = append(out[t.site], s)
		}
	}
	return out
}

// refresh reads the threads that changed, each once, and pushes what is new. It reports false when some could not be
// read; those stay on the list.
func (s *Server) refresh(ctx context.Context) bool {
	unknown, dirty := s.hub.take()
	again := make(chan func(), len(unknown)+len(dirty))
	var located sync.Map
	var work errgroup.Group
	work.SetLimit(readers)
	for _, id := range unknown {
		work.Go(func() error {
			t, err := s.locate(ctx, id)
			if err != nil {
				again <- func() { s.hub.changed(id) }
				return err
			}
			if s.hub.placed(id, t) {
				located.Store(t, true)
			}
			return nil
		})
	}
	failed := work.Wait()
	for _, t := range dirty {
		located.Store(t, true)
	}
	work = errgroup.Group{}
	work.SetLimit(readers)
	located.Range(func(k, _ any) bool {
		t, _ := k.(thread)
		work.Go(func() error {
			if err := s.push(ctx, t); err != nil {
				again <- func() { s.hub.touch(t) }
				return err
			}
			return nil
		})
		return true
	})
	if err := errors.Join(failed, work.Wait()); err != nil && ctx.Err() == nil {
		s.o.Log.Error("push to the widgets; trying again", "error", err)
	}
	failures := len(again)
	for range failures {
		(<-again)()
	}
	return failures == 0
}

func (s *Server) locate(ctx context.Context, conversation uuid.UUID) (thread, error) {
	p, err := s.o.Store.Place(ctx, conversation)
	if errors.Is(err, channels.ErrNotFound) || err == nil && p.Channel != channels.WebChat {
		return thread{}, nil
	}
	return thread{p.InboxAddress, p.Address}, err
}

func (s *Server) push(ctx context.Context, t thread) error {
	sessions := s.hub.of(t)
	if len(sessions) == 0 {
		return nil
	}
	now, err := s.o.Store.Thread(ctx, channels.WebChat, t.site, t.address, threadLimit)
	if err != nil {
		return err
	}
	for _, session := range sessions {
		session.show(now)
	}
	return nil
}

// renewPeople tells the widgets how long a person takes, where that changed.
func (s *Server) renewPeople(ctx context.Context) {
	s.hub.forgetPlaces()
	for site, sessions := range s.hub.bySite() {
		p, err := s.o.Store.People(ctx, site)
		if err != nil {
			if ctx.Err() == nil {
				s.o.Log.Error("renew the words about waiting", "inbox", site, "error", err)
			}
			continue
		}
		for _, session := range sessions {
			session.tell(peopleFrom(p))
		}
	}
}
