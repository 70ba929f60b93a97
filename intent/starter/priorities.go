package starter

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"usher/intent"
)

//go:embed urgency
var urgencyPack embed.FS

// Prioritised is a text with its priority by the rubric of intent/README.md, from nobody known, and which of the three things it
// shows of which two make it urgent.
type Prioritised struct {
	Text                    string
	Priority                intent.Priority
	Furious, Repeat, Threat bool
	// Situation is the same for texts about the same that differ in urgency: they stand together in the file.
	Situation string
}

// Priorities are texts to learn urgency from. An error names the file and line that do not read.
func Priorities() ([]Prioritised, error) { return priorities(urgencyPack) }

// priorities reads lines like "urgent furious repeat: text". An empty line ends a situation.
func priorities(files fs.FS) ([]Prioritised, error) {
	found, err := fs.ReadDir(files, "urgency")
	if err != nil {
		return nil, fmt.Errorf("list the texts about urgency: %w", err)
	}
	var ps []Prioritised
	seen := map[string]string{}
	for _, f := range found {
		file := path.Join("urgency", f.Name())
		doc, err := fs.ReadFile(files, file)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, err)
		}
		situation := 1
		for i, line := range strings.Split(strings.TrimSuffix(string(doc), "\n"), "\n") {
			if line == "" {
				situation++
				continue
			}
			place := fmt.Sprintf("%s:%d", file, i+1)
			p, err := readPrioritised(line)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", place, err)
			}
			key := intent.Sameness(p.Text)
			if first, ok := seen[key]; ok {
				return nil, fmt.Errorf("%s: %q is already at %s: keep one", place, p.Text, first)
			}
			seen[key] = place
			p.Situation = fmt.Sprintf("%s#%d", f.Name(), situation)
			ps = append(ps, p)
		}
	}
	return ps, nil
}

func readPrioritised(line string) (Prioritised, error) {
	if err := checkLine(line); err != nil {
		return Prioritised{}, err
	}
	label, text, ok := strings.Cut(line, ": ")
	words := strings.Fields(label)
	if !ok || len(words) == 0 {
		return Prioritised{}, fmt.Errorf("%q has no label: begin with a priority and a colon", line)
	}
	p := Prioritised{Text: text, Priority: intent.Priority(words[0])}
	switch p.Priority {
	case intent.Urgent, intent.High, intent.Normal, intent.Low:
	default:
		return Prioritised{}, fmt.Errorf("%q is no priority", words[0])
	}
	for _, mark := range words[1:] {
		switch mark {
		case "furious":
			p.Furious = true
		case "repeat":
			p.Repeat = true
		case "threat":
			p.Threat = true
		default:
			return Prioritised{}, fmt.Errorf("%q is none of furious, repeat and threat", mark)
		}
	}
	return p, nil
}
