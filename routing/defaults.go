package routing

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"
)

//go:embed default_templates.yaml
var defaultTemplates []byte

// TemplateSource is a template as it is stored and edited.
type TemplateSource struct {
	Name  string `yaml:"name" json:"name"`
	Title string `yaml:"title" json:"title"`
	Body  string `yaml:"body" json:"body"`
	// Watch says that "Did that help?" is asked and the conversation is watched for the answer.
	Watch bool `yaml:"watch" json:"watch"`
}

// DefaultTemplates are the standard answers that a new installation starts with, by name.
func DefaultTemplates() []TemplateSource { return slices.Clone(parsedTemplates()) }

var parsedTemplates = sync.OnceValue(func() []TemplateSource {
	dec := yaml.NewDecoder(bytes.NewReader(defaultTemplates))
	dec.KnownFields(true)
	var all []TemplateSource
	if err := dec.Decode(&all); err != nil {
		panic(fmt.Sprintf("routing: default_templates.yaml is part of the program and always reads: %v", err))
	}
	return all
})
