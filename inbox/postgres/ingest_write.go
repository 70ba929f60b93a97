package postgres

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/channels"
)

// errRace means that another transaction made what this one was about to make.
var errRace = errors.New("another writer was faster")

// incoming is a message with what the transaction finds out about it.
type incoming struct {
	channels.Message
	id           uuid.UUID
	inboxAddress uuid.UUID
	address      uuid.UUID // contact address
	contact      uuid.UUID
	conversation uuid.UUID
	seq          int64
	duplicate    bool
	err          error
}

func (in *incoming) fresh() bool { return !in.duplicate }

// write stores messages in one transaction with a fixed number of statements, whatever their number.
func (s *Store) write(ctx context.Context, messages []channels.Message) ([]receipt, error) {
	for attempt := 0; ; attempt++ {
		batch := make([]*incoming, len(messages))
		for i, m := range messages {
			batch[i] = &incoming{Message: m, id: newID()}
		}
		err := s.inTx(ctx, "receive", func(tx pgx.Tx) error { return s.enter(ctx, tx, batch) })
		if retryable(err) && attempt < 5 {
			continue
		}
		if err != nil {
			return nil, err
		}
		return receiptsOf(batch), nil
	}
}

func receiptsOf(batch []*incoming) []receipt {
	out := make([]receipt, len(batch))
	for i, in := range batch {
		out[i] = receipt{channels.Receipt{MessageID: in.id, ConversationID: in.conversation, ContactID: in.contact, Seq: in.seq, Duplicate: in.duplicate}, in.err}
	}
	return out
}

func (s *Store) enter(ctx context.Context, tx pgx.Tx, batch []*incoming) error {
	if err := s.findInboxAddresses(ctx, tx, batch); err != nil {
		return err
	}
	live := slices.DeleteFunc(slices.Clone(batch), func(in *incoming) bool { return in.err != nil })
	if len(live) == 0 {
		return nil
	}
	for _, step := range []func(context.Context, pgx.Tx, []*incoming) error{lockAddresses, adoptContacts, openConversations, insertMessages} {
		if err := step(ctx, tx, live); err != nil {
			return err
		}
	}
	return nil
}

