package channels

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/uuid"
	"pgregory.net/rapid"
)

func valid() Message {
	return Message{Channel: WebChat, InboxAddress: "web", From: "v_1", Text: "hello"}
}

func TestValidateTakesWhatCanBeStored(t *testing.T) {
	for name, change := range map[string]func(*Message){
		"the least":          func(*Message) {},
		"text at the limit":  func(m *Message) { m.Text = strings.Repeat("a", MaxText) },
		"a choice alone":     func(m *Message) { m.Text, m.Choice, m.Answers = "", "yes", uuid.New() },
		"other scripts":      func(m *Message) { m.Text, m.Name = "où est ma commande ? 注文 🙂", "Zoë" },
		"fields at the edge": func(m *Message) { m.From, m.ExternalID = strings.Repeat("f", 320), strings.Repeat("e", 200) },
	} {
		t.Run(name, func(t *testing.T) {
			m := valid()
			change(&m)
			if err := m.Validate(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestValidateNamesTheFieldAndTheRemedy(t *testing.T) {
	for _, c := range []struct {
		field, remedy string
		change        func(*Message)
	}{
		{"channel", "is required", func(m *Message) { m.Channel = "" }},
		{"inbox_address", "is required", func(m *Message) { m.InboxAddress = "" }},
		{"from", "is required", func(m *Message) { m.From = "" }},
		{"from", "longer than 320", func(m *Message) { m.From = strings.Repeat("f", 321) }},
		{"contact_id", "longer than 200", func(m *Message) { m.ContactID = strings.Repeat("c", 201) }},
		{"name", "UTF-8", func(m *Message) { m.Name = "\xff" }},
		{"email", "NUL", func(m *Message) { m.Email = "a\x00@b" }},
		{"external_id", "longer than 200", func(m *Message) { m.ExternalID = strings.Repeat("e", 201) }},
		{"choice", "longer than 100", func(m *Message) { m.Choice = strings.Repeat("c", 101) }},
		{"text", "65537 bytes", func(m *Message) { m.Text = strings.Repeat("a", MaxText+1) }},
		{"text", "UTF-8", func(m *Message) { m.Text = "a\xc3" }},
		{"text", "NUL", func(m *Message) { m.Text = "\x00" }},
		{"text", "empty", func(m *Message) { m.Text = "\u00a0\t\n" }},
	} {
		t.Run(c.field+" "+c.remedy, func(t *testing.T) {
			m := valid()
			c.change(&m)
			var invalid *InvalidError
			if err := m.Validate(); !errors.As(err, &invalid) || invalid.Field != c.field || !strings.Contains(invalid.Remedy, c.remedy) {
				t.Errorf("got %v, want %s: … %s …", err, c.field, c.remedy)
			}
		})
	}
}

func TestWhatIsValidIsStorable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := valid()
		m.Text = string(rapid.SliceOfN(rapid.Byte(), 0, 64).Draw(t, "text"))
		storable := utf8.ValidString(m.Text) && !strings.Contains(m.Text, "\x00") && strings.TrimSpace(m.Text) != ""
		if got := m.Validate() == nil; got != storable {
			t.Fatalf("%q: valid is %v, storable is %v", m.Text, got, storable)
		}
	})
}
