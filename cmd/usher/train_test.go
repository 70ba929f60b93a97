package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/evals"
	inboxpg "usher/inbox/postgres"
	"usher/intent"
	"usher/intent/builtin"
	intentpg "usher/intent/postgres"
)

// desk is a database with agents who correct decisions, and a small training on it.
type desk struct {
	*testing.T
	pool *pgxpool.Pool
	out  strings.Builder
	tr   *training
}

// newDesk trains on greetings and questions about orders and prices, and measures on others of these.
func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, pool: commandDatabase(t)}
	d.tr = &training{
		models: intentpg.New(d.pool), store: inboxpg.New(d.pool, nil), out: &d.out, progress: func(string) {},
		known: func(label string) bool { return label != "gone" },
	}
	for i, word := range strings.Fields("order parcel delivery van box shipment courier depot street door letter crate bag stamp ship truck") {
		d.tr.labelled = append(d.tr.labelled, intent.Utterance{Text: "where is my " + word, Intent: "order_status"},
			intent.Utterance{Text: "good morning dear " + word, Intent: "greeting"}, intent.Utterance{Text: "how much does the " + word + " cost", Intent: "pricing"},
			intent.Utterance{Text: "sing and dance with a " + word, Intent: intent.OutOfScope})
		for _, c := range []struct{ text, label string }{{"tell me where is the %s now", "order_status"}, {"a good morning to the %s", "greeting"}, {"how much would one %s cost", "pricing"}} {
			id := fmt.Sprintf("%s%d", c.label, i)
			d.tr.cases = append(d.tr.cases, evals.Case{ID: id, Text: fmt.Sprintf(c.text, word), Intent: c.label, Sealed: i%4 == 3})
		}
	}
	d.exec(`INSERT INTO inbox_addresses (id, channel, address, name, secret) VALUES ($1, 'api', 'x', 'Shop', 'x')`, uuid.UUID{1})
	return d
}

func (d *desk) exec(sql string, args ...any) {
	d.Helper()
	if _, err := d.pool.Exec(d.Context(), sql, args...); err != nil {
		d.Fatalf("%s: %v", sql, err)
	}
}

// agent adds one by name.
func (d *desk) agent(name string) uuid.UUID {
	d.Helper()
	id := uuid.Must(uuid.NewV7())
	d.exec(`INSERT INTO agents (id, email, name, role) VALUES ($1, lower($2) || '@example.com', $2, 'agent')`, id, name)
	return id
}

// decided is a message of a contact of its own with a decision, whose id it returns. All ids are the same but for their table.
func (d *desk) decided(text string) uuid.UUID {
	d.Helper()
	id := uuid.Must(uuid.NewV7())
	d.exec(`INSERT INTO contacts (id) VALUES ($1)`, id)
	d.exec(`INSERT INTO contact_addresses (id, contact_id, channel, address) VALUES ($1, $1, 'api', $2)`, id, id.String())
	d.exec(`INSERT INTO conversations (id, contact_id, contact_address_id, inbox_address_id, channel, last_seq) VALUES ($1, $1, $1, $2, 'api', 1)`, id, uuid.UUID{1})
	d.exec(`INSERT INTO messages (id, conversation_id, seq, kind, author, inbox_address_id, text) VALUES ($1, $1, 1, 'inbound', 'contact', $2, $3)`, id, uuid.UUID{1}, text)
	d.exec(`INSERT INTO decisions (id, conversation_id, message_id, up_to_seq, route, template, intent, priority, language, degraded, policy_version, policy_hash, model_hash, trace)
		VALUES ($1, $1, $1, 1, 'reply', 'greeting', 'greeting', 'normal', 'en', false, 1, 'p', 'm', '{}')`, id)
	d.exec(`INSERT INTO decision_inputs (decision_id, request) VALUES ($1, jsonb_build_object('message_ids', jsonb_build_array($2::text), 'text', $3::text))`, id, id.String(), text)
	return id
}

