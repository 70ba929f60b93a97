// Package learn makes what people say of messages into something to train on, and says which messages to ask them about
// next. Pure: the same input gives the same output. It imports intent.
package learn

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"usher/intent"
)

// maxText is the longest text that is learnt from, in bytes. Longer ones hold histories and logs that say little of the intent.
const maxText = 4096

// Conflict is one text with two labels. Against is what gave way; without a By it stood in the labelled texts to begin with.
type Conflict struct {
	Kept, Against intent.Lesson
}

// Merged is what to train on, and what became of each lesson.
type Merged struct {
	// Utterances are the labelled texts without those that lessons replace, in their order, then the lessons by conversation, so
	// that one writer's texts stand together.
	Utterances []intent.Utterance
	// Used are the lessons among the utterances, in that order; Confirmed counts those that say what the labelled texts say.
	Used      []intent.Lesson
	Confirmed int
	// Replaced are labelled texts that gave way to a lesson, Conflicts lessons that gave way to a later one by somebody else or
	// of another decision.
	Replaced, Conflicts []Conflict
	// Unknown are lessons whose intent is not in the catalogue, Unreadable counts those without a text or with one too long.
	Unknown    []intent.Lesson
	Unreadable int
}

// Merge joins lessons with labelled texts. Of lessons about the same text the latest counts, and any lesson counts more than the
// labelled text. known reports whether an intent is in the catalogue; out of scope always is.
func Merge(labelled []intent.Utterance, lessons []intent.Lesson, known func(label string) bool) Merged {
	var m Merged
	latest := m.latest(lessons, known)
	for _, u := range labelled {
		key := intent.Sameness(u.Text)
		l, taught := latest[key]
		switch {
		case !taught:
		case l.Intent == u.Intent:
			m.Confirmed++
			delete(latest, key)
		default:
			m.Replaced = append(m.Replaced, Conflict{Kept: l, Against: intent.Lesson{Utterance: u}})
			continue
		}
		m.Utterances = append(m.Utterances, u)
	}
	for _, l := range latest {
		m.Used = append(m.Used, l)
	}
	slices.SortFunc(m.Used, func(a, b intent.Lesson) int {
		return cmp.Or(slices.Compare(a.ConversationID[:], b.ConversationID[:]), inTime(a, b))
	})
	for _, l := range m.Used {
		m.Utterances = append(m.Utterances, l.Utterance)
	}
	return m
}

func inTime(a, b intent.Lesson) int {
	return cmp.Or(a.At.Compare(b.At), slices.Compare(a.DecisionID[:], b.DecisionID[:]), cmp.Compare(a.Text, b.Text))
}

// latest is the lesson that counts of each text.
func (m *Merged) latest(lessons []intent.Lesson, known func(string) bool) map[string]intent.Lesson {
	lessons = slices.Clone(lessons)
	slices.SortStableFunc(lessons, inTime)
	latest := map[string]intent.Lesson{}
	for _, l := range lessons {
		key := intent.Sameness(l.Text)
		switch {
		case key == "" || len(l.Text) > maxText:
			m.Unreadable++
			continue
		case l.Intent != intent.OutOfScope && !known(l.Intent):
			m.Unknown = append(m.Unknown, l)
			continue
		}
		before, taught := latest[key]
		changedMind := before.By == l.By && before.DecisionID == l.DecisionID
		if taught && before.Intent != l.Intent && !changedMind {
			m.Conflicts = append(m.Conflicts, Conflict{Kept: l, Against: before})
		}
		latest[key] = l
	}
	return latest
}

// DataHash names what a model was trained on: SHA-256 over every label and text in order, in hex.
func DataHash(utterances []intent.Utterance) string {
	h := sha256.New()
	for _, u := range utterances {
		fmt.Fprintf(h, "%q %q\n", u.Intent, u.Text)
	}
	return hex.EncodeToString(h.Sum(nil))
}
