package evals

import (
	"cmp"
	"slices"
	"strings"

	"usher/intent"
	"usher/routing"
)

// Report holds the measures of one run. A part is nil when the suite has no labels for it.
type Report struct {
	Suites   []string      `json:"suites,omitempty"`
	Cases    int           `json:"cases"`
	Intent   *IntentPart   `json:"intent,omitempty"`
	OOS      *OOSPart      `json:"oos,omitempty"`
	Auto     *AutoPart     `json:"auto,omitempty"`
	Route    *RoutePart    `json:"route,omitempty"`
	Priority *PriorityPart `json:"priority,omitempty"`
	Labels   *LabelsPart   `json:"labels,omitempty"`
	Latency  *LatencyPart  `json:"latency_ms,omitempty"`
	TrainS   *float64      `json:"train_s,omitempty"`
	EmbedS   *float64      `json:"embed_s,omitempty"`
	// Fused is the share of cases whose vector was read beside their n-grams; absent where no vectors were at hand.
	Fused    *float64        `json:"fused,omitempty"`
	Shots    int             `json:"shots,omitempty"`  // utterances per label that were trained on; 0 for all
	Seeds    int             `json:"seeds,omitempty"`  // trainings that the measures are means of; 0 for a single one
	Spread   *Spread         `json:"spread,omitempty"` // over the seeds
	Sealed   *Report         `json:"sealed,omitempty"` // the same over the sealed half alone
	Misses   []Miss          `json:"-"`
	ByIntent []IntentScore   `json:"by_intent,omitempty"`
	Confused []ConfusionCell `json:"confused,omitempty"`
}

// IntentPart is over in-scope cases, arg-max without abstention.
type IntentPart struct {
	Count    int     `json:"count"`
	Accuracy float64 `json:"accuracy"`
	MacroF1  float64 `json:"macro_f1"`
	ECE      float64 `json:"ece"`
}

// OOSPart tells how well out-of-scope cases stand out. RecallAt95 is the share found where 95 % of in-scope cases
// are kept.
type OOSPart struct {
	Count      int     `json:"count"`
	AUROC      float64 `json:"auroc"`
	RecallAt95 float64 `json:"recall_at_95"`
}

// AutoPart is about automatic answers. Coverage is the share of cases that should be answered automatically and
// were; precision the share of automatic answers that were the right ones.
type AutoPart struct {
	Answerable int     `json:"answerable"`
	Answered   int     `json:"answered"`
	Right      int     `json:"right"` // of those answered
	Coverage   float64 `json:"coverage"`
	Precision  float64 `json:"precision"`
}

// RoutePart is the share of cases that went where the label says.
type RoutePart struct {
	Count    int     `json:"count"`
	Accuracy float64 `json:"accuracy"`
}

// PriorityPart is about urgent cases: how many were seen, how many others were called urgent, and how many urgent ones
// were answered automatically. PairsOrdered is the share of pairs of which the more urgent case was given the more
// urgent priority, absent without pairs. UrgencyECE is the calibration error of the probability that a case is
// urgent.
type PriorityPart struct {
	Count          int      `json:"count"`
	Accuracy       float64  `json:"accuracy"`
	UrgentRecall   float64  `json:"urgent_recall"`
	OverTriage     float64  `json:"over_triage"`
	UrgentAnswered int      `json:"urgent_answered"`
	UrgencyECE     float64  `json:"urgency_ece"`
	PairsOrdered   *float64 `json:"pairs_ordered,omitempty"`
}

// LabelsPart is the agreement of the two labellers on what both labelled: the share of equal intents, and Cohen's kappa;
// absent where the second labeller was not asked.
type LabelsPart struct {
	Count         int      `json:"count"`
	IntentAgree   *float64 `json:"intent_agreement,omitempty"`
	IntentKappa   *float64 `json:"intent_kappa,omitempty"`
	PriorityKappa *float64 `json:"priority_kappa,omitempty"`
	RouteKappa    *float64 `json:"route_kappa,omitempty"`
}

