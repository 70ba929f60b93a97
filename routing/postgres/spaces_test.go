package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/intent"
	"usher/routing"
)

// former gives out embedders by their models.
func former(all ...*wordEmbedder) func(intent.ModelID) intent.Embedder {
	return func(m intent.ModelID) intent.Embedder {
		for _, e := range all {
			if e.Model() == m {
				return e
			}
		}
		return nil
	}
}

func (w *world) spaces() []routing.VectorSpace {
	w.t.Helper()
	all, err := VectorSpaces(context.Background(), w.pool)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

// talked is a resolved conversation of a new contact.
func (w *world) talked(text string) uuid.UUID {
	w.t.Helper()
	return w.conversation(past{contact: w.contact(), outcome: "silence", texts: []string{text}, embedded: true})
}

func TestOldVectorsServeUntilTheNewOnesAreCompleteOnAllNodes(t *testing.T) {
	w := newWorld(t)
	a, b := &wordEmbedder{name: "a", dims: 32}, &wordEmbedder{name: "b", dims: 64}
	old := w.history(a)
	asked, release := make(chan struct{}, 1000), make(chan struct{})
	slow := gate{b, asked, release}
	old.embedders.Former = func(m intent.ModelID) intent.Embedder { // whichever node fills b, it is slow
		if m == b.Model() {
			return slow
		}
		return nil
	}
	for i := range 12 {
		w.talked(fmt.Sprint("parcel number ", i))
	}
	w.embedAll(old)
	fresh := w.historyOf(Embedders{Wanted: slow, Former: former(a)})
	runVectors(t, old)
	runVectors(t, fresh)
	<-asked // it is at it
	likely := w.talked("the blue kettle leaks")
	eventually(t, "the new text has the old embedder's vector", func() bool {
		return w.number(`SELECT count(*) FROM case_vectors WHERE conversation_id = $1`, likely) >= 1
	})
	for name, h := range map[string]*History{"the old node": old, "the new node": fresh} {
		if by := h.Serves(); by != a.Model() {
			t.Errorf("%s serves %v before the new vectors are complete", name, by)
		}
		if e := w.recall(h, w.ask(w.contact(), "the blue kettle leaks", "")); e.ComparedBy != "a" || len(e.Similar) == 0 || e.Similar[0].ConversationID != likely || e.Degraded != "" {
			t.Errorf("%s, before the new vectors are complete: %+v", name, e)
		}
	}
	if s := w.spaces(); len(s) != 2 || s[0].Model != "a" || !s[0].Serves || s[1].Model != "b" || !s[1].Wanted || s[1].Complete || s[1].Past != 24 || s[1].Done >= 24 {
		t.Errorf("while b is being filled: %+v", s)
	}
	close(release)
	for name, h := range map[string]*History{"the old node": old, "the new node": fresh} {
		eventually(t, name+" compares by the new vectors", func() bool { return h.Serves() == b.Model() })
		eventually(t, name+" finds the new text by them", func() bool {
			e := w.recall(h, w.ask(w.contact(), "the blue kettle leaks", ""))
			return e.ComparedBy == "b" && len(e.Similar) > 0 && e.Similar[0].ConversationID == likely && e.Degraded == ""
		})
	}
	eventually(t, "the old vectors are gone", func() bool {
		return w.number(`SELECT count(*) FROM pg_inherits WHERE inhparent IN ('message_vectors'::regclass, 'case_vectors'::regclass)`) == 2
	})
	eventually(t, "all texts have vectors", func() bool { return w.waiting() == 0 })
	if messages, cases := w.number(`SELECT count(*) FROM message_vectors`), w.number(`SELECT count(*) FROM case_vectors`); messages != 13 || cases != 13 {
		t.Errorf("%d messages and %d cases have vectors, want 13 each", messages, cases)
	}
	if s := w.spaces(); len(s) != 1 || !s[0].Serves || !s[0].Complete || s[0].Done != s[0].Past {
		t.Errorf("afterwards: %+v", s)
	}
}

func TestVectorsOfTheSameModelInAnotherLengthAreOthers(t *testing.T) {
	w := newWorld(t)
	short, long := &wordEmbedder{dims: 32}, &wordEmbedder{dims: 256}
	h := w.history(short)
	w.talked("parcel")
	w.embedAll(h)
	h = w.historyOf(Embedders{Wanted: long, Former: former(short)})
	if h.Serves() != short.Model() {
		t.Fatalf("%v serves", h.Serves())
	}
	w.embedAll(h)
	if err := h.tend(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h.Serves() != long.Model() {
		t.Errorf("%v serves", h.Serves())
	}
	if e := w.recall(h, w.ask(w.contact(), "parcel", "")); len(e.Similar) != 1 {
		t.Errorf("%+v", e)
	}
}

func TestWhileTheEmbedderIsDownTheFallBackAnswersAndNothingIsDegraded(t *testing.T) {
	w := newWorld(t)
	remote, builtin := &wordEmbedder{name: "remote", dims: 64}, &wordEmbedder{name: "builtin", dims: 32}
	h := w.historyOf(Embedders{Wanted: remote, FallBack: builtin})
	runVectors(t, h)
	c := w.contact()
	w.conversation(past{contact: c, intent: "complaint", age: time.Hour, outcome: "agent", texts: []string{"my blue kettle leaks"}, embedded: true})
	eventually(t, "both have the vectors", func() bool { return w.waiting() == 0 })
	q := w.ask(c, "my blue kettle leaks", "")
	if e := w.recall(h, q); e.ComparedBy != "remote" || e.FellBack || len(e.Similar) != 1 || e.Repeats != 1 {
		t.Errorf("while all is well: %+v", e)
	}
	remote.broken.Store(true)
	check := func(when string, similar int) {
		t.Helper()
		if e := w.recall(h, q); e.ComparedBy != "builtin" || !e.FellBack || e.Degraded != "" || len(e.Similar) != similar || e.Repeats != 1 {
			t.Errorf("%s: %+v", when, e)
		}
	}
	check("while it is down", 1)
	w.talked("the blue kettle leaks much")
	eventually(t, "what is written meanwhile has its vector to fall back on", func() bool {
		return w.number(`SELECT count(*) FROM vector_work w JOIN models m ON m.id = w.model_id WHERE m.name = 'builtin'`) == 0
	})
	check("while it is still down", 2)
	vectors, err := builtin.Embed(t.Context(), []string{q.Text})
	if err != nil {
		t.Fatal(err)
	}
	q.Embed, q.Vector, q.VectorBy = false, vectors[0], builtin.Model()
	if e := w.recall(h, q); e.ComparedBy != "builtin" || e.FellBack || len(e.Similar) != 2 {
		t.Errorf("a vector that was brought: %+v", e)
	}
	q.Embed = true
	builtin.broken.Store(true)
	check("with the vector brought, while both are down", 2)
	q.Vector = nil
	if e := w.recall(h, q); e.Degraded == "" || e.ComparedBy != "" || e.FellBack {
		t.Errorf("while both are down: %+v", e)
	}
	remote.broken.Store(false)
	builtin.broken.Store(false)
	eventually(t, "the rest has vectors, too", func() bool { return w.waiting() == 0 })
	if e := w.recall(h, q); e.ComparedBy != "remote" || e.FellBack || len(e.Similar) != 2 {
		t.Errorf("afterwards: %+v", e)
	}
}

func TestTheFallBackAnswersWhileAFormerEmbedderCannotBeAsked(t *testing.T) {
	w := newWorld(t)
	a, b, builtin := &wordEmbedder{name: "a", dims: 64}, &wordEmbedder{name: "b", dims: 64}, &wordEmbedder{name: "builtin", dims: 32}
	h := w.historyOf(Embedders{Wanted: a, FallBack: builtin})
	likely := w.talked("the blue kettle leaks")
	w.embedAll(h)
	h = w.historyOf(Embedders{Wanted: b, FallBack: builtin})
	if e := w.recall(h, w.ask(w.contact(), "the blue kettle leaks", "")); e.ComparedBy != "builtin" || !e.FellBack || e.Degraded != "" || len(e.Similar) != 1 || e.Similar[0].ConversationID != likely {
		t.Errorf("%+v", e)
	}
	t.Run("and serves alone once nothing else is wanted", func(t *testing.T) {
		h := w.history(builtin)
		if err := h.tend(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s := w.spaces(); h.Serves() != builtin.Model() || len(s) != 1 {
			t.Errorf("%v serves of %+v", h.Serves(), s)
		}
		if n := w.number(`SELECT count(*) FROM models WHERE kind = 'embedder'`) + w.number(`SELECT count(*) FROM vector_work`); n != 1 {
			t.Errorf("%d rows of others are left", n-1)
		}
	})
}

func TestWithoutVectorsToFallBackOnTheFirstEmbedderServesAtOnce(t *testing.T) {
	w := newWorld(t)
	w.conversation(past{contact: w.contact(), outcome: "silence", texts: []string{"parcel"}})
	e := &wordEmbedder{dims: 32}
	if h := w.history(e); h.Serves() != e.Model() {
		t.Errorf("%v serves", h.Serves())
	}
}

func TestARetiredSpaceStaysForNodesThatHaveNotHeard(t *testing.T) {
	w := newWorld(t)
	a, b := &wordEmbedder{name: "a", dims: 32}, &wordEmbedder{name: "b", dims: 32}
	old := w.history(a)
	fresh := NewHistory(w.pool, Embedders{Wanted: b}, quiet)
	if err := fresh.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if fresh.Serves() != b.Model() || old.Serves() != a.Model() {
		t.Fatalf("the new node serves %v, the old %v", fresh.Serves(), old.Serves())
	}
	if e := w.recall(old, w.ask(w.contact(), "parcel", "")); e.ComparedBy != "a" || e.Degraded != "" {
		t.Errorf("the old node: %+v", e)
	}
	t.Run("and is wanted again as it is", func(t *testing.T) {
		w.talked("parcel")
		w.embedAll(old)
		calls := a.texts.Load()
		if again := w.history(a); again.Serves() != a.Model() || a.texts.Load() != calls {
			t.Errorf("%v serves after %d texts", again.Serves(), a.texts.Load()-calls)
		}
	})
}

// A text that is decided while an embedder is new must not fall between those it is shown and those that are added for it.
func TestNoTextIsMissedWhileAnEmbedderIsNew(t *testing.T) {
	w := newWorld(t)
	w.history(&wordEmbedder{name: "a", dims: 32})
	ctx, stop := context.WithCancel(t.Context())
	var adding sync.WaitGroup
	for range 4 {
		c := w.contact()
		adding.Go(func() {
			for ctx.Err() == nil {
				if err := w.decideSlowly(c); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	eventually(t, "some are decided", func() bool { return w.number(`SELECT count(*) FROM messages`) > 20 })
	h := w.history(&wordEmbedder{name: "b", dims: 32})
	at := w.number(`SELECT count(*) FROM messages`)
	eventually(t, "more are decided", func() bool { return w.number(`SELECT count(*) FROM messages`) > at+20 })
	stop()
	adding.Wait()
	var id int
	for _, s := range h.spaces.Load().all {
		if s.model.Name == "b" {
			id = s.id
		}
	}
	if n := w.number(`SELECT count(*) FROM messages m WHERE NOT EXISTS (SELECT FROM vector_work w WHERE w.ref = m.id AND w.model_id = $1)`, id); n != 0 {
		t.Errorf("%d of %d texts do not wait for the new embedder", n, w.number(`SELECT count(*) FROM messages`))
	}
}

// decideSlowly writes a decided message, and takes its time between adding it to the list and the commit.
func (w *world) decideSlowly(contact uuid.UUID) error {
	ctx, conversation, message := context.Background(), id(), id()
	return pgx.BeginFunc(ctx, w.pool, func(tx pgx.Tx) error {
		for _, sql := range []string{
			`INSERT INTO conversations (id, contact_id, contact_address_id, inbox_address_id, channel, status, resolved_at, resolved_by, last_seq, heard_seq, decided_seq)
			SELECT $1, $2, $2, $3, 'webchat', 'resolved', now(), 'silence', 1, 1, 1 WHERE $4::uuid IS NOT NULL`,
			`INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text) SELECT $4, $1, 1, 'inbound', 'contact', $3, 'hello' WHERE $2::uuid IS NOT NULL`,
			`INSERT INTO vector_work (model_id, kind, ref, contact_id) SELECT model_id, 'message', $4, $2 FROM vector_spaces WHERE $1::uuid IS NOT NULL AND $3::uuid IS NOT NULL`,
			`SELECT pg_sleep(` + fmt.Sprint(rand.Float64()/50) + `) WHERE $1::uuid IS NOT NULL AND $2::uuid IS NOT NULL AND $3::uuid IS NOT NULL AND $4::uuid IS NOT NULL`,
		} {
			if _, err := tx.Exec(ctx, sql, conversation, contact, w.inbox, message); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestADeletedContactTakesItsVectorsAlongInEverySpace(t *testing.T) {
	w := newWorld(t)
	h := w.historyOf(Embedders{Wanted: &wordEmbedder{name: "a", dims: 32}, FallBack: &wordEmbedder{name: "b", dims: 64}})
	gone, stays := w.contact(), w.contact()
	for _, c := range []uuid.UUID{gone, stays} {
		w.conversation(past{contact: c, outcome: "silence", texts: []string{"parcel"}, embedded: true})
	}
	w.embedAll(h)
	count := func() int {
		return w.number(`SELECT (SELECT count(*) FROM message_vectors) + (SELECT count(*) FROM case_vectors)`)
	}
	if n := count(); n != 8 {
		t.Fatalf("%d vectors", n)
	}
	w.exec(`DELETE FROM contacts WHERE id = $1`, gone)
	if n := count(); n != 4 {
		t.Errorf("%d vectors are left, want those of the other contact, 4", n)
	}
	t.Run("and what waited leaves the list", func(t *testing.T) {
		w.conversation(past{contact: stays, outcome: "silence", texts: []string{"parcel", "letter"}, embedded: true})
		w.exec(`DELETE FROM contacts`)
		w.embedAll(h)
		if n := count(); n != 0 {
			t.Errorf("%d vectors", n)
		}
	})
	t.Run("and is searched for by an index", func(t *testing.T) {
		for _, s := range h.spaces.Load().all {
			for _, table := range []string{s.messages, s.cases} {
				if n := w.number(`SELECT count(*) FROM pg_indexes WHERE tablename = $1 AND indexdef ~ '\((contact_id|conversation_id),'`, table); n != 1 {
					t.Errorf("%s has %d indexes that begin with whose they are", table, n)
				}
			}
		}
	})
}

func TestWhatIsTakenBackWhileItIsEmbeddedGetsNoVectorAndDoesNotWait(t *testing.T) {
	w := newWorld(t)
	asked, release := make(chan struct{}), make(chan struct{})
	h := w.history(gate{&wordEmbedder{dims: 32}, asked, release})
	c := w.conversation(past{contact: w.contact(), outcome: "agent", texts: []string{"parcel"}})
	again := w.conversation(past{contact: w.contact(), outcome: "agent", texts: []string{"parcel"}})
	w.wait("case", c, c)
	w.wait("case", again, again)
	done := make(chan error, 1)
	go func() { _, err := h.WriteVectors(context.Background(), 10); done <- err }()
	<-asked
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := w.pool.Exec(ctx, `DELETE FROM vector_work`); err != nil { // as for a conversation that is opened again
		t.Errorf("taking back waits: %v", err)
	}
	w.wait("case", again, again) // and resolved again
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if vectors, waiting := w.number(`SELECT count(*) FROM case_vectors`), w.waiting(); vectors != 0 || waiting != 1 {
		t.Errorf("%d vectors, want none; %d cases wait, want the one that was resolved again", vectors, waiting)
	}
}

func TestTextsOfAProcessThatDiedAreTakenByOthers(t *testing.T) {
	w := newWorld(t)
	h := w.history(&wordEmbedder{dims: 32})
	w.talked("parcel")
	s := h.spaces.Load().serving
	if b, err := s.take(t.Context(), w.pool, 10); err != nil || len(b.texts) != 2 {
		t.Fatalf("%d texts, %v", len(b.texts), err)
	}
	if n, err := h.WriteVectors(t.Context(), 10); n != 0 || err != nil {
		t.Errorf("%d texts are taken twice, %v", n, err)
	}
	w.exec(`UPDATE vector_work SET taken_until = now() - interval '1 second'`)
	w.embedAll(h)
	if n := w.number(`SELECT count(*) FROM case_vectors`); n != 1 {
		t.Errorf("%d cases have vectors", n)
	}
}

func TestWhatIsInterruptedIsGivenBack(t *testing.T) {
	w := newWorld(t)
	asked, release := make(chan struct{}, 1), make(chan struct{})
	h := w.history(gate{&wordEmbedder{dims: 32}, asked, release})
	w.talked("parcel")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { _, err := h.WriteVectors(ctx, 10); done <- err }()
	<-asked
	cancel()
	close(release)
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if n := w.number(`SELECT count(*) FROM vector_work WHERE taken_until IS NULL`); n != 2 {
		t.Errorf("%d texts can be taken, want 2", n)
	}
}

func TestSpacesAreListedWithTheOneThatServesFirst(t *testing.T) {
	w := newWorld(t)
	a, b, c := &wordEmbedder{name: "a", dims: 32}, &wordEmbedder{name: "b", dims: 48}, &wordEmbedder{name: "c", dims: 64}
	h := w.historyOf(Embedders{Wanted: a, FallBack: c})
	w.talked("parcel")
	w.embedAll(h)
	h = w.historyOf(Embedders{Wanted: b, FallBack: c, Former: former(a)})
	w.talked("letter")
	var names []string
	for _, s := range w.spaces() {
		names = append(names, fmt.Sprintf("%s %d serves %v wanted %v fall-back %v complete %v %d/%d+%d", s.Model, s.Numbers, s.Serves, s.Wanted, s.FallBack, s.Complete, s.Done, s.Past, s.Waiting))
	}
	if want := []string{
		"a 32 serves true wanted false fall-back false complete true 0/0+2",
		"b 48 serves false wanted true fall-back false complete false 0/2+2",
		"c 64 serves false wanted false fall-back true complete true 0/0+2",
	}; !slices.Equal(names, want) {
		t.Errorf("%q, want %q", names, want)
	}
	if _, err := h.WriteVectors(t.Context(), 3); err != nil { // new texts come first
		t.Fatal(err)
	}
	if s := w.spaces()[1]; s.Model != "b" || s.Done != 1 || s.LeftSeconds <= 0 {
		t.Errorf("after one text of the past: %+v", s)
	}
}
