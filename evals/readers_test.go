package evals_test

import (
	"strings"
	"testing"

	"usher/evals"
)

func TestAFileThatCannotBeTrainedOnIsNamedByLineWithTheRemedy(t *testing.T) {
	for name, c := range map[string]struct {
		file, content string
		says          []string
	}{
		"unknown column":           {"u.csv", "text,intent,lang\na,b,c\n", []string{"line 1", `unknown column "lang"`, "text and intent"}},
		"unknown field":            {"u.jsonl", `{"text":"a","intent":"b","lang":"en"}`, []string{"line 1", `unknown field "lang"`, "the fields are", "text, intent"}},
		"no JSON":                  {"u.jsonl", "text,intent\na,b\n", []string{"line 1", "write for example"}},
		"one class":                {"u.csv", "text,intent\nwhere is it,order_status\nand now,order_status\n", []string{"line 3", "1 intents", "add texts of another"}},
		"one class and oos":        {"u.jsonl", `{"text":"a","intent":"b"}` + "\n" + `{"text":"c","intent":"oos"}`, []string{"line 2", "add texts of another"}},
		"only oos":                 {"u.csv", "text,intent\na,oos\n", []string{"line 2", "0 intents"}},
		"an empty class":           {"u.csv", "text,intent\nwhere is it,a\n!!!,b\nhow,c\n 👍 ,b\n", []string{"line 3", `"b"`, "no text with words", "remove it"}},
		"no label in CSV":          {"u.csv", "text,intent\na,b\nc,\n", []string{"line 3", "label is empty"}},
		"no label in JSON Lines":   {"u.jsonl", `{"text":"a","intent":"b"}` + "\n\n" + `{"id":"x7","text":"c"}`, []string{"line 3", `"x7"`, "no label"}},
		"a label in another case":  {"u.csv", "text,intent\na,Refund\nb,order\nc,refund\n", []string{"line 4", `"refund"`, `"Refund"`, "line 2", "write both alike"}},
		"a label with white space": {"u.jsonl", `{"text":"a","intent":"b"}` + "\n" + `{"text":"c","intent":"b "}`, []string{"line 2", `"b "`, "line 1", "write both alike"}},
		"another encoding":         {"u.csv", "text,intent\na,b\nwo ist mein P\xe4ckchen,c\n", []string{"line 3", "UTF-8", "save the file"}},
		"another encoding in JSON": {"u.jsonl", `{"text":"a","intent":"b"}` + "\n" + `{"text":"` + "\xff" + `","intent":"c"}`, []string{"line 2", "UTF-8"}},
		"two bytes a sign":         {"u.csv", "\xff\xfet\x00e\x00x\x00t\x00", []string{"line 1", "UTF-8"}},
		"out of scope in capitals": {"u.csv", "text,intent\na,b\nc,d\ne,OOS\n", []string{"line 4", `"OOS"`, `"oos"`, "out of scope"}},
		"a label of a bell":        {"u.csv", "text,intent\na,b\nc,d\ae\n", []string{"line 3", "do not print"}},
		"a label like a message":   {"u.csv", "text,intent\na,b\nc," + strings.Repeat("d", 201) + "\n", []string{"line 3", "over 200 bytes"}},
		"nothing":                  {"u.csv", "", []string{"line 1", "no header", "text,intent"}},
		"a header alone":           {"u.csv", "text,intent\n", []string{"no cases"}},
	} {
		t.Run(name, func(t *testing.T) {
			us, err := evals.ReadUtterances(writeFile(t, c.file, c.content))
			if err == nil || us != nil {
				t.Fatalf("read as %+v", us)
			}
			for _, s := range append(c.says, c.file) {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("error %q does not say %q", err, s)
				}
			}
		})
	}
}

func FuzzReadUtterances(f *testing.F) {
	for _, s := range []string{"text,intent\na,b\nc,d\n", "\ufefftext,category\r\n\"a\nb\",c\r\n", `{"text":"a","intent":"b"}`, "\x00", "{", "text,text\n", "\"", "intent,text\n,\n"} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, content string, csv bool) {
		name := "f.jsonl"
		if csv {
			name = "f.csv"
		}
		us, err := evals.ReadUtterances(writeFile(t, name, content))
		if (err == nil) == (len(us) == 0) {
			t.Fatalf("%d utterances and the error %v", len(us), err)
		}
		for _, u := range us {
			if strings.TrimSpace(u.Intent) == "" {
				t.Fatalf("without a label: %+v", u)
			}
		}
	})
}
