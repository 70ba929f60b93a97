package evals

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"

	"usher/intent"
)

// Significant is the p-value below which a difference is not put down to chance.
const Significant = 0.05

// McNemar is the probability that two models of the same worth differ at least as much as seen: of the cases that one of them
// alone got right, so many were the first's and so many the second's. It is the exact two-sided binomial test, for any count
// (McNemar 1947, doi 10.1007/BF02295996).
func McNemar(first, second int) float64 {
	n := first + second
	logs := make([]float64, 0, min(first, second)+1)
	all, _ := math.Lgamma(float64(n + 1))
	for k := range min(first, second) + 1 {
		chosen, _ := math.Lgamma(float64(k + 1))
		left, _ := math.Lgamma(float64(n - k + 1))
		logs = append(logs, all-chosen-left-float64(n)*math.Ln2)
	}
	tail := 0.0
	for _, l := range logs {
		tail += math.Exp(l)
	}
	return min(1, 2*tail)
}

// Comparison is how two models fared on the same labelled cases. A case is right when the label came out, out of scope being
// what comes out when it is likelier than not, as in the default policy.
type Comparison struct {
	Count  int `json:"count"`
	Before int `json:"before"` // right
	After  int `json:"after"`  // right
	// Lost and Gained are the cases that one of the two alone got right.
	Lost   int `json:"lost"`
	Gained int `json:"gained"`
	// P is what McNemar's test says of them.
	P float64 `json:"p"`
	// ECE is nil when every case is out of scope.
	ECE      *Paired        `json:"ece,omitempty"`
	LogLoss  *Paired        `json:"log_loss"`
	ByIntent []IntentChange `json:"by_intent"`
}

// IntentChange is a Comparison of the cases of one label. Its P is not corrected for there being many labels.
type IntentChange struct {
	Intent string  `json:"intent"`
	Count  int     `json:"count"`
	Before int     `json:"before"`
	After  int     `json:"after"`
	Lost   int     `json:"lost"`
	Gained int     `json:"gained"`
	P      float64 `json:"p"`
}

// Compare holds the results of two models on the same cases in the same order against each other. Labels are by name.
func Compare(before, after []Result) (Comparison, error) {
	if len(before) != len(after) {
		return Comparison{}, fmt.Errorf("compare: %d results beside %d", len(before), len(after))
	}
	var c Comparison
	changes := map[string]*IntentChange{}
	for i, b := range before {
		a, label := after[i], b.Case.Intent
		if a.Case.ID != b.Case.ID || a.Case.Intent != label {
			return Comparison{}, fmt.Errorf("compare: case %q stands beside case %q", b.Case.ID, a.Case.ID)
		}
		if label == "" {
			continue
		}
		if changes[label] == nil {
			changes[label] = &IntentChange{Intent: label}
		}
		changes[label].count(understood(b.Prediction) == label, understood(a.Prediction) == label)
	}
	if len(changes) == 0 {
		return Comparison{}, errors.New("compare: no case has a label")
	}
	for _, x := range changes {
		x.P = McNemar(x.Lost, x.Gained)
		c.ByIntent = append(c.ByIntent, *x)
		c.Count, c.Before, c.After, c.Lost, c.Gained = c.Count+x.Count, c.Before+x.Before, c.After+x.After, c.Lost+x.Lost, c.Gained+x.Gained
	}
	slices.SortFunc(c.ByIntent, func(a, b IntentChange) int { return cmp.Compare(a.Intent, b.Intent) })
	c.P = McNemar(c.Lost, c.Gained)
	c.ECE, c.LogLoss = calibrations(before, after)
	return c, nil
}

func (x *IntentChange) count(before, after bool) {
	x.Count++
	if before {
		x.Before++
	}
	if after {
		x.After++
	}
	switch {
	case before && !after:
		x.Lost++
	case after && !before:
		x.Gained++
	}
}

// understood is the label that a prediction amounts to.
func understood(p intent.Prediction) string {
	if p.OOS > .5 {
		return intent.OutOfScope
	}
	return p.Top().Intent
}

// Worse says in what the second model is worse, and not by chance: in which cases it gets right, or in how far its confidence is
// to be believed. Each is tested apart, so that of models of the same worth one in thirteen is called worse at most.
func (c Comparison) Worse() []string {
	var in []string
	if c.Lost > c.Gained && c.P < Significant {
		in = append(in, fmt.Sprintf("%d cases lost, %d gained, p = %.2g", c.Lost, c.Gained, c.P))
	}
	for _, s := range []string{c.ECE.against("ECE"), c.LogLoss.against("log-loss")} {
		if s != "" {
			in = append(in, s)
		}
	}
	return in
}

// WriteText writes the totals, and the labels for which something changed.
func (c Comparison) WriteText(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "intent\tcases\tright before\tright after\tlost\tgained\tp\n")
	for _, x := range c.ByIntent {
		if x.Lost+x.Gained > 0 {
			fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%.3f\n", x.Intent, x.Count, x.Before, x.After, x.Lost, x.Gained, x.P)
		}
	}
	fmt.Fprintf(t, "all %d\t%d\t%d\t%d\t%d\t%d\t%.3f\n", len(c.ByIntent), c.Count, c.Before, c.After, c.Lost, c.Gained, c.P)
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write comparison: %w", err)
	}
	_, err := fmt.Fprintf(w, "%s to %s right: %s\n", percent(ratio(c.Before, c.Count)), percent(ratio(c.After, c.Count)), c.verdict())
	for _, m := range []struct {
		name string
		*Paired
	}{{"ECE", c.ECE}, {"log-loss", c.LogLoss}} {
		if m.Paired != nil && err == nil {
			_, err = fmt.Fprintf(w, "%s %.3f to %.3f: %s (%+.3f to %+.3f by bootstrap, p = %.2g)\n", m.name, m.Before, m.After, m.verdict(), m.Low, m.High, m.P)
		}
	}
	if err != nil {
		return fmt.Errorf("write comparison: %w", err)
	}
	return nil
}

func (c Comparison) verdict() string {
	switch {
	case c.Lost+c.Gained == 0:
		return "no case changed"
	case c.P >= Significant:
		return fmt.Sprintf("the difference may be chance (McNemar, p = %.3f)", c.P)
	case c.Lost > c.Gained:
		return fmt.Sprintf("worse, and not by chance (McNemar, p = %.2g)", c.P)
	}
	return fmt.Sprintf("better, and not by chance (McNemar, p = %.2g)", c.P)
}
