package webchat

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// script is the built widget as it goes out: plain and compressed, each with a strong validator.
type script struct {
	plain, gzip         []byte
	plainETag, gzipETag string
}

func newScript(source []byte) (script, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return script{}, fmt.Errorf("compress the widget: %w", err)
	}
	if _, err := w.Write(source); err != nil {
		return script{}, fmt.Errorf("compress the widget: %w", err)
	}
	if err := w.Close(); err != nil {
		return script{}, fmt.Errorf("compress the widget: %w", err)
	}
	sum := sha256.Sum256(source)
	tag := hex.EncodeToString(sum[:])[:32]
	return script{source, packed.Bytes(), `"` + tag + `"`, `"` + tag + `-gzip"`}, nil
}

// ServeScript answers GET /widget.js. Browsers keep it for five minutes and then ask with its validator.
func (s *Server) ServeScript(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if len(s.script.plain) == 0 {
		h.Set("Cache-Control", "no-store")
		http.Error(w, "The widget is not built into this server. Run `make build` and start it again.", http.StatusServiceUnavailable)
		return
	}
	h.Set("Content-Type", "text/javascript; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=300, must-revalidate")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding")
	body, tag := s.script.plain, s.script.plainETag
	if acceptsGzip(r.Header.Get("Accept-Encoding")) && r.Header.Get("Range") == "" {
		body, tag = s.script.gzip, s.script.gzipETag
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", tag)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// acceptsGzip reports whether a client names gzip and does not rule it out.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), "gzip") {
			q := strings.ReplaceAll(quality, " ", "")
			return q != "q=0" && q != "q=0.0" && q != "q=0.00" && q != "q=0.000"
		}
	}
	return false
}
