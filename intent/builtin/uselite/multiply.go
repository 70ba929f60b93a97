package uselite

import "gonum.org/v1/gonum/blas/gonum"

// rowsAtOnce is a multiple of how many rows each way to multiply takes in one go.
const rowsAtOnce = 12

// weightRows is how many rows of weights meet all rows of numbers before the next: at most 96 kB, which stay in the
// processor's cache meanwhile.
const weightRows = 16

// floats is a matrix of plain numbers, row by row: the way that works everywhere. Whole rows of weights are added to whole
// rows of sums by gonum, which took 0.6 of the time of its Sgemm: that cuts matrices into squares of 64, too small for this.
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
	for from := 0; from < m.rows; from += weightRows {
		to := min(from+weightRows, m.rows)
		for r := range n {
			sums := out[r*m.cols : (r+1)*m.cols]
			for i, by := range in[r*m.rows+from : r*m.rows+to] {
				if by != 0 { // as most of the inner part is
					add(sums, by, m.values[(from+i)*m.cols:(from+i+1)*m.cols])
				}
			}
		}
	}
}

// dot and add are for the short vectors of attention.
func dot(a, b []float32) float32 { return gonum.Implementation{}.Sdot(len(a), a, 1, b, 1) }

// add adds by times a to out.
func add(out []float32, by float32, a []float32) {
	gonum.Implementation{}.Saxpy(len(a), by, a, 1, out, 1)
}
