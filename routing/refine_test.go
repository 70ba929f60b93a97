package routing_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"usher/intent"
	"usher/routing"
)

// reader is a first model that is as sure of the intent as the text says ("order_status 0.97 ..."), and a second reading that
// is sure of refund_status. It keeps what was embedded.
type reader struct {
	embedded []string
	fails    bool
	short    bool // of time
}

var readerModel = intent.ModelID{Name: "reader", Dims: 1}

func (r *reader) Understand(_ context.Context, text string) intent.Prediction {
	p := intent.Prediction{Model: "first", Language: "en"}
	words := strings.Fields(text)
	if len(words) > 1 {
		p.Ranked = []intent.Ranked{{Intent: words[0], Confidence: map[string]float64{"sure": 0.99, "unsure": 0.6}[words[1]]}}
	}
	if strings.Contains(text, "strange") {
		p.OOS = 0.6
	}
	if strings.Contains(text, "alarming") {
		p.Alarm.Alone = 0.2
	}
	return p
}

func (r *reader) Embed(_ context.Context, texts []string) (intent.Vectors, error) {
	r.embedded = append(r.embedded, texts...)
	if r.fails {
		return intent.Vectors{}, errors.New("down")
	}
	v := intent.Vectors{By: readerModel}
	v.Of = make([][]float32, len(texts))
	for i := range texts {
		if !r.short {
			v.Of[i] = []float32{float32(i + 1)}
		}
	}
	return v, nil
}

func (r *reader) Refine(p intent.Prediction, _ string, by intent.ModelID, vector []float32) intent.Prediction {
	if by == readerModel && len(vector) == 1 {
		p.Ranked, p.Fused = []intent.Ranked{{Intent: "refund_status", Confidence: 0.98}}, true
	}
	return p
}

// keptHistory keeps what it was asked.
type keptHistory struct{ asked []routing.Question }

func (h *keptHistory) Recall(_ context.Context, qs []routing.Question) ([]routing.Evidence, error) {
	h.asked = append(h.asked, qs...)
	return make([]routing.Evidence, len(qs)), nil
}

var noon = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

