package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"usher/evals"
)

func TestEvalTrainsOnFewRowsOverSeveralSeeds(t *testing.T) {
	dir := t.TempDir()
	train, test, report := filepath.Join(dir, "train.csv"), filepath.Join(dir, "test.csv"), filepath.Join(dir, "report.json")
	rows := "text,intent\nwhere is my order,order\ntrack my order,order\norder not here,order\nrefund me,refund\nmy money back,refund\na refund please,refund\nwhat a day,oos\n"
	for path, content := range map[string]string{train: rows, test: "text,intent\nmy order please,order\nrefund now,refund\nsing a song,oos\n"} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var out, progress bytes.Buffer
	broken, err := runEval(t.Context(), evalOptions{train: train, jsonFile: report, shots: 2, seeds: 2, seed: 1, noOOS: true, embedder: "none", floors: []string{"seeds=2"}}, []string{test}, &out, &progress)
	if err != nil || len(broken) > 0 {
		t.Fatalf("%v, %v", broken, err)
	}
	if n := strings.Count(progress.String(), "training on 4 utterances of 2 intents and 0 out-of-scope ones"); n != 2 {
		t.Errorf("trained %d times on two rows of each label without oos:\n%s", n, progress.String())
	}
	b, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var r evals.Report
	if err := json.Unmarshal(b, &r); err != nil {
		t.Fatal(err)
	}
	if r.Shots != 2 || r.Seeds != 2 || r.Spread == nil || r.Cases != 3 || r.Intent.Count != 2 || r.OOS.Count != 1 {
		t.Errorf("got %s", b)
	}
	if _, err := runEval(t.Context(), evalOptions{train: train, jsonFile: report, seeds: 1, floors: []string{"embed_s=5"}}, []string{test}, &out, &progress); err != nil {
		t.Errorf("with vectors: %v", err)
	}
	if !strings.Contains(progress.String(), "with vectors, on 7 examples: accuracy") {
		t.Errorf("nothing was learnt from vectors:\n%s", progress.String())
	}
	if _, err := runEval(t.Context(), evalOptions{train: train, seeds: 1, embedder: "word2vec"}, []string{test}, &out, &progress); err == nil || !strings.Contains(err.Error(), "hash-512") {
		t.Errorf("an unknown embedder gives %v", err)
	}
	for name, o := range map[string]evalOptions{"no seed": {train: train, seeds: 0}, "negative shots": {train: train, seeds: 1, shots: -1}} {
		if _, err := runEval(t.Context(), o, []string{test}, &out, &progress); err == nil || !strings.Contains(err.Error(), "--shots") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
