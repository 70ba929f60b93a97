package intent

// Who wrote an entry of a conversation, as a chat model is told.
const (
	TurnCustomer  = "customer"
	TurnAgent     = "agent"
	TurnAutomatic = "automatic answer"
	TurnNote      = "note within the team"
)

// Turn is an entry of a conversation.
type Turn struct{ By, Text string }

// Brief is what a draft reply is written from.
type Brief struct {
	Turns    []Turn // in their order
	Customer string // how to call the customer; empty when not known
	Language string // ISO 639-1 of the customer, empty or "und" when not known
	// Names are those of all people in it. They are taken out before anything leaves.
	Names []string
	// Standard are the company's standard answers to what the conversation is about, as they would read in it.
	Standard []string
	// Worked are answers to other customers whose case was alike and ended well.
	Worked []Worked
}

// Worked is an answer that ended another conversation. Names are those of the people in it.
type Worked struct {
	Asked, Answered string
	Names           []string
}

// Drafted is a reply that a model drafted: for a person to read, mend and send.
type Drafted struct {
	Text string
	// Gaps stand in the text in brackets: what the model did not know, and what it may not repeat. A person fills them.
	Gaps  []string
	Model string
}

// What a line of a summary is about.
const (
	AboutWants = "wants" // what the customer wants
	AboutTried = "tried" // what was done so far
	AboutOpen  = "open"  // what remains to be done
)

// SummaryLine is one line of a conversation's summary.
type SummaryLine struct{ About, Text string }

// NoAnswerError means that a model gave nothing that can be used. Why is fit for people: it quotes nobody.
type NoAnswerError struct{ Why string }

func (e *NoAnswerError) Error() string { return e.Why }
