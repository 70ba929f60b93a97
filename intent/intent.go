// Package intent turns an utterance into a prediction: what the contact wants, how sure that is, how urgent it
// is, in which language, and which order numbers and the like it names. Plain Go without I/O; models that need
// the network, a database or embedded weights are in the folders below. It imports nothing of ours.
package intent

import "context"

// OutOfScope is the label of utterances that no intent fits.
const OutOfScope = "oos"

// Priority is how soon people should look at a conversation.
type Priority string

// The priorities, most pressing first.
const (
	Urgent Priority = "urgent"
	High   Priority = "high"
	Normal Priority = "normal"
	Low    Priority = "low"
)

// Rank orders priorities: 0 for urgent to 3 for low; unknown words rank as normal.
func (p Priority) Rank() int {
	switch p {
	case Urgent:
		return 0
	case High:
		return 1
	case Low:
		return 3
	}
	return 2
}

// Ranked is an intent with its calibrated probability.
type Ranked struct {
	Intent     string  `json:"intent"`
	Confidence float64 `json:"confidence"`
}

// Word is a piece of the utterance and how much it spoke for the first intent (in units of score).
type Word struct {
	Text   string  `json:"text"`
	Weight float64 `json:"weight"`
}

// Entity is a typed span of the utterance; Start and End are byte offsets.
type Entity struct {
	Kind  string `json:"kind"` // order_number, invoice_number, tracking_number, email, phone, amount, date, or of the policy
	Value string `json:"value"`
	Start int    `json:"start"`
	End   int    `json:"end"`
	// Normal is the value as programs read it, where it is certain: 1299.00 for "1.299,00 €", 2024-05-12 for
	// "12 May 2024", tracking numbers without spaces, e-mail addresses in small letters.
	Normal string `json:"normal,omitempty"`
	// Currency is that of an amount, by ISO 4217.
	Currency string `json:"currency,omitempty"`
}

// Ask is what a part of the utterance asks for; Start and End are byte offsets.
type Ask struct {
	Start      int     `json:"start"`
	End        int     `json:"end"`
	Intent     string  `json:"intent"`
	Confidence float64 `json:"confidence"`
}

// Signals are facts of wording that policy and priority look at.
type Signals struct {
	Angry       bool `json:"angry,omitempty"`
	Repeat      bool `json:"repeat,omitempty"`       // says that it wrote before
	WantsPerson bool `json:"wants_person,omitempty"` // asks for a human
	Deadline    bool `json:"deadline,omitempty"`
	Threat      bool `json:"threat,omitempty"` // lawyers, regulators, chargeback
	Harm        bool `json:"harm,omitempty"`   // someone or an account is in danger now
	Several     bool `json:"several,omitempty"`
	Stakes      bool `json:"stakes,omitempty"` // much is lost if help comes late: wages, medicine, many people
}

// Prediction is what is known of an utterance from its text alone. Ranked holds the five most likely intents,
// best first, and is empty when the model did not speak; OOS is the calibrated probability that no
// intent of the catalogue fits.
type Prediction struct {
	Model    string   `json:"model"` // hash of the classifier
	Ranked   []Ranked `json:"ranked"`
	OOS      float64  `json:"oos"`
	Language string   `json:"language"` // ISO 639-1, "und" when too short to tell
	// Foreign says that the model has no examples in the language, so that it only guesses what the utterance wants.
	Foreign  bool     `json:"foreign,omitempty"`
	Entities []Entity `json:"entities,omitempty"`
	// Asks are what the parts of an utterance of several surely ask for, in their order; greetings and thanks are none.
	Asks    []Ask   `json:"asks,omitempty"`
	Words   []Word  `json:"words,omitempty"`
	Signals Signals `json:"signals"`
	// Urgency is the calibrated probability that the utterance is urgent, whoever wrote it.
	Urgency float64 `json:"urgency,omitempty"`
	// Alarm is what that comes from; with what is known of the contact it gives the priority.
	Alarm Alarm `json:"alarm,omitzero"`
	// Degraded says why the prediction is worth less than usual; empty when it is not.
	Degraded string `json:"degraded,omitempty"`
	// Fused means that the vector of the text was read beside its n-grams: to tell what the text asks for if they were unsure of
	// it, and how urgent it is.
	Fused bool `json:"fused,omitempty"`
	// Shallow says why it was not although it might have changed something; the confidence is that of the n-grams then.
	Shallow string `json:"shallow,omitempty"`
}

// Top is the most likely intent, or out-of-scope with confidence 0 when the model did not speak.
func (p Prediction) Top() Ranked {
	if len(p.Ranked) == 0 {
		return Ranked{Intent: OutOfScope}
	}
	return p.Ranked[0]
}

// ModelID names an embedder and the length of its vectors.
type ModelID struct {
	Name string
	Dims int
}

// Embedder turns texts into vectors of Model().Dims numbers with L2 norm 1. It returns one vector per text, in
// order, or an error and nothing.
type Embedder interface {
	Model() ModelID
	Embed(ctx context.Context, texts []string) ([][]float32, error)
}

// Classifier predicts from text alone. It never fails: what it cannot read is out of scope. Safe for concurrent use.
type Classifier interface {
	// Hash names the trained artefact.
	Hash() string
	// Languages are those it was trained on, ISO 639-1.
	Languages() []string
	Classify(text string) Classification
}

// VectorClassifier is a Classifier that is surer with the vector of the text beside its n-grams.
type VectorClassifier interface {
	Classifier
	// Embedder is the one whose vectors it takes; false when it was trained without.
	Embedder() (ModelID, bool)
	ClassifyVector(text string, vector []float32) Classification
}

// Vectors are those of some texts, in their order, by one embedder.
type Vectors struct {
	By ModelID
	Of [][]float32
}

// Classification is a classifier's answer.
type Classification struct {
	Ranked []Ranked
	OOS    float64
	Words  []Word
}

// Utterance is a labelled text.
type Utterance struct {
	Text   string
	Intent string // OutOfScope for negatives
}
