package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/inbox"
	"usher/intent"
	"usher/routing"
)

const (
	// decideRounds is how often a conversation is looked at anew because another worker was at it or not all was covered.
	decideRounds = 5
	// maxCovered is how many messages one decision covers; the rest is decided after it.
	maxCovered = 20
)

// Decider prepares requests without locks and decides them under the conversations' locks; routing.Pipeline is one.
type Decider interface {
	Prepare(ctx context.Context, requests []routing.Request)
	Decide(r routing.Request) routing.Decision
}

// subject is a conversation with undecided messages, on its way to a decision.
type subject struct {
	request      routing.Request
	inboxAddress uuid.UUID
	acceptedAt   []time.Time // of the covered messages
	decidedSeq   int64       // up to where all was decided before
	upTo         int64       // sequence of the newest covered message
	// below is set under the lock
	lastSeq   int64
	more      bool       // the contact wrote more than is covered
	previous  *uuid.UUID // the decision before
	owner     *uuid.UUID
	ownerName string
	released  bool // its owner is offline, so it goes back to the queue
	decision  routing.Decision
	id        uuid.UUID // of the decision
	entry     uuid.UUID // of the line in the thread, Nil when there is none
	entryText []byte
}

// Decide decides the undecided messages of conversations, in order, a batch in one transaction: what depends on the text
// alone is prepared before, the rest is read under the conversations' locks. Conversations without such messages are
// passed by. When the batch fails for what is in it, its members are tried alone, and one that still fails goes to people,
// degraded; when the database fails, the error asks for another try.
func (s *Store) Decide(ctx context.Context, by Decider, conversations []uuid.UUID) error {
	conversations = unique(conversations)
	err := s.decideRounds(ctx, by, conversations)
	if err == nil || ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) || passes(err) {
		return err
	}
	if len(conversations) == 1 {
		return s.decideRounds(ctx, blindDecider{by}, conversations)
	}
	var failed []error
	for _, id := range conversations {
		failed = append(failed, s.Decide(ctx, by, []uuid.UUID{id}))
	}
	return errors.Join(failed...)
}

func (s *Store) decideRounds(ctx context.Context, by Decider, conversations []uuid.UUID) (err error) {
	// A text that makes a reader or a rule panic must not end the worker: after each start it would again.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("decide: panic: %v", r)
		}
	}()
	for round := 0; len(conversations) > 0 && round < decideRounds; round++ {
		subjects, err := s.undecided(ctx, conversations)
		if err != nil || len(subjects) == 0 {
			return err
		}
		requests := make([]routing.Request, len(subjects))
		for i, x := range subjects {
			requests[i] = x.request
		}
		by.Prepare(ctx, requests)
		for i := range subjects {
			subjects[i].request = requests[i]
		}
		if conversations, err = s.decide(ctx, by, subjects); err != nil {
			return err
		}
	}
	return nil // who was faster decides the rest, or their own nudge does
}

// blindDecider sends to people what could not be decided on what is known of it.
type blindDecider struct{ Decider }

func (blindDecider) Prepare(_ context.Context, requests []routing.Request) {
	for i := range requests {
		requests[i].Prediction = intent.Prediction{Language: "und", Degraded: "what was understood could not be stored"}
		requests[i].Evidence = routing.Evidence{}
		requests[i].Contact.Attributes = nil
	}
}

