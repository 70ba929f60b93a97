//go:build goexperiment.simd && amd64

package uselite

import (
	"simd/archsimd"
)

// across is how many columns stand beside each other in a panel: all rows of those columns, then the next panel, so
// that multiplying reads the weights from the first byte to the last.
const across = 32

// panels is a matrix of bytes, which become numbers only in the processor's registers: a quarter of the memory to read.
type panels struct {
	rows, cols  int
	weights     []int8
	scale, bias []float32
	tall        int // rows that a tile takes
	tile        func(out, in []float32, rows, cols int, panel []int8, scale, bias []float32)
}

// fastest is the fastest way to multiply that this build and this processor have.
func fastest(q quantised) linear {
	switch {
	case archsimd.X86.AVX512():
		return wide(q)
	case archsimd.X86.AVX2() && archsimd.X86.FMA():
		return halfWide(q)
	}
	return portable(q)
}

// wide takes 4 rows and 32 columns at once, and needs AVX-512.
func wide(q quantised) linear { return pack(q, 4, tile4x32) }

// halfWide takes 4 rows and 16 columns at once, and needs AVX2 and FMA.
func halfWide(q quantised) linear { return pack(q, 4, tile4x16twice) }

func pack(q quantised, tall int, tile func(out, in []float32, rows, cols int, panel []int8, scale, bias []float32)) panels {
	m := panels{rows: q.rows, cols: q.cols, scale: q.scale, bias: q.bias, tall: tall, tile: tile}
	m.weights = make([]int8, 0, q.rows*q.cols)
	for c := 0; c < q.cols; c += across {
		for r := range q.rows {
			for _, b := range []byte(q.weights[r*q.cols+c:][:across]) {
				m.weights = append(m.weights, int8(b))
			}
		}
	}
	return m
}

func (m panels) multiply(out, in []float32, n int) {
	for c := 0; c < m.cols; c += across {
		panel := m.weights[c*m.rows : (c+across)*m.rows]
		for r := 0; r < n; r += m.tall {
			m.tile(out[r*m.cols+c:], in[r*m.rows:], m.rows, m.cols, panel, m.scale[c:c+across], m.bias[c:c+across])
		}
	}
}
