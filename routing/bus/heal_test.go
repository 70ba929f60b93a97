package bus

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/nats-io/nats-server/v2/server"

	"usher/routing"
)

func TestARestartKeepsWorkAndFreesWhatWasTaken(t *testing.T) {
	dir := t.TempDir()
	b := start(t, Options{Dir: dir})
	all := works(routing.TopicInbound, 50)
	publish(t, b, all...)
	refused := make(chan struct{}, 1000)
	w := consume(t, b, routing.TopicInbound, 10, func([]routing.Work) error {
		refused <- struct{}{}
		return errors.New("the test refuses")
	})
	<-refused
	w.end()
	stop(t, b)

	b = start(t, Options{Dir: dir})
	defer stop(t, b)
	w = consume(t, b, routing.TopicInbound, 10, nil)
	defer w.end()
	sameRefs(t, w.refs(len(all)), refsOf(all))
}

func TestAWipedFolderHealsOnStart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "js")
	b := start(t, Options{Dir: dir})
	publish(t, b, works(routing.TopicInbound, 5)...)
	stop(t, b)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	worksAfter(t, dir)
}

// worksAfter starts a bus on the folder and checks that new work goes through it.
func worksAfter(t *testing.T, dir string) {
	t.Helper()
	b := start(t, Options{Dir: dir})
	defer stop(t, b)
	w := consume(t, b, routing.TopicInbound, 10, nil)
	defer w.end()
	fresh := work(routing.TopicInbound, "")
	publish(t, b, fresh)
	w.until(fresh.Ref)
}

func TestBrokenFilesDoNotKeepTheBusFromStarting(t *testing.T) {
	garbage := []byte(strings.Repeat("\x00garbage\xff", 50))
	overwrite := func(suffix string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			n := 0
			if err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
				if err != nil || d.IsDir() || !strings.HasSuffix(path, suffix) {
					return err
				}
				n++
				return os.WriteFile(path, garbage, 0o600)
			}); err != nil || n == 0 {
				t.Fatalf("%d files %q were broken, %v; want some", n, suffix, err)
			}
		}
	}
	for name, damage := range map[string]func(*testing.T, string){
		"stream descriptions": overwrite("meta.inf"),
		"checksums":           overwrite("meta.sum"),
		"messages":            overwrite(".blk"),
		"consumer states":     overwrite("o.dat"),
		"everything":          overwrite(""),
		"a file for a folder": func(t *testing.T, dir string) {
			if err := errors.Join(os.RemoveAll(filepath.Join(dir, "jetstream")), os.WriteFile(filepath.Join(dir, "jetstream"), garbage, 0o600)); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "js")
			b := start(t, Options{Dir: dir})
			publish(t, b, works(routing.TopicInbound, 20)...)
			w := consume(t, b, routing.TopicInbound, 2, nil)
			w.refs(4)
			w.end()
			stop(t, b)
			damage(t, dir)
			worksAfter(t, dir)
		})
	}
}

func TestAStreamThatVanishesIsPutBack(t *testing.T) {
	t.Run("while nobody consumes, by publishing", func(t *testing.T) {
		b := inside(t)
		if err := b.js.DeleteStream(t.Context(), "ROUTE"); err != nil {
			t.Fatal(err)
		}
		agent := work(routing.TopicAgent, "care")
		publish(t, b, agent)
		sameRefs(t, consume(t, b, routing.TopicAgent, 1, nil).refs(1), []uuid.UUID{agent.Ref})
	})
	t.Run("while a consumer waits", func(t *testing.T) {
		b := inside(t)
		w := consume(t, b, routing.TopicInbound, 1, nil)
		before, after := work(routing.TopicInbound, ""), work(routing.TopicInbound, "")
		publish(t, b, before)
		sameRefs(t, w.refs(1), []uuid.UUID{before.Ref})
		if err := b.js.DeleteStream(t.Context(), "INBOUND"); err != nil {
			t.Fatal(err)
		}
		publish(t, b, after)
		sameRefs(t, w.refs(1), []uuid.UUID{after.Ref})
	})
	t.Run("the consumer alone", func(t *testing.T) {
		b := inside(t)
		w := consume(t, b, routing.TopicInbound, 1, nil)
		first, second := work(routing.TopicInbound, ""), work(routing.TopicInbound, "")
		publish(t, b, first)
		sameRefs(t, w.refs(1), []uuid.UUID{first.Ref})
		if err := b.js.DeleteConsumer(t.Context(), "INBOUND", routing.TopicInbound); err != nil {
			t.Fatal(err)
		}
		publish(t, b, second)
		w.until(second.Ref) // the first may come again: its acknowledgement went with the consumer
	})
}

// outside is a NATS server of its own with a port on loopback.
func outside(t *testing.T, dir string, port int) *server.Server {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true, JetStream: true, StoreDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	if !s.ReadyForConnections(limit) {
		t.Fatal("the other server does not start")
	}
	return s
}

func end(s *server.Server) { s.Shutdown(); s.WaitForShutdown() }

func TestTwoNodesShareABusElsewhere(t *testing.T) {
	s := outside(t, t.TempDir(), server.RANDOM_PORT)
	defer end(s)
	a, b := start(t, Options{URL: s.ClientURL()}), start(t, Options{URL: s.ClientURL()})
	defer stop(t, b)
	defer stop(t, a)
	one, two := consume(t, a, routing.TopicInbound, 5, nil), consume(t, b, routing.TopicInbound, 5, nil)
	defer one.end()
	defer two.end()
	heard := make(chan string, 1)
	stopListening, err := b.Listen(func(v []byte) { heard <- string(v) })
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Announce([]byte("news")); err != nil {
		t.Fatal(err)
	}
	if got := <-heard; got != "news" {
		t.Errorf("the other node heard %q", got)
	}
	stopListening()
	all := works(routing.TopicInbound, 200)
	publish(t, a, all[:100]...)
	publish(t, b, all[100:]...)
	var got []uuid.UUID
	for len(got) < len(all) {
		select {
		case batch := <-one.batches:
			got = append(got, refsOf(batch)...)
		case batch := <-two.batches:
			got = append(got, refsOf(batch)...)
		case <-time.After(limit):
			t.Fatalf("%d of %d pieces of work came", len(got), len(all))
		}
	}
	sameRefs(t, got, refsOf(all))
}

func TestABusElsewhereMayGoAwayAndComeBackEmpty(t *testing.T) {
	s := outside(t, t.TempDir(), server.RANDOM_PORT)
	port := s.Addr().(*net.TCPAddr).Port
	b := start(t, Options{URL: s.ClientURL(), Log: slog.New(slog.DiscardHandler)})
	defer stop(t, b)
	w := consume(t, b, routing.TopicInbound, 5, nil)
	defer w.end()
	first := work(routing.TopicInbound, "")
	publish(t, b, first)
	w.refs(1)
	end(s)

	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if err := b.Publish(ctx, works(routing.TopicInbound, 1)); err == nil {
		t.Fatal("publishing to a bus that is away succeeds")
	}
	s = outside(t, t.TempDir(), port)
	defer end(s)
	second := work(routing.TopicInbound, "")
	deadline := time.Now().Add(limit)
	for err := b.Publish(t.Context(), []routing.Work{second}); err != nil; err = b.Publish(t.Context(), []routing.Work{second}) {
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	w.until(second.Ref)
}