// findInboxAddresses asks the database for those only that it never saw: they are not changed and not removed.
func (s *Store) findInboxAddresses(ctx context.Context, tx pgx.Tx, batch []*incoming) error {
	var unseen []*incoming
	for _, in := range batch {
		if id, seen := s.inboxes.Load(addressKey{in.Channel, in.InboxAddress}); seen {
			in.inboxAddress = id.(uuid.UUID)
		} else {
			unseen = append(unseen, in)
		}
	}
	if len(unseen) == 0 {
		return nil
	}
	rows, err := tx.Query(ctx, `
		SELECT channel, address, id FROM inbox_addresses
		WHERE (channel, address) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
		column(unseen, func(in *incoming) string { return in.Channel }), column(unseen, func(in *incoming) string { return in.InboxAddress }))
	if err != nil {
		return fmt.Errorf("find inbox addresses: %w", err)
	}
	ids := map[addressKey]uuid.UUID{}
	var k addressKey
	var id uuid.UUID
	if _, err := pgx.ForEachRow(rows, []any{&k.channel, &k.address, &id}, func() error {
		ids[k] = id
		s.inboxes.Store(k, id)
		return nil
	}); err != nil {
		return fmt.Errorf("find inbox addresses: %w", err)
	}
	for _, in := range unseen {
		var found bool
		if in.inboxAddress, found = ids[addressKey{in.Channel, in.InboxAddress}]; !found {
			in.err = errNoAddress(in.Message)
		}
	}
	return nil
}

// addressKey is what an address is unique by, a contact's as an inbox's.
type addressKey struct{ channel, address string }

func addressKeys(batch []*incoming) ([]addressKey, map[addressKey][]*incoming) {
	byKey := map[addressKey][]*incoming{}
	var keys []addressKey
	for _, in := range batch {
		k := addressKey{in.Channel, in.From}
		if byKey[k] == nil {
			keys = append(keys, k)
		}
		byKey[k] = append(byKey[k], in)
	}
	slices.SortFunc(keys, func(a, b addressKey) int {
		return cmp.Or(strings.Compare(a.channel, b.channel), strings.Compare(a.address, b.address))
	})
	return keys, byKey
}

// lockAddresses locks the contact addresses, finds what was accepted before, and makes addresses that are new with a
// contact each.
func lockAddresses(ctx context.Context, tx pgx.Tx, batch []*incoming) error {
	keys, byKey := addressKeys(batch)
	var chans, addresses []string
	for _, k := range keys {
		chans, addresses = append(chans, k.channel), append(addresses, k.address)
	}
	b := &pgx.Batch{}
	b.Queue(`
		SELECT a.channel, a.address, a.id, a.contact_id
		FROM unnest($1::text[], $2::text[]) AS w(channel, address)
		JOIN contact_addresses a ON (a.channel, a.address) = (w.channel, w.address)
		ORDER BY a.channel, a.address FOR NO KEY UPDATE OF a`, chans, addresses).Query(func(rows pgx.Rows) error {
		var k addressKey
		var id, contact uuid.UUID
		_, err := pgx.ForEachRow(rows, []any{&k.channel, &k.address, &id, &contact}, func() error {
			for _, in := range byKey[k] {
				in.address, in.contact = id, contact
			}
			return nil
		})
		return err
	})
	queueFindDuplicates(b, batch)
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("lock contact addresses: %w", err)
	}
	keys = slices.DeleteFunc(keys, func(k addressKey) bool {
		return byKey[k][0].address != uuid.Nil || !slices.ContainsFunc(byKey[k], (*incoming).fresh)
	})
	return makeAddresses(ctx, tx, keys, byKey)
}

// makeAddresses gives each new address a contact. One that appeared in the meantime means starting over, so that no
// contact is left without an address.
func makeAddresses(ctx context.Context, tx pgx.Tx, keys []addressKey, byKey map[addressKey][]*incoming) error {
	if len(keys) == 0 {
		return nil
	}
	firsts := make([]*incoming, len(keys))
	for i, k := range keys {
		id, contact := newID(), newID()
		made := slices.DeleteFunc(slices.Clone(byKey[k]), func(in *incoming) bool { return in.duplicate })
		for _, in := range made {
			in.address, in.contact = id, contact
		}
		firsts[i] = made[0]
	}
	tag, err := tx.Exec(ctx, `
		WITH wanted AS (
			SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[])
				WITH ORDINALITY AS w(id, contact_id, channel, address, name, email, n)
		), made AS (
			INSERT INTO contacts (id, name, email) SELECT contact_id, name, email FROM wanted
		)
		INSERT INTO contact_addresses (id, contact_id, channel, address)
		SELECT id, contact_id, channel, address FROM wanted ORDER BY n
		ON CONFLICT (channel, address) DO NOTHING`,
		column(firsts, func(in *incoming) uuid.UUID { return in.address }), column(firsts, func(in *incoming) uuid.UUID { return in.contact }),
		column(firsts, func(in *incoming) string { return in.Channel }), column(firsts, func(in *incoming) string { return in.From }),
		column(firsts, func(in *incoming) string { return in.Name }), column(firsts, func(in *incoming) string { return in.Email }))
	if err != nil {
		return fmt.Errorf("make contact addresses: %w", err)
	}
	if tag.RowsAffected() != int64(len(keys)) {
		return errRace
	}
	return nil
}

// queueFindDuplicates marks the messages that were accepted before, with the ids of the first time. The addresses are
// locked by then, but the same external id may come from another address at this instant: the unique index then decides.
func queueFindDuplicates(b *pgx.Batch, batch []*incoming) {
	keyed := slices.DeleteFunc(slices.Clone(batch), func(in *incoming) bool { return in.ExternalID == "" })
	if len(keyed) == 0 {
		return
	}
	b.Queue(`
		SELECT m.inbox_address_id, m.external_id, m.id, m.conversation_id, m.seq, c.contact_id
		FROM unnest($1::uuid[], $2::text[]) AS w(inbox_address_id, external_id)
		JOIN messages m ON m.inbox_address_id = w.inbox_address_id AND m.external_id = w.external_id
		JOIN conversations c ON c.id = m.conversation_id`,
		column(keyed, func(in *incoming) uuid.UUID { return in.inboxAddress }), column(keyed, func(in *incoming) string { return in.ExternalID })).Query(func(rows pgx.Rows) error {
		type key struct {
			inbox    uuid.UUID
			external string
		}
		byKey := map[key][]*incoming{}
		for _, in := range keyed {
			k := key{in.inboxAddress, in.ExternalID}
			byKey[k] = append(byKey[k], in)
		}
		var k key
		var id, conversation, contact uuid.UUID
		var seq int64
		_, err := pgx.ForEachRow(rows, []any{&k.inbox, &k.external, &id, &conversation, &seq, &contact}, func() error {
			for _, in := range byKey[k] {
				in.id, in.conversation, in.contact, in.seq, in.duplicate = id, conversation, contact, seq, true
			}
			return nil
		})
		return err
	})
}

// adoptContacts gives addresses that come with the company's own id of the person to that person. A visitor that
// turns out to be somebody known stops being a contact of its own from here on; what it wrote before stays where it is.
func adoptContacts(ctx context.Context, tx pgx.Tx, batch []*incoming) error {
	byExternal := map[string][]*incoming{}
	for _, in := range batch {
		if in.ContactID != "" && !in.duplicate {
			byExternal[in.ContactID] = append(byExternal[in.ContactID], in)
		}
	}
	if len(byExternal) == 0 {
		return nil
	}
	externals := make([]string, 0, len(byExternal))
	for e := range byExternal {
		externals = append(externals, e)
	}
	slices.Sort(externals)
	firsts := make([]*incoming, len(externals))
	for i, e := range externals {
		firsts[i] = byExternal[e][0]
	}
	rows, err := tx.Query(ctx, `
		INSERT INTO contacts AS c (id, external_id, type, name, email)
		SELECT id, external_id, 'customer', name, email
		FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) AS w(id, external_id, name, email)
		ON CONFLICT (external_id) DO UPDATE SET
			name = CASE WHEN excluded.name <> '' THEN excluded.name ELSE c.name END,
			email = CASE WHEN excluded.email <> '' THEN excluded.email ELSE c.email END
		RETURNING external_id, id`,
		column(firsts, func(*incoming) uuid.UUID { return newID() }), externals,
		column(firsts, func(in *incoming) string { return in.Name }), column(firsts, func(in *incoming) string { return in.Email }))
	if err != nil {
		return fmt.Errorf("find contacts: %w", err)
	}
	var external string
	var id uuid.UUID
	var moved, owners []uuid.UUID
	if _, err := pgx.ForEachRow(rows, []any{&external, &id}, func() error {
		for _, in := range byExternal[external] {
			if in.contact != id {
				moved, owners = append(moved, in.address), append(owners, id)
				in.contact = id
			}
		}
		return nil
	}); err != nil {
		return fmt.Errorf("find contacts: %w", err)
	}
	return moveAddresses(ctx, tx, moved, owners)
}

// moveAddresses gives addresses to other contacts. Conversations, and what history knows of their messages, go with an address
// that was a mere visitor's, but for an open one where the new owner has one open already.
func moveAddresses(ctx context.Context, tx pgx.Tx, addresses, owners []uuid.UUID) error {
	if len(addresses) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, `
		WITH moved AS (
			SELECT DISTINCT ON (address_id) * FROM unnest($1::uuid[], $2::uuid[]) AS m(address_id, contact_id)
		), went AS (
			UPDATE conversations v SET contact_id = m.contact_id
			FROM moved m JOIN contact_addresses a ON a.id = m.address_id JOIN contacts c ON c.id = a.contact_id
			WHERE v.contact_address_id = a.id AND v.contact_id = c.id AND c.external_id IS NULL
				AND (v.status = 'resolved' OR NOT EXISTS (SELECT FROM conversations o
					WHERE o.contact_id = m.contact_id AND o.inbox_address_id = v.inbox_address_id AND o.status <> 'resolved'))
			RETURNING v.id, v.contact_id
		)
		UPDATE message_vectors x SET contact_id = w.contact_id FROM went w JOIN messages m ON m.conversation_id = w.id WHERE x.message_id = m.id`,
		addresses, owners); err != nil {
		return fmt.Errorf("move conversations to their contacts: %w", err)
	}
	if _, err := tx.Exec(ctx, `
		UPDATE contact_addresses a SET contact_id = m.contact_id
		FROM (SELECT DISTINCT ON (address_id) * FROM unnest($1::uuid[], $2::uuid[]) AS m(address_id, contact_id)) m
		WHERE a.id = m.address_id`, addresses, owners); err != nil {
		return fmt.Errorf("move addresses to their contacts: %w", err)
	}
	return nil
}

// openConversations finds or makes the one open conversation of each contact on the inbox address, locks it and
// raises its sequence by the number of its messages.
func openConversations(ctx context.Context, tx pgx.Tx, batch []*incoming) error {
	type key struct{ contact, inbox uuid.UUID }
	byKey := map[key][]*incoming{}
	var keys []key
	dropRepeatsWithin(batch)
	for _, in := range batch {
		if in.duplicate {
			continue
		}
		k := key{in.contact, in.inboxAddress}
		if byKey[k] == nil {
			keys = append(keys, k)
		}
		byKey[k] = append(byKey[k], in)
	}
	if len(keys) == 0 {
		return nil
	}
	var ids, contacts, inboxes, addresses []uuid.UUID
	var chans, previews []string
	var counts []int64
	for _, k := range keys {
		ms := byKey[k]
		last := ms[len(ms)-1]
		ids, contacts, inboxes, addresses = append(ids, newID()), append(contacts, k.contact), append(inboxes, k.inbox), append(addresses, last.address)
		chans, previews, counts = append(chans, last.Channel), append(previews, preview(last.Text)), append(counts, int64(len(ms)))
	}
	rows, err := tx.Query(ctx, `
		INSERT INTO conversations AS c (id, contact_id, inbox_address_id, contact_address_id, channel, last_seq, heard_seq, preview, waiting_since)
		SELECT w.id, w.contact_id, w.inbox_address_id, w.contact_address_id, w.channel, w.n, w.n, w.preview, now()
		FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::text[])
			AS w(id, contact_id, inbox_address_id, contact_address_id, channel, n, preview)
		LEFT JOIN conversations o ON o.contact_id = w.contact_id AND o.inbox_address_id = w.inbox_address_id AND o.status <> 'resolved'
		ORDER BY o.id -- rows are locked in the order they come
		ON CONFLICT (contact_id, inbox_address_id) WHERE status <> 'resolved' DO UPDATE SET
			last_seq = c.last_seq + excluded.last_seq, heard_seq = c.last_seq + excluded.last_seq, preview = excluded.preview, last_message_at = now(),
			contact_address_id = excluded.contact_address_id, status = 'open',
			waiting_since = COALESCE(c.waiting_since, now())
		RETURNING c.contact_id, c.inbox_address_id, c.id, c.last_seq`,
		ids, contacts, inboxes, addresses, chans, counts, previews)
	if err != nil {
		return fmt.Errorf("open conversations: %w", err)
	}
	var k key
	var id uuid.UUID
	var last int64
	if _, err := pgx.ForEachRow(rows, []any{&k.contact, &k.inbox, &id, &last}, func() error {
		ms := byKey[k]
		for i, in := range ms {
			in.conversation, in.seq = id, last-int64(len(ms)-1-i)
		}
		return nil
	}); err != nil {
		return fmt.Errorf("open conversations: %w", err)
	}
	return nil
}

// dropRepeatsWithin marks repeats inside the batch; they get the ids of the first one in finishRepeats.
func dropRepeatsWithin(batch []*incoming) {
	seen := map[string]*incoming{}
	for _, in := range batch {
		if in.ExternalID == "" || in.duplicate {
			continue
		}
		k := in.inboxAddress.String() + in.ExternalID
		if seen[k] != nil {
			in.duplicate = true
		} else {
			seen[k] = in
		}
	}
}

// insertMessages stores the messages with an outbox row each.
func insertMessages(ctx context.Context, tx pgx.Tx, batch []*incoming) error {
	fresh := slices.DeleteFunc(slices.Clone(batch), func(in *incoming) bool { return in.duplicate })
	defer finishRepeats(batch)
	if len(fresh) == 0 {
		return nil
	}
	tag, err := tx.Exec(ctx, `
		WITH entered AS (
			INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, external_id, text, payload, provider_at)
			SELECT id, conversation_id, seq, 'inbound', 'contact', inbox_address_id, NULLIF(external_id, ''), text, payload, provider_at
			FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::timestamptz[])
				AS w(id, conversation_id, seq, inbox_address_id, external_id, text, payload, provider_at)
			ON CONFLICT (inbox_address_id, external_id) WHERE external_id IS NOT NULL DO NOTHING
			RETURNING id, conversation_id
		)
		INSERT INTO outbox (topic, conversation_id, ref) SELECT 'inbound', conversation_id, id FROM entered`,
		column(fresh, func(in *incoming) uuid.UUID { return in.id }), column(fresh, func(in *incoming) uuid.UUID { return in.conversation }),
		column(fresh, func(in *incoming) int64 { return in.seq }), column(fresh, func(in *incoming) uuid.UUID { return in.inboxAddress }),
		column(fresh, func(in *incoming) string { return in.ExternalID }), column(fresh, func(in *incoming) string { return in.Text }),
		column(fresh, payloadOf), column(fresh, providerTime))
	if err != nil {
		return fmt.Errorf("insert messages: %w", err)
	}
	if tag.RowsAffected() != int64(len(fresh)) {
		return errRace // the same external id from another address: start over and find it as a repeat
	}
	return nil
}

func finishRepeats(batch []*incoming) {
	for _, in := range batch {
		if !in.duplicate || in.conversation != uuid.Nil {
			continue
		}
		for _, first := range batch {
			if !first.duplicate && first.ExternalID == in.ExternalID && first.inboxAddress == in.inboxAddress {
				in.id, in.conversation, in.contact, in.seq = first.id, first.conversation, first.contact, first.seq
			}
		}
	}
}

// payloadOf is what an inbound message keeps beside its text: the button pressed and the message that offered it.
func payloadOf(in *incoming) []byte {
	p := map[string]any{}
	if len(in.Payload) > 0 {
		p["data"] = in.Payload
	}
	if in.Choice != "" {
		p["choice"] = in.Choice
	}
	if in.Answers != uuid.Nil {
		p["answers"] = in.Answers
	}
	b, err := json.Marshal(p)
	if err != nil {
		return []byte("{}") // Payload was not JSON; the channel said it was
	}
	return b
}

func providerTime(in *incoming) *time.Time {
	if in.At.IsZero() {
		return nil
	}
	return &in.At
}

// previewLength bounds a preview in characters.
const previewLength = 140

// preview is the start of a text on one line.
func preview(text string) string {
	text = strings.Join(strings.Fields(text[:min(len(text), 4*previewLength+64)]), " ")
	text = strings.ToValidUTF8(text, "")
	if utf8.RuneCountInString(text) <= previewLength {
		return text
	}
	return string([]rune(text)[:previewLength-1]) + "…"
}

// column is one value of each message, as an array parameter.
func column[T any](batch []*incoming, value func(*incoming) T) []T {
	out := make([]T, len(batch))
	for i, in := range batch {
		out[i] = value(in)
	}
	return out
}
