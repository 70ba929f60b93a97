package postgres

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"usher/inbox"
)

// countTo is where counting a list stops: nobody works through ten thousand, and each agent counts at every change.
const countTo = 10_000

// Views are the sizes of an agent's lists; those of all, waiting and resolved count to countTo at most. The queue is
// that of the agent's teams, for ops that of all teams.
func (s *Store) Views(ctx context.Context, agent inbox.Agent) (inbox.Views, error) {
	var v inbox.Views
	b := &pgx.Batch{}
	b.Queue(`
		SELECT (SELECT count(*) FROM conversations WHERE agent_id = $1 AND status = 'open'),
			(SELECT count(*) FROM (SELECT FROM conversations WHERE status <> 'resolved' LIMIT `+fmt.Sprint(countTo)+`) x),
			(SELECT count(*) FROM (SELECT FROM conversations WHERE status = 'waiting' LIMIT `+fmt.Sprint(countTo)+`) x),
			(SELECT count(*) FROM (SELECT FROM conversations WHERE status = 'resolved' LIMIT `+fmt.Sprint(countTo)+`) x)`, agent.ID).
		QueryRow(func(row pgx.Row) error { return row.Scan(&v.Mine, &v.All, &v.Waiting, &v.Resolved) })
	b.Queue(`
		SELECT t.id, t.slug, t.name, count(c.id)
		FROM teams t LEFT JOIN conversations c ON c.team_id = t.id AND c.status = 'open' AND c.agent_id IS NULL
		WHERE $2 OR t.id IN (SELECT team_id FROM team_members WHERE agent_id = $1)
		GROUP BY t.id ORDER BY t.name, t.slug`, agent.ID, agent.Role == inbox.RoleOps).
		Query(func(rows pgx.Rows) error {
			var t inbox.TeamQueue
			_, err := pgx.ForEachRow(rows, []any{&t.ID, &t.Slug, &t.Name, &t.Queued}, func() error {
				v.Teams = append(v.Teams, t)
				v.Queue += t.Queued
				return nil
			})
			return err
		})
	if err := s.pool.SendBatch(ctx, b).Close(); err != nil {
		return inbox.Views{}, fmt.Errorf("count lists of agent %s: %w", agent.ID, err)
	}
	return v, nil
}

// conversationColumns are a conversation's columns for scanConversation, with the names a row needs; they come from
// conversationTables.
const (
	conversationColumns = `c.id, ct.id, COALESCE(ct.external_id, ''), ct.type, ct.name, ct.email, ct.attributes, ct.created_at,
		c.channel, c.status, c.priority, COALESCE(c.intent, ''), COALESCE(c.confidence, 0), c.language, c.degraded,
		COALESCE(t.slug, ''), c.agent_id, COALESCE(a.name, ''), c.skills, c.decision_id, COALESCE(d.trace->>'reason', ''),
		c.last_seq, c.preview, c.auto_replies, c.queued_at, c.waiting_since, c.last_message_at, c.resolved_at,
		COALESCE(c.resolved_by, ''), c.created_at`
	conversationTables = `conversations c
		JOIN contacts ct ON ct.id = c.contact_id
		LEFT JOIN teams t ON t.id = c.team_id
		LEFT JOIN agents a ON a.id = c.agent_id
		LEFT JOIN decisions d ON d.id = c.decision_id`
)

func scanConversation(row pgx.CollectableRow, more ...any) (inbox.Conversation, error) {
	var c inbox.Conversation
	var confidence float32
	err := row.Scan(append([]any{&c.ID, &c.Contact.ID, &c.Contact.ExternalID, &c.Contact.Type, &c.Contact.Name, &c.Contact.Email, &c.Contact.Attributes, &c.Contact.CreatedAt,
		&c.Channel, &c.Status, &c.Priority, &c.Intent, &confidence, &c.Language, &c.Degraded,
		&c.Team, &c.AgentID, &c.AgentName, &c.Skills, &c.DecisionID, &c.Reason,
		&c.LastSeq, &c.Preview, &c.AutoReplies, &c.QueuedAt, &c.WaitingSince, &c.LastMessageAt, &c.ResolvedAt,
		&c.ResolvedBy, &c.CreatedAt}, more...)...)
	c.Confidence = widen(confidence)
	return c, err
}

// widen is a stored confidence without the noise of its short form: 0.95 and not 0.949999988.
func widen(confidence float32) float64 { return math.Round(float64(confidence)*1e6) / 1e6 }

