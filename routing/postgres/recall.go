package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"usher/intent"
	"usher/routing"
)

const (
	// recallBatch is how many questions go to the database at a time.
	recallBatch = 128
	// maxPast is how many of a contact's latest conversations are looked at.
	maxPast = 30
	// maxUnembedded is how many of a contact's texts that still wait for a vector are embedded on the spot.
	maxUnembedded = 5
	// maxOwn is how many of a contact's latest vectors a message is compared with, exactly.
	maxOwn = 200
	// maxSimilar is how many similar cases are kept as evidence; maxCandidates are asked for, because the conversation
	// itself may be among them.
	maxSimilar, maxCandidates = 5, 8
	// maxRepeats is how many of the contact's own conversations about the same matter are kept as evidence.
	maxRepeats = 3
	// efSearch is how wide the index is searched: among 100,000 cases it finds 98 to 99 of the 100 nearest, in half a
	// millisecond. Each doubling costs about twice the time.
	efSearch = 40
)

// remembered is what is known of a question so far.
type remembered struct {
	routing.Question
	past       []pastConversation // of the contact, newest first, without the conversation itself
	unembedded []unembedded
	in         *space                // where the text is compared; nil when it is not
	vector     *pgvector.HalfVector  // in that space; nil when the text says nothing
	own        map[uuid.UUID]float64 // best similarity by past conversation
	similar    []routing.Case
	fellBack   bool
	degraded   string
}

// pastConversation is an earlier conversation of the same contact.
type pastConversation struct {
	routing.Case
	agentID       *uuid.UUID // who owned it last and wrote in it, while still working here
	lastMessageAt time.Time
}

// unembedded is a text of the contact that waits for its vector in a space.
type unembedded struct {
	space        int
	conversation uuid.UUID
	text         string
}

// Recall answers what the past says, see routing.History. Up to 128 questions take five statements in two round trips, and
// three more in another while the space to fall back on has to answer; without a question to be compared by meaning it is one.
func (h *History) Recall(ctx context.Context, qs []routing.Question) ([]routing.Evidence, error) {
	h.pace.asked()
	evidence := make([]routing.Evidence, 0, len(qs))
	for part := range slices.Chunk(qs, recallBatch) {
		rs := make([]*remembered, len(part))
		for i, q := range part {
			rs[i] = &remembered{Question: q}
		}
		if err := h.recall(ctx, rs); err != nil {
			return nil, fmt.Errorf("recall: %w", err)
		}
		for _, r := range rs {
			evidence = append(evidence, r.evidence())
		}
	}
	return evidence, nil
}

func (h *History) recall(ctx context.Context, rs []*remembered) error {
	var searched []*space
	if s := h.spaces.Load(); s != nil {
		searched = s.searched()
	}
	if err := h.readPast(ctx, searched, rs); err != nil {
		return err
	}
	for n, s := range searched {
		err := s.compareUnembedded(ctx, rs)
		if ctx.Err() != nil {
			return ctx.Err() // the embedder's failure is no error, the caller's end is
		}
		if was := s.failing.Swap(err != nil); err != nil && !was {
			h.log.Warn("texts cannot be compared with the past; said once", "embedder", s.model.Name, "error", err)
		}
		for _, r := range rs {
			r.fellBack = r.fellBack || n > 0 && r.in == s && r.mayEmbed()
		}
	}
	for _, s := range searched {
		if err := h.readSimilar(ctx, s, rs); err != nil {
			return err
		}
	}
	for _, r := range rs {
		if len(searched) > 0 && r.in == nil && r.mayEmbed() {
			r.degraded = "the text could not be compared with the past"
		}
	}
	return nil
}

// mayEmbed reports whether there is a text that may be embedded.
func (r *remembered) mayEmbed() bool { return r.Embed && strings.TrimSpace(r.Text) != "" }

// brings reports whether the question comes with its vector of a model.
func (r *remembered) brings(by intent.ModelID) bool {
	return r.VectorBy == by && len(r.Vector) == by.Dims && hasDirection(r.Vector)
}

