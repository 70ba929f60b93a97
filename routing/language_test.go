package routing_test

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"usher/intent"
	"usher/routing"
)

// assured is a classifier of English that takes everything for a question about an order, surely.
type assured struct{}

func (assured) Hash() string        { return "assured" }
func (assured) Languages() []string { return []string{"en"} }
func (assured) Classify(string) intent.Classification {
	return intent.Classification{Ranked: []intent.Ranked{{Intent: "order_status", Confidence: 1}}}
}

// decided is what a policy makes of a message of a stranger, all the way from its text.
func decided(t *testing.T, policy *routing.Policy, text string) routing.Decision {
	t.Helper()
	pipe := &routing.Pipeline{
		Understander: intent.NewUnderstander(assured{}, intent.UnderstandOptions{}),
		Policy:       func() *routing.Policy { return policy },
	}
	requests := []routing.Request{{Text: text}}
	pipe.Prepare(context.Background(), requests)
	return pipe.Decide(requests[0])
}

func TestALanguageWithoutExamplesGoesToPeopleWithThatLanguage(t *testing.T) {
	policy, err := routing.ParsePolicy(routing.DefaultPolicy())
	if err != nil {
		t.Fatal(err)
	}
	for text, language := range map[string]string{
		"Wo ist denn meine Bestellung 10234?":       "de",
		"¿Dónde está mi pedido 10234?":              "es",
		"Gdzie jest moje zamówienie 10234?":         "pl",
		"Siparişim nerede, 10234?":                  "tr",
		"Где мой заказ 10234?":                      "ru",
		"注文10234はどこですか":                             "ja",
		"Merci de me dire où est ma commande 10234": "fr",
	} {
		d := decided(t, policy, text)
		guard := slices.IndexFunc(d.Guards, func(g routing.Guard) bool { return g.Name == "language" })
		if d.Route != routing.ToAgent || d.Language != language || guard < 0 || d.Guards[guard].Passed || d.Template != "" {
			t.Errorf("%q: route %s, language %s, guards %+v", text, d.Route, d.Language, d.Guards)
		}
		if !strings.Contains(d.Reason, language) {
			t.Errorf("%q: the reason does not name the language: %s", text, d.Reason)
		}
	}
	if d := decided(t, policy, "Where is my order 10234?"); d.Route != routing.ToReply || d.Language != "en" {
		t.Errorf("in English: route %s, language %s, %s", d.Route, d.Language, d.Reason)
	}
}

