package uselite

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"math"
)

//go:embed weights.int8
var weightsFile string

//go:embed vocabulary.txt
var vocabularyFile string

// The shape of the encoder.
const (
	pieces    = 8002 // rows of embeddings; the last two have no piece
	narrow    = 256  // of embeddings and the input of the first layer
	dims      = 512  // of everything after it
	inner     = 1536 // of the feed-forward part
	heads     = 4
	layers    = 2
	normFloor = 1e-6 // added to the variance in layer norms
)

// quantised is a matrix of rows × cols in one byte per weight, row by row, with a scale and a bias for each column.
type quantised struct {
	rows, cols  int
	weights     string
	scale, bias []float32
}

// linear multiplies rows of numbers by a matrix and adds its bias. The slices hold n rows, and room up to the next multiple of
// rowsAtOnce, whose contents do not matter: they may be read, and are overwritten in out.
type linear interface {
	multiply(out, in []float32, n int)
}

// embeddings looks up a piece's numbers.
type embeddings interface {
	// row sets out to twice the piece's embedding: the published encoder adds it twice.
	row(out []float32, piece int32)
}

// bytesByRow are embeddings in one byte each, with a scale per row.
type bytesByRow struct {
	weights string
	scale   []float32
}

func (e bytesByRow) row(out []float32, piece int32) {
	by := 2 * e.scale[piece]
	for i := range out {
		out[i] = by * float32(int8(e.weights[int(piece)*narrow+i]))
	}
}

// readNetwork reads the converter's file; made turns each matrix into what multiplies by it.
func readNetwork(file string, made func(quantised) linear) (*network, error) {
	r := reader{file: file}
	embedded := bytesByRow{weights: r.bytes(pieces * narrow), scale: r.floats(pieces)}
	n := &network{embeddings: embedded, timing: timing()}
	for i := range n.layers {
		width := dims
		if i == 0 {
			width = narrow
		}
		l := &n.layers[i]
		l.width = width
		l.attention = layerNorm{r.floats(width), r.floats(width)}
		l.query = made(r.matrix(width, 3*width))
		l.output = made(r.matrix(width, dims))
		if width != dims {
			l.residual = made(r.matrix(width, dims))
			l.remainder = made(r.matrix(width, dims))
		}
		l.forward = layerNorm{r.floats(dims), r.floats(dims)}
		l.widen = made(r.matrix(dims, inner))
		l.narrow = made(r.matrix(inner, dims))
	}
	n.final = made(r.matrix(dims, dims))
	if r.short || r.file != "" {
		return nil, fmt.Errorf("weights: the file of %d bytes does not have the encoder's shape", len(file))
	}
	return n, nil
}

// reader takes numbers from the start of a file, and zeros when it is at its end.
type reader struct {
	file  string
	short bool
}

func (r *reader) bytes(n int) string {
	if len(r.file) < n {
		r.short, r.file = true, ""
		return string(make([]byte, n))
	}
	b := r.file[:n]
	r.file = r.file[n:]
	return b
}

func (r *reader) floats(n int) []float32 {
	b, v := []byte(r.bytes(4*n)), make([]float32, n)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v
}

func (r *reader) matrix(rows, cols int) quantised {
	return quantised{rows: rows, cols: cols, weights: r.bytes(rows * cols), scale: r.floats(cols), bias: r.floats(cols)}
}

// timing is what tells positions apart: sines, then cosines, of 128 wavelengths from 2π to 20,000π.
func timing() []float32 {
	const waves = narrow / 2
	t := make([]float32, maxTokens*narrow)
	for place := range maxTokens {
		for i := range waves {
			frequency := float32(math.Exp(-math.Log(1e4) / (waves - 1) * float64(i)))
			angle := float64(float32(place) * frequency)
			t[place*narrow+i] = float32(math.Sin(angle))
			t[place*narrow+waves+i] = float32(math.Cos(angle))
		}
	}
	return t
}
