package webchat

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/coder/websocket"
	"github.com/google/uuid"

	"usher/channels"
)

const (
	statusBadHello websocket.StatusCode = 4400
	statusRefused  websocket.StatusCode = 4403
)

// request is any frame from the browser; Type says which fields count.
type request struct {
	Type string `json:"type"`

	Inbox   string `json:"inbox"`
	Visitor string `json:"visitor"`
	User    *user  `json:"user"`

	ID      string    `json:"id"`
	Text    string    `json:"text"`
	Choice  string    `json:"choice"`
	Answers uuid.UUID `json:"answers"`

	Conversation uuid.UUID `json:"conversation"`
	Seq          int64     `json:"seq"`
	State        string    `json:"state"`
}

// user is a person whom the company's site vouches for.
type user struct {
	ID    string `json:"id"`
	Hash  string `json:"hash"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

type welcome struct {
	Type         string  `json:"type"`
	Visitor      string  `json:"visitor,omitempty"`
	Company      string  `json:"company"`
	Greeting     string  `json:"greeting,omitempty"`
	Accent       string  `json:"accent,omitempty"`
	Conversation string  `json:"conversation,omitempty"`
	Status       string  `json:"status,omitempty"`
	Entries      []entry `json:"entries"`
	People       people  `json:"people"`
}

type accepted struct {
	Type         string    `json:"type"`
	ID           string    `json:"id"`
	MessageID    uuid.UUID `json:"message_id"`
	Conversation uuid.UUID `json:"conversation"`
	Seq          int64     `json:"seq"`
}

// refused says what is wrong with a frame and what to do. Retry is in seconds; 0 means that the same frame will never do.
type refused struct {
	Type   string `json:"type"`
	ID     string `json:"id,omitempty"`
	Field  string `json:"field"`
	Remedy string `json:"remedy"`
	Retry  int    `json:"retry,omitempty"`
}

type entryFrame struct {
	Type  string `json:"type"`
	Entry entry  `json:"entry"`
}

type entry struct {
	ID           uuid.UUID         `json:"id"`
	Conversation uuid.UUID         `json:"conversation"`
	Seq          int64             `json:"seq"`
	Author       string            `json:"author"`
	Name         string            `json:"name,omitempty"`
	Text         string            `json:"text"`
	Choices      []channels.Choice `json:"choices,omitempty"`
	ClientID     string            `json:"client_id,omitempty"`
	Choice       string            `json:"choice,omitempty"`
	Answers      string            `json:"answers,omitempty"`
	At           time.Time         `json:"at"`
}

type statusFrame struct {
	Type         string    `json:"type"`
	Conversation uuid.UUID `json:"conversation"`
	Status       string    `json:"status"`
}

type peopleFrame struct {
	Type   string `json:"type"`
	People people `json:"people"`
}

// entryFrom is e as the contact's browser gets it. Agents are known to contacts by their first name.
func entryFrom(e channels.Entry) entry {
	out := entry{
		ID: e.MessageID, Conversation: e.ConversationID, Seq: e.Seq, Author: e.Author,
		Text: e.Text, Choices: e.Choices, Choice: e.Choice, At: e.At,
	}
	if e.Author == channels.ByAgent {
		out.Name, _, _ = strings.Cut(strings.TrimSpace(e.AuthorName), " ")
	}
	if e.Author == channels.ByContact {
		_, out.ClientID, _ = strings.Cut(e.ExternalID, ":")
	}
	if e.Answers != uuid.Nil {
		out.Answers = e.Answers.String()
	}
	return out
}

// errFrame is what a frame that is not of this protocol is answered with.
var errFrame = errors.New("is not one JSON object of this protocol with known fields")

func parse(frame []byte) (request, error) {
	var r request
	if !utf8.Valid(frame) { // the decoder would replace what is not, in silence
		return request{}, errFrame
	}
	d := json.NewDecoder(bytes.NewReader(frame))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return request{}, errFrame
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return request{}, errFrame
	}
	return r, nil
}

// idLength bounds the browser's ids.
const idLength = 64

// validID reports whether a browser may call a message so.
func validID(id string) bool {
	if id == "" || len(id) > idLength {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		return !letter && (r < '0' || r > '9') && r != '_' && r != '-'
	}) < 0
}
