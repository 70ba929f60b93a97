package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"

	"usher/intent/openai"
	intentpg "usher/intent/postgres"
	"usher/migrations/dbtest"
)

func TestTokensCostWhatTheyCost(t *testing.T) {
	t.Setenv("USHER_PRICE_EMBEDDING", "0.02")
	c, err := configFromEnv()
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Prices.of(openai.Spend{Kind: "embedding", In: 3_000_000}); got < 0.0599 || got > 0.0601 {
		t.Errorf("3 million tokens cost %v", got)
	}
	if got := (Prices{Embedding: 9, ChatIn: 2, ChatOut: 8}).of(openai.Spend{Kind: openai.KindChat, In: 1_000_000, Out: 500_000}); got != 6 {
		t.Errorf("a million tokens read and half a million written cost %v", got)
	}
	for _, wrong := range []string{"cheap", "-1", "NaN", "Inf"} {
		t.Setenv("USHER_PRICE_EMBEDDING", wrong)
		if _, err := configFromEnv(); err == nil || !strings.HasPrefix(err.Error(), "USHER_PRICE_EMBEDDING is") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestARemoteEmbedderCountsWhatItSpendsAndFindsItAgain(t *testing.T) {
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_ = json.NewEncoder(w).Encode(map[string]any{
			"data":  []any{map[string]any{"index": 0, "embedding": []float32{3, 4}}},
			"usage": map[string]int{"prompt_tokens": 7, "total_tokens": 7},
		})
	}))
	defer server.Close()
	config := Config{OpenAIBaseURL: server.URL + "/v1", OpenAIModel: "spend-test", OpenAIDims: 2, Prices: Prices{Embedding: 1e6}}
	pool := dbtest.Pool(t)
	var before dto.Metric // other tests of the process find texts, too
	if err := embeddedTexts.WithLabelValues("store").Write(&before); err != nil {
		t.Fatal(err)
	}
	for range 2 { // two lives of a process on one database
		all, done, err := config.openEmbedders(intentpg.NewCache(pool, 0), quiet)
		if err != nil {
			t.Fatal(err)
		}
		e := all[0]
		v, err := e.Embed(t.Context(), []string{"where is it"})
		if err != nil || v[0][0] < 0.59 || v[0][0] > 0.61 {
			t.Fatal(v, err)
		}
		for stored, deadline := 0, time.Now().Add(10*time.Second); stored == 0; {
			if err := pool.QueryRow(t.Context(), `SELECT count(*) FROM embedding_cache`).Scan(&stored); err != nil || time.Now().After(deadline) {
				t.Fatal("the vector is never stored", err)
			}
		}
		done()
	}
	if asked != 1 {
		t.Errorf("the server was asked %d times", asked)
	}
	shown := httptest.NewRecorder()
	promhttp.Handler().ServeHTTP(shown, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	for _, line := range []string{
		`usher_model_calls_total{kind="embedding",model="spend-test",outcome="ok"} 1`,
		`usher_model_tokens_total{direction="in",kind="embedding",model="spend-test"} 7`,
		`usher_model_cost_total{kind="embedding",model="spend-test"} 7`,
		fmt.Sprintf(`usher_embedded_texts_total{found="store"} %.0f`, before.GetCounter().GetValue()+1),
	} {
		if !strings.Contains(shown.Body.String(), line+"\n") {
			t.Errorf("the metrics lack %s", line)
		}
	}
}
