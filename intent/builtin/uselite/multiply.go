package uselite

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/gonum"
)

// rowsAtOnce is a multiple of how many rows each way to multiply takes in one go.
const rowsAtOnce = 12

// floats is a matrix of plain numbers, row by row, multiplied by gonum: the way that works everywhere.
type floats struct {
	rows, cols   int
	values, bias []float32
}

// portable expands a matrix to four bytes per weight.
func portable(q quantised) linear {
	m := floats{rows: q.rows, cols: q.cols, values: make([]float32, q.rows*q.cols), bias: q.bias}
	for r := range q.rows {
		for c, scale := range q.scale {
			m.values[r*q.cols+c] = scale * float32(int8(q.weights[r*q.cols+c]))
		}
	}
	return m
}

func (m floats) multiply(out, in []float32, n int) {
	for r := range n {
		copy(out[r*m.cols:(r+1)*m.cols], m.bias)
	}
	gonum.Implementation{}.Sgemm(blas.NoTrans, blas.NoTrans, n, m.cols, m.rows,
		1, in, m.rows, m.values, m.cols, 1, out, m.cols)
}

// dot and add are for the short vectors of attention.
func dot(a, b []float32) float32 { return gonum.Implementation{}.Sdot(len(a), a, 1, b, 1) }

// add adds by times a to out.
func add(out []float32, by float32, a []float32) {
	gonum.Implementation{}.Saxpy(len(a), by, a, 1, out, 1)
}
