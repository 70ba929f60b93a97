package evals_test

import (
	"encoding/json"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/evals"
	"usher/intent"
	"usher/routing"
)

// handled is a case with what came out: an intent taken for it, its confidence and the decision. An empty team means
// an automatic answer.
func handled(c evals.Case, got string, confidence float64, team string, p intent.Priority) evals.Result {
	d := routing.Decision{Route: routing.ToReply, Template: got, Team: "care", Intent: got, Priority: p, Confidence: confidence}
	if team != "" {
		d.Route, d.Template, d.Team = routing.ToAgent, "", team
	}
	return evals.Result{
		Case: c, Decision: &d, Latency: 2 * time.Millisecond,
		Prediction: intent.Prediction{Ranked: []intent.Ranked{{Intent: got, Confidence: confidence}}, OOS: 1 - confidence},
	}
}

func labelled(id, label string, p intent.Priority, route string) evals.Case {
	return evals.Case{ID: id, Text: id, Intent: label, Priority: p, Route: route}
}

// eight results that use every rule of the measures once.
func eight() []evals.Result {
	return []evals.Result{
		handled(labelled("answered rightly", "pricing", intent.Low, "reply"), "pricing", .9, "", intent.Low),
		handled(labelled("answered with the wrong template", "pricing", intent.Low, "reply"), "thanks", .8, "", intent.Low),
		handled(labelled("held back", "thanks", intent.Low, "reply"), "thanks", .6, "care", intent.Low),
		handled(labelled("answered although people should", "bug_report", intent.Urgent, "team:technical"), "pricing", .8, "", intent.Normal),
		handled(labelled("to the right team", "bug_report", intent.Urgent, "team:technical"), "bug_report", .9, "technical", intent.Urgent),
		handled(labelled("to the right team under another name", "bug_report", intent.Normal, "team:technical"), "how_to", .5, "technical", intent.Urgent),
		handled(labelled("to the wrong team", "bug_report", intent.Normal, "team:technical"), "complaint", .5, "care", intent.High),
		handled(labelled("out of scope", intent.OutOfScope, intent.Normal, "team:care"), "thanks", .3, "care", intent.Normal),
	}
}

func TestTheReportIsAsByHand(t *testing.T) {
	r := evals.NewReport(eight())
	for name, c := range map[string]struct{ got, want float64 }{
		"cases":                  {float64(r.Cases), 8},
		"intent.count":           {float64(r.Intent.Count), 7}, // without the out-of-scope one
		"intent.accuracy":        {r.Intent.Accuracy, 3.0 / 7},
		"oos.count":              {float64(r.OOS.Count), 1},
		"oos.auroc":              {r.OOS.AUROC, 1}, // its score .7 is above all others
		"oos.recall_at_95":       {r.OOS.RecallAt95, 1},
		"auto.answerable":        {float64(r.Auto.Answerable), 3},
		"auto.answered":          {float64(r.Auto.Answered), 3},
		"auto.coverage":          {r.Auto.Coverage, 2.0 / 3},
		"auto.precision":         {r.Auto.Precision, 1.0 / 3},
		"route.count":            {float64(r.Route.Count), 8},
		"route.accuracy":         {r.Route.Accuracy, 4.0 / 8},
		"priority.count":         {float64(r.Priority.Count), 8},
		"priority.accuracy":      {r.Priority.Accuracy, 5.0 / 8},
		"priority.urgent_recall": {r.Priority.UrgentRecall, 1.0 / 2},
		"priority.over_triage":   {r.Priority.OverTriage, 1.0 / 6},
		"priority.urgency_ece":   {r.Priority.UrgencyECE, 2.0 / 8}, // no text was read, so the two urgent ones come as a surprise
		"latency_ms.p50":         {r.Latency.P50, 2},
	} {
		if math.Abs(c.got-c.want) > 1e-9 {
			t.Errorf("%s is %v, want %v", name, c.got, c.want)
		}
	}
	var missed []string
	for _, m := range r.Misses {
		missed = append(missed, m.ID)
	}
	want := []string{"answered with the wrong template", "held back", "answered although people should", "to the wrong team"}
	if !slices.Equal(missed, want) {
		t.Errorf("misses %q, want %q", missed, want)
	}
}

func TestOutOfScopeRecallIsTakenWhere95PercentOfTheOthersAreKept(t *testing.T) {
	var rs []evals.Result
	for i := range 20 {
		r := handled(labelled("", "pricing", "", ""), "pricing", .9, "", "")
		r.Prediction.OOS = float64(i)
		rs = append(rs, r)
	}
	for _, score := range []float64{17.5, 18, 18.5, 30} { // 19 of 20 others lie at 18 or below
		r := handled(labelled("", intent.OutOfScope, "", ""), "pricing", .9, "", "")
		r.Prediction.OOS = score
		rs = append(rs, r)
	}
	if got := evals.NewReport(rs).OOS; got.RecallAt95 != .5 || got.Count != 4 {
		t.Errorf("got %+v, want half of 4 found", got)
	}
}