// Conversation is one conversation.
func (s *Store) Conversation(ctx context.Context, id uuid.UUID) (inbox.Conversation, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+conversationColumns+` FROM `+conversationTables+` WHERE c.id = $1`, id)
	if err != nil {
		return inbox.Conversation{}, fmt.Errorf("read conversation %s: %w", id, err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (inbox.Conversation, error) { return scanConversation(row) })
	if errors.Is(err, pgx.ErrNoRows) {
		return c, errNoConversation(id)
	}
	if err != nil {
		return c, fmt.Errorf("read conversation %s: %w", id, err)
	}
	return c, nil
}

func errNoConversation(id uuid.UUID) error {
	return inbox.Refuse(inbox.ErrNotFound, "there is no conversation %s", id)
}

// view is a list in SQL: which conversations `c`, and their order by rank (when it has one), time and id, all rising,
// or all falling when newest is set.
type view struct {
	where  string
	rank   string
	at     string
	newest bool
}

// everything is what a search in inbox.ViewAll looks into: the resolved ones too.
const everything inbox.View = "everything"

var views = map[inbox.View]view{
	inbox.ViewMine: {
		where: `c.agent_id = @agent AND c.status = 'open'`,
		rank:  `c.priority_rank`, at: `COALESCE(c.waiting_since, c.last_message_at)`,
	},
	inbox.ViewQueue: {
		where: `c.status = 'open' AND c.agent_id IS NULL AND c.team_id IN (SELECT q.id FROM teams q
			WHERE q.slug = @team OR @team = '' AND (@ops OR q.id IN (SELECT team_id FROM team_members WHERE agent_id = @agent)))`,
		rank: `c.priority_rank`, at: `COALESCE(c.queued_at, c.last_message_at)`,
	},
	inbox.ViewAll:      {where: `c.status <> 'resolved'`, at: `c.last_message_at`, newest: true},
	inbox.ViewWaiting:  {where: `c.status = 'waiting'`, at: `c.last_message_at`, newest: true},
	inbox.ViewResolved: {where: `c.status = 'resolved'`, at: `c.resolved_at`, newest: true},
	everything:         {where: `true`, at: `c.last_message_at`, newest: true},
}

// found are the conversations with all words of @search in one message that a person wrote, or in the contact's name,
// e-mail and external id, or in the address. Of messages the newest that fit are looked at, so many that few searches have
// more.
const found = `found AS MATERIALIZED (
		(SELECT m.conversation_id AS id FROM messages m
			WHERE (m.kind IN ('inbound', 'note') OR m.author = 'agent' AND m.delivery <> 'pending')
				AND search_words(m.text) @@ to_tsquery('simple', @search)
			ORDER BY m.id DESC LIMIT 5000)
		UNION SELECT v.id FROM contacts ct JOIN conversations v ON v.contact_id = ct.id
			WHERE search_words(ct.name || ' ' || ct.email || ' ' || COALESCE(ct.external_id, '')) @@ to_tsquery('simple', @search)
		UNION SELECT v.id FROM contact_addresses ca JOIN conversations v ON v.contact_id = ca.contact_id
			WHERE search_words(ca.address) @@ to_tsquery('simple', @search)
	), `

// sql is the statement for a page: first the ids in order, which an index can give, then their rows.
func (v view) sql(searching, continuing bool, limit int) string {
	with, where := "WITH ", v.where
	if searching {
		with, where = with+found, where+` AND c.id IN (SELECT id FROM found)`
	}
	direction, beyond := "ASC", ">"
	if v.newest {
		direction, beyond = "DESC", "<"
	}
	rank, key, mark, order := "0", "("+v.at+", c.id)", "(@at::timestamptz, @id::uuid)", v.at+" "+direction
	if v.rank != "" {
		rank, key, mark, order = v.rank, "("+v.rank+", "+v.at+", c.id)", "(@rank::int, @at::timestamptz, @id::uuid)", v.rank+" "+direction+", "+order
	}
	if continuing {
		where += " AND " + key + " " + beyond + " " + mark
	}
	return with + `page AS MATERIALIZED (
			SELECT c.id, ` + rank + ` AS rank, ` + v.at + ` AS at FROM conversations c WHERE ` + where + `
			ORDER BY ` + order + `, c.id ` + direction + ` LIMIT ` + fmt.Sprint(limit) + `
		)
		SELECT ` + conversationColumns + `, p.rank, p.at FROM page p JOIN (` + conversationTables + `) ON c.id = p.id
		ORDER BY p.rank ` + direction + `, p.at ` + direction + `, p.id ` + direction
}

