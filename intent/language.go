package intent

import (
	"strings"
	"unicode"

	"github.com/abadojack/whatlanggo"
)

// Undetermined is the language of texts that are too short or too odd to tell.
const Undetermined = "und"

// functionWords are short words that a text of a language hardly does without; words that another of these languages
// shares or that are common typos of another count for nothing. They tell short messages better than trigrams do, which
// take misspelt English for Finnish or Dutch.
var functionWords = map[string]string{
	"en": "the my i im ive you your is are was were what where when why how can cant could would will wont do does did dont didnt doesnt have has havent hasnt had it its this that these those there they them and or but not to of for from with about want need please pls plz help get got order refund return account password still been any some just if at be we us our me been thanks thank hello hey who which than then into after before because should yet again back money payment delivery",
	"de": "ich und der die das ist nicht ein eine einen einem mein meine meinen meiner meinem ihr ihre sie wir mit auf für fuer wie wo wann warum kann könnte habe hat haben wurde werden noch auch aber oder bitte danke bei zu zum zur vom von dem den des nach schon keine kein wenn dass als hallo möchte will bestellung rechnung geld konto im am aus seit sind bin mir mich war wird es uns",
	"fr": "je le la les des est et un une mon ma mes vous votre nous notre pas ne que qui quoi où quand comment pourquoi avec pour dans sur mais ou bonjour merci commande colis toujours reçu avez ai été du au aux ce cette ces cet il elle j'ai jai n'ai nai c'est cest puis peux pouvez veux voudrais remboursement facture compte svp plaît depuis encore",
	"es": "el la los las un una mi mis es está esta están que qué quién dónde donde cuándo cuando cómo como por para con pero del al yo usted su sus nos me se lo le hola gracias pedido quiero puedo puede tengo tiene no he ha sido muy y o si todavía aún desde hasta cuenta factura reembolso dinero necesito hacer ayuda favor",
	"it": "il lo la gli un una mio mia miei che chi cosa dove quando come perché perche per con ma non sono è e di del della dei nel nella al alla ho hai ha avete questo questa ordine grazie ciao buongiorno ancora vorrei posso potete rimborso fattura conto pacco stato mi si ci da più anche",
	"nl": "de het een ik mijn is niet en van voor met op aan wat waar wanneer hoe waarom kan kunnen heb heeft hebben maar ook nog wel geen bestelling graag bedankt dank hallo jullie uw u wij we te naar bij dit dat deze die er zijn wordt worden als om uit over al geld terug rekening pakket mij ben",
	"pt": "o os um uma meu minha meus minhas é está não que quem onde quando como por para com mas do da dos das no na nos nas eu você vocês seu sua obrigado obrigada olá ola pedido quero posso tenho tem ainda foi já muito ao à pelo pela isso este esta encomenda fatura conta reembolso dinheiro preciso gostaria",
	"sv": "jag och är inte det en ett min mitt mina på för med som har att till av vad var när hur kan men också eller från tack hej beställning pengar vi ni er",
	"da": "jeg og er ikke det en et min mit mine på for med som har at til af hvad hvor hvornår hvordan kan men også eller fra tak hej ordre penge vi",
	"pl": "nie jest to na się do mój moja moje gdzie kiedy jak dlaczego czy mam ale dla od przez już jeszcze proszę dziękuję zamówienie pieniądze zwrot w z i że",
	"tr": "bir ve bu için ne nasıl nerede neden ben benim sipariş siparişim değil var yok mı mi mu ama ile çok lütfen teşekkürler merhaba iade para",
}

// words of functionWords by word: the languages that have it.
var byFunctionWord = func() map[string][]string {
	m := map[string][]string{}
	for language, words := range functionWords {
		for _, w := range strings.Fields(words) {
			m[fold(w)] = append(m[fold(w)], language)
		}
	}
	return m
}()

// trigramLanguages are those that trigrams may choose from, for texts without enough function words.
var trigramLanguages = whatlanggo.Options{Whitelist: map[whatlanggo.Lang]bool{
	whatlanggo.Eng: true, whatlanggo.Deu: true, whatlanggo.Fra: true, whatlanggo.Spa: true, whatlanggo.Ita: true, whatlanggo.Nld: true,
	whatlanggo.Por: true, whatlanggo.Pol: true, whatlanggo.Tur: true, whatlanggo.Swe: true, whatlanggo.Dan: true, whatlanggo.Ces: true,
	whatlanggo.Ron: true, whatlanggo.Hun: true, whatlanggo.Fin: true,
	// Other scripts: the candidates within one script.
	whatlanggo.Rus: true, whatlanggo.Ukr: true, whatlanggo.Bul: true, whatlanggo.Srp: true, whatlanggo.Arb: true, whatlanggo.Pes: true,
	whatlanggo.Urd: true, whatlanggo.Heb: true, whatlanggo.Hin: true, whatlanggo.Mar: true,
}}

const (
	languageBytes     = 1 << 10 // read of a text at most
	trigramLetters    = 60      // with fewer letters, trigrams guess
	trigramConfidence = 0.9
)

// tellLanguage is the language of a text in ISO 639-1, Undetermined unless it is plain.
func tellLanguage(text string, ts []token) string {
	if len(text) > languageBytes {
		text = text[:cutBefore(text, languageBytes)]
	}
	letters, foreign := 0, 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			letters++
			if !unicode.Is(unicode.Latin, r) {
				foreign++
			}
		}
	}
	if foreign*2 > letters {
		return otherScript(text, letters)
	}
	if language := byWords(ts, len(text)); language != "" {
		return language
	}
	if letters < trigramLetters {
		return Undetermined
	}
	info := whatlanggo.DetectWithOptions(text, trigramLanguages)
	if info.Confidence < trigramConfidence || info.Lang.Iso6391() == "" {
		return Undetermined
	}
	return info.Lang.Iso6391()
}

// otherScript tells languages that are not written in Latin letters. There the script says nearly everything; where
// several languages share it and the text is too short to tell them apart, it is the one most people write: whoever
// gets the message sees what it is, and the model does not know any of them.
func otherScript(text string, letters int) string {
	if letters < 2 {
		return Undetermined
	}
	info := whatlanggo.DetectWithOptions(text, trigramLanguages)
	if info.Confidence < trigramConfidence {
		switch info.Script {
		case unicode.Cyrillic:
			return "ru"
		case unicode.Arabic:
			return "ar"
		case unicode.Devanagari:
			return "hi"
		}
	}
	if info.Lang < 0 || info.Lang.Iso6391() == "" {
		return Undetermined
	}
	return info.Lang.Iso6391()
}

// byWords counts function words: the language with the most, if it has two and clearly more than the next.
func byWords(ts []token, limit int) string {
	counts := map[string]int{}
	for _, t := range ts {
		if t.start >= limit {
			break
		}
		for _, language := range byFunctionWord[t.word] {
			counts[language]++
		}
	}
	best, most, next := "", 0, 0
	for language, n := range counts {
		switch {
		case n > most:
			best, most, next = language, n, most
		case n > next:
			next = n
		}
	}
	if most >= 2 && most-next >= 1+next/3 {
		return best
	}
	return ""
}
