package evals_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"usher/evals"
	"usher/intent"
)

func writeFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readSuite(t testing.TB, name, content string) []evals.Case {
	t.Helper()
	cases, err := evals.ReadSuite(writeFile(t, name, content))
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

func TestJSONLinesAreReadWithAllTheirFields(t *testing.T) {
	got := readSuite(t, "s.jsonl", "\ufeff"+`{"id":"s1","text":"where is it?\nsecond line","intent":"order_status","priority":"high","route":"team:care","sealed":true,"contact_type":"vip","repeats":2,"second":{"intent":"oos","priority":"low","route":"reply"}}`+
		"\n\n  "+`{"text":"no id"}`+"  \r\n"+`{"id":"s3","text":"no line end"}`)
	want := []evals.Case{
		{
			ID: "s1", Text: "where is it?\nsecond line", Intent: "order_status", Priority: intent.High, Route: "team:care",
			Sealed: true, ContactType: "vip", Repeats: 2,
			Second: &evals.Label{Intent: "oos", Priority: intent.Low, Route: "reply"},
		},
		{ID: "line-3", Text: "no id"},
		{ID: "s3", Text: "no line end"},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestAMistakeInJSONLinesIsNamedWithItsLine(t *testing.T) {
	const good = `{"id":"s1","text":"hello"}` + "\n"
	for name, c := range map[string]struct {
		line string
		says []string
	}{
		"no JSON":                {`hello`, []string{"line 2", "invalid character"}},
		"cut off":                {`{"id":"s2","text":"hel`, []string{"line 2"}},
		"unknown field":          {`{"id":"s2","txt":"hello"}`, []string{"line 2", `"txt"`}},
		"wrong kind":             {`{"id":"s2","text":"hello","sealed":"yes"}`, []string{"line 2", "sealed"}},
		"two values":             {`{"id":"s2","text":"a"}{"id":"s3","text":"b"}`, []string{"line 2", "one case per line"}},
		"text after the value":   {`{"id":"s2","text":"a"} # why`, []string{"line 2", "one case per line"}},
		"no text":                {`{"id":"s2"}`, []string{"line 2", `"text"`}},
		"unknown priority":       {`{"id":"s2","text":"a","priority":"asap"}`, []string{"line 2", `"priority"`, `"asap"`, "urgent, high, normal or low"}},
		"unknown route":          {`{"id":"s2","text":"a","route":"care"}`, []string{"line 2", `"route"`, `"care"`, "team:<slug>"}},
		"route to no team":       {`{"id":"s2","text":"a","route":"team:"}`, []string{"line 2", `"route"`, "team:<slug>"}},
		"repeats below zero":     {`{"id":"s2","text":"a","repeats":-1}`, []string{"line 2", `"repeats"`}},
		"second labeller's slip": {`{"id":"s2","text":"a","second":{"intent":"oos","priority":"asap","route":"reply"}}`, []string{"line 2", "second", `"asap"`}},
		"id twice":               {`{"id":"s1","text":"again"}`, []string{"line 2", `"s1"`, "line 1"}},
		"too long a line":        {`{"id":"s2","text":"` + strings.Repeat("a", 2<<20) + `"}`, []string{"line 2", "too long"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := writeFile(t, "bad.jsonl", good+c.line+"\n")
			cases, err := evals.ReadSuite(path)
			if err == nil {
				t.Fatalf("no error, but %+v", cases)
			}
			for _, s := range append(c.says, path) {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("error %q does not say %q", err, s)
				}
			}
		})
	}
}

func TestAMessageWithoutWordsMayBeACase(t *testing.T) {
	if got := readSuite(t, "s.jsonl", `{"text":" ","intent":"oos"}`); len(got) != 1 {
		t.Errorf("got %+v", got)
	}
}

func TestCSVIsReadInItsVariants(t *testing.T) {
	want := []evals.Case{
		{ID: "line-2", Text: "where is it, please?", Intent: "order_status"},
		{ID: "line-3", Text: `the "blue" one`, Intent: intent.OutOfScope},
	}
	for name, content := range map[string]string{
		"text and intent":      "text,intent\n\"where is it, please?\",order_status\n\"the \"\"blue\"\" one\",oos\n",
		"category, other way":  "category,text\norder_status,\"where is it, please?\"\noos,\"the \"\"blue\"\" one\"\n",
		"byte order mark":      "\ufefftext,intent\n\"where is it, please?\",order_status\n\"the \"\"blue\"\" one\",oos\n",
		"capitals and blanks":  " Text , Intent \n\"where is it, please?\", order_status \n\"the \"\"blue\"\" one\",oos\n",
		"Windows line ends":    "text,intent\r\n\"where is it, please?\",order_status\r\n\"the \"\"blue\"\" one\",oos\r\n",
		"bare quotes in texts": "text,intent\n\"where is it, please?\",order_status\nthe \"blue\" one,oos\n",
	} {
		t.Run(name, func(t *testing.T) {
			if got := readSuite(t, "s.csv", content); !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestARowOverSeveralLinesIsNamedAfterItsFirst(t *testing.T) {
	got := readSuite(t, "s.CSV", "text,intent\n\"one\ntwo\",oos\nthree,oos\n")
	if len(got) != 2 || got[0].ID != "line-2" || got[0].Text != "one\ntwo" || got[1].ID != "line-4" {
		t.Errorf("got %+v", got)
	}
}

func TestAMistakeInCSVIsNamedWithItsLine(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		says    []string
	}{
		"empty file":      {"", []string{"line 1", "header"}},
		"no label column": {"text\nhello\n", []string{"line 1", "intent (or category)"}},
		"no text column":  {"intent\noos\n", []string{"line 1", "text"}},
		"unknown column":  {"text,intent,note\nhello,oos,x\n", []string{"line 1", `"note"`}},
		"column twice":    {"text,intent,category\nhello,oos,oos\n", []string{"line 1", "category"}},
		"a field missing": {"text,intent\nhello,oos\nhello\n", []string{"line 3", "number of fields"}},
		"a field more":    {"text,intent\nhello, you,oos\n", []string{"line 2", "number of fields"}},
		"no label":        {"text,intent\nhello,oos\nhello, \n", []string{"line 3", "label is empty"}},
		"no rows":         {"text,intent\n", []string{"no cases"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := writeFile(t, "bad.csv", c.content)
			cases, err := evals.ReadSuite(path)
			if err == nil {
				t.Fatalf("no error, but %+v", cases)
			}
			for _, s := range append(c.says, path) {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("error %q does not say %q", err, s)
				}
			}
		})
	}
}

func TestASuiteWithoutCasesIsAnError(t *testing.T) {
	for _, content := range []string{"", "\n \n"} {
		if _, err := evals.ReadSuite(writeFile(t, "empty.jsonl", content)); err == nil || !strings.Contains(err.Error(), "no cases") {
			t.Errorf("%q: got %v", content, err)
		}
	}
	missing := filepath.Join(t.TempDir(), "missing.jsonl")
	if _, err := evals.ReadSuite(missing); err == nil || !strings.Contains(err.Error(), missing) {
		t.Errorf("a missing file: got %v", err)
	}
}

func TestUtterancesComeFromTheSameFormats(t *testing.T) {
	want := []intent.Utterance{{Text: "hello", Intent: "greeting"}, {Text: "ta", Intent: "thanks"}, {Text: "what is love", Intent: intent.OutOfScope}}
	for name, content := range map[string]string{
		"u.csv":   "text,category\nhello,greeting\nta,thanks\nwhat is love,oos\n",
		"u.jsonl": `{"text":"hello","intent":"greeting"}` + "\n" + `{"text":"ta","intent":"thanks"}` + "\n" + `{"text":"what is love","intent":"oos"}`,
	} {
		got, err := evals.ReadUtterances(writeFile(t, name, content))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	if _, err := evals.ReadUtterances(writeFile(t, "u.jsonl", `{"text":"hello"}`)); err == nil || !strings.Contains(err.Error(), "line-1") {
		t.Errorf("an utterance without a label: got %v", err)
	}
}

func TestTheStarterSuiteIsInTheProgram(t *testing.T) {
	want, err := evals.ReadSuite("suites/starter.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := evals.StarterSuite(); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%d cases, %v; the file has %d", len(got), err, len(want))
	}
}
