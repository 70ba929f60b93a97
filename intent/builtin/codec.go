package builtin

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
)

// An artefact is the magic word with the version of the format, the header as JSON, the columns, and the SHA-256 of it
// all. Version 3 has the part for vectors between header and columns: its header as JSON, its rows, its biases, and its prototypes,
// scales first. Models
// without that part are written as version 1. Numbers are little-endian. Anything that does not fit is an error, so that a model is either whole or absent.
const (
	magic         = "usher/ng"
	formatVersion = 1
	denseVersion  = 3
	maxHeader     = 4 << 20
	maxClasses    = 10_000
)

func hashOf(artefact []byte) string {
	sum := sha256.Sum256(artefact)
	return hex.EncodeToString(sum[:])
}

// MarshalBinary writes the artefact. The same model always gives the same bytes.
func (m *Model) MarshalBinary() ([]byte, error) {
	b := []byte(magic)
	version := uint32(formatVersion)
	if m.dense != nil {
		version = denseVersion
	}
	b = binary.LittleEndian.AppendUint32(b, version)
	b, err := appendHeader(b, m.header)
	if err == nil && m.dense != nil {
		b, err = m.dense.append(b)
	}
	if err != nil {
		return nil, fmt.Errorf("write model: %w", err)
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(m.slots)))
	b = appendFloats(b, []float32{m.unseen})
	b = appendFloats(b, m.bias)
	for _, slot := range m.slots {
		b = binary.LittleEndian.AppendUint32(b, slot)
	}
	b = appendFloats(b, m.vocabulary.weights)
	b = appendFloats(b, m.scales)
	b = appendBytes(b, m.rows)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// append writes the part for vectors.
func (h *denseHead) append(b []byte) ([]byte, error) {
	b, err := appendHeader(b, h.denseHeader)
	if err != nil {
		return nil, err
	}
	b = appendFloats(appendFloats(b, h.rows), h.bias)
	if h.neighbours != nil {
		b = appendBytes(appendFloats(b, h.neighbours.scales), h.neighbours.rows)
	}
	return b, nil
}

// appendHeader writes JSON with its length before it.
func appendHeader(b []byte, header any) ([]byte, error) {
	j, err := json.Marshal(header)
	if err != nil {
		return nil, err
	}
	return append(binary.LittleEndian.AppendUint32(b, uint32(len(j))), j...), nil
}

func appendFloats(b []byte, xs []float32) []byte {
	for _, x := range xs {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
	}
	return b
}

func appendBytes(b []byte, xs []int8) []byte {
	for _, x := range xs {
		b = append(b, byte(x))
	}
	return b
}

// Load reads an artefact. What was cut off, changed or written by another version is an error.
func Load(artefact []byte) (*Model, error) {
	body := len(artefact) - sha256.Size
	if body < 0 {
		return nil, errors.New("load model: the artefact is cut off")
	}
	if sum := sha256.Sum256(artefact[:body]); !bytes.Equal(sum[:], artefact[body:]) {
		return nil, errors.New("load model: the artefact is damaged: its checksum does not match")
	}
	m, err := decode(artefact[:body])
	if err != nil {
		return nil, fmt.Errorf("load model: %w", err)
	}
	if m.hash != hashOf(artefact) {
		return nil, errors.New("load model: the artefact holds more than a model")
	}
	return m, nil
}

// decode reads an artefact without its checksum. It trusts nothing: sizes are checked before memory is taken.
func decode(b []byte) (*Model, error) {
	r := reader{rest: b}
	if string(r.take(len(magic))) != magic {
		return nil, errors.New("this is not a model")
	}
	version := r.number()
	if version != formatVersion && version != denseVersion {
		return nil, fmt.Errorf("the format has version %d, and this program reads %d and %d; train anew", version, formatVersion, denseVersion)
	}
	var h header
	if err := r.header(&h); err != nil {
		return nil, err
	}
	if err := h.check(); err != nil {
		return nil, err
	}
	var dense *denseHead
	if version == denseVersion {
		var err error
		if dense, err = r.dense(len(h.Intents), h.classes()); err != nil {
			return nil, err
		}
	}
	v, q, err := r.columns(h.classes())
	if err != nil {
		return nil, err
	}
	return newModel(h, v, q, dense)
}

