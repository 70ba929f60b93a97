package live

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"usher/inbox"
)

// world is what the hub reads: sign-ins and conversations.
type world struct {
	mu      sync.Mutex
	signIns map[string]inbox.Agent
	seqs    map[uuid.UUID]int64
	online  []uuid.UUID
	fail    error
	renders atomic.Int64
	views   atomic.Int64
}

func newWorld() *world {
	return &world{signIns: map[string]inbox.Agent{}, seqs: map[uuid.UUID]int64{}}
}

func (w *world) SignedIn(_ context.Context, signIn string) (inbox.Agent, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, ok := w.signIns[signIn]
	if !ok {
		return inbox.Agent{}, fmt.Errorf("sign-in: %w", inbox.ErrAuth)
	}
	return a, nil
}

func (w *world) signIn(signIn string) uuid.UUID {
	w.mu.Lock()
	defer w.mu.Unlock()
	a := inbox.Agent{ID: uuid.New(), Name: signIn}
	w.signIns[signIn] = a
	return a.ID
}

func (w *world) signOut(signIn string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.signIns, signIn)
}

// raise writes to a conversation and returns the change to announce.
func (w *world) raise(id uuid.UUID) inbox.Change {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seqs[id]++
	return inbox.Change{ConversationID: id, Seq: w.seqs[id]}
}

func (w *world) render(_ context.Context, id uuid.UUID) (json.RawMessage, int64, error) {
	w.renders.Add(1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		return nil, 0, w.fail
	}
	seq, ok := w.seqs[id]
	if !ok {
		return nil, 0, fmt.Errorf("conversation: %w", inbox.ErrNotFound)
	}
	return json.RawMessage(fmt.Sprintf(`{"id":%q,"last_seq":%d}`, id, seq)), seq, nil
}

func (w *world) options() Options {
	return Options{
		SignIns: w, Render: w.render, Log: slog.New(slog.DiscardHandler), Origins: []string{"https://help.example"},
		Views: func(_ context.Context, a inbox.Agent) (json.RawMessage, error) {
			w.views.Add(1)
			return json.RawMessage(fmt.Sprintf(`{"of":%q}`, a.Name)), nil
		},
		Window: 5 * time.Millisecond, ViewsEvery: 5 * time.Millisecond,
	}
}

type bench struct {
	*world
	hub  *Hub
	url  string
	stop func()
}

func setup(t *testing.T, change ...func(*world, *Options)) *bench {
	t.Helper()
	w := newWorld()
	w.signIn("maya")
	o := w.options()
	for _, c := range change {
		c(w, &o)
	}
	h := New(o)
	web := httptest.NewServer(h)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := h.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	stop := sync.OnceFunc(func() { cancel(); <-done })
	t.Cleanup(web.Close)
	t.Cleanup(stop)
	return &bench{w, h, web.URL, stop}
}

func (b *bench) dial(t *testing.T, signIn, origin string) (*websocket.Conn, *http.Response, error) {
	h := http.Header{}
	if origin != "" {
		h.Set("Origin", origin)
	}
	if signIn != "" {
		h.Set("Cookie", signInCookie+"="+signIn)
	}
	return websocket.Dial(t.Context(), strings.Replace(b.url, "http", "ws", 1), &websocket.DialOptions{HTTPHeader: h})
}

type browser struct {
	t    *testing.T
	conn *websocket.Conn
}

// listen connects and takes the hello.
func (b *bench) listen(t *testing.T, signIn string) *browser {
	t.Helper()
	conn, _, err := b.dial(t, signIn, b.url)
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(4 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	br := &browser{t, conn}
	if f := br.read(); f.Type != "hello" || f.At == nil {
		t.Fatalf("first came %+v, want hello", f)
	}
	return br
}

func (b *browser) read() frame {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 10*time.Second)
	defer cancel()
	_, raw, err := b.conn.Read(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	var f frame
	if err := json.Unmarshal(raw, &f); err != nil {
		b.t.Fatalf("%s: %v", raw, err)
	}
	return f
}

func (b *browser) until(kind string) frame {
	b.t.Helper()
	for {
		if f := b.read(); f.Type == kind {
			return f
		}
	}
}

func (b *browser) closed() websocket.StatusCode {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), 20*time.Second)
	defer cancel()
	for {
		if _, _, err := b.conn.Read(ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}
