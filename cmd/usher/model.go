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

func (u *understander) use(m *builtin.Model) {
	u.live.Store(intent.NewUnderstander(m, intent.UnderstandOptions{}))
}

// followModel swaps the classifier whenever another is live.
func (a *app) followModel(ctx context.Context) error {
	return a.models.RunFollow(ctx, a.log, a.modelAtStart, func(artefact []byte, hash string) error {
		model, err := readModel(artefact, hash)
		if err != nil {
			return err
		}
		a.understander.use(model)
		a.log.Info("another classifier is live", "model", hash)
		return nil
	})
}

// liveModel is the classifier in use. The first start trains it from the starter pack and keeps it.
func liveModel(ctx context.Context, models *intentpg.Models, log *slog.Logger) (*builtin.Model, error) {
	artefact, hash, err := models.LiveClassifier(ctx)
	if errors.Is(err, intentpg.ErrNoModel) {
		return trainStarter(ctx, models, log)
	}
	if err != nil {
		return nil, err
	}
	return readModel(artefact, hash)
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

func trainStarter(ctx context.Context, models *intentpg.Models, log *slog.Logger) (*builtin.Model, error) {
	utterances, err := starter.Utterances()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	model, err := builtin.Train(ctx, utterances, builtin.TrainOptions{Seed: trainingSeed})
	if err != nil {
		return nil, fmt.Errorf("train the first classifier: %w", err)
	}
	artefact, err := model.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("write the first classifier: %w", err)
	}
	if err := models.SaveClassifier(ctx, "starter", model.Hash(), artefact, model.Card()); err != nil {
		return nil, err
	}
	log.Info("trained the first classifier", "utterances", len(utterances), "took", time.Since(began).Round(time.Millisecond))
	return model, nil
}

// embedder is the configured one, and whether it costs so little that every message can be embedded at once.
func (c Config) embedder() (e intent.Embedder, inline bool, err error) {
	if c.OpenAIBaseURL == "" && c.OpenAIKey == "" {
		return builtin.NewEmbedder(), true, nil
	}
	remote, err := openai.New(openai.Config{BaseURL: c.OpenAIBaseURL, Key: c.OpenAIKey, Model: c.OpenAIModel, Dims: c.OpenAIDims})
	if err != nil {
		return nil, false, fmt.Errorf("OPENAI_BASE_URL: %w", err)
	}
	return remote, false, nil
}
