package postgres

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

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
	saved, err := one.SaveTemplate(t.Context(), routing.StoredTemplate{Name: "thanks", Title: " Thanks ", Language: "en", Body: "Welcome to {{ company.name }}!", Watch: true}, 1, "ops")
	if err != nil || saved.Version != 2 || saved.Title != "Thanks" {
		t.Fatalf("%+v, %v; want version 2", saved, err)
	}
	for name, node := range map[string]*Templates{"the same": one, "another": two} {
		a, err := node.Template(t.Context(), "thanks")
		if err != nil || a.Version != 2 || !a.Watch {
			t.Fatalf("%s node has %+v, %v", name, a, err)
		}
		if text, err := a.Render("", node.Nobody().Context()); err != nil || text != "Welcome to Example!" {
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
	if _, err := w.pool.Exec(t.Context(), `INSERT INTO templates (id, name, version, title, language, body, author) VALUES (gen_random_uuid(), 'old', 1, 'Old', 'en', '{% nonsense', 'ops')`); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time from memory
		got, err := templates.Latest(t.Context(), []string{"old", "thanks"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := got["old"].Render("", templates.Nobody().Context()); err == nil {
			t.Error("the broken one is written")
		}
		if _, err := got["thanks"].Render("", templates.Nobody().Context()); err != nil {
			t.Errorf("the good one is not: %v", err)
		}
	}
}

func TestOfSaversAtOnceOneGetsTheVersionAndTheOthersAreTold(t *testing.T) {
	w := newWorld(t)
	templates := NewTemplates(w.pool, "Example")
	hello := routing.StoredTemplate{Name: "hello", Title: "Hello", Language: "en", Body: "Hello."}
	for over := range 2 { // a new one, then another version
		var wg sync.WaitGroup
		var saved atomic.Int32
		for range 8 {
			wg.Go(func() {
				switch s, err := templates.SaveTemplate(t.Context(), hello, over, "ops"); {
				case err == nil && s.Version == over+1:
					saved.Add(1)
				case !errors.Is(err, routing.ErrOvertaken):
					t.Errorf("%+v, %v", s, err)
				}
			})
		}
		wg.Wait()
		if n := w.number(`SELECT count(*) FROM templates WHERE name = 'hello'`); n != over+1 || saved.Load() != 1 {
			t.Errorf("%d versions and %d told so, want %d and 1", n, saved.Load(), over+1)
		}
	}
}

func TestAnAnswerIsWrittenInTheLanguagesOfItsTextsAndNoOther(t *testing.T) {
	w := newWorld(t)
	one, two := NewTemplates(w.pool, "Example"), NewTemplates(w.pool, "Example")
	if _, err := one.SaveTemplate(t.Context(), routing.StoredTemplate{
		Name: "hello", Title: "Hello", Language: "en", Body: "Hello from {{ company.name }}, {{ order.updated_at }}.",
		Texts: map[string]string{"fr": "Bonjour de {{ company.name }}.", "de": "Hallo von {{ company.name }}, {{ order.updated_at }}."},
	}, 0, "ops"); err != nil {
		t.Fatal(err)
	}
	facts := two.Nobody()
	facts.Events = []routing.TrackedEvent{{Name: routing.OrderUpdated, Properties: map[string]any{"order_id": "1"}, OccurredAt: time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)}}
	facts.At = facts.Events[0].OccurredAt
	for name, node := range map[string]*Templates{"the same": one, "another": two} {
		if languages, err := node.TextLanguages(t.Context(), []string{"hello", "nope"}); err != nil || len(languages) != 1 || !slices.Equal(languages["hello"], []string{"en", "de", "fr"}) {
			t.Errorf("%s node: %v, %v", name, languages, err)
		}
		a, err := node.Template(t.Context(), "hello")
		if err != nil {
			t.Fatal(err)
		}
		for language, want := range map[string]string{
			"": "Hello from Example, 4 March 2026.", "en": "Hello from Example, 4 March 2026.", "de": "Hallo von Example, 2026-03-04.", "fr": "Bonjour de Example.",
		} {
			if text, err := a.Render(language, facts.Context()); err != nil || text != want {
				t.Errorf("%s node in %q: %q, %v", name, language, text, err)
			}
		}
		if text, err := a.Render("nl", facts.Context()); !errors.Is(err, routing.ErrNotFound) {
			t.Errorf("%s node in nl: %q, %v", name, text, err)
		}
	}
}

func TestATemplateThatIsWrongIsNotSaved(t *testing.T) {
	w := newWorld(t)
	templates := NewTemplates(w.pool, "Example")
	for name, wrong := range map[string]struct {
		s        routing.StoredTemplate
		language string // of the problem
	}{
		"unknown variable":   {routing.StoredTemplate{Title: "Hello", Language: "en", Body: "{{ contact.shoe_size }}"}, "en"},
		"in a language":      {routing.StoredTemplate{Title: "Hello", Language: "en", Body: "Hello.", Texts: map[string]string{"de": "Hallo.\n{{ contact.shoe_size }}"}}, "de"},
		"no title":           {routing.StoredTemplate{Title: " ", Language: "en", Body: "Hello."}, ""},
		"bad name":           {routing.StoredTemplate{Name: "Hello!", Title: "Hello", Language: "en", Body: "Hello."}, "en"},
		"no text":            {routing.StoredTemplate{Title: "Hello", Language: "en", Body: " "}, "en"},
		"no language":        {routing.StoredTemplate{Title: "Hello", Body: "Hello."}, ""},
		"bad language":       {routing.StoredTemplate{Title: "Hello", Language: "en", Body: "Hello.", Texts: map[string]string{"German": "Hallo."}}, ""},
		"one language twice": {routing.StoredTemplate{Title: "Hello", Language: "en", Body: "Hello.", Texts: map[string]string{"en": "Hi."}}, "en"},
	} {
		wrong.s.Name = cmp.Or(wrong.s.Name, "hello")
		_, err := templates.SaveTemplate(t.Context(), wrong.s, 0, "ops")
		if p, ok := errors.AsType[*routing.ProblemsError](err); !ok || len(p.Problems) != 1 || p.Problems[0].Language != wrong.language {
			t.Errorf("%s: %v, want a problem of the text in %q", name, err, wrong.language)
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

	if _, err := templates.SaveTemplate(t.Context(), routing.StoredTemplate{
		Name: "both", Title: "Both", Language: "en", Body: "Hello.", Texts: map[string]string{"de": "Hallo."},
	}, 0, "ops"); err != nil {
		t.Fatal(err)
	}
	german := w.conversation(past{contact: w.contact()})
	w.exec(`UPDATE conversations SET language = 'de' WHERE id = $1`, german)
	for name, x := range map[string]struct {
		template, language, body string
		conversation             uuid.UUID
		begins, holds, in        string
	}{
		"the saved one":            {"order_status", "", "", conversation, "Hello Ada", "10234 was shipped", "en"},
		"another body":             {"order_status", "", "{{ contact.attributes.plan }} of {{ company.name }}", conversation, "pro of Example", "", "en"},
		"another body in German":   {"both", "de", "Guten Tag.", conversation, "Guten Tag.", "", "de"},
		"for nobody":               {"order_status", "", "", uuid.Nil, "Hello,", "", "en"},
		"for a German":             {"both", "", "", german, "Hallo.", "", "de"},
		"for a German in English":  {"both", "en", "", german, "Hello.", "", "en"},
		"for a German, not German": {"thanks", "", "", german, "", "", "en"},
	} {
		text, in, err := templates.Preview(t.Context(), x.template, x.language, x.body, x.conversation)
		if err != nil || !strings.HasPrefix(text, x.begins) || !strings.Contains(text, x.holds) || in != x.in {
			t.Errorf("%s: %q in %q, %v", name, text, in, err)
		}
	}
	for name, x := range map[string]struct {
		template, language string
		conversation       uuid.UUID
	}{"conversation": {"order_status", "", uuid.New()}, "template": {"nope", "", uuid.Nil}, "language": {"both", "nl", uuid.Nil}} {
		if text, _, err := templates.Preview(t.Context(), x.template, x.language, "", x.conversation); !errors.Is(err, routing.ErrNotFound) {
			t.Errorf("no such %s: %q, %v", name, text, err)
		}
	}
	for name, body := range map[string]string{"a wrong body": "{{ nope }}", "a text that comes out empty": "{{ order.id }}"} {
		if _, _, err := templates.Preview(t.Context(), "x", "", body, uuid.Nil); err == nil {
			t.Errorf("%s is shown", name)
		} else if p, ok := errors.AsType[*routing.ProblemsError](err); !ok || p.Problems[0].Language != "" {
			t.Errorf("%s: %v, want problems", name, err)
		}
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