func TestConfusionsStandMostFrequentFirst(t *testing.T) {
	var rs []evals.Result
	for range 2 {
		rs = append(rs, handled(labelled("", "pricing", "", ""), "thanks", .9, "", ""))
	}
	rs = append(rs, handled(labelled("", "greeting", "", ""), "thanks", .9, "", ""), handled(labelled("", "greeting", "", ""), "greeting", .9, "", ""))
	want := []evals.ConfusionCell{{Want: "pricing", Got: "thanks", Count: 2}, {Want: "greeting", Got: "thanks", Count: 1}}
	if got := evals.NewReport(rs).Confused; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestWhatHasNoLabelsIsNotMeasured(t *testing.T) {
	r := evals.NewReport([]evals.Result{handled(labelled("s1", "pricing", "", ""), "pricing", .9, "", intent.Low)})
	if r.Intent == nil || r.OOS != nil || r.Auto != nil || r.Route != nil || r.Priority != nil || r.Labels != nil || r.Sealed != nil {
		t.Errorf("only the intent is labelled, got %+v", r)
	}
	noPolicy := handled(labelled("s1", "pricing", intent.Low, "reply"), "pricing", .9, "", intent.Low)
	noPolicy.Decision = nil
	if r := evals.NewReport([]evals.Result{noPolicy}); r.Intent == nil || r.Auto != nil || r.Route != nil || r.Priority != nil {
		t.Errorf("without a policy nothing was decided, got %+v", r)
	}
	silent := evals.Result{Case: labelled("s1", "pricing", "", "")}
	if r := evals.NewReport([]evals.Result{silent}); r.Intent == nil || r.Intent.Accuracy != 0 {
		t.Errorf("a model that does not speak is wrong, got %+v", r.Intent)
	}
}

func TestTheSealedHalfIsMeasuredApart(t *testing.T) {
	rs := eight()
	for i := range rs {
		rs[i].Case.Sealed = i < 2
	}
	r := evals.NewReport(rs)
	if r.Sealed == nil || r.Sealed.Cases != 2 || r.Sealed.Intent.Accuracy != .5 || r.Sealed.Sealed != nil {
		t.Errorf("sealed %+v, want the first two cases with accuracy 1/2", r.Sealed)
	}
	if r.Cases != 8 {
		t.Errorf("%d cases in all, want 8: the sealed count in both", r.Cases)
	}
}

func TestTheAgreementOfTwoLabellersIsAsByHand(t *testing.T) {
	var rs []evals.Result
	add := func(n int, first, second evals.Label) {
		for range n {
			c := labelled("", first.Intent, first.Priority, first.Route)
			c.Second = &second
			rs = append(rs, handled(c, first.Intent, .9, "", first.Priority))
		}
	}
	// The counts of a textbook example with kappa 0.4, as intents; priorities always agree, routes never.
	add(20, evals.Label{Intent: "pricing", Priority: intent.Low, Route: "reply"}, evals.Label{Intent: "pricing", Priority: intent.Low, Route: "team:care"})
	add(5, evals.Label{Intent: "pricing", Priority: intent.High, Route: "reply"}, evals.Label{Intent: "thanks", Priority: intent.High, Route: "team:care"})
	add(10, evals.Label{Intent: "thanks", Priority: intent.Low, Route: "reply"}, evals.Label{Intent: "pricing", Priority: intent.Low, Route: "team:care"})
	add(15, evals.Label{Intent: "thanks", Priority: intent.High, Route: "reply"}, evals.Label{Intent: "thanks", Priority: intent.High, Route: "team:care"})
	rs = append(rs, handled(labelled("labelled once", "thanks", intent.Low, "reply"), "thanks", .9, "", intent.Low))

	got := evals.NewReport(rs).Labels
	if got == nil || got.Count != 50 || math.Abs(*got.IntentAgree-.7) > 1e-9 || math.Abs(*got.IntentKappa-.4) > 1e-9 || *got.PriorityKappa != 1 || *got.RouteKappa != 0 {
		t.Errorf("got %+v, want 50 cases, 0.7 agreement, kappas 0.4, 1 and 0", got)
	}
}

func TestWhatTheSecondLabellerWasNotAskedIsNotCompared(t *testing.T) {
	var rs []evals.Result
	for _, p := range []intent.Priority{intent.Urgent, intent.Low} {
		c := labelled("", "pricing", p, "team:care")
		c.Second = &evals.Label{Priority: p}
		rs = append(rs, handled(c, "pricing", .9, "", p))
	}
	got := evals.NewReport(rs).Labels
	if got == nil || got.Count != 2 || got.PriorityKappa == nil || *got.PriorityKappa != 1 || got.IntentKappa != nil || got.IntentAgree != nil || got.RouteKappa != nil {
		t.Errorf("got %+v, want a kappa of the priority alone", got)
	}
}

func TestPairsAreOrderedWhenTheMoreUrgentCaseIsGivenTheMoreUrgentPriority(t *testing.T) {
	var rs []evals.Result
	add := func(pair string, want, got intent.Priority) {
		c := labelled("", "pricing", want, "team:care")
		c.Pair = pair
		rs = append(rs, handled(c, "pricing", .9, "", got))
	}
	add("ordered", intent.Low, intent.Normal)
	add("reversed", intent.Urgent, intent.Low)
	add("ordered", intent.Urgent, intent.High)
	add("reversed", intent.Low, intent.Urgent)
	add("equal", intent.Urgent, intent.High)
	add("equal", intent.Low, intent.High)
	add("alone", intent.Low, intent.Low)
	got := evals.NewReport(rs).Priority.PairsOrdered
	if got == nil || math.Abs(*got-1./3) > 1e-9 {
		t.Errorf("got %v, want one of three", got)
	}
	if got := evals.NewReport(rs[:2]).Priority.PairsOrdered; got != nil {
		t.Errorf("got %v without a whole pair", *got)
	}
}

// jsonFields are the names that scripts and floors rely on; others may join them.
var jsonFields = map[string][]string{
	"intent":     {"accuracy", "macro_f1", "ece"},
	"oos":        {"auroc", "recall_at_95"},
	"auto":       {"coverage", "precision"},
	"route":      {"accuracy"},
	"priority":   {"urgent_recall", "over_triage"},
	"latency_ms": {"p50", "p99"},
}

func asTree(t testing.TB, r evals.Report) map[string]any {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var tree map[string]any
	if err := json.Unmarshal(b, &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestTheJSONReportHasItsAgreedNames(t *testing.T) {
	r := evals.NewReport(eight())
	train, embed := 1.5, .5
	r.TrainS, r.EmbedS = &train, &embed
	tree := asTree(t, r)
	for part, fields := range jsonFields {
		m, ok := tree[part].(map[string]any)
		if !ok {
			t.Errorf("%q is %T, want an object", part, tree[part])
			continue
		}
		for _, f := range fields {
			if _, ok := m[f].(float64); !ok {
				t.Errorf("%s.%s is %T, want a number", part, f, m[f])
			}
		}
	}
	if tree["train_s"] != 1.5 || tree["embed_s"] != .5 {
		t.Errorf("train_s %v, embed_s %v", tree["train_s"], tree["embed_s"])
	}
}

func TestTheJSONReportLeavesOutWhatDoesNotApply(t *testing.T) {
	tree := asTree(t, evals.NewReport([]evals.Result{handled(labelled("s1", "pricing", "", ""), "pricing", .9, "", intent.Low)}))
	for _, part := range []string{"oos", "auto", "route", "priority", "labels", "sealed", "train_s", "embed_s"} {
		if v, ok := tree[part]; ok {
			t.Errorf("%q is there: %v", part, v)
		}
	}
}

func TestTheTerminalReportNamesNumbersAndMisses(t *testing.T) {
	rs := eight()
	rs[0].Case.Sealed = true
	r := evals.NewReport(rs)
	r.Suites = []string{"a.jsonl", "b.csv"}
	var short, long strings.Builder
	if err := r.WriteText(&short, false); err != nil {
		t.Fatal(err)
	}
	if err := r.WriteText(&long, true); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"a.jsonl, b.csv", "8 cases", "accuracy 42.9 %", "coverage 66.7 %", "95 %: 6.1 to 79.2 %", "urgent recall 50.0 %", "sealed half", "p50 2.00 ms"} {
		if !strings.Contains(short.String(), s) {
			t.Errorf("the report does not say %q:\n%s", s, short.String())
		}
	}
	for _, s := range []string{"held back", "answered with the wrong template", "reply thanks"} {
		if strings.Contains(short.String(), s) || !strings.Contains(long.String(), s) {
			t.Errorf("%q belongs in the long report only:\n%s", s, long.String())
		}
	}
	if err := r.WriteText(brokenPipe{}, false); err == nil {
		t.Error("a writer that fails is no error")
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errPipe }
