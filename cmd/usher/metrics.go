package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"usher/inbox"
	"usher/inbox/api"
	"usher/routing"
)

// Names of the metrics that bench reads.
const (
	metricDecided  = "usher_messages_decided_total"
	metricWait     = "usher_message_wait_seconds"
	metricEmbedded = "usher_embedded_before_decision_total"
)

var (
	decidedMessages = promauto.NewCounter(prometheus.CounterOpts{Name: metricDecided, Help: "Messages that were decided."})
	messageWait     = promauto.NewHistogram(prometheus.HistogramOpts{
		Name: metricWait, Help: "Time from the acceptance of a message to the commit of its decision.",
		Buckets: prometheus.ExponentialBuckets(0.001, 1.15, 66), // 1 ms to 8.8 s
	})
	embeddedFirst = promauto.NewCounter(prometheus.CounterOpts{Name: metricEmbedded, Help: "What was embedded before it was decided; later messages that one decision covers count as one."})
	readInAHurry  = promauto.NewCounter(prometheus.CounterOpts{Name: "usher_read_in_a_hurry_total", Help: "What was decided by its n-grams alone although its vector might have changed something."})
)

// count observes what a change says of decisions.
func count(c inbox.Change) {
	if len(c.Decided) == 0 {
		return
	}
	decidedMessages.Add(float64(len(c.Decided)))
	for _, waited := range c.Decided {
		messageWait.Observe(waited.Seconds())
	}
}

// observed counts what it prepares in a hurry.
type observed struct{ *routing.Pipeline }

func (o observed) Prepare(ctx context.Context, requests []routing.Request) {
	o.Pipeline.Prepare(ctx, requests)
	for _, r := range requests {
		if r.Prediction.Shallow != "" {
			readInAHurry.Inc()
		}
	}
}

// metrics answers Prometheus: with the token, or, as long as none is set, on this machine and of a server that is meant for
// it alone. A proxy on this machine makes everybody look like a neighbour, so whatever came through one is refused.
func (a *app) metrics() gin.HandlerFunc {
	handler := promhttp.Handler()
	return func(c *gin.Context) {
		if a.config.MetricsToken == "" {
			if !a.config.isLocal() || !isNeighbour(c.Request) {
				api.WriteProblem(c, http.StatusForbidden, "metrics are for this machine only; set USHER_METRICS_TOKEN and send it as Authorization: Bearer <token>")
				return
			}
		} else if scheme, token, _ := strings.Cut(c.GetHeader("Authorization"), " "); !strings.EqualFold(scheme, "Bearer") || !sameToken(token, a.config.MetricsToken) {
			c.Header("WWW-Authenticate", "Bearer")
			api.WriteProblem(c, http.StatusUnauthorized, "send the server's USHER_METRICS_TOKEN as Authorization: Bearer <token>")
			return
		}
		handler.ServeHTTP(c.Writer, c.Request)
	}
}

// isNeighbour reports whether a request comes from this machine, and not through a proxy that says so.
func isNeighbour(r *http.Request) bool {
	for _, header := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via"} {
		if r.Header.Get(header) != "" {
			return false
		}
	}
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && peer.Addr().Unmap().IsLoopback()
}

// sameToken takes as long whatever the two have in common.
func sameToken(got, want string) bool {
	g, w := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(g[:], w[:]) == 1
}

// quiet is for parts whose log would only repeat what their error says.
var quiet = slog.New(slog.DiscardHandler)