// handledBy says of conversation c who answered it.
const handledBy = `CASE WHEN c.person_wrote_at IS NULL AND c.agent_id IS NULL AND c.resolved_by <> 'agent' THEN 'automatic' ELSE 'people' END`

// readPast reads the contacts' latest conversations, and their texts that wait for a vector.
func (h *History) readPast(ctx context.Context, searched []*space, rs []*remembered) error {
	byContact := map[uuid.UUID][]*remembered{}
	var contacts []uuid.UUID
	for _, r := range rs {
		if byContact[r.ContactID] == nil {
			contacts = append(contacts, r.ContactID)
		}
		byContact[r.ContactID] = append(byContact[r.ContactID], r)
	}
	b := &pgx.Batch{}
	b.Queue(`
		SELECT c.contact_id, c.id, COALESCE(c.intent, ''), COALESCE(c.resolved_by, ''), `+handledBy+`, COALESCE(a.name, ''),
			c.resolved_at, c.preview, c.last_message_at, CASE WHEN a.disabled_at IS NULL AND c.person_wrote_at IS NOT NULL THEN a.id END
		FROM unnest($1::uuid[]) AS w(contact_id)
		CROSS JOIN LATERAL (SELECT * FROM conversations WHERE contact_id = w.contact_id ORDER BY created_at DESC LIMIT `+fmt.Sprint(maxPast)+`) c
		LEFT JOIN agents a ON a.id = c.agent_id
		ORDER BY c.last_message_at DESC, c.id`, contacts).Query(func(rows pgx.Rows) error {
		var contact uuid.UUID
		var p pastConversation
		var resolvedAt *time.Time
		_, err := pgx.ForEachRow(rows, []any{&contact, &p.ConversationID, &p.Intent, &p.Outcome, &p.Handled, &p.Agent, &resolvedAt, &p.Preview, &p.lastMessageAt, &p.agentID}, func() error {
			past := p
			past.ResolvedAt = time.Time{}
			if resolvedAt != nil {
				past.ResolvedAt = *resolvedAt
			}
			for _, r := range byContact[contact] {
				if r.ConversationID != past.ConversationID {
					r.past = append(r.past, past)
				}
			}
			return nil
		})
		return err
	})
	if slices.ContainsFunc(rs, (*remembered).mayEmbed) && len(searched) > 0 {
		queueUnembedded(b, searched, contacts, byContact)
	}
	if err := h.pool.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("read the contacts' past: %w", err)
	}
	return nil
}

// queueUnembedded reads the contacts' latest texts that wait for a vector in one of the spaces.
func queueUnembedded(b *pgx.Batch, searched []*space, contacts []uuid.UUID, byContact map[uuid.UUID][]*remembered) {
	var ids []int
	for _, s := range searched {
		ids = append(ids, s.id)
	}
	b.Queue(`
		SELECT w.contact_id, v.model_id, m.conversation_id, left(m.text, $3)
		FROM unnest($1::uuid[]) AS w(contact_id)
		CROSS JOIN unnest($2::int[]) AS s(model_id)
		CROSS JOIN LATERAL (
			SELECT ref, model_id FROM vector_work WHERE kind = 'message' AND contact_id = w.contact_id AND model_id = s.model_id
			ORDER BY created_at DESC LIMIT `+fmt.Sprint(maxUnembedded)+`
		) v
		JOIN messages m ON m.id = v.ref`, contacts, ids, maxEmbedded).Query(func(rows pgx.Rows) error {
		var contact uuid.UUID
		var u unembedded
		_, err := pgx.ForEachRow(rows, []any{&contact, &u.space, &u.conversation, &u.text}, func() error {
			for _, r := range byContact[contact] {
				if r.mayEmbed() && r.ConversationID != u.conversation && strings.TrimSpace(u.text) != "" {
					r.unembedded = append(r.unembedded, u)
				}
			}
			return nil
		})
		return err
	})
}

