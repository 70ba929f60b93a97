package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"usher/channels"
	"usher/inbox"
)

// Keys knows the API keys. A dead or unknown one is inbox.ErrAuth.
type Keys interface {
	FindAPIKey(ctx context.Context, key string) (inbox.APIKey, error)
}

// Profiles keeps what systems know of contacts. Both make the contact when it is new; a repeat of an event's external
// id returns the first one.
type Profiles interface {
	Track(ctx context.Context, contactID string, e inbox.TrackedEvent) (id uuid.UUID, duplicate bool, err error)
	Identify(ctx context.Context, who inbox.Identity) (inbox.Contact, error)
}

// ContactSide reads a conversation of one inbox address as its contact sees it: what came in and what went out.
type ContactSide interface {
	ContactMessages(ctx context.Context, conversation, inboxAddress uuid.UUID, after, before int64, limit int) ([]inbox.Message, int64, error)
}

// Offers knows the buttons that contacts were offered.
type Offers interface {
	// Offered reads the buttons under the message that m answers. inbox.ErrNotFound when that is not one that went out to
	// m's sender on m's inbox address.
	Offered(ctx context.Context, m channels.Message) ([]channels.Choice, error)
	// Accepted reports whether a message with m's external id was taken in on m's inbox address before.
	Accepted(ctx context.Context, m channels.Message) (bool, error)
}

// SystemsOptions are what the calls of systems work with. Every field is required.
type SystemsOptions struct {
	Keys        Keys
	Receiver    channels.Receiver
	Profiles    Profiles
	ContactSide ContactSide
	Offers      Offers
	// Rate is how many calls a second one key may make; twice that in a burst.
	Rate float64
}

// admitSystem is the key of a system that is not too fast.
func (a *API) admitSystem(ctx context.Context, bearer string) (inbox.APIKey, error) {
	key, err := a.o.Systems.Keys.FindAPIKey(ctx, bearer)
	if err != nil {
		return inbox.APIKey{}, err
	}
	if d := a.keys.Wait(key.ID, time.Now()); d > 0 {
		return inbox.APIKey{}, tooMany("calls with this key", d)
	}
	return key, nil
}

// maxData bounds payload, properties and attributes, in bytes of JSON.
const maxData = 32 << 10

type (
	messageInput struct {
		IdempotencyKey string `header:"Idempotency-Key" maxLength:"200" doc:"the same as external_id, for clients that send this header anyway"`
		Body           struct {
			Text       string          `json:"text,omitempty" maxLength:"65536" doc:"at most 64 KiB; required unless choice is given"`
			From       string          `json:"from,omitempty" maxLength:"320" doc:"the sender's address in your system; from or contact_id is required"`
			ContactID  string          `json:"contact_id,omitempty" maxLength:"200" doc:"your id of the person"`
			Name       string          `json:"name,omitempty" maxLength:"200"`
			Email      string          `json:"email,omitempty" maxLength:"320"`
			ExternalID string          `json:"external_id,omitempty" maxLength:"200" doc:"your id of the message; sending it again is a no-op. It or the header Idempotency-Key is required"`
			SentAt     *time.Time      `json:"sent_at,omitempty" doc:"when the person wrote it"`
			Choice     string          `json:"choice,omitempty" maxLength:"100" doc:"value of the button that the person pressed, one of payload.choices of the message that answers names"`
			Answers    uuid.UUID       `json:"answers,omitempty" doc:"id of the message that offered the button; goes with choice"`
			Payload    json.RawMessage `json:"payload,omitempty" doc:"whatever you want kept beside it; at most 32 KiB"`
		}
	}
	accepted struct {
		MessageID      uuid.UUID `json:"message_id"`
		ConversationID uuid.UUID `json:"conversation_id"`
		ContactID      uuid.UUID `json:"contact_id" doc:"our id of the contact"`
		Seq            int64     `json:"seq" doc:"its place in the conversation"`
		Duplicate      bool      `json:"duplicate" doc:"true when it had been accepted before"`
	}
	trackInput struct {
		Body struct {
			ContactID  string                     `json:"contact_id" minLength:"1" maxLength:"200" doc:"your id of the person"`
			Event      string                     `json:"event" pattern:"^[a-z][a-z0-9_.]{0,60}$" doc:"such as order_updated"`
			Properties map[string]json.RawMessage `json:"properties,omitempty" doc:"at most 32 KiB"`
			ExternalID string                     `json:"external_id,omitempty" maxLength:"200" doc:"your id of the event; sending it again is a no-op"`
			OccurredAt *time.Time                 `json:"occurred_at,omitempty" doc:"now, if left out"`
		}
	}
	tracked struct {
		EventID   uuid.UUID `json:"event_id"`
		Duplicate bool      `json:"duplicate"`
	}
	identifyInput struct {
		Body struct {
			ContactID  string                     `json:"contact_id" minLength:"1" maxLength:"200" doc:"your id of the person"`
			Type       *string                    `json:"type,omitempty" pattern:"^[a-z][a-z0-9_]{0,30}$" doc:"such as customer or vip"`
			Name       *string                    `json:"name,omitempty" maxLength:"200"`
			Email      *string                    `json:"email,omitempty" maxLength:"320"`
			Attributes map[string]json.RawMessage `json:"attributes,omitempty" doc:"merged into those known; null removes one; at most 32 KiB in all"`
		}
	}
)

