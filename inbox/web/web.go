// Package web serves the agents' browser app, embedded in the binary. `npm run build` in this folder writes dist; a
// binary compiled without it says so on the page. It imports nothing of ours.
package web

import (
	"bytes"
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

//go:embed all:dist
var files embed.FS

// policy allows only what the app itself brings along. 'self' in connect-src covers its WebSocket too.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// Built reports whether this binary holds the app, and not only the page that says it is missing.
func Built() bool {
	_, err := fs.Stat(files, "dist/index.html")
	return err == nil
}

// Handler serves the app: files by their names, a folder by its index.html (the customer page of the demo at /customer),
// and the app's page for every other address that is not under /api, so that a link into the app can be opened and
// reloaded. Files under /assets carry their hash and are kept for ever.
func Handler() http.Handler {
	dist, err := fs.Sub(files, "dist")
	if err != nil {
		panic("inbox/web: dist is embedded but cannot be opened: " + err.Error())
	}
	return handler(dist)
}

func handler(dist fs.FS) http.Handler {
	started := time.Now()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "this address only answers GET", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		if name == "api" || strings.HasPrefix(name, "api/") {
			http.NotFound(w, r)
			return
		}
		protect(w.Header())
		for _, file := range []string{name, name + "/index.html"} {
			if b, err := fs.ReadFile(dist, file); err == nil && file != "index.html" {
				cache(w.Header(), file)
				http.ServeContent(w, r, file, started, bytes.NewReader(b))
				return
			}
		}
		if strings.HasPrefix(name, "assets/") {
			http.NotFound(w, r) // a page from an older build asks for it; the app's page would be no script
			return
		}
		servePage(w, r, dist)
	})
}

func servePage(w http.ResponseWriter, r *http.Request, dist fs.FS) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	b, err := fs.ReadFile(dist, "index.html")
	if err == nil {
		http.ServeContent(w, r, "index.html", time.Time{}, bytes.NewReader(b))
		return
	}
	b, err = fs.ReadFile(dist, "placeholder.html")
	if err != nil {
		http.Error(w, "the inbox was not built: run make build", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusServiceUnavailable)
	_, _ = w.Write(b) // the reader is gone when this fails
}

func protect(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
}

func cache(h http.Header, name string) {
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		return
	}
	h.Set("Cache-Control", "no-cache")
}
