package intent

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

// Undetermined is the language of texts that are too short or too odd to tell.
const Undetermined = "und"

// A library for short texts was measured on testdata/languages.txt beside this: lingua-go, told these languages and to answer from a
// relative distance of 0.1 on, gets 324 of 338 right and 3 wrong, where this gets 306 right and 1 wrong; but it makes the
// program 130 MB larger, takes 330 MB of memory and 6 s to start, and a message costs 1 ms, thirty times all of Understand.

// functionWords are short words that a text of a language hardly does without; words that another of these languages
// shares or that are common typos of another count for nothing. They tell short messages better than trigrams do, which
// take misspelt English for Finnish or Dutch.
var functionWords = map[string]string{
	"en": "the my i im ive you your is are was were what where when why how can cant could would will wont do does did dont didnt doesnt have has havent hasnt had it its this that these those there they them and or but not to of for from with about want need please pls plz help get got order refund return account password still been any some just if at be we us our me been thanks thank hello hey who which than then into after before because should yet again back money payment delivery no nobody nothing never only let know like too very much many more am off up out so here he she his her their tell send sent cancel wrong broken arrived waiting a an in on u ur hi yes by all as per ten go door over ty thx",
	"de": "ich und der die das ist nicht ein eine einen einem mein meine meinen meiner meinem ihr ihre sie wir mit auf für fuer wie wo wann warum kann könnte habe hat haben wurde werden noch auch aber oder bitte danke bei zu zum zur vom von dem den des nach schon keine kein wenn dass als hallo möchte will bestellung rechnung geld konto im am aus seit sind bin mir mich war wird es uns du er ihnen ihren unser unsere euch dir nur sehr mehr immer wieder bis vor über unter ohne durch gegen jetzt heute gestern morgen geht gibt gibts hab habt muss soll können könnten sollte falsche falschen falscher leider guten tag vielen lieferung stornieren bestellt bekommen erhalten angekommen funktioniert zurück sich da so",
	"fr": "je le la les des est et un une mon ma mes vous votre nous notre pas ne que qui quoi où quand comment pourquoi avec pour dans sur mais ou bonjour merci commande colis toujours reçu avez ai été du au aux ce cette ces cet il elle j'ai jai n'ai nai c'est cest puis peux pouvez veux voudrais remboursement facture compte svp plaît depuis encore j l d n s qu c suis sont était avait peut pouvait sera fait rien plus jamais personne très bien aussi déjà sans chez sous hier aujourd demain bonsoir salut aide problème adresse livraison livrer recevoir arrivé arrivée annuler rembourser payer carte combien quel quelle quels quelles ça ca se sa son ses leur leurs y en de à a",
	"es": "el la los las un una mi mis es está esta están que qué quién dónde donde cuándo cuando cómo como por para con pero del al yo usted su sus nos me se lo le hola gracias pedido quiero puedo puede tengo tiene no he ha sido muy y o si todavía aún desde hasta cuenta factura reembolso dinero necesito hacer ayuda favor han hay era fue ser estoy son soy eres ya más mas sin sobre entre hoy ayer mañana nada nadie nunca siempre también tampoco otra otro ese esa eso esto buenos buenas días tardes muchas llegado llegó recibido cancelar devolver paquete envío envio dirección cobrado tarjeta cuánto cuanto cuántos porque les te tu este de a en",
	"it": "il lo la gli un una mio mia miei che chi cosa dove quando come perché perche per con ma non sono è e di del della dei nel nella al alla ho hai ha avete questo questa ordine grazie ciao buongiorno ancora vorrei posso potete rimborso fattura conto pacco stato mi si ci da più anche siamo siete sei era stata stati essere già sempre mai nessuno niente nulla molto tanto tutto tutti tutta mie vostro vostra nostro nostra oggi ieri domani adesso ora buonasera salve aiuto spedizione consegna ricevuto arrivato arrivata annullare pagare carta quanto quale quali perchè anch le ne se sta sul sulla dal dalla dall dell nell all l d dov cos po a in",
	"nl": "de het een ik mijn is niet en van voor met op aan wat waar wanneer hoe waarom kan kunnen heb heeft hebben maar ook nog wel geen bestelling graag bedankt dank hallo jullie uw u wij we te naar bij dit dat deze die er zijn wordt worden als om uit over al geld terug rekening pakket mij ben jij je hij ze zij hun hen veel meer altijd nooit niemand niets niks iemand vandaag gisteren morgen nu door tegen tussen zonder onder tot dan toen mag moet wil wilt zou kunt kun hebt had was waren bent gaat gaan krijg krijgen ontvangen gekregen geleverd levering verzenden betalen kapot goedemorgen goedemiddag goedenavond vriendelijke mvg mijne hoeveel welke",
	"pt": "o os um uma meu minha meus minhas é está não que quem onde quando como por para com mas do da dos das no na nos nas eu você vocês seu sua obrigado obrigada olá ola pedido quero posso tenho tem ainda foi já muito ao à pelo pela isso este esta encomenda fatura conta reembolso dinheiro preciso gostaria são sou estou estava era fui ser vai vou vão mais menos sem sobre entre hoje ontem amanhã nada ninguém nunca sempre também outro outra bom boa dia tarde noite chegou recebi recebido cancelar devolver entrega morada endereço cartão senha quanto quanta qual quais porque lhe me se te eles elas podem pode até depois agora ajuda aos às num numa de a em",
	"sv": "jag och är inte det en ett min mitt mina på för med som har att till av vad var när hur kan men också eller från tack hej beställning pengar vi ni er du han hon den de dem detta dessa denna alla allt inget ingen aldrig alltid redan ännu bara mycket mer än idag igår imorgon nu här där så ska skulle vill måste får fick fått gick går skickar skicka betala leverans paket paketet pengarna konto era ert hos under över utan efter innan mot hjälp hjälpa tacksam vänliga hälsningar fungerar",
	"da": "jeg og er ikke det en et min mit mine på for med som har at til af hvad hvor hvornår hvordan kan men også eller fra tak hej ordre penge vi du han hun den de dem dette disse denne alle alt intet ingen aldrig altid allerede endnu kun meget mere end idag dag går nu her der så skal skulle vil må får fik fået gik sende sender betale levering pakke pakken pengene konto jeres hos under over uden efter før mod hjælp hjælpe venlig hilsen virker modtaget bliver blevet gerne noget nogen",
	"pl": "nie jest to na się do mój moja moje gdzie kiedy jak dlaczego czy mam ale dla od przez już jeszcze proszę dziękuję zamówienie pieniądze zwrot w z i że jestem są był była było być będzie mnie mi mu go ja wy państwo jego jej ich ten ta te tym tego tej który która co kto nic nikt nigdy zawsze tylko też bardzo więcej po przy przed pod nad bez ze dzień dobry dziś wczoraj jutro teraz można mogę moge może chcę chce chciałbym chciałabym potrzebuję paczka paczki przesyłka konto konta karta o u ile ani lub oraz nadal",
	"tr": "bir ve bu için ne nasıl nerede neden ben benim sipariş siparişim değil var yok mı mi mu ama ile çok lütfen teşekkürler merhaba iade para mü mısınız misiniz musunuz müsünüz miyim mıyım da de ki o şu sen biz siz senin bizim sizin bana size hiç şey bütün tüm her daha en kadar sonra önce şimdi bugün dün yarın kim kaç hangi niye hâlâ hala geri gibi istiyorum istiyoruz olmak oldu olan lazım gerek kargo kargom ücret ödeme hesap hesabım hesabımı kart param paramı gelmedi geldi ediyorum ederim edin et teşekkür günaydın selam olarak iptal çalışmıyor",
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

// tellingLetters are letters that few of these languages have. A word with one speaks for them like a function word.
var tellingLetters = map[rune][]string{
	'ß': {"de"}, 'ñ': {"es"}, 'ã': {"pt"}, 'õ': {"pt"}, 'œ': {"fr"}, 'û': {"fr"}, 'ì': {"it"}, 'ò': {"it"},
	'ø': {"da"}, 'æ': {"da"}, 'å': {"sv", "da"}, 'ä': {"de", "sv"}, 'ö': {"de", "sv", "tr"}, 'ü': {"de", "tr"},
	'ğ': {"tr"}, 'ş': {"tr"}, 'ı': {"tr"}, 'ł': {"pl"}, 'ż': {"pl"}, 'ź': {"pl"}, 'ś': {"pl"}, 'ć': {"pl"}, 'ę': {"pl"}, 'ą': {"pl"}, 'ń': {"pl"},
	'è': {"fr", "it"}, 'ù': {"fr", "it"}, 'à': {"fr", "it", "pt"}, 'ê': {"fr", "pt"}, 'ô': {"fr", "pt"}, 'â': {"fr", "pt", "tr"}, 'ç': {"fr", "pt", "tr"},
	'ó': {"es", "pt", "pl"}, 'í': {"es", "pt"}, 'ú': {"es", "pt"}, 'á': {"es", "pt"},
	'ě': {"cs"}, 'ř': {"cs"}, 'ů': {"cs"}, 'č': {"cs"}, 'š': {"cs"}, 'ž': {"cs"}, 'ő': {"hu"}, 'ű': {"hu"}, 'ă': {"ro"}, 'ș': {"ro"}, 'ț': {"ro"},
}

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
	agreeLetters      = 12      // with fewer letters, trigrams say nothing even where a word says the same
	trigramConfidence = 0.9
)

