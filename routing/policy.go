package routing

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"usher/intent"
)

//go:embed default_policy.yaml
var defaultPolicy []byte

// DefaultPolicy is the policy that a new installation starts with, as YAML.
func DefaultPolicy() []byte { return slices.Clone(defaultPolicy) }

// Policy says when an automatic answer is allowed and who gets the rest. Make one with ParsePolicy; it does not
// change afterwards and is safe for concurrent use.
type Policy struct {
	// Format is the version of the document's format.
	Format   int                    `yaml:"version" json:"version"`
	Name     string                 `yaml:"name" json:"name"`
	Defaults Defaults               `yaml:"defaults" json:"defaults"`
	Teams    map[string]string      `yaml:"teams" json:"teams"`             // slug → name
	Skills   map[string]string      `yaml:"skills" json:"skills,omitempty"` // slug → name
	Intents  map[string]IntentRoute `yaml:"intents" json:"intents"`
	Guards   Guards                 `yaml:"guards" json:"guards"`
	// SecondOpinion is the band of confidence in which a second model is asked; nil for never.
	SecondOpinion *Band `yaml:"second_opinion" json:"second_opinion,omitempty"`
	// Entities are RE2 patterns by the kind of entity that they find in messages, such as the order numbers of a company. A
	// kind that is listed is found by its patterns alone.
	Entities map[string][]string `yaml:"entities" json:"entities,omitempty"`
	// SilenceHours is how long a conversation is watched after an automatic answer before it resolves.
	SilenceHours int `yaml:"silence_hours" json:"silence_hours"`

	// Version is the number under which the store keeps it; 0 for one that is not stored.
	Version int `yaml:"-" json:"-"`

	hash     string
	lines    lines
	patterns *intent.Patterns
}

// Defaults hold for intents that do not say otherwise, and for intents that the policy does not name.
type Defaults struct {
	Threshold    float64         `yaml:"threshold" json:"threshold"`
	UnclearBelow float64         `yaml:"unclear_below" json:"unclear_below"`
	Team         string          `yaml:"team" json:"team"`
	Priority     intent.Priority `yaml:"priority" json:"priority"`
}

// IntentRoute is what happens to messages of one intent. ParsePolicy fills in the defaults.
type IntentRoute struct {
	Route     string          `yaml:"route" json:"route"` // ToReply or ToAgent
	Template  string          `yaml:"template" json:"template,omitempty"`
	Threshold float64         `yaml:"threshold" json:"threshold"`
	Team      string          `yaml:"team" json:"team"`
	Skills    []string        `yaml:"skills" json:"skills,omitempty"`
	Priority  intent.Priority `yaml:"priority" json:"priority"`
}

// Guards are the limits of automatic answers that hold for every intent.
type Guards struct {
	MaxOOS    float64  `yaml:"max_oos" json:"max_oos"`
	Languages []string `yaml:"languages" json:"languages"` // in which messages may be answered
	// DefaultTextFor are languages whose writers get a template's default text where it has none in theirs.
	DefaultTextFor []string       `yaml:"default_text_for" json:"default_text_for,omitempty"`
	NeverReplyTo   ContactMatch   `yaml:"never_reply_to" json:"never_reply_to"`
	RepeatDays     int            `yaml:"repeat_days" json:"repeat_days"`
	MaxAutoReplies int            `yaml:"max_auto_replies" json:"max_auto_replies"`
	Evidence       EvidenceLimits `yaml:"evidence" json:"evidence"`
}

// Band is a range of confidence, From included and To not.
type Band struct {
	From float64 `yaml:"from" json:"from"`
	To   float64 `yaml:"to" json:"to"`
}

// ContactMatch picks contacts by type, or by an attribute that has one of the listed values.
type ContactMatch struct {
	Types      []string            `yaml:"types" json:"types,omitempty"`
	Attributes map[string][]string `yaml:"attributes" json:"attributes,omitempty"`
}

// EvidenceLimits say when the past speaks against an automatic answer. MinCases 0 switches it off.
type EvidenceLimits struct {
	MinCases    int     `yaml:"min_cases" json:"min_cases"`
	MinScore    float64 `yaml:"min_score" json:"min_score"`
	MaxBadShare float64 `yaml:"max_bad_share" json:"max_bad_share"`
}

// Hash names the policy's content: documents that say the same after defaults, whatever their comments, layout and
// order of fields, have the same hash.
func (p *Policy) Hash() string { return p.hash }

func (p *Policy) contentHash() string {
	content, err := json.Marshal(p) // maps are written in the order of their keys
	if err != nil {
		panic("routing: a policy is plain data and always has a JSON form: " + err.Error())
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

// RepeatWindow is how far back a conversation about the same thing counts as a repeat.
func (p *Policy) RepeatWindow() time.Duration {
	return time.Duration(p.Guards.RepeatDays) * 24 * time.Hour
}

// Silence is how long a conversation stays watched after an automatic answer.
func (p *Policy) Silence() time.Duration { return time.Duration(p.SilenceHours) * time.Hour }

// TeamName is a team's name for people, or its slug when the policy does not name it.
func (p *Policy) TeamName(slug string) string {
	if name := p.Teams[slug]; name != "" {
		return name
	}
	return slug
}

// RouteOf is the route of an intent, with the defaults filled in. An intent that the policy does not name goes to
// the default team.
func (p *Policy) RouteOf(label string) IntentRoute {
	if r, ok := p.Intents[label]; ok {
		return r
	}
	return IntentRoute{Route: ToAgent, Threshold: p.Defaults.Threshold, Team: p.Defaults.Team, Priority: p.Defaults.Priority}
}

// Fallback is the team that takes a message of this intent when an automatic answer is not possible.
func (p *Policy) Fallback(label string) string { return p.RouteOf(label).Team }

// IntentName is an intent's label made readable: "Order status" for order_status.
func IntentName(label string) string {
	if label == "" || label == intent.OutOfScope {
		return "Out of scope"
	}
	s := strings.ReplaceAll(label, "_", " ")
	return strings.ToUpper(s[:1]) + s[1:]
}
