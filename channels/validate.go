package channels

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// InvalidError names the field of a message that is wrong and what would be right.
type InvalidError struct {
	Field  string
	Remedy string
}

func (e *InvalidError) Error() string { return e.Field + ": " + e.Remedy }

// Validate reports the first thing about m that cannot be stored, as *InvalidError.
func (m Message) Validate() error {
	for _, f := range []struct {
		name, value string
		max         int
		required    bool
	}{
		{"channel", m.Channel, 31, true},
		{"inbox_address", m.InboxAddress, 320, true},
		{"from", m.From, 320, true},
		{"contact_id", m.ContactID, 200, false},
		{"name", m.Name, 200, false},
		{"email", m.Email, 320, false},
		{"external_id", m.ExternalID, 200, false},
		{"choice", m.Choice, 100, false},
	} {
		if f.required && f.value == "" {
			return &InvalidError{f.name, "is required"}
		}
		if len(f.value) > f.max {
			return &InvalidError{f.name, fmt.Sprintf("is longer than %d bytes; shorten it", f.max)}
		}
		if !storable(f.value) {
			return &InvalidError{f.name, "is not valid UTF-8 without NUL; send UTF-8"}
		}
	}
	return m.validateText()
}

func (m Message) validateText() error {
	switch {
	case len(m.Text) > MaxText:
		return &InvalidError{"text", fmt.Sprintf("has %d bytes and the limit is %d; send a shorter text", len(m.Text), MaxText)}
	case !storable(m.Text):
		return &InvalidError{"text", "is not valid UTF-8 without NUL; send UTF-8"}
	case strings.TrimSpace(m.Text) == "" && m.Choice == "":
		return &InvalidError{"text", "is empty; send at least one visible character"}
	}
	return nil
}

// storable reports whether PostgreSQL can keep s as text.
func storable(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }
