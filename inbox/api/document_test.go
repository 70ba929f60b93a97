package api_test

import (
	"bytes"
	"encoding/json"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usher/inbox/api"
)

type document struct {
	OpenAPI string                          `json:"openapi"`
	Paths   map[string]map[string]operation `json:"paths"`
	Parts   struct {
		SecuritySchemes map[string]any             `json:"securitySchemes"`
		Schemas         map[string]json.RawMessage `json:"schemas"`
	} `json:"components"`
}

type operation struct {
	OperationID string                `json:"operationId"`
	Summary     string                `json:"summary"`
	Security    []map[string][]string `json:"security"`
	Tags        []string              `json:"tags"`
	Responses   map[string]struct {
		Content map[string]json.RawMessage `json:"content"`
	} `json:"responses"`
}

func readDocument(t *testing.T) ([]byte, document) {
	t.Helper()
	b, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	var d document
	if err := json.Unmarshal(b, &d); err != nil {
		t.Fatal(err)
	}
	return b, d
}

func TestTheDocumentIsTheSameEveryTime(t *testing.T) {
	first, _ := readDocument(t)
	for range 5 {
		if again, _ := readDocument(t); !bytes.Equal(first, again) {
			t.Fatal("two documents of one program differ")
		}
	}
}

// open are the operations for anybody: where one signs in.
var open = []string{"sign-in", "sign-in-by-link"}

func TestEveryOperationSaysWhatItIsForAndWhoMayCallIt(t *testing.T) {
	_, d := readDocument(t)
	if d.OpenAPI != "3.1.0" {
		t.Errorf("openapi is %q", d.OpenAPI)
	}
	seen := map[string]bool{}
	for path, item := range d.Paths {
		if !strings.HasPrefix(path, "/api/v1/") {
			t.Errorf("path %s is outside /api/v1", path)
		}
		for method, op := range item {
			if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 || seen[op.OperationID] {
				t.Errorf("%s %s: id %q (seen %v), summary %q, tags %v", method, path, op.OperationID, seen[op.OperationID], op.Summary, op.Tags)
			}
			seen[op.OperationID] = true
			if (len(op.Security) == 0) != slices.Contains(open, op.OperationID) {
				t.Errorf("%s: security is %v", op.OperationID, op.Security)
			}
			for _, s := range op.Security {
				for name := range s {
					if d.Parts.SecuritySchemes[name] == nil {
						t.Errorf("%s: no scheme %q", op.OperationID, name)
					}
				}
			}
			for status, r := range op.Responses {
				if status >= "4" && r.Content["application/problem+json"] == nil {
					t.Errorf("%s: %s is no problem document", op.OperationID, status)
				}
			}
		}
	}
	if len(seen) < 30 {
		t.Errorf("only %d operations", len(seen))
	}
}

func TestEveryReferenceInTheDocumentLeadsSomewhere(t *testing.T) {
	b, d := readDocument(t)
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`"\$ref": "#/components/schemas/([^"]+)"`).FindAllSubmatch(b, -1) {
		used[string(m[1])] = true
		if d.Parts.Schemas[string(m[1])] == nil {
			t.Errorf("no schema %s", m[1])
		}
	}
	for name := range d.Parts.Schemas {
		if !used[name] {
			t.Errorf("schema %s is used by nothing", name)
		}
	}
}

func TestTheDocumentTellsWhatMayBeNull(t *testing.T) {
	_, d := readDocument(t)
	var c struct {
		Properties map[string]struct {
			Type   any              `json:"type"`
			Format string           `json:"format"`
			AnyOf  []map[string]any `json:"anyOf"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(d.Parts.Schemas["Conversation"], &c); err != nil {
		t.Fatal(err)
	}
	if p := c.Properties["decision_id"]; p.Format != "uuid" || len(p.Type.([]any)) != 2 {
		t.Errorf("decision_id is %+v", p)
	}
	if p := c.Properties["agent"]; len(p.AnyOf) != 2 || p.AnyOf[1]["type"] != "null" {
		t.Errorf("agent is %+v", p)
	}
	if p := c.Properties["id"]; p.Format != "uuid" || p.Type != "string" {
		t.Errorf("id is %+v", p)
	}
}

func TestTheDocumentAndItsPageAreServed(t *testing.T) {
	h := newHouse(t)
	served := h.call("", "GET", "/openapi.json", nil)
	if served.status != 200 || served.body["openapi"] != "3.1.0" {
		t.Errorf("openapi.json: %d", served.status)
	}
	page := h.call("", "GET", "/docs", nil)
	page.raw = html.UnescapeString(page.raw)
	_, d := readDocument(t)
	for path, item := range d.Paths {
		for method, op := range item {
			if !strings.Contains(page.raw, `id="`+op.OperationID+`"`) || !strings.Contains(page.raw, op.Summary) {
				t.Errorf("the page does not show %s %s", method, path)
			}
		}
	}
	if page.status != http.StatusOK || strings.Contains(page.raw, "<script") || !strings.Contains(page.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("the page needs scripts or has no policy")
	}
	for _, said := range []string{"external_id", "required", "Authorization: Bearer", "Retry-After", "application/problem+json"} {
		if !strings.Contains(page.raw, said) {
			t.Errorf("the page does not say %q", said)
		}
	}
}
