package routing_test

import (
	"context"
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
	if d := decided(t, policy, "Where is my order? I want to speak to a person"); d.Route != routing.ToAgent || !slices.Equal(d.Skills, own) {
		t.Errorf("English, which has standard answers, asks for %v", d.Skills)
	}
}