// corrects keeps that an agent says what a decision's intent is; "" only calls the answer wrong.
func (d *desk) corrects(agent, decision uuid.UUID, label string) {
	d.Helper()
	d.exec(`INSERT INTO corrections (id, conversation_id, decision_id, agent_id, intent, wrong_answer)
		VALUES (gen_random_uuid(), $1, $1, $2, NULLIF($3, ''), $3 = '')`, decision, agent, label)
}

// prioritises keeps that an agent says what a decision's priority is.
func (d *desk) prioritises(agent, decision uuid.UUID, priority string) {
	d.Helper()
	d.exec(`INSERT INTO corrections (id, conversation_id, decision_id, agent_id, priority) VALUES (gen_random_uuid(), $1, $1, $2, $3)`, decision, agent, priority)
}

// trains runs a training and returns what was said and why it was refused.
func (d *desk) trains() (out string, refused []string) {
	d.Helper()
	d.out.Reset()
	refused, err := d.tr.run(d.Context())
	if err != nil {
		d.Fatalf("train: %v\n%s", err, d.out.String())
	}
	return d.out.String(), refused
}

func (d *desk) live() intentpg.Version {
	d.Helper()
	v, err := d.tr.models.Find(d.Context(), "live")
	if err != nil {
		d.Fatal(err)
	}
	return v
}

func says(t *testing.T, out string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(out, w) {
			t.Errorf("it does not say %q:\n%s", w, out)
		}
	}
}

func TestTrainingLearnsFromCorrectionsAndKeepsWhereTheyComeFrom(t *testing.T) {
	d := newDesk(t)
	d.tr.note = "a first one"
	out, refused := d.trains()
	if refused != nil {
		t.Fatalf("refused: %v", refused)
	}
	says(t, out, "labelled texts: 64; corrections: 0 ", "nothing to compare with", "is live")
	first := d.live()

	ada, bob := d.agent("Ada"), d.agent("Bob")
	d.corrects(ada, d.decided("where is my order"), "tracking") // the pack says order_status
	d.corrects(ada, d.decided("xyzzy plugh"), "tracking")
	d.corrects(bob, d.decided("XYZZY plugh!"), "greeting")
	d.corrects(ada, d.decided("sing me a song"), intent.OutOfScope)
	d.corrects(ada, d.decided("whatever this was"), "gone")
	d.corrects(bob, d.decided("never mind"), "")
	d.corrects(bob, d.decided("a good morning to the order"), "")
	d.prioritises(ada, d.decided("all is lost"), "urgent")
	erased := d.decided("write to ada@example.com about it")
	d.corrects(ada, erased, "pricing")
	d.exec(`DELETE FROM contacts WHERE id = $1`, erased)
	d.tr.note = "corrections"
	d.tr.force = true // a new intent of two texts unsettles a model of 64
	out, refused = d.trains()
	if refused != nil {
		t.Fatalf("refused: %v\n%s", refused, out)
	}
	says(t, out, "labelled texts: 64; corrections: 3 (by agents: 2; none of the intents fits: 1)", `replaced: "where is my order" is tracking, says Ada on `, "; it was order_status",
		`conflict: "XYZZY plugh!" is greeting, says Bob on `, "and tracking, said Ada on ", "the catalogue has no gone, says Ada", "without saying what fits: 2 (greeting 2)",
		"priorities corrected: 1 (normal to urgent 1); not used here", "would be read the same way again: 2 of 2, by the live one 1",
		"before: "+first.Hash[:12], "is live")
	if strings.Contains(out, "ada@example.com") {
		t.Errorf("what was erased is shown:\n%s", out)
	}
	v := d.live()
	if v.Hash == first.Hash || v.Note != "corrections" || !strings.Contains(v.Author, "command line") {
		t.Errorf("live is %+v", v)
	}
	var card trainedCard
	if err := json.Unmarshal(v.Card, &card); err != nil {
		t.Fatal(err)
	}
	if len(card.Corrections) != 3 || card.Corrections[0].By != "Ada" || card.Corrections[0].At.IsZero() || len(card.DataHash) != 64 || card.Replaced != 1 ||
		card.Conflicts != 1 || card.Unused != 1 || card.WrongAnswers["greeting"] != 2 || card.Against == nil || card.Against.Hash != first.Hash || card.Measured.Cases != 48 || card.Seed != trainingSeed {
		t.Errorf("the card says %s", v.Card)
	}
	if card.NoneFits != 1 || card.Priorities["normal to urgent"] != 1 || *card.WrongAgain != (wrongAgain{Of: 2, Before: 1, After: 2}) || card.ByIntent["tracking"] != (taughtCount{1, 1}) ||
		card.ByIntent[intent.OutOfScope] != (taughtCount{17, 1}) || card.Policy.Thresholds["order_status"] == 0 || card.Recipe.NGrams.Seen == 0 || card.Recipe.Embedder != "" || card.Recipe.Vectors != nil {
		t.Errorf("the card says %s", v.Card)
	}
	if strings.Contains(string(v.Card), "xyzzy") {
		t.Errorf("the card holds a message: %s", v.Card)
	}
	model, err := storedModel(t.Context(), d.tr.models, "live")
	if err != nil {
		t.Fatal(err)
	}
	if top := model.Classify("where is my order").Ranked[0].Intent; top != "tracking" {
		t.Errorf("it calls the corrected text %s", top)
	}
	if out, _ := d.trains(); !strings.Contains(out, "nothing to do") {
		t.Errorf("the same again says\n%s", out)
	}
}

