package main

import (
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"usher/channels/webchat"
	inboxpg "usher/inbox/postgres"
	"usher/migrations/dbtest"
)

// signIns sends more sign-ins than one network may and returns whether any was refused. None gets as far as the database.
func signIns(t *testing.T, handler http.Handler, peer string, headers ...string) (refused bool) {
	t.Helper()
	for range 60 {
		switch w := ask(handler, http.MethodPost, "/api/v1/sign-in/link", peer, headers...); w.Code {
		case http.StatusTooManyRequests:
			refused = true
		case http.StatusUnprocessableEntity:
		default:
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	return refused
}

func TestFloodsAreCountedByWhomTrustedProxiesName(t *testing.T) {
	a := &app{config: Config{TrustedProxies: []string{"10.0.0.0/8"}}, log: quiet}
	h := a.handler()
	if !signIns(t, h, "10.0.0.7:5000", forwardedFor, "192.0.2.1") {
		t.Error("a flood through a proxy passes")
	}
	if !signIns(t, h, "10.0.0.7:5000", forwardedFor, "198.51.100.99, 192.0.2.1, 10.0.0.3") {
		t.Error("who writes another address in front is taken for that one")
	}
	if w := ask(h, http.MethodPost, "/api/v1/sign-in/link", "10.0.0.7:5000", forwardedFor, "192.0.2.2"); w.Code != http.StatusUnprocessableEntity {
		t.Errorf("another caller of the same proxy: %d", w.Code)
	}
	if w := ask(h, http.MethodPost, "/api/v1/sign-in/link", "192.0.2.1:5000"); w.Code != http.StatusTooManyRequests {
		t.Errorf("the same caller without the proxy: %d", w.Code)
	}
	if w := ask(h, http.MethodPost, "/api/v1/sign-in/link", "192.0.2.1:5000", forwardedFor, "203.0.113.5", "X-Real-Ip", "203.0.113.5"); w.Code != http.StatusTooManyRequests {
		t.Errorf("a caller who says to be somebody else: %d", w.Code)
	}
}

// warnings are the lines that a handler logs about proxies while it is used.
func warnings(config Config, use func(http.Handler)) []string {
	log := make(logLines, 1000)
	a := &app{config: config, log: slog.New(slog.NewTextHandler(log, nil))}
	use(a.handler())
	close(log)
	var said []string
	for line := range log {
		if strings.Contains(line, "level=WARN") && strings.Contains(line, "proxy") {
			said = append(said, line)
		}
	}
	return said
}

// wantOne checks that there is one line, and that it says everything.
func wantOne(t *testing.T, lines []string, says ...string) {
	t.Helper()
	if len(lines) != 1 || slices.ContainsFunc(says, func(s string) bool { return !strings.Contains(lines[0], s) }) {
		t.Errorf("the log says %q, want one line with %q", lines, says)
	}
}

func TestNobodyIsLockedOutByOthersBehindAProxyThatIsNotListed(t *testing.T) {
	for name, peer := range map[string]string{
		"on this machine": "127.0.0.1", "on this machine, IPv6": "::1", "in a private network": "10.0.0.7",
		"in a private network, IPv6": "fd00::7", "in the other form": "::ffff:172.17.0.1",
	} {
		for _, listed := range [][]string{nil, {"192.168.0.1"}} {
			lines := warnings(Config{TrustedProxies: listed}, func(h http.Handler) {
				for range 3 {
					if signIns(t, h, net.JoinHostPort(peer, "5000"), forwardedFor, "192.0.2.1") {
						t.Errorf("%s: one caller uses up what all others have", name)
					}
				}
				if !signIns(t, h, net.JoinHostPort(peer, "5000")) {
					t.Errorf("%s: who comes without a proxy is not limited", name)
				}
			})
			wantOne(t, lines, "USHER_TRUSTED_PROXIES", "from="+strings.TrimPrefix(peer, "::ffff:"))
		}
	}
}

func TestPasswordsCannotBeGuessedThroughAProxyThatIsNotListed(t *testing.T) {
	store := inboxpg.New(dbtest.Pool(t), nil)
	a := &app{config: Config{}, log: quiet, store: store}
	h, refused := a.handler(), 0
	for range 12 {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/sign-in", strings.NewReader(`{"email":"ada@example.com","password":"guess"}`))
		r.RemoteAddr = "127.0.0.1:5000"
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set(forwardedFor, "192.0.2.1")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		t.Error("guesses are not slowed down")
	}
}

func TestNobodyOnTheInternetEscapesTheLimitByTheHeader(t *testing.T) {
	for name, tc := range map[string]struct {
		trusted       []string
		peer          string
		header, other string
	}{
		"straight":                    {nil, "203.0.113.5:5000", "10.0.0.7", ""},
		"straight, nonsense":          {nil, "203.0.113.5:5000", "nonsense", ""},
		"straight, past the proxy":    {[]string{"10.0.0.7"}, "203.0.113.5:5000", "192.0.2.1", ""},
		"straight, IPv6":              {nil, "[2001:db8::5]:5000", "::1", ""},
		"through the proxy":           {[]string{"10.0.0.7"}, "10.0.0.7:5000", "nonsense, 203.0.113.5", ""},
		"through a proxy with ports":  {[]string{"10.0.0.7"}, "10.0.0.7:5000", "10.0.0.9, 203.0.113.5:443", ""},
		"through one that adds lines": {[]string{"10.0.0.7"}, "10.0.0.7:5000", "192.0.2.1", "203.0.113.5"},
	} {
		h := (&app{config: Config{TrustedProxies: tc.trusted}, log: quiet}).handler()
		refused := 0
		for range 60 {
			r := httptest.NewRequest(http.MethodPost, "/api/v1/sign-in/link", strings.NewReader("{}"))
			r.RemoteAddr = tc.peer
			r.Header.Set("Content-Type", "application/json")
			r.Header.Add(forwardedFor, tc.header)
			if tc.other != "" {
				r.Header.Add(forwardedFor, tc.other)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code == http.StatusTooManyRequests {
				refused++
			}
		}
		if refused == 0 {
			t.Errorf("%s: a flood passes", name)
		}
		if w := ask(h, http.MethodPost, "/api/v1/sign-in/link", "203.0.113.5:5000"); tc.trusted != nil && w.Code != http.StatusTooManyRequests {
			t.Errorf("%s: it was counted for somebody else", name)
		}
	}
	wantOne(t, warnings(Config{}, func(h http.Handler) { signIns(t, h, "203.0.113.5:5000", forwardedFor, "192.0.2.1") }),
		"USHER_TRUSTED_PROXIES", "from=203.0.113.5", "if it is your proxy")
	if lines := warnings(Config{TrustedProxies: []string{"10.0.0.7"}}, func(h http.Handler) { signIns(t, h, "203.0.113.5:5000", forwardedFor, "192.0.2.1") }); len(lines) != 0 {
		t.Errorf("a stranger fills the log: %q", lines)
	}
}

func TestCallersAreReadInEveryFormThatProxiesWrite(t *testing.T) {
	for entry, want := range map[string]string{
		"203.0.113.9": "203.0.113.9", "203.0.113.9:5123": "203.0.113.9", "2001:db8::1": "2001:db8::1", "[2001:db8::1]": "2001:db8::1",
		"[2001:db8::1]:443": "2001:db8::1", "::ffff:203.0.113.9": "203.0.113.9", "fe80::1%eth0": "fe80::1",
		" 192.0.2.1 ,\t203.0.113.9:1 , ": "203.0.113.9", "192.0.2.1,203.0.113.9, [::ffff:10.0.0.3]:80": "203.0.113.9", "10.0.0.4,10.0.0.3": "10.0.0.4",
		"": "10.0.0.7",
	} {
		lines := warnings(Config{TrustedProxies: []string{"::ffff:10.0.0.0/104"}}, func(h http.Handler) {
			if !signIns(t, h, "10.0.0.7:5000", forwardedFor, entry) {
				t.Errorf("%q: a flood passes", entry)
			}
			if w := ask(h, http.MethodPost, "/api/v1/sign-in/link", net.JoinHostPort(want, "5000")); w.Code != http.StatusTooManyRequests {
				t.Errorf("%q: %s is not the one who is counted", entry, want)
			}
			if w := ask(h, http.MethodPost, "/api/v1/sign-in/link", "10.0.0.7:5000", forwardedFor, "198.51.100.1:77"); w.Code != http.StatusUnprocessableEntity {
				t.Errorf("%q: another caller of the same proxy: %d", entry, w.Code)
			}
		})
		if len(lines) != 0 {
			t.Errorf("%q: %q", entry, lines)
		}
	}
}

func TestATrustedProxyThatIsNotUnderstoodIsNamedOnceAndLocksNobodyOut(t *testing.T) {
	for _, entry := range []string{"unknown", "_hidden", "203.0.113.9:", "[2001:db8::1", "[2001:db8::1]x", "for=203.0.113.9", "[unknown], 10.0.0.3"} {
		lines := warnings(Config{TrustedProxies: []string{"10.0.0.0/8"}}, func(h http.Handler) {
			if signIns(t, h, "10.0.0.7:5000", forwardedFor, entry) {
				t.Errorf("%q: one caller uses up what all others have", entry)
			}
		})
		wantOne(t, lines, "does not read", "from=10.0.0.")
	}
}

func TestTheStartSaysWhenBrowsersComeThroughAProxyThatIsNotTrusted(t *testing.T) {
	start := func(http.Handler) {}
	wantOne(t, warnings(Config{PublicURL: "https://help.example", Listen: "127.0.0.1:8080"}, start), "USHER_TRUSTED_PROXIES", "url=https://help.example")
	if lines := warnings(Config{PublicURL: "http://127.0.0.1:8080", Listen: "127.0.0.1:8080"}, start); len(lines) != 0 {
		t.Errorf("a server for this machine complains: %q", lines)
	}
}

func TestTheDoctorMissesAProxyWhereBrowsersNeedOne(t *testing.T) {
	for name, tc := range map[string]struct {
		url, listen string
		trusted     []string
		ill         bool
	}{
		"as it comes":                      {"", "127.0.0.1:8080", nil, false},
		"in a local network as it comes":   {"", "0.0.0.0:8080", nil, false},
		"for this machine":                 {"http://localhost:8080", "127.0.0.1:8080", nil, false},
		"https on this machine":            {"https://localhost", "127.0.0.1:8080", nil, false},
		"https elsewhere":                  {"https://help.example", "0.0.0.0:8080", nil, true},
		"elsewhere, listening here":        {"http://help.example", "127.0.0.1:8080", nil, true},
		"elsewhere, listening by name":     {"http://help.example", "localhost:8080", nil, true},
		"elsewhere, listening here, IPv6":  {"http://help.example", "[::1]:8080", nil, true},
		"in a local network, listening so": {"http://help.example:8080", ":8080", nil, false},
		"https and a proxy":                {"https://help.example", "127.0.0.1:8080", []string{"127.0.0.1"}, false},
	} {
		f := checkProxy(t.Context(), Config{PublicURL: tc.url, Listen: tc.listen, TrustedProxies: tc.trusted})
		if (f.remedy != "") != tc.ill || tc.ill && !strings.Contains(f.remedy, "USHER_TRUSTED_PROXIES") {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

func TestTheChatCountsConnectionsByWhomTrustedProxiesName(t *testing.T) {
	chat, err := webchat.New(webchat.Options{Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	a := &app{config: Config{TrustedProxies: []string{"10.0.0.7"}}, log: quiet, chat: chat}
	h := a.handler()
	refused := 0
	for range 600 { // no WebSockets, but tries
		if ask(h, http.MethodGet, "/widget/ws", "10.0.0.7:5000", forwardedFor, "192.0.2.1").Code == http.StatusTooManyRequests {
			refused++
		}
	}
	if refused == 0 {
		t.Error("a flood of connections passes")
	}
	if w := ask(h, http.MethodGet, "/widget/ws", "10.0.0.7:5000", forwardedFor, "192.0.2.2"); w.Code == http.StatusTooManyRequests {
		t.Error("another caller of the same proxy is refused")
	}
}
