package api

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gin-gonic/gin"
)

// slow is how long a request takes before it is worth a line in the log.
const slow = time.Second

// Guard is the middleware around every request: headers that keep browsers from guessing and framing, a refusal of
// addresses that are not text, a problem document instead of a torn connection after a panic, and a line in the log.
// Requests that went well and fast are logged at debug level only. Query strings are never logged: they hold searches.
func Guard(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		began := time.Now()
		h := c.Writer.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		if strings.HasPrefix(c.Request.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		defer func() {
			if v := recover(); v != nil {
				recovered(log, c, v)
			}
			logRequest(log, c, time.Since(began))
		}()
		if !storableURL(c.Request.URL) {
			WriteProblem(c, http.StatusBadRequest, "the address holds bytes that are not UTF-8 text; encode it as UTF-8")
			return
		}
		c.Next()
	}
}

// recovered logs a panic with its stack and answers, if nothing was answered yet.
func recovered(log *slog.Logger, c *gin.Context, v any) {
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	log.Error("request panicked", "method", c.Request.Method, "path", c.FullPath(), "panic", v, "stack", string(debug.Stack()))
	if !c.Writer.Written() {
		WriteProblem(c, http.StatusInternalServerError, "something went wrong here; try again")
	}
}

// NotFound answers calls that the API does not have.
func NotFound(c *gin.Context) {
	WriteProblem(c, http.StatusNotFound, "there is no such call; /docs lists all")
}

// notAllowed answers calls of an address in a way that it does not have; gin has named those it has in Allow.
func notAllowed(c *gin.Context) {
	WriteProblem(c, http.StatusMethodNotAllowed, "this address does not answer "+c.Request.Method+"; the header Allow says what it answers, /docs lists all calls")
}

// WriteProblem answers with a problem document and ends the request.
func WriteProblem(c *gin.Context, status int, detail string) {
	b, _ := json.Marshal(errorModel(status, detail)) // plain texts: cannot fail
	c.Abort()
	c.Data(status, "application/problem+json", b)
}

func logRequest(log *slog.Logger, c *gin.Context, took time.Duration) {
	level := slog.LevelDebug
	if took >= slow || c.Writer.Status() >= 500 {
		level = slog.LevelWarn
	}
	log.Log(c.Request.Context(), level, "request", "method", c.Request.Method, "path", c.FullPath(), "status", c.Writer.Status(),
		"bytes", c.Writer.Size(), "ms", float64(took.Microseconds())/1000)
}

// storableURL reports whether path and query are text that PostgreSQL takes.
func storableURL(u *url.URL) bool {
	query, err := url.QueryUnescape(u.RawQuery)
	text := u.Path + query
	return err == nil && utf8.ValidString(text) && strings.IndexByte(text, 0) < 0
}
