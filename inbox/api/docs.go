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

type docsCall struct {
	Method, Path, ID, Summary string
	Access                    []string
	Parameters                []docsParameter
	Body, Response            string
	Status                    int
}

type docsParameter struct{ Name, In, Type, Doc string }

type docsSection struct {
	Name  string
	Calls []docsCall
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
	for tag, calls := range byTag {
		slices.SortFunc(calls, func(a, b docsCall) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
		sections = append(sections, docsSection{tag, calls})
	}
	slices.SortFunc(sections, func(a, b docsSection) int { return strings.Compare(a.Name, b.Name) })
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
		call.Parameters = append(call.Parameters, docsParameter{p.Name, p.In, typeOf(p.Schema), p.Description})
	}
	if op.RequestBody != nil {
		call.Body = example(doc, op.RequestBody.Content["application/json"])
	}
	for code, r := range op.Responses {
		if strings.HasPrefix(code, "2") {
			call.Response = example(doc, r.Content["application/json"])
		}
	}
	return call
}

func typeOf(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	if len(s.Enum) > 0 {
		b, _ := json.Marshal(s.Enum) // of strings: cannot fail
		return string(b)
	}
	return strings.TrimSpace(s.Type + " " + s.Format)
}

// example shows a schema as the JSON of its shape.
func example(doc *huma.OpenAPI, m *huma.MediaType) string {
	if m == nil || m.Schema == nil {
		return ""
	}
	b, err := json.MarshalIndent(shape(doc, m.Schema, 0), "", "  ")
	if err != nil {
		return ""
	}
	return string(b)
}

// deepest bounds how far example follows nested schemas.
const deepest = 5

func shape(doc *huma.OpenAPI, s *huma.Schema, depth int) any {
	if s.Ref != "" {
		s = doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	if s == nil || depth > deepest {
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
