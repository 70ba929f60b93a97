package intent

// UrgentFrom is the threshold in use.
const UrgentFrom = urgentFrom

// UrgencyForm and LayerForm are what urgency.weights holds.
type (
	UrgencyForm = urgencyForm
	LayerForm   = layerForm
)

// What UrgencyForm is made of.
const (
	GramSlots   = gramSlots
	RarityUnit  = rarityUnit
	Heads       = heads
	MeaningDims = meaningDims
)

// UrgencyFile is urgency.weights.
var UrgencyFile = urgencyFile

// UrgencyGrams calls f with every slot of a text and its value, by how rare slots are.
func UrgencyGrams(text string, rarity []byte, f func(slot uint32, value float32)) {
	g := &gramReader{}
	g.read(tokens(text))
	g.each(rarity, f)
}

// UrgencySlots are the slots of a text.
func UrgencySlots(text string) []uint32 {
	g := &gramReader{}
	g.read(tokens(text))
	var slots []uint32
	for _, s := range g.slots {
		slots = append(slots, s...)
	}
	return slots
}

// UrgencyFacts are what the urgency model knows of a text beside its n-grams.
func UrgencyFacts(text string, p Prediction) map[string]float64 {
	known := map[string]float64{}
	for _, f := range facts(text, tokens(text), p) {
		known[f.name] = f.value
	}
	return known
}

// MeaningOf is the part of a vector that the urgency model reads.
func MeaningOf(by ModelID, vector []float32) []float32 { return meaningOf(by, vector) }