func TestTrainingLearnsFromVectorsOfAnEmbedderAndSaysSo(t *testing.T) {
	d := newDesk(t)
	var told []string
	d.tr.progress = func(s string) { told = append(told, s) }
	d.tr.embedder = builtin.NewEmbedder()
	d.tr.atHand = []intent.Embedder{d.tr.embedder}
	for i := range 2 * embeddedPerLabel {
		d.tr.labelled = append(d.tr.labelled, intent.Utterance{Text: fmt.Sprint("what does number ", i, " cost"), Intent: "pricing"})
	}
	d.corrects(d.agent("Ada"), d.decided("and what is the price of it"), "pricing")
	if _, refused := d.trains(); refused != nil {
		t.Fatalf("refused: %v", refused)
	}
	model, err := storedModel(t.Context(), d.tr.models, "live")
	if err != nil {
		t.Fatal(err)
	}
	if id, ok := model.Embedder(); !ok || id != d.tr.embedder.Model() {
		t.Errorf("it takes the vectors of %v", id)
	}
	var card trainedCard
	if err := json.Unmarshal(d.live().Card, &card); err != nil {
		t.Fatal(err)
	}
	if want := 3*16 + embeddedPerLabel + 1; card.Recipe.Vectors == nil || card.Recipe.Vectors.Examples != want || card.Recipe.Embedder != "hash-512" || card.Recipe.Dims != 512 || card.EmbedS <= 0 || card.TrainS <= 0 {
		t.Errorf("it says %+v are embedded (want %d) by %q in %v s, trained in %v s", card.Recipe.Vectors, want, card.Recipe.Embedder, card.EmbedS, card.TrainS)
	}
	says(t, strings.Join(told, "\n"), " of 149 texts by hash-512", "embedding took", "with vectors, on 149 examples: accuracy")
}

