package live

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"usher/inbox"
)

// SignIns says who is behind a sign-in; inbox.ErrAuth when nobody is.
type SignIns interface {
	SignedIn(ctx context.Context, signIn string) (inbox.Agent, error)
}

// Options are what a Hub works with. SignIns, Render, Views and Log are required.
type Options struct {
	SignIns SignIns
	// Render reads a conversation's row as the browser wants it, and the sequence it stands at. inbox.ErrNotFound,
	// wrapped, when there is none.
	Render func(ctx context.Context, conversation uuid.UUID) (row json.RawMessage, seq int64, err error)
	// Views reads the sizes of an agent's lists.
	Views func(ctx context.Context, agent inbox.Agent) (json.RawMessage, error)
	// Online lists the agents who say they are online, and Gone is told each of them who has had no connection for
	// Grace. Both or neither.
	Online func(ctx context.Context) ([]uuid.UUID, error)
	Gone   func(ctx context.Context, agent uuid.UUID) error
	// Came is told each agent who connects; nil when nobody asks.
	Came func(ctx context.Context, agent uuid.UUID) error
	// Origins are the pages that may connect beside the server's own host, such as "https://help.example".
	Origins []string
	Log     *slog.Logger

	// Grace. Default 60 s: long enough for a reload, a train tunnel, or a restart of the server.
	Grace time.Duration
	// Window is how long changes of a conversation are collected before its row is read. Default 50 ms.
	Window time.Duration
	// ViewsEvery is the shortest time between two readings of the views. Default 1 s.
	ViewsEvery time.Duration
	// Keepalive is how often a connection is pinged and its sign-in checked. Default 30 s.
	Keepalive time.Duration
	// MaxConnections bounds open connections. Default 2,000.
	MaxConnections int
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		v *time.Duration
		d time.Duration
	}{{&o.Grace, time.Minute}, {&o.Window, 50 * time.Millisecond}, {&o.ViewsEvery, time.Second}, {&o.Keepalive, 30 * time.Second}} {
		if *d.v <= 0 {
			*d.v = d.d
		}
	}
	if o.MaxConnections <= 0 {
		o.MaxConnections = 2000
	}
	return o
}

// maxBurst is how many conversations one window may push by row. Beyond it browsers are told to fetch what they
// show: that is a page each, and cheaper than every row.
const maxBurst = 256

// Hub feeds the connections. Safe for concurrent use; keep Run running.
type Hub struct {
	o Options

	rows  chan struct{} // signalled when dirty grew
	views chan struct{} // signalled when lists may have changed size

	mu       sync.Mutex
	clients  map[*client]struct{}
	byAgent  map[uuid.UUID]int
	seen     map[uuid.UUID]time.Time // when an agent without connection here was last connected anywhere
	dirty    map[uuid.UUID]struct{}
	overflow bool
	closed   bool
	closing  chan struct{} // closed when the hub goes down
	sessions sync.WaitGroup
}

// New returns a hub.
func New(o Options) *Hub {
	return &Hub{
		o: o.withDefaults(), rows: make(chan struct{}, 1), views: make(chan struct{}, 1), clients: map[*client]struct{}{},
		byAgent: map[uuid.UUID]int{}, seen: map[uuid.UUID]time.Time{}, dirty: map[uuid.UUID]struct{}{}, closing: make(chan struct{}),
	}
}

// Changed is told, after the commit, that a conversation changed. It does not block; with nobody connected it costs
// nothing.
func (h *Hub) Changed(c inbox.Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.clients) == 0 {
		return
	}
	if len(h.dirty) >= maxBurst {
		h.overflow = true
	} else {
		h.dirty[c.ConversationID] = struct{}{}
	}
	signal(h.rows)
	signal(h.views)
}

// Presence tells everybody that an agent's presence changed.
func (h *Hub) Presence(agent uuid.UUID, p inbox.Presence) {
	h.broadcast(frame{Type: "presence", Agent: &agent, Presence: p})
}

// Connected lists the agents with a connection here. Nodes tell it each other, see SeenElsewhere.
func (h *Hub) Connected() []uuid.UUID {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := make([]uuid.UUID, 0, len(h.byAgent))
	for id := range h.byAgent {
		out = append(out, id)
	}
	return out
}

// SeenElsewhere notes that agents have a connection on another node, so that they do not count as gone here. It holds
// for Grace.
func (h *Hub) SeenElsewhere(agents []uuid.UUID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := time.Now()
	for _, id := range agents {
		h.seen[id] = now
	}
}

