package main

import (
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener for connections within the test.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	c, open := <-p
	if !open {
		return nil, net.ErrClosed
	}
	return c, nil
}

func (p pipes) Close() error   { close(p); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{} }

func TestABodyThatDribblesInDoesNotHoldItsConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newServer(http.NotFoundHandler(), quiet) // it answers without a look at the body
		listener, served := make(pipes), make(chan error, 1)
		go func() { served <- server.Serve(listener) }()
		here, there := net.Pipe()
		listener <- there
		answered := make(chan []byte, 1)
		go func() {
			b, _ := io.ReadAll(here) // ends with the connection, one way or another
			answered <- b
		}()
		everySecond := time.NewTicker(time.Second)
		defer everySecond.Stop()
		began := time.Now()
		_, err := io.WriteString(here, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n")
		for err == nil && time.Since(began) < 10*time.Minute {
			<-everySecond.C
			_, err = io.WriteString(here, "x")
		}
		if held := time.Since(began); held > time.Minute {
			t.Errorf("the connection was held for %s", held)
		}
		_ = here.Close()
		<-answered
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-served
	})
}
