package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/channels"
	"usher/inbox"
	"usher/intent"
)

// pendingReply is a decision whose automatic answer is not sent yet.
type pendingReply struct {
	decision     uuid.UUID
	conversation uuid.UUID
	template     string
	language     string // of the template's text, empty for the default one
	team         string // slug: who takes it when the answer cannot be sent
	decidedAt    time.Time
	silence      time.Duration
	entities     []intent.Entity
	answer       inbox.Answer
}

// Answer sends the automatic answers of decisions. The guards that time can break are checked again under the
// conversation's lock: an answer is withheld when a person has it, has written, or a newer decision stands. An answer
// that cannot be written or stored goes to people. Decisions that are done already are passed by, so a repeat is a no-op.
// When the batch fails for what is in it, its members are tried alone; when the database fails, the error asks for another try.
func (s *Store) Answer(ctx context.Context, by inbox.Answerer, silence time.Duration, decisions []uuid.UUID) error {
	decisions = unique(decisions)
	err := s.answer(ctx, by, silence, decisions)
	if err == nil || ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) || passes(err) {
		return err
	}
	if len(decisions) == 1 {
		return s.answer(ctx, speechless{}, silence, decisions)
	}
	var failed []error
	for _, id := range decisions {
		failed = append(failed, s.Answer(ctx, by, silence, []uuid.UUID{id}))
	}
	return errors.Join(failed...)
}

// speechless writes no answer, so that people do.
type speechless struct{}

func (speechless) Answers(_ context.Context, requests []inbox.AnswerRequest) ([]inbox.Answer, error) {
	answers := make([]inbox.Answer, len(requests))
	for i := range answers {
		answers[i].Err = errors.New("what it says could not be put together or stored")
	}
	return answers, nil
}

func (s *Store) answer(ctx context.Context, by inbox.Answerer, silence time.Duration, decisions []uuid.UUID) error {
	pending, err := s.pendingReplies(ctx, decisions)
	if err != nil || len(pending) == 0 {
		return err
	}
	requests := make([]inbox.AnswerRequest, len(pending))
	for i, p := range pending {
		requests[i] = inbox.AnswerRequest{ConversationID: p.conversation, Template: p.template, Language: p.language, Entities: p.entities, At: p.decidedAt}
	}
	answers, err := by.Answers(ctx, requests)
	if err != nil {
		return fmt.Errorf("write automatic answers: %w", err)
	}
	for i := range pending {
		pending[i].answer, pending[i].silence = answers[i], silence
	}
	return s.sendAnswers(ctx, pending)
}

