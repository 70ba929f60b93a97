package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/learn"
	"usher/intent/openai"
	intentpg "usher/intent/postgres"
	"usher/intent/starter"
)

// trainingSeed makes every installation's first model the same.
const trainingSeed = 1

// understander is understanding with the classifier that is live at the moment of the call: one text is read by one
// classifier, whose hash the prediction names. Safe for concurrent use.
type understander struct {
	live atomic.Pointer[intent.Understander]
}

func (u *understander) Understand(ctx context.Context, text string) intent.Prediction {
	return u.live.Load().Understand(ctx, text)
}

func (u *understander) Embed(ctx context.Context, texts []string) (intent.Vectors, error) {
	v, err := u.live.Load().Embed(ctx, texts)
	for _, vector := range v.Of {
		if vector != nil {
			embeddedFirst.Inc()
		}
	}
	return v, err
}

func (u *understander) Refine(p intent.Prediction, text string, by intent.ModelID, vector []float32) intent.Prediction {
	return u.live.Load().Refine(p, text, by, vector)
}

// use takes a classifier, and of the embedders the one whose vectors it takes; without a classifier, nil, everything is
// degraded and goes to people. It reports whether the classifier gets the vectors that it was trained with, if any.
func (u *understander) use(m *builtin.Model, embedders []intent.Embedder) bool {
	if m == nil {
		u.live.Store(intent.NewUnderstander(nil, intent.UnderstandOptions{}))
		return true
	}
	var o intent.UnderstandOptions
	id, takes := m.Embedder()
	for _, e := range embedders {
		if takes && e.Model() == id {
			o.Embedder = e
		}
	}
	u.live.Store(intent.NewUnderstander(m, o))
	return !takes || o.Embedder != nil
}

// readBy reads with a classifier from now on.
func (a *app) readBy(m *builtin.Model) {
	if !a.understander.use(m, a.embedders) {
		id, _ := m.Embedder()
		a.log.Warn("the classifier was trained with vectors of an embedder that is not configured, and reads n-grams alone; usher train makes one that fits",
			"model", m.Hash(), "embedder", id.Name)
	}
}

// followModel swaps the classifier whenever another is live.
func (a *app) followModel(ctx context.Context) error {
	return a.models.RunFollow(ctx, a.log, a.modelAtStart, func(artefact []byte, hash string) error {
		model, err := readModel(artefact, hash)
		if err != nil {
			return err
		}
		if err := a.use(model); err != nil {
			return err
		}
		a.log.Info("another classifier is live", "model", hash)
		return nil
	})
}

// liveModel is the classifier to start with. When the live one does not read it is the newest before it that does; when none
// does, as at the first start, one is trained and kept. It is nil when that fails, too: a node without one still routes, and
// people get everything. Errors are the database's, or ctx's end.
func liveModel(ctx context.Context, models *intentpg.Models, train func(context.Context) (*builtin.Model, error), log *slog.Logger) (*builtin.Model, error) {
	artefact, hash, err := models.LiveClassifier(ctx)
	for live := hash; err == nil; artefact, hash, err = models.ClassifierBefore(ctx, hash) {
		model, broken := readModel(artefact, hash)
		if broken == nil {
			if hash != live {
				log.Warn("starting with an earlier classifier, as the live one cannot be used", "model", hash, "live", live)
			}
			return model, nil
		}
		log.Error("a classifier cannot be used; looking for one before it", "model", hash, "error", broken)
	}
	if !errors.Is(err, intentpg.ErrNoModel) {
		return nil, err
	}
	began := time.Now()
	model, err := train(ctx)
	if err == nil {
		artefact, err = model.MarshalBinary()
	}
	if ctx.Err() != nil {
		return nil, fmt.Errorf("train a classifier: %w", ctx.Err())
	}
	if err != nil {
		log.Error("there is no classifier and none can be trained; everything goes to people, marked degraded", "error", err)
		return nil, nil
	}
	utterances, err := starter.Utterances()
	if err != nil {
		return nil, err
	}
	card := newTrainedCard(model, learn.Merged{Utterances: utterances})
	card.TrainS = time.Since(began).Seconds()
	if err := models.SaveClassifier(ctx, "starter", model.Hash(), artefact, card); err != nil {
		return nil, err
	}
	log.Info("trained a classifier", "model", model.Hash(), "took", time.Since(began).Round(time.Millisecond))
	return model, nil
}

func readModel(artefact []byte, hash string) (*builtin.Model, error) {
	model, err := builtin.Load(artefact)
	if err != nil {
		return nil, fmt.Errorf("read classifier %s: %w", hash, err)
	}
	if model.Hash() != hash {
		return nil, fmt.Errorf("read classifier %s: its artefact is that of %s", hash, model.Hash())
	}
	return model, nil
}

// trainStarter trains the classifier of the starter pack. What it knows of the built-in vectors comes with the pack.
func trainStarter(ctx context.Context) (*builtin.Model, error) {
	utterances, err := starter.Utterances()
	if err != nil {
		return nil, err
	}
	return builtin.Train(ctx, utterances, builtin.TrainOptions{Seed: trainingSeed, Head: starter.Head()})
}

// builtinMemory is how many bytes of built-in vectors are remembered, about 1,950 of them: what was embedded for a decision is
// not embedded again for history.
const builtinMemory = 8 << 20

// embedders are those whose vectors there are, first the one that history compares by: the configured one, then the built-in.
// A remote one keeps what it was paid for in the store.
func (c Config) embedders(store openai.Store, log *slog.Logger) ([]intent.Embedder, error) {
	meaning, err := builtin.NewMeaningEmbedder()
	if err != nil {
		return nil, err
	}
	inside := intent.Remember(meaning, builtinMemory)
	if c.OpenAIBaseURL == "" && c.OpenAIKey == "" {
		return []intent.Embedder{inside}, nil
	}
	remote, err := openai.New(c.remote(store, log))
	if err != nil {
		return nil, fmt.Errorf("OPENAI_BASE_URL: %w", err)
	}
	return []intent.Embedder{remote, inside}, nil
}

// remote is how the configured server of embeddings is asked.
func (c Config) remote(store openai.Store, log *slog.Logger) openai.Config {
	return openai.Config{
		BaseURL: c.OpenAIBaseURL, Key: c.OpenAIKey, Model: c.OpenAIModel, Dims: c.OpenAIDims,
		Store: store, Spent: c.Prices.count, Found: countFound, Log: log,
	}
}

// openEmbedders are the embedders, and what ends their connections.
func (c Config) openEmbedders(store openai.Store, log *slog.Logger) (all []intent.Embedder, done func(), err error) {
	if all, err = c.embedders(store, log); err != nil {
		return nil, nil, err
	}
	return all, func() {
		for _, e := range all {
			if remote, ok := e.(interface{ Close() }); ok {
				remote.Close()
			}
		}
	}, nil
}
