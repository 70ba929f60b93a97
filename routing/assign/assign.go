// Package assign chooses which agent gets a waiting conversation. It is pure and deterministic: the same need and the
// same agents give the same choice, whatever their order. It imports nothing of ours.
package assign

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Need is what a conversation asks of an agent.
type Need struct {
	Skills    []string
	Preferred *uuid.UUID // who knows this contact
	// GivenBackBy is who handed it to the queue and does not get it again.
	GivenBackBy *uuid.UUID
}

// Agent is a member of the team as it stands.
type Agent struct {
	ID           uuid.UUID
	Name         string
	Online       bool
	Capacity     int
	Load         int
	Skills       map[string]int // level 1 to 5
	LastAssigned time.Time      // zero when never
}

// Considered is an agent with why it was chosen or not, for "Why here?".
type Considered struct {
	ID     uuid.UUID `json:"agent_id"`
	Name   string    `json:"agent"`
	Chosen bool      `json:"chosen"`
	Why    string    `json:"why"`
}

// Rank puts those who may have the conversation in the order to try them: the preferred agent, then the smallest share
// of capacity in use, the highest skills, the longest idle, and at last the id. Barred are the others, by name, with the
// reason. An agent that turns out to be full or gone since is passed over by trying the next.
func Rank(n Need, agents []Agent) (fit []Agent, barred []Considered) {
	for _, a := range agents {
		if why := bar(n, a); why != "" {
			barred = append(barred, Considered{ID: a.ID, Name: a.Name, Why: why})
			continue
		}
		fit = append(fit, a)
	}
	slices.SortFunc(fit, func(a, b Agent) int {
		return cmp.Or(
			-compareBool(n.prefers(a), n.prefers(b)),
			cmp.Compare(a.Load*b.Capacity, b.Load*a.Capacity),
			-cmp.Compare(n.level(a), n.level(b)),
			a.LastAssigned.Compare(b.LastAssigned),
			slices.Compare(a.ID[:], b.ID[:]),
		)
	})
	slices.SortFunc(barred, func(a, b Considered) int {
		return cmp.Or(strings.Compare(a.Name, b.Name), slices.Compare(a.ID[:], b.ID[:]))
	})
	return fit, barred
}

// Trace tells the story of a choice: the chosen one first, then those who would have been next, then the barred.
func Trace(n Need, fit []Agent, chosen int, barred []Considered) []Considered {
	story := make([]Considered, 0, len(fit)+len(barred))
	for i, a := range fit {
		c := Considered{ID: a.ID, Name: a.Name, Chosen: i == chosen}
		switch {
		case i == chosen:
			c.Why = n.merit(a)
		case i < chosen:
			c.Why = "was full or gone when it came to it"
		default:
			c.Why = fmt.Sprintf("would have been next: %s", n.merit(a))
		}
		story = append(story, c)
	}
	slices.SortStableFunc(story, func(a, b Considered) int { return -compareBool(a.Chosen, b.Chosen) })
	return append(story, barred...)
}

// bar says why an agent may not have the conversation, or nothing.
func bar(n Need, a Agent) string {
	switch {
	case !a.Online:
		return "not online"
	case a.Load >= a.Capacity:
		return fmt.Sprintf("full: %d of %d", a.Load, a.Capacity)
	case n.GivenBackBy != nil && *n.GivenBackBy == a.ID:
		return "gave it back to the queue"
	}
	for _, skill := range n.Skills {
		if a.Skills[skill] < 1 {
			return "lacks the skill " + skill
		}
	}
	return ""
}

func (n Need) prefers(a Agent) bool { return n.Preferred != nil && *n.Preferred == a.ID }

// level is the sum of the levels in the skills asked for.
func (n Need) level(a Agent) int {
	sum := 0
	for _, skill := range n.Skills {
		sum += a.Skills[skill]
	}
	return sum
}

func (n Need) merit(a Agent) string {
	words := []string{fmt.Sprintf("%d of %d in hand", a.Load, a.Capacity)}
	for _, skill := range n.Skills {
		words = append(words, fmt.Sprintf("%s level %d", skill, a.Skills[skill]))
	}
	if n.prefers(a) {
		words = append([]string{"knows this contact"}, words...)
	}
	return strings.Join(words, ", ")
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}