// compareUnembedded finds the vectors of the questions that are compared nowhere yet: those they bring, and the others from
// the embedder, together with the contacts' texts that wait for theirs, in one call and each text once. These are compared here. When
// the embedder fails, only what was brought is compared.
func (s *space) compareUnembedded(ctx context.Context, rs []*remembered) error {
	at := map[string]int{}
	var texts []string
	add := func(text string) {
		text = about(text)
		if _, known := at[text]; !known {
			at[text] = len(texts)
			texts = append(texts, text)
		}
	}
	var asked []*remembered
	for _, r := range rs {
		brought := r.brings(s.model)
		if r.in != nil || !brought && !r.mayEmbed() {
			continue
		}
		if brought {
			half := pgvector.NewHalfVector(r.Vector)
			r.in, r.vector, r.own = s, &half, map[uuid.UUID]float64{}
		} else {
			add(r.Text)
		}
		asked = append(asked, r)
		for _, u := range r.unembedded {
			if u.space == s.id {
				add(u.text)
			}
		}
	}
	if len(texts) == 0 {
		return nil
	}
	if s.embedder == nil {
		return errors.New("this node cannot ask it")
	}
	vectors, err := s.embed(ctx, texts, embedNow)
	if err != nil {
		return err
	}
	for _, r := range asked {
		if r.in == nil {
			r.in, r.vector, r.own = s, vectors[at[about(r.Text)]], map[uuid.UUID]float64{}
		}
		if r.vector == nil {
			continue
		}
		for _, u := range r.unembedded {
			if u.space != s.id {
				continue
			}
			if v := vectors[at[about(u.text)]]; v != nil {
				r.sawOwn(u.conversation, cosine(r.vector.Slice(), v.Slice()))
			}
		}
	}
	return nil
}

func (r *remembered) sawOwn(conversation uuid.UUID, score float64) {
	if best, seen := r.own[conversation]; !seen || score > best {
		r.own[conversation] = score
	}
}

