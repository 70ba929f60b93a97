package routing

import (
	"context"
	"slices"
	"strings"

	"usher/intent"
)

// languageOf is the language of a request's messages; where they are too short to tell, that of the conversation so far.
func languageOf(req Request) string {
	for _, l := range []string{req.Prediction.Language, req.State.Language} {
		if l != "" && l != intent.Undetermined {
			return l
		}
	}
	return intent.Undetermined
}

func guardLanguage(v view) verdict {
	_, r := v.chooseText()
	return r
}

// chooseText says in which language the template answers, and why it may. Nobody gets an answer in a language that they did
// not write in, but for languages that the policy lists under default_text_for; a language that is not known takes the
// default. The language is empty where the template's are not known: then who writes the answer makes sure of it.
func (v view) chooseText() (language string, r verdict) {
	l, template := v.language, v.route.Template
	texts, asked := v.Texts[template]
	own, lent := slices.Contains(v.Guards.Languages, l), slices.Contains(v.Guards.DefaultTextFor, l)
	switch {
	case asked && len(texts) == 0:
		return "", fail("the standard answer cannot be read", "in which languages %s is written could not be read", template)
	case l == intent.Undetermined && asked:
		return texts[0], pass("too short to tell the language: the default text of %s is taken, in %s", template, texts[0])
	case l == intent.Undetermined:
		return "", pass("too short to tell the language")
	case v.Prediction.Foreign:
		return "", fail("written in "+plainWords(l), "the model has no examples in %s", plainWords(l))
	case !own && !lent:
		return "", fail("written in "+plainWords(l), "the language %s is not among %s", plainWords(l), strings.Join(v.Guards.Languages, ", "))
	case !asked:
		return "", pass("the language %s is one of ours", plainWords(l))
	case slices.Contains(texts, l):
		return l, pass("the language %s is one of ours, and %s has a text in it", plainWords(l), template)
	case lent:
		return texts[0], pass("%s has no text in %s, and the policy gives its default text, in %s", template, plainWords(l), texts[0])
	}
	return "", fail("written in "+plainWords(l), "%s has no text in %s", template, plainWords(l))
}

// withLanguage asks for people who know the language of a message: those with the skill language_<code>, if the policy lists
// one.
func (p *Policy) withLanguage(skills []string, language string) []string {
	skill := "language_" + language
	if _, listed := p.Skills[skill]; !listed || slices.Contains(skills, skill) {
		return skills
	}
	return append(slices.Clone(skills), skill)
}

// Texts knows in which languages standard answers are written.
type Texts interface {
	// TextLanguages are those of each of the named answers, the default first; answers that do not exist are not in it.
	TextLanguages(ctx context.Context, names []string) (map[string][]string, error)
}

// askTexts fills in the languages of the answers that may come into question: for what the message seems to want, and for
// what the contact wanted before. What cannot be read is an empty list.
func (p *Pipeline) askTexts(ctx context.Context, policy *Policy, requests []Request) {
	var names []string
	for _, r := range requests {
		names = append(names, policy.templatesFor(r)...)
	}
	if len(names) == 0 {
		return
	}
	languages, err := p.Texts.TextLanguages(ctx, names)
	if err != nil {
		languages = nil
	}
	for i := range requests {
		for _, name := range policy.templatesFor(requests[i]) {
			if requests[i].Texts == nil {
				requests[i].Texts = map[string][]string{}
			}
			requests[i].Texts[name] = append([]string{}, languages[name]...)
		}
	}
}

func (p *Policy) templatesFor(r Request) []string {
	var names []string
	for _, label := range []string{r.Prediction.Top().Intent, r.State.LastIntent} {
		if route := p.RouteOf(label); route.Route == ToReply && !slices.Contains(names, route.Template) {
			names = append(names, route.Template)
		}
	}
	return names
}
