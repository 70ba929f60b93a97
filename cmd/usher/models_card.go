package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// showCard writes whatever a card holds, one value a line, under the names it was kept by. Lists of values stand in one line,
// lists of things are counted: the card itself has them all.
func showCard(w io.Writer, card []byte) error {
	var fields map[string]any
	dec := json.NewDecoder(strings.NewReader(string(card)))
	dec.UseNumber()
	if err := dec.Decode(&fields); err != nil {
		return fmt.Errorf("read the card: %w", err)
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	cardLines(t, "", fields)
	if err := t.Flush(); err != nil {
		return fmt.Errorf("write the card: %w", err)
	}
	return nil
}

func cardLines(w io.Writer, above string, fields map[string]any) {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		path := strings.TrimPrefix(above+"."+name, ".")
		switch v := fields[name].(type) {
		case nil:
		case map[string]any:
			cardLines(w, path, v)
		case []any:
			fmt.Fprintf(w, "%s\t%s\n", path, listLine(v))
		case json.Number:
			fmt.Fprintf(w, "%s\t%s\n", path, shortNumber(v))
		default:
			fmt.Fprintf(w, "%s\t%v\n", path, v)
		}
	}
}

// shortNumber keeps whole numbers as they are and rounds others to four digits.
func shortNumber(n json.Number) string {
	if x, err := n.Float64(); err == nil && strings.ContainsAny(n.String(), ".eE") {
		return fmt.Sprintf("%.4g", x)
	}
	return n.String()
}

func listLine(list []any) string {
	words := make([]string, len(list))
	for i, v := range list {
		switch v.(type) {
		case map[string]any, []any:
			return fmt.Sprintf("%d entries", len(list))
		}
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ", ")
}
