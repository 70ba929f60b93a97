package main

import (
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"usher/inbox"
)

// Names of the metrics that bench reads.
const (
	metricDecided = "usher_messages_decided_total"
	metricWait    = "usher_message_wait_seconds"
)

var (
	decidedMessages = promauto.NewCounter(prometheus.CounterOpts{Name: metricDecided, Help: "Messages that were decided."})
	messageWait     = promauto.NewHistogram(prometheus.HistogramOpts{
		Name: metricWait, Help: "Time from the acceptance of a message to the commit of its decision.",
		Buckets: prometheus.ExponentialBuckets(0.001, 1.15, 66), // 1 ms to 8.8 s
	})
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

// quiet is for parts whose log would only repeat what their error says.
var quiet = slog.New(slog.DiscardHandler)
