package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
)

// Field names count letter by letter: the decoder would take "PRIORITY" for "priority" after only one of them was checked.
func init() { huma.ValidateStrictCasing = true } // the library has no other switch

// strictJSON is JSON that can be stored: the standard decoder replaces broken UTF-8 silently, and PostgreSQL refuses NUL
// and halves of surrogate pairs.
var strictJSON = huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: unmarshalStrict}

func unmarshalStrict(data []byte, v any) error {
	if !utf8.Valid(data) {
		return errors.New("is not valid UTF-8; send UTF-8")
	}
	if err := json.Unmarshal(data, v); err != nil {
		return errors.New("is not JSON of the right form: " + err.Error())
	}
	if depthOf(data) > maxDepth {
		return fmt.Errorf("is nested deeper than %d levels; flatten it", maxDepth)
	}
	if hasHalfPair(data) {
		return errors.New(`holds half of a surrogate pair, such as \ud800; send whole characters`)
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

// maxDepth is how far lists and objects may be nested. What is read back stands a few levels deeper, and readers give up
// at ten thousand.
const maxDepth = 64

// depthOf is how far lists and objects are nested in valid JSON.
func depthOf(data []byte) int {
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(data); i++ {
		switch c := data[i]; {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\':
			i++
		case !quoted && (c == '[' || c == '{'):
			depth++
			deepest = max(deepest, depth)
		case !quoted && (c == ']' || c == '}'):
			depth--
		}
	}
	return deepest
}

// hasHalfPair reports whether valid JSON escapes a surrogate without its other half.
func hasHalfPair(data []byte) bool {
	for {
		i := bytes.IndexByte(data, '\\')
		if i < 0 {
			return false
		}
		data = data[i:]
		first := escaped(data)
		if !utf16.IsSurrogate(first) {
			data = data[2:]
			continue
		}
		if utf16.DecodeRune(first, escaped(data[6:])) == utf8.RuneError {
			return true
		}
		data = data[12:]
	}
}

// escaped is the code unit that \uXXXX at the start of data stands for, 0 when nothing such is there.
func escaped(data []byte) rune {
	if len(data) < 6 || data[0] != '\\' || data[1] != 'u' {
		return 0
	}
	n, err := strconv.ParseUint(string(data[2:6]), 16, 16)
	if err != nil {
		return 0
	}
	return rune(n)
}
