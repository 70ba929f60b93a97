package postgres

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

// run has RunVectors work beside the test.
func runVectors(t *testing.T, h *History) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- h.RunVectors(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func (w *world) waiting() int { w.t.Helper(); return w.number(`SELECT count(*) FROM vector_work`) }

func TestVectorsAreWrittenInBatches(t *testing.T) {
	w := newWorld(t)
	embedder := &wordEmbedder{dims: 32}
	h := w.history(embedder)
	const conversations = 300
	for i := range conversations {
		w.conversation(past{contact: w.contact(), outcome: "silence", texts: []string{fmt.Sprint("where is parcel ", i), "yes"}, embedded: true})
	}
	runVectors(t, h)
	eventually(t, "all texts have vectors", func() bool { return w.waiting() == 0 })
	messages, cases := w.number(`SELECT count(*) FROM message_vectors`), w.number(`SELECT count(*) FROM case_vectors`)
	if messages != conversations || cases != conversations {
		t.Errorf("%d messages and %d cases have vectors, want %d each: a mere yes says nothing", messages, cases, conversations)
	}
	if calls := embedder.calls.Load(); calls > conversations/10 {
		t.Errorf("%d calls to the embedder", calls)
	}
}

func TestNodesShareTheTextsAndDoNoneTwice(t *testing.T) {
	w := newWorld(t)
	embedder := &wordEmbedder{dims: 32}
	for i := range 60 {
		w.conversation(past{contact: w.contact(), texts: []string{fmt.Sprint("text ", i)}, embedded: true})
	}
	h := w.history(embedder)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for w.waiting() > 0 {
				if _, err := h.WriteVectors(context.Background(), 5); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if n := embedder.texts.Load(); n != 60 {
		t.Errorf("%d texts were embedded, want 60", n)
	}
}

func TestWhoAddsToTheListDoesNotWaitForTheEmbedder(t *testing.T) {
	w := newWorld(t)
	c := w.contact()
	w.conversation(past{contact: c, texts: []string{"hello"}, embedded: true})
	embedding, release := make(chan struct{}), make(chan struct{})
	h := w.history(gate{&wordEmbedder{dims: 32}, embedding, release})
	done := make(chan error, 1)
	go func() { _, err := h.WriteVectors(context.Background(), 10); done <- err }()
	<-embedding
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if _, err := w.pool.Exec(ctx, `INSERT INTO vector_work (model_id, kind, ref, contact_id) SELECT model_id, kind, ref, contact_id FROM vector_work UNION ALL SELECT model_id, 'case', $1, $1 FROM vector_spaces ON CONFLICT DO NOTHING`, c); err != nil {
		t.Errorf("adding waits: %v", err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// gate is an embedder that says when it is asked and waits for leave.
type gate struct {
	*wordEmbedder
	asked   chan<- struct{}
	release <-chan struct{}
}

func (g gate) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	g.asked <- struct{}{}
	<-g.release
	return g.wordEmbedder.Embed(ctx, texts)
}

func TestAnEmbedderThatComesBackFinishesTheList(t *testing.T) {
	w := newWorld(t)
	embedder := &wordEmbedder{dims: 32}
	embedder.broken.Store(true)
	h := w.history(embedder)
	for i := range 5 {
		w.conversation(past{contact: w.contact(), texts: []string{fmt.Sprint("text ", i)}, embedded: true})
	}
	runVectors(t, h)
	eventually(t, "the embedder was asked and failed", func() bool { return embedder.calls.Load() > 0 })
	if n := w.waiting(); n != 5 {
		t.Errorf("%d texts wait, want all 5", n)
	}
	embedder.broken.Store(false)
	eventually(t, "all texts have vectors", func() bool { return w.waiting() == 0 })
}

func TestATextThatAlwaysFailsDoesNotHoldUpTheOthers(t *testing.T) {
	w := newWorld(t)
	h := w.history(&wordEmbedder{dims: 32, refuse: "poison"})
	w.conversation(past{contact: w.contact(), texts: []string{"the poison comes first"}, embedded: true})
	for i := range 5 {
		w.conversation(past{contact: w.contact(), texts: []string{fmt.Sprint("text ", i)}, embedded: true})
	}
	runVectors(t, h)
	eventually(t, "it has left the list", func() bool { return w.waiting() == 0 })
	if n := w.number(`SELECT count(*) FROM message_vectors`); n != 5 {
		t.Errorf("%d of the 5 others have vectors", n)
	}
}

func TestWhatIsGoneOrSaysNothingLeavesTheList(t *testing.T) {
	w := newWorld(t)
	h := w.history(&wordEmbedder{dims: 32})
	c := w.contact()
	w.conversation(past{contact: c, texts: []string{"", "  ", "thanks, that helped!", "1234"}, embedded: true}) // the embedder knows no digits
	open := w.conversation(past{contact: w.contact(), texts: []string{"opened again"}})
	w.wait("message", uuid.New(), c)
	w.wait("case", uuid.New(), c)
	w.wait("case", open, c)
	w.embedAll(h)
	if n := w.number(`SELECT (SELECT count(*) FROM message_vectors) + (SELECT count(*) FROM case_vectors)`); n != 0 {
		t.Errorf("%d vectors, want none", n)
	}
}

func TestACaseThatIsResolvedAgainGetsAnotherVector(t *testing.T) {
	w := newWorld(t)
	h := w.history(&wordEmbedder{dims: 32})
	c := w.contact()
	conversation := w.conversation(past{contact: c, outcome: "agent", texts: []string{"parcel"}, embedded: true})
	w.embedAll(h)
	read := func() (v string) {
		if err := w.pool.QueryRow(t.Context(), `SELECT embedding::text FROM case_vectors`).Scan(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	before := read()
	w.exec(`INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text) VALUES ($1, $2, 9, 'inbound', 'contact', $3, 'refund instead')`, id(), conversation, w.inbox)
	w.wait("case", conversation, c)
	w.embedAll(h)
	if read() == before {
		t.Error("the vector is still that of the old text")
	}
}

func TestVectorsGoToTheContactWhoHasTheConversationNow(t *testing.T) {
	w := newWorld(t)
	h := w.history(&wordEmbedder{dims: 32})
	visitor, known := w.contact(), w.contact()
	conversation := w.conversation(past{contact: visitor, texts: []string{"hello"}, embedded: true})
	w.exec(`UPDATE conversations SET contact_id = $1 WHERE id = $2`, known, conversation)
	w.embedAll(h)
	if n := w.number(`SELECT count(*) FROM message_vectors WHERE contact_id = $1`, known); n != 1 {
		t.Error("the vector is not the known contact's")
	}
}

func TestLongTextsAreCutBetweenCharacters(t *testing.T) {
	for name, text := range map[string]string{"ASCII": strings.Repeat("a", 2*maxEmbedded), "umlauts": "a" + strings.Repeat("ü", maxEmbedded), "emoji": strings.Repeat("🙂", maxEmbedded)} {
		got := cut(text)
		if len(got) > maxEmbedded || len(got) < maxEmbedded-3 || !strings.HasPrefix(text, got) || strings.ToValidUTF8(got, "") != got {
			t.Errorf("%s: %d bytes", name, len(got))
		}
	}
	if got := cut("short"); got != "short" {
		t.Errorf("a short text becomes %q", got)
	}
}

func TestWithoutAnEmbedderThereIsNothingToDo(t *testing.T) {
	h := NewHistory(newWorld(t).pool, Embedders{}, quiet)
	if err := h.Prepare(t.Context()); err != nil {
		t.Error(err)
	}
	if err := h.RunVectors(t.Context()); err != nil {
		t.Error(err)
	}
	if n, err := h.WriteVectors(t.Context(), 10); n != 0 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}
