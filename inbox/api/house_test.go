package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/inbox"
	"usher/inbox/api"
	"usher/inbox/assist"
	"usher/inbox/postgres"
	"usher/intent"
	"usher/migrations/dbtest"
	"usher/routing"
	routingpg "usher/routing/postgres"
)

// house is the API over a real store with a decided conversation or two, and somebody signed in.
type house struct {
	*testing.T
	pool   *pgxpool.Pool
	store  *postgres.Store
	server *httptest.Server
	key    string
	log    *syncBuffer
	// agent and ops are sign-ins.
	agent, ops string
	ada        inbox.Agent
}

// syncBuffer is a log that requests write to at once.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// reader understands the first word as the intent.
type reader struct{}

func (reader) Understand(_ context.Context, text string) intent.Prediction {
	label, _, _ := strings.Cut(text, " ")
	return intent.Prediction{Model: "test", Language: "en", Ranked: []intent.Ranked{{Intent: label, Confidence: 0.99}}}
}

// noLabels is a node without a classifier.
type noLabels struct{}

func (noLabels) NextLabels(context.Context, int) (inbox.NextLabels, error) {
	return inbox.NextLabels{}, nil
}

func newHouse(t *testing.T, change ...func(*api.Options)) *house {
	t.Helper()
	t.Parallel() // each has a database of its own, and waits for it more than it works
	pool := dbtest.Pool(t)
	h := &house{T: t, pool: pool, store: postgres.New(pool, nil), log: &syncBuffer{}}
	ctx, cancel := context.WithCancel(t.Context())
	ingest := make(chan error, 1)
	go func() { ingest <- h.store.RunIngest(ctx) }()
	t.Cleanup(func() {
		cancel()
		h.must(<-ingest)
	})
	intents := []string{"order_status", "refund_request", "complaint", "bug_report"}
	log := slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	policies := routingpg.NewPolicies(pool, nil, log)
	h.must(policies.Seed(ctx))
	address, err := h.store.EnsureInboxAddress(ctx, "api", "shop", "Shop")
	h.must(err)
	h.key, err = h.store.MakeAPIKey(ctx, "shop system", address)
	h.must(err)
	h.ada, h.agent = h.person("ada", inbox.RoleAgent)
	_, h.ops = h.person("oz", inbox.RoleOps)
	nobody, err := assist.New(assist.Options{})
	h.must(err)
	o := api.Options{
		SignIns: h.store, Agents: h.store, Lists: h.store, Threads: h.store, Writers: h.store, Owners: h.store, States: h.store,
		Policies: policies, Templates: routingpg.NewTemplates(pool, "Shop"), Thresholds: h.store, Labels: noLabels{}, Assistant: nobody,
		Vectors: routingpg.NewHistory(pool, routingpg.Embedders{}, log),
		Systems: api.SystemsOptions{Keys: h.store, Receiver: h.store, Profiles: h.store, ContactSide: h.store, Offers: h.store, Rate: 1000},
		Log:     log,
	}
	for _, id := range intents {
		o.Catalogue = append(o.Catalogue, api.Intent{ID: id, Name: routing.IntentName(id)})
	}
	for _, c := range change {
		c(&o)
	}
	engine := gin.New()
	api.Register(engine, o)
	h.server = httptest.NewServer(engine)
	t.Cleanup(h.server.Close)
	return h
}

func (h *house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h *house) person(name string, role inbox.Role) (inbox.Agent, string) {
	h.Helper()
	a, err := h.store.AddAgent(h.Context(), inbox.NewAgent{Email: name + "@example.com", Name: name, Role: role, Teams: []string{"care"}})
	h.must(err)
	link, err := h.store.MakeSignInLink(h.Context(), a.Email)
	h.must(err)
	token, err := h.store.SignInByLink(h.Context(), link)
	h.must(err)
	return a, token
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	raw    string
}

// call sends a request; who is a sign-in, an API key or nobody. A body that is a string is sent as it is.
func (h *house) call(who, method, path string, body any, headers ...string) answer {
	h.Helper()
	var sent io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		sent = strings.NewReader(b)
	default:
		encoded, err := json.Marshal(b)
		h.must(err)
		sent = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(h.Context(), method, h.server.URL+path, sent)
	h.must(err)
	if sent != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if strings.HasPrefix(who, "usher_") {
		r.Header.Set("Authorization", "Bearer "+who)
	} else if who != "" {
		r.AddCookie(&http.Cookie{Name: "usher_sign_in", Value: who})
		r.Header.Set("X-Usher", "1")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		} else {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	resp, err := http.DefaultClient.Do(r)
	h.must(err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	h.must(err)
	a := answer{status: resp.StatusCode, header: resp.Header, raw: string(raw)}
	if len(raw) > 0 && raw[0] == '{' {
		h.must(json.Unmarshal(raw, &a.body))
	}
	return a
}

// wants checks a status and, for a problem, that it is one and says detail.
func (h *house) wants(what string, a answer, status int, detail string) {
	h.Helper()
	if a.status != status {
		h.Errorf("%s: %d %s, want %d", what, a.status, a.raw, status)
		return
	}
	if status < 400 {
		return
	}
	said, _ := a.body["detail"].(string)
	if ct := a.header.Get("Content-Type"); ct != "application/problem+json" {
		h.Errorf("%s: content type %q", what, ct)
	}
	if a.body["status"] != float64(status) || a.body["title"] != http.StatusText(status) || !strings.Contains(said, detail) {
		h.Errorf("%s: problem %s, want one that says %q", what, a.raw, detail)
	}
}

// message hands in a text and returns its conversation, decided.
func (h *house) message(from, text string) uuid.UUID {
	h.Helper()
	a := h.call(h.key, "POST", "/api/v1/messages", map[string]any{"from": from, "text": text, "external_id": uuid.NewString()})
	h.wants("message", a, 202, "")
	id := uuid.MustParse(a.body["conversation_id"].(string))
	policy, err := routing.ParsePolicy(routing.DefaultPolicy())
	h.must(err)
	policy.Version = 1
	pipe := &routing.Pipeline{Understander: reader{}, Policy: func() *routing.Policy { return policy }}
	h.must(h.store.Decide(h.Context(), pipe, []uuid.UUID{id}))
	return id
}

func at(id uuid.UUID, what string) string { return "/api/v1/conversations/" + id.String() + what }