// undecided reads the subjects without locks.
func (s *Store) undecided(ctx context.Context, conversations []uuid.UUID) ([]*subject, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT c.id, c.inbox_address_id, c.channel, c.decided_seq, COALESCE(c.intent, ''), k.id, k.type, k.attributes, m.id, m.seq, m.text, m.payload, m.created_at
		FROM conversations c
		JOIN contacts k ON k.id = c.contact_id
		JOIN LATERAL (
			SELECT id, seq, text, payload, created_at FROM messages
			WHERE conversation_id = c.id AND kind = 'inbound' AND seq > c.decided_seq ORDER BY seq LIMIT `+fmt.Sprint(maxCovered)+`
		) m ON true
		WHERE c.id = ANY($1) AND c.heard_seq > c.decided_seq ORDER BY c.id, m.seq`, conversations)
	if err != nil {
		return nil, fmt.Errorf("read undecided messages: %w", err)
	}
	now := time.Now().UTC()
	var subjects []*subject
	var row struct {
		conversation, inbox, contact, message uuid.UUID
		channel, last, contactType, text      string
		attributes                            map[string]any
		payload                               struct{ Choice string }
		decidedSeq, seq                       int64
		at                                    time.Time
	}
	_, err = pgx.ForEachRow(rows, []any{&row.conversation, &row.inbox, &row.channel, &row.decidedSeq, &row.last, &row.contact, &row.contactType, &row.attributes, &row.message, &row.seq, &row.text, &row.payload, &row.at}, func() error {
		if n := len(subjects); n == 0 || subjects[n-1].request.ConversationID != row.conversation {
			subjects = append(subjects, &subject{inboxAddress: row.inbox, decidedSeq: row.decidedSeq, request: routing.Request{
				ConversationID: row.conversation, Channel: row.channel, At: now,
				Contact: routing.Contact{ID: row.contact, Type: row.contactType, Attributes: row.attributes},
				State:   routing.State{LastIntent: row.last}, // for what is prepared; the rest is read under the lock
			}})
		}
		x := subjects[len(subjects)-1]
		x.upTo = row.seq
		x.add(row.message, row.text, row.payload.Choice, row.at)
		row.attributes, row.payload.Choice = nil, ""
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read undecided messages: %w", err)
	}
	return subjects, nil
}

// add covers one more message. A button counts only as the last word: a text after it is what the contact wants now.
func (x *subject) add(message uuid.UUID, text, choice string, at time.Time) {
	x.acceptedAt = append(x.acceptedAt, at)
	r := &x.request
	r.MessageIDs = append(r.MessageIDs, message)
	r.Choice = choice
	r.Text = strings.TrimSpace(strings.Join([]string{r.Text, text}, "\n"))
}

// decide locks the conversations, decides what is still undecided and writes everything. It returns the conversations
// whose messages changed since they were read, and those with more messages than one decision covers.
func (s *Store) decide(ctx context.Context, by Decider, subjects []*subject) (again []uuid.UUID, err error) {
	var decided []*subject
	err = s.inTxSoon(ctx, "decide", func(tx pgx.Tx) error {
		decided, again = decided[:0], again[:0]
		locked, err := lockSubjects(ctx, tx, subjects)
		if err != nil {
			return err
		}
		for _, x := range subjects {
			if !locked[x.request.ConversationID] {
				again = append(again, x.request.ConversationID)
				continue
			}
			x.id, x.decision = newID(), by.Decide(x.request)
			if x.hasty() {
				again = append(again, x.request.ConversationID)
				continue
			}
			if x.more && x.full() {
				again = append(again, x.request.ConversationID)
			}
			x.addEntry()
			decided = append(decided, x)
		}
		if len(decided) == 0 {
			return nil
		}
		return writeDecisions(ctx, tx, decided)
	})
	if err != nil {
		return nil, err
	}
	for _, x := range decided {
		s.committed(x.change())
	}
	return again, nil
}

// lockSubjects locks the conversations in the order of their ids and reads their state. It reports those of which nothing
// was decided since the subjects were read. All that it reads of a conversation stands in the row itself: after a wait for
// the lock PostgreSQL reads that row anew, and nothing else.
func lockSubjects(ctx context.Context, tx pgx.Tx, subjects []*subject) (map[uuid.UUID]bool, error) {
	byID := map[uuid.UUID]*subject{}
	for _, x := range subjects {
		byID[x.request.ConversationID] = x
	}
	rows, err := tx.Query(ctx, `
		SELECT c.id, c.agent_id, COALESCE((SELECT name FROM agents WHERE id = c.agent_id), ''),
			COALESCE((SELECT presence = 'offline' OR disabled_at IS NOT NULL FROM agents WHERE id = c.agent_id), false),
			COALESCE((SELECT slug FROM teams WHERE id = c.team_id), ''), c.person_wrote_at IS NOT NULL, c.auto_replies, c.asked,
			COALESCE(c.intent, ''), c.priority, CASE WHEN c.language = 'und' THEN '' ELSE c.language END, c.decision_id, c.last_seq, c.heard_seq, c.decided_seq, c.answer_owed IS NOT NULL
		FROM conversations c WHERE c.id = ANY($1) ORDER BY c.id FOR NO KEY UPDATE OF c`, each(subjects, conversationOf))
	if err != nil {
		return nil, fmt.Errorf("lock conversations: %w", err)
	}
	untouched := map[uuid.UUID]bool{}
	var id uuid.UUID
	var ownerName string
	var offline, owed bool
	var st routing.State
	var lastSeq, heardSeq, decidedSeq int64
	var owner, previous *uuid.UUID
	if _, err := pgx.ForEachRow(rows, []any{&id, &owner, &ownerName, &offline, &st.Team, &st.PersonWrote, &st.AutoReplies, &st.Watched,
		&st.LastIntent, &st.Priority, &st.Language, &previous, &lastSeq, &heardSeq, &decidedSeq, &owed}, func() error {
		x := byID[id]
		untouched[id] = decidedSeq == x.decidedSeq
		x.more = heardSeq > x.upTo
		x.request.State, x.lastSeq, x.previous, x.owner, x.ownerName = st, lastSeq, previous, owner, ownerName
		x.request.State.Unsettled = owed || x.more && x.full()
		if x.released = offline; owner != nil && !offline {
			x.request.State.AgentID = owner
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("lock conversations: %w", err)
	}
	return untouched, nil
}

// full reports whether the subject covers all that a decision can.
func (x *subject) full() bool { return len(x.request.MessageIDs) == maxCovered }

// hasty reports whether the decision would resolve a conversation in which the contact has just written more.
func (x *subject) hasty() bool { return x.decision.Route == routing.ToResolve && x.more }

// addEntry writes the line that the thread shows when the conversation comes to a team or is done.
func (x *subject) addEntry() {
	d := x.decision
	what := inbox.ActivityPayload{Team: d.Team, Reason: d.Reason}
	switch {
	case d.Route == routing.ToResolve:
		what = inbox.ActivityPayload{What: inbox.DidResolve, Reason: "contact"}
	case x.released:
		what.What, what.From = inbox.DidRelease, x.ownerName
		if d.Route == routing.ToReply {
			what.Team = ""
		}
	case d.Route == routing.ToAgent && d.Team != x.request.State.Team:
		what.What = inbox.DidQueue
	default:
		x.entry = uuid.Nil
		return
	}
	x.entry = newID()
	x.entryText, _ = json.Marshal(what) // of texts: cannot fail
	x.lastSeq++
}

func (x *subject) change() inbox.Change {
	c := inbox.Change{ConversationID: x.request.ConversationID, Seq: x.lastSeq, Work: x.decision.Route != routing.ToResolve}
	for _, at := range x.acceptedAt {
		c.Decided = append(c.Decided, time.Since(at))
	}
	return c
}

func unique(ids []uuid.UUID) []uuid.UUID {
	out := slices.Clone(ids)
	slices.SortFunc(out, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
	return slices.Compact(out)
}
