package postgres_test

import (
	"context"
	"strings"
	"testing"

	"usher/channels"
	"usher/intent"
	"usher/routing"
)

// bilingual reads German where the second word is "bitte", nothing of numbers, and else English.
type bilingual struct{}

func (bilingual) Understand(_ context.Context, text string) intent.Prediction {
	p := reader{}.Understand(context.Background(), text)
	switch {
	case strings.HasSuffix(text, "bitte"):
		p.Language = "de"
	case text == "10234":
		p = intent.Prediction{Model: "test", Language: "und", Ranked: []intent.Ranked{{Intent: "greeting", Confidence: 0.4}}, Entities: []intent.Entity{{Kind: intent.OrderNumber, Value: text, End: len(text)}}}
	}
	return p
}

// twoTexts are standard answers in English and German, but for greetings, and Norwegian ones for thanks.
type twoTexts struct{}

func (twoTexts) TextLanguages(_ context.Context, names []string) (map[string][]string, error) {
	found := map[string][]string{}
	for _, name := range names {
		found[name] = map[string][]string{"greeting": {"en"}, "thanks": {"no"}}[name]
		if found[name] == nil {
			found[name] = []string{"en", "de"}
		}
	}
	return found, nil
}

func speaking(t *testing.T) *floor {
	f := newFloor(t)
	doc := strings.Replace(string(routing.DefaultPolicy()), "languages: [en]", "languages: [en, de]", 1)
	doc = strings.Replace(doc, "  privacy: Privacy\n", "  privacy: Privacy\n  language_de: German\n", 1)
	policy, err := routing.ParsePolicy([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	policy.Version = 1
	f.pipe = &routing.Pipeline{Understander: bilingual{}, Texts: twoTexts{}, Policy: func() *routing.Policy { return policy }}
	return f
}

func TestAnAnswerAndItsQuestionAreInTheContactsLanguage(t *testing.T) {
	f := speaking(t)
	r := f.says("ada", "order_status bitte")
	f.decide(r.ConversationID)
	f.answer(writer{}, f.decision(r.ConversationID))
	const sent = `SELECT text || ' ' || (payload->'choices'->0->>'label') FROM messages WHERE kind = 'outbound' ORDER BY seq DESC LIMIT 1`
	if s := value[string](f, sent); s != "About order_status\n\nHat das geholfen? Ja, danke" {
		t.Errorf("sent %q", s)
	}
	if s := value[string](f, `SELECT (trace->>'text_language') || ' ' || language FROM decisions`); s != "de de" {
		t.Errorf("the trace says %q", s)
	}
	// A number alone has no language: it is still German.
	again := f.says("ada", "10234")
	f.decide(again.ConversationID)
	if s := value[string](f, `SELECT route || ' ' || template || ' ' || (trace->>'text_language') || ' ' || language FROM decisions ORDER BY up_to_seq DESC LIMIT 1`); s != "reply order_status de de" {
		t.Errorf("the number is decided as %q", s)
	}
	if s := value[string](f, `SELECT language FROM predictions WHERE message_id = $1`, again.MessageID); s != "und" {
		t.Errorf("of the number itself the prediction says %q", s)
	}
	f.answer(writer{}, f.decision(r.ConversationID))
	if s := value[string](f, sent); !strings.Contains(s, "Hat das geholfen?") {
		t.Errorf("sent %q", s)
	}
	done, err := f.store.Receive(t.Context(), channels.Message{Channel: channels.API, InboxAddress: "shop", From: "ada", ExternalID: "yes", Text: "Ja, danke!"})
	if err != nil {
		t.Fatal(err)
	}
	f.decide(done.ConversationID)
	if s := value[string](f, `SELECT status || ' ' || language FROM conversations`); s != "resolved en" { // as the reader takes it
		t.Errorf("the conversation is %s", s)
	}
}

func TestNobodyIsAnsweredInALanguageThatTheyDidNotWriteIn(t *testing.T) {
	f := speaking(t)
	r := f.says("bo", "greeting bitte")
	f.decide(r.ConversationID)
	if s := value[string](f, `SELECT d.route || ' ' || array_to_string(c.skills, ' ') FROM decisions d JOIN conversations c ON c.decision_id = d.id`); s != "agent language_de" {
		t.Errorf("a greeting in German goes to %q", s)
	}
}

func TestInALanguageWithoutTheQuestionNothingIsAsked(t *testing.T) {
	f := speaking(t)
	policy := f.pipe.Policy()
	policy.Guards.DefaultTextFor = []string{"de"}
	r := f.says("cy", "thanks bitte")
	f.decide(r.ConversationID)
	f.answer(writer{}, f.decision(r.ConversationID))
	if s := value[string](f, `SELECT m.text || ' ' || c.asked || ' ' || (m.payload ? 'choices') || ' ' || (c.watch_until > now()) FROM messages m JOIN conversations c ON c.id = m.conversation_id WHERE m.kind = 'outbound'`); s != "About thanks false false true" {
		t.Errorf("sent %q", s)
	}
}
