// Package starter is the labelled starter pack: the intents that nearly every help desk has, with utterances that
// sound like the people who write them. It imports intent and embeds its data.
package starter

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"usher/intent"
)

//go:embed intents.yaml utterances
var pack embed.FS

//go:embed head.bin
var head []byte

// Head is what was learnt of the pack's utterances from their vectors by the built-in embedder, for builtin.TrainOptions: embedding
// them takes a minute. After a change of the pack, make head learns it anew.
func Head() []byte { return head }

// Entry is one intent of the catalogue.
type Entry struct {
	ID          string `yaml:"id" json:"id"`
	Name        string `yaml:"name" json:"name"`
	Description string `yaml:"description" json:"description"`
}

// Catalogue is every intent of the pack, in the order of its file.
func Catalogue() ([]Entry, error) { return catalogue(pack) }

// Utterances is every labelled text of the pack, intents in the order of the catalogue and out-of-scope ones last. An
// error names the file and line that do not read.
func Utterances() ([]intent.Utterance, error) { return utterances(pack) }

var idPattern = regexp.MustCompile(`^[a-z][a-z0-9_]{0,60}$`)

func catalogue(files fs.FS) ([]Entry, error) {
	const file = "intents.yaml"
	doc, err := fs.ReadFile(files, file)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue: %w", err)
	}
	var entries []Entry
	dec := yaml.NewDecoder(bytes.NewReader(doc))
	dec.KnownFields(true)
	if err := dec.Decode(&entries); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	seen := map[string]bool{intent.OutOfScope: true}
	for i, e := range entries {
		if err := e.check(seen); err != nil {
			return nil, fmt.Errorf("%s: entry %d: %w", file, i+1, err)
		}
		seen[e.ID] = true
	}
	if len(entries) == 0 {
		return nil, fmt.Errorf("%s: holds no intents", file)
	}
	return entries, nil
}

// check says what is wrong with an entry beside those that are taken.
func (e Entry) check(taken map[string]bool) error {
	switch {
	case !idPattern.MatchString(e.ID):
		return fmt.Errorf("id %q is not small letters, digits and _", e.ID)
	case taken[e.ID]:
		return fmt.Errorf("id %q is taken", e.ID)
	case e.Name == "" || e.Description == "":
		return fmt.Errorf("%q needs a name and a description", e.ID)
	}
	return nil
}

func utterances(files fs.FS) ([]intent.Utterance, error) {
	entries, err := catalogue(files)
	if err != nil {
		return nil, err
	}
	labels := make([]string, 0, len(entries)+1)
	for _, e := range entries {
		labels = append(labels, e.ID)
	}
	labels = append(labels, intent.OutOfScope)
	if err := noStrangers(files, labels); err != nil {
		return nil, err
	}
	var us []intent.Utterance
	seen := map[string]string{}
	for _, label := range labels {
		texts, err := readLines(files, path.Join("utterances", label+".txt"), seen)
		if err != nil {
			return nil, err
		}
		for _, text := range texts {
			us = append(us, intent.Utterance{Text: text, Intent: label})
		}
	}
	return us, nil
}

// noStrangers refuses files that belong to no intent: a misspelt name would lose its utterances silently.
func noStrangers(files fs.FS, labels []string) error {
	found, err := fs.ReadDir(files, "utterances")
	if err != nil {
		return fmt.Errorf("list the utterances: %w", err)
	}
	for _, f := range found {
		label, isText := strings.CutSuffix(f.Name(), ".txt")
		if f.IsDir() || !isText || !slices.Contains(labels, label) {
			return fmt.Errorf("utterances/%s: belongs to no intent of intents.yaml", f.Name())
		}
	}
	return nil
}

// readLines reads one text per line. seen has the place of every text so far, in comparable form.
func readLines(files fs.FS, file string, seen map[string]string) ([]string, error) {
	doc, err := fs.ReadFile(files, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: is missing: write utterances for the intent, one a line, or take it out of intents.yaml", file)
	}
	if err != nil {
		return nil, fmt.Errorf("read utterances: %w", err)
	}
	if len(doc) == 0 {
		return nil, fmt.Errorf("%s: is empty: write utterances for the intent, one a line, or take it out of intents.yaml", file)
	}
	lines := strings.Split(strings.TrimSuffix(string(doc), "\n"), "\n")
	for i, line := range lines {
		place := fmt.Sprintf("%s:%d", file, i+1)
		if err := checkLine(line); err != nil {
			return nil, fmt.Errorf("%s: %w", place, err)
		}
		key := intent.Sameness(line)
		if first, ok := seen[key]; ok {
			return nil, fmt.Errorf("%s: %q is already at %s: keep one", place, line, first)
		}
		seen[key] = place
	}
	return lines, nil
}

func checkLine(line string) error {
	switch {
	case strings.TrimSpace(line) == "":
		return errors.New("is empty: write an utterance or remove the line")
	case line != strings.TrimSpace(line):
		return errors.New("begins or ends with white space: remove it")
	case !utf8.ValidString(line):
		return errors.New("is not valid UTF-8: save the file as UTF-8")
	case strings.ContainsFunc(line, func(r rune) bool { return r < ' ' }):
		return errors.New("holds a NUL or another control character: remove it")
	case len(line) > 4096:
		return fmt.Errorf("has %d bytes, more than 4096", len(line))
	}
	return nil
}