const (
	maxPage = 100
	// searchFor bounds what a search may cost: a word that is everywhere needs company.
	searchFor = 2 * time.Second
	// searchWords is how many words of a search count.
	searchWords = 10
)

// searchQuery makes what a person typed into a query for the beginnings of words, all of which must be there. It is
// empty when nothing in it is a word.
func searchQuery(typed string) string {
	words := strings.FieldsFunc(typed, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
	words = words[:min(len(words), searchWords)]
	for i, w := range words {
		words[i] = w + ":*"
	}
	return strings.Join(words, " & ")
}

// Conversations is a page of a list, in the list's order; a search in all looks into resolved ones too. While rows change
// their place an agent who pages may meet one twice, or not again; a list at rest shows each row once.
func (s *Store) Conversations(ctx context.Context, q inbox.ListQuery) (inbox.Page, error) {
	v, ok := views[q.View]
	if !ok {
		return inbox.Page{}, &inbox.InvalidError{Field: "view", Remedy: "is mine, queue, all, waiting or resolved"}
	}
	from, err := readCursor(q)
	if err != nil {
		return inbox.Page{}, err
	}
	search := searchQuery(q.Search)
	if search == "" && strings.TrimSpace(q.Search) != "" {
		return inbox.Page{}, nil // signs only: nowhere
	}
	if search != "" && q.View == inbox.ViewAll {
		v = views[everything]
	}
	limit := min(max(q.Limit, 1), maxPage)
	args := pgx.NamedArgs{
		"agent": q.Agent.ID, "team": q.Team, "ops": q.Agent.Role == inbox.RoleOps, "search": search,
		"rank": from.Rank, "at": from.At, "id": from.ID,
	}
	items, marks, err := s.page(ctx, v.sql(search != "", q.Cursor != "", limit+1), args, search != "")
	if e, ok := errors.AsType[*pgconn.PgError](err); ok && e.Code == "57014" && ctx.Err() == nil {
		return inbox.Page{}, &inbox.InvalidError{Field: "q", Remedy: "is in too many conversations; add another word"}
	}
	if err != nil {
		return inbox.Page{}, err
	}
	if len(items) <= limit {
		return inbox.Page{Items: items}, nil
	}
	last := marks[limit-1]
	last.View = q.View
	return inbox.Page{Items: items[:limit], Next: last.String()}, nil
}

// page runs a list's statement; bounded in time when it searches.
func (s *Store) page(ctx context.Context, sql string, args pgx.NamedArgs, searching bool) (items []inbox.Conversation, marks []cursor, err error) {
	err = s.inTx(ctx, "list conversations", func(tx pgx.Tx) error {
		if searching {
			if _, err := tx.Exec(ctx, fmt.Sprintf("SET LOCAL statement_timeout = %d", searchFor.Milliseconds())); err != nil {
				return err
			}
		}
		rows, err := tx.Query(ctx, sql, args)
		if err != nil {
			return err
		}
		items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (inbox.Conversation, error) {
			var m cursor
			c, err := scanConversation(row, &m.Rank, &m.At)
			m.ID = c.ID
			marks = append(marks, m)
			return c, err
		})
		return err
	})
	return items, marks, err
}

// cursor is the last row of a page, by what its list is ordered by.
type cursor struct {
	View inbox.View `json:"v"`
	Rank int        `json:"r,omitempty"`
	At   time.Time  `json:"t"`
	ID   uuid.UUID  `json:"id"`
}

func (c cursor) String() string {
	b, _ := json.Marshal(c) // plain data: cannot fail
	return base64.RawURLEncoding.EncodeToString(b)
}

// readCursor is the cursor of a query; the zero one when it has none.
func readCursor(q inbox.ListQuery) (cursor, error) {
	var c cursor
	if q.Cursor == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(q.Cursor)
	if err == nil {
		err = json.Unmarshal(b, &c)
	}
	if err != nil || c.View != q.View || c.Rank < 0 || c.Rank > math.MaxInt32 {
		return c, &inbox.InvalidError{Field: "cursor", Remedy: "is not one of this list; leave it out to start at the front"}
	}
	return c, nil
}
