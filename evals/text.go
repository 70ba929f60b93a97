package evals

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// shown bounds how many confusions and misses the terminal report lists.
const shown = 15

// WriteText writes the report for a terminal; verbose adds the table per intent and the misses.
func (r Report) WriteText(w io.Writer, verbose bool) error {
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(tw, "%s\t%d cases\n", strings.Join(r.Suites, ", "), r.Cases)
	r.lines(tw)
	if s := r.Spread; s != nil {
		fmt.Fprintf(tw, "  mean of %d seeds\taccuracy ± %s\tmacro-F1 ± %s\tECE ± %.3f\t\n", r.Seeds, percent(s.Accuracy), percent(s.MacroF1), s.ECE)
		if r.OOS != nil {
			fmt.Fprintf(tw, "  \tAUROC ± %.3f\trecall ± %s\t\t\n", s.AUROC, percent(s.RecallAt95))
		}
	}
	if r.Sealed != nil {
		fmt.Fprintf(tw, "\nsealed half\t%d cases (never used to choose anything)\n", r.Sealed.Cases)
		r.Sealed.lines(tw)
	}
	if verbose {
		r.details(tw)
	}
	if err := tw.Flush(); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

func (r Report) lines(w io.Writer) {
	if p := r.Intent; p != nil {
		fmt.Fprintf(w, "  intent\taccuracy %s\tmacro-F1 %s\tECE %.3f\t(%d)\n", percent(p.Accuracy), percent(p.MacroF1), p.ECE, p.Count)
	}
	if p := r.OOS; p != nil {
		fmt.Fprintf(w, "  out of scope\tAUROC %.3f\trecall at 95 %% kept %s\t\t(%d)\n", p.AUROC, percent(p.RecallAt95), p.Count)
	}
	if p := r.Auto; p != nil {
		low, high := wilson(p.Right, p.Answered)
		fmt.Fprintf(w, "  automatic\tcoverage %s\tright %s\t95 %%: %.1f to %.1f %%\t(%d answered, %d answerable)\n",
			percent(p.Coverage), percent(p.Precision), 100*low, 100*high, p.Answered, p.Answerable)
	}
	if p := r.Route; p != nil {
		fmt.Fprintf(w, "  route\taccuracy %s\t\t\t(%d)\n", percent(p.Accuracy), p.Count)
	}
	if p := r.Priority; p != nil {
		fmt.Fprintf(w, "  priority\taccuracy %s\turgent recall %s\tover-triage %s\t(%d)\n", percent(p.Accuracy), percent(p.UrgentRecall), percent(p.OverTriage), p.Count)
		fmt.Fprintf(w, "  probability of urgent\tcalibration error %.3f\t\t\t(%d)\n", p.UrgencyECE, p.Count)
		if p.PairsOrdered != nil {
			fmt.Fprintf(w, "  pairs of one intent\tordered %s\t\t\t\n", percent(*p.PairsOrdered))
		}
	}
	if p := r.Labels; p != nil {
		fmt.Fprintf(w, "  two labellers\t%s\t%s\t%s\t(%d)\n", given("intent kappa %.2f", p.IntentKappa),
			given("priority kappa %.2f", p.PriorityKappa), given("route kappa %.2f", p.RouteKappa), p.Count)
	}
	if p := r.Latency; p != nil {
		fmt.Fprintf(w, "  latency\tp50 %.2f ms\tp99 %.2f ms\t\t\n", p.P50, p.P99)
	}
	if r.Fused != nil {
		fmt.Fprintf(w, "  read with vectors\t%s\t\t\t\n", percent(*r.Fused))
	}
	if r.EmbedS != nil {
		fmt.Fprintf(w, "  embedding\t%.1f s\t\t\t\n", *r.EmbedS)
	}
	if r.TrainS != nil {
		fmt.Fprintf(w, "  training\t%.1f s\t\t\t\n", *r.TrainS)
	}
}

// given is empty for a measure that is absent.
func given(format string, v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf(format, *v)
}

func (r Report) details(w io.Writer) {
	fmt.Fprintf(w, "\nintent\tcount\tprecision\trecall\tF1\n")
	for _, s := range r.ByIntent {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\n", s.Intent, s.Count, percent(s.Precision), percent(s.Recall), percent(s.F1))
	}
	fmt.Fprintf(w, "\nlabelled\ttaken for\tcount\t\t\n")
	for _, c := range r.Confused[:min(shown, len(r.Confused))] {
		fmt.Fprintf(w, "%s\t%s\t%d\t\t\n", c.Want, c.Got, c.Count)
	}
	if len(r.Misses) > 0 {
		fmt.Fprintf(w, "\ncase\tlabelled\twent to\t\t\n")
	}
	for _, m := range r.Misses[:min(shown, len(r.Misses))] {
		fmt.Fprintf(w, "%s\t%s\t%s\t\t\n", m.ID, m.Want, m.Got)
	}
}

func percent(v float64) string { return fmt.Sprintf("%.1f %%", 100*v) }
