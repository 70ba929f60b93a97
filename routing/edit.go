package routing

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// SetThresholds changes the thresholds of intents in a policy document and nothing else: comments, order and layout
// stay as they are, byte for byte. The result is read again and must say what was asked for. Errors are *ProblemsError.
func SetThresholds(doc []byte, thresholds map[string]float64) ([]byte, error) {
	before, err := ParsePolicy(doc)
	if err != nil {
		return nil, err
	}
	for _, label := range slices.Sorted(maps.Keys(thresholds)) {
		if doc, err = setThreshold(doc, label, thresholds[label]); err != nil {
			return nil, err
		}
	}
	after, err := ParsePolicy(doc)
	if err != nil {
		return nil, err
	}
	for label, r := range before.Intents {
		want, asked := thresholds[label]
		if !asked {
			want = r.Threshold
		}
		if after.Intents[label].Threshold != want {
			return nil, problemsError([]Problem{{Line: before.lines.at("intents." + label),
				Message: fmt.Sprintf("the threshold of %s cannot be changed by itself, because of an anchor or unusual line ends; edit the document", label)}})
		}
	}
	return doc, nil
}

func setThreshold(doc []byte, label string, threshold float64) ([]byte, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(doc, &root); err != nil {
		return nil, problemsError(yamlProblems(err))
	}
	value := strconv.FormatFloat(threshold, 'f', -1, 64)
	if !strings.Contains(value, ".") {
		value += ".0"
	}
	route := child(child(root.Content[0], "intents"), label)
	if route == nil || route.Kind != yaml.MappingNode || len(route.Content) == 0 {
		return nil, problemsError([]Problem{{Message: fmt.Sprintf("the policy has no fields for the intent %q; add it under intents first", label)}})
	}
	if old := child(route, "threshold"); old != nil {
		return splice(doc, old.Line, old.Column, len(old.Value), value)
	}
	if route.Style&yaml.FlowStyle != 0 {
		return splice(doc, route.Line, route.Column+1, 0, "threshold: "+value+", ")
	}
	first := route.Content[0]
	return splice(doc, first.Line, first.Column, 0, "threshold: "+value+"\n"+strings.Repeat(" ", first.Column-1))
}

// child is the value of a key of a map, nil when there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// splice replaces length characters at a line and column, both counted from 1 and columns in runes, as YAML does.
func splice(doc []byte, line, column, length int, with string) ([]byte, error) {
	start := 0
	for ; line > 1; line-- {
		i := bytes.IndexByte(doc[start:], '\n')
		if i < 0 {
			return nil, fmt.Errorf("set a threshold: the document has no line %d", line)
		}
		start += i + 1
	}
	end := start + runeBytes(doc[start:], column-1+length)
	start += runeBytes(doc[start:], column-1)
	return slices.Concat(doc[:start], []byte(with), doc[end:]), nil
}

// runeBytes is how many bytes the first runes of b take.
func runeBytes(b []byte, runes int) int {
	for i := range string(b) {
		if runes == 0 {
			return i
		}
		runes--
	}
	return len(b)
}
