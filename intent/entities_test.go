package intent

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestEntitiesAsPeopleWriteThem(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		// Order numbers.
		{"where is my order 10234?", "order_number=10234"},
		{"order #10234", "order_number=10234"},
		{"# 10234 has not arrived", "order_number=10234"},
		{"#10234", "order_number=10234"},
		{"10234", "order_number=10234"},
		{"it's 10234", "order_number=10234"},
		{"ORD-10234 please", "order_number=ORD-10234"},
		{"ord10234", "order_number=ord10234"},
		{"my order number is 10234, thanks", "order_number=10234"},
		{"Order no. 10234", "order_number=10234"},
		{"order: A1B2-9931", "order_number=A1B2-9931"},
		{"order id 112-3456789-1234567", "order_number=112-3456789-1234567"},
		{"10234 is my order", "order_number=10234"},
		{"I ordered a lamp last week and it is not here. 10234?", "order_number=10234"},
		{"orders 10234 and 10235 are missing", "order_number=10234 order_number=10235"},
		{"PO 2288 was confirmed", "order_number=2288"},
		{"about order 2023 please", "order_number=2023"},
		{"WHERE IS ORDER 10234!!!", "order_number=10234"},
		{"Bestellung 10234 ist nicht da", "order_number=10234"},
		// Not order numbers.
		{"I have been a customer since 2019", ""},
		{"my order from 2023", ""},
		{"I ordered 3 lamps", ""},
		{"I ordered in 2023 and 2024", ""},
		{"error 500 when I log in", ""},
		{"the screen is 1920x1080", ""},
		{"it is 50% off, code SAVE20", ""},
		{"https://shop.example/p/48213", ""},
		{"I paid 12345 yen for my order", ""},
		{"I have 12000 followers", ""},
		{"my zip code is 90210", ""},
		{"size 42", ""},
		{"at 10:30", ""},
		// Amounts.
		{"I paid $49.99 for it", "amount=$49.99"},
		{"refund 1.299,00 € please", "amount=1.299,00 €"},
		{"it costs 20 euros", "amount=20 euros"},
		{"EUR 30 or 25 GBP", "amount=EUR 30 amount=25 GBP"},
		{"charged 9.99€ twice", "amount=9.99€"},
		{"£1,250.50", "amount=£1,250.50"},
		{"10 bucks", "amount=10 bucks"},
		// E-mails.
		{"write to ada.l+shop@mail.example.co.uk.", "email=ada.l+shop@mail.example.co.uk"},
		{"no at sign example.com", ""},
		// Phones.
		{"call me at +49 30 901820", "phone=+49 30 901820"},
		{"07700 900233 is my number", "phone=07700 900233"},
		{"(555) 123-4567", "phone=(555) 123-4567"},
		{"my phone is 5551234567", "phone=5551234567"},
		// Dates.
		{"ordered on 2024-05-12", "date=2024-05-12"},
		{"since 12.05.2024 nothing", "date=12.05.2024"},
		{"on May 12th, 2024", "date=May 12th, 2024"},
		{"by 3 June", "date=3 June"},
		{"it came yesterday", "date=yesterday"},
		{"may I return 3 of them", ""},
		// Together, in the order of the text.
		{"Order 10234 of 3 June for $20, I am a@b.example", "order_number=10234 date=3 June amount=$20 email=a@b.example"},
	} {
		var got []string
		for _, e := range findEntities(tc.text, tokens(tc.text)) {
			got = append(got, e.Kind+"="+e.Value)
			if tc.text[e.Start:e.End] != e.Value {
				t.Errorf("%q: %q is not at %d to %d", tc.text, e.Value, e.Start, e.End)
			}
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%q: got %v, want %q", tc.text, got, tc.want)
		}
	}
}

func TestEntitiesOfAnyTextAreInOrderAndApart(t *testing.T) {
	pieces := rapid.SampledFrom([]string{"order ", "#", "10234", "ORD-", "é", " ", "\n", "+49 30 ", "901820", "$", "20", ".", "€", "a@b.co", "12.05.2024", "\xff", "-", "my ", "May 3"})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(pieces, 0, 12).Draw(t, "pieces"), "")
		end := 0
		for _, e := range findEntities(text, tokens(text)) {
			if e.Start < end || e.End <= e.Start || e.End > len(text) || text[e.Start:e.End] != e.Value {
				t.Fatalf("%q: %+v after %d", text, e, end)
			}
			end = e.End
		}
	})
}

func TestRedactTakesPersonalDataOut(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"I am ada@example.com", "I am [email]"},
		{"mail jörg.müller@exämple.de now", "mail [email] now"},
		{"call +44 20 7946 0958 or 07700 900233", "call [phone] or [phone]"},
		{"(555) 123-4567", "[phone]"},
		{"card 4111 1111 1111 1111 exp 12/27", "card [card] exp 12/27"},
		{"4111-1111-1111-1111", "[card]"},
		{"4111111111111111", "[card]"},
		{"1234567890123456", "[number]"},
		{"IBAN DE89 3704 0044 0532 0130 00 please", "IBAN [iban] please"},
		{"GB29NWBK60161331926819", "[iban]"},
		{"my password is hunter2, ok", "my password is [secret] ok"},
		{"PIN: 4821", "PIN: [secret]"},
		{"the security code is 482913", "the security code is [secret]"},
		{"see https://shop.example/reset?token=abc123#x now", "see https://shop.example/reset now"},
		{"https://ada:secret@shop.example/x", "https://shop.example/x"},
		{"tracking 123456789012", "tracking [number]"},
		// What stays.
		{"order 10234 of 2024-05-12 for $49.99", "order 10234 of 2024-05-12 for $49.99"},
		{"ORD-10234, 12.05.2024, 1.299,00 €", "ORD-10234, 12.05.2024, 1.299,00 €"},
		{"I forgot my password", "I forgot my password"},
		{"my password is not accepted", "my password is not accepted"},
		{"", ""},
	} {
		if got := Redact(tc.text); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestRedactTwiceChangesNothingMore(t *testing.T) {
	pieces := rapid.SampledFrom([]string{"a@b.co", "4111 1111 1111 1111", "+49 30 901820", "pin: ", "12", " ", "x", "http://a.b/?q=", "-", "DE89370400440532013000", "[", "]"})
	rapid.Check(t, func(t *rapid.T) {
		once := Redact(strings.Join(rapid.SliceOfN(pieces, 0, 10).Draw(t, "pieces"), ""))
		if strings.Contains(once, "a@b.co") || strings.Contains(once, "4111 1111 1111 1111") {
			t.Fatalf("left in %q", once)
		}
		if twice := Redact(once); twice != once {
			t.Fatalf("%q became %q", once, twice)
		}
	})
}
