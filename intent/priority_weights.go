package intent

import (
	"bytes"
	_ "embed"
	"encoding/gob"
	"fmt"
	"sync"
)

// urgencyFile holds the weights of the urgency model. priority_fit_test.go makes it.
//
//go:embed urgency.weights
var urgencyFile []byte

// meaningDims is the length of a vector by use-lite-512.
const meaningDims = 512

// urgencyForm is what the file holds. Plain reads a text alone, Fused its vector, too.
type urgencyForm struct {
	Rarity       []byte // by slot: how rare its n-grams are, in 1/32
	Plain, Fused layerForm
}

// layerForm has the weights of the four heads beside each other: those of slot 3 are Grams[12:16].
type layerForm struct {
	Bias, Scale []float32            // by head; a weight of an n-gram is its byte, with 128 for 0, times the scale
	Grams       []byte               // by slot and head
	Facts       map[string][]float32 // by head
	Meaning     []float32            // by dimension and head; none in the plain layer
}

// layer is a layerForm in the form that is quick to read.
type layer struct {
	bias, scale [heads]float32
	grams       []int8
	facts       map[string][heads]float32
	meaning     []float32
}

type urgencyWeights struct {
	rarity       []byte
	plain, fused *layer
}

// urgencyModel is read once, when first asked for. It panics when the program was built with damaged weights.
var urgencyModel = sync.OnceValue(func() urgencyWeights {
	w, err := readUrgency(urgencyFile)
	if err != nil {
		panic("intent: urgency.weights: " + err.Error())
	}
	return w
})

func readUrgency(file []byte) (urgencyWeights, error) {
	var w urgencyForm
	if len(file) == 0 { // to fit the first weights from
		none := layerForm{Bias: make([]float32, heads), Scale: make([]float32, heads), Grams: make([]byte, gramSlots*heads)}
		w = urgencyForm{Rarity: make([]byte, gramSlots), Plain: none, Fused: none}
		w.Fused.Meaning = make([]float32, meaningDims*heads)
	} else if err := gob.NewDecoder(bytes.NewReader(file)).Decode(&w); err != nil {
		return urgencyWeights{}, fmt.Errorf("read: %w", err)
	}
	if len(w.Rarity) != gramSlots {
		return urgencyWeights{}, fmt.Errorf("for %d slots instead of %d", len(w.Rarity), gramSlots)
	}
	plain, err := w.Plain.read(0)
	if err != nil {
		return urgencyWeights{}, fmt.Errorf("without vectors: %w", err)
	}
	fused, err := w.Fused.read(meaningDims)
	if err != nil {
		return urgencyWeights{}, fmt.Errorf("with vectors: %w", err)
	}
	return urgencyWeights{w.Rarity, plain, fused}, nil
}

func (u layerForm) read(dims int) (*layer, error) {
	if len(u.Bias) != heads || len(u.Scale) != heads || len(u.Grams) != gramSlots*heads || len(u.Meaning) != dims*heads {
		return nil, fmt.Errorf("%d biases, %d scales, %d weights of n-grams and %d of vectors", len(u.Bias), len(u.Scale), len(u.Grams), len(u.Meaning))
	}
	l := &layer{
		bias: [heads]float32(u.Bias), scale: [heads]float32(u.Scale), grams: make([]int8, len(u.Grams)),
		facts: map[string][heads]float32{}, meaning: u.Meaning,
	}
	for i, b := range u.Grams {
		l.grams[i] = int8(int(b) - 128)
	}
	for name, row := range u.Facts {
		if len(row) != heads {
			return nil, fmt.Errorf("%d weights of %q", len(row), name)
		}
		l.facts[name] = [heads]float32(row)
	}
	return l, nil
}
