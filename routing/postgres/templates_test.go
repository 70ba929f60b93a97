package postgres

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"usher/routing"
)

func TestSavingMakesAVersionThatEveryNodeUsesAtOnce(t *testing.T) {
	w, _ := seeded(t)
	one, two := NewTemplates(w.pool, "Example"), NewTemplates(w.pool, "Example")
	before, err := two.Template(t.Context(), "thanks")
	if err != nil || before.Version != 1 {
		t.Fatalf("%+v, %v; want version 1", before, err)
	}
	saved, err := one.SaveTemplate(t.Context(), routing.StoredTemplate{Name: "thanks", Title: " Thanks ", Body: "Welcome to {{ company.name }}!", Watch: true}, "ops")
	if err != nil || saved.Version != 2 || saved.Title != "Thanks" {
		t.Fatalf("%+v, %v; want version 2", saved, err)
	}
	for name, node := range map[string]*Templates{"the same": one, "another": two} {
		a, err := node.Template(t.Context(), "thanks")
		if err != nil || a.Version != 2 || !a.Watch {
			t.Fatalf("%s node has %+v, %v", name, a, err)
		}
		if text, err := a.Render(node.Nobody().Context()); err != nil || text != "Welcome to Example!" {
			t.Errorf("%s node writes %q, %v", name, text, err)
		}
	}
	all, err := one.Templates(t.Context())
	if err != nil || len(all) != len(routing.DefaultTemplates()) {
		t.Errorf("%d templates, %v; want one of each name", len(all), err)
	}
	if _, err := one.Template(t.Context(), "nope"); !errors.Is(err, routing.ErrNotFound) {
		t.Errorf("a template that is not there: %v", err)
	}
}

func TestLatestReadsManyAndLeavesOutWhatIsNotThere(t *testing.T) {
	w, _ := seeded(t)
	templates := NewTemplates(w.pool, "Example")
	for range 2 { // the second time from memory
		got, err := templates.Latest(t.Context(), []string{"thanks", "greeting", "nope", "thanks"})
		if err != nil || len(got) != 2 || got["thanks"].Name != "thanks" || got["greeting"].Name != "greeting" {
			t.Errorf("%v, %v; want thanks and greeting", got, err)
		}
	}
}

