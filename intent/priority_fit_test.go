package intent_test

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"os"
	"slices"
	"testing"

	"usher/intent"
	"usher/intent/builtin"
	"usher/intent/builtin/uselite"
	"usher/intent/starter"
)

// How the model learns, chosen by cross-validation on the pack and the open halves: README.md has what else was tried.
const (
	fitPenalty     = 0.5
	fitFolds       = 5
	fitMeaning     = 3   // how much a vector weighs against the n-grams
	fitBackground  = 0.2 // what an utterance of the starter pack counts, whose priority was not labelled
	fitEvery       = 6   // utterance is taken,
	fitEverySecure = 2   // and of account_security, which is always urgent
	mostOverTriage = 0.05
)

// TestUrgencyWeightsAreWhatThePackTeaches fits the urgency model anew and fails when the weights in use are others. With
// USHER_FIT=1 it writes them. It says what cross-validation makes of the open halves, pairs and situations kept together.
func TestUrgencyWeightsAreWhatThePackTeaches(t *testing.T) {
	if os.Getenv("USHER_PROVE") == "" && os.Getenv("USHER_FIT") == "" {
		t.Skip("set USHER_PROVE=1 to fit the urgency model again, USHER_FIT=1 to put it in place")
	}
	lessons := readLessons(t)
	form := intent.UrgencyForm{Rarity: rarities(lessons)}
	space := newSpace(lessons, form.Rarity)
	form.Plain = space.layer(t, lessons, false)
	form.Fused = space.layer(t, lessons, true)
	for _, fused := range []bool{false, true} {
		tellHeldOut(t, lessons, fused)
	}
	tellDoubt(t, lessons)
	if th := chooseThreshold(t, lessons); th != intent.UrgentFrom {
		t.Errorf("the threshold in use is %.2f, chosen is %.2f", intent.UrgentFrom, th)
	}
	if os.Getenv("USHER_FIT") != "" {
		var file bytes.Buffer
		if err := gob.NewEncoder(&file).Encode(form); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("urgency.weights", file.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	compareWeights(t, form)
}

// lesson is a text that the urgency model learns from.
type lesson struct {
	ID, Text, Pair string
	Intent         string
	Priority       intent.Priority
	Sealed         bool
	ContactType    string `json:"contact_type"`
	Repeats        int
	source         string // a suite, "pack", or "background"
	group          string // what stays together in cross-validation
	marks          [3]bool
	prediction     intent.Prediction
	meaning        []float32
	plain, fused   example
	heldOut        [2]intent.Alarm // without and with the vector, by weights that have not seen its group
}

func (l *lesson) context() intent.PriorityContext {
	return intent.PriorityContext{ContactType: l.ContactType, Repeats: l.Repeats}
}

// label is what a head should say of the text, and how much that counts. Texts that are urgent by two of three things say nothing of
// the first head. Suites say of the other heads what their priorities rule out.
func (l *lesson) label(head int) (yes bool, weight float64) {
	if head > 0 {
		switch {
		case l.source == "pack":
			return l.marks[head-1], 1
		case l.source == "background" || l.Priority == intent.Urgent || l.Priority == intent.High:
			return false, 0
		case head == 2 && l.Priority == intent.Normal && lowByItself[l.Intent]:
			return false, 0
		}
		return false, 1
	}
	marks := 0
	for _, m := range l.marks {
		if m {
			marks++
		}
	}
	switch {
	case l.source == "background":
		if byRules, _ := intent.Prioritise(intent.Prediction{Signals: l.prediction.Signals}, intent.Low, intent.PriorityContext{}); byRules == intent.Urgent && l.Priority != intent.Urgent {
			return false, 0 // likely urgent, and nobody labelled it
		}
		return l.Priority == intent.Urgent, fitBackground
	case marks > 1 || l.ContactType != "" || l.Repeats > 0:
		return false, 0
	}
	return l.Priority == intent.Urgent, 1
}

// lowByItself are the intents that the rubric gives low priority: a repeat makes them normal.
var lowByItself = map[string]bool{
	"shipping_info": true, "payment_methods": true, "pricing": true, "feature_request": true, "thanks": true, "greeting": true,
	"opening_hours": true, "spam": true, intent.OutOfScope: true,
}

func (l *lesson) fold() int {
	h := fnv.New64a()
	h.Write([]byte(l.group))
	return int(h.Sum64() >> 33 % fitFolds)
}

func readLessons(t *testing.T) []lesson {
	t.Helper()
	utterances, err := starter.Utterances()
	if err != nil {
		t.Fatal(err)
	}
	model, err := builtin.Train(t.Context(), utterances, builtin.TrainOptions{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	lessons := append(packLessons(t), openLessons(t)...)
	for i, u := range utterances {
		l := lesson{Text: u.Text, source: "background", group: fmt.Sprint("background ", i/20), Priority: intent.Normal}
		every := fitEvery
		if u.Intent == "account_security" {
			l.Priority, every = intent.Urgent, fitEverySecure
		}
		if i%every == 0 {
			lessons = append(lessons, l)
		}
	}
	embedder, err := uselite.New()
	if err != nil {
		t.Fatal(err)
	}
	u := intent.NewUnderstander(model, intent.UnderstandOptions{})
	for i := range lessons {
		l := &lessons[i]
		l.prediction = u.Understand(t.Context(), l.Text)
		vectors, err := embedder.Embed(t.Context(), []string{intent.Gist(l.Text)})
		if err != nil {
			t.Fatal(err)
		}
		l.meaning = intent.MeaningOf(embedder.Model(), vectors[0])
	}
	return lessons
}

func packLessons(t *testing.T) []lesson {
	t.Helper()
	pack, err := starter.Priorities()
	if err != nil {
		t.Fatal(err)
	}
	lessons := make([]lesson, len(pack))
	for i, p := range pack {
		lessons[i] = lesson{Text: p.Text, Priority: p.Priority, marks: [3]bool{p.Furious, p.Repeat, p.Threat}, source: "pack", group: p.Situation}
	}
	return lessons
}

func openLessons(t *testing.T) []lesson {
	t.Helper()
	var lessons []lesson
	for _, suite := range []string{"priority", "starter", "guards"} {
		lines, err := os.ReadFile("../evals/suites/" + suite + ".jsonl")
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(lines) {
			l := lesson{source: suite}
			if err := json.Unmarshal(line, &l); err != nil {
				t.Fatal(err)
			}
			if l.Sealed {
				continue
			}
			l.group = suite + cmp.Or(l.Pair, l.ID)
			lessons = append(lessons, l)
		}
	}
	return lessons
}

// rarities counts in how many texts of the two packs each slot is.
func rarities(lessons []lesson) []byte {
	counts := make([]int, intent.GramSlots)
	texts := 0
	for _, l := range lessons {
		if l.source != "pack" && l.source != "background" {
			continue
		}
		texts++
		slots := intent.UrgencySlots(l.Text)
		slices.Sort(slots)
		for _, s := range slices.Compact(slots) {
			counts[s]++
		}
	}
	rarity := make([]byte, len(counts))
	for s, n := range counts {
		rarity[s] = byte(math.Round(intent.RarityUnit * math.Pow(1+math.Log(float64(1+texts)/float64(1+n)), 0.8)))
	}
	return rarity
}

// space numbers all features: the bias, the n-grams, the facts, the dimensions of the vector.
type space struct {
	facts []string
	size  int
}

func newSpace(lessons []lesson, rarity []byte) space {
	names := map[string]bool{}
	for _, l := range lessons {
		for name := range intent.UrgencyFacts(l.Text, l.prediction) {
			names[name] = true
		}
	}
	s := space{}
	for name := range names {
		s.facts = append(s.facts, name)
	}
	slices.Sort(s.facts)
	s.size = s.firstMeaning() + intent.MeaningDims
	for i := range lessons {
		l := &lessons[i]
		e := example{at: []int32{0}, values: []float32{1}}
		intent.UrgencyGrams(l.Text, rarity, func(slot uint32, value float32) {
			e.at, e.values = append(e.at, int32(1+slot)), append(e.values, value)
		})
		facts := intent.UrgencyFacts(l.Text, l.prediction)
		for k, name := range s.facts {
			if x := facts[name]; x != 0 {
				e.at, e.values = append(e.at, int32(1+intent.GramSlots+k)), append(e.values, float32(x))
			}
		}
		l.plain = e
		l.fused = example{at: slices.Clone(e.at), values: slices.Clone(e.values)}
		for d, x := range l.meaning {
			l.fused.at, l.fused.values = append(l.fused.at, int32(s.firstMeaning()+d)), append(l.fused.values, fitMeaning*x)
		}
	}
	return s
}

func (s space) firstMeaning() int { return 1 + intent.GramSlots + len(s.facts) }

// layer fits the heads, each calibrated on what cross-validation held out, and leaves that with the lessons.
func (s space) layer(t *testing.T, lessons []lesson, fused bool) intent.LayerForm {
	form := intent.LayerForm{
		Bias: make([]float32, intent.Heads), Scale: make([]float32, intent.Heads), Grams: make([]byte, intent.GramSlots*intent.Heads),
		Facts: map[string][]float32{},
	}
	for _, name := range s.facts {
		form.Facts[name] = make([]float32, intent.Heads)
	}
	if fused {
		form.Meaning = make([]float32, intent.MeaningDims*intent.Heads)
	}
	for head := range intent.Heads {
		examples := make([]example, len(lessons))
		for i := range lessons {
			examples[i] = lessons[i].plain
			if fused {
				examples[i] = lessons[i].fused
			}
			examples[i].yes, examples[i].weight = lessons[i].label(head)
		}
		held := s.crossValidate(lessons, examples)
		slope, offset := calibrateHead(head, lessons, examples, held)
		t.Logf("head %d, with vectors %v: slope %.2f, offset %.2f", head, fused, slope, offset)
		for i := range lessons {
			p := 1 / (1 + math.Exp(-(slope*held[i] + offset)))
			a := &lessons[i].heldOut[0]
			if fused {
				a = &lessons[i].heldOut[1]
			}
			*[]*float64{&a.Alone, &a.Furious, &a.Repeat, &a.Threat}[head] = p
		}
		s.put(&form, head, fit(examples, s.size, fitPenalty), slope, offset)
	}
	return form
}

func (s space) crossValidate(lessons []lesson, examples []example) []float64 {
	held := make([]float64, len(lessons))
	for fold := range fitFolds {
		var rest []example
		for i := range lessons {
			if lessons[i].fold() != fold {
				rest = append(rest, examples[i])
			}
		}
		w := fit(rest, s.size, fitPenalty)
		for i := range lessons {
			if lessons[i].fold() == fold {
				held[i] = score(w, examples[i])
			}
		}
	}
	return held
}

// calibrateHead is Platt's scaling on what was held out. The suites are nearer to life than the pack, so the first head is
// calibrated on them alone; for the others they know no examples.
func calibrateHead(head int, lessons []lesson, examples []example, held []float64) (slope, offset float64) {
	var known []example
	for i, e := range examples {
		if e.weight > 0 && lessons[i].source != "background" && (head > 0 || lessons[i].source != "pack") {
			known = append(known, example{at: []int32{0, 1}, values: []float32{1, float32(held[i])}, yes: e.yes, weight: 1})
		}
	}
	w := fit(known, 2, 0.1)
	return w[1], w[0]
}

// put writes the weights of a head, made to give calibrated log-odds.
func (s space) put(form *intent.LayerForm, head int, w []float64, slope, offset float64) {
	form.Bias[head] = float32(slope*w[0] + offset)
	top := 0.0
	for slot := range intent.GramSlots {
		top = math.Max(top, math.Abs(w[1+slot]))
	}
	form.Scale[head] = float32(slope * top / 127)
	for slot := range intent.GramSlots {
		form.Grams[slot*intent.Heads+head] = byte(128 + math.Round(w[1+slot]/top*127))
	}
	for k, name := range s.facts {
		form.Facts[name][head] = float32(slope * w[1+intent.GramSlots+k])
	}
	for d := range len(form.Meaning) / intent.Heads {
		form.Meaning[d*intent.Heads+head] = float32(slope * fitMeaning * w[s.firstMeaning()+d])
	}
}
