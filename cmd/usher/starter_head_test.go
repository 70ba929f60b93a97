package main

import (
	"context"
	"errors"
	"os"
	"testing"

	"usher/intent/builtin"
	"usher/intent/starter"
)

// With USHER_HEAD=write, as make head sets it, the head is learnt anew first, which takes minutes.
func TestTheStarterHeadLearntFromTheTextsOfTheStarterPack(t *testing.T) {
	utterances, err := starter.Utterances()
	if err != nil {
		t.Fatal(err)
	}
	head := starter.Head()
	if os.Getenv("USHER_HEAD") == "write" {
		embedder, err := builtin.NewMeaningEmbedder()
		if err != nil {
			t.Fatal(err)
		}
		o := builtin.TrainOptions{Seed: trainingSeed, Progress: func(s string) { t.Log(s) }}
		if err := withVectors(t.Context(), embedder, utterances, len(utterances), len(utterances), &o); err != nil {
			t.Fatal(err)
		}
		model, err := builtin.Train(t.Context(), utterances, o)
		if err != nil {
			t.Fatal(err)
		}
		if head, err = model.MarshalHead(utterances); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("../../intent/starter/head.bin", head, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	// A training that was given up gets as far as the head.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := builtin.Train(ctx, utterances, builtin.TrainOptions{Head: head}); !errors.Is(err, context.Canceled) {
		t.Errorf("the head does not fit the pack: %v; run make head", err)
	}
}
