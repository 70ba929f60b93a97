package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"usher/intent"
	"usher/intent/openai"
	intentpg "usher/intent/postgres"
	"usher/migrations/pglocal"
	"usher/routing"
	routingpg "usher/routing/postgres"
)

var (
	vectorsWaiting = promauto.NewGaugeVec(prometheus.GaugeOpts{
		Name: "usher_vectors_waiting", Help: "Texts that wait for their vector, by embedder: of the past while an embedder is new (past), and newer ones (new).",
	}, []string{"model", "kind"})
	vectorsServing = promauto.NewGaugeVec(prometheus.GaugeOpts{
		Name: "usher_vectors_serving", Help: "1 for the embedder by whose vectors texts are compared with the past, else 0.",
	}, []string{"model"})
)

// historyEmbedders are those that history compares by: the configured one, the built-in one to fall back on, and others that
// were configured before, where the same server still has them.
func (a *app) historyEmbedders() routingpg.Embedders {
	e := routingpg.Embedders{Wanted: a.embedders[0]}
	if len(a.embedders) > 1 {
		e.FallBack, e.Former = a.embedders[1], a.formerEmbedder
	}
	return e
}

// formerEmbedder asks the configured server for a model that was configured before; nil when it cannot be asked for that.
func (a *app) formerEmbedder(model intent.ModelID) intent.Embedder {
	c := a.config.remote(intentpg.NewCache(a.pool, 0), a.log)
	c.Model, c.Dims = model.Name, model.Dims
	e, err := openai.New(c)
	if err != nil {
		a.log.Warn("an embedder that was configured before cannot be asked", "embedder", model.Name, "error", err)
		return nil
	}
	a.former.Lock()
	defer a.former.Unlock()
	a.former.embedders = append(a.former.embedders, e)
	return e
}

// closeFormer disconnects from the embedders that were configured before.
func (a *app) closeFormer() {
	a.former.Lock()
	defer a.former.Unlock()
	for _, e := range a.former.embedders {
		e.Close()
	}
	a.former.embedders = nil
}

// reportVectorsEvery is how old the metrics of the vectors may be: counting what waits reads the list.
const reportVectorsEvery = 15 * time.Second

// reportVectors keeps the metrics of the vectors up to date.
func (a *app) reportVectors(ctx context.Context) error {
	for {
		spaces, err := a.history.VectorSpaces(ctx)
		if err != nil && ctx.Err() == nil {
			a.log.Warn("the vectors cannot be counted; trying again", "error", err)
		}
		if err == nil {
			showVectors(spaces)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(reportVectorsEvery):
		}
	}
}

func showVectors(spaces []routing.VectorSpace) {
	vectorsWaiting.Reset() // an embedder that is gone must not go on waiting
	vectorsServing.Reset()
	for _, s := range spaces {
		name := fmt.Sprintf("%s/%d", s.Model, s.Numbers)
		vectorsWaiting.WithLabelValues(name, "past").Set(float64(s.Past - s.Done))
		vectorsWaiting.WithLabelValues(name, "new").Set(float64(s.Waiting))
		serving := 0.0
		if s.Serves {
			serving = 1
		}
		vectorsServing.WithLabelValues(name).Set(serving)
	}
}

// checkHistory says by which vectors texts are compared with the past, and how far others are.
func checkHistory(ctx context.Context, c Config) finding {
	url := c.DatabaseURL
	if url == "" {
		if !pglocal.Running(ctx, c.databaseDir()) {
			return well("asleep with the private PostgreSQL")
		}
		url = pglocal.URL(c.databaseDir())
	}
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return ill(err.Error(), "mend the database first")
	}
	defer conn.Close(ctx)
	var migrated bool
	if err := conn.QueryRow(ctx, `SELECT to_regclass('vector_spaces') IS NOT NULL`).Scan(&migrated); err != nil {
		return ill(err.Error(), "mend the database first")
	}
	if !migrated {
		return well("empty; `usher serve` makes it")
	}
	spaces, err := routingpg.VectorSpaces(ctx, conn)
	if err != nil {
		return ill(err.Error(), "let the role read vector_spaces and vector_work")
	}
	return well("%s", describeSpaces(spaces))
}

// describeSpaces is how far the vectors of each embedder are, in words.
func describeSpaces(spaces []routing.VectorSpace) string {
	if len(spaces) == 0 {
		return "no vectors yet; `usher serve` makes them"
	}
	said := ""
	for i, s := range spaces {
		if i > 0 {
			said += "; "
		}
		said += describeSpace(s)
	}
	return said
}

func describeSpace(s routing.VectorSpace) string {
	said := fmt.Sprintf("%s, %d numbers", s.Model, s.Numbers)
	switch {
	case s.Serves:
		said = "compares by " + said
	case s.FallBack:
		said = "falls back on " + said
	case s.Wanted:
		said = "moves on to " + said
	default:
		said = "keeps " + said
	}
	if s.Past > s.Done {
		said += fmt.Sprintf(": %d of %d texts of the past have their vectors (%d %%)", s.Done, s.Past, 100*s.Done/s.Past)
		if s.LeftSeconds > 0 {
			said += ", about " + time.Duration(s.LeftSeconds*float64(time.Second)).Round(time.Second).String() + " left"
		}
	}
	if s.Waiting > 0 {
		said += fmt.Sprintf(", %d new ones wait", s.Waiting)
	}
	return said
}
