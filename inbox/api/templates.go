package api

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"usher/inbox"
	"usher/routing"
)

// Templates reads, saves and tries standard answers.
type Templates interface {
	Templates(ctx context.Context) ([]routing.StoredTemplate, error)
	// SaveTemplate keeps a new version in the place of version over, 0 for a new answer; else routing.ErrOvertaken.
	SaveTemplate(ctx context.Context, t routing.StoredTemplate, over int, author string) (routing.StoredTemplate, error)
	// Preview renders a body as it would read in a conversation (the zero UUID: for nobody in particular), and says in
	// which language it is.
	Preview(ctx context.Context, name, language, body string, conversation uuid.UUID) (text, in string, err error)
}

type (
	templateInput struct {
		Name        string `path:"name" pattern:"^[a-z][a-z0-9_]{0,60}$"`
		IfMatch     string `header:"If-Match" doc:"the version that this one takes the place of, in quotes"`
		IfNoneMatch string `header:"If-None-Match" doc:"* for a new answer"`
		Body        struct {
			Title    string            `json:"title" minLength:"1" maxLength:"200"`
			Language string            `json:"language" pattern:"^[a-z]{2}$" doc:"of body, ISO 639-1"`
			Body     string            `json:"body" minLength:"1" maxLength:"65536" doc:"the default text"`
			Texts    map[string]string `json:"texts,omitempty" doc:"the same answer in other languages, by ISO 639-1 code"`
			Watch    bool              `json:"watch"`
		}
	}
	templateSaved struct {
		ETag string `header:"ETag" doc:"the version, in quotes, for If-Match"`
		Body routing.StoredTemplate
	}
	previewInput struct {
		Name string `path:"name" pattern:"^[a-z][a-z0-9_]{0,60}$"`
		Body struct {
			ConversationID uuid.UUID `json:"conversation_id,omitempty"`
			Language       string    `json:"language,omitempty" pattern:"^[a-z]{2}$" doc:"else that of the conversation, if there is a text in it, else the default"`
			Body           string    `json:"body,omitempty" maxLength:"65536" doc:"instead of the saved one"`
		}
	}
	previewed struct {
		Text     string     `json:"text"`
		Language string     `json:"language"`
		Help     *helpAsked `json:"help" doc:"how an automatic answer asks whether it helped; null in languages in which nothing is asked"`
	}
	helpAsked struct {
		Question string `json:"question"`
		Yes      string `json:"yes"`
		No       string `json:"no"`
	}
)

func (a *API) registerTemplates(h huma.API) {
	get, post, put := http.MethodGet, http.MethodPost, http.MethodPut
	huma.Register(h, operation(agents, get, "/api/v1/templates", "list-templates", "Standard answers", 200, tagOps),
		func(ctx context.Context, _ *struct{}) (*body[list[routing.StoredTemplate]], error) {
			ts, err := a.o.Templates.Templates(ctx)
			return reply(list[routing.StoredTemplate]{orEmpty(ts)}, err)
		})
	huma.Register(h, operation(agents, get, "/api/v1/template-variables", "list-template-variables", "What standard answers may say", 200, tagOps),
		func(context.Context, *struct{}) (*body[list[routing.Variable]], error) {
			return reply(list[routing.Variable]{routing.TemplateVariables()}, nil)
		})
	saving := operation(opsOnly, put, "/api/v1/templates/{name}", "save-template", "Save a standard answer as a new version", 200, tagOps)
	saving.Errors = append(saving.Errors, http.StatusPreconditionFailed, http.StatusPreconditionRequired)
	huma.Register(h, saving, a.saveTemplate)
	huma.Register(h, operation(agents, post, "/api/v1/templates/{name}/preview", "preview-template", "How a standard answer would read", 200, tagOps),
		func(ctx context.Context, in *previewInput) (*body[previewed], error) {
			text, language, err := a.o.Templates.Preview(ctx, in.Name, in.Body.Language, in.Body.Body, in.Body.ConversationID)
			out := previewed{Text: text, Language: language}
			if help, found := inbox.HelpIn(language); found {
				out.Help = &helpAsked{help.Question, help.Yes, help.No}
			}
			return reply(out, repeatable(err))
		})
}

func (a *API) saveTemplate(ctx context.Context, in *templateInput) (*templateSaved, error) {
	over, err := versionReplaced(in.IfMatch, in.IfNoneMatch)
	if err != nil {
		return nil, err
	}
	b := in.Body
	t, err := a.o.Templates.SaveTemplate(ctx, routing.StoredTemplate{
		Name: in.Name, Title: b.Title, Language: b.Language, Body: b.Body, Texts: b.Texts, Watch: b.Watch,
	}, over, agentFrom(ctx).Email)
	if err != nil {
		return nil, problem(err)
	}
	return &templateSaved{ETag: strconv.Quote(strconv.Itoa(t.Version)), Body: t}, nil
}

// versionReplaced is the version that a caller has seen and wants to replace, 0 for none. A caller who does not say so could undo
// what somebody else has just saved.
func versionReplaced(ifMatch, ifNoneMatch string) (int, error) {
	if ifMatch == "" && ifNoneMatch == "*" {
		return 0, nil
	}
	if ifMatch == "" {
		return 0, errorModel(http.StatusPreconditionRequired, `say which version this one takes the place of, as If-Match: "3"; for a new answer write If-None-Match: *`)
	}
	version, err := strconv.ParseInt(strings.Trim(ifMatch, `"`), 10, 32)
	if err != nil || version < 1 || version == math.MaxInt32 {
		return 0, errorModel(http.StatusPreconditionFailed, `If-Match is no version; write the version that you have read in quotes, as If-Match: "3"`)
	}
	return int(version), nil
}
