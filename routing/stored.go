package routing

import (
	"errors"
	"time"
)

// ErrNotFound means that what was asked for does not exist. Adapters wrap it with the operation and key.
var ErrNotFound = errors.New("not found")

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
	Name    string `json:"name"`
	Version int    `json:"version"`
	Title   string `json:"title"`
	Body    string `json:"body"`
	Watch   bool   `json:"watch" doc:"ask afterwards whether it helped"`
}
