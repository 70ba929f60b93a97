package api

import (
	"bytes"
	"encoding/json"
	"testing"
)

type document struct {
	OpenAPI string `json:"openapi"`
	Paths   map[string]map[string]struct {
		OperationID string                     `json:"operationId"`
		Summary     string                     `json:"summary"`
		Security    []map[string][]string      `json:"security"`
		Tags        []string                   `json:"tags"`
		Responses   map[string]json.RawMessage `json:"responses"`
	} `json:"paths"`
	Components struct {
		SecuritySchemes map[string]any             `json:"securitySchemes"`
		Schemas         map[string]json.RawMessage `json:"schemas"`
	} `json:"components"`
}

func readDocument(t *testing.T) ([]byte, document) {
	t.Helper()
	b, err := Document()
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
