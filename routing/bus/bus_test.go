package bus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.uber.org/goleak"

	"usher/routing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// limit is how long a test waits for something that must happen.
const limit = 20 * time.Second

func start(t testing.TB, o Options) *Bus {
	t.Helper()
	b, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func stop(t testing.TB, b *Bus) {
	t.Helper()
	if err := b.Close(); err != nil {
		t.Error(err)
	}
}

func inside(t testing.TB) *Bus {
	t.Helper()
	b := start(t, Options{Dir: t.TempDir()})
	t.Cleanup(func() { stop(t, b) })
	return b
}

func work(topic, token string) routing.Work {
	ref := uuid.New()
	return routing.Work{ID: ref.String(), Topic: topic, Token: token, ConversationID: uuid.New(), Ref: ref}
}

func works(topic string, n int) []routing.Work {
	all := make([]routing.Work, n)
	for i := range all {
		all[i] = work(topic, "care")
	}
	return all
}

func publish(t testing.TB, b *Bus, ws ...routing.Work) {
	t.Helper()
	if err := b.Publish(t.Context(), ws); err != nil {
		t.Fatal(err)
	}
}

// worker consumes a topic beside the test.
type worker struct {
	t       testing.TB
	batches chan []routing.Work // handled without error
	end     func()
}

// consume starts a worker; fail may refuse a batch, nil never does.
func consume(t testing.TB, b *Bus, topic string, most int, fail func([]routing.Work) error) *worker {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	w := &worker{t: t, batches: make(chan []routing.Work, 10_000)}
	var wg sync.WaitGroup
	wg.Go(func() {
		err := b.Consume(ctx, topic, most, func(_ context.Context, batch []routing.Work) error {
			if fail != nil {
				if err := fail(batch); err != nil {
					return err
				}
			}
			w.batches <- batch
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	w.end = sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(w.end)
	return w
}

// refs waits for n pieces of work and returns their refs.
func (w *worker) refs(n int) []uuid.UUID {
	w.t.Helper()
	var refs []uuid.UUID
	timeout := time.After(limit)
	for len(refs) < n {
		select {
		case batch := <-w.batches:
			for _, x := range batch {
				refs = append(refs, x.Ref)
			}
		case <-timeout:
			w.t.Fatalf("%d of %d pieces of work came", len(refs), n)
		}
	}
	return refs
}

// until waits for one piece of work; others may come before it.
func (w *worker) until(ref uuid.UUID) {
	w.t.Helper()
	for !slices.Contains(w.refs(1), ref) {
	}
}

func refsOf(ws []routing.Work) []uuid.UUID {
	refs := make([]uuid.UUID, len(ws))
	for i, w := range ws {
		refs[i] = w.Ref
	}
	return refs
}

func sameRefs(t testing.TB, got, want []uuid.UUID) {
	t.Helper()
	order := func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) }
	got, want = slices.SortedFunc(slices.Values(got), order), slices.SortedFunc(slices.Values(want), order)
	if !slices.Equal(got, want) {
		t.Fatalf("got %d pieces of work %v\nwant %d %v", len(got), got, len(want), want)
	}
}

func TestWorkOfEveryTopicReachesItsConsumerAlone(t *testing.T) {
	b := inside(t)
	topics := []string{routing.TopicInbound, routing.TopicReply, routing.TopicAgent, routing.TopicOutbound}
	var all []routing.Work
	for _, topic := range topics {
		all = append(all, work(topic, "care"))
	}
	publish(t, b, all...)
	for i, topic := range topics {
		w := consume(t, b, topic, 10, nil)
		select {
		case batch := <-w.batches:
			want := all[i]
			want.ID, want.Topic = "", "" // they are the envelope; the token says which team or channel
			if len(batch) != 1 || batch[0] != want {
				t.Errorf("%s: got %v, want %v", topic, batch, want)
			}
		case <-time.After(limit):
			t.Fatalf("%s: nothing came", topic)
		}
	}
}

func TestARepeatOfAnIDIsHandedOverOnceOnATopicAndAgainOnAnother(t *testing.T) {
	b := inside(t)
	reply := work(routing.TopicReply, "order_status")
	publish(t, b, reply, reply)
	publish(t, b, reply)
	again := reply
	again.ID += ".1"
	people := reply
	people.Topic = routing.TopicAgent
	publish(t, b, again, people)

	if got := consume(t, b, routing.TopicReply, 1, nil).refs(2); got[0] != reply.Ref || got[1] != reply.Ref {
		t.Errorf("got %v, want the ref %v twice: the first try and the sweeper's", got, reply.Ref)
	}
	sameRefs(t, consume(t, b, routing.TopicAgent, 1, nil).refs(1), []uuid.UUID{reply.Ref})
	info, err := b.js.Stream(t.Context(), "ROUTE")
	if err != nil {
		t.Fatal(err)
	}
	if got := info.CachedInfo().State.LastSeq; got != 3 {
		t.Errorf("%d messages were stored, want 3", got)
	}
}

func TestWaitingWorkComesInBatchesUpToTheMost(t *testing.T) {
	b := inside(t)
	all := works(routing.TopicInbound, 100)
	publish(t, b, all...)
	first, release := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w := consume(t, b, routing.TopicInbound, 16, func([]routing.Work) error {
		once.Do(func() { close(first); <-release })
		return nil
	})
	<-first
	close(release)
	var refs []uuid.UUID
	largest := 0
	for len(refs) < len(all) {
		batch := <-w.batches
		refs, largest = append(refs, refsOf(batch)...), max(largest, len(batch))
	}
	sameRefs(t, refs, refsOf(all))
	if largest < 2 || largest > 16 {
		t.Errorf("the largest batch has %d pieces, want 2 to 16", largest)
	}
}

func TestFailedWorkComesAgainAndThenAlone(t *testing.T) {
	b := inside(t)
	all := works(routing.TopicInbound, 8)
	bad := all[3].Ref
	var mu sync.Mutex
	var failures []int // sizes of the batches that failed
	w := consume(t, b, routing.TopicInbound, 8, func(batch []routing.Work) error {
		mu.Lock()
		defer mu.Unlock()
		if slices.Contains(refsOf(batch), bad) && len(failures) < 4 {
			failures = append(failures, len(batch))
			return errors.New("the test refuses")
		}
		return nil
	})
	publish(t, b, all...)
	sameRefs(t, w.refs(len(all)), refsOf(all))
	mu.Lock()
	defer mu.Unlock()
	if len(failures) != 4 || failures[2] != 1 || failures[3] != 1 {
		t.Errorf("failed in batches of %v; want the third and fourth time alone", failures)
	}
}

func TestWorkThatPanicsEndsNobodyElses(t *testing.T) {
	b := inside(t)
	all := works(routing.TopicInbound, 4)
	bad := all[0].Ref
	var panicked atomic.Int32
	w := consume(t, b, routing.TopicInbound, 4, func(batch []routing.Work) error {
		if slices.Contains(refsOf(batch), bad) && panicked.Add(1) <= 3 {
			panic("index out of range")
		}
		return nil
	})
	publish(t, b, all...)
	sameRefs(t, w.refs(len(all)), refsOf(all))
	if n := panicked.Load(); n != 4 {
		t.Errorf("it came %d times, want until it was done", n)
	}
}

func TestDelaysGrowAndAreBounded(t *testing.T) {
	last := time.Duration(0)
	for tries := range uint64(100) {
		d := delayAfter(tries)
		if d < max(last, firstDelay) || d > lastDelay {
			t.Fatalf("delay after %d tries is %v, after %v", tries, d, last)
		}
		last = d
	}
	if last != lastDelay {
		t.Errorf("the last delay is %v, want %v", last, lastDelay)
	}
}

func TestWorkUnderWayIsNotGivenToOthers(t *testing.T) {
	b := start(t, Options{Dir: t.TempDir(), AckWait: 900 * time.Millisecond})
	t.Cleanup(func() { stop(t, b) })
	entered := make(chan struct{}, 10)
	slow := func([]routing.Work) error {
		entered <- struct{}{}
		<-time.After(3 * time.Second) // real time is the subject here: it is more than three times AckWait
		return nil
	}
	first, second := consume(t, b, routing.TopicOutbound, 4, slow), consume(t, b, routing.TopicOutbound, 4, slow)
	publish(t, b, work(routing.TopicOutbound, "webchat"))
	select {
	case <-first.batches:
	case <-second.batches:
	case <-time.After(limit):
		t.Fatal("nothing came")
	}
	if n := len(entered); n != 1 {
		t.Errorf("it was handed out %d times, want once", n)
	}
}

func TestPublishFailsWhenItCannotBeSure(t *testing.T) {
	b := start(t, Options{Dir: t.TempDir()})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.Publish(ctx, works(routing.TopicInbound, 100)); !errors.Is(err, context.Canceled) {
		t.Errorf("with an ended context: %v, want context.Canceled", err)
	}
	if err := b.Publish(t.Context(), []routing.Work{{ID: "x", Topic: "weather"}}); err == nil {
		t.Error("an unknown topic is accepted")
	}
	if err := b.Publish(t.Context(), nil); err != nil {
		t.Errorf("nothing to publish: %v", err)
	}
	stop(t, b)
	if err := b.Publish(t.Context(), works(routing.TopicInbound, 1)); err == nil {
		t.Error("publishing on a closed bus succeeds")
	}
}

func TestConsumeRefusesAnUnknownTopic(t *testing.T) {
	if err := inside(t).Consume(t.Context(), "weather", 1, nil); err == nil {
		t.Fatal("it is accepted")
	}
}

func TestStartRefusesWhatCannotWork(t *testing.T) {
	if _, err := Start(t.Context(), Options{}); err == nil {
		t.Error("neither URL nor folder: accepted")
	}
	if _, err := Start(t.Context(), Options{URL: "nats://127.0.0.1:1"}); err == nil || !strings.Contains(err.Error(), "NATS_URL") {
		t.Errorf("nobody listens: %v, want an error that names NATS_URL", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, Options{Dir: t.TempDir()}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended context: %v, want context.Canceled", err)
	}
}

func TestAnnouncementsReachEveryListenerUntilItStops(t *testing.T) {
	b := inside(t)
	heard := [2]chan string{make(chan string, 10), make(chan string, 10)}
	var stops [2]func()
	for i := range heard {
		var err error
		if stops[i], err = b.Listen(func(v []byte) { heard[i] <- string(v) }); err != nil {
			t.Fatal(err)
		}
	}
	say := func(v string) {
		if err := b.Announce([]byte(v)); err != nil {
			t.Fatal(err)
		}
	}
	say("one")
	for i := range heard {
		if got := <-heard[i]; got != "one" {
			t.Errorf("listener %d heard %q", i, got)
		}
	}
	stops[0]()
	say("two")
	if got := <-heard[1]; got != "two" {
		t.Errorf("the other listener heard %q", got)
	}
	stops[1]()
	if n := len(heard[0]); n != 0 {
		t.Errorf("a stopped listener heard %d more", n)
	}
}

func TestSubjectsHoldWhateverTheTokenIs(t *testing.T) {
	c := uuid.MustParse("019aa000-0000-7000-8000-000000000001")
	for _, x := range []struct{ topic, token, want string }{
		{routing.TopicInbound, "", "inbound." + c.String()},
		{routing.TopicReply, "order_status", "route.reply.order_status"},
		{routing.TopicAgent, "care", "route.agent.care"},
		{routing.TopicAgent, "", "route.agent._"},
		{routing.TopicAgent, "a.b >*", "route.agent._"},
		{routing.TopicOutbound, "webchat", "outbound.webchat." + c.String()},
		{routing.TopicOutbound, "é", "outbound._." + c.String()},
	} {
		got, err := subjectOf(routing.Work{Topic: x.topic, Token: x.token, ConversationID: c})
		if err != nil || got != x.want {
			t.Errorf("%s %q: %q, %v; want %q", x.topic, x.token, got, err, x.want)
		}
	}
}

func TestCheckSaysWhetherTheBusAnswers(t *testing.T) {
	b := start(t, Options{Dir: t.TempDir()})
	if err := b.Check(t.Context()); err != nil {
		t.Error(err)
	}
	stop(t, b)
	if err := b.Check(t.Context()); err == nil {
		t.Error("a closed bus answers")
	}
	stop(t, b) // closing twice is fine
}

func BenchmarkPublishOne(b *testing.B) {
	bus := inside(b)
	for b.Loop() {
		publish(b, bus, work(routing.TopicInbound, ""))
	}
}

func BenchmarkPublishBatchOf64(b *testing.B) {
	bus := inside(b)
	for b.Loop() {
		publish(b, bus, works(routing.TopicInbound, 64)...)
	}
	b.ReportMetric(float64(64*b.N)/b.Elapsed().Seconds(), "pieces/s")
}

// BenchmarkWholeWay is the time from Publish to the handler for one piece at a time.
func BenchmarkWholeWay(b *testing.B) {
	bus := inside(b)
	w := consume(b, bus, routing.TopicInbound, 64, nil)
	for b.Loop() {
		publish(b, bus, work(routing.TopicInbound, ""))
		<-w.batches
	}
	w.end()
}

func ExampleBus_Consume() {
	dir, err := os.MkdirTemp("", "usher-bus-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	ctx, cancel := context.WithCancel(context.Background())
	b, err := Start(ctx, Options{Dir: dir})
	if err != nil {
		panic(err)
	}
	defer b.Close()
	err = b.Publish(ctx, []routing.Work{{ID: "1", Topic: routing.TopicInbound}})
	if err != nil {
		panic(err)
	}
	err = b.Consume(ctx, routing.TopicInbound, 64, func(_ context.Context, batch []routing.Work) error {
		fmt.Println("pieces of work:", len(batch))
		cancel()
		return nil
	})
	fmt.Println(err)
	// Output:
	// pieces of work: 1
	// <nil>
}
