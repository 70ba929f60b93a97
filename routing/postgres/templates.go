package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/routing"
)

// Templates keeps standard answers in versions, of which the newest is used. Safe for concurrent use.
type Templates struct {
	pool    *pgxpool.Pool
	company string

	mu     sync.Mutex
	parsed map[string]Answer // by name
}

// Answer is the newest version of a standard answer, ready to be written.
type Answer struct {
	routing.StoredTemplate
	parsed map[string]*routing.Template // by language
	broken error                        // why it does not parse, as one that an older Usher kept may not
}

// Render writes the answer in a language, see routing.Template; in the default one when it is empty. What does not parse
// fails here, so that it keeps back no other, and so does a language that it is not written in: nobody gets another instead.
func (a Answer) Render(language string, c routing.TemplateContext) (string, error) {
	if a.broken != nil {
		return "", a.broken
	}
	parsed, found := a.parsed[cmp.Or(language, a.Language)]
	if !found {
		return "", fmt.Errorf("template %q has no text in %s: %w", a.Name, language, routing.ErrNotFound)
	}
	return parsed.Render(c)
}

// NewTemplates returns the templates in a migrated database. company is the name that they may say.
func NewTemplates(pool *pgxpool.Pool, company string) *Templates {
	return &Templates{pool: pool, company: company, parsed: map[string]Answer{}}
}

// Templates are the newest versions, by name.
func (t *Templates) Templates(ctx context.Context) ([]routing.StoredTemplate, error) {
	rows, err := t.pool.Query(ctx, `
		SELECT DISTINCT ON (name) name, version, title, language, body, texts, watch FROM templates ORDER BY name, version DESC`)
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[routing.StoredTemplate])
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	return all, nil
}

// maxTitle is the longest title, in bytes.
const maxTitle = 200

// SaveTemplate keeps a new version in the place of version over, 0 for a new answer, and returns it. It is routing.ErrOvertaken
// when over is not the newest. What is wrong with the answer comes back as *routing.ProblemsError.
func (t *Templates) SaveTemplate(ctx context.Context, s routing.StoredTemplate, over int, author string) (routing.StoredTemplate, error) {
	parsed, err := routing.ParseTexts(s)
	if err != nil {
		return routing.StoredTemplate{}, err
	}
	if s.Title = strings.TrimSpace(s.Title); s.Title == "" || len(s.Title) > maxTitle {
		return routing.StoredTemplate{}, &routing.ProblemsError{Problems: []routing.Problem{{Message: "the title is empty or longer than 200 bytes; write what the answer is about"}}}
	}
	if s.Texts == nil {
		s.Texts = map[string]string{}
	}
	err = t.pool.QueryRow(ctx, `
		INSERT INTO templates (id, name, version, title, language, body, texts, watch, author)
		SELECT $1, $2, $3::int + 1, $4, $5, $6, $7, $8, $9 WHERE $3::int = (SELECT COALESCE(max(version), 0) FROM templates WHERE name = $2)
		RETURNING version`, uuid.Must(uuid.NewV7()), s.Name, over, s.Title, s.Language, s.Body, s.Texts, s.Watch, author).Scan(&s.Version)
	if errors.Is(err, pgx.ErrNoRows) || taken(err) {
		return routing.StoredTemplate{}, fmt.Errorf("save template %q over version %d: %w", s.Name, over, routing.ErrOvertaken)
	}
	if err != nil {
		return routing.StoredTemplate{}, fmt.Errorf("save template %q: %w", s.Name, err)
	}
	t.keep(Answer{s, parsed, nil})
	return s, nil
}

func taken(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505" // unique_violation
}

