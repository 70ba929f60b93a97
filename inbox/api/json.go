package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// strictJSON is JSON that can be stored: the standard decoder replaces broken UTF-8 silently, and PostgreSQL refuses NUL.
var strictJSON = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshalStrict}

func unmarshalStrict(data []byte, v any) error {
	if !utf8.Valid(data) {
		return errors.New("is not valid UTF-8; send UTF-8")
	}
	if err := json.Unmarshal(data, v); err != nil {
		return errors.New("is not JSON of the right form: " + err.Error())
	}
	if bytes.Contains(data, []byte(`\u0000`)) {
		var tree any
		if err := json.Unmarshal(data, &tree); err != nil {
			return err
		}
		if hasNUL(tree) {
			return errors.New(`holds \u0000 in a text; remove it`)
		}
	}
	return nil
}

func hasNUL(v any) bool {
	switch v := v.(type) {
	case string:
		return strings.IndexByte(v, 0) >= 0
	case []any:
		for _, item := range v {
			if hasNUL(item) {
				return true
			}
		}
	case map[string]any:
		for key, value := range v {
			if hasNUL(key) || hasNUL(value) {
				return true
			}
		}
	}
	return false
}
