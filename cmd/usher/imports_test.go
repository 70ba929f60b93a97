package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

// mayImport says what of ours the packages of each folder may import; the longest fitting folder counts. A folder named
// with a slash at its end allows what is below it, too.
var mayImport = map[string][]string{
	"usher/migrations":         {},
	"usher/migrations/pglocal": {},
	"usher/migrations/dbtest":  {"usher/migrations", "usher/migrations/pglocal"},
	"usher/channels":           {},
	"usher/channels/":          {"usher/channels"},
	"usher/intent":             {},
	"usher/intent/":            {"usher/intent"},
	"usher/routing":            {"usher/intent"},
	"usher/routing/assign":     {},
	"usher/routing/":           {"usher/routing", "usher/intent"},
	"usher/inbox":              {"usher/routing", "usher/intent", "usher/channels"},
	"usher/inbox/web":          {},
	"usher/inbox/widget":       {},
	"usher/inbox/":             {"usher/inbox", "usher/routing", "usher/routing/assign", "usher/intent", "usher/channels"},
	"usher/evals":              {"usher/routing", "usher/intent"},
	"usher/cmd/usher":          {"usher/"},

	"usher/intent/builtin":                 {"usher/intent", "usher/intent/builtin/uselite"},
	"usher/intent/builtin/uselite/convert": {"usher/intent/builtin/uselite/tfjs"},
}

// onlyInTests are packages that production code never imports.
var onlyInTests = []string{"usher/migrations/dbtest", "usher/channels/channelstest"}

type goPackage struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func TestImportsPointOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "usher/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	dec := json.NewDecoder(bytes.NewReader(out))
	seen := 0
	for {
		var p goPackage
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		allowed, known := allowedFor(p.ImportPath)
		if !known {
			t.Errorf("%s: no rule says what this package may import; add one", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if ours(imported) && (!allows(allowed, imported) || contains(onlyInTests, imported)) && !isTestKit(p.ImportPath) {
				t.Errorf("%s imports %s, which the direction of the house does not allow", p.ImportPath, imported)
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d packages were looked at", seen)
	}
}

// isTestKit reports whether a package exists for tests alone, and may know what they need.
func isTestKit(path string) bool { return contains(onlyInTests, path) }

func ours(path string) bool { return strings.HasPrefix(path, "usher/") }

func allowedFor(path string) ([]string, bool) {
	if rule, ok := mayImport[path]; ok {
		return rule, true
	}
	for dir := path; ; {
		i := strings.LastIndexByte(dir, '/')
		if i < 0 {
			return nil, false
		}
		dir = dir[:i]
		if rule, ok := mayImport[dir+"/"]; ok {
			return rule, true
		}
	}
}

func allows(rule []string, path string) bool {
	for _, r := range rule {
		if r == path || strings.HasSuffix(r, "/") && strings.HasPrefix(path, r) {
			return true
		}
	}
	return false
}

func contains(list []string, v string) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}