// cosine of two vectors of norm 1.
func cosine(a, b []float32) float64 {
	var sum float64
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// readSimilar searches the contacts' own messages exactly and the resolved conversations of everybody by the index.
func (h *History) readSimilar(ctx context.Context, s *space, rs []*remembered) error {
	var ns []int32
	var contacts []uuid.UUID
	var vectors []pgvector.HalfVector
	for i, r := range rs {
		if r.in == s && r.vector != nil {
			ns, contacts, vectors = append(ns, int32(i)), append(contacts, r.ContactID), append(vectors, *r.vector)
		}
	}
	if len(ns) == 0 {
		return nil
	}
	b := &pgx.Batch{}
	b.Queue(searchSettings)
	b.Queue(s.ownSQL(), ns, contacts, vectors).Query(func(rows pgx.Rows) error {
		var n int
		var conversation uuid.UUID
		var score float64
		_, err := pgx.ForEachRow(rows, []any{&n, &conversation, &score}, func() error {
			rs[n].sawOwn(conversation, score)
			return nil
		})
		return err
	})
	b.Queue(s.similarSQL(), ns, vectors).Query(func(rows pgx.Rows) error {
		var n int
		var c routing.Case
		_, err := pgx.ForEachRow(rows, []any{&n, &c.ConversationID, &c.Score, &c.Intent, &c.Outcome, &c.Handled, &c.Agent, &c.ResolvedAt, &c.Preview}, func() error {
			if r := rs[n]; c.ConversationID != r.ConversationID && len(r.similar) < maxSimilar {
				r.similar = append(r.similar, c)
			}
			return nil
		})
		return err
	})
	if err := h.pool.SendBatch(ctx, b).Close(); err != nil { // a batch is one transaction, so the settings end with it
		return fmt.Errorf("search the past: %w", err)
	}
	return nil
}

// searchSettings hold for the transaction. The planner underrates the index while a table is small and its statistics are
// young, so reading whole tables, for a join too, is made dear to it; iterative scans are off because nothing is filtered.
var searchSettings = fmt.Sprintf(`SELECT set_config('hnsw.ef_search', '%d', true), set_config('hnsw.iterative_scan', 'off', true),
	set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true), set_config('enable_hashjoin', 'off', true),
	set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)`, efSearch)

// ownSQL compares each question with its contact's latest messages: the btree on the contact gives the rows, and all of
// them are compared.
func (s *space) ownSQL() string {
	return fmt.Sprintf(`
		SELECT q.n, m.conversation_id, max(1 - (v.embedding::halfvec(%[2]d) <=> q.v::halfvec(%[2]d)))
		FROM unnest($1::int[], $2::uuid[], $3::halfvec[]) AS q(n, contact_id, v)
		CROSS JOIN LATERAL (
			SELECT message_id, embedding FROM %[1]s WHERE contact_id = q.contact_id ORDER BY created_at DESC LIMIT %[3]d
		) v
		JOIN messages m ON m.id = v.message_id
		GROUP BY q.n, m.conversation_id`, s.messages, s.model.Dims, maxOwn)
}

// similarSQL finds the nearest cases of each question. Nothing is filtered where the index is searched: with a filter it
// would find too few. A conversation that was opened again is not a case any more and is left out afterwards.
func (s *space) similarSQL() string {
	return fmt.Sprintf(`
		SELECT q.n, c.id, 1 - near.distance, COALESCE(c.intent, ''), c.resolved_by, `+handledBy+`, COALESCE(a.name, ''), c.resolved_at, c.preview
		FROM unnest($1::int[], $2::halfvec[]) AS q(n, v)
		CROSS JOIN LATERAL (
			SELECT conversation_id, embedding::halfvec(%[2]d) <=> q.v::halfvec(%[2]d) AS distance
			FROM %[1]s ORDER BY embedding::halfvec(%[2]d) <=> q.v::halfvec(%[2]d) LIMIT %[3]d
		) near
		JOIN conversations c ON c.id = near.conversation_id
		LEFT JOIN agents a ON a.id = c.agent_id
		WHERE c.status = 'resolved'
		ORDER BY q.n, near.distance, c.id`, s.cases, s.model.Dims, maxCandidates)
}

// evidence puts together what was found.
func (r *remembered) evidence() routing.Evidence {
	e := routing.Evidence{Similar: r.similar, FellBack: r.fellBack, Degraded: r.degraded}
	limit := math.Inf(1) // what is not compared is not alike
	if r.in != nil {
		e.ComparedBy, limit = r.in.model.Name, r.in.sameMatter
	}
	for _, p := range r.past { // newest first
		if p.agentID != nil {
			e.PreferredAgent = p.agentID
			break
		}
	}
	e.Own = r.repeats(limit)
	e.Repeats = len(e.Own)
	if e.Repeats > 0 {
		e.RepeatOf = &e.Own[0].ConversationID
		e.Own = e.Own[:min(e.Repeats, maxRepeats)]
	}
	return e
}

// repeats are the contact's earlier conversations about the same matter since the question's moment: those with the same
// intent, and those with a message that says nearly the same. The most alike comes first, then the newest.
func (r *remembered) repeats(sameMatter float64) []routing.Case {
	if r.Since.IsZero() {
		return nil
	}
	var same []routing.Case
	for _, p := range r.past {
		if p.lastMessageAt.Before(r.Since) {
			continue
		}
		c := p.Case
		c.Score = r.own[p.ConversationID]
		sameIntent := r.Intent != "" && r.Intent != intent.OutOfScope && c.Intent == r.Intent
		if sameIntent || c.Score >= sameMatter {
			same = append(same, c)
		}
	}
	slices.SortStableFunc(same, func(a, b routing.Case) int { // stable: the newest of equals stays first
		return cmp.Compare(alike(b, sameMatter), alike(a, sameMatter))
	})
	return same
}

// alike is how alike two messages are when they are alike at all: below the limit the score says little.
func alike(c routing.Case, sameMatter float64) float64 {
	if c.Score < sameMatter {
		return 0
	}
	return c.Score
}
