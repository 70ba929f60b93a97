package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	intentpg "usher/intent/postgres"
	"usher/migrations/dbtest"
	"usher/routing"
	routingpg "usher/routing/postgres"
)

// moodyModels is a server of the embedding models a and b, of 8 and 6 numbers, that misbehaves at every third request, each time
// in another way. While it is down it answers nothing.
func moodyModels(t *testing.T, down *atomic.Bool) *httptest.Server {
	t.Helper()
	lengths := map[string]int{"a": 8, "b": 6}
	var asked atomic.Int64
	moods := []func(http.ResponseWriter){
		func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "0.05")
			w.WriteHeader(http.StatusTooManyRequests)
		},
		func(w http.ResponseWriter) { fmt.Fprint(w, `{"data":[{"index":0,"embedding":[1,`) },
		func(w http.ResponseWriter) { fmt.Fprint(w, `{"data":[{"index":0,"embedding":[1,2,3]}]}`) },
		func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) },
		func(w http.ResponseWriter) { fmt.Fprint(w, `{"data":[]}`) },
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Model string
			Input []string
		}
		n := asked.Add(1)
		switch err := json.NewDecoder(r.Body).Decode(&in); {
		case err != nil || down.Load():
			w.WriteHeader(http.StatusInternalServerError)
		case lengths[in.Model] == 0:
			w.WriteHeader(http.StatusNotFound)
		case n%3 == 0:
			moods[n/3%int64(len(moods))](w)
		default:
			data := make([]map[string]any, len(in.Input))
			for i, text := range in.Input {
				data[i] = map[string]any{"index": i, "embedding": hashed(in.Model+text, lengths[in.Model])}
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// hashed is a vector that no other text has.
func hashed(text string, length int) []float32 {
	v := make([]float32, length)
	for i := range v {
		h := fnv.New32a()
		fmt.Fprint(h, i, text)
		v[i] = float32(h.Sum32())/(1<<31) - 1
	}
	return v
}

// historyNode is the part of a node that compares with the past, with its vectors being written.
func historyNode(t *testing.T, pool *pgxpool.Pool, c Config) *app {
	t.Helper()
	a := &app{config: c, log: quiet, pool: pool}
	embedders, disconnect, err := c.openEmbedders(intentpg.NewCache(pool, 0), quiet)
	if err != nil {
		t.Fatal(err)
	}
	a.embedders, a.disconnect = embedders, append(a.disconnect, disconnect)
	a.history = routingpg.NewHistory(pool, a.historyEmbedders(), quiet)
	if err := a.history.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- a.history.RunVectors(ctx) }()
	t.Cleanup(func() {
		cancel()
		a.closeFormer()
		disconnect()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return a
}

// resolved writes a resolved conversation, as deciding and resolving would.
func resolved(t *testing.T, pool *pgxpool.Pool, text string) uuid.UUID {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	for _, sql := range []string{
		`INSERT INTO inbox_addresses (id, channel, address, name, secret) VALUES ('00000000-0000-0000-0000-000000000001', 'api', 'shop', 'Shop', 'x') ON CONFLICT DO NOTHING`,
		`INSERT INTO contacts (id) VALUES ($1)`,
		`INSERT INTO contact_addresses (id, contact_id, channel, address) VALUES ($1, $1, 'api', gen_random_uuid()::text)`,
		`INSERT INTO conversations (id, contact_id, contact_address_id, inbox_address_id, channel, status, resolved_at, resolved_by, last_seq, heard_seq, decided_seq)
			VALUES ($1, $1, $1, '00000000-0000-0000-0000-000000000001', 'api', 'resolved', now(), 'silence', 1, 1, 1)`,
		`INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text) VALUES ($1, $1, 1, 'inbound', 'contact', '00000000-0000-0000-0000-000000000001', $2)`,
		`INSERT INTO vector_work (model_id, kind, ref, contact_id) SELECT model_id, kind, $1, $1 FROM vector_spaces CROSS JOIN unnest(ARRAY['case', 'message']) kind`,
	} {
		args := []any{id, text}
		if _, err := pool.Exec(t.Context(), sql, args[:strings.Count(sql, "$2")+min(strings.Count(sql, "$1"), 1)]...); err != nil {
			t.Fatal(sql, err)
		}
	}
	return id
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("it never came to be that %s", what)
		}
		<-time.After(20 * time.Millisecond)
	}
}

func TestAnotherRemoteModelTakesOverOnAllNodesFromAServerThatMisbehaves(t *testing.T) {
	var down atomic.Bool
	pool := dbtest.Pool(t)
	c := Config{OpenAIBaseURL: moodyModels(t, &down).URL + "/v1", OpenAIModel: "a", OpenAIDims: 8, DatabaseURL: pool.Config().ConnString()}
	old := historyNode(t, pool, c)
	var likely uuid.UUID
	for i := range 30 {
		likely = resolved(t, pool, fmt.Sprint("kettle number ", i, " leaks"))
	}
	waiting := func() (n int) {
		if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM vector_work`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	eventually(t, "all texts have the vectors of a and of the built-in embedder", func() bool { return waiting() == 0 })
	c.OpenAIModel, c.OpenAIDims = "b", 6
	fresh := historyNode(t, pool, c)
	recalled := func(a *app, text string) routing.Evidence {
		es, err := a.history.Recall(t.Context(), []routing.Question{{ConversationID: uuid.New(), ContactID: uuid.New(), Text: text, Embed: true}})
		if err := errors.Join(err, t.Context().Err()); err != nil {
			t.Fatal(err)
		}
		if e := es[0]; e.Degraded != "" || len(e.Similar) == 0 {
			t.Fatalf("%+v", e)
		}
		return es[0]
	}
	for name, a := range map[string]*app{"old": old, "new": fresh} {
		for done := false; !done; { // whatever the server does, and whoever serves: the likely case is found, and nothing is degraded
			e := recalled(a, "kettle number 29 leaks")
			if e.Similar[0].ConversationID != likely {
				t.Fatalf("%+v", e)
			}
			done = e.ComparedBy == "b" && a.history.Serves().Name == "b"
		}
		if said := checkHistory(t.Context(), c).seen; said != "compares by b, 6 numbers; falls back on use-lite-512+hash-512, 1024 numbers" {
			t.Errorf("the %s node moved on, and doctor says: %s", name, said)
		}
	}
	down.Store(true)
	eventually(t, "the built-in vectors answer while the server is down", func() bool {
		e := recalled(fresh, "a text that nobody paid for yet")
		return e.FellBack && e.ComparedBy == defaultEmbedder
	})
	spaces, err := fresh.history.VectorSpaces(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	showVectors(spaces)
	shown := httptest.NewRecorder()
	promhttp.Handler().ServeHTTP(shown, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, line := range []string{`usher_vectors_serving{model="b/6"} 1`, `usher_vectors_serving{model="use-lite-512+hash-512/1024"} 0`, `usher_vectors_waiting{kind="past",model="b/6"} 0`} {
		if !strings.Contains(shown.Body.String(), line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
}

func TestDoctorSaysHowFarVectorsAre(t *testing.T) {
	for want, spaces := range map[string][]routing.VectorSpace{
		"no vectors yet; `usher serve` makes them":  nil,
		"compares by a, 8 numbers, 3 new ones wait": {{Model: "a", Numbers: 8, Serves: true, Wanted: true, Complete: true, Past: 9, Done: 9, Waiting: 3}},
		"compares by a, 8 numbers; moves on to b, 6 numbers: 1 of 4 texts of the past have their vectors (25 %), about 1m30s left; falls back on c, 4 numbers": {
			{Model: "a", Numbers: 8, Serves: true, Complete: true}, {Model: "b", Numbers: 6, Wanted: true, Past: 4, Done: 1, LeftSeconds: 90}, {Model: "c", Numbers: 4, FallBack: true},
		},
	} {
		if got := describeSpaces(spaces); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
