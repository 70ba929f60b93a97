package evals

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Floor is the least (or, for errors such as ece, over_triage and latencies, the most) that a measure may be.
type Floor struct {
	Path  string // as in the JSON report: intent.accuracy, sealed.auto.precision
	Bound float64
}

// ParseFloor reads "intent.accuracy=0.9".
func ParseFloor(s string) (Floor, error) {
	path, bound, found := strings.Cut(s, "=")
	v, err := strconv.ParseFloat(bound, 64)
	if !found || path == "" || err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return Floor{}, fmt.Errorf("floor %q: write it as measure=number, such as intent.accuracy=0.9", s)
	}
	return Floor{path, v}, nil
}

// smallerIsBetter are the measures whose floor is a ceiling.
var smallerIsBetter = map[string]bool{"ece": true, "urgency_ece": true, "over_triage": true, "urgent_answered": true, "p50": true, "p99": true, "train_s": true, "embed_s": true}

// Check says which floors the report does not hold, one sentence each. A measure that the report does not have
// is an error, not a pass.
func (r Report) Check(floors []Floor) ([]string, error) {
	b, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("check floors: %w", err)
	}
	var tree map[string]any
	if err := json.Unmarshal(b, &tree); err != nil {
		return nil, fmt.Errorf("check floors: %w", err)
	}
	var broken []string
	for _, f := range floors {
		got, err := lookUp(tree, f.Path)
		if err != nil {
			return nil, err
		}
		name := f.Path[strings.LastIndex(f.Path, ".")+1:]
		if smallerIsBetter[name] && got > f.Bound {
			broken = append(broken, fmt.Sprintf("%s is %.4g and may be at most %.4g", f.Path, got, f.Bound))
		}
		if !smallerIsBetter[name] && got < f.Bound {
			broken = append(broken, fmt.Sprintf("%s is %.4g and must be at least %.4g", f.Path, got, f.Bound))
		}
	}
	return broken, nil
}

func lookUp(tree map[string]any, path string) (float64, error) {
	var node any = tree
	for part := range strings.SplitSeq(path, ".") {
		m, ok := node.(map[string]any)
		if !ok {
			return 0, fmt.Errorf("floor %q: the report has no such measure", path)
		}
		node = m[part]
	}
	v, ok := node.(float64)
	if !ok {
		return 0, fmt.Errorf("floor %q: the report has no such measure", path)
	}
	return v, nil
}
