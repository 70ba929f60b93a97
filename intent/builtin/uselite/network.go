package uselite

import "math"

// network is the encoder: two transformer layers over the pieces of a text, their mean, one dense layer, length 1. It is
// not changed after reading, and so safe for concurrent use.
type network struct {
	embeddings embeddings
	timing     []float32
	layers     [layers]layer
	final      linear
}

// layer attends, then widens and narrows; each part reads its input normed and adds its result to it.
type layer struct {
	width              int // of the input
	attention, forward layerNorm
	query, output      linear // query, key and value beside each other
	residual           linear // brings the input to the output's width; nil where it has it
	remainder          linear // what rounding took from residual; nil where nothing
	widen, narrow      linear
}

type layerNorm struct{ scale, shift []float32 }

// room is what one run needs, for up to 128 tokens in all and rows to spare.
type room struct {
	x, y, normed, mixed []float32 // dims wide at most
	wide                []float32 // query, key and value, or the inner part
	weights             [maxTokens]float32
	path                path
}

func newRoom() *room {
	const rows = (maxTokens + rowsAtOnce - 1) / rowsAtOnce * rowsAtOnce
	return &room{
		x: make([]float32, rows*dims), y: make([]float32, rows*dims), normed: make([]float32, rows*dims),
		mixed: make([]float32, rows*dims), wide: make([]float32, rows*inner),
	}
}

// run sets vectors to those of the texts, given as their pieces: each at least one, together at most 128.
func (n *network) run(texts [][]int32, vectors [][]float32, m *room) {
	rows := 0
	for _, ids := range texts {
		for place, id := range ids {
			x := m.x[rows*narrow : (rows+1)*narrow]
			n.embeddings.row(x, id)
			add(x, 1, n.timing[place*narrow:(place+1)*narrow])
			rows++
		}
	}
	for i := range n.layers {
		n.layers[i].run(texts, rows, m)
		m.x, m.y = m.y, m.x
	}
	n.pool(texts, vectors, m)
}

// run reads m.x and writes m.y.
func (l *layer) run(texts [][]int32, rows int, m *room) {
	l.attention.apply(m.normed, m.x, rows, l.width)
	l.query.multiply(m.wide, m.normed, rows)
	first := 0
	for _, ids := range texts {
		l.attend(first, len(ids), m)
		first += len(ids)
	}
	l.output.multiply(m.y, m.mixed, rows)
	if l.residual == nil {
		add(m.y[:rows*dims], 1, m.x[:rows*dims])
	}
	for _, part := range []linear{l.residual, l.remainder} {
		if part != nil {
			part.multiply(m.mixed, m.x, rows)
			add(m.y[:rows*dims], 1, m.mixed[:rows*dims])
		}
	}
	l.forward.apply(m.normed, m.y, rows, dims)
	l.widen.multiply(m.wide, m.normed, rows)
	for i, a := range m.wide[:rows*inner] {
		m.wide[i] = max(a, 0)
	}
	l.narrow.multiply(m.mixed, m.wide, rows)
	add(m.y[:rows*dims], 1, m.mixed[:rows*dims])
}

// attend mixes the values of one text's tokens, count rows from first, into m.mixed.
func (l *layer) attend(first, count int, m *room) {
	head := l.width / heads
	scale := float32(1 / math.Sqrt(float64(head)))
	at := func(row, from int) []float32 {
		start := (first+row)*3*l.width + from
		return m.wide[start : start+head]
	}
	weights := m.weights[:count]
	for from := 0; from < l.width; from += head {
		for row := range count {
			query := at(row, from)
			for other := range weights {
				weights[other] = scale * dot(query, at(other, l.width+from))
			}
			softmax(weights)
			out := m.mixed[(first+row)*l.width+from:][:head]
			clear(out)
			for other, by := range weights {
				add(out, by, at(other, 2*l.width+from))
			}
		}
	}
}

func softmax(v []float32) {
	highest := v[0]
	for _, a := range v[1:] {
		highest = max(highest, a)
	}
	var sum float32
	for i, a := range v {
		v[i] = float32(math.Exp(float64(a - highest)))
		sum += v[i]
	}
	for i := range v {
		v[i] /= sum
	}
}

// apply norms each row to mean 0 and variance 1, then scales and shifts its columns.
func (n layerNorm) apply(out, in []float32, rows, width int) {
	for r := range rows {
		from, to := in[r*width:(r+1)*width], out[r*width:(r+1)*width]
		var mean, variance float32
		for _, a := range from {
			mean += a
		}
		mean /= float32(width)
		for _, a := range from {
			variance += (a - mean) * (a - mean)
		}
		by := float32(1 / math.Sqrt(float64(variance/float32(width)+normFloor)))
		for i, a := range from {
			to[i] = (a-mean)*by*n.scale[i] + n.shift[i]
		}
	}
}

// pool takes each text's mean through the dense layer.
func (n *network) pool(texts [][]int32, vectors [][]float32, m *room) {
	row := 0
	for i, ids := range texts {
		mean := m.mixed[i*dims : (i+1)*dims]
		clear(mean)
		for range ids {
			add(mean, 1/float32(len(ids)), m.x[row*dims:(row+1)*dims])
			row++
		}
	}
	n.final.multiply(m.y, m.mixed, len(texts))
	for i, v := range vectors {
		var length float64
		for j, a := range m.y[i*dims : (i+1)*dims] {
			v[j] = float32(math.Tanh(float64(a)))
			length += float64(v[j]) * float64(v[j])
		}
		by := float32(1 / math.Sqrt(max(length, 1e-12)))
		for j := range v {
			v[j] *= by
		}
	}
}
