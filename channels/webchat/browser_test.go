package webchat

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"go.uber.org/goleak"

	"usher/channels"
	"usher/channels/channelstest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var secret = []byte("the secret of the inbox address")

// bench is a running server on a memory.
type bench struct {
	memory *channelstest.Memory
	server *Server
	url    string
	stop   func() // ends Run and waits
}

func setup(t *testing.T, change ...func(*Options)) *bench {
	t.Helper()
	m := channelstest.NewMemory()
	return open(t, m, change...)
}

func open(t *testing.T, m *channelstest.Memory, change ...func(*Options)) *bench {
	t.Helper()
	m.Add(channels.WebChat, channels.Site{Address: "web", Name: "Acme", Secret: secret})
	m.SetPeople("web", channels.People{Online: 2, Typical: 4 * time.Minute, Cases: 40})
	o := Options{Receiver: m, Store: m, Log: slog.New(slog.DiscardHandler), Window: time.Millisecond, limits: newLimits()}
	for _, c := range change {
		c(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	m.Changed = s.Changed
	mux := http.NewServeMux()
	mux.HandleFunc("/widget/ws", s.ServeWS)
	mux.HandleFunc("/widget.js", s.ServeScript)
	web := httptest.NewServer(mux)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	stopped := false
	b := &bench{m, s, web.URL, func() {
		if !stopped {
			stopped = true
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}}
	t.Cleanup(web.Close)
	t.Cleanup(b.stop)
	return b
}

// frame is whatever the server said.
type frame struct {
	Type, ID, Field, Remedy, Visitor, Company, Greeting, Status string

	Retry        int
	Seq          int64
	MessageID    uuid.UUID `json:"message_id"`
	Conversation string
	Entries      []entry
	Entry        entry
	People       people
}

type browser struct {
	t    *testing.T
	conn *websocket.Conn
}

// dial opens a connection without a word.
func (b *bench) dial(t *testing.T, header http.Header) *browser {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), strings.Replace(b.url, "http", "ws", 1)+"/widget/ws", &websocket.DialOptions{HTTPHeader: header})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetReadLimit(32 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &browser{t, conn}
}

type fields map[string]any

// hello opens a connection and says hello on the site.
func (b *bench) hello(t *testing.T, f fields) (*browser, frame) {
	t.Helper()
	br := b.dial(t, nil)
	return br, br.hello(f)
}

func (b *browser) hello(f fields) frame {
	b.t.Helper()
	b.sayHello(f)
	return b.read()
}

func (b *browser) sayHello(f fields) {
	b.t.Helper()
	all := fields{"type": "hello", "inbox": "web"}
	for k, v := range f {
		all[k] = v
	}
	b.say(all)
}

func (b *browser) say(f fields) {
	b.t.Helper()
	out, err := json.Marshal(f)
	if err != nil {
		b.t.Fatal(err)
	}
	b.raw(string(out))
}

func (b *browser) raw(text string) {
	b.t.Helper()
	if err := b.conn.Write(b.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		b.t.Fatal(err)
	}
}

// read returns the next frame and fails the test when none comes.
func (b *browser) read() frame {
	b.t.Helper()
	f, err := b.next()
	if err != nil {
		b.t.Fatal(err)
	}
	return f
}

func (b *browser) next() (frame, error) {
	ctx, cancel := context.WithTimeout(b.t.Context(), 10*time.Second)
	defer cancel()
	_, got, err := b.conn.Read(ctx)
	if err != nil {
		return frame{}, err
	}
	var f frame
	return f, json.Unmarshal(got, &f)
}

// until skips frames to the first of a type.
func (b *browser) until(kind string) frame {
	b.t.Helper()
	for {
		if f := b.read(); f.Type == kind {
			return f
		}
	}
}

// answer sends a message and returns what the server says about it.
func (b *browser) answer(f fields) frame {
	b.t.Helper()
	f["type"] = "message"
	b.say(f)
	for {
		if got := b.read(); got.Type == "accepted" || got.Type == "refused" {
			return got
		}
	}
}

// closed reads to the end and returns the close code.
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

// settled returns once the server has dealt with every frame said so far: it takes them in order.
func (b *browser) settled() {
	b.t.Helper()
	b.say(fields{"type": "ping"})
	b.until("pong")
}

func conversationOf(t *testing.T, f frame) uuid.UUID {
	t.Helper()
	id, err := uuid.Parse(f.Conversation)
	if err != nil {
		t.Fatalf("conversation of %+v: %v", f, err)
	}
	return id
}
