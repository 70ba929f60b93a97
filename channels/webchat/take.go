package webchat

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"usher/channels"
)

// take hands a message to the receiver and returns the answer for the browser.
func (c *session) take(ctx context.Context, req request) any {
	no := c.check(req)
	if no != nil {
		no.ID = req.ID
		return no
	}
	p := c.person
	receipt, err := c.server.o.Receiver.Receive(ctx, channels.Message{
		Channel: channels.WebChat, InboxAddress: c.thread.site, From: p.address, ContactID: p.contactID, Name: p.name, Email: p.email,
		ExternalID: p.externalID(req.ID), Text: req.Text, Choice: req.Choice, Answers: req.Answers,
	})
	if err != nil {
		no = c.refusal(err)
		no.ID = req.ID
		return no
	}
	c.server.hub.placed(receipt.ConversationID, c.thread)
	c.server.hub.touch(c.thread)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conversations[receipt.ConversationID] = struct{}{}
	return accepted{"accepted", req.ID, receipt.MessageID, receipt.ConversationID, receipt.Seq}
}

// check says what is wrong with a message before it costs anything.
func (c *session) check(req request) *refused {
	if !validID(req.ID) {
		return refuse("id", "must have 1 to 64 letters, digits, - or _")
	}
	if wait := c.server.o.limits.wait(c.person.address, c.network, time.Now()); wait > 0 {
		no := refuse("text", "comes faster than we can take it; wait a moment and send it again")
		no.Retry = seconds(wait)
		return no
	}
	if (req.Choice == "") != (req.Answers == uuid.Nil) {
		return refuse("answers", "goes with choice: name the entry that offered it")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	offered, has := c.shown[req.Answers]
	switch {
	case req.Choice == "":
		return nil
	case !has:
		return refuse("answers", "is not an entry of this thread; reload and choose again")
	case !slices.ContainsFunc(offered, func(o channels.Choice) bool { return o.Value == req.Choice }):
		return refuse("choice", "is not one that the entry offers; choose one of its buttons")
	}
	return nil
}

// refusal turns an error of the receiver into words for the browser.
func (c *session) refusal(err error) *refused {
	var invalid *channels.InvalidError
	switch {
	case errors.As(err, &invalid):
		return refuse(invalid.Field, invalid.Remedy)
	case errors.Is(err, channels.ErrNotFound):
		return refuse("inbox", "does not exist any more; reload the page")
	case !errors.Is(err, channels.ErrBusy):
		c.server.o.Log.Error("take a message from a widget", "inbox", c.thread.site, "error", err)
	}
	no := refuse("text", "could not be stored right now; it is safe to send it again")
	no.Retry = 3
	return no
}

// seen raises the marks of what the company wrote. A browser can mark only conversations of its thread.
func (c *session) seen(ctx context.Context, req request) {
	if req.State != "delivered" && req.State != "read" {
		c.send(refuse("state", "must be delivered or read"))
		return
	}
	k := mark{req.Conversation, req.State}
	c.mu.Lock()
	_, own := c.conversations[req.Conversation]
	raised := own && req.Seq > c.marked[k]
	if raised {
		c.marked[k] = req.Seq
	}
	c.mu.Unlock()
	var err error
	switch {
	case !own:
		c.send(refuse("conversation", "is not of this thread"))
	case !raised:
	case req.State == "read":
		err = c.server.o.Store.MarkRead(ctx, req.Conversation, req.Seq)
	default:
		err = c.server.o.Store.MarkDelivered(ctx, req.Conversation, req.Seq)
	}
	if err != nil {
		// The browser says it again after its next hello.
		c.server.o.Log.Error("mark what a contact has seen", "conversation", req.Conversation, "error", err)
	}
}
