package main

import (
	"bytes"
	"os"
	"testing"

	"usher/inbox/api"
)

// The browser app's types are generated from this file.
func TestTheAppKnowsTheAPIAsItIs(t *testing.T) {
	doc, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile("../../inbox/web/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.TrimSpace(kept), bytes.TrimSpace(doc)) {
		t.Error("inbox/web/openapi.json is out of date: run `bin/usher openapi > inbox/web/openapi.json` and `npm run types` in inbox/web")
	}
}
