// Command usher takes every message that customers send a company, understands it, and either answers it or puts
// it in front of the right person. This is the one place that knows every other package.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := newRootCmd().ExecuteContext(ctx)
	stop()
	if err == nil {
		return
	}
	var coded *exitError
	if errors.As(err, &coded) {
		if coded.err != nil {
			fmt.Fprintln(os.Stderr, "usher:", coded.err)
		}
		os.Exit(coded.code)
	}
	fmt.Fprintln(os.Stderr, "usher:", err)
	os.Exit(1)
}

// exitError ends the program with a code of its own.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit %d", e.code)
	}
	return e.err.Error()
}

func (e *exitError) Unwrap() error { return e.err }

func newRootCmd() *cobra.Command {
	root := &cobra.Command{
		Use:           "usher",
		Short:         "Understands, decides and routes customers' messages",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(newServeCmd(), newMigrateCmd(), newDoctorCmd(), newAgentCmd(), newKeyCmd(), newPolicyCmd(), newIntentsCmd(), newExplainCmd(),
		newTrainCmd(), newModelsCmd(), newEvalCmd(), newBenchCmd(), newBareCmd(), newOpenAPICmd())
	return root
}