// Language is the language that Understand takes a text to be in.
func Language(text string) string {
	read, _ := shorten(text)
	return tellLanguage(read, tokens(read))
}

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
	language, plain := byWords(text, ts)
	if plain {
		return language
	}
	if letters < agreeLetters || language == "" && letters < trigramLetters {
		return Undetermined
	}
	info := whatlanggo.DetectWithOptions(text, trigramLanguages)
	trigrams := info.Lang.Iso6391()
	if trigrams == "" || trigrams != language && (letters < trigramLetters || info.Confidence < trigramConfidence) {
		return Undetermined
	}
	return trigrams
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

// byWords counts function words and words with telling letters. It gives the language with the most, and whether that is plain:
// two at least, and clearly more than the next. Without a language with the most it gives none.
func byWords(text string, ts []token) (language string, plain bool) {
	counts := map[string]int{}
	for _, t := range ts {
		if t.start >= len(text) {
			break
		}
		for _, language := range byFunctionWord[t.word] {
			counts[language]++
		}
		for _, language := range lettersOf(t.word) {
			counts[language]++
		}
	}
	if strings.ContainsAny(text, "¿¡") {
		counts["es"]++
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
	if most == next {
		return "", false
	}
	return best, most >= 2 && most-next >= 1+next/3
}

// lettersOf are the languages that the first telling letter of a word speaks for.
func lettersOf(word string) []string {
	for _, r := range word {
		if r >= utf8.RuneSelf {
			if languages, ok := tellingLetters[r]; ok {
				return languages
			}
		}
	}
	return nil
}