func TestALanguageThatIsASkillIsAskedFor(t *testing.T) {
	doc := strings.Replace(string(routing.DefaultPolicy()), "  privacy: Privacy\n", "  privacy: Privacy\n  language_de: German\n  language_en: English\n", 1)
	policy, err := routing.ParsePolicy([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	own := policy.RouteOf("order_status").Skills
	if d := decided(t, policy, "Wo ist denn meine Bestellung 10234?"); !slices.Equal(d.Skills, append(slices.Clone(own), "language_de")) {
		t.Errorf("German asks for %v", d.Skills)
	}
	if d := decided(t, policy, "Où est ma commande, je n'ai rien reçu"); !slices.Equal(d.Skills, own) {
		t.Errorf("French, which is no skill, asks for %v", d.Skills)
	}
	if d := decided(t, policy, "Where is my order? I want to speak to a person"); d.Route != routing.ToAgent || !slices.Equal(d.Skills, append(slices.Clone(own), "language_en")) {
		t.Errorf("English asks for %v", d.Skills)
	}
}

// polyglot is assured in English, German and Dutch.
type polyglot struct{ assured }

func (polyglot) Languages() []string { return []string{"en", "de", "nl"} }

// written are answers with the languages that they are written in.
type written map[string][]string

func (w written) TextLanguages(_ context.Context, names []string) (map[string][]string, error) {
	if w == nil {
		return nil, errors.New("out of reach")
	}
	found := map[string][]string{}
	for _, name := range names {
		if languages, ok := w[name]; ok {
			found[name] = languages
		}
	}
	return found, nil
}

func TestAnAnswerIsInTheLanguageOfTheMessageOrPeopleHaveIt(t *testing.T) {
	const english, german, dutch, short = "Where is my order 10234?", "Wo ist denn meine Bestellung 10234?", "Waar is mijn bestelling 10234, ik heb niets ontvangen?", "10234"
	doc := strings.Replace(string(routing.DefaultPolicy()), "languages: [en]", "languages: [en, de, nl]", 1)
	doc = strings.Replace(doc, "  privacy: Privacy\n", "  privacy: Privacy\n  language_de: German\n", 1)
	lending := strings.Replace(doc, "languages: [en, de, nl]", "languages: [en, de]\n  default_text_for: [nl]", 1)
	enDe, en := written{"order_status": {"en", "de"}}, written{"order_status": {"en"}}
	for name, tc := range map[string]struct {
		policy     string
		classifier intent.Classifier
		texts      written
		text       string
		before     string // language of the messages before
		want       string // language of the text; empty for people
		detail     string
	}{
		"its own text":                      {doc, polyglot{}, enDe, german, "", "de", "order_status has a text in it"},
		"the default, when it is that":      {doc, polyglot{}, enDe, english, "", "en", "order_status has a text in it"},
		"no text":                           {doc, polyglot{}, en, german, "", "", "order_status has no text in de"},
		"no text, but the policy lends one": {lending, polyglot{}, enDe, dutch, "", "en", "the policy gives its default text, in en"},
		"a text, though one could be lent":  {lending, polyglot{}, written{"order_status": {"en", "nl"}}, dutch, "", "nl", "has a text in it"},
		"not told":                          {doc, polyglot{}, enDe, short, "", "en", "too short to tell the language: the default text"},
		"not told, German before":           {doc, polyglot{}, enDe, short, "de", "de", "order_status has a text in it"},
		"not told, no text in German":       {doc, polyglot{}, en, short, "de", "", "order_status has no text in de"},
		"not what the policy allows":        {strings.Replace(doc, "[en, de, nl]", "[en]", 1), polyglot{}, enDe, german, "", "", "the language de is not among en"},
		"no examples":                       {doc, assured{}, enDe, german, "", "", "the model has no examples in de"},
		"no examples, though one is lent":   {lending, assured{}, enDe, dutch, "", "", "the model has no examples in nl"},
		"answers out of reach":              {doc, polyglot{}, nil, german, "", "", "could not be read"},
		"out of reach, and not told":        {doc, polyglot{}, nil, short, "", "", "could not be read"},
		"no such answer":                    {doc, polyglot{}, written{}, english, "", "", "could not be read"},
	} {
		t.Run(name, func(t *testing.T) {
			policy, err := routing.ParsePolicy([]byte(tc.policy))
			if err != nil {
				t.Fatal(err)
			}
			pipe := &routing.Pipeline{
				Understander: intent.NewUnderstander(tc.classifier, intent.UnderstandOptions{}), Texts: tc.texts,
				Policy: func() *routing.Policy { return policy },
			}
			requests := []routing.Request{{Text: tc.text, State: routing.State{Language: tc.before}}}
			pipe.Prepare(t.Context(), requests)
			d := pipe.Decide(requests[0])
			guard := d.Guards[slices.IndexFunc(d.Guards, func(g routing.Guard) bool { return g.Name == "language" })]
			if d.TextLanguage != tc.want || (d.Route == routing.ToReply) != (tc.want != "") || guard.Passed != (tc.want != "") || !strings.Contains(guard.Detail, tc.detail) {
				t.Errorf("route %s, text in %q, %+v", d.Route, d.TextLanguage, guard)
			}
			if tc.want == "" && (tc.text == german || tc.before == "de") && !slices.Contains(d.Skills, "language_de") {
				t.Errorf("people of any language are asked: %v", d.Skills)
			}
			stored, err := json.Marshal(requests[0])
			if err != nil {
				t.Fatal(err)
			}
			var again routing.Request
			if err := json.Unmarshal(stored, &again); err != nil || !reflect.DeepEqual(policy.Decide(again), d) {
				t.Errorf("decided again from what is stored, it is another: %v", err)
			}
			told := routing.Explanation{Decision: d, Request: &requests[0]}.Text()
			if !strings.Contains(told, guard.Detail) || tc.want != "" && !strings.Contains(told, "automatic answer order_status, its text in "+tc.want) {
				t.Errorf("the story does not tell it:\n%s", told)
			}
		})
	}
}

func TestYesAndNoAreUnderstoodInTheLanguagesInWhichItIsAsked(t *testing.T) {
	for _, text := range []string{"Ja, danke!", "oui merci", "Sí, gracias", "sì grazie mille", "ja bedankt", "obrigada", "ja tack", "tak, dziękuję", "Evet, teşekkürler", "Ja, das hat geholfen"} {
		if !routing.Affirms(text) || routing.Denies(text) {
			t.Errorf("%q is no yes", text)
		}
	}
	for _, text := range []string{"Nein", "non", "nee", "não", "nej", "nie", "hayır", "Nein, das hat nicht geholfen"} {
		if !routing.Denies(text) || routing.Affirms(text) {
			t.Errorf("%q is no no", text)
		}
	}
	for _, text := range []string{"ja aber wo ist mein paket", "merci de me rembourser", "nie dostałem paczki"} {
		if routing.Affirms(text) || routing.Denies(text) {
			t.Errorf("%q is taken for a mere answer", text)
		}
	}
}
