package main

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"usher/intent/openai"
)

var (
	modelCalls = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "usher_model_calls_total", Help: "Requests to remote models, tries that failed included.",
	}, []string{"kind", "model", "outcome"})
	modelTokens = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "usher_model_tokens_total", Help: "Tokens sent to remote models (in) and written by them (out), as the servers count them.",
	}, []string{"kind", "model", "direction"})
	modelCost = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "usher_model_cost_total", Help: "What the tokens cost by the configured prices, in their currency.",
	}, []string{"kind", "model"})
	embeddedTexts = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "usher_embedded_texts_total", Help: "Texts for a remote embedding model, by where their vectors were found: memory, store, or nowhere.",
	}, []string{"found"})
)

// Prices are what a million tokens cost, in a currency of the operator's choice.
type Prices struct {
	Embedding       float64
	ChatIn, ChatOut float64
}

// of is what a request cost.
func (p Prices) of(s openai.Spend) float64 {
	if s.Kind == openai.KindChat {
		return (float64(s.In)*p.ChatIn + float64(s.Out)*p.ChatOut) / 1e6
	}
	return float64(s.In) * p.Embedding / 1e6
}

// count observes what a request cost.
func (p Prices) count(s openai.Spend) {
	outcome := "ok"
	if s.Failed {
		outcome = "failed"
	}
	modelCalls.WithLabelValues(s.Kind, s.Model, outcome).Inc()
	modelTokens.WithLabelValues(s.Kind, s.Model, "in").Add(float64(s.In))
	if s.Kind == openai.KindChat {
		modelTokens.WithLabelValues(s.Kind, s.Model, "out").Add(float64(s.Out))
	}
	modelCost.WithLabelValues(s.Kind, s.Model).Add(p.of(s))
}

func countFound(where string, texts int) { embeddedTexts.WithLabelValues(where).Add(float64(texts)) }
