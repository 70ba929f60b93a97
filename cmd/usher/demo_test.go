package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/channels"
	"usher/inbox"
	"usher/inbox/demo"
	inboxpg "usher/inbox/postgres"
	"usher/intent/starter"
	"usher/migrations/dbtest"
	"usher/routing"
)

// demoApp is an installation with --demo on a database of its own, as far as the demo needs it.
func demoApp(t *testing.T) *app {
	t.Helper()
	a := &app{pool: dbtest.Pool(t), log: slog.New(slog.DiscardHandler), config: Config{Demo: true, Company: defaultCompany}}
	var err error
	if a.catalogue, err = starter.Catalogue(); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *app) opened(t *testing.T) *app {
	t.Helper()
	for _, step := range []func(context.Context) error{a.openDemo, a.openRouting, a.openInbox} {
		if err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	a.store = inboxpg.New(a.pool, nil) // no bus to tell of changes
	return a
}

func TestTheDemoIsPlayedThroughTheRealPipeline(t *testing.T) {
	a := demoApp(t).opened(t)
	began := time.Now()
	if err := a.welcome(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	t.Logf("loaded in %s", time.Since(began))
	d := demoCheck{t, a}
	t.Run("every conversation stands where it is to stand", d.states)
	t.Run("everything lies in the past", func(t *testing.T) { d.past(t, began) })
	t.Run("threads have no gaps and go forward in time", d.threads)
	t.Run("all is decided, answered, handed over and remembered", d.finished)
	t.Run("each decision is what its policy says of what it was decided on", d.decisions)
	t.Run("nobody has too much, and nobody may have what waits", d.load)
	t.Run("it is worth looking at", d.variety)
	t.Run("it is loaded once", d.again)
	t.Run("the first customer gets her answer, and her anger an agent", d.story)
}

type demoCheck struct {
	t *testing.T
	a *app
}

func (d demoCheck) count(t *testing.T, sql string, args ...any) int {
	t.Helper()
	var n int
	if err := d.a.pool.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// dump shows rows when a test has failed.
func (d demoCheck) dump(t *testing.T, sql string) {
	t.Helper()
	rows, err := d.a.pool.Query(t.Context(), `SELECT row_to_json(x)::text FROM (`+sql+`) x`)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	t.Log(strings.Join(lines, "\n"))
}

func (d demoCheck) states(t *testing.T) {
	defer func() {
		if t.Failed() {
			d.dump(t, `SELECT c.status, a.name, d.trace->>'reason' AS reason, c.preview FROM conversations c JOIN decisions d ON d.id = c.decision_id LEFT JOIN agents a ON a.id = c.agent_id WHERE status <> 'resolved' ORDER BY 1, 2`)
		}
	}()
	for _, c := range []struct {
		what, where string
		want        int
	}{
		{"all", `true`, 300},
		{"resolved", `status = 'resolved'`, 254},
		{"with people or in their queues", `status = 'open' AND team_id IS NOT NULL AND (agent_id IS NULL) = (queued_at IS NOT NULL)`, 32},
		{"owned", `status = 'open' AND agent_id IS NOT NULL`, 12},
		{"queued", `status = 'open' AND agent_id IS NULL`, 20},
		{"waiting on the contact with an agent", `status = 'waiting' AND agent_id IS NOT NULL AND watch_until IS NULL`, 10},
		{"watched", `status = 'waiting' AND agent_id IS NULL AND watch_until > now()`, 4},
		{"with You", `status = 'open' AND agent_id = (SELECT id FROM agents WHERE email = 'you@usher.local')`, 4},
	} {
		if n := d.count(t, `SELECT count(*) FROM conversations WHERE `+c.where); n != c.want {
			t.Errorf("%s: %d, want %d", c.what, n, c.want)
		}
	}
	if n := d.count(t, `SELECT count(DISTINCT contact_id) FROM contact_addresses`); n < 75 || n > 80 {
		t.Errorf("%d contacts wrote", n)
	}
}

func (d demoCheck) past(t *testing.T, began time.Time) {
	rows, err := d.a.pool.Query(t.Context(), `
		SELECT table_name, column_name FROM information_schema.columns
		WHERE table_schema = 'public' AND data_type = 'timestamp with time zone' AND column_name <> 'watch_until' AND table_name IN
			('contacts', 'contact_addresses', 'tracked_events', 'conversations', 'messages', 'predictions', 'decisions', 'feedback', 'corrections', 'assignments')`)
	if err != nil {
		t.Fatal(err)
	}
	var table, column string
	var checks []string
	if _, err := pgx.ForEachRow(rows, []any{&table, &column}, func() error {
		check := fmt.Sprintf("SELECT count(*) FROM %s WHERE (%[2]s >= $1 OR %[2]s < $1 - interval '10 years')", table, column)
		if table == "contacts" {
			check += " AND EXISTS (SELECT FROM contact_addresses a WHERE a.contact_id = contacts.id)"
		}
		checks = append(checks, check)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(checks) < 15 {
		t.Fatalf("only %d columns are looked at", len(checks))
	}
	for _, sql := range checks {
		if n := d.count(t, sql, began); n > 0 {
			t.Errorf("%d rows: %s", n, sql)
		}
	}
	if n := d.count(t, `SELECT count(*) FROM conversations WHERE created_at < $1`, began.Add(-20*24*time.Hour)); n < 60 {
		t.Errorf("%d conversations are older than 20 days", n)
	}
}

func (d demoCheck) threads(t *testing.T) {
	defer func() {
		if t.Failed() {
			d.dump(t, `SELECT conversation_id, seq, kind, author, created_at, payload, left(text, 60) FROM messages WHERE conversation_id IN (
				SELECT conversation_id FROM (SELECT conversation_id, created_at < lag(created_at) OVER (PARTITION BY conversation_id ORDER BY seq) AS back FROM messages) x WHERE back) ORDER BY 1, 2`)
		}
	}()
	for what, sql := range map[string]string{
		"gaps": `SELECT count(*) FROM (SELECT c.id FROM conversations c JOIN messages m ON m.conversation_id = c.id
			GROUP BY c.id HAVING count(*) <> c.last_seq OR max(m.seq) <> c.last_seq OR min(m.seq) <> 1) x`,
		"entries before the one before": `SELECT count(*) FROM (SELECT created_at < lag(created_at) OVER (PARTITION BY conversation_id ORDER BY seq) AS back FROM messages) x WHERE back`,
		"resolved before the last word": `SELECT count(*) FROM conversations WHERE resolved_at < last_message_at`,
		"begun after the first entry":   `SELECT count(*) FROM conversations c JOIN messages m ON m.conversation_id = c.id AND m.seq = 1 WHERE m.created_at <> c.created_at`,
		"assignments that overlap": `SELECT count(*) FROM assignments a JOIN assignments b ON b.conversation_id = a.conversation_id AND b.id > a.id
			WHERE a.ended_at IS NULL OR a.ended_at > b.started_at`,
		"two open at once": `SELECT count(*) FROM conversations a JOIN conversations b ON b.contact_id = a.contact_id AND b.id <> a.id AND b.inbox_address_id = a.inbox_address_id
			WHERE a.created_at < b.created_at AND COALESCE(a.resolved_at, now()) > b.created_at`,
	} {
		if n := d.count(t, sql); n > 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
}

func (d demoCheck) finished(t *testing.T) {
	for what, sql := range map[string]string{
		"undecided":              `SELECT count(*) FROM conversations WHERE heard_seq > decided_seq`,
		"not handed over":        `SELECT count(*) FROM messages WHERE delivery IN ('pending', 'failed')`,
		"unanswered":             `SELECT count(*) FROM conversations WHERE answer_owed IS NOT NULL`,
		"texts without a vector": `SELECT count(*) FROM vector_work`,
		"cases that are missing": `SELECT 254 - count(*) FROM case_vectors`,
	} {
		if n := d.count(t, sql); n != 0 {
			t.Errorf("%s: %d", what, n)
		}
	}
}

// decisions computes each decision again from what is stored of it.
func (d demoCheck) decisions(t *testing.T) {
	rows, err := d.a.pool.Query(t.Context(), `SELECT d.id, d.created_at, d.trace, i.request FROM decisions d JOIN decision_inputs i ON i.decision_id = d.id`)
	if err != nil {
		t.Fatal(err)
	}
	var id uuid.UUID
	var at time.Time
	var trace routing.Decision
	var request routing.Request
	n, repeats, similar := 0, 0, 0
	if _, err := pgx.ForEachRow(rows, []any{&id, &at, &trace, &request}, func() error {
		n++
		if again := d.a.policies.Live().Decide(request); !reflect.DeepEqual(again, trace) {
			t.Errorf("decision %s:\n%+v\nnow:\n%+v", id, trace, again)
		}
		if len(trace.Guards) == 0 || trace.Reason == "" || request.At.Sub(at).Abs() > time.Second {
			t.Errorf("decision %s of %s was made for %s: %q", id, at, request.At, trace.Reason)
		}
		if request.Evidence.Repeats > 0 {
			repeats++
		}
		if len(request.Evidence.Similar) > 0 {
			similar++
		}
		for _, c := range request.Evidence.Similar {
			if c.ResolvedAt.After(at.Add(10 * 24 * time.Hour)) {
				t.Errorf("decision %s knows of a case that ended %s later", id, c.ResolvedAt.Sub(at))
			}
		}
		trace, request = routing.Decision{}, routing.Request{}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if n != d.count(t, `SELECT count(*) FROM decisions`) || n < 400 {
		t.Errorf("%d decisions with what they were decided on", n)
	}
	if repeats == 0 || similar < 100 {
		t.Errorf("%d decisions on repeats, %d with similar cases", repeats, similar)
	}
}

func (d demoCheck) load(t *testing.T) {
	agents, err := d.a.store.Agents(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(agents) != 5 {
		t.Errorf("%d agents", len(agents))
	}
	for _, g := range agents {
		if g.Load > g.Capacity || g.Email != firstEmail && g.Presence == inbox.Online && g.Load < g.Capacity {
			t.Errorf("%s is %s with %d of %d", g.Name, g.Presence, g.Load, g.Capacity)
		}
	}
	online := d.count(t, `SELECT count(*) FROM agents WHERE presence = 'online'`)
	for _, g := range agents { // as the hub says of everybody without a browser
		if err := d.a.gone(t.Context(), g.ID); err != nil {
			t.Fatal(err)
		}
	}
	if n := d.count(t, `SELECT count(*) FROM agents WHERE presence = 'online'`); n != online || n != 3 {
		t.Errorf("%d are online, and %d once their browsers are missed; want You, Nadia and Ines", online, n)
	}
	for _, team := range []string{"care", "technical"} {
		if n, err := d.a.store.Dispatch(t.Context(), team); n != 0 || err != nil {
			t.Errorf("%d in the queue of %s could be given away (%v)", n, team, err)
		}
	}
}

func (d demoCheck) variety(t *testing.T) {
	const queued = `SELECT count(*) FROM conversations WHERE status = 'open' AND agent_id IS NULL AND priority = `
	for _, c := range []struct {
		what, sql   string
		least, most int
	}{
		{"urgent in the queues", queued + `'urgent'`, 2, 2},
		{"high in the queues", queued + `'high'`, 5, 5},
		{"repeats in the queues", `SELECT count(*) FROM conversations c JOIN decisions d ON d.id = c.decision_id
			WHERE c.status = 'open' AND c.agent_id IS NULL AND d.trace->>'reason' ~ '(second|third) contact'`, 1, 1},
		{"answered without people", `SELECT count(*) FROM conversations WHERE resolved_by IN ('contact', 'silence')`, 85, 130},
		{"resolved by silence", `SELECT count(*) FROM conversations WHERE resolved_by = 'silence'`, 25, 60},
		{"helped", `SELECT count(*) FROM feedback WHERE helped`, 45, 90},
		{"not helped", `SELECT count(*) FROM feedback WHERE NOT helped`, 8, 22},
		{"answers called wrong", `SELECT count(*) FROM corrections WHERE wrong_answer`, 2, 14},
		{"intents corrected", `SELECT count(*) FROM corrections WHERE intent IS NOT NULL`, 2, 20},
		{"notes", `SELECT count(*) FROM messages WHERE kind = 'note'`, 25, 80},
		{"hand-overs", `SELECT count(*) FROM assignments WHERE cause = 'handed_over'`, 5, 30},
		{"degraded", `SELECT count(*) FROM decisions WHERE degraded`, 0, 0},
		{"intents seen", `SELECT count(DISTINCT intent) FROM decisions`, 30, 32},
		{"orders", `SELECT count(DISTINCT properties->>'order_id') FROM tracked_events WHERE name = 'order_updated'`, 200, 240},
		{"understood as meant by who wrote it", `SELECT count(*) FROM (SELECT DISTINCT ON (conversation_id) intent FROM decisions ORDER BY conversation_id, id) x WHERE intent <> 'oos'`, 280, 300},
	} {
		if n := d.count(t, c.sql); n < c.least || n > c.most {
			t.Errorf("%s: %d, want %d to %d", c.what, n, c.least, c.most)
		}
	}
}

func (d demoCheck) again(t *testing.T) {
	if err := d.a.welcome(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	if n := d.count(t, `SELECT count(*) FROM conversations`); n != 300 {
		t.Errorf("%d conversations after the second start", n)
	}
	restarted := &app{pool: d.a.pool, log: d.a.log, config: Config{Demo: true, Company: defaultCompany}}
	if err := restarted.openDemo(t.Context()); err != nil || !restarted.demo {
		t.Errorf("the demo's own data are not known again: %v", err)
	}
}

// story is what a newcomer is told to try.
func (d demoCheck) story(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.a.store.RunIngest(ctx) }()
	defer func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}()
	mara := demo.Customers()[0]
	write := func(text string) inbox.Conversation {
		r, err := d.a.store.Receive(ctx, channels.Message{Channel: channels.WebChat, InboxAddress: webInbox, From: "u_" + mara.ID, ContactID: mara.ID, Text: text})
		if err == nil {
			err = d.a.store.Decide(ctx, d.a.pipeline, []uuid.UUID{r.ConversationID})
		}
		if err != nil {
			t.Fatal(err)
		}
		c, err := d.a.store.Conversation(ctx, r.ConversationID)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := write("where is my order 10234?")
	if err := d.a.store.Answer(ctx, d.a, time.Hour, []uuid.UUID{*c.DecisionID}); err != nil {
		t.Fatal(err)
	}
	entries, _, err := d.a.store.Messages(ctx, c.ID, 0, 0, 10)
	if err != nil {
		t.Fatal(err)
	}
	if last := entries[len(entries)-1]; last.Author != inbox.ByAutomatic || !strings.Contains(last.Text, "order 10234 is out for delivery") {
		t.Errorf("the answer is: %q (%s)", last.Text, c.Reason)
	}
	c = write("this is the third time I ask, I want my money back NOW")
	if n, err := d.a.store.Dispatch(ctx, c.Team); n != 1 || err != nil {
		t.Errorf("%d given away: %v", n, err)
	}
	agents, err := d.a.store.Agents(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range agents {
		if g.Email != firstEmail {
			continue
		}
		page, err := d.a.store.Conversations(ctx, inbox.ListQuery{View: inbox.ViewMine, Agent: g, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		if top := page.Items[0]; top.ID != c.ID || top.Priority != "urgent" {
			t.Errorf("on top of mine is %q (%s): %s", top.Preview, top.Priority, top.Reason)
		}
	}
}

func TestADemoLeavesOtherDataAlone(t *testing.T) {
	a := demoApp(t)
	store := inboxpg.New(a.pool, nil)
	name := "Ada"
	if _, err := store.Identify(t.Context(), inbox.Identity{ContactID: "42", Name: &name}); err != nil {
		t.Fatal(err)
	}
	if err := a.openDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a.demo || a.config.Company != defaultCompany {
		t.Errorf("a database with contacts counts as a demo (%v) of %q", a.demo, a.config.Company)
	}
	if err := a.loadDemo(t.Context(), inbox.Agent{}); err != nil {
		t.Fatal(err)
	}
	if n := (demoCheck{t, a}).count(t, `SELECT count(*) FROM contacts`); n != 1 {
		t.Errorf("%d contacts, want the one there was", n)
	}
}

func TestTheCustomerPageGetsSignedIdentities(t *testing.T) {
	a := demoApp(t)
	a.store = inboxpg.New(a.pool, nil)
	if _, err := a.store.EnsureInboxAddress(t.Context(), channels.WebChat, webInbox, "Shop"); err != nil {
		t.Fatal(err)
	}
	gin.SetMode(gin.TestMode)
	w := httptest.NewRecorder()
	c, _ := gin.CreateTestContext(w)
	c.Request = httptest.NewRequestWithContext(t.Context(), "GET", "/customer/identity.json", nil)
	a.demoIdentity(c)
	var got struct{ Users []demoUser }
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Users) != 3 {
		t.Fatalf("%v: %s", err, w.Body)
	}
	site, err := a.store.Site(t.Context(), webInbox)
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range got.Users {
		if u.Name == "" || u.Hash != identityHash(site, u.ID) || len(u.Hash) != 64 {
			t.Errorf("%+v", u)
		}
	}
}
