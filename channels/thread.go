package channels

import (
	"errors"
	"time"

	"github.com/google/uuid"
)

// Errors that adapters tell apart. Receivers and stores wrap them with the operation and key.
var (
	// ErrNotFound is for an inbox address or a conversation that does not exist. Trying again is pointless.
	ErrNotFound = errors.New("not found")
	// ErrBusy means too much at once: nothing was stored, and the same message is welcome later.
	ErrBusy = errors.New("too much at once")
)

// Site is an inbox address on which contacts talk to the company directly, such as the chat of a web site.
type Site struct {
	Address string
	// Name of the company as contacts read it.
	Name string
	// Secret signs who a contact is.
	Secret   []byte
	Settings SiteSettings
}

// SiteSettings are what a company may choose for a site; they are kept as JSON with the inbox address.
type SiteSettings struct {
	// Origins that may talk to the site, such as "https://shop.example". Empty allows any.
	Origins []string `json:"origins,omitempty"`
	// Greeting opens an empty thread. Empty means that the widget greets in its own words.
	Greeting string `json:"greeting,omitempty"`
	// Accent is a colour such as "#0f6e84" for the widget's buttons. Empty means Usher's own.
	Accent string `json:"accent,omitempty"`
}

// Who wrote an entry.
const (
	ByContact   = "contact"
	ByAgent     = "agent"
	ByAutomatic = "automatic"
)

// Entry is one message of a thread as its contact may see it: never a note, an activity or what lies behind.
type Entry struct {
	MessageID      uuid.UUID
	ConversationID uuid.UUID
	Seq            int64 // orders the entries of one conversation; gaps are what the contact does not see
	Author         string
	AuthorName     string // of an agent
	ExternalID     string // of what the contact sent, as Message.ExternalID
	Text           string
	Choices        []Choice  // offered
	Choice         string    // taken
	Answers        uuid.UUID // the entry that offered Choice
	At             time.Time
}

// Thread is what a contact sees on one inbox address, over all conversations of their address there. The zero
// value is the thread of somebody who never wrote.
type Thread struct {
	// ConversationID and Status ("open", "waiting", "resolved") are of the newest conversation.
	ConversationID uuid.UUID
	Status         string
	// Entries in the order they are to be shown, oldest first. What the company wrote is among them from the
	// moment it was handed over; what waits or failed is not.
	Entries []Entry
}

// Place is where a conversation is held.
type Place struct {
	Channel      string
	InboxAddress string
	Address      string // the contact's
}

// People says what a contact may expect of the people behind a site.
type People struct {
	// Online is how many agents take work now.
	Online int
	// Typical is the wait for a person's first answer that three of four recent conversations did not exceed,
	// over Cases conversations. Few cases are no ground for a promise.
	Typical time.Duration
	Cases   int
}
