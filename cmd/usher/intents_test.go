package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usher/intent/openai"
	"usher/intent/starter"
	"usher/migrations/dbtest"
)

// inventingModel is a server of a chat model that invents examples, of which it then reads those with "odd" in them as out of
// scope, and those with "wild" in them as something that is no intent.
func inventingModel(t *testing.T) *httptest.Server {
	t.Helper()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in struct {
			Messages []struct{ Content string }
			Format   struct {
				Schema struct{ Name string } `json:"json_schema"`
			} `json:"response_format"`
		}
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		var says any
		switch in.Format.Schema.Name {
		case "examples":
			var data struct {
				Intent string
				Count  int
			}
			_ = json.Unmarshal([]byte(in.Messages[1].Content), &data)
			asked++
			var texts []string
			if asked == 1 {
				texts = []string{"where is my order", "an odd one", "a wild one"}
			}
			for i := range data.Count {
				texts = append(texts, fmt.Sprintf("the kettle broke within its warranty, case %d of %d", i, asked))
			}
			says = map[string]any{"messages": texts}
		case "label":
			label := "warranty_claim"
			if strings.Contains(in.Messages[1].Content, "odd") {
				label = "oos"
			}
			if strings.Contains(in.Messages[1].Content, "wild") {
				label = "wildness"
			}
			says = map[string]string{"label": label}
		}
		content, _ := json.Marshal(says)
		_ = json.NewEncoder(w).Encode(map[string]any{
			"choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": string(content)}}},
		})
	}))
	t.Cleanup(server.Close)
	return server
}

const warranty = `- id: warranty_claim
  name: Warranty claim
  description: Wants a broken thing repaired or replaced under warranty.
  examples: ['it broke after a year, is that under warranty']
`

func intentsFile(t *testing.T, doc string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "intents.yaml")
	if err := os.WriteFile(file, []byte(doc), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestAnIntentWithoutExamplesIsLearntFromItsDescription(t *testing.T) {
	file := intentsFile(t, warranty)
	t.Setenv("OPENAI_BASE_URL", inventingModel(t).URL+"/v1")
	t.Setenv("USHER_CHAT_MODEL", "chat-1")
	var out, told bytes.Buffer
	cmd := newIntentsCmd()
	cmd.SetArgs([]string{"invent", "--enough", "12", file})
	cmd.SetOut(&out)
	cmd.SetErr(&told)
	if err := cmd.ExecuteContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := starter.ReadFurther(out.Bytes())
	if err != nil || len(all) != 1 || len(all[0].Examples) != 1 || len(all[0].Invented) != 11 {
		t.Fatalf("%s, %v", out.String(), err)
	}
	for _, text := range all[0].Invented {
		if !strings.Contains(text, "warranty") {
			t.Errorf("%q was kept, though it reads otherwise", text)
		}
	}
	if !strings.Contains(told.String(), "warranty_claim: 12 examples, invented now: 11, dropped because they read otherwise: 2") {
		t.Errorf("told %q", told.String())
	}

	// A classifier that is trained with them tells the intent, and its card says whose words they are.
	pool := dbtest.Pool(t)
	config := Config{Intents: intentsFile(t, out.String())}
	var said bytes.Buffer
	tr, err := newTraining(pool, config, trainOptions{note: "cold start"}, &said, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	if refused, err := tr.run(t.Context()); err != nil || len(refused) > 0 {
		t.Fatalf("%v, %v: %s", refused, err, said.String())
	}
	if !strings.Contains(said.String(), "invented: 11 of the examples of warranty_claim are a model's") {
		t.Errorf("said %s", said.String())
	}
	live, err := storedModel(t.Context(), tr.models, "live")
	if err != nil {
		t.Fatal(err)
	}
	if c := live.Classify("my toaster broke, is that still within its warranty"); c.Ranked[0].Intent != "warranty_claim" {
		t.Errorf("it reads %+v", c.Ranked[:2])
	}
	var card trainedCard
	if err := pool.QueryRow(t.Context(), `SELECT card FROM models WHERE hash = $1`, live.Hash()).Scan(&card); err != nil || card.Invented["warranty_claim"] != 11 {
		t.Errorf("the card says %+v, %v", card.Invented, err)
	}
	known, err := config.catalogue()
	if err != nil || !known.knows("warranty_claim") || !known.knows("order_status") || known.knows("wildness") {
		t.Errorf("the catalogue is %v, %v", known.labels(), err)
	}
	if labels := labelsOf(live, known.entries); !slices.Contains(labels, openai.Label{ID: "warranty_claim", Description: "Wants a broken thing repaired or replaced under warranty."}) {
		t.Errorf("second opinions choose from %+v", labels)
	}
}

func TestInventingSaysWhyItCannot(t *testing.T) {
	file := intentsFile(t, warranty)
	run := func() error {
		cmd := newIntentsCmd()
		cmd.SetArgs([]string{"invent", file})
		cmd.SetOut(&bytes.Buffer{})
		cmd.SetErr(&bytes.Buffer{})
		cmd.SilenceUsage = true
		return cmd.ExecuteContext(t.Context())
	}
	if err := run(); err == nil || !strings.Contains(err.Error(), "set USHER_CHAT_MODEL") {
		t.Errorf("without a model: %v", err)
	}
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	defer down.Close()
	t.Setenv("OPENAI_BASE_URL", down.URL)
	t.Setenv("OPENAI_API_KEY", "k1-secret")
	t.Setenv("USHER_CHAT_MODEL", "chat-1")
	if err := run(); err == nil || err.Error() != "warranty_claim: the server answered 401" {
		t.Errorf("refused: %v", err)
	}
	t.Setenv("USHER_INTENTS", filepath.Join(t.TempDir(), "none.yaml"))
	if f := checkIntents(t.Context(), Config{Intents: os.Getenv("USHER_INTENTS")}); f.remedy == "" || !strings.Contains(f.seen, "USHER_INTENTS: open") {
		t.Errorf("doctor: %+v", f)
	}
	if f := checkIntents(t.Context(), Config{Intents: intentsFile(t, "- {id: a, name: A, description: B}")}); !strings.Contains(f.seen, "a has no examples") {
		t.Errorf("doctor: %+v", f)
	}
	if f := checkIntents(t.Context(), Config{Intents: file}); f.remedy != "" || !strings.Contains(f.seen, "of which 1 from USHER_INTENTS") {
		t.Errorf("doctor: %+v", f)
	}
}