func TestTheEmbedderToTrainWithIsNamed(t *testing.T) {
	remote := Config{OpenAIBaseURL: "http://127.0.0.1:1", OpenAIModel: "far", OpenAIDims: 8}
	for _, c := range []struct {
		config     Config
		name, want string
	}{
		{Config{}, "", defaultEmbedder}, {Config{}, embedBuiltin, defaultEmbedder}, {Config{}, embedNone, ""},
		{remote, "", "far"}, {remote, embedRemote, "far"}, {remote, embedBuiltin, defaultEmbedder}, {remote, embedNone, ""},
		{Config{}, embedRemote, "set OPENAI_BASE_URL or OPENAI_API_KEY"}, {remote, "mine", "there is builtin, remote and none"},
	} {
		all, done, err := c.config.openEmbedders(nil, quiet)
		if err != nil {
			t.Fatal(err)
		}
		e, err := c.config.trainingEmbedder(c.name, all)
		done()
		if got := nameOf(e); err == nil && got != c.want || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q of %d is %q, %v; want %q", c.name, len(all), got, err, c.want)
		}
	}
}

func nameOf(e intent.Embedder) string {
	if e == nil {
		return ""
	}
	return e.Model().Name
}

// spoil makes agents call so many questions about orders greetings that the model believes them.
func (d *desk) spoil() {
	d.Helper()
	ada := d.agent("Ada")
	for i, u := range d.tr.labelled {
		if u.Intent == "order_status" {
			d.corrects(ada, d.decided(u.Text), "greeting")
			d.corrects(ada, d.decided(fmt.Sprintf("tell me where is the %d", i)), "greeting")
		}
	}
	d.corrects(ada, d.decided("what about the thing I bought"), "order_status")
}

func TestAWorseClassifierIsRefusedUnlessForced(t *testing.T) {
	d := newDesk(t)
	if _, refused := d.trains(); refused != nil {
		t.Fatalf("refused: %v", refused)
	}
	first := d.live()
	d.spoil()

	d.tr.dryRun = true
	out, refused := d.trains()
	if len(refused) != 3 || !strings.Contains(refused[1], "calibrated worse, ECE") || !strings.Contains(refused[2], "calibrated worse, log-loss") {
		t.Fatalf("refused: %v\n%s", refused, out)
	}
	says(t, out, "order_status", "worse, and not by chance", "against it: worse than the live "+first.Hash[:12]+": 12 cases lost", "would not be made live", "nothing is stored")
	if all, err := d.tr.models.Versions(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("%d classifiers are stored, %v", len(all), err)
	}

	d.tr.dryRun = false
	out, refused = d.trains()
	says(t, out, "is stored and not live; usher models promote")
	all, err := d.tr.models.Versions(t.Context())
	if err != nil || len(refused) != 3 || len(all) != 2 || all[0].Live || d.live().Hash != first.Hash {
		t.Fatalf("refused %v, stored %+v, %v", refused, all, err)
	}
	says(t, string(all[0].Card), `"refused"`, `"p"`)

	d.tr.force = true
	if out, refused := d.trains(); refused != nil || !strings.Contains(out, "is live") {
		t.Errorf("forced, it is refused: %v\n%s", refused, out)
	}
	if v := d.live(); v.Hash != all[0].Hash || !strings.Contains(string(v.Card), `"forced": true`) || !strings.Contains(string(v.Card), `"overruled"`) {
		t.Errorf("live is %s", v.Card)
	}
}

func TestAClassifierBelowAFloorIsRefused(t *testing.T) {
	d := newDesk(t)
	d.tr.limits = []evals.Floor{{Path: "intent.accuracy", Bound: 1.01}}
	out, refused := d.trains()
	if len(refused) != 1 || !strings.HasPrefix(refused[0], "intent.accuracy is") {
		t.Errorf("refused: %v", refused)
	}
	says(t, out, "against it: intent.accuracy", "is stored and not live")
	d.tr.limits = []evals.Floor{{Path: "intent.wit", Bound: 1}}
	if _, err := d.tr.run(t.Context()); err == nil || !strings.Contains(err.Error(), "wit") {
		t.Errorf("a floor on what is not measured: %v", err)
	}
}

