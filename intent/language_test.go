package intent

import "testing"

func TestLanguageOfRealMessages(t *testing.T) {
	for _, tc := range []struct{ want, text string }{
		// English, with the typing of people in a hurry.
		{"en", "where is my order 10234?"},
		{"en", "wher is my oder plz"},
		{"en", "i wnat my moeny back"},
		{"en", "this is the third time I ask, I want my money back NOW"},
		{"en", "hi i cant log in to my acount"},
		{"en", "pls cancel my subsciption i dont need it anymore"},
		{"en", "is ther any discont for studnts"},
		{"en", "do you ship to finland"},
		{"en", "my parcle hasnt arived yet"},
		{"en", "can I pay by invoice"},
		{"en", "The delivery man left my parcel with a neighbour I do not know"},
		{"en", "ur app keeps crashing when i open it"},
		{"en", "how do i chnage my adress"},
		{"en", "what are your opening hours"},
		{"en", "I'd like to speak to a manager please"},
		{"en", "thanks that was it"},
		{"en", "refund pls"},
		// Too short or too odd to tell.
		{"und", ""},
		{"und", "hi"},
		{"und", "ok"},
		{"und", "10234"},
		{"und", "???"},
		{"und", "👍"},
		{"und", "invoice"},
		{"und", "tracking ORD-10234"},
		{"und", "asdf qwer zxcv"},
		{"und", "SPRING15 not working"},
		// Other languages.
		{"de", "Wo ist meine Bestellung?"},
		{"de", "Ich möchte mein Geld zurück"},
		{"de", "Guten Tag, das Paket ist noch nicht angekommen, bitte um Rückmeldung."},
		{"de", "ich hab das falsche bekommen"},
		{"fr", "Où est ma commande ?"},
		{"fr", "Bonjour, je n'ai toujours pas reçu mon colis"},
		{"fr", "Je voudrais annuler mon abonnement"},
		{"es", "¿Dónde está mi pedido?"},
		{"es", "Hola, quiero devolver un artículo por favor"},
		{"es", "no puedo entrar en mi cuenta"},
		{"it", "Dove è il mio ordine?"},
		{"it", "Buongiorno, vorrei un rimborso per questo prodotto"},
		{"it", "non ho ancora ricevuto il pacco"},
		{"nl", "Waar is mijn bestelling?"},
		{"nl", "Ik wil graag mijn geld terug"},
		{"nl", "het pakket is nog niet aangekomen"},
		{"pt", "Onde está minha encomenda?"},
		{"pt", "Olá, gostaria de cancelar a assinatura"},
		{"pt", "ainda não recebi o meu pedido"},
		{"sv", "Var är min beställning?"},
		{"pl", "Gdzie jest moje zamówienie?"},
		{"fi", "Missä tilaukseni on, en ole saanut siitä mitään tietoa viikkoon, voitteko auttaa minua"},
		{"ru", "Где мой заказ?"},
		{"ja", "注文はどこですか"},
		{"zh", "我的订单在哪里"},
		{"ar", "أين طلبي؟"},
		{"el", "Πού είναι η παραγγελία μου;"},
	} {
		for range 3 { // whatever the order of maps
			if got := tellLanguage(tc.text, tokens(tc.text)); got != tc.want {
				t.Errorf("%q: %s, want %s", tc.text, got, tc.want)
				break
			}
		}
	}
}
