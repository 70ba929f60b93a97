package routing

import "github.com/google/uuid"

// Topics of work on the bus.
const (
	TopicInbound  = "inbound"  // Ref is a message that waits for a decision
	TopicReply    = "reply"    // Ref is a decision whose automatic answer waits to be written; Token is the template
	TopicAgent    = "agent"    // Ref is a decision whose conversation waits for people; Token is the team
	TopicOutbound = "outbound" // Ref is a message that waits to be handed over; Token is the channel
)

// Work is a nudge on its way over the bus: it names what to look at, and the database says what to do. Losing one
// delays the work until the sweeper finds it; a repeat is a no-op.
type Work struct {
	// ID is what the bus tells repeats by: the ref for the first try, "<ref>.<attempt>" for those of the sweeper.
	ID             string    `json:"-"`
	Topic          string    `json:"-"`
	Token          string    `json:"token,omitempty"`
	ConversationID uuid.UUID `json:"conversation_id"`
	Ref            uuid.UUID `json:"ref"`
}
