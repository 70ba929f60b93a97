package api_test

import (
	"testing"

	"github.com/google/uuid"

	"usher/channels"
	"usher/inbox"
	"usher/routing"
)

// offer puts an automatic answer with the buttons "Did that help?" into a conversation and returns its id.
func (h *house) offer(conversation uuid.UUID) uuid.UUID {
	h.Helper()
	help, _ := inbox.HelpIn("en")
	id := uuid.Must(uuid.NewV7())
	_, err := h.pool.Exec(h.Context(), `
		WITH c AS (UPDATE conversations SET last_seq = last_seq + 1 WHERE id = $2 RETURNING last_seq, inbox_address_id)
		INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text, payload, delivery)
		SELECT $1, $2, last_seq, 'outbound', 'automatic', inbox_address_id, 'Here it is.', jsonb_build_object('choices', $3::jsonb), 'sent' FROM c`,
		id, conversation, help.Choices())
	h.must(err)
	return id
}

func TestAChoiceIsTakenFromThoseThatItsMessageOffersTheSender(t *testing.T) {
	h := newHouse(t)
	mine, hers := h.message("bo", "refund_request please"), h.message("cy", "complaint")
	offered, offeredHer := h.offer(mine), h.offer(hers)
	thread := h.call(h.key, "GET", at(mine, "/messages"), nil).body["items"].([]any)
	own := thread[0].(map[string]any)["id"]
	note := h.call(h.agent, "POST", at(mine, "/notes"), map[string]any{"text": "secret", "client_id": "n"}).body["id"]
	plain := h.call(h.agent, "POST", at(mine, "/replies"), map[string]any{"text": "Done", "client_id": "r"}).body["id"]
	elsewhere, err := h.store.EnsureInboxAddress(t.Context(), channels.API, "elsewhere", "Elsewhere")
	h.must(err)
	other, err := h.store.MakeAPIKey(t.Context(), "other", elsewhere)
	h.must(err)

	yes := routing.HelpedYes
	for name, tc := range map[string]struct {
		key, from       string
		choice, answers any
		detail          string
	}{
		"without its message":      {h.key, "bo", yes, nil, "answers: goes with choice"},
		"a message without choice": {h.key, "bo", nil, offered, "answers: goes with choice"},
		"of no message":            {h.key, "bo", yes, uuid.New(), "answers: is not a message that this person got here"},
		"of an own message":        {h.key, "bo", yes, own, "answers: is not a message that this person got here"},
		"of a note":                {h.key, "bo", yes, note, "answers: is not a message that this person got here"},
		"of another's message":     {h.key, "bo", yes, offeredHer, "answers: is not a message that this person got here"},
		"from a stranger":          {h.key, "new", yes, offered, "answers: is not a message that this person got here"},
		"at another inbox address": {other, "bo", yes, offered, "answers: is not a message that this person got here"},
		"that is not offered":      {h.key, "bo", "refund_me", offered, "choice: is not the value of a button of that message"},
		"of a message without any": {h.key, "bo", yes, plain, "choice: is not the value of a button of that message"},
	} {
		body := map[string]any{"text": "x", "from": tc.from, "external_id": name}
		if tc.choice != nil {
			body["choice"] = tc.choice
		}
		if tc.answers != nil {
			body["answers"] = tc.answers
		}
		h.wants(name, h.call(tc.key, "POST", messages, body), 422, tc.detail)
	}
	body := map[string]any{"from": "bo", "external_id": "good", "choice": yes, "answers": offered}
	h.wants("a choice that is offered", h.call(h.key, "POST", messages, body), 202, "")
	if again := h.call(h.key, "POST", messages, body); again.status != 202 || again.body["duplicate"] != true {
		t.Errorf("sent again: %d %s", again.status, again.raw)
	}
}

func TestAPersonWhoBecomesKnownMayAnswerWhatTheyWereOffered(t *testing.T) {
	h := newHouse(t)
	offered := h.offer(h.message("bo", "refund_request please"))
	body := map[string]any{"from": "bo", "contact_id": "c-1", "external_id": "one", "choice": routing.HelpedNo, "answers": offered}
	h.wants("a visitor until now", h.call(h.key, "POST", messages, body), 202, "")
	body = map[string]any{"contact_id": "c-1", "external_id": "two", "choice": routing.HelpedNo, "answers": offered}
	h.wants("from another address of theirs", h.call(h.key, "POST", messages, body), 202, "")
}

func TestAChoiceThatWasAcceptedIsADuplicateAlsoWhenItsSenderIsAnotherContactByNow(t *testing.T) {
	h := newHouse(t)
	known := map[string]any{"text": "hello", "contact_id": "c-1", "external_id": "known"}
	h.wants("a known contact writes", h.call(h.key, "POST", messages, known), 202, "")
	offered := h.offer(h.message("bo", "refund_request please"))
	body := map[string]any{"from": "bo", "external_id": "choice", "choice": routing.HelpedYes, "answers": offered}
	first := h.call(h.key, "POST", messages, body)
	h.wants("a visitor chooses", first, 202, "")
	// The known contact has a conversation of their own, so the visitor's stays behind.
	h.wants("the visitor is that contact", h.call(h.key, "POST", messages, map[string]any{"text": "me", "from": "bo", "contact_id": "c-1", "external_id": "moved"}), 202, "")
	again := h.call(h.key, "POST", messages, body)
	h.wants("the choice again", again, 202, "")
	if again.body["duplicate"] != true || again.body["message_id"] != first.body["message_id"] {
		t.Errorf("again %s, first %s", again.raw, first.raw)
	}
	body["external_id"] = "another"
	h.wants("another choice", h.call(h.key, "POST", messages, body), 422, "answers: is not a message that this person got here")
	elsewhere, err := h.store.EnsureInboxAddress(t.Context(), channels.API, "elsewhere", "Elsewhere")
	h.must(err)
	other, err := h.store.MakeAPIKey(t.Context(), "other", elsewhere)
	h.must(err)
	body["external_id"] = "choice"
	h.wants("the same id elsewhere", h.call(other, "POST", messages, body), 422, "answers: is not a message that this person got here")
}