// header reads JSON with its length before it.
func (r *reader) header(into any) error {
	size := r.number()
	if size > maxHeader {
		return fmt.Errorf("a header of %d bytes is too large", size)
	}
	dec := json.NewDecoder(bytes.NewReader(r.take(int(size))))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("read header: %w", err)
	}
	return nil
}

// dense reads the part for vectors.
func (r *reader) dense(intents, classes int) (*denseHead, error) {
	h := &denseHead{}
	if err := r.header(&h.denseHeader); err != nil {
		return nil, err
	}
	if h.Read < 1 || h.Read > h.Dims || h.Dims > maxDims || len(r.rest) < 4*(h.Read+1)*classes {
		return nil, fmt.Errorf("%d of vectors' %d dimensions and %d classes do not fit %d bytes", h.Read, h.Dims, classes, len(r.rest))
	}
	h.rows, h.bias = r.floats(h.Read*classes), r.floats(classes)
	if h.Prototypes != nil {
		var err error
		if h.neighbours, err = r.neighbours(h.Prototypes, intents, h.Read); err != nil {
			return nil, err
		}
	}
	return h, h.check()
}

func (h *header) check() error {
	switch {
	case len(h.Intents) < 2 || len(h.Intents) > maxClasses:
		return fmt.Errorf("%d intents are not between 2 and %d", len(h.Intents), maxClasses)
	case !slices.IsSorted(h.Intents) || len(slices.Compact(slices.Clone(h.Intents))) != len(h.Intents):
		return errors.New("the intents are not in order")
	}
	return h.Calibration.check()
}

// columns reads the vocabulary and the weights.
func (r *reader) columns(classes int) (*vocabulary, quantised, error) {
	n := r.number()
	// Each column takes its slot, weight, scale and a byte per class; before them stand a weight and the biases.
	if need := 4 + 4*classes + int(n)*(12+classes); n > space || len(r.rest) != need {
		return nil, quantised{}, fmt.Errorf("%d columns of %d classes do not fit %d bytes", n, classes, len(r.rest))
	}
	v, q := &vocabulary{unseen: r.floats(1)[0]}, quantised{bias: r.floats(classes)}
	v.slots = make([]uint32, n)
	for i := range v.slots {
		v.slots[i] = r.number()
		if v.slots[i] >= space || i > 0 && v.slots[i] <= v.slots[i-1] {
			return nil, quantised{}, fmt.Errorf("column %d is out of order", i)
		}
	}
	v.weights, q.scales = r.floats(int(n)), r.floats(int(n))
	for _, xs := range [][]float32{{v.unseen}, q.bias, v.weights, q.scales} {
		if slices.ContainsFunc(xs, func(x float32) bool { return !(x > -1e6 && x < 1e6) }) {
			return nil, quantised{}, errors.New("a number is out of bounds")
		}
	}
	q.rows = r.bytes(int(n) * classes)
	v.index()
	return v, q, nil
}

// reader takes an artefact apart. Past the end it gives zeros and nothing; the checks of sizes find that.
type reader struct{ rest []byte }

func (r *reader) take(n int) []byte {
	n = min(n, len(r.rest))
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) number() uint32 {
	b := r.take(4)
	if len(b) < 4 {
		return 0
	}
	return binary.LittleEndian.Uint32(b)
}

func (r *reader) bytes(n int) []int8 {
	xs := make([]int8, n)
	for i, x := range r.take(n) {
		xs[i] = int8(x)
	}
	return xs
}

func (r *reader) floats(n int) []float32 {
	xs := make([]float32, n)
	for i := range xs {
		xs[i] = math.Float32frombits(r.number())
	}
	return xs
}
