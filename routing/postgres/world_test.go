package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/intent"
	"usher/migrations/dbtest"
	"usher/routing"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

// limit is how long a test waits for something that must happen.
const limit = 20 * time.Second

var quiet = slog.New(slog.DiscardHandler)

// intents are those of the default policy.
var intents = func() []string {
	p, err := routing.ParsePolicy(routing.DefaultPolicy())
	if err != nil {
		panic(err)
	}
	var labels []string
	for label := range p.Intents {
		labels = append(labels, label)
	}
	return labels
}()

// world is a database with a company in it.
type world struct {
	t     testing.TB
	pool  *pgxpool.Pool
	inbox uuid.UUID
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, pool: dbtest.Pool(t)}
	w.inbox = w.inboxAddress("main")
	return w
}

func id() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.pool.Exec(context.Background(), sql, args...); err != nil {
		w.t.Fatalf("%s: %v", strings.Join(strings.Fields(sql), " "), err)
	}
}

func (w *world) number(sql string, args ...any) int {
	w.t.Helper()
	var n int
	if err := w.pool.QueryRow(context.Background(), sql, args...).Scan(&n); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func (w *world) inboxAddress(address string) uuid.UUID {
	w.t.Helper()
	i := id()
	w.exec(`INSERT INTO inbox_addresses (id, channel, address, name, secret) VALUES ($1, 'webchat', $2, 'Site', '\x00')`, i, address)
	return i
}

func (w *world) contact() uuid.UUID {
	w.t.Helper()
	c := id()
	w.exec(`INSERT INTO contacts (id, name, email, type, attributes) VALUES ($1, 'Ada Example', 'ada@example.com', 'customer', '{"plan": "pro"}')`, c)
	w.exec(`INSERT INTO contact_addresses (id, contact_id, channel, address) VALUES ($1, $1, 'webchat', $2)`, c, c.String())
	return c
}

func (w *world) agent(name string) uuid.UUID {
	w.t.Helper()
	a := id()
	w.exec(`INSERT INTO agents (id, email, name, role) VALUES ($1, $2, $3, 'agent')`, a, strings.ToLower(name)+"@example.com", name)
	return a
}

// past describes a conversation.
type past struct {
	contact  uuid.UUID
	intent   string
	age      time.Duration
	outcome  string // empty: not resolved
	agent    uuid.UUID
	texts    []string
	embedded bool // its vectors wait to be written
}

func (w *world) conversation(p past) uuid.UUID {
	w.t.Helper()
	c, at := id(), time.Now().Add(-p.age)
	var resolvedAt, wroteAt *time.Time
	var agent *uuid.UUID
	status := "open"
	if p.outcome != "" {
		status, resolvedAt = "resolved", &at
	}
	if p.agent != uuid.Nil {
		agent, wroteAt = &p.agent, &at
	}
	w.exec(`
		INSERT INTO conversations (id, contact_id, contact_address_id, inbox_address_id, channel, status, intent, agent_id, person_wrote_at,
			preview, last_message_at, resolved_at, resolved_by, created_at, last_seq, heard_seq, decided_seq)
		VALUES ($1, $2, $2, $3, 'webchat', $4, NULLIF($5, ''), $6, $7, $8, $9, $10, NULLIF($11, ''), $9, $12, $12, $12)`,
		c, p.contact, w.inbox, status, p.intent, agent, wroteAt, strings.Join(p.texts, " "), at, resolvedAt, p.outcome, len(p.texts))
	for i, text := range p.texts {
		m := id()
		w.exec(`INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text, created_at) VALUES ($1, $2, $3, 'inbound', 'contact', $4, $5, $6)`,
			m, c, i+1, w.inbox, text, at)
		if p.embedded {
			w.wait("message", m, p.contact)
		}
	}
	if p.embedded && p.outcome != "" {
		w.wait("case", c, p.contact)
	}
	return c
}

// wait puts a text on the list, as deciding and resolving do.
func (w *world) wait(kind string, ref, contact uuid.UUID) {
	w.t.Helper()
	w.exec(`INSERT INTO vector_work (model_id, kind, ref, contact_id) SELECT model_id, $1, $2, $3 FROM vector_spaces ON CONFLICT DO NOTHING`, kind, ref, contact)
}

// wordEmbedder makes vectors of words: texts that share words are alike. It counts its calls and can be made to fail.
type wordEmbedder struct {
	name   string // "words" unless given
	dims   int
	calls  atomic.Int64
	texts  atomic.Int64
	broken atomic.Bool
	refuse string // a text with this word in it fails
}

func (e *wordEmbedder) Model() intent.ModelID {
	return intent.ModelID{Name: cmp.Or(e.name, "words"), Dims: e.dims}
}

func (e *wordEmbedder) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	e.calls.Add(1)
	e.texts.Add(int64(len(texts)))
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if e.broken.Load() {
		return nil, errors.New("the test broke it")
	}
	out := make([][]float32, len(texts))
	for i, text := range texts {
		if e.refuse != "" && strings.Contains(text, e.refuse) {
			return nil, fmt.Errorf("a text with %q in it", e.refuse)
		}
		v := make([]float32, e.dims)
		for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return r < 'a' || r > 'z' }) {
			h := fnv.New32a()
			h.Write([]byte(word))
			v[h.Sum32()%uint32(e.dims)]++
		}
		var norm float64
		for _, x := range v {
			norm += float64(x) * float64(x)
		}
		for j := range v {
			if norm > 0 {
				v[j] /= float32(math.Sqrt(norm))
			}
		}
		out[i] = v
	}
	return out, nil
}

// history is prepared for the embedder.
func (w *world) history(e intent.Embedder) *History {
	w.t.Helper()
	return w.historyOf(Embedders{Wanted: e})
}

func (w *world) historyOf(e Embedders) *History {
	w.t.Helper()
	h := NewHistory(w.pool, e, quiet)
	h.keepRetired = 0
	if err := h.Prepare(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	if s := h.spaces.Load(); s != nil {
		for _, one := range s.all {
			one.sameMatter = 0.6
		}
	}
	return h
}

// embedAll writes all vectors that the history knows to write.
func (w *world) embedAll(h *History) {
	w.t.Helper()
	for n := 1; n > 0; {
		var err error
		if n, err = h.WriteVectors(context.Background(), vectorBatch); err != nil {
			w.t.Fatal(err)
		}
	}
}

func (w *world) recall(h *History, q routing.Question) routing.Evidence {
	w.t.Helper()
	es, err := h.Recall(context.Background(), []routing.Question{q})
	if err != nil {
		w.t.Fatal(err)
	}
	if len(es) != 1 {
		w.t.Fatalf("%d answers to one question", len(es))
	}
	return es[0]
}

// eventually waits until a condition holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to be that %s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}