// cascade is a pipeline on the default policy, by which order_status is answered and bug_report goes to people.
func cascade(t testing.TB, how routing.Embedding) (*routing.Pipeline, *reader, *keptHistory) {
	t.Helper()
	policy, err := routing.ParsePolicy(routing.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	r, h := &reader{}, &keptHistory{}
	return &routing.Pipeline{Understander: r, Refiner: r, Embedding: how, History: h, Policy: func() *routing.Policy { return policy }}, r, h
}

func prepare(p *routing.Pipeline, at time.Time, texts ...string) []routing.Request {
	requests := make([]routing.Request, len(texts))
	for i, text := range texts {
		requests[i] = routing.Request{Text: text, At: at, Contact: routing.Contact{Type: "customer"}}
	}
	p.Prepare(context.Background(), requests)
	return requests
}

func TestOnlyWhatAVectorCanChangeIsEmbedded(t *testing.T) {
	texts := []string{"bug_report sure", "bug_report unsure", "bug_report sure but strange", "order_status sure", "bug_report sure but alarming", "mumble"}
	for how, want := range map[routing.Embedding][]string{
		"":                         {"bug_report unsure", "bug_report sure but strange", "order_status sure", "bug_report sure but alarming"},
		routing.EmbedWhenItMatters: {"bug_report unsure", "bug_report sure but strange", "order_status sure", "bug_report sure but alarming"},
		routing.EmbedAlways:        {"bug_report sure", "bug_report unsure", "bug_report sure but strange", "order_status sure", "bug_report sure but alarming"},
		routing.EmbedNever:         nil,
	} {
		p, r, h := cascade(t, how)
		requests := prepare(p, noon, texts...)
		if !slices.Equal(r.embedded, want) {
			t.Errorf("%q embeds %q, want %q", how, r.embedded, want)
		}
		for i, got := range requests {
			embedded := slices.Contains(want, got.Text)
			fused := embedded && (how == routing.EmbedAlways || got.Text != "order_status sure")         // of which only the past is asked
			whole := fused && (how == routing.EmbedAlways || got.Text != "bug_report sure but alarming") // of which only the alarm is read again
			if got.Prediction.Fused != fused || whole != (got.Prediction.Top().Intent == "refund_status") || got.Prediction.Shallow != "" {
				t.Errorf("%q: %q is read as %+v", how, got.Text, got.Prediction)
			}
			q := h.asked[i]
			if embedded != (q.Vector != nil && q.VectorBy == readerModel) || q.Intent != got.Prediction.Top().Intent {
				t.Errorf("%q: history is asked %+v about %q", how, q, got.Text)
			}
		}
	}
}

func TestAButtonIsNeverEmbedded(t *testing.T) {
	p, r, _ := cascade(t, routing.EmbedAlways)
	p.Prepare(context.Background(), []routing.Request{{Choice: routing.HelpedYes, At: noon}})
	if len(r.embedded) != 0 {
		t.Errorf("embedded %q", r.embedded)
	}
}

func TestWithoutAVectorTheNgramsSpeakAndTheDecisionSaysSo(t *testing.T) {
	p, r, h := cascade(t, routing.EmbedWhenItMatters)
	r.fails = true
	requests := prepare(p, noon, "order_status sure", "bug_report sure")
	answered, passed := p.Decide(requests[0]), p.Decide(requests[1])
	if answered.Route != routing.ToReply || !answered.Degraded || requests[0].Prediction.Shallow == "" || requests[0].Prediction.Fused {
		t.Errorf("an automatic answer: %+v of %+v", answered, requests[0].Prediction)
	}
	if !h.asked[0].Embed || h.asked[0].Vector != nil {
		t.Errorf("history may embed by itself: %+v", h.asked[0])
	}
	if passed.Degraded || h.asked[1].Embed {
		t.Errorf("what needs no vector: %+v, asked %+v", passed, h.asked[1])
	}
}

func TestWhatTimeWasTooShortForIsNotTriedAgain(t *testing.T) {
	p, r, h := cascade(t, routing.EmbedWhenItMatters)
	r.short = true
	requests := prepare(p, noon, "bug_report unsure", "order_status sure")
	answered, unread := p.Decide(requests[1]), p.Decide(requests[0])
	if answered.Route != routing.ToAgent || !answered.Degraded || !unread.Degraded || h.asked[0].Embed || h.asked[1].Embed {
		t.Errorf("decided %+v and %+v, asked %+v", answered, unread, h.asked)
	}
}

// crowdOf is a batch so large that it is a crowd, the same text again and again.
func crowdOf(text string) []string { return slices.Repeat([]string{text}, 40) }

func TestInACrowdTheUnsureAreReadWithoutVectorsFirst(t *testing.T) {
	p, r, h := cascade(t, routing.EmbedWhenItMatters)
	mixed := append(crowdOf("bug_report unsure"), "order_status sure")
	at := noon
	for _, step := range []struct {
		after    time.Duration // since the step before
		embedded int
		what     string
	}{
		{0, 41, "the first crowd is read whole"},
		{900 * time.Millisecond, 1, "after a while only what would be answered"},
		{900 * time.Millisecond, 1, "as long as it lasts"},
		{2 * time.Second, 41, "calm ends it"},
	} {
		at, r.embedded = at.Add(step.after), nil
		requests := prepare(p, at, mixed...)
		if len(r.embedded) != step.embedded {
			t.Errorf("%s: %d are embedded, want %d", step.what, len(r.embedded), step.embedded)
		}
		d := p.Decide(requests[0])
		if shallow := step.embedded == 1; d.Degraded != shallow || shallow != (requests[0].Prediction.Shallow != "") {
			t.Errorf("%s: %+v is decided %+v", step.what, requests[0].Prediction, d)
		}
		if last := h.asked[len(h.asked)-1]; last.Vector == nil {
			t.Errorf("%s: history is asked without a vector about what would be answered", step.what)
		}
	}
}

func TestWhenEvenAutomaticAnswersAreTooManyPeopleGetThem(t *testing.T) {
	p, r, h := cascade(t, routing.EmbedWhenItMatters)
	at := noon
	for range 13 { // crowds for more than ten seconds
		prepare(p, at, crowdOf("order_status sure")...)
		at = at.Add(900 * time.Millisecond)
	}
	r.embedded = nil
	requests := prepare(p, at, "order_status sure", "bug_report sure")
	d := p.Decide(requests[0])
	if len(r.embedded) != 0 || d.Route != routing.ToAgent || !d.Degraded || h.asked[len(h.asked)-2].Embed {
		t.Errorf("%q are embedded, decided %+v", r.embedded, d)
	}
	if d := p.Decide(requests[1]); d.Degraded {
		t.Errorf("what needs no vector is degraded: %+v", d)
	}
	requests = prepare(p, at.Add(3*time.Second), "order_status sure")
	if d := p.Decide(requests[0]); d.Degraded || len(r.embedded) != 1 {
		t.Errorf("afterwards: %+v", d)
	}
}

func TestWhateverComesInEveryMessageIsEmbeddedOrSaysWhyNot(t *testing.T) {
	tb := t
	rapid.Check(t, func(t *rapid.T) {
		p, r, _ := cascade(tb, rapid.SampledFrom([]routing.Embedding{routing.EmbedWhenItMatters, routing.EmbedAlways}).Draw(t, "how"))
		at := noon
		for range rapid.IntRange(1, 30).Draw(t, "batches") {
			at = at.Add(time.Duration(rapid.Int64Range(0, int64(3*time.Second)).Draw(t, "gap")))
			r.fails, r.embedded = rapid.Bool().Draw(t, "down"), nil
			text := rapid.SampledFrom([]string{"bug_report unsure", "order_status sure"}).Draw(t, "text")
			for _, got := range prepare(p, at, slices.Repeat([]string{text}, rapid.IntRange(1, 64).Draw(t, "size"))...) {
				if vector := slices.Contains(r.embedded, text) && !r.fails; vector == (got.Prediction.Shallow != "") {
					t.Fatalf("embedded %v: %+v", vector, got.Prediction)
				}
				if d := p.Decide(got); d.Degraded != (got.Prediction.Shallow != "") {
					t.Fatalf("%+v is decided %+v", got.Prediction, d)
				}
			}
		}
	})
}
