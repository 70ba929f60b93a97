package intent

// Opinion is what a second model, asked apart from the classifier, says of an utterance.
type Opinion struct {
	Model string `json:"model"` // who was asked
	// Intent is from the catalogue, or OutOfScope; empty when it abstained.
	Intent string `json:"intent,omitempty"`
	// Abstained says why there is no answer that counts; empty when there is one.
	Abstained string `json:"abstained,omitempty"`
	TokensIn  int    `json:"tokens_in,omitempty"`
	TokensOut int    `json:"tokens_out,omitempty"`
}
