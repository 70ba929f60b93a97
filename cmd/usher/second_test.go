package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"usher/channels"
	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/starter"
	"usher/migrations/dbtest"
	"usher/routing"
)

// remoteModels is a server of an embedding model, which fails while it is down, and of a chat model, which says what label
// holds.
func remoteModels(t *testing.T, label *atomic.Value, down *atomic.Bool) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/embeddings", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Input []string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil || down.Load() {
			http.Error(w, "no vectors", http.StatusInternalServerError)
			return
		}
		data := make([]map[string]any, len(in.Input))
		for i := range data {
			data[i] = map[string]any{"index": i, "embedding": []float32{1, 2, 3, 4}}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	})
	mux.HandleFunc("POST /v1/chat/completions", func(w http.ResponseWriter, _ *http.Request) {
		says := label.Load().(string)
		if says == "" {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{
			"choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": fmt.Sprintf(`{"label":%q}`, says)}}},
			"usage":   map[string]int{"prompt_tokens": 900, "completion_tokens": 6},
		})
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server
}

// remoteApp is a node whose models are those of remoteModels.
func remoteApp(t *testing.T, label *atomic.Value, down *atomic.Bool) *app {
	t.Helper()
	a := &app{pool: dbtest.Pool(t), log: quiet, config: Config{
		Company: defaultCompany, OpenAIBaseURL: remoteModels(t, label, down).URL + "/v1", OpenAIModel: "embed-1", OpenAIDims: 4, ChatModel: "chat-1",
	}}
	var err error
	if a.catalogue, err = starter.Catalogue(); err != nil {
		t.Fatal(err)
	}
	a.opened(t)
	t.Cleanup(func() {
		for _, disconnect := range a.disconnect {
			disconnect()
		}
	})
	return a
}

func TestASecondOpinionIsAskedForRecordedAndRecomputed(t *testing.T) {
	var label atomic.Value
	var down atomic.Bool
	label.Store("order_status")
	a := remoteApp(t, &label, &down)
	doc := append(routing.DefaultPolicy(), []byte("\nsecond_opinion: {from: 0.36, to: 1}\n")...)
	if _, _, err := a.policies.PublishPolicy(t.Context(), doc, "ask a second model", "Ada"); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ from, says, route, detail string }{
		{"u_1", "order_status", routing.ToReply, "chat-1 says Order status, too (900 tokens read, 6 written)"},
		{"u_2", "refund_request", routing.ToAgent, "chat-1 says Refund request (900 tokens read, 6 written)"},
		{"u_3", "", routing.ToAgent, "chat-1 gave no second opinion: the server answered 500"},
	} {
		label.Store(tc.says)
		e := a.decided(t, tc.from, "hello, where is my order 10234? I am "+tc.from)
		if e.Decision.Route != tc.route || e.Request == nil || e.Request.Opinion == nil || e.Request.Opinion.Model != "chat-1" || e.Request.Opinion.Intent != tc.says {
			t.Fatalf("%s: route %s (%s), request %+v", tc.from, e.Decision.Route, e.Decision.Reason, e.Request)
		}
		if e.Recomputed == nil || e.Recomputed.Route != tc.route || e.Recomputed.Reason != e.Decision.Reason {
			t.Errorf("%s: decided again it is %+v", tc.from, e.Recomputed)
		}
		if text := e.Text(); !strings.Contains(text, "second_opinion") || !strings.Contains(text, tc.detail) || !strings.Contains(text, "the same comes out") {
			t.Errorf("%s: the explanation lacks %q:\n%s", tc.from, tc.detail, text)
		}
	}
	// Without its embedder the past is compared by the built-in vectors, which the decision says, and is worth no less.
	label.Store("order_status")
	down.Store(true)
	e := a.decided(t, "u_4", "hello, where is my order 10234? I am u_4")
	if e.Decision.Route != routing.ToReply || e.Decision.Degraded || !e.Request.Evidence.FellBack || e.Request.Evidence.ComparedBy != defaultEmbedder || e.Request.Opinion == nil {
		t.Errorf("without embeddings: route %s (%s), evidence %+v, opinion %+v", e.Decision.Route, e.Decision.Reason, e.Request.Evidence, e.Request.Opinion)
	}
	if text := e.Text(); !strings.Contains(text, "by built-in vectors (use-lite-512+hash-512)") {
		t.Errorf("the explanation does not say what the past was compared by:\n%s", text)
	}
}

// decided is the explanation of what became of a message.
func (a *app) decided(t *testing.T, from, text string) routing.Explanation {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.store.RunIngest(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	r, err := a.store.Receive(ctx, channels.Message{Channel: channels.WebChat, InboxAddress: webInbox, From: from, Text: text})
	if err == nil {
		err = a.store.Decide(ctx, a.pipeline, []uuid.UUID{r.ConversationID})
	}
	if err != nil {
		t.Fatal(err)
	}
	e, err := a.decisions.Explain(ctx, r.ConversationID)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestDoctorAsksTheChatModel(t *testing.T) {
	var label atomic.Value
	label.Store("order_status")
	c := Config{OpenAIBaseURL: remoteModels(t, &label, new(atomic.Bool)).URL + "/v1", ChatModel: "chat-1"}
	if f := checkSecondOpinion(t.Context(), c); f.remedy != "" || !strings.Contains(f.seen, "chat-1, 900 tokens read and 6 written") {
		t.Errorf("a good model: %+v", f)
	}
	label.Store("sell_everything")
	if f := checkSecondOpinion(t.Context(), c); f.remedy == "" || !strings.Contains(f.seen, "not in the catalogue") {
		t.Errorf("a bad model: %+v", f)
	}
	if f := checkSecondOpinion(t.Context(), Config{}); f.remedy != "" || f.seen != "nobody is asked" {
		t.Errorf("no model: %+v", f)
	}
}

func TestSecondOpinionsChooseFromWhatTheLiveClassifierTellsApart(t *testing.T) {
	var label atomic.Value
	var down atomic.Bool
	label.Store("lost_umbrella")
	a := remoteApp(t, &label, &down)
	if o := a.judge.Opinion(t.Context(), "I left my umbrella"); o.Abstained != "the answer is not in the catalogue" {
		t.Fatalf("with the starter's classifier: %+v", o)
	}
	ctx, cancel := context.WithCancel(t.Context())
	followed := make(chan error, 1)
	go func() { followed <- a.followModel(ctx) }()
	defer func() {
		cancel()
		if err := <-followed; err != nil {
			t.Error(err)
		}
	}()
	var taught []intent.Utterance
	for i := range 12 {
		taught = append(taught, intent.Utterance{Text: fmt.Sprintf("I forgot my umbrella number %d", i), Intent: "lost_umbrella"},
			intent.Utterance{Text: fmt.Sprintf("where is my order %d", i), Intent: "order_status"})
	}
	model, err := builtin.Train(t.Context(), taught, builtin.TrainOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	artefact, err := model.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if err := a.models.SaveClassifier(t.Context(), "umbrellas", model.Hash(), artefact, model.Card()); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); a.understander.Understand(t.Context(), "where is my order").Model != model.Hash(); {
		if time.Now().After(deadline) {
			t.Fatal("the classifier is never used")
		}
	}
	if o := a.judge.Opinion(t.Context(), "I left my umbrella"); o.Intent != "lost_umbrella" {
		t.Errorf("with the new classifier: %+v", o)
	}
	labels := labelsOf(model, a.catalogue)
	if len(labels) != 2 || labels[0].Description != "Lost umbrella" || !strings.Contains(labels[1].Description, "where an order is") {
		t.Errorf("labels %+v", labels)
	}
}
