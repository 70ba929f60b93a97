package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// repository, seen from this package.
const repository = "../.."

func readRoot(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(repository, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// shown is what a page shows as code: indented lines, and what stands between backticks in a line.
func shown(page string) []string {
	var out []string
	for line := range strings.Lines(page) {
		if code, indented := strings.CutPrefix(line, "    "); indented {
			out = append(out, strings.TrimSpace(code))
			continue
		}
		for i, part := range strings.Split(line, "`") {
			if i%2 == 1 {
				out = append(out, part)
			}
		}
	}
	return out
}

var (
	usherCall = regexp.MustCompile(`(?:^|\$\()(?:bin/)?usher ([^)>|]+)`)
	word      = regexp.MustCompile(`"([^"]*)"|(\S+)`)
)

// usherCalls are the arguments of every call of usher that a page shows.
func usherCalls(page string) [][]string {
	var calls [][]string
	for _, code := range shown(page) {
		for _, m := range usherCall.FindAllStringSubmatch(code, -1) {
			var args []string
			for _, w := range word.FindAllStringSubmatch(m[1], -1) {
				args = append(args, w[1]+w[2])
			}
			calls = append(calls, args)
		}
	}
	return calls
}

func TestREADMEShowsOnlyCommandsThatExist(t *testing.T) {
	for _, page := range []string{"README.md", "CHANGELOG.md", "evals/README.md"} {
		calls := usherCalls(readRoot(t, page))
		if len(calls) < 4 {
			t.Errorf("%s: only %d calls of usher were seen", page, len(calls))
		}
		for _, args := range calls {
			if problem := callProblem(args); problem != "" {
				t.Errorf("%s: usher %s: %s", page, strings.Join(args, " "), problem)
			}
		}
	}
}

// callProblem is what is wrong with a call, or nothing. A command alone, such as `usher key`, names it and is no call.
func callProblem(args []string) string {
	root := newRootCmd()
	root.InitDefaultHelpCmd() // which cobra otherwise adds when it runs
	cmd, rest, err := root.Find(args)
	if err != nil {
		return err.Error()
	}
	if cmd.HasSubCommands() && len(rest) > 0 {
		return "there is no such command below " + cmd.CommandPath()
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err.Error()
	}
	if len(cmd.Flags().Args()) == 0 {
		return ""
	}
	if err := cmd.ValidateArgs(cmd.Flags().Args()); err != nil {
		return err.Error()
	}
	return ""
}

func TestREADMENamesEveryCommand(t *testing.T) {
	named := map[string]bool{}
	for _, args := range usherCalls(readRoot(t, "README.md")) {
		if cmd, _, err := newRootCmd().Find(args); err == nil {
			named[cmd.CommandPath()] = true
		}
	}
	var walk func(*cobra.Command)
	walk = func(cmd *cobra.Command) {
		if cmd.Hidden {
			return
		}
		if cmd.Runnable() && !named[cmd.CommandPath()] {
			t.Errorf("README.md does not name `%s`", cmd.CommandPath())
		}
		for _, c := range cmd.Commands() {
			walk(c)
		}
	}
	walk(newRootCmd())
}

func TestREADMEHasEverySetting(t *testing.T) {
	names := regexp.MustCompile(`\b(?:USHER|OPENAI)_[A-Z_]+\b|\b(?:DATABASE|NATS)_URL\b`)
	inCode := names.FindAllString(readRoot(t, "cmd/usher/config.go"), -1)
	var inTable []string
	for line := range strings.Lines(readRoot(t, "README.md")) {
		if strings.HasPrefix(line, "| `") {
			inTable = append(inTable, names.FindAllString(strings.Split(line, "|")[1], -1)...)
		}
	}
	if len(inTable) < 8 {
		t.Errorf("README.md has only %d settings in its tables", len(inTable))
	}
	for _, name := range inCode {
		if !slices.Contains(inTable, name) {
			t.Errorf("README.md does not have the setting %s", name)
		}
	}
	for _, name := range inTable {
		if !slices.Contains(inCode, name) {
			t.Errorf("README.md has %s, which config.go does not read", name)
		}
	}
}

func TestREADMEShowsOnlyTargetsOfMake(t *testing.T) {
	targets := regexp.MustCompile(`(?m)^([a-z-]+):`).FindAllStringSubmatch(readRoot(t, "Makefile"), -1)
	call := regexp.MustCompile(`^make ([a-z-]+)`)
	seen := 0
	for _, code := range shown(readRoot(t, "README.md")) {
		m := call.FindStringSubmatch(code)
		if m == nil {
			continue
		}
		seen++
		if !slices.ContainsFunc(targets, func(target []string) bool { return target[1] == m[1] }) {
			t.Errorf("README.md shows `make %s`, which Makefile does not have", m[1])
		}
	}
	if seen < 4 {
		t.Errorf("only %d calls of make were seen", seen)
	}
}

func TestREADMEListsTheFolders(t *testing.T) {
	readme := readRoot(t, "README.md")
	entries, err := os.ReadDir(repository)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if !e.IsDir() || strings.HasPrefix(name, ".") || name == "bin" {
			continue
		}
		if !strings.Contains(readme, "]("+name+")") && !strings.Contains(readme, "]("+name+"/usher)") {
			t.Errorf("README.md does not list %s", name)
		}
		if !exists(filepath.Join(repository, name, "README.md")) && !exists(filepath.Join(repository, name, "doc.go")) && !exists(filepath.Join(repository, name, "usher", "README.md")) {
			t.Errorf("%s has neither README.md nor doc.go to say what lives there", name)
		}
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
