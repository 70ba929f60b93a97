// Package channelstest proves that adapters and receivers keep the contract of package channels: suites that their own
// tests run, and a Memory that honours the receiver's side without a database. It imports only channels.
package channelstest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"usher/channels"
)

// Memory is a working receiver and store of threads for tests of adapters. Safe for concurrent use.
type Memory struct {
	// Changed, when set, is called after each change with the conversation, without a lock held.
	Changed func(uuid.UUID)

	mu            sync.Mutex
	sites         map[[2]string]channels.Site
	people        map[string]channels.People
	conversations []*conversation
	accepted      map[[2]string]channels.Receipt // by inbox address and external id
	contacts      map[string]uuid.UUID           // by channel and address, or by the company's id
	fail          error
}

type conversation struct {
	id       uuid.UUID
	contact  uuid.UUID
	place    channels.Place
	status   string
	entries  []channels.Entry
	delivery map[int64]string
}

var _ channels.Receiver = (*Memory)(nil)

// NewMemory returns a memory without inbox addresses.
func NewMemory() *Memory {
	return &Memory{
		sites: map[[2]string]channels.Site{}, people: map[string]channels.People{},
		accepted: map[[2]string]channels.Receipt{}, contacts: map[string]uuid.UUID{},
	}
}

// Add makes an inbox address.
func (m *Memory) Add(channel string, s channels.Site) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sites[[2]string{channel, s.Address}] = s
}

// Fail makes everything fail with err until it is called with nil.
func (m *Memory) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fail = err
}

// SetPeople says who is there for an inbox address.
func (m *Memory) SetPeople(inboxAddress string, p channels.People) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.people[inboxAddress] = p
}

// Receive takes a message in.
func (m *Memory) Receive(_ context.Context, in channels.Message) (channels.Receipt, error) {
	if err := in.Validate(); err != nil {
		return channels.Receipt{}, fmt.Errorf("receive: %w", err)
	}
	r, err := m.receive(in)
	if err == nil && !r.Duplicate {
		m.changed(r.ConversationID)
	}
	return r, err
}

func (m *Memory) receive(in channels.Message) (channels.Receipt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return channels.Receipt{}, fmt.Errorf("receive: %w", m.fail)
	}
	if _, ok := m.sites[[2]string{in.Channel, in.InboxAddress}]; !ok {
		return channels.Receipt{}, fmt.Errorf("receive on %q: %w", in.InboxAddress, channels.ErrNotFound)
	}
	key := [2]string{in.Channel + " " + in.InboxAddress, in.ExternalID}
	if r, ok := m.accepted[key]; ok && in.ExternalID != "" {
		r.Duplicate = true
		return r, nil
	}
	c := m.open(in)
	e := channels.Entry{
		MessageID: uuid.Must(uuid.NewV7()), ConversationID: c.id, Seq: int64(len(c.entries) + 1), Author: channels.ByContact,
		ExternalID: in.ExternalID, Text: in.Text, Choice: in.Choice, Answers: in.Answers, At: time.Now(),
	}
	c.entries = append(c.entries, e)
	c.status = "open"
	r := channels.Receipt{MessageID: e.MessageID, ConversationID: c.id, ContactID: c.contact, Seq: e.Seq}
	m.accepted[key] = r
	return r, nil
}

// open is the one open conversation of the sender on the inbox address.
func (m *Memory) open(in channels.Message) *conversation {
	who := in.Channel + " " + in.From
	if in.ContactID != "" {
		who = in.ContactID
	}
	if m.contacts[who] == uuid.Nil {
		m.contacts[who] = uuid.Must(uuid.NewV7())
	}
	place := channels.Place{Channel: in.Channel, InboxAddress: in.InboxAddress, Address: in.From}
	for _, c := range m.conversations {
		if c.contact == m.contacts[who] && c.place.InboxAddress == in.InboxAddress && c.place.Channel == in.Channel && c.status != "resolved" {
			c.place = place
			return c
		}
	}
	c := &conversation{id: uuid.Must(uuid.NewV7()), contact: m.contacts[who], place: place, delivery: map[int64]string{}}
	m.conversations = append(m.conversations, c)
	return c
}

