package webchat

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"usher/channels"
)

func TestWordsPromiseNoMoreThanThePastBearsOut(t *testing.T) {
	for _, c := range []struct {
		p    channels.People
		want string
	}{
		{channels.People{}, "The team is away. Your message is kept, and a person answers when they are back."},
		{channels.People{Typical: time.Minute, Cases: 100}, "The team is away. Your message is kept, and a person answers when they are back."},
		{channels.People{Online: 1, Typical: time.Minute, Cases: enoughCases - 1}, "People are here. We cannot say yet how long an answer takes."},
		{channels.People{Online: 1, Typical: 20 * time.Second, Cases: 10}, "A person usually answers within a minute."},
		{channels.People{Online: 1, Typical: 61 * time.Second, Cases: 10}, "A person usually answers within 2 minutes."},
		{channels.People{Online: 1, Typical: 46 * time.Minute, Cases: 10}, "A person usually answers within an hour."},
		{channels.People{Online: 1, Typical: 61 * time.Minute, Cases: 10}, "A person usually answers within 2 hours."},
		{channels.People{Online: 1, Typical: 25 * time.Hour, Cases: 10}, "A person usually answers within 2 days."},
	} {
		if got := peopleFrom(c.p).Words; got != c.want {
			t.Errorf("%+v: %q, want %q", c.p, got, c.want)
		}
	}
}

func TestTheScriptHasStrongValidators(t *testing.T) {
	s, err := New(Options{Script: []byte("the widget")})
	if err != nil {
		t.Fatal(err)
	}
	get := func(h http.Header) *http.Response {
		r := httptest.NewRequest(http.MethodGet, "/widget.js", nil)
		r.Header = h
		w := httptest.NewRecorder()
		s.ServeScript(w, r)
		return w.Result()
	}
	plain := get(http.Header{})
	packed := get(http.Header{"Accept-Encoding": {"br, gzip;q=0.8"}})
	if plain.Header.Get("ETag") == packed.Header.Get("ETag") || plain.Header.Get("ETag") == "" {
		t.Errorf("validators %q and %q", plain.Header.Get("ETag"), packed.Header.Get("ETag"))
	}
	unpacked, err := gzip.NewReader(packed.Body)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(unpacked); err != nil || string(b) != "the widget" {
		t.Errorf("unpacked %q, %v", b, err)
	}
	if got := get(http.Header{"If-None-Match": {plain.Header.Get("ETag")}}); got.StatusCode != http.StatusNotModified {
		t.Errorf("a known validator got %s", got.Status)
	}
	if got := get(http.Header{"Accept-Encoding": {"gzip;q=0"}}); got.Header.Get("Content-Encoding") != "" {
		t.Error("gzip was ruled out and used")
	}
}

func TestAMissingScriptSaysSo(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.ServeScript(w, httptest.NewRequest(http.MethodGet, "/widget.js", nil))
	if w.Code != http.StatusServiceUnavailable || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("got %d, %q", w.Code, w.Header().Get("Cache-Control"))
	}
}

func TestContactsAndTheirNetworkHaveLimitsThatRefill(t *testing.T) {
	l, here, there := newLimits(), channels.Network("192.0.2.1"), channels.Network("192.0.2.2")
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for range messageBurst {
		if w := l.wait("a", here, now); w != 0 {
			t.Fatalf("within the burst: wait %s", w)
		}
	}
	for range networkMessageBurst { // refusals cost the network nothing
		if w := l.wait("a", here, now); w != messageEvery {
			t.Fatalf("beyond the burst: wait %s, want %s", w, messageEvery)
		}
	}
	if w := l.wait("a", here, now.Add(messageEvery)); w != 0 {
		t.Errorf("after the wait: wait %s", w)
	}
	now = now.Add(time.Hour)
	for i := range networkMessageBurst {
		if w := l.wait(fmt.Sprint(i), here, now); w != 0 {
			t.Fatalf("contact %d of a network: wait %s", i, w)
		}
	}
	if w := l.wait("one more", here, now); w == 0 {
		t.Error("a network may write without end under ever new tokens")
	}
	if w := l.wait("another", there, now); w != 0 {
		t.Errorf("another network: wait %s", w)
	}
}
