package intent

import (
	"context"
	"fmt"
	"slices"
)

// embedSlice is how many texts are embedded in one call, so that what was made before the time was up counts.
const embedSlice = 16

// Embed makes the vectors of what texts are about, which Refine takes and history is compared by. It is bounded by
// UnderstandOptions.EmbedTimeout: texts for which the time was too short get nil. It returns no vectors at all when nothing is to be
// refined by them, and an error when the embedder fails before its time.
func (u *Understander) Embed(ctx context.Context, texts []string) (Vectors, error) {
	if u.embedder == nil {
		return Vectors{}, nil
	}
	within, cancel := context.WithTimeout(ctx, u.embedTimeout)
	defer cancel()
	v := Vectors{By: u.embedder.Model(), Of: make([][]float32, 0, len(texts))}
	for slice := range slices.Chunk(texts, embedSlice) {
		gists := make([]string, len(slice))
		for i, text := range slice {
			gists[i] = Gist(text)
		}
		made, err := u.embedder.Embed(within, gists)
		if err != nil && within.Err() != nil && ctx.Err() == nil {
			break
		}
		if err == nil && len(made) != len(slice) {
			err = fmt.Errorf("the embedder gave %d vectors", len(made))
		}
		if err != nil {
			return Vectors{}, fmt.Errorf("embed %d texts: %w", len(slice), err)
		}
		v.Of = append(v.Of, made...)
	}
	v.Of = v.Of[:len(texts)] // what is missing is nil
	return v, nil
}

// Refine is a prediction that Understand made of the text, with the text's vector read beside the n-grams. It is the same
// prediction when the classifier takes no such vector, is another one by now, or makes nothing of it. What parts of the text
// ask for stays as it is: their vectors are not known.
func (u *Understander) Refine(p Prediction, text string, by ModelID, vector []float32) Prediction {
	c, able := u.classifier.(VectorClassifier)
	if !able || p.Model != c.Hash() || len(p.Ranked) == 0 || len(vector) != by.Dims {
		return p
	}
	if id, takes := c.Embedder(); !takes || id != by {
		return p
	}
	read, _ := shorten(text)
	parts := partsOf(read)
	about := gist(read, parts)
	a := safely(func() answer { return answer{Classification: c.ClassifyVector(about, vector)} })
	if a.failure != "" || len(a.Ranked) == 0 {
		return p
	}
	if n := len(requests(parts)); n > 0 && n < len(parts) && courteous(a.Classification) {
		return p // the whole was classified, whose vector this is not
	}
	p.Ranked, p.OOS, p.Words, p.Fused = a.Ranked, a.OOS, a.Words, true
	p.Alarm = alarm(read, tokens(read), p, meaningOf(by, vector))
	p.Urgency = p.Alarm.Urgency(PriorityContext{})
	return p
}
