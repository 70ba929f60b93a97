package inbox

import (
	"context"
	"time"

	"github.com/google/uuid"

	"usher/channels"
	"usher/intent"
	"usher/routing"
)

// AnswerRequest asks for the text of an automatic answer.
type AnswerRequest struct {
	ConversationID uuid.UUID
	Template       string
	Language       string // of the template's text; the default one when empty
	Entities       []intent.Entity
	At             time.Time
}

// Answer is the text of an automatic answer. Err says why there is none: people take the conversation then.
type Answer struct {
	Text     string
	Language string
	Version  int  // of the template
	Asks     bool // whether it helped
	Err      error
}

// Answerer writes automatic answers, one per request and in their order. An error means that none could be written and
// is worth another try.
type Answerer interface {
	Answers(ctx context.Context, requests []AnswerRequest) ([]Answer, error)
}

// Help is the question that ends an automatic answer, with the buttons under it.
type Help struct{ Question, Yes, No string }

// helps are by language. In a language that is not here nothing is asked, rather than in another.
var helps = map[string]Help{
	"en": {"Did that help?", "Yes, thank you", "No, I need more help"},
	"de": {"Hat das geholfen?", "Ja, danke", "Nein, ich brauche weitere Hilfe"},
	"fr": {"Cela vous a-t-il aidé ?", "Oui, merci", "Non, j’ai encore besoin d’aide"},
	"es": {"¿Le ha servido de ayuda?", "Sí, gracias", "No, necesito más ayuda"},
	"it": {"È stato utile?", "Sì, grazie", "No, ho ancora bisogno di aiuto"},
	"nl": {"Heeft dit geholpen?", "Ja, bedankt", "Nee, ik heb meer hulp nodig"},
	"pt": {"Isto ajudou?", "Sim, obrigado", "Não, preciso de mais ajuda"},
	"sv": {"Hjälpte det?", "Ja, tack", "Nej, jag behöver mer hjälp"},
	"da": {"Hjalp det?", "Ja tak", "Nej, jeg har brug for mere hjælp"},
	"pl": {"Czy to pomogło?", "Tak, dziękuję", "Nie, potrzebuję dalszej pomocy"},
	"tr": {"Bu yardımcı oldu mu?", "Evet, teşekkürler", "Hayır, daha fazla yardıma ihtiyacım var"},
}

// HelpIn is how it is asked in a language whether an answer helped; false where it cannot be asked.
func HelpIn(language string) (Help, bool) {
	h, found := helps[language]
	return h, found
}

// Choices are the buttons.
func (h Help) Choices() []channels.Choice {
	return []channels.Choice{{Value: routing.HelpedYes, Label: h.Yes}, {Value: routing.HelpedNo, Label: h.No}}
}
