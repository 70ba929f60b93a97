package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/intent"
	"usher/intent/builtin"
	intentpg "usher/intent/postgres"
	"usher/migrations/dbtest"
)

// trained is a classifier that tells greetings from the intent of that name.
func trained(t *testing.T, name string) (*builtin.Model, []byte) {
	t.Helper()
	var all []intent.Utterance
	for _, words := range strings.Fields("order parcel delivery van box shipment courier depot street door") {
		all = append(all, intent.Utterance{Text: "where is my " + words, Intent: name}, intent.Utterance{Text: "good morning " + words, Intent: "greeting"})
	}
	model, err := builtin.Train(t.Context(), all, builtin.TrainOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	artefact, err := model.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	return model, artefact
}

func TestANodeUnderstandsWithTheClassifierThatIsLive(t *testing.T) {
	log := make(logLines, 100)
	a := &app{models: intentpg.New(dbtest.Pool(t)), log: slog.New(slog.NewTextHandler(log, nil))}
	save := func(hash string, artefact []byte) {
		t.Helper()
		if err := a.models.SaveClassifier(t.Context(), "n", hash, artefact, nil); err != nil {
			t.Fatal(err)
		}
	}
	first, artefact := trained(t, "order_status")
	save(first.Hash(), artefact)
	live, err := liveModel(t.Context(), a.models, trainNothing, a.log)
	if err != nil {
		t.Fatal(err)
	}
	a.readBy(live)
	a.modelAtStart = live.Hash()

	ctx, cancel := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() {
		if err := a.followModel(ctx); err != nil {
			t.Errorf("following ends with %v", err)
		}
	})
	second, better := trained(t, "delivery_time")
	intents := map[string]string{first.Hash(): "order_status", second.Hash(): "delivery_time"}
	work.Go(func() { // what is read while classifiers are swapped is read by one of them alone
		for ctx.Err() == nil {
			if p := a.understander.Understand(t.Context(), "where is my parcel"); p.Top().Intent != intents[p.Model] {
				t.Errorf("model %s says %s", p.Model, p.Top().Intent)
			}
		}
	})
	defer work.Wait()
	defer cancel()
	uses := func(m *builtin.Model) {
		t.Helper()
		if p := a.understander.Understand(t.Context(), "where is my parcel"); p.Model != m.Hash() {
			t.Errorf("the node understands with %s, want %s", p.Model, m.Hash())
		}
	}
	uses(first)
	for name, bad := range map[string][]byte{"damaged": better[:len(better)-1], "other": better} {
		save(name, bad)
		log.await(t, "cannot be used; keeping the one before", "live="+name)
		uses(first)
	}
	save(second.Hash(), better)
	log.await(t, "another classifier is live", second.Hash())
	uses(second)
	save(first.Hash(), artefact)
	log.await(t, "another classifier is live", first.Hash())
	uses(first)
}

// logLines is a log to wait on.
type logLines chan string

func (l logLines) Write(b []byte) (int, error) {
	l <- string(b)
	return len(b), nil
}

// await reads to a line that says everything.
func (l logLines) await(t *testing.T, says ...string) {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		select {
		case line := <-l:
			if !slices.ContainsFunc(says, func(s string) bool { return !strings.Contains(line, s) }) {
				return
			}
		case <-deadline:
			t.Fatalf("the log never says %q", says)
		}
	}
}

