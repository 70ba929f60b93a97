package intent

import (
	"context"
	"fmt"
)

// Embed makes the vectors of what texts are about, which Refine takes and history is compared by. It is bounded by
// UnderstandOptions.EmbedTimeout, and returns no vectors when nothing is to be refined by them.
func (u *Understander) Embed(ctx context.Context, texts []string) (Vectors, error) {
	if u.embedder == nil {
		return Vectors{}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, u.embedTimeout)
	defer cancel()
	gists := make([]string, len(texts))
	for i, text := range texts {
		gists[i] = Gist(text)
	}
	vectors, err := u.embedder.Embed(ctx, gists)
	if err == nil && len(vectors) != len(texts) {
		err = fmt.Errorf("the embedder gave %d vectors", len(vectors))
	}
	if err != nil {
		return Vectors{}, fmt.Errorf("embed %d texts: %w", len(texts), err)
	}
	return Vectors{By: u.embedder.Model(), Of: vectors}, nil
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
