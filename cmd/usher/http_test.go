package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// ask sends a request to a handler as if from a peer.
func ask(handler http.Handler, method, path, peer string, headers ...string) *httptest.ResponseRecorder {
	body := strings.NewReader("")
	if method == http.MethodPost {
		body = strings.NewReader("{}")
	}
	r := httptest.NewRequest(method, path, body)
	r.RemoteAddr = peer
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func TestMetricsAreForThisMachineUnlessATokenOpensThem(t *testing.T) {
	const token = "0123456789abcdef"
	here, public := "http://127.0.0.1:8080", "https://help.example"
	for name, tc := range map[string]struct {
		token, url, peer string
		headers          []string
		want             int
	}{
		"a neighbour":                      {"", here, "127.0.0.1:5000", nil, 200},
		"a neighbour on IPv6":              {"", "http://[::1]:8080", "[::1]:5000", nil, 200},
		"a neighbour in the other form":    {"", "http://localhost:8080", "[::ffff:127.0.0.1]:5000", nil, 200},
		"another machine":                  {"", here, "10.0.0.9:5000", nil, 403},
		"another machine on IPv6":          {"", here, "[2001:db8::1]:5000", nil, 403},
		"no address":                       {"", here, "@", nil, 403},
		"through a proxy here":             {"", here, "127.0.0.1:5000", []string{"X-Forwarded-For", "192.0.2.1"}, 403},
		"through a proxy that says less":   {"", here, "127.0.0.1:5000", []string{"Via", "1.1 proxy"}, 403},
		"through a silent proxy":           {"", public, "127.0.0.1:5000", nil, 403},
		"who says to be a neighbour":       {"", here, "10.0.0.9:5000", []string{"X-Forwarded-For", "127.0.0.1"}, 403},
		"the token":                        {token, public, "10.0.0.9:5000", []string{"Authorization", "Bearer " + token}, 200},
		"the token through a proxy":        {token, public, "127.0.0.1:5000", []string{"Authorization", "bearer " + token, "X-Forwarded-For", "192.0.2.1"}, 200},
		"another token":                    {token, public, "10.0.0.9:5000", []string{"Authorization", "Bearer " + token + "0"}, 401},
		"half a token":                     {token, public, "10.0.0.9:5000", []string{"Authorization", "Bearer " + token[:8]}, 401},
		"the token in another scheme":      {token, public, "10.0.0.9:5000", []string{"Authorization", "Basic " + token}, 401},
		"no token":                         {token, public, "10.0.0.9:5000", nil, 401},
		"a neighbour without the token":    {token, here, "127.0.0.1:5000", nil, 401},
		"an empty token where none is set": {"", here, "10.0.0.9:5000", []string{"Authorization", "Bearer "}, 403},
	} {
		a := &app{config: Config{MetricsToken: tc.token, PublicURL: tc.url}, log: quiet}
		w := ask(a.handler(), http.MethodGet, "/metrics", tc.peer, tc.headers...)
		if w.Code != tc.want {
			t.Errorf("%s: %d, want %d", name, w.Code, tc.want)
		}
		shown, problem := strings.Contains(w.Body.String(), metricDecided), w.Header().Get("Content-Type") == "application/problem+json"
		if shown != (tc.want == 200) || problem != (tc.want != 200) {
			t.Errorf("%s: shown %v, a problem %v", name, shown, problem)
		}
		if challenge := w.Header().Get("WWW-Authenticate"); (challenge == "Bearer") != (tc.want == 401) {
			t.Errorf("%s: WWW-Authenticate is %q", name, challenge)
		}
	}
}
