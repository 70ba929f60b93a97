package postgres

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/routing"
)

func TestWorkIsFollowedByRestOnlyWhileMessagesComeIn(t *testing.T) {
	var p pace
	if p.busy() || p.rest(time.Second, 1) != 0 {
		t.Error("it rests although nothing comes in")
	}
	if n := p.next(64, 100*time.Millisecond); n != 128 {
		t.Errorf("64 texts in 100 ms are followed by %d, want 128: they fit into %s", n, idlePiece)
	}
	p.asked()
	for sharers, want := range map[int]time.Duration{1: 40 * time.Millisecond, 2: 90 * time.Millisecond} {
		if got := p.rest(10*time.Millisecond, sharers); got != want {
			t.Errorf("10 ms of work of %d are followed by %s, want %s", sharers, got, want)
		}
	}
	for _, tc := range []struct {
		size int
		took time.Duration
		want int
	}{{64, 100 * time.Millisecond, 32}, {64, 20 * time.Millisecond, 128}, {8, 0, 16}, {vectorBatch, 0, vectorBatch}, {1, time.Second, 1}, {1, 0, 2}} {
		if n := p.next(tc.size, tc.took); n != tc.want {
			t.Errorf("%d texts in %s are followed by %d, want %d", tc.size, tc.took, n, tc.want)
		}
	}
}

// thinker is an embedder that keeps a core busy for two milliseconds a text, as the built-in one may.
type thinker struct {
	wordEmbedder
	thought atomic.Int64 // nanoseconds
}

func (e *thinker) Embed(ctx context.Context, texts []string) ([][]float32, error) {
	for range texts {
		for began := threadTime(); ; {
			if spent := threadTime() - began; spent >= 2*time.Millisecond {
				e.thought.Add(int64(spent))
				break
			}
		}
	}
	return e.wordEmbedder.Embed(ctx, texts)
}

func TestWhileMessagesComeInVectorsTakeTheirShareOfACoreAndNoMore(t *testing.T) {
	w := newWorld(t)
	e := &thinker{wordEmbedder: wordEmbedder{dims: 32}}
	const texts = 600
	h := w.history(e)
	contact := w.contact()
	conversation := w.conversation(past{contact: contact, outcome: "silence"})
	w.exec(`INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text) SELECT gen_random_uuid(), $1, n, 'inbound', 'contact', $2, 'parcel ' || n FROM generate_series(1, `+fmt.Sprint(texts)+`) n`, conversation, w.inbox)
	w.exec(`INSERT INTO vector_work (model_id, kind, ref, contact_id) SELECT s.model_id, 'message', m.id, $1 FROM messages m CROSS JOIN vector_spaces s`, contact)
	ctx, calm := context.WithCancel(t.Context())
	var coming sync.WaitGroup
	q := routing.Question{ConversationID: conversation, ContactID: contact, Text: "where is it"}
	coming.Go(func() {
		for ctx.Err() == nil {
			if _, err := h.Recall(ctx, []routing.Question{q}); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
			<-time.After(20 * time.Millisecond)
		}
	})
	h.pace.asked()
	runVectors(t, h)
	began := time.Now()
	<-time.After(2 * time.Second) // what is measured is how much is done in a time
	thought, took := time.Duration(e.thought.Load()), time.Since(began)
	if most := time.Duration(busyShare*float64(took)) + busyPiece; thought > most {
		t.Errorf("embedding took %s of a core in %s, want at most %s", thought, took, most)
	}
	if thought == 0 {
		t.Error("nothing is embedded while messages come in")
	}
	if n := w.waiting(); n == 0 {
		t.Error("nothing is left to measure with")
	}
	calm()
	coming.Wait()
	eventually(t, "the rest is done once it is calm", func() bool { return w.waiting() == 0 })
}
