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

// VectorSpace is how far the vectors of an embedder are.
type VectorSpace struct {
	Model    string `json:"model"`
	Numbers  int    `json:"numbers"`   // of a vector
	Wanted   bool   `json:"wanted"`    // it is the configured one
	FallBack bool   `json:"fall_back"` // it is compared by while the configured one does not answer
	Serves   bool   `json:"serves"`    // texts are compared by it
	Complete bool   `json:"complete"`  // it has the vectors of the past
	Past     int    `json:"past"`      // texts that were there before it
	Done     int    `json:"done"`      // of those, how many need no vector any more
	Waiting  int    `json:"waiting"`   // newer texts that wait for their vector
	// LeftSeconds is about how long the rest of the past will take, by how long the part that is done took; 0 when unknown.
	LeftSeconds float64 `json:"left_seconds"`
}
