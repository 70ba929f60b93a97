package builtin

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"usher/intent"
)

// LabelWords is what a label says in words: "card_arrival" and "cardArrival" say "card arrival". A label without letters says
// nothing, and neither does intent.OutOfScope.
func LabelWords(label string) string {
	if label == intent.OutOfScope || !strings.ContainsFunc(label, unicode.IsLetter) {
		return ""
	}
	var b strings.Builder
	before := ' '
	for _, r := range label {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '\'':
			r = ' '
		case unicode.IsUpper(r) && unicode.IsLower(before):
			b.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
		before = r
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// EmbedLabels gives the vectors of what the labels of the utterances say in words, for TrainOptions.LabelVectors.
func EmbedLabels(ctx context.Context, e intent.Embedder, us []intent.Utterance) (map[string][]float32, error) {
	said := map[string]string{}
	for _, u := range us {
		if _, known := said[u.Intent]; !known {
			said[u.Intent] = LabelWords(u.Intent)
		}
	}
	vectors := make(map[string][]float32, len(said))
	var labels, texts []string
	for label, words := range said {
		if words != "" {
			labels = append(labels, label)
		}
	}
	slices.Sort(labels)
	for _, label := range labels {
		texts = append(texts, said[label])
	}
	if len(texts) == 0 {
		return vectors, nil
	}
	made, err := e.Embed(ctx, texts)
	if err != nil {
		return nil, fmt.Errorf("embed %d labels: %w", len(labels), err)
	}
	for i, label := range labels {
		vectors[label] = made[i]
	}
	return vectors, nil
}

// addNames adds what the labels say, unless none says anything.
func (d *examples) addNames(vectors map[string][]float32) {
	var x extractor
	names, nameVectors, words := make([][]hit, len(d.intents)), make([][]float32, len(d.intents)), false
	for c, label := range d.intents {
		x.read(intent.Normalise(LabelWords(label)))
		names[c], nameVectors[c] = slices.Clone(x.hits), vectors[label]
		words = words || len(x.hits) > 0
	}
	if words {
		d.names = names
	}
	if words && len(vectors) > 0 {
		d.nameVectors = nameVectors
	}
}
