package postgres

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"usher/intent/builtin"
	"usher/routing"
)

// publicTexts are those of a public set that is not part of the repository.
func publicTexts(t testing.TB, name string) []string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "data", name)
	f, err := os.Open(path)
	if err != nil {
		t.Skipf("NOT MEASURED: %s is not here; put the public data set there to measure on it", path)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, row := range rows[1:] {
		texts = append(texts, row[0])
	}
	return texts
}

// TestTheIndexFindsTheNearestOfTenThousandCases measures the index on what it is for: customers' questions in vectors of the
// built-in embedder, every training text of BANKING77 a case, every twentieth of the test split a question.
func TestTheIndexFindsTheNearestOfTenThousandCases(t *testing.T) {
	if os.Getenv("USHER_PROVE") != "1" {
		t.Skip("NOT MEASURED: `make prove` measures on the public sets, or USHER_PROVE=1")
	}
	train, test := publicTexts(t, "banking77/train.csv"), publicTexts(t, "banking77/test.csv")
	w := newWorld(t)
	e, err := builtin.NewMeaningEmbedder()
	if err != nil {
		t.Fatal(err)
	}
	h := w.history(e)
	s := h.spaces.Load().serving
	w.load(t, s, train)
	found, all := 0, 0
	var took []time.Duration
	for i := 0; i < len(test); i += 20 {
		vectors, err := e.Embed(t.Context(), test[i:i+1])
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		got := w.recall(h, routing.Question{ConversationID: uuid.New(), ContactID: uuid.New(), Text: test[i], Vector: vectors[0], VectorBy: e.Model()})
		took = append(took, time.Since(began))
		exact, err := column[uuid.UUID](t.Context(), w.pool, "search", fmt.Sprintf(`SELECT conversation_id FROM %s ORDER BY (embedding <=> $1) + 0 LIMIT %d`, s.cases, maxSimilar), pgvector.NewHalfVector(vectors[0]))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range got.Similar {
			if slices.Contains(exact, c.ConversationID) {
				found++
			}
		}
		all += len(exact)
	}
	slices.Sort(took)
	recall := float64(found) / float64(all)
	t.Logf("of the %d nearest of %d cases the index finds %.1f %%; a question takes %s, one in twenty more than %s", maxSimilar, len(train), 100*recall, took[len(took)/2], took[len(took)*19/20])
	if recall < 0.97 {
		t.Errorf("want 97 %% at least")
	}
}

// load makes each text a case of a contact of its own, with its vector.
func (w *world) load(t *testing.T, s *space, texts []string) {
	t.Helper()
	w.exec(`DROP INDEX ` + s.cases + `_similar`)
	for batch := range slices.Chunk(texts, 500) {
		vectors, err := s.embed(t.Context(), batch, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		ids := make([]uuid.UUID, len(batch))
		for i := range ids {
			ids[i] = id()
		}
		w.exec(`INSERT INTO contacts (id) SELECT unnest($1::uuid[])`, ids)
		w.exec(`INSERT INTO contact_addresses (id, contact_id, channel, address) SELECT id, id, 'webchat', id::text FROM unnest($1::uuid[]) id`, ids)
		w.exec(`INSERT INTO conversations (id, contact_id, contact_address_id, inbox_address_id, channel, status, resolved_at, resolved_by)
			SELECT id, id, id, $2, 'webchat', 'resolved', now(), 'silence' FROM unnest($1::uuid[]) id`, ids, w.inbox)
		w.exec(`INSERT INTO case_vectors (model_id, conversation_id, embedding) SELECT $1, * FROM unnest($2::uuid[], $3::halfvec[])`, s.id, ids, vectors)
	}
	if err := pgx.BeginFunc(t.Context(), w.pool, func(tx pgx.Tx) error { return s.create(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
	w.exec(`ANALYZE`)
}

// BenchmarkOneContactAmong100000Messages is the exact search over one contact's messages, of 50 and of as many as are compared.
func BenchmarkOneContactAmong100000Messages(b *testing.B) {
	w := newWorld(b)
	w.oneConnection()
	h := w.history(&wordEmbedder{dims: 1024})
	s := h.spaces.Load().serving
	few, many := w.contact(), w.contact()
	for c, n := range map[uuid.UUID]int{few: 50, many: maxOwn} {
		conversation := w.conversation(past{contact: c, outcome: "silence"})
		w.exec(`INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text) SELECT gen_random_uuid(), $1, n, 'inbound', 'contact', $2, '' FROM generate_series(1, `+fmt.Sprint(n)+`) n`, conversation, w.inbox)
	}
	other := w.contact()
	w.exec(`CREATE TEMP TABLE vectors AS SELECT (SELECT array_agg(random() - 0.5) FROM generate_series(1, 1024) WHERE n > 0)::real[]::vector::halfvec AS v FROM generate_series(1, 100) n`)
	w.exec(`INSERT INTO message_vectors (model_id, message_id, contact_id, embedding, created_at)
		SELECT $1, m.id, c.contact_id, (SELECT v FROM vectors OFFSET m.seq % 100 LIMIT 1), m.created_at FROM messages m JOIN conversations c ON c.id = m.conversation_id`, s.id)
	w.exec(`INSERT INTO message_vectors (model_id, message_id, contact_id, embedding, created_at)
		SELECT $1, gen_random_uuid(), $2, v, now() FROM vectors CROSS JOIN generate_series(1, 1000)`, s.id, other)
	w.exec(`ANALYZE`)
	v := make([]float32, 1024)
	for i := range v {
		v[i] = rand.Float32() - 0.5
	}
	for name, c := range map[string]uuid.UUID{"50 messages": few, fmt.Sprint(maxOwn, " messages"): many} {
		b.Run(name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				began := time.Now()
				if _, err := column[float64](b.Context(), w.pool, "search", `SELECT max FROM (`+s.ownSQL()+`) found`, []int32{0}, []uuid.UUID{c}, []pgvector.HalfVector{pgvector.NewHalfVector(v)}); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}

func BenchmarkRecall64Of10000Cases(b *testing.B) {
	w := newWorld(b)
	w.oneConnection()
	h, _ := w.crowd(10_000, 512)
	w.exec(`ANALYZE`)
	contacts, err := column[uuid.UUID](b.Context(), w.pool, "list contacts", `SELECT id FROM contacts LIMIT 64`)
	if err != nil {
		b.Fatal(err)
	}
	qs := make([]routing.Question, len(contacts))
	for i, c := range contacts {
		qs[i] = routing.Question{ConversationID: uuid.New(), ContactID: c, Text: fmt.Sprintf("where is my order number %d please", i), Intent: "order_status", Since: time.Now().Add(-week), Embed: true}
	}
	for name, batch := range map[string][]routing.Question{"batch of 64": qs, "one": qs[:1]} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := h.Recall(b.Context(), batch); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
