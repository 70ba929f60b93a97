package starter

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v3"

	"usher/intent"
)

// Further is an intent that a company has beside those of the pack. Its examples are customers' words; Invented are a model's,
// written from the description, and are kept apart.
type Further struct {
	Entry    `yaml:",inline"`
	Examples []string `yaml:"examples,omitempty"`
	Invented []string `yaml:"invented,omitempty"`
}

// Utterances are the examples of an intent, invented ones last.
func (f Further) Utterances() []intent.Utterance {
	us := make([]intent.Utterance, 0, len(f.Examples)+len(f.Invented))
	for _, texts := range [][]string{f.Examples, f.Invented} {
		for _, text := range texts {
			us = append(us, intent.Utterance{Text: text, Intent: f.ID})
		}
	}
	return us
}

// ReadFurther reads a YAML list of further intents. An error names what does not read, and the remedy.
func ReadFurther(doc []byte) ([]Further, error) {
	var all []Further
	dec := yaml.NewDecoder(bytes.NewReader(doc))
	dec.KnownFields(true)
	if err := dec.Decode(&all); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	pack, err := Catalogue()
	if err != nil {
		return nil, err
	}
	taken := map[string]bool{intent.OutOfScope: true}
	for _, e := range pack {
		taken[e.ID] = true
	}
	seen := map[string]string{}
	for i, f := range all {
		if err := f.check(taken); err != nil {
			return nil, fmt.Errorf("intent %d: %w", i+1, err)
		}
		taken[f.ID] = true
		for _, u := range f.Utterances() {
			if err := checkLine(u.Text); err != nil {
				return nil, fmt.Errorf("%s: example %q %w", f.ID, u.Text, err)
			}
			key := intent.Sameness(u.Text)
			if other, twice := seen[key]; twice {
				return nil, fmt.Errorf("%s: example %q is already one of %s: keep one", f.ID, u.Text, other)
			}
			seen[key] = f.ID
		}
	}
	return all, nil
}

// WriteFurther is what ReadFurther reads.
func WriteFurther(all []Further) ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := errors.Join(enc.Encode(all), enc.Close()); err != nil {
		return nil, fmt.Errorf("write intents: %w", err)
	}
	return b.Bytes(), nil
}
