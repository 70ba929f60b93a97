package routing

import (
	"errors"
	"maps"
	"slices"
	"time"
)

// ErrNotFound means that what was asked for does not exist. Adapters wrap it with the operation and key.
var ErrNotFound = errors.New("not found")

// ErrOvertaken means that somebody saved another version meanwhile. Adapters wrap it with the operation and key.
var ErrOvertaken = errors.New("another version was saved meanwhile")

// PolicyVersion is a policy as it is kept: a version never changes, only its state.
type PolicyVersion struct {
	Version     int        `json:"version"`
	Hash        string     `json:"hash"`
	YAML        string     `json:"yaml"`
	State       string     `json:"state" enum:"draft,live,retired"`
	Note        string     `json:"note"`
	Author      string     `json:"author"`
	CreatedAt   time.Time  `json:"created_at"`
	PublishedAt *time.Time `json:"published_at"`
}

// StoredTemplate is a standard answer as it is kept; saving makes a new version and the newest is used.
type StoredTemplate struct {
	Name     string `json:"name"`
	Version  int    `json:"version"`
	Title    string `json:"title"`
	Language string `json:"language" doc:"of body, ISO 639-1"`
	Body     string `json:"body" doc:"the default text: for contacts whose language is not known, too"`
	// Texts never holds Language.
	Texts map[string]string `json:"texts" nullable:"false" doc:"the same answer in other languages, by ISO 639-1 code"`
	Watch bool              `json:"watch" doc:"ask afterwards whether it helped"`
}

// Languages are those that it is written in, the default first, the others by their codes.
func (s StoredTemplate) Languages() []string {
	return append([]string{s.Language}, slices.Sorted(maps.Keys(s.Texts))...)
}

// Text is what it says in a language that it is written in; the default text for an empty one.
func (s StoredTemplate) Text(language string) (body string, found bool) {
	if language == "" || language == s.Language {
		return s.Body, true
	}
	body, found = s.Texts[language]
	return body, found
}