func signal(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Run pushes until ctx ends; then it closes the connections, so that browsers come back to another server, and waits
// for them.
func (h *Hub) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { h.runRows(ctx) })
	wg.Go(func() { h.runViews(ctx) })
	if h.o.Online != nil && h.o.Gone != nil {
		wg.Go(func() { h.runGone(ctx) })
	}
	<-ctx.Done()
	h.mu.Lock()
	if !h.closed {
		h.closed = true
		close(h.closing)
	}
	h.mu.Unlock()
	wg.Wait()
	h.sessions.Wait()
	return nil
}

// pause waits and reports whether ctx is still going.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// runRows reads each changed conversation once per window and gives the row to everybody. One loop reads and sends,
// so what browsers get of a conversation never goes back in time.
func (h *Hub) runRows(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.rows:
		}
		ids, refetch := h.takeDirty()
		if !refetch {
			frames := h.render(ctx, ids)
			for _, f := range frames {
				if f.Type == "refetch" {
					refetch = true
				} else {
					h.broadcast(f)
				}
			}
		}
		wait := h.o.Window
		if refetch {
			h.broadcast(frame{Type: "refetch"})
			wait = max(wait, h.o.ViewsEvery)
		}
		if !pause(ctx, wait) {
			return
		}
	}
}

func (h *Hub) takeDirty() ([]uuid.UUID, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	ids := make([]uuid.UUID, 0, len(h.dirty))
	for id := range h.dirty {
		ids = append(ids, id)
	}
	overflow := h.overflow
	clear(h.dirty)
	h.overflow = false
	return ids, overflow
}

// readers is how many rows are read at a time.
const readers = 4

// render reads the rows. One that cannot be read is answered by a refetch: the browser then meets the error itself.
func (h *Hub) render(ctx context.Context, ids []uuid.UUID) []frame {
	frames := make([]frame, len(ids))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(readers, len(ids)) {
		wg.Go(func() {
			for i := range next {
				frames[i] = h.row(ctx, ids[i])
			}
		})
	}
	for i := range ids {
		next <- i
	}
	close(next)
	wg.Wait()
	return frames
}

func (h *Hub) row(ctx context.Context, id uuid.UUID) frame {
	row, seq, err := h.o.Render(ctx, id)
	if err == nil {
		return frame{Type: "conversation", Conversation: row, Seq: seq}
	}
	if errors.Is(err, inbox.ErrNotFound) {
		return frame{Type: "gone", ID: &id}
	}
	if ctx.Err() == nil {
		h.o.Log.Error("read a changed conversation for the agents", "conversation", id, "error", err)
	}
	return frame{Type: "refetch"}
}

// runViews reads the sizes of the lists for each connected agent. The more agents there are the longer a round
// takes, and the pause after it grows with it, so it never takes more than a fifth of one connection's time.
func (h *Hub) runViews(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.views:
		}
		begin := time.Now()
		for _, l := range h.listeners() {
			h.sendViews(ctx, l)
		}
		if !pause(ctx, max(h.o.ViewsEvery, 4*time.Since(begin))) {
			return
		}
	}
}

func (h *Hub) sendViews(ctx context.Context, l *listener) {
	v, err := h.o.Views(ctx, l.agent)
	if err != nil {
		if ctx.Err() == nil {
			h.o.Log.Error("read the views for an agent", "agent", l.agent.ID, "error", err)
		}
		return
	}
	b := encode(frame{Type: "views", Views: v})
	for _, c := range l.clients {
		c.send(b)
	}
}

// runGone looks for agents who say they are online and are not there.
func (h *Hub) runGone(ctx context.Context) {
	begin := time.Now()
	for pause(ctx, h.o.Grace/4) {
		online, err := h.o.Online(ctx)
		if err != nil {
			if ctx.Err() == nil {
				h.o.Log.Error("list who is online", "error", err)
			}
			continue
		}
		for _, id := range h.absent(online, begin, time.Now()) {
			if err := h.o.Gone(ctx, id); err != nil && ctx.Err() == nil {
				h.o.Log.Error("note that an agent is gone", "agent", id, "error", err)
			}
		}
	}
}

// absent picks those who have had no connection for Grace, counted from the hub's start for those never seen.
func (h *Hub) absent(online []uuid.UUID, begin, now time.Time) []uuid.UUID {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []uuid.UUID
	for _, id := range online {
		last := begin
		if t, ok := h.seen[id]; ok && t.After(begin) {
			last = t
		}
		if h.byAgent[id] == 0 && now.Sub(last) >= h.o.Grace {
			out = append(out, id)
		}
	}
	return out
}
