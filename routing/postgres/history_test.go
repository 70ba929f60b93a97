package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/intent"
	"usher/routing"
)

const week = 7 * 24 * time.Hour

// ask is a question of a contact in a new conversation.
func (w *world) ask(contact uuid.UUID, text, label string) routing.Question {
	w.t.Helper()
	other := w.inboxAddress(id().String()) // one conversation is open per contact and inbox address
	main := w.inbox
	w.inbox = other
	defer func() { w.inbox = main }()
	return routing.Question{
		ConversationID: w.conversation(past{contact: contact, texts: []string{text}}), ContactID: contact,
		Text: text, Intent: label, Since: time.Now().Add(-week), Embed: true,
	}
}

func TestNodesThatPrepareAtOnceMakeOnePartitionEach(t *testing.T) {
	w := newWorld(t)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() {
			if err := NewHistory(w.pool, Embedders{Wanted: &wordEmbedder{dims: 32}}, quiet).Prepare(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w.history(&wordEmbedder{dims: 32})
	w.historyOf(Embedders{Wanted: &wordEmbedder{dims: 32}, FallBack: &wordEmbedder{dims: 64}}) // another embedder beside it
	for sql, want := range map[string]int{
		`SELECT count(*) FROM models WHERE kind = 'embedder'`:                                                           2,
		`SELECT count(*) FROM pg_inherits WHERE inhparent = 'message_vectors'::regclass`:                                2,
		`SELECT count(*) FROM pg_inherits WHERE inhparent = 'case_vectors'::regclass`:                                   2,
		`SELECT count(*) FROM pg_indexes WHERE indexdef LIKE '%hnsw%halfvec_cosine_ops%'`:                               2,
		`SELECT count(*) FROM pg_indexes WHERE tablename ~ '^message_vectors_[0-9]' AND indexdef LIKE '%(contact_id,%'`: 2,
	} {
		if got := w.number(sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
}

func TestAPartitionRefusesVectorsOfAnotherLength(t *testing.T) {
	w := newWorld(t)
	s := w.history(&wordEmbedder{dims: 32}).spaces.Load().serving
	c := w.conversation(past{contact: w.contact(), outcome: "agent"})
	_, err := w.pool.Exec(t.Context(), `INSERT INTO case_vectors (model_id, conversation_id, embedding) VALUES ($1, $2, '[1,0,0]')`, s.id, c)
	if err == nil || !strings.Contains(err.Error(), "check constraint") {
		t.Fatalf("%v, want the check to refuse it", err)
	}
}

func TestPrepareRefusesVectorsThatCannotBeIndexed(t *testing.T) {
	if err := NewHistory(newWorld(t).pool, Embedders{Wanted: &wordEmbedder{dims: 4001}}, quiet).Prepare(t.Context()); err == nil {
		t.Fatal("4001 dimensions are accepted")
	}
}

func TestANewEmbedderIsShownThePast(t *testing.T) {
	w := newWorld(t)
	c := w.contact()
	w.conversation(past{contact: c, outcome: "silence", texts: []string{"where is my parcel"}})
	w.conversation(past{contact: c, texts: []string{"still no parcel"}})
	w.history(&wordEmbedder{dims: 32})
	if cases, messages := w.number(`SELECT count(*) FROM vector_work WHERE kind='case'`), w.number(`SELECT count(*) FROM vector_work WHERE kind='message'`); cases != 1 || messages != 2 {
		t.Errorf("%d cases and %d messages wait, want 1 and 2", cases, messages)
	}
	w.exec(`DELETE FROM vector_work`)
	w.history(&wordEmbedder{dims: 32})
	if n := w.number(`SELECT count(*) FROM vector_work`); n != 0 {
		t.Errorf("a known embedder is shown %d texts again", n)
	}
}

func TestRepeatsAreEarlierConversationsAboutTheSameThing(t *testing.T) {
	w := newWorld(t)
	h := w.history(&wordEmbedder{dims: 256})
	c, stranger := w.contact(), w.contact()
	newest := w.conversation(past{contact: c, intent: "refund_status", age: time.Hour, outcome: "silence", texts: []string{"hm"}})
	w.conversation(past{contact: c, intent: "refund_status", age: 24 * time.Hour, outcome: "agent", texts: []string{"hm"}})
	w.conversation(past{contact: c, intent: "refund_status", age: 8 * 24 * time.Hour, outcome: "agent"}) // too long ago
	w.conversation(past{contact: c, intent: "opening_hours", age: time.Hour, outcome: "agent"})          // something else
	w.conversation(past{contact: stranger, intent: "refund_status", age: time.Hour, outcome: "agent"})   // somebody else
	q := w.ask(c, "where is the money", "refund_status")
	e := w.recall(h, q)
	if e.Repeats != 2 || e.RepeatOf == nil || *e.RepeatOf != newest || len(e.Own) != 2 || e.Own[0].ConversationID != newest || e.Own[0].Outcome != "silence" {
		t.Errorf("%d repeats of %v, own %+v; want 2 of %s", e.Repeats, e.RepeatOf, e.Own, newest)
	}
	q.Since = time.Time{}
	if e := w.recall(h, q); e.Repeats != 0 || e.RepeatOf != nil || len(e.Own) != 0 {
		t.Errorf("nobody asks for repeats: %+v", e)
	}
}

func TestWhatIsOutOfScopeIsNoRepeatByItsLabel(t *testing.T) {
	w := newWorld(t)
	h := w.history(&wordEmbedder{dims: 256})
	c := w.contact()
	w.conversation(past{contact: c, intent: intent.OutOfScope, age: time.Hour, outcome: "agent", texts: []string{"do you sell rockets"}, embedded: true})
	if e := w.recall(h, w.ask(c, "which moon is largest", intent.OutOfScope)); e.Repeats != 0 {
		t.Errorf("two unknown matters are one: %+v", e)
	}
	if e := w.recall(h, w.ask(c, "do you sell rockets or not", intent.OutOfScope)); e.Repeats != 1 {
		t.Errorf("the same unknown matter is not seen: %+v", e)
	}
}

func TestTheSameWordsAreARepeatWhateverTheIntent(t *testing.T) {
	for name, written := range map[string]bool{"with its vector": true, "before it has a vector": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			h := w.history(&wordEmbedder{dims: 256})
			c, stranger := w.contact(), w.contact()
			first := w.conversation(past{contact: c, intent: "complaint", age: time.Hour, outcome: "agent", texts: []string{"my blue kettle leaks water everywhere"}, embedded: true})
			w.conversation(past{contact: c, intent: "complaint", age: time.Minute, outcome: "agent", texts: []string{"the invoice lacks our tax number"}, embedded: true})
			w.conversation(past{contact: stranger, intent: "complaint", age: time.Hour, outcome: "agent", texts: []string{"my blue kettle leaks water everywhere"}, embedded: true})
			if written {
				w.embedAll(h)
			}
			e := w.recall(h, w.ask(c, "the blue kettle leaks water everywhere again", "wrong_item"))
			if e.Repeats != 1 || *e.RepeatOf != first || e.Own[0].Score < 0.7 || e.Own[0].Score > 1.01 {
				t.Errorf("%d repeats, %+v; want the first, alike", e.Repeats, e.Own)
			}
		})
	}
}

func TestThePreferredAgentHelpedThisContactLast(t *testing.T) {
	w := newWorld(t)
	h := w.history(nil)
	c := w.contact()
	kim, sam := w.agent("Kim"), w.agent("Sam")
	w.conversation(past{contact: c, age: 48 * time.Hour, outcome: "agent", agent: kim})
	w.conversation(past{contact: c, age: 24 * time.Hour, outcome: "agent", agent: sam})
	w.conversation(past{contact: c, age: time.Hour, outcome: "silence"})
	w.conversation(past{contact: w.contact(), age: time.Minute, outcome: "agent", agent: kim})
	q := w.ask(c, "hello", "greeting")
	if e := w.recall(h, q); e.PreferredAgent == nil || *e.PreferredAgent != sam {
		t.Errorf("preferred: %v, want Sam", e.PreferredAgent)
	}
	w.exec(`UPDATE agents SET disabled_at = now() WHERE id = $1`, sam)
	if e := w.recall(h, q); e.PreferredAgent == nil || *e.PreferredAgent != kim {
		t.Errorf("once Sam is gone: %v, want Kim", e.PreferredAgent)
	}
}

func TestSimilarCasesComeWithHowTheyEnded(t *testing.T) {
	w := newWorld(t)
	h := w.history(&wordEmbedder{dims: 256})
	kim := w.agent("Kim")
	say := func(words, outcome string, agent uuid.UUID) uuid.UUID {
		return w.conversation(past{contact: w.contact(), intent: "bug_report", age: time.Hour, outcome: outcome, agent: agent, texts: []string{"printer jams on page two " + words, "yes"}, embedded: true})
	}
	exact := say("", "contact", uuid.Nil)
	near := say("often", "agent", kim)
	far := say("whenever somebody prints the long quarterly report at noon", "silence", uuid.Nil)
	reopened := say("", "agent", kim)
	for range 10 {
		say("but with many other words that lead elsewhere and further away from it", "silence", uuid.Nil)
	}
	w.embedAll(h)
	w.exec(`UPDATE conversations SET status = 'open', resolved_at = NULL, resolved_by = NULL WHERE id = $1`, reopened)
	q := w.ask(w.contact(), "printer jams on page two", "bug_report")
	e := w.recall(h, q)
	if len(e.Similar) != maxSimilar {
		t.Fatalf("%d similar cases, want %d", len(e.Similar), maxSimilar)
	}
	a, b, c := e.Similar[0], e.Similar[1], e.Similar[2]
	if a.ConversationID != exact || a.Score < 0.999 || a.Handled != "automatic" || a.Outcome != "contact" || a.Agent != "" || a.Intent != "bug_report" || a.Preview == "" || time.Since(a.ResolvedAt) > 2*time.Hour {
		t.Errorf("first: %+v", a)
	}
	if b.ConversationID != near || b.Handled != "people" || b.Outcome != "agent" || b.Agent != "Kim" {
		t.Errorf("second: %+v", b)
	}
	if c.ConversationID != far || c.Handled != "automatic" || c.Outcome != "silence" {
		t.Errorf("third: %+v", c)
	}
	for i := 1; i < len(e.Similar); i++ {
		if e.Similar[i].Score > e.Similar[i-1].Score {
			t.Errorf("not in order: %v", e.Similar)
		}
	}
	q.ConversationID = exact
	if e := w.recall(h, q); e.Similar[0].ConversationID == exact {
		t.Error("the conversation is similar to itself")
	}
}

func TestNothingIsEmbeddedUnlessAllowed(t *testing.T) {
	w := newWorld(t)
	embedder := &wordEmbedder{dims: 64}
	h := w.history(embedder)
	w.conversation(past{contact: w.contact(), outcome: "silence", texts: []string{"one two three"}, embedded: true})
	w.embedAll(h)
	before := embedder.calls.Load()
	q := w.ask(w.contact(), "one two three", "greeting")
	q.Embed = false
	if e := w.recall(h, q); len(e.Similar) != 0 || e.Degraded != "" || embedder.calls.Load() != before {
		t.Errorf("%+v after %d calls", e, embedder.calls.Load()-before)
	}
	q.Embed, q.Text = true, "  "
	if e := w.recall(h, q); e.Degraded != "" || embedder.calls.Load() != before {
		t.Errorf("an empty text: %+v", e)
	}
	if e := w.recall(NewHistory(w.pool, Embedders{}, quiet), routing.Question{ContactID: w.contact(), Text: "x", Embed: true}); e.Degraded != "" {
		t.Errorf("without an embedder there is nothing to miss: %+v", e)
	}
}

func TestAVectorThatTheQuestionBringsIsNotMadeAgain(t *testing.T) {
	w := newWorld(t)
	embedder := &wordEmbedder{dims: 64}
	h := w.history(embedder)
	if by := h.Serves(); by != embedder.Model() {
		t.Fatalf("it serves %v", by)
	}
	likely := w.conversation(past{contact: w.contact(), outcome: "silence", texts: []string{"one two three"}, embedded: true})
	w.embedAll(h)
	vectors, err := embedder.Embed(t.Context(), []string{"one two three"})
	if err != nil {
		t.Fatal(err)
	}
	before := embedder.calls.Load()
	q := w.ask(w.contact(), "one two three", "greeting")
	q.Vector, q.VectorBy = vectors[0], embedder.Model()
	for _, may := range []bool{true, false} {
		q.Embed = may
		if e := w.recall(h, q); len(e.Similar) != 1 || e.Similar[0].ConversationID != likely || embedder.calls.Load() != before {
			t.Errorf("leave to embed %v: %+v after %d calls", may, e, embedder.calls.Load()-before)
		}
	}
	for name, by := range map[string]intent.ModelID{"another model's": {Name: "other", Dims: 64}, "nobody's": {}} {
		q.VectorBy = by
		if e := w.recall(h, q); len(e.Similar) != 0 || e.Degraded != "" {
			t.Errorf("%s vector is compared: %+v", name, e)
		}
	}
	if by := NewHistory(w.pool, Embedders{}, quiet).Serves(); by != (intent.ModelID{}) {
		t.Errorf("without an embedder it serves %v", by)
	}
}

func TestAnEmbedderThatFailsDegradesTheEvidenceAndNothingElse(t *testing.T) {
	w := newWorld(t)
	embedder := &wordEmbedder{dims: 64}
	h := w.history(embedder)
	c := w.contact()
	w.conversation(past{contact: c, intent: "greeting", age: time.Hour, outcome: "silence"})
	plain, asked := w.ask(c, "hello", "greeting"), w.ask(c, "hello there", "greeting")
	plain.Embed = false
	embedder.broken.Store(true)
	es, err := h.Recall(t.Context(), []routing.Question{plain, asked})
	if err != nil {
		t.Fatal(err)
	}
	if es[0].Degraded != "" || es[1].Degraded == "" || es[0].Repeats != 1 || es[1].Repeats != 1 {
		t.Errorf("evidence %+v; want the second alone degraded and both with the repeat", es)
	}
}

// stuckEmbedder answers when its context ends.
type stuckEmbedder struct{ wordEmbedder }

func (e *stuckEmbedder) Embed(ctx context.Context, _ []string) ([][]float32, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestAnEmbedderThatHangsIsGivenUp(t *testing.T) {
	w := newWorld(t)
	h := w.history(&stuckEmbedder{wordEmbedder{dims: 64}})
	if e := w.recall(h, w.ask(w.contact(), "hello", "greeting")); e.Degraded == "" {
		t.Errorf("%+v, want it degraded", e)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := h.Recall(ctx, []routing.Question{w.ask(w.contact(), "hello", "greeting")}); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller that went away: %v, want context.Canceled", err)
	}
}

func TestADatabaseThatFailsIsAnError(t *testing.T) {
	w := newWorld(t)
	h := w.history(&wordEmbedder{dims: 64})
	q := w.ask(w.contact(), "hello", "greeting")
	w.exec(`ALTER TABLE conversations RENAME TO elsewhere`)
	if _, err := h.Recall(t.Context(), []routing.Question{q}); err == nil {
		t.Fatal("no error")
	}
}

// counter counts statements and batches on a pool.
type counter struct {
	mu         sync.Mutex
	statements int
}

func (c *counter) add() context.Context { c.mu.Lock(); c.statements++; c.mu.Unlock(); return nil }

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.add()
	return ctx
}
func (c *counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (c *counter) TraceBatchStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceBatchStartData) context.Context {
	return ctx
}
func (c *counter) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) { c.add() }
func (c *counter) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

func TestABatchTakesAsManyStatementsAsOneQuestion(t *testing.T) {
	w := newWorld(t)
	h := w.history(&wordEmbedder{dims: 64})
	for i := range 20 {
		w.conversation(past{contact: w.contact(), outcome: "silence", texts: []string{fmt.Sprint("word", i)}, embedded: true})
	}
	w.embedAll(h)
	count := &counter{}
	config := w.pool.Config()
	config.ConnConfig.Tracer, config.MaxConns = count, 1
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	h.pool = pool
	qs := make([]routing.Question, recallBatch)
	for i := range qs {
		qs[i] = w.ask(w.contact(), fmt.Sprint("word ", i), "greeting")
	}
	statements := func(qs []routing.Question) int {
		if _, err := h.Recall(t.Context(), qs); err != nil { // prepares what is not prepared yet
			t.Fatal(err)
		}
		count.statements = 0
		if _, err := h.Recall(t.Context(), qs); err != nil {
			t.Fatal(err)
		}
		return count.statements
	}
	one, many := statements(qs[:1]), statements(qs)
	if one != many || many > 7 {
		t.Errorf("1 question takes %d statements, %d take %d; want as many, and at most 7", one, len(qs), many)
	}
	if got, err := h.Recall(t.Context(), slices.Concat(qs, qs[:5])); err != nil || len(got) != len(qs)+5 {
		t.Errorf("more than a batch: %d answers, %v", len(got), err)
	}
}

// crowd fills the tables with n contacts that each have a resolved conversation, a message and vectors.
func (w *world) crowd(n, dims int) (*History, *space) {
	w.t.Helper()
	h := w.history(&wordEmbedder{dims: dims})
	s := h.spaces.Load().serving
	w.exec(`
		CREATE TEMP TABLE crowd AS SELECT gen_random_uuid() AS id, n, now() - n * interval '1 minute' AS at FROM generate_series(1, $1::int) n`, n)
	w.exec(`INSERT INTO contacts (id) SELECT id FROM crowd`)
	w.exec(`INSERT INTO contact_addresses (id, contact_id, channel, address) SELECT id, id, 'webchat', id::text FROM crowd`)
	w.exec(`INSERT INTO conversations (id, contact_id, contact_address_id, inbox_address_id, channel, status, intent, resolved_at, resolved_by, created_at, last_message_at)
		SELECT id, id, id, $1, 'webchat', 'resolved', 'greeting', at, 'silence', at, at FROM crowd`, w.inbox)
	w.exec(`INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text, created_at) SELECT id, id, 1, 'inbound', 'contact', $1, 'text', at FROM crowd`, w.inbox)
	vector := fmt.Sprintf(`(SELECT array_agg(random() - 0.5) FROM generate_series(1, %d) WHERE c.n > 0)::real[]::vector::halfvec`, dims)
	w.exec(`INSERT INTO message_vectors (model_id, message_id, contact_id, embedding, created_at) SELECT $1, id, id, `+vector+`, at FROM crowd c`, s.id)
	w.exec(`DROP INDEX ` + s.cases + `_similar`) // one insertion into it costs a millisecond
	w.exec(`INSERT INTO case_vectors (model_id, conversation_id, embedding) SELECT $1, id, `+vector+` FROM crowd c`, s.id)
	if err := pgx.BeginFunc(context.Background(), w.pool, func(tx pgx.Tx) error { return s.create(context.Background(), tx) }); err != nil {
		w.t.Fatal(err)
	}
	return h, s
}

// oneConnection makes temporary tables visible to all statements.
func (w *world) oneConnection() {
	w.t.Helper()
	config := w.pool.Config()
	config.MaxConns = 1
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(pool.Close)
	w.pool = pool
}

func TestThePlannerSearchesContactsByTheBtreeAndCasesByTheIndex(t *testing.T) {
	w := newWorld(t)
	w.oneConnection()
	_, s := w.crowd(5000, 64)
	// The worst for the planner: an HNSW index where none belongs.
	w.exec(fmt.Sprintf(`CREATE INDEX misleading ON %s USING hnsw ((embedding::halfvec(64)) halfvec_cosine_ops)`, s.messages))
	vectors := "ARRAY['[1" + strings.Repeat(",1", 63) + "]']::halfvec[]"
	for _, statistics := range []string{"without statistics", "with statistics"} {
		if statistics == "with statistics" {
			w.exec(`ANALYZE`)
		}
		for _, mode := range []string{"force_custom_plan", "force_generic_plan"} {
			t.Run(statistics+", "+mode, func(t *testing.T) {
				own := w.plan(t, mode, s.ownSQL(), `ARRAY[0, 1]`, `ARRAY[gen_random_uuid(), gen_random_uuid()]`, vectors)
				if !strings.Contains(own, s.messages+"_contact_id_created_at_idx") || strings.Contains(own, "misleading") || strings.Contains(own, "Seq Scan on "+s.messages) {
					t.Errorf("the contact's messages are found like this:\n%s", own)
				}
				similar := w.plan(t, mode, s.similarSQL(), `ARRAY[0, 1]`, vectors)
				if !strings.Contains(similar, s.cases+"_similar") || strings.Contains(similar, "Seq Scan on "+s.cases) || strings.Contains(similar, "Hash Join") {
					t.Errorf("similar cases are found like this:\n%s", similar)
				}
			})
		}
	}
}

// plan is how PostgreSQL would run a statement under the settings of the search.
func (w *world) plan(t *testing.T, mode, sql string, args ...string) string {
	t.Helper()
	ctx := context.Background()
	var lines []string
	err := pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		for _, s := range []string{searchSettings, "SET LOCAL plan_cache_mode = " + mode, "DEALLOCATE ALL", "PREPARE searched AS " + sql} {
			if _, err := tx.Exec(ctx, s, pgx.QueryExecModeSimpleProtocol); err != nil {
				return fmt.Errorf("%s: %w", s, err)
			}
		}
		rows, err := tx.Query(ctx, "EXPLAIN EXECUTE searched("+strings.Join(args, ", ")+")", pgx.QueryExecModeSimpleProtocol)
		if err != nil {
			return err
		}
		lines, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

func TestTheIndexFindsWhatAnExactSearchFinds(t *testing.T) {
	w := newWorld(t)
	w.oneConnection()
	h, s := w.crowd(3000, 64)
	found, all := 0, 0
	for i := range 20 {
		text := fmt.Sprintf("word%c%c here%c and there", 'a'+i, 'b'+i, 'c'+i)
		e := w.recall(h, routing.Question{ConversationID: uuid.New(), ContactID: uuid.New(), Text: text, Embed: true})
		vectors, err := s.embed(t.Context(), []string{text}, embedNow)
		if err != nil {
			t.Fatal(err)
		}
		exact, err := column[uuid.UUID](t.Context(), w.pool, "search", fmt.Sprintf(`SELECT conversation_id FROM %s ORDER BY (embedding <=> $1) + 0 LIMIT %d`, s.cases, maxSimilar), vectors[0])
		if err != nil {
			t.Fatal(err)
		}
		near := map[uuid.UUID]bool{}
		for _, c := range e.Similar {
			near[c.ConversationID] = true
		}
		for _, c := range exact {
			all++
			if near[c] {
				found++
			}
		}
	}
	if recall := float64(found) / float64(all); recall < 0.8 || math.IsNaN(recall) { // random vectors are the hardest there are
		t.Errorf("%d of %d nearest cases were found", found, all)
	}
}
