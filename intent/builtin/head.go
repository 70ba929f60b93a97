package builtin

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"usher/intent"
)

// A head is the part of a model for vectors by itself, for utterances that are trained on again and again: embedding them takes
// minutes, their n-grams are learnt in seconds. It is the magic word, a header as JSON that names the utterances, that part as it is
// in an artefact, and the SHA-256 of it all.
const headMagic = "usher/vh"

type headHeader struct {
	Intents []string `json:"intents"`
	Digest  string   `json:"digest"` // of the utterances
}

// MarshalHead writes the model's part for vectors, which learnt from these utterances. A model without that part is an error.
func (m *Model) MarshalHead(learntFrom []intent.Utterance) ([]byte, error) {
	if m.dense == nil {
		return nil, errors.New("write head: the model was trained without vectors")
	}
	b, err := appendHeader([]byte(headMagic), headHeader{m.Intents, digest(learntFrom)})
	if err == nil {
		b, err = m.dense.append(b)
	}
	if err != nil {
		return nil, fmt.Errorf("write head: %w", err)
	}
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// readHead reads a head that learnt from just these utterances, of which the examples were made.
func (d *examples) readHead(head []byte, utterances []intent.Utterance) (*denseHead, error) {
	body := max(len(head)-sha256.Size, 0)
	if sum := sha256.Sum256(head[:body]); !bytes.Equal(sum[:], head[body:]) {
		return nil, errors.New("read head: it is cut off or damaged")
	}
	r := reader{rest: head[:body]}
	if string(r.take(len(headMagic))) != headMagic {
		return nil, errors.New("read head: this is none")
	}
	var h headHeader
	if err := r.header(&h); err != nil {
		return nil, fmt.Errorf("read head: %w", err)
	}
	if !slices.Equal(h.Intents, d.intents) || h.Digest != digest(utterances) {
		return nil, errors.New("read head: it learnt from other utterances; learn it anew")
	}
	dense, err := r.dense(len(d.intents), d.allClasses())
	if err == nil && len(r.rest) > 0 {
		err = errors.New("it is longer than a head")
	}
	if err != nil {
		return nil, fmt.Errorf("read head: %w", err)
	}
	return dense, nil
}

// digest tells utterances apart, their order included.
func digest(utterances []intent.Utterance) string {
	h := sha256.New()
	for _, u := range utterances {
		fmt.Fprintf(h, "%q %q\n", u.Text, u.Intent)
	}
	return hex.EncodeToString(h.Sum(nil))
}
