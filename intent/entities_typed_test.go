package intent

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func find(text string) []Entity { return findEntities(text, tokens(text)) }

func told(es []Entity) string {
	var got []string
	for _, e := range es {
		got = append(got, strings.TrimSpace(e.Kind+"="+e.Normal+" "+e.Currency))
	}
	return strings.Join(got, "; ")
}

func TestAmountsAndDatesAreReadWhereTheyAreCertain(t *testing.T) {
	for text, want := range map[string]string{
		"refund 1.299,00 € please":   "amount=1299.00 EUR",
		"£1,250.50":                  "amount=1250.50 GBP",
		"I paid $49.99 for it":       "amount=49.99 USD",
		"US$ 1,299 it was":           "amount=1299 USD",
		"it costs 20 euros":          "amount=20 EUR",
		"CHF 1'200.5 in all":         "amount=1200.5 CHF",
		"only 50 pence":              "amount=0.50 GBP",
		"only 5 cents":               "amount=0.05",
		"0 € then":                   "amount=0 EUR",
		"¥12000 gone":                "amount=12000 JPY",
		"ordered on 2024-05-12":      "date=2024-05-12",
		"since 12.05.2024 nothing":   "date=2024-05-12",
		"since 3.5.24 nothing":       "date=2024-05-03",
		"on May 12th, 2024":          "date=2024-05-12",
		"of 12 September 2023":       "date=2023-09-12",
		"on 25/12/2023":              "date=2023-12-25",
		"on 12/25/2023":              "date=2023-12-25",
		"on 05/05/2023":              "date=2023-05-05",
		"on 05/06/2023":              "date=", // June or May
		"on 31.02.2024":              "date=",
		"by 3 June":                  "date=", // of which year?
		"it came yesterday":          "date=",
		"I am Ada.L@Example.COM":     "email=ada.l@example.com",
		"1Z 999 AA1 01 2345 6784 ok": "tracking_number=1Z999AA10123456784",
	} {
		if got := told(find(text)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestTrackingAndInvoiceNumbersAreToldFromOrders(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		{"my UPS number is 1Z999AA10123456784", "tracking_number=1Z999AA10123456784"},
		{"1z999aa10123456784 where is it", "tracking_number=1z999aa10123456784"},
		{"1Z999AA10123456785 is not one", ""}, // its check digit is wrong
		{"RR123456785GB has not moved", "tracking_number=RR123456785GB"},
		{"RR 123 456 785 GB has not moved", "tracking_number=RR 123 456 785 GB"},
		{"RR123456784GB has not moved", ""},
		{"JJD000390007827236251 from DHL", "tracking_number=JJD000390007827236251"},
		{"9400111899223818218407 is stuck", "tracking_number=9400111899223818218407"},
		{"9400 1118 9922 3818 2184 07 is stuck", "tracking_number=9400 1118 9922 3818 2184 07"},
		{"tracking number 123456789012", "tracking_number=123456789012"},
		{"FedEx says 123456789012345", "tracking_number=123456789012345"},
		{"the tracking says 1234567890", "tracking_number=1234567890"},
		{"order number 123456789012", "order_number=123456789012"},
		{"invoice 4432 is wrong", "invoice_number=4432"},
		{"invoice #4432 is wrong", "invoice_number=4432"},
		{"INV-20391 please", "invoice_number=INV-20391"},
		{"Rechnung Nr. 2024-0017 stimmt nicht", "invoice_number=2024-0017"},
		{"the invoice for order 10234", "order_number=10234"},
		{"the invoice for order #10234", "order_number=10234"},
		{"an invoice from 2023", ""},
		{"order 10234, invoice 889, tracking 123456789012", "order_number=10234 invoice_number=889 tracking_number=123456789012"},
	} {
		var got []string
		for _, e := range find(tc.text) {
			got = append(got, e.Kind+"="+e.Value)
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%q: got %v, want %q", tc.text, got, tc.want)
		}
	}
}

func readPatterns(t *testing.T, byKind map[string][]string) *Patterns {
	t.Helper()
	ps, problems := ReadPatterns(byKind)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return ps
}

func TestConfiguredPatternsReplaceWhatIsGuessed(t *testing.T) {
	ps := readPatterns(t, map[string][]string{"order_number": {`^[A-Z]{2}\d{6}$`, `\d{3} \d{3}-K`}, "customer_number": {`(?i)k-\d{4}`}})
	for _, tc := range []struct{ text, want string }{
		{"where is order AB123456?", "order_number=AB123456"},
		{"AB123456", "order_number=AB123456"},
		{"order 10234, not AB123456", "order_number=AB123456"}, // the only form of theirs
		{"xAB123456 and AB1234567", ""},
		{"ÄB123456", ""},
		{"#AB123456, 123 456-K", "order_number=AB123456 order_number=123 456-K"},
		{"I am k-0001, a@b.example", "customer_number=k-0001 email=a@b.example"},
		{"nothing here", ""},
	} {
		var got []string
		for _, e := range ps.Find(tc.text, find(tc.text)) {
			got = append(got, e.Kind+"="+e.Value)
		}
		if strings.Join(got, " ") != tc.want {
			t.Errorf("%q: got %v, want %q", tc.text, got, tc.want)
		}
	}
	var none *Patterns
	if got := none.Find("order 10234", find("order 10234")); len(got) != 1 {
		t.Errorf("without patterns: %v", got)
	}
}

func TestPatternsThatDoNotDoAreRefusedWithTheRemedy(t *testing.T) {
	for source, want := range map[string]string{
		`[A-Z`:                      "it is not an RE2 pattern",
		`(a)\1`:                     "it is not an RE2 pattern",
		`\d*`:                       "fits nothing at all",
		`^$`:                        "fits nothing at all",
		``:                          "fits nothing at all",
		`\w{900}`:                   "too large",
		strings.Repeat("a", 1+200):  "shorten it",
		`(?:\d{30}){30}`:            "too large",
		`(?:(?:\d{30}){30}){30}`:    "not an RE2 pattern",
		`\d{6}` + "\xff":            "not an RE2 pattern",
		`A|` + `B` + `|C(?P<x>\d+`:  "not an RE2 pattern",
		`^` + `(?:AB|CD)\d{4,900}$`: "too large",
	} {
		_, problems := ReadPatterns(map[string][]string{"order_number": {`\d{5}`, source}})
		if len(problems) != 1 || problems[0].Index != 1 || problems[0].Kind != "order_number" || !strings.Contains(problems[0].Remedy, want) {
			t.Errorf("%q: got %+v, want %q", source, problems, want)
		}
	}
	if _, problems := ReadPatterns(map[string][]string{"order_number": strings.Fields(strings.Repeat(`\d{5} `, 9))}); len(problems) != 1 || problems[0].Index != 8 {
		t.Errorf("nine patterns: %+v", problems)
	}
}

// checkSpans fails unless entities are in order, apart, whole runes of the text, and say what stands there.
func checkSpans(t *testing.T, text string, es []Entity) {
	t.Helper()
	end := 0
	for _, e := range es {
		if e.Start < end || e.End <= e.Start || e.End > len(text) || text[e.Start:e.End] != e.Value || e.Kind == "" {
			t.Fatalf("%q: %+v after %d", text, e, end)
		}
		// A byte that is no part of a rune stands for itself.
		if r, _ := utf8.DecodeRuneInString(text[e.Start:]); !utf8.RuneStart(text[e.Start]) && r != utf8.RuneError {
			t.Fatalf("%q: %+v begins inside a rune", text, e)
		}
		if utf8.ValidString(text) && !utf8.ValidString(e.Value) {
			t.Fatalf("%q: %+v cuts a rune", text, e)
		}
		if e.Kind == Date && e.Normal != "" {
			if _, err := time.Parse(time.DateOnly, e.Normal); err != nil {
				t.Fatalf("%q: %+v is no date", text, e)
			}
		}
		end = e.End
	}
}

func FuzzEntities(f *testing.F) {
	for _, s := range []string{
		"", "order #10234", "1.299,00 €", "1Z 999 AA1 01 2345 6784", "RR123456785GB", "12/12/12", "é#é1234é", "\xff1234\xff", "May 3rd, 2024",
		"9400 1118 9922 3818 2184 07", "a@b.co", "INV-", "#", "# ", "$", "1 cents", "٣٤٥ € 12", "order\u00a0number\u00a012345", "Rechnung 00000",
	} {
		f.Add(s)
	}
	ps, problems := ReadPatterns(map[string][]string{"order_number": {`[A-Z]{2}\d{2,6}`}, "x": {`.\S`, `(?i)é+`}})
	if len(problems) > 0 {
		f.Fatal(problems)
	}
	f.Fuzz(func(t *testing.T, text string) {
		start := time.Now()
		found := find(text)
		checkSpans(t, text, found)
		checkSpans(t, text, ps.Find(text, found))
		if took := time.Since(start); took > time.Second+time.Duration(len(text))*50*time.Microsecond {
			t.Fatalf("%d bytes took %s", len(text), took)
		}
	})
}
