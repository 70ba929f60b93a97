package postgres_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/channels"
	"usher/inbox"
	"usher/inbox/postgres"
	"usher/intent"
	"usher/migrations/dbtest"
	"usher/routing"
)

// reader understands what the tests write: the first word is the intent, and its rest sets signals.
type reader struct{}

func (reader) Understand(_ context.Context, text string) intent.Prediction {
	label, rest, _ := strings.Cut(text, " ")
	return intent.Prediction{
		Model: "test", Language: "en", Ranked: []intent.Ranked{{Intent: label, Confidence: 0.99}},
		Signals: intent.Signals{Angry: strings.Contains(rest, "NOW")},
	}
}

// writer writes automatic answers that name their template; templates in broken cannot be written.
type writer struct{ broken map[string]bool }

func (w writer) Answers(_ context.Context, requests []inbox.AnswerRequest) ([]inbox.Answer, error) {
	out := make([]inbox.Answer, len(requests))
	for i, r := range requests {
		out[i] = inbox.Answer{Text: "About " + r.Template, Language: cmp.Or(r.Language, "en"), Version: 1, Asks: true}
		if w.broken[r.Template] {
			out[i] = inbox.Answer{Err: errors.New("the text comes out empty")}
		}
	}
	return out, nil
}

// pushedChannel is a kind on which messages must be handed over; those of systems are fetched.
const pushedChannel = "sms"

// pushed moves every conversation to that channel.
func (f *floor) pushed() {
	f.Helper()
	f.exec(`UPDATE conversations SET channel = $1`, pushedChannel)
}

// sink is a channel that takes everything.
type sink struct {
	mu   sync.Mutex
	sent []channels.Outbound
	err  error
}

func (s *sink) Channel() string { return pushedChannel }

func (s *sink) Send(_ context.Context, m channels.Outbound) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err != nil {
		return s.err
	}
	s.sent = append(s.sent, m)
	return nil
}

// floor is a store with what a message needs to get through: an address, a policy, and ingest running.
type floor struct {
	*testing.T
	pool  *pgxpool.Pool
	store *postgres.Store
	pipe  *routing.Pipeline
	sink  *sink
	n     int

	mu    sync.Mutex
	heard []inbox.Change
}

func (f *floor) hear(c inbox.Change) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard = append(f.heard, c)
}

// changes are those that the store told of since the last call.
func (f *floor) changes() []inbox.Change {
	f.mu.Lock()
	defer f.mu.Unlock()
	heard := f.heard
	f.heard = nil
	return heard
}

func newFloor(t *testing.T) *floor {
	t.Helper()
	t.Parallel() // each has a database of its own, and waits for it more than it works
	pool := dbtest.Pool(t)
	f := &floor{T: t, pool: pool, sink: &sink{}}
	f.store = postgres.New(pool, f.hear)
	policy, err := routing.ParsePolicy(routing.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	f.exec(`INSERT INTO inbox_addresses (id, channel, address, name, secret) VALUES (gen_random_uuid(), 'api', 'shop', 'Shop', 'x')`)
	f.exec(`INSERT INTO policies (hash, yaml, state, author) VALUES ($1, 'x', 'live', 'test')`, policy.Hash())
	f.exec(`INSERT INTO teams (id, slug, name) VALUES (gen_random_uuid(), 'care', 'Care'), (gen_random_uuid(), 'technical', 'Technical')`)
	f.exec(`WITH m AS (INSERT INTO models (kind, name, hash, dims) VALUES ('embedder', 'a', 'embedder:a/3', 3) RETURNING id) INSERT INTO vector_spaces (model_id, serves) SELECT id, true FROM m`)
	f.exec(`INSERT INTO skills (slug, name) VALUES ('billing', 'Billing'), ('orders', 'Orders')`)
	policy.Version = 1
	f.pipe = &routing.Pipeline{Understander: reader{}, Policy: func() *routing.Policy { return policy }}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- f.store.RunIngest(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("ingest: %v", err)
		}
	})
	return f
}

func (f *floor) exec(sql string, args ...any) {
	f.Helper()
	if _, err := f.pool.Exec(f.Context(), sql, args...); err != nil {
		f.Fatalf("%s: %v", sql, err)
	}
}

func value[T any](f *floor, sql string, args ...any) T {
	f.Helper()
	var v T
	if err := f.pool.QueryRow(f.Context(), sql, args...).Scan(&v); err != nil {
		f.Fatalf("%s: %v", sql, err)
	}
	return v
}

// says takes a message in from somebody and returns its receipt.
func (f *floor) says(from, text string) channels.Receipt {
	f.Helper()
	f.n++
	r, err := f.store.Receive(f.Context(), channels.Message{Channel: channels.API, InboxAddress: "shop", From: from, ExternalID: fmt.Sprint("m", f.n), Text: text})
	if err != nil {
		f.Fatalf("receive %q: %v", text, err)
	}
	return r
}

func (f *floor) decide(conversations ...uuid.UUID) {
	f.Helper()
	if err := f.store.Decide(f.Context(), f.pipe, conversations); err != nil {
		f.Fatalf("decide: %v", err)
	}
}

// pendingDecision is the newest decision of a conversation.
func (f *floor) decision(conversation uuid.UUID) uuid.UUID {
	f.Helper()
	return value[uuid.UUID](f, `SELECT decision_id FROM conversations WHERE id = $1`, conversation)
}

func (f *floor) answer(w writer, decisions ...uuid.UUID) {
	f.Helper()
	if err := f.store.Answer(f.Context(), w, time.Hour, decisions); err != nil {
		f.Fatalf("answer: %v", err)
	}
}

// hire adds an agent of team care who is online.
func (f *floor) hire(name string, capacity int, skills ...string) uuid.UUID {
	f.Helper()
	id := uuid.Must(uuid.NewV7())
	f.exec(`INSERT INTO agents (id, email, name, role, presence, absent, capacity) VALUES ($1, lower($2) || '@example.com', $2, 'agent', 'online', false, $3)`, id, name, capacity)
	f.exec(`INSERT INTO team_members (team_id, agent_id) SELECT id, $1 FROM teams WHERE slug = 'care'`, id)
	for _, s := range skills {
		f.exec(`INSERT INTO agent_skills (agent_id, skill, level) VALUES ($1, $2, 3)`, id, s)
	}
	return id
}

func (f *floor) dispatch(team string) int {
	f.Helper()
	n, err := f.store.Dispatch(f.Context(), team)
	if err != nil {
		f.Fatalf("dispatch: %v", err)
	}
	return n
}

// waitFor polls until the condition holds.
func waitFor(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.Now().Add(15 * time.Second)
	for !holds() {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// box collects what the relay publishes, and refuses while err is set.
type box struct {
	mu   sync.Mutex
	err  error
	work []routing.Work
}

func (b *box) Publish(_ context.Context, work []routing.Work) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return b.err
	}
	b.work = append(b.work, work...)
	return nil
}

func (b *box) set(err error) (published int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
	return len(b.work)
}
