package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// listeningLine starts the line that `usher serve` prints once it serves; the address follows.
const listeningLine = "listening on "

// child is an `usher` process started by this one: by bench to measure it, by tests to kill it.
type child struct {
	cmd  *exec.Cmd
	url  string
	out  []string      // what it printed before it listened
	done chan struct{} // closed when it ended
	err  error         // of Wait, valid once done is closed
}

// startChild runs exe with args and extra environment, and returns when it listens. It is ended when ctx ends.
func startChild(ctx context.Context, exe string, args, env []string, stderr io.Writer) (*child, error) {
	cmd := exec.Command(exe, args...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stderr = stderr
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", args[0], err)
	}
	c := &child{cmd: cmd, done: make(chan struct{})}
	ready := make(chan string, 1)
	go c.wait(bufio.NewScanner(stdout), ready)
	select {
	case c.url = <-ready:
		return c, nil
	case <-c.done:
		return nil, fmt.Errorf("%s ended before it listened: %w", args[0], errors.Join(c.err, errors.New(strings.Join(c.out, "\n"))))
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), c.kill())
	}
}

// wait reads the output to its end, then the exit.
func (c *child) wait(lines *bufio.Scanner, ready chan<- string) {
	defer close(c.done)
	listening := false
	for lines.Scan() {
		if listening {
			continue
		}
		c.out = append(c.out, lines.Text())
		if address, found := strings.CutPrefix(lines.Text(), listeningLine); found {
			listening = true
			ready <- address
		}
	}
	c.err = c.cmd.Wait()
}

// stop asks the process to end, and kills it when it has not after a while.
func (c *child) stop() error {
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stop server: %w", err)
	}
	select {
	case <-c.done:
		return c.err
	case <-time.After(30 * time.Second):
		return errors.Join(errors.New("the server did not stop in 30 s"), c.kill())
	}
}

// kill ends the process as kill -9 does.
func (c *child) kill() error {
	if err := c.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill server: %w", err)
	}
	<-c.done
	return nil
}
