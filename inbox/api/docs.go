package api

import (
	_ "embed"
	"encoding/json"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

//go:embed docs.html
var docsHTML string

var docsTemplate = template.Must(template.New("docs").Parse(docsHTML))

// docsCSP lets the page load nothing but its own inline style.
const docsCSP = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// docsIntroductions say what each section is for, in the order in which they are shown.
var docsIntroductions = []struct{ tag, text string }{
	{tagSystems, "For your shop, app or back office: hand in what contacts write, and say what you know of them."},
	{tagConversations, "What agents work with. Systems may read the messages of conversations on their inbox address."},
	{tagPeople, "Signing in, agents and teams."},
	{tagOps, "When Usher may answer alone, and with what words."},
}

type docsCall struct {
	Method, Path, ID, Summary string
	Access                    []string
	Parameters, Fields        []docsField
	Response                  string
	Status                    int
	Refusals                  []string
}

// docsField is a parameter or a field of a body.
type docsField struct {
	Name, In, Type, Doc string
	Required            bool
}

type docsSection struct {
	Name, Text string
	Calls      []docsCall
}

// docsPage shows every operation of the document, readable without scripts.
func docsPage(h huma.API) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Header("Content-Security-Policy", docsCSP)
		c.Header("Content-Type", "text/html; charset=utf-8")
		c.Status(http.StatusOK)
		page := struct {
			Title, Description string
			Sections           []docsSection
		}{h.OpenAPI().Info.Title, h.OpenAPI().Info.Description, docsSections(h.OpenAPI())}
		if err := docsTemplate.Execute(c.Writer, page); err != nil {
			_ = c.Error(err) // the browser went away
		}
	}
}

func docsSections(doc *huma.OpenAPI) []docsSection {
	byTag := map[string][]docsCall{}
	for path, item := range doc.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete} {
			if op != nil {
				byTag[op.Tags[0]] = append(byTag[op.Tags[0]], docsFor(doc, method, path, op))
			}
		}
	}
	var sections []docsSection
	for _, intro := range docsIntroductions {
		calls := byTag[intro.tag]
		slices.SortFunc(calls, func(a, b docsCall) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
		sections = append(sections, docsSection{intro.tag, intro.text, calls})
	}
	return sections
}

func docsFor(doc *huma.OpenAPI, method, path string, op *huma.Operation) docsCall {
	call := docsCall{Method: method, Path: path, ID: op.OperationID, Summary: op.Summary, Status: op.DefaultStatus}
	for _, s := range op.Security {
		for name := range s {
			call.Access = append(call.Access, name)
		}
	}
	for _, p := range op.Parameters {
		if p.In != "cookie" {
			call.Parameters = append(call.Parameters, docsField{p.Name, p.In, typeOf(p.Schema), docOf(p.Schema, p.Description), p.Required})
		}
	}
	if op.RequestBody != nil {
		call.Fields = fieldsOf(doc, op.RequestBody.Content["application/json"])
	}
	for code, r := range op.Responses {
		if strings.HasPrefix(code, "2") {
			call.Response = example(doc, r.Content["application/json"])
		} else if code != "default" {
			call.Refusals = append(call.Refusals, code)
		}
	}
	slices.Sort(call.Refusals)
	return call
}

// fieldsOf are the fields of a body, the required ones first.
func fieldsOf(doc *huma.OpenAPI, m *huma.MediaType) []docsField {
	s := resolve(doc, m.Schema)
	var fields []docsField
	for name, p := range s.Properties {
		fields = append(fields, docsField{name, "", typeOf(resolve(doc, p)), docOf(p, p.Description), slices.Contains(s.Required, name)})
	}
	slices.SortFunc(fields, func(a, b docsField) int {
		if a.Required != b.Required {
			if a.Required {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return fields
}

// docOf is a field's words with its default.
func docOf(s *huma.Schema, words string) string {
	if s != nil && s.Default != nil {
		b, _ := json.Marshal(s.Default) // plain data: cannot fail
		words = strings.TrimPrefix(words+"; default "+string(b), "; ")
	}
	return words
}

func typeOf(s *huma.Schema) string {
	switch {
	case s == nil:
		return ""
	case len(s.Enum) > 0:
		var words []string
		for _, v := range s.Enum {
			b, _ := json.Marshal(v) // plain data: cannot fail
			words = append(words, strings.Trim(string(b), `"`))
		}
		return strings.Join(words, " | ")
	case s.Type == "":
		return "any JSON"
	case s.Format == "int64" || s.Format == "double":
		return s.Type
	}
	return strings.TrimSpace(s.Type + " " + s.Format)
}

// resolve follows a reference, and out of "this or null" takes this.
func resolve(doc *huma.OpenAPI, s *huma.Schema) *huma.Schema {
	if s != nil && len(s.AnyOf) > 0 {
		s = s.AnyOf[0]
	}
	if s != nil && s.Ref != "" {
		s = doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

// example shows a schema as the JSON of its shape.
func example(doc *huma.OpenAPI, m *huma.MediaType) string {
	if m == nil || m.Schema == nil {
		return ""
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(shape(doc, m.Schema, 0)); err != nil {
		return ""
	}
	return b.String()
}

// deepest bounds how far example follows nested schemas.
const deepest = 5

func shape(doc *huma.OpenAPI, s *huma.Schema, depth int) any {
	if s = resolve(doc, s); s == nil || depth > deepest {
		return "…"
	}
	switch s.Type {
	case "object":
		out := map[string]any{}
		for name, p := range s.Properties {
			out[name] = shape(doc, p, depth+1)
		}
		return out
	case "array":
		return []any{shape(doc, s.Items, depth+1)}
	}
	return typeOf(s)
}
