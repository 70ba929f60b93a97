package channels

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
)

// Kinds of channel that this version knows.
const (
	WebChat = "webchat"
	API     = "api"
)

// Polled reports whether contacts are reached on a kind of channel by fetching what is for them: what is stored there is
// handed over, and nobody has to send it.
func Polled(kind string) bool { return kind == API }

// MaxText is the longest text of one message, in bytes.
const MaxText = 64 << 10

// Message is one inbound message, normalised. It is valid when Validate says so.
type Message struct {
	// Channel and InboxAddress name the company's endpoint that received it.
	Channel      string
	InboxAddress string
	// From is the sender's address on the channel; ContactID the company's own id of the person, if known
	// and proven (API key or signature).
	From      string
	ContactID string
	Name      string
	Email     string
	// ExternalID is the sender's or provider's id of the message. A repeat on the same inbox address is
	// a no-op. Empty means that the message cannot be told from a repeat.
	ExternalID string
	Text       string
	// Choice is the value of a button that the contact pressed, with Answers the message that offered it.
	Choice  string
	Answers uuid.UUID
	// At is the provider's time, zero when it gave none.
	At      time.Time
	Payload json.RawMessage
}

// Receipt says where an accepted message is kept.
type Receipt struct {
	MessageID      uuid.UUID
	ConversationID uuid.UUID
	ContactID      uuid.UUID
	Seq            int64
	// Duplicate is true when the message had been accepted before; the ids are those of the first time.
	Duplicate bool
}

// Receiver takes a message in. When it returns without error the message is committed; acknowledge the
// provider only then.
type Receiver interface {
	Receive(ctx context.Context, m Message) (Receipt, error)
}

// Choice is a button under an outbound message.
type Choice struct {
	Value string `json:"value"`
	Label string `json:"label"`
}

// Outbound is one message to hand over to a contact.
type Outbound struct {
	MessageID      uuid.UUID
	ConversationID uuid.UUID
	To             string // contact's address on the channel
	Seq            int64
	Author         string // "agent" or "automatic"
	AuthorName     string
	Text           string
	Choices        []Choice
	At             time.Time
}

// Sender hands messages over to contacts on one kind of channel.
type Sender interface {
	// Channel is the kind it serves.
	Channel() string
	// Send hands m over once. It returns ErrRefused, wrapped, when trying again is pointless.
	Send(ctx context.Context, m Outbound) error
}

// ErrRefused marks a message that the provider will never take.
var ErrRefused = errors.New("refused by the channel")