func TestWhatIsNoClassifierIsNotRead(t *testing.T) {
	model, artefact := trained(t, "order_status")
	for name, tc := range map[string]struct {
		artefact []byte
		hash     string
	}{
		"nothing":      {nil, model.Hash()},
		"damaged":      {artefact[:len(artefact)-1], model.Hash()},
		"another hash": {artefact, "other"},
	} {
		if _, err := readModel(tc.artefact, tc.hash); err == nil || !strings.Contains(err.Error(), "read classifier "+tc.hash) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := readModel(artefact, model.Hash()); err != nil {
		t.Error(err)
	}
}

// trainNothing is training that cannot work.
func trainNothing(context.Context) (*builtin.Model, error) {
	return nil, errors.New("no messages to train on")
}

func TestAStartTakesTheNewestClassifierThatReads(t *testing.T) {
	first, artefact := trained(t, "order_status")
	second, later := trained(t, "delivery_time")
	third, latest := trained(t, "refund_request")
	spoilt := func(b []byte) []byte { return b[:len(b)-1] }
	type stored struct {
		hash     string
		artefact []byte
	}
	for name, tc := range map[string]struct {
		stored []stored // the last is live
		want   string
		says   []string
	}{
		"the live one": {[]stored{{first.Hash(), artefact}, {second.Hash(), later}}, second.Hash(), nil},
		"the one before": {[]stored{{first.Hash(), artefact}, {second.Hash(), later}, {third.Hash(), spoilt(latest)}}, second.Hash(),
			[]string{"level=ERROR", "model=" + third.Hash(), "level=WARN", "starting with an earlier classifier", "model=" + second.Hash()}},
		"one long before": {[]stored{{first.Hash(), artefact}, {second.Hash(), spoilt(later)}, {third.Hash(), spoilt(latest)}}, first.Hash(),
			[]string{"model=" + third.Hash(), "model=" + second.Hash(), "starting with an earlier classifier", "model=" + first.Hash()}},
		"none after one that was made live again": {[]stored{{first.Hash(), spoilt(artefact)}, {second.Hash(), later}, {first.Hash(), spoilt(artefact)}}, "",
			[]string{"model=" + first.Hash(), "everything goes to people"}},
		"none at all": {[]stored{{first.Hash(), spoilt(artefact)}, {second.Hash(), spoilt(later)}}, "",
			[]string{"model=" + second.Hash(), "model=" + first.Hash(), "everything goes to people", "no messages to train on"}},
		"none at the first start": {nil, "", []string{"everything goes to people"}},
	} {
		t.Run(name, func(t *testing.T) {
			models := intentpg.New(dbtest.Pool(t))
			for _, s := range tc.stored {
				if err := models.SaveClassifier(t.Context(), "n", s.hash, s.artefact, nil); err != nil {
					t.Fatal(err)
				}
			}
			var log strings.Builder
			model, err := liveModel(t.Context(), models, trainNothing, slog.New(slog.NewTextHandler(&log, nil)))
			if err != nil {
				t.Fatal(err)
			}
			var u understander
			u.use(model, nil)
			p := u.Understand(t.Context(), "where is my parcel")
			if p.Model != tc.want || (p.Degraded != "") != (tc.want == "") {
				t.Errorf("it starts with %q (degraded %q), want %q", p.Model, p.Degraded, tc.want)
			}
			rest := log.String()
			for _, part := range tc.says {
				var found bool
				if _, rest, found = strings.Cut(rest, part); !found {
					t.Errorf("the log does not say %q in its place:\n%s", part, log.String())
				}
			}
			if tc.says == nil && rest != "" {
				t.Errorf("the log says %s", rest)
			}
		})
	}
}

func TestAStartTrainsAClassifierWhenNoneReadsAndMendsTheOneThatIsKept(t *testing.T) {
	model, artefact := trained(t, "order_status")
	train := func(context.Context) (*builtin.Model, error) { return model, nil }
	for name, spoilt := range map[string]string{"the same": model.Hash(), "another": "other", "nothing": ""} {
		t.Run(name, func(t *testing.T) {
			models := intentpg.New(dbtest.Pool(t))
			if spoilt != "" {
				if err := models.SaveClassifier(t.Context(), "n", spoilt, artefact[:len(artefact)-1], nil); err != nil {
					t.Fatal(err)
				}
			}
			// The second start finds what the first one kept.
			for _, by := range []func(context.Context) (*builtin.Model, error){train, trainNothing} {
				got, err := liveModel(t.Context(), models, by, quiet)
				if err != nil || got == nil || got.Hash() != model.Hash() {
					t.Fatalf("it starts with %v, %v", got, err)
				}
			}
		})
	}
}

func TestAStartThatIsInterruptedOrCannotReadTheDatabaseFails(t *testing.T) {
	pool := dbtest.Pool(t)
	ctx, cancel := context.WithCancel(t.Context())
	interrupted := func(ctx context.Context) (*builtin.Model, error) {
		cancel()
		return nil, ctx.Err()
	}
	for range 2 { // while it trains, and while it reads
		if _, err := liveModel(ctx, intentpg.New(pool), interrupted, quiet); !errors.Is(err, context.Canceled) {
			t.Errorf("it starts: %v", err)
		}
	}
}
