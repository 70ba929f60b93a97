package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
)

// Document is the OpenAPI 3.1 document as indented JSON, the same bytes every time.
func Document() ([]byte, error) {
	engine := gin.New()
	a := &API{}
	h := a.newHuma(engine, engine.Group(""))
	a.register(h)
	b, err := json.MarshalIndent(h.OpenAPI(), "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write the API document: %w", err)
	}
	return b, nil
}

var uuidType = reflect.TypeFor[uuid.UUID]()

// sharpen makes the document say what the library leaves out: that an id is a UUID, and that a pointer that is always
// there may be null, so that types generated from the document are true.
func sharpen(doc *huma.OpenAPI) {
	schemas := doc.Components.Schemas
	for name, schema := range schemas.Map() {
		t := schemas.TypeFromRef("#/components/schemas/" + name)
		for t != nil && t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		if t == nil || t.Kind() != reflect.Struct {
			continue
		}
		for _, f := range reflect.VisibleFields(t) {
			field, options, _ := strings.Cut(f.Tag.Get("json"), ",")
			if s := schema.Properties[field]; s != nil && !f.Anonymous {
				schema.Properties[field] = sharpenField(s, f.Type, strings.Contains(options, "omitempty"))
			}
		}
	}
}

func sharpenField(s *huma.Schema, t reflect.Type, optional bool) *huma.Schema {
	nullable := t.Kind() == reflect.Pointer && !optional
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == uuidType {
		s.Format = "uuid"
	}
	switch {
	case !nullable:
	case s.Ref != "":
		return &huma.Schema{Description: s.Description, AnyOf: []*huma.Schema{{Ref: s.Ref}, {Type: "null"}}}
	default:
		s.Nullable = true
	}
	return s
}
