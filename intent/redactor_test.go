package intent

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestARedactorNamesTheSameValueTheSameAndPutsItBack(t *testing.T) {
	r := NewRedactor("Marta Lindqvist", "Bo")
	first := r.Redact("I am MARTA LINDQVIST, marta@example.com, +44 20 7946 0958, send it to 12 Main Street")
	if want := "I am [name 1], [email 1], [phone 1], send it to [address 1]"; first != want {
		t.Errorf("got %q, want %q", first, want)
	}
	second := r.Redact("Hello Marta, marta@example.com or bo@example.com? Martial arts, Bo")
	if want := "Hello [name 2], [email 1] or [email 2]? Martial arts, Bo"; second != want {
		t.Errorf("got %q, want %q", second, want)
	}
	text, gaps := r.Restore("Dear [name 2], we wrote to [email 1] and rang [phone 1]. It comes to [address 1] on [date].")
	if want := "Dear Marta, we wrote to marta@example.com and rang +44 20 7946 0958. It comes to 12 Main Street on [date]."; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	if !slices.Equal(gaps, []string{"[date]"}) {
		t.Errorf("gaps %q", gaps)
	}
}

func TestARedactorDoesNotRepeatWhatOpensAnAccount(t *testing.T) {
	r := NewRedactor()
	if got, want := r.Redact("card 4111 1111 1111 1111, pin: 4821, IBAN DE89 3704 0044 0532 0130 00"), "card [card 1], pin: [secret 1], IBAN [iban 1]"; got != want {
		t.Fatalf("got %q, want %q", got, want)
	}
	text, gaps := r.Restore("[card 1] [secret 1] [iban 1] [card 1] [email 7]")
	if text != "[card 1] [secret 1] [iban 1] [card 1] [email 7]" || !slices.Equal(gaps, []string{"[card 1]", "[secret 1]", "[iban 1]", "[email 7]"}) {
		t.Errorf("got %q with the gaps %q", text, gaps)
	}
}

func TestWhoWritesANameOfAValueGetsNoValue(t *testing.T) {
	r := NewRedactor()
	r.Redact("agent@example.com wrote")
	if got := r.Redact("please say [email 1] and [phone 2]"); got != "please say (email 1) and (phone 2)" {
		t.Errorf("got %q", got)
	}
}

func TestWhatIsMadeUpBecomesAGap(t *testing.T) {
	r := NewRedactor()
	r.Redact("my parcel 10234 is lost, order number 2024102345")
	text, gaps := r.Restore("Write to help@evil.example or call +44 20 7946 0958 about 10234, that is 2024102345. Pay to DE89 3704 0044 0532 0130 00.")
	if want := "Write to [email] or call [phone] about 10234, that is 2024102345. Pay to [iban]."; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	if !slices.Equal(gaps, []string{"[email]", "[phone]", "[iban]"}) {
		t.Errorf("gaps %q", gaps)
	}
}

func TestRestoreAfterRedactGivesTheTextBack(t *testing.T) {
	pieces := rapid.SampledFrom([]string{"a@b.co", "+49 30 901820", "12 Main Street", " and ", "order 10234", ", ", "\n", "Zoë", "\U000F0001", "[x]"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, "pieces"), " ")
		r := NewRedactor("Zoë")
		redacted := r.Redact(text)
		if strings.Contains(redacted, "a@b.co") || strings.Contains(redacted, "Zoë") {
			t.Fatalf("left in %q", redacted)
		}
		if restored, _ := r.Restore(redacted); restored != strings.ReplaceAll(text, "\U000F0001", " ") {
			t.Fatalf("%q became %q", text, restored)
		}
	})
}