func TestNothingIsMeasuredOnWhatWasTrainedOn(t *testing.T) {
	d := newDesk(t)
	if _, refused := d.trains(); refused != nil {
		t.Fatalf("refused: %v", refused)
	}
	d.corrects(d.agent("Ada"), d.decided(strings.ToUpper(d.tr.cases[0].Text)), d.tr.cases[0].Intent)
	out, _ := d.trains()
	says(t, out, "because it is trained on them: 1", "47 cases")
	d.tr.cases = d.tr.cases[:1]
	d.tr.dryRun = true
	d.corrects(d.agent("Bob"), d.decided("something new"), "pricing")
	if _, err := d.tr.run(t.Context()); err == nil || !strings.Contains(err.Error(), "every message of the suite is trained on") {
		t.Errorf("without a case left: %v", err)
	}
}

func TestTrainRefusesWhatItCannotRead(t *testing.T) {
	for _, args := range [][]string{{"train", "--floor", "x"}, {"train", "--suite", "/nowhere.jsonl"}, {"train", "--bogus"}, {"train", "--suggest", "0"},
		{"train", "--suggest", "3", "--force"}, {"train", "file.csv"}, {"train", "--embedder", "remote"}, {"train", "--embedder", "mine"}} {
		commandDatabase(t)
		if _, err := run(t, args...); err == nil || !strings.Contains(fmt.Sprintf("%#v", err), "code:2") {
			t.Errorf("%v: %#v, want exit code 2", args, err)
		}
	}
}

// suggests is what is printed when so many messages are asked for.
func (d *desk) suggests(n int) (string, error) {
	d.Helper()
	d.out.Reset()
	next := suggester{models: d.tr.models, store: d.tr.store, labelled: d.tr.labelled, known: d.tr.known}
	err := next.print(d.Context(), &d.out, n, "https://help.example.com")
	return d.out.String(), err
}

func TestMessagesThatAreUncertainAndDifferentAreSuggested(t *testing.T) {
	d := newDesk(t)
	if _, err := d.suggests(2); !errors.Is(err, intentpg.ErrNoModel) {
		t.Errorf("without a classifier: %v", err)
	}
	if _, refused := d.trains(); refused != nil {
		t.Fatalf("refused: %v", refused)
	}
	if out, err := d.suggests(5); err != nil || !strings.HasPrefix(out, "0 of 0 messages") {
		t.Errorf("without messages: %q, %v", out, err)
	}
	d.decided("WHERE is my order")                                                // known
	d.decided("tell me where is my order, my order")                              // sure
	unsure := d.decided("write ada@example.com of zzz")                           // says nothing of anything
	d.decided("Write ada@example.com of zzz!")                                    // the same
	d.decided("wo ist denn meine Bestellung, die ich letzte Woche gemacht habe?") // for people who read German
	corrected := d.decided("grumble mumble")
	d.corrects(d.agent("Ada"), corrected, "pricing")

	out, err := d.suggests(1)
	if err != nil {
		t.Fatal(err)
	}
	says(t, out, "1 of 3 messages without a label", "1. ", "rite [email] of zzz", "none fits", "https://help.example.com/conversations/")
	out, err = d.suggests(20)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out, "/conversations/"); n != 2 || strings.Contains(out, corrected.String()) || strings.Contains(out, "ada@") || strings.Count(strings.ToLower(out), "write [email]") != 1 {
		t.Errorf("%d are suggested (not %s; one of %s and its repeat):\n%s", n, corrected, unsure, out)
	}
	if _, err := d.suggests(0); err == nil {
		t.Error("no messages are suggested")
	}
}

func TestWhoStopsWaitingForLabelsDoesNotReadThem(t *testing.T) {
	next := newSuggester(catalogue{}, nil, nil, nil) // without a store it cannot read
	next.turn <- struct{}{}                          // somebody is at it
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := next.NextLabels(gone, 3); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
