package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func built() fstest.MapFS {
	return fstest.MapFS{
		"index.html":          {Data: []byte("the app")},
		"placeholder.html":    {Data: []byte("not built")},
		"theme.js":            {Data: []byte("theme")},
		"assets/a.js":         {Data: []byte("script")},
		"customer/index.html": {Data: []byte("the shop")},
		"customer/shop.js":    {Data: []byte("shop script")},
	}
}

func ask(t *testing.T, dist fstest.MapFS, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	handler(dist).ServeHTTP(w, httptest.NewRequest(method, path, nil))
	return w
}

func TestAddressesLeadToTheirFiles(t *testing.T) {
	const forever, fresh = "public, max-age=31536000, immutable", "no-cache"
	for _, tc := range []struct {
		path, body, cache string
		status            int
	}{
		{"/", "the app", fresh, 200},
		{"/index.html", "the app", fresh, 200},
		{"/inbox/mine/0190", "the app", fresh, 200},
		{"/theme.js", "theme", fresh, 200},
		{"/assets/a.js", "script", forever, 200},
		{"/assets/of-an-older-build.js", "404", "", 404},
		{"/customer", "the shop", fresh, 200},
		{"/customer/", "the shop", fresh, 200},
		{"/customer/shop.js", "shop script", fresh, 200},
		{"/api/v1/nothing", "404", "", 404},
		{"/../../etc/passwd", "the app", fresh, 200},
	} {
		w := ask(t, built(), http.MethodGet, tc.path)
		if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.body) {
			t.Errorf("GET %s: %d %q, want %d %q", tc.path, w.Code, w.Body, tc.status, tc.body)
		}
		if got := w.Header().Get("Cache-Control"); got != tc.cache {
			t.Errorf("GET %s: Cache-Control %q, want %q", tc.path, got, tc.cache)
		}
	}
}

func TestEveryPageAllowsOnlyItsOwnScripts(t *testing.T) {
	for _, path := range []string{"/", "/customer", "/assets/a.js"} {
		if got := ask(t, built(), http.MethodGet, path).Header().Get("Content-Security-Policy"); got != policy {
			t.Errorf("GET %s: policy %q", path, got)
		}
	}
}

func TestOnlyReadingIsAnswered(t *testing.T) {
	w := ask(t, built(), http.MethodPost, "/")
	if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != "GET, HEAD" {
		t.Fatalf("POST /: %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestWithoutABuildThePageSaysHowToMakeOne(t *testing.T) {
	dist := built()
	delete(dist, "index.html")
	w := ask(t, dist, http.MethodGet, "/inbox/mine")
	if w.Code != http.StatusServiceUnavailable || w.Body.String() != "not built" {
		t.Fatalf("%d %q", w.Code, w.Body)
	}
}