// LatencyPart is the time of understanding and deciding one message, in milliseconds.
type LatencyPart struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
}

// ConfusionCell counts how often one intent was taken for another.
type ConfusionCell struct {
	Want  string `json:"want"`
	Got   string `json:"got"`
	Count int    `json:"count"`
}

// Miss is a case that was not handled as labelled.
type Miss struct {
	ID, Want, Got string
}

// NewReport measures results, and the sealed ones among them apart.
func NewReport(results []Result) Report {
	r := measure(results)
	var sealed []Result
	for _, x := range results {
		if x.Case.Sealed {
			sealed = append(sealed, x)
		}
	}
	if len(sealed) > 0 && len(sealed) < len(results) {
		s := measure(sealed)
		r.Sealed = &s
	}
	return r
}

func measure(results []Result) Report {
	r := Report{Cases: len(results)}
	r.Intent, r.ByIntent, r.Confused = intentPart(results)
	r.OOS = oosPart(results)
	r.Auto = autoPart(results)
	r.Route, r.Misses = routePart(results)
	r.Priority = priorityPart(results)
	r.Labels = labelsPart(results)
	var ms []float64
	fused := 0
	for _, x := range results {
		ms = append(ms, float64(x.Latency.Microseconds())/1000)
		if x.Prediction.Fused {
			fused++
		}
	}
	if fused > 0 {
		share := float64(fused) / float64(len(results))
		r.Fused = &share
	}
	r.Latency = &LatencyPart{P50: quantile(ms, .5), P99: quantile(ms, .99)}
	return r
}

func intentPart(results []Result) (*IntentPart, []IntentScore, []ConfusionCell) {
	var os []outcome
	cells := map[[2]string]int{}
	for _, x := range results {
		if x.Case.Intent == "" || x.Case.Intent == intent.OutOfScope {
			continue
		}
		top := x.Prediction.Top()
		os = append(os, outcome{x.Case.Intent, top.Intent, top.Confidence})
		if top.Intent != x.Case.Intent {
			cells[[2]string{x.Case.Intent, top.Intent}]++
		}
	}
	if len(os) == 0 {
		return nil, nil, nil
	}
	scores := perIntent(os)
	var confused []ConfusionCell
	for pair, n := range cells {
		confused = append(confused, ConfusionCell{pair[0], pair[1], n})
	}
	slices.SortFunc(confused, func(a, b ConfusionCell) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Want+a.Got, b.Want+b.Got))
	})
	return &IntentPart{Count: len(os), Accuracy: accuracy(os), MacroF1: macroF1(scores), ECE: ece(os)}, scores, confused
}

func oosPart(results []Result) *OOSPart {
	var in, out []float64
	for _, x := range results {
		switch x.Case.Intent {
		case "":
		case intent.OutOfScope:
			out = append(out, x.Prediction.OOS)
		default:
			in = append(in, x.Prediction.OOS)
		}
	}
	if len(in) == 0 || len(out) == 0 {
		return nil
	}
	return &OOSPart{Count: len(out), AUROC: auroc(out, in), RecallAt95: recallAt(out, in, .95)}
}

// routeOf is the decision in the words of suites.
func routeOf(d *routing.Decision) string {
	if d.Route == routing.ToAgent {
		return "team:" + d.Team
	}
	return d.Route
}

func autoPart(results []Result) *AutoPart {
	var a AutoPart
	covered, labelled := 0, false
	for _, x := range results {
		if x.Decision == nil || x.Case.Route == "" {
			continue
		}
		labelled = true
		want, got := x.Case.Route == routing.ToReply, x.Decision.Route == routing.ToReply
		if want {
			a.Answerable++
		}
		if !got {
			continue
		}
		a.Answered++
		if want {
			covered++
		}
		if want && x.Decision.Intent == x.Case.Intent {
			a.Right++
		}
	}
	if !labelled {
		return nil
	}
	a.Coverage, a.Precision = ratio(covered, a.Answerable), ratio(a.Right, a.Answered)
	return &a
}