const tagSystems = "Systems"

func (a *API) registerSystems(h huma.API) {
	post := http.MethodPost
	huma.Register(h, operation(systems, post, "/api/v1/messages", "send-message", "Hand in a message of a contact", 202, tagSystems), a.receive)
	huma.Register(h, operation(systems, post, "/api/v1/track", "track", "Say what a contact did elsewhere", 200, tagSystems), a.track)
	huma.Register(h, operation(systems, post, "/api/v1/identify", "identify", "Say what you know of a contact", 200, tagSystems), a.identify)
}

func (a *API) receive(ctx context.Context, in *messageInput) (*body[accepted], error) {
	m, err := messageOf(ctx, in)
	if err != nil {
		return nil, problem(err)
	}
	// It has an external id: messageOf saw to that.
	if err := a.checkChoice(ctx, m); err != nil {
		return nil, problem(repeatable(err))
	}
	r, err := a.o.Systems.Receiver.Receive(ctx, m)
	return reply(accepted{r.MessageID, r.ConversationID, r.ContactID, r.Seq, r.Duplicate}, repeatable(err))
}

// checkChoice refuses a choice that was not offered to the sender: it decides what happens next, and no model looks at it.
// Messages without one cost nothing. A message that was accepted passes again: its sender may be another contact by now, to
// whom nothing was offered, and a repeat decides nothing.
func (a *API) checkChoice(ctx context.Context, m channels.Message) error {
	if m.Choice == "" && m.Answers == uuid.Nil {
		return nil
	}
	if m.Choice == "" || m.Answers == uuid.Nil {
		return &inbox.InvalidError{Field: "answers", Remedy: "goes with choice: send both, or neither"}
	}
	offered, err := a.o.Systems.Offers.Offered(ctx, m)
	if errors.Is(err, inbox.ErrNotFound) {
		if accepted, err := a.o.Systems.Offers.Accepted(ctx, m); accepted || err != nil {
			return err
		}
		return &inbox.InvalidError{Field: "answers", Remedy: "is not a message that this person got here; give the id of the outbound message with the button"}
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(offered, func(c channels.Choice) bool { return c.Value == m.Choice }) {
		return &inbox.InvalidError{Field: "choice", Remedy: "is not the value of a button of that message; its payload.choices lists them"}
	}
	return nil
}

// fromContact begins the address of people who are known by the company's id only. A name space of its own: no `from`
// may begin so, lest a name that somebody chose speaks for another contact.
const fromContact = "contact:"

// messageOf is the message of a call, with all that the channel's own rules do not check.
func messageOf(ctx context.Context, in *messageInput) (channels.Message, error) {
	b := in.Body
	m := channels.Message{
		From: b.From, ContactID: b.ContactID, Name: b.Name, Email: b.Email, ExternalID: b.ExternalID,
		Text: b.Text, Choice: b.Choice, Answers: b.Answers, Payload: b.Payload,
	}
	if key, ok := systemFrom(ctx); ok {
		m.Channel, m.InboxAddress = key.Channel, key.InboxAddress
	}
	var err error
	if m.At, err = timeOf("sent_at", b.SentAt, time.Time{}); err != nil {
		return m, err
	}
	switch {
	case m.ExternalID == "":
		m.ExternalID = in.IdempotencyKey
	case in.IdempotencyKey != "" && in.IdempotencyKey != m.ExternalID:
		return m, &inbox.InvalidError{Field: "external_id", Remedy: "differs from the header Idempotency-Key; they mean the same, send one of them"}
	}
	if m.ExternalID == "" {
		return m, &inbox.InvalidError{Field: "external_id", Remedy: "is required, or the header Idempotency-Key: without your id of the message a repeat could not be told from a second message"}
	}
	switch {
	case m.From == "" && m.ContactID == "":
		return m, &inbox.InvalidError{Field: "from", Remedy: "is required, or contact_id: say who wrote it"}
	case strings.HasPrefix(m.From, fromContact):
		return m, &inbox.InvalidError{Field: "from", Remedy: "begins with " + fromContact + ", which stands for a contact_id; send contact_id instead"}
	case m.From == "":
		m.From = fromContact + m.ContactID
	}
	if len(m.Payload) > maxData {
		return m, tooLarge("payload")
	}
	return m, nil
}

func (a *API) track(ctx context.Context, in *trackInput) (*body[tracked], error) {
	e := inbox.TrackedEvent{Name: in.Body.Event, ExternalID: in.Body.ExternalID}
	var err error
	if e.OccurredAt, err = timeOf("occurred_at", in.Body.OccurredAt, time.Now()); err != nil {
		return nil, problem(err)
	}
	if e.Properties, err = dataOf("properties", in.Body.Properties); err != nil {
		return nil, problem(err)
	}
	id, duplicate, err := a.o.Systems.Profiles.Track(ctx, in.Body.ContactID, e)
	if e.ExternalID != "" {
		err = repeatable(err)
	}
	return reply(tracked{id, duplicate}, err)
}

func (a *API) identify(ctx context.Context, in *identifyInput) (*body[ContactDetail], error) {
	if _, err := dataOf("attributes", in.Body.Attributes); err != nil {
		return nil, problem(err)
	}
	c, err := a.o.Systems.Profiles.Identify(ctx, inbox.Identity{
		ContactID: in.Body.ContactID, Type: in.Body.Type, Name: in.Body.Name, Email: in.Body.Email, Attributes: in.Body.Attributes,
	})
	return reply(contactDetailFrom(c), repeatable(err)) // it says how things are, and says the same again
}

// dataOf is an object as JSON, bounded in size.
func dataOf(field string, object map[string]json.RawMessage) (json.RawMessage, error) {
	if len(object) == 0 {
		return json.RawMessage("{}"), nil
	}
	b, err := json.Marshal(object)
	if err != nil {
		return nil, &inbox.InvalidError{Field: field, Remedy: "is not a JSON object"}
	}
	if len(b) > maxData {
		return nil, tooLarge(field)
	}
	return b, nil
}

// timeOf is a time that a clock may have shown. A year of five digits could be stored, and whatever holds it could never
// be shown again: JSON has no such times.
func timeOf(field string, t *time.Time, otherwise time.Time) (time.Time, error) {
	switch {
	case t == nil:
		return otherwise, nil
	case t.Unix() < 0 || time.Until(*t) > 24*time.Hour:
		return time.Time{}, &inbox.InvalidError{Field: field, Remedy: "is before 1970 or more than a day ahead; check the clock that it comes from"}
	}
	return *t, nil
}

func tooLarge(field string) error {
	return &inbox.InvalidError{Field: field, Remedy: "is larger than 32 KiB; send less, or a reference to it"}
}

// systemMessages is what the contact of a conversation sees, for the systems of its inbox address.
func (a *API) systemMessages(ctx context.Context, key inbox.APIKey, in *messagesInput) (*body[Messages], error) {
	ms, last, err := a.o.Systems.ContactSide.ContactMessages(ctx, in.ID, key.InboxAddressID, in.After, in.Before, in.Limit)
	return reply(Messages{listOf(ms, messageFrom).Items, last}, err)
}