// A version that an older Usher kept may not parse any more.
func TestATemplateThatDoesNotParseFailsAlone(t *testing.T) {
	w, _ := seeded(t)
	templates := NewTemplates(w.pool, "Example")
	if _, err := w.pool.Exec(t.Context(), `INSERT INTO templates (id, name, version, title, body, author) VALUES (gen_random_uuid(), 'old', 1, 'Old', '{% nonsense', 'ops')`); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time from memory
		got, err := templates.Latest(t.Context(), []string{"old", "thanks"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := got["old"].Render(templates.Nobody().Context()); err == nil {
			t.Error("the broken one is written")
		}
		if _, err := got["thanks"].Render(templates.Nobody().Context()); err != nil {
			t.Errorf("the good one is not: %v", err)
		}
	}
}

func TestSaversAtOnceGetVersionsOfTheirOwn(t *testing.T) {
	w := newWorld(t)
	templates := NewTemplates(w.pool, "Example")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := templates.SaveTemplate(t.Context(), routing.StoredTemplate{Name: "hello", Title: "Hello", Body: "Hello."}, "ops"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := w.number(`SELECT count(DISTINCT version) FROM templates WHERE name = 'hello' AND version <= 8`); n != 8 {
		t.Errorf("%d versions, want 1 to 8", n)
	}
}

func TestATemplateThatIsWrongIsNotSaved(t *testing.T) {
	w := newWorld(t)
	templates := NewTemplates(w.pool, "Example")
	for name, s := range map[string]routing.StoredTemplate{
		"unknown variable": {Name: "hello", Title: "Hello", Body: "{{ contact.shoe_size }}"},
		"no title":         {Name: "hello", Title: " ", Body: "Hello."},
		"bad name":         {Name: "Hello!", Title: "Hello", Body: "Hello."},
		"no text":          {Name: "hello", Title: "Hello", Body: " "},
	} {
		var wrong *routing.ProblemsError
		if _, err := templates.SaveTemplate(t.Context(), s, "ops"); !errors.As(err, &wrong) {
			t.Errorf("%s: %v, want problems", name, err)
		}
	}
	if n := w.number(`SELECT count(*) FROM templates`); n != 0 {
		t.Errorf("%d were saved", n)
	}
}

func TestAPreviewSaysWhatIsKnownOfTheContact(t *testing.T) {
	w, _ := seeded(t)
	templates := NewTemplates(w.pool, "Example")
	c := w.contact()
	conversation := w.conversation(past{contact: c, texts: []string{"where is order 10234?", "hello?"}})
	w.exec(`INSERT INTO tracked_events (id, contact_id, name, properties, occurred_at) VALUES
		(gen_random_uuid(), $1, 'order_updated', '{"order_id": "10234", "status": "shipped", "carrier": "DHL"}', now() - interval '1 day'),
		(gen_random_uuid(), $1, 'order_updated', '{"order_id": "20000", "status": "paid"}', now())`, c)
	w.exec(`INSERT INTO predictions (message_id, model_hash, priority, language, entities)
		SELECT id, 'm', 'normal', 'en', '[{"kind": "order_number", "value": "10234", "start": 15, "end": 20}]' FROM messages WHERE conversation_id = $1 AND seq = 1`, conversation)

	text, err := templates.Preview(t.Context(), "order_status", "", conversation)
	if err != nil || !strings.Contains(text, "Hello Ada") || !strings.Contains(text, "10234 was shipped") || !strings.Contains(text, "DHL") {
		t.Errorf("the saved one: %q, %v", text, err)
	}
	text, err = templates.Preview(t.Context(), "order_status", "{{ contact.attributes.plan }} of {{ company.name }}", conversation)
	if err != nil || text != "pro of Example" {
		t.Errorf("another body: %q, %v", text, err)
	}
	text, err = templates.Preview(t.Context(), "order_status", "", uuid.Nil)
	if err != nil || !strings.HasPrefix(text, "Hello,") {
		t.Errorf("for nobody: %q, %v", text, err)
	}
	if _, err := templates.Preview(t.Context(), "order_status", "", uuid.New()); !errors.Is(err, routing.ErrNotFound) {
		t.Errorf("no such conversation: %v", err)
	}
	if _, err := templates.Preview(t.Context(), "nope", "", uuid.Nil); !errors.Is(err, routing.ErrNotFound) {
		t.Errorf("no such template: %v", err)
	}
	var wrong *routing.ProblemsError
	if _, err := templates.Preview(t.Context(), "x", "{{ nope }}", uuid.Nil); !errors.As(err, &wrong) {
		t.Errorf("a wrong body: %v, want problems", err)
	}
	if _, err := templates.Preview(t.Context(), "x", "{{ order.id }}", uuid.Nil); !errors.As(err, &wrong) {
		t.Errorf("a text that comes out empty: %v, want problems", err)
	}
}

func TestFactsOfManyConversationsComeTogether(t *testing.T) {
	w := newWorld(t)
	one, two := w.conversation(past{contact: w.contact(), texts: []string{"a"}}), w.conversation(past{contact: w.contact()})
	w.exec(`INSERT INTO predictions (message_id, model_hash, priority, language, entities) SELECT id, 'm', 'normal', 'en', 'null' FROM messages`)
	facts, err := NewTemplates(w.pool, "Example").Facts(t.Context(), []uuid.UUID{one, two, uuid.New()})
	if err != nil || len(facts) != 2 {
		t.Fatalf("%v, %v; want the two that exist", facts, err)
	}
	if f := facts[one]; f.Name != "Ada Example" || f.Company != "Example" || f.Attributes["plan"] != "pro" || len(f.Entities) != 0 || f.At.IsZero() {
		t.Errorf("facts: %+v", f)
	}
}