// pendingReplies reads what is owed. Where a decision did not know in which languages the template is written, the text must be in
// that of the message.
func (s *Store) pendingReplies(ctx context.Context, decisions []uuid.UUID) ([]*pendingReply, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT d.id, d.conversation_id, d.template, COALESCE(d.trace->>'text_language', NULLIF(d.language, 'und'), ''), COALESCE(d.team, ''), d.created_at, COALESCE(i.request->'prediction'->'entities', '[]')
		FROM decisions d JOIN conversations c ON c.id = d.conversation_id AND c.answer_owed = d.id JOIN decision_inputs i ON i.decision_id = d.id
		WHERE d.id = ANY($1) ORDER BY d.conversation_id`, decisions)
	if err != nil {
		return nil, fmt.Errorf("read pending answers: %w", err)
	}
	pending, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*pendingReply, error) {
		p := &pendingReply{}
		return p, row.Scan(&p.decision, &p.conversation, &p.template, &p.language, &p.team, &p.decidedAt, &p.entities)
	})
	if err != nil {
		return nil, fmt.Errorf("read pending answers: %w", err)
	}
	return pending, nil
}

// sendAnswers commits a batch.
func (s *Store) sendAnswers(ctx context.Context, pending []*pendingReply) error {
	var changes []inbox.Change
	err := s.inTx(ctx, "answer automatically", func(tx pgx.Tx) error {
		changes = changes[:0]
		locks, err := lockForAnswer(ctx, tx, pending)
		if err != nil {
			return err
		}
		b := &pgx.Batch{}
		var sends []*sending
		for _, p := range pending {
			l, ok := locks[p.decision]
			if !ok {
				continue
			}
			change, send := l.queue(b, p)
			changes = append(changes, change)
			if send != nil {
				sends = append(sends, send)
			}
		}
		queueSends(b, sends)
		if err := tx.SendBatch(ctx, b).Close(); err != nil {
			return fmt.Errorf("write answers: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range changes {
		s.committed(c)
	}
	return nil
}

// answerLock is a conversation under lock as far as an automatic answer needs it.
type answerLock struct {
	conversation uuid.UUID
	inboxAddress uuid.UUID
	channel      string
	status       inbox.Status
	owned        bool
	queued       bool
	personWrote  bool
	undecided    bool // the contact wrote more, which is not decided yet
	lastSeq      int64
}

// lockForAnswer locks the conversations of those decisions whose answer is still owed; locks are by decision.
func lockForAnswer(ctx context.Context, tx pgx.Tx, pending []*pendingReply) (map[uuid.UUID]*answerLock, error) {
	var conversations, decisions []uuid.UUID
	for _, p := range pending {
		conversations, decisions = append(conversations, p.conversation), append(decisions, p.decision)
	}
	rows, err := tx.Query(ctx, `
		SELECT c.answer_owed, c.id, c.inbox_address_id, c.channel, c.status, c.agent_id IS NOT NULL, c.team_id IS NOT NULL, c.person_wrote_at IS NOT NULL,
			c.heard_seq > c.decided_seq, c.last_seq
		FROM conversations c WHERE c.id = ANY($1) AND c.answer_owed = ANY($2) ORDER BY c.id FOR NO KEY UPDATE`, conversations, decisions)
	if err != nil {
		return nil, fmt.Errorf("lock conversations: %w", err)
	}
	locks := map[uuid.UUID]*answerLock{}
	var decision uuid.UUID
	var l answerLock
	if _, err := pgx.ForEachRow(rows, []any{&decision, &l.conversation, &l.inboxAddress, &l.channel, &l.status, &l.owned, &l.queued, &l.personWrote, &l.undecided, &l.lastSeq}, func() error {
		found := l
		locks[decision] = &found
		return nil
	}); err != nil {
		return nil, fmt.Errorf("lock conversations: %w", err)
	}
	return locks, nil
}

// withheld says why the answer must not be sent any more, or nothing.
func (l *answerLock) withheld() string {
	switch {
	case l.owned:
		return "a person has taken the conversation"
	case l.personWrote:
		return "a person has written"
	case l.queued:
		return "the conversation waits for people"
	case l.status == inbox.Resolved:
		return "the conversation is resolved"
	}
	return ""
}

// queue withholds the answer or gives the conversation to people where it must, and else returns what to send.
func (l *answerLock) queue(b *pgx.Batch, p *pendingReply) (inbox.Change, *sending) {
	l.lastSeq++
	change := inbox.Change{ConversationID: l.conversation, Seq: l.lastSeq}
	switch why := l.withheld(); {
	case why != "":
		b.Queue(`UPDATE decisions SET withheld_reason = $2 WHERE id = $1`, p.decision, why)
		l.addActivity(b, inbox.ActivityPayload{What: inbox.DidWithhold, Reason: why})
		b.Queue(`UPDATE conversations SET last_seq = $2, answer_owed = NULL WHERE id = $1`, l.conversation, l.lastSeq)
	case p.answer.Err != nil:
		l.giveToPeople(b, p)
		change.Team = p.team
	default:
		change.Work = true
		return change, l.sending(p)
	}
	return change, nil
}

func (l *answerLock) addActivity(b *pgx.Batch, what inbox.ActivityPayload) {
	payload, _ := json.Marshal(what) // of texts: cannot fail
	b.Queue(`
		INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text, payload)
		VALUES ($1, $2, $3, 'activity', 'system', $4, '', $5)`, newID(), l.conversation, l.lastSeq, l.inboxAddress, payload)
}

// giveToPeople is for an answer that came out empty, too long or broken: the contact must not get it, nor nothing.
func (l *answerLock) giveToPeople(b *pgx.Batch, p *pendingReply) {
	why := "The automatic answer " + p.template + " could not be written: " + p.answer.Err.Error()
	b.Queue(`UPDATE decisions SET withheld_reason = $2 WHERE id = $1`, p.decision, why)
	l.addActivity(b, inbox.ActivityPayload{What: inbox.DidQueue, Team: p.team, Reason: why})
	b.Queue(`
		UPDATE conversations SET last_seq = $2, answer_owed = NULL, team_id = (SELECT id FROM teams WHERE slug = $3), queued_at = COALESCE(queued_at, now()), degraded = true
		WHERE id = $1`, l.conversation, l.lastSeq, p.team)
}

// sending is an answer with what its row needs.
type sending struct {
	*answerLock
	*pendingReply
	message uuid.UUID
	text    string
	payload []byte
}

func (l *answerLock) sending(p *pendingReply) *sending {
	x := &sending{answerLock: l, pendingReply: p, message: newID(), text: p.answer.Text}
	payload := struct {
		Template string            `json:"template"`
		Version  int               `json:"template_version"`
		Choices  []channels.Choice `json:"choices,omitempty"`
	}{Template: p.template, Version: p.answer.Version}
	help, known := inbox.HelpIn(p.answer.Language)
	if p.answer.Asks = p.answer.Asks && known; p.answer.Asks {
		x.text += "\n\n" + help.Question
		payload.Choices = help.Choices()
	}
	x.payload, _ = json.Marshal(payload) // of texts: cannot fail
	return x
}

// queueSends writes all answers of a batch in a fixed number of statements.
func queueSends(b *pgx.Batch, sends []*sending) {
	if len(sends) == 0 {
		return
	}
	messages := each(sends, func(x *sending) uuid.UUID { return x.message })
	conversations := each(sends, func(x *sending) uuid.UUID { return x.answerLock.conversation })
	seqs := each(sends, func(x *sending) int64 { return x.lastSeq })
	b.Queue(`
		INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text, payload, decision_id, delivery)
		SELECT id, conversation_id, seq, 'outbound', 'automatic', inbox_address_id, text, payload, decision_id, delivery
		FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::jsonb[], $7::uuid[], $8::text[])
			AS w(id, conversation_id, seq, inbox_address_id, text, payload, decision_id, delivery)`,
		messages, conversations, seqs, each(sends, func(x *sending) uuid.UUID { return x.inboxAddress }), each(sends, func(x *sending) string { return x.text }),
		each(sends, func(x *sending) []byte { return x.payload }), each(sends, func(x *sending) uuid.UUID { return x.decision }),
		each(sends, func(x *sending) string { return handedOver(x.channel) }))
	b.Queue(`
		UPDATE conversations c SET last_seq = w.seq, answer_owed = NULL, preview = w.preview, last_message_at = now(), auto_replies = auto_replies + 1, asked = w.asks AND NOT w.undecided, -- a "thanks" that came before the question is no answer to it
			status = CASE WHEN w.undecided THEN 'open' ELSE 'waiting' END,
			waiting_since = CASE WHEN w.undecided THEN c.waiting_since END,
			watch_until = now() + make_interval(secs => w.silence)
		FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::bool[], $5::bool[], $6::float8[]) AS w(id, seq, preview, asks, undecided, silence)
		WHERE c.id = w.id`,
		conversations, seqs, each(sends, func(x *sending) string { return preview(x.text) }), each(sends, func(x *sending) bool { return x.answer.Asks }),
		each(sends, func(x *sending) bool { return x.undecided }), each(sends, func(x *sending) float64 { return x.silence.Seconds() }))
	b.Queue(`
		INSERT INTO outbox (topic, token, conversation_id, ref)
		SELECT 'outbound', channel, conversation_id, id FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[]) AS w(channel, conversation_id, id, delivery)
		WHERE delivery = 'pending'`,
		each(sends, func(x *sending) string { return x.channel }), conversations, messages, each(sends, func(x *sending) string { return handedOver(x.channel) }))
}

// handedOver is the delivery that a message starts with on a channel.
func handedOver(channel string) string {
	if channels.Polled(channel) {
		return inbox.Sent
	}
	return inbox.Pending
}
