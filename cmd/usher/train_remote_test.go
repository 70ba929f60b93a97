package main

import (
	"encoding/json"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"usher/intent/builtin"
	intentpg "usher/intent/postgres"
)

// remoteVectors is a server that embeds by the letters of a text, and counts the texts.
func remoteVectors(t *testing.T, texts *atomic.Int64) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Input []string }
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			t.Errorf("the request does not read: %v", err)
		}
		texts.Add(int64(len(in.Input)))
		data := make([]any, len(in.Input))
		for i, text := range in.Input {
			h := fnv.New32a()
			h.Write([]byte(text))
			v := make([]float32, 8)
			for d := range v {
				v[d] = float32(h.Sum32()>>(4*d)&15) - 7.5
			}
			data[i] = map[string]any{"index": i, "embedding": v}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data, "usage": map[string]int{"prompt_tokens": 1, "total_tokens": 1}})
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1"
}

func TestARemoteEmbedderIsAskedForATextOnceHoweverOftenItIsTrainedWith(t *testing.T) {
	d := newDesk(t)
	var asked atomic.Int64
	config := Config{OpenAIBaseURL: remoteVectors(t, &asked), OpenAIModel: "far-train", OpenAIDims: 8}
	d.tr.force = true
	for i, want := range []int64{67, 68} { // 64 texts of the pack and the words of three labels, then a text that was corrected
		all, done, err := config.openEmbedders(intentpg.NewCache(d.pool, 0), quiet)
		if err != nil {
			t.Fatal(err)
		}
		d.tr.atHand = all
		if d.tr.embedder, err = config.trainingEmbedder(embedRemote, all); err != nil {
			t.Fatal(err)
		}
		// What is measured is embedded, too, where it matters: count what is trained on alone.
		o := builtin.TrainOptions{}
		said, err := d.tr.hear(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := withVectors(t.Context(), d.tr.embedder, said.Utterances, len(said.Utterances)-len(said.Used), embeddedPerLabel, &o); err != nil {
			t.Fatal(err)
		}
		if got := asked.Load(); got != want {
			t.Errorf("training %d: %d texts were asked for in all, want %d", i+1, got, want)
		}
		waitFor(t, "vectors in the database", 10*time.Second, func() bool {
			var stored int64
			return d.pool.QueryRow(t.Context(), `SELECT count(*) FROM embedding_cache WHERE model = 'far-train'`).Scan(&stored) == nil && stored == want
		})
		d.corrects(d.agent("Ada"+string(rune('0'+i))), d.decided("whatever it was "+string(rune('0'+i))), "pricing")
		done()
	}
	all, done, err := config.openEmbedders(intentpg.NewCache(d.pool, 0), quiet)
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	d.tr.atHand = all
	d.tr.embedder = all[0]
	if _, refused := d.trains(); refused != nil {
		t.Fatalf("refused: %v", refused)
	}
	model, err := storedModel(t.Context(), d.tr.models, "live")
	if err != nil {
		t.Fatal(err)
	}
	if id, _ := model.Embedder(); id != all[0].Model() {
		t.Errorf("it takes the vectors of %v", id)
	}
}