func routePart(results []Result) (*RoutePart, []Miss) {
	n, right := 0, 0
	var misses []Miss
	for _, x := range results {
		if x.Decision == nil || x.Case.Route == "" {
			continue
		}
		n++
		want, got := x.Case.Route, routeOf(x.Decision)
		ok := want == got
		if got == routing.ToReply {
			ok = ok && x.Decision.Intent == x.Case.Intent
			got += " " + x.Decision.Template
		}
		if strings.HasPrefix(want, routing.ToReply) {
			want += " " + x.Case.Intent
		}
		if ok {
			right++
		} else {
			misses = append(misses, Miss{x.Case.ID, want, got})
		}
	}
	if n == 0 {
		return nil, nil
	}
	return &RoutePart{Count: n, Accuracy: ratio(right, n)}, misses
}

func priorityPart(results []Result) *PriorityPart {
	var p PriorityPart
	right, urgent, seen, over := 0, 0, 0, 0
	var chances []outcome
	for _, x := range results {
		if x.Decision == nil || x.Case.Priority == "" {
			continue
		}
		p.Count++
		want, got := x.Case.Priority, x.Decision.Priority
		if want == got {
			right++
		}
		chance := x.Prediction.Alarm.Urgency(intent.PriorityContext{ContactType: x.Case.ContactType, Repeats: x.Case.Repeats})
		chances = append(chances, outcome{want: string(want), got: string(intent.Urgent), confidence: chance})
		switch {
		case want == intent.Urgent:
			urgent++
			if got == intent.Urgent {
				seen++
			}
			if x.Decision.Route == routing.ToReply {
				p.UrgentAnswered++
			}
		case got == intent.Urgent:
			over++
		}
	}
	if p.Count == 0 {
		return nil
	}
	p.Accuracy, p.UrgentRecall, p.OverTriage = ratio(right, p.Count), ratio(seen, urgent), ratio(over, p.Count-urgent)
	p.UrgencyECE = ece(chances)
	p.PairsOrdered = pairsOrdered(results)
	return &p
}

// pairsOrdered looks at pairs of which both cases are there.
func pairsOrdered(results []Result) *float64 {
	first := map[string]Result{}
	pairs, ordered := 0, 0
	for _, b := range results {
		if b.Case.Pair == "" || b.Decision == nil {
			continue
		}
		a, both := first[b.Case.Pair]
		if !both {
			first[b.Case.Pair] = b
			continue
		}
		pairs++
		want := a.Case.Priority.Rank() < b.Case.Priority.Rank()
		if more, less := a.Decision.Priority.Rank(), b.Decision.Priority.Rank(); more != less && want == (more < less) {
			ordered++
		}
	}
	if pairs == 0 {
		return nil
	}
	share := ratio(ordered, pairs)
	return &share
}

func labelsPart(results []Result) *LabelsPart {
	var intents, priorities, routes labelPairs
	var l LabelsPart
	for _, x := range results {
		s := x.Case.Second
		if s == nil {
			continue
		}
		l.Count++
		intents.add(x.Case.Intent, s.Intent)
		priorities.add(string(x.Case.Priority), string(s.Priority))
		routes.add(x.Case.Route, s.Route)
	}
	if l.Count == 0 {
		return nil
	}
	l.IntentAgree, l.IntentKappa = intents.agreement(), intents.kappa()
	l.PriorityKappa, l.RouteKappa = priorities.kappa(), routes.kappa()
	return &l
}

// labelPairs are the labels of two labellers, where both gave one.
type labelPairs struct{ first, second []string }

func (l *labelPairs) add(first, second string) {
	if first != "" && second != "" {
		l.first, l.second = append(l.first, first), append(l.second, second)
	}
}

func (l *labelPairs) kappa() *float64 {
	if len(l.first) == 0 {
		return nil
	}
	k := kappa(l.first, l.second)
	return &k
}

func (l *labelPairs) agreement() *float64 {
	if len(l.first) == 0 {
		return nil
	}
	same := 0
	for i := range l.first {
		if l.first[i] == l.second[i] {
			same++
		}
	}
	share := ratio(same, len(l.first))
	return &share
}