// Latest are the newest versions of the named templates, with one statement; those that do not exist are not in it. What
// another node saved is seen at once: only the parsing is spared.
func (t *Templates) Latest(ctx context.Context, names []string) (map[string]Answer, error) {
	rows, err := t.pool.Query(ctx, `
		SELECT n.name, v.version FROM unnest($1::text[]) AS n(name)
		JOIN LATERAL (SELECT version FROM templates WHERE name = n.name ORDER BY version DESC LIMIT 1) v ON true`, unique(names))
	if err != nil {
		return nil, fmt.Errorf("find templates: %w", err)
	}
	latest := map[string]Answer{}
	var unknown []string
	var name string
	var version int
	if _, err := pgx.ForEachRow(rows, []any{&name, &version}, func() error {
		if known := t.known(name); known.Version == version {
			latest[name] = known
		} else {
			unknown = append(unknown, name)
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("find templates: %w", err)
	}
	if len(unknown) == 0 {
		return latest, nil
	}
	read, err := t.read(ctx, unknown)
	if err != nil {
		return nil, err
	}
	maps.Copy(latest, read)
	return latest, nil
}

func (t *Templates) read(ctx context.Context, names []string) (map[string]Answer, error) {
	rows, err := t.pool.Query(ctx, `
		SELECT DISTINCT ON (name) name, version, title, language, body, texts, watch FROM templates WHERE name = ANY($1) ORDER BY name, version DESC`, names)
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	stored, err := pgx.CollectRows(rows, pgx.RowToStructByPos[routing.StoredTemplate])
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	read := map[string]Answer{}
	for _, s := range stored {
		parsed, err := routing.ParseTexts(s)
		if err != nil {
			err = fmt.Errorf("read template %q version %d: %w", s.Name, s.Version, err)
		}
		read[s.Name] = Answer{s, parsed, err}
		t.keep(read[s.Name])
	}
	return read, nil
}

func (t *Templates) known(name string) Answer {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.parsed[name]
}

func (t *Templates) keep(a Answer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.parsed[a.Name].Version < a.Version {
		t.parsed[a.Name] = a
	}
}

// Template is the newest version of one template; routing.ErrNotFound when there is none.
func (t *Templates) Template(ctx context.Context, name string) (Answer, error) {
	latest, err := t.Latest(ctx, []string{name})
	if err != nil {
		return Answer{}, err
	}
	a, found := latest[name]
	if !found {
		return Answer{}, fmt.Errorf("template %q: %w", name, routing.ErrNotFound)
	}
	return a, nil
}

// TextLanguages are the languages that answers are written in, by name and with the default first; answers that do not exist are
// not in it.
func (t *Templates) TextLanguages(ctx context.Context, names []string) (map[string][]string, error) {
	latest, err := t.Latest(ctx, names)
	if err != nil {
		return nil, err
	}
	languages := make(map[string][]string, len(latest))
	for name, a := range latest {
		languages[name] = a.Languages()
	}
	return languages, nil
}

// Preview is how a body would read in a conversation, and in which language; the zero UUID means for nobody in particular. Without
// a body it is the saved one: in that language, else in the conversation's if it has a text in it, else the default. What is wrong
// with the body, or keeps it from being written, comes back as *routing.ProblemsError.
func (t *Templates) Preview(ctx context.Context, name, language, body string, conversation uuid.UUID) (text, in string, err error) {
	facts, speaks := t.Nobody(), ""
	if conversation != uuid.Nil {
		if facts, speaks, err = t.ofConversation(ctx, conversation); err != nil {
			return "", "", fmt.Errorf("preview template %q in conversation %s: %w", name, conversation, err)
		}
	}
	var a Answer
	if body == "" {
		if a, err = t.Template(ctx, name); err != nil {
			return "", "", fmt.Errorf("preview: %w", err)
		}
		if _, written := a.Text(speaks); language == "" && written {
			language = speaks
		}
	} else if a, err = tried(name, cmp.Or(language, "en"), body); err != nil {
		return "", "", err
	}
	language = cmp.Or(language, a.Language)
	text, err = a.Render(language, facts.Context())
	if errors.Is(err, routing.ErrNotFound) {
		return "", "", fmt.Errorf("preview: %w", err)
	}
	if err != nil {
		return "", "", &routing.ProblemsError{Problems: []routing.Problem{{Message: err.Error()}}}
	}
	return text, language, nil
}

// tried is an answer that is not saved.
func tried(name, language, body string) (Answer, error) {
	s := routing.StoredTemplate{Name: name, Language: language, Body: body}
	parsed, err := routing.ParseTexts(s)
	if p, ok := errors.AsType[*routing.ProblemsError](err); ok {
		for i := range p.Problems {
			p.Problems[i].Language = "" // there is but one
		}
		return Answer{}, p
	}
	return Answer{s, parsed, nil}, err
}

func (t *Templates) ofConversation(ctx context.Context, id uuid.UUID) (facts routing.Facts, language string, err error) {
	known, err := t.Facts(ctx, []uuid.UUID{id})
	if err != nil {
		return facts, "", err
	}
	facts, found := known[id]
	if !found {
		return facts, "", routing.ErrNotFound
	}
	err = t.pool.QueryRow(ctx, `SELECT language FROM conversations WHERE id = $1`, id).Scan(&language)
	if errors.Is(err, pgx.ErrNoRows) {
		return facts, "", routing.ErrNotFound
	}
	return facts, language, err
}

// seedTemplates adds the default templates that are missing by name. A template that people changed stays theirs.
func seedTemplates(ctx context.Context, tx pgx.Tx) error {
	b := &pgx.Batch{}
	for _, s := range routing.DefaultTemplates() {
		b.Queue(`
			INSERT INTO templates (id, name, version, title, language, body, watch, author) VALUES ($1, $2, 1, $3, 'en', $4, $5, $6)
			ON CONFLICT (name, version) DO NOTHING`, uuid.Must(uuid.NewV7()), s.Name, s.Title, s.Body, s.Watch, seeder)
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return fmt.Errorf("add default templates: %w", err)
	}
	return nil
}

func unique(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}