// Say adds what the company wrote, as handed over, and returns its id.
func (m *Memory) Say(id uuid.UUID, author, name, text string, choices ...channels.Choice) uuid.UUID {
	m.mu.Lock()
	c := m.find(id)
	e := channels.Entry{
		MessageID: uuid.Must(uuid.NewV7()), ConversationID: id, Seq: int64(len(c.entries) + 1), Author: author, AuthorName: name,
		Text: text, Choices: choices, At: time.Now(),
	}
	c.entries = append(c.entries, e)
	c.delivery[e.Seq] = "sent"
	c.status = "waiting"
	m.mu.Unlock()
	m.changed(id)
	return e.MessageID
}

// Resolve ends a conversation.
func (m *Memory) Resolve(id uuid.UUID) {
	m.mu.Lock()
	m.find(id).status = "resolved"
	m.mu.Unlock()
	m.changed(id)
}

func (m *Memory) changed(id uuid.UUID) {
	if m.Changed != nil {
		m.Changed(id)
	}
}

// find is for conversations that the test made; another is a mistake in the test.
func (m *Memory) find(id uuid.UUID) *conversation {
	for _, c := range m.conversations {
		if c.id == id {
			return c
		}
	}
	panic("channelstest: no conversation " + id.String())
}

// Entries are all that was stored on an inbox address, oldest conversation first.
func (m *Memory) Entries(channel, inboxAddress string) []channels.Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []channels.Entry
	for _, c := range m.conversations {
		if c.place.Channel == channel && c.place.InboxAddress == inboxAddress {
			out = append(out, c.entries...)
		}
	}
	return out
}

// Delivery is how far an entry of the company has come.
func (m *Memory) Delivery(id uuid.UUID, seq int64) string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.find(id).delivery[seq]
}

// Site reads an inbox address of the web chat.
func (m *Memory) Site(_ context.Context, inboxAddress string) (channels.Site, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return channels.Site{}, m.fail
	}
	s, ok := m.sites[[2]string{channels.WebChat, inboxAddress}]
	if !ok {
		return channels.Site{}, fmt.Errorf("inbox address %q: %w", inboxAddress, channels.ErrNotFound)
	}
	return s, nil
}

// Thread reads what a contact sees.
func (m *Memory) Thread(_ context.Context, channel, inboxAddress, address string, limit int) (channels.Thread, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail != nil {
		return channels.Thread{}, m.fail
	}
	var t channels.Thread
	for _, c := range m.conversations {
		if c.place == (channels.Place{Channel: channel, InboxAddress: inboxAddress, Address: address}) {
			t.ConversationID, t.Status = c.id, c.status
			t.Entries = append(t.Entries, c.entries...)
		}
	}
	t.Entries = slices.Clone(t.Entries[max(0, len(t.Entries)-limit):])
	return t, nil
}

// Place tells where a conversation is held.
func (m *Memory) Place(_ context.Context, id uuid.UUID) (channels.Place, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.conversations {
		if c.id == id {
			return c.place, m.fail
		}
	}
	return channels.Place{}, fmt.Errorf("conversation %s: %w", id, channels.ErrNotFound)
}

// MarkDelivered raises marks.
func (m *Memory) MarkDelivered(_ context.Context, id uuid.UUID, upTo int64) error {
	return m.mark(id, upTo, "delivered")
}

// MarkRead raises marks.
func (m *Memory) MarkRead(_ context.Context, id uuid.UUID, upTo int64) error {
	return m.mark(id, upTo, "read")
}

func (m *Memory) mark(id uuid.UUID, upTo int64, to string) error {
	m.mu.Lock()
	c := m.find(id)
	for seq, now := range c.delivery {
		if seq <= upTo && now != "read" {
			c.delivery[seq] = to
		}
	}
	m.mu.Unlock()
	m.changed(id)
	return nil
}

// People says who is there.
func (m *Memory) People(_ context.Context, inboxAddress string) (channels.People, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.people[inboxAddress], m.fail
}
