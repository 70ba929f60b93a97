package builtin

// Recipe is how a model makes its scores out of a text, and probabilities out of its scores: what a card has to say so that
// another training can be told from this one.
type Recipe struct {
	NGrams      NGramRecipe `json:"ngrams"`
	Calibration calibration `json:"calibration"`
	Vectors     *DenseCard  `json:"vectors,omitempty"`
	// VectorCalibration is that of both together.
	VectorCalibration *calibration `json:"vector_calibration,omitempty"`
	Embedder          string       `json:"embedder,omitempty"`
	Dims              int          `json:"dims,omitempty"`
}

// NGramRecipe says which n-grams are read and how they are weighed.
type NGramRecipe struct {
	Slots      int     `json:"slots"`
	Shortest   int     `json:"shortest"` // characters
	Longest    int     `json:"longest"`
	Words      int     `json:"words"` // in a row: single ones and pairs
	IDFPower   float64 `json:"idf_power"`
	WordWeight float64 `json:"word_weight"`
	Seen       int     `json:"seen"` // different ones in training
}

// Recipe tells how the model works.
func (m *Model) Recipe() Recipe {
	r := Recipe{Calibration: m.Calibration, NGrams: NGramRecipe{
		Slots: space, Shortest: minGram, Longest: maxGram, Words: 2, IDFPower: idfPower, WordWeight: wordWeight, Seen: len(m.slots),
	}}
	if m.dense != nil {
		card, c := m.dense.Card, m.dense.Calibration
		r.Embedder, r.Dims, r.Vectors, r.VectorCalibration = m.dense.Embedder, m.dense.Dims, &card, &c
	}
	return r
}
