package intent

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// names lists the signals that are set.
func (s Signals) names() string {
	var names []string
	for _, f := range []struct {
		name string
		set  bool
	}{
		{"angry", s.Angry}, {"repeat", s.Repeat}, {"person", s.WantsPerson}, {"deadline", s.Deadline},
		{"threat", s.Threat}, {"harm", s.Harm}, {"several", s.Several}, {"stakes", s.Stakes},
	} {
		if f.set {
			names = append(names, f.name)
		}
	}
	return strings.Join(names, " ")
}

func TestSignalsOfRealisticMessages(t *testing.T) {
	for _, tc := range []struct{ text, want string }{
		// Calm.
		{"where is my order 10234?", ""},
		{"thanks!!", ""},
		{"THANK YOU SO MUCH!!!", ""},
		{"Thank you!! You are amazing!!", ""},
		{"holy shit that was fast, thanks", ""},
		{"hi", ""},
		{"WHERE IS MY ORDER", ""},
		{"ORDER 10234", ""},
		{"Is the blue one still available?", ""},
		{"I'm not angry, just wondering where my parcel is", ""},
		{"My card was declined for the third time", ""},
		{"it's the second time I order from you and I love it", ""},
		{"What is the item called?", ""},
		{"the driver called me but I missed it", ""},
		{"I didn't get the verification email", ""},
		{"how do I change my email address and my phone number", ""},
		{"can I add a second email address", ""},
		{"will it arrive by friday?", ""},
		{"it was supposed to arrive on Monday", ""},
		{"how much is express delivery", ""},
		{"no rush, whenever you have time", ""},
		{"not urgent at all", ""},
		{"Hi Sue, please send me the invoice", ""},
		{"I'm a lawyer, is there a plan for law firms?", ""},
		{"do you have tennis court shoes", ""},
		{"my package was stolen from the porch", ""},
		{"does it work with an Amazon Fire tablet", ""},
		{"I would like the jacket in smoke grey", ""},
		{"is this toy dangerous for small children?", ""},
		{"I lost my gift card", ""},
		{"the delivery person left it with a neighbour", ""},
		{"how do I make someone an agent in my workspace?", ""},
		{"where can I buy the robot vacuum", ""},
		{"I entered my pin wrong", ""},
		{"my daughter loves it, thank you", ""},
		{"just kidding, it works now", ""},
		{"the screen says try again later", ""},
		{"I forgot my password, what do I do?", ""},
		{"me too, also thanks", ""},
		// Angry.
		{"this is the third time I ask, I want my money back NOW", "angry repeat"},
		{"This is ridiculous", "angry"},
		{"worst customer service ever", "angry"},
		{"wtf is this", "angry"},
		{"I am so angry right now", "angry"},
		{"you guys are useless", "angry"},
		{"I've been waiting for weeks and still nothing!!", "angry"},
		{"never ordering from you again", "angry"},
		{"are you kidding me", "angry"},
		{"stop wasting my time", "angry"},
		{"This is unacceptable.", "angry"},
		{"What a joke. Refund me.", "angry"},
		{"i'm fed up with this company", "angry"},
		{"give me my money back now", "angry"},
		// Repeat.
		{"I already wrote to you about this", "repeat"},
		{"I have emailed you twice about my refund", "repeat"},
		{"still no reply from you", "repeat"},
		{"second message, please answer", "repeat"},
		{"I asked last week and nobody answered", "repeat"},
		{"I am following up on my ticket", "repeat"},
		{"I haven't heard back", "repeat"},
		{"As I said before, the zip is broken", "repeat"},
		{"for the second time: please cancel it", "repeat"},
		{"no one got back to me", "repeat"},
		// Wants a person.
		{"can I talk to a human", "person"},
		{"agent please", "person"},
		{"HUMAN", "person"},
		{"let me speak to your manager", "person"},
		{"I don't want to chat with a bot", "person"},
		{"connect me to a real person", "person"},
		{"please call me back", "person"},
		{"can someone call me tomorrow?", "person"},
		{"are you a robot?", "person"},
		{"customer service representative", "person"},
		// Deadline.
		{"I need it by tomorrow", "deadline"},
		{"please help asap", "deadline"},
		{"URGENT: wrong address on my order", "deadline"},
		{"the wedding is on saturday and the dress is not here", "deadline"},
		{"we leave tomorrow, can you still change it", "deadline"},
		{"this needs to be fixed today", "deadline"},
		// Threat.
		{"you will hear from my lawyer", "threat"},
		{"I will take you to court", "threat"},
		{"I'll do a chargeback", "threat"},
		{"I am reporting you to trading standards", "threat"},
		{"refund me or I dispute it with my bank", "threat"},
		{"going to sue you", "threat"},
		{"I will go to the police", "threat"},
		// Harm.
		{"my card was stolen", "harm"},
		{"card was stolen", "harm"},
		{"someone hacked my account", "harm"},
		{"i think i've been hacked", "harm"},
		{"there is a payment I didn't make", "harm"},
		{"I see a login I don't recognise", "harm"},
		{"someone is using my account", "harm"},
		{"the charger caught fire", "harm"},
		{"My son burned his hand on the kettle", "harm"},
		{"the battery is swollen", "harm"},
		{"unauthorized transaction on my account", "harm"},
		{"I want to kill myself", "harm"},
		{"I lost my wallet", "harm"},
		{"i dont see a point in going on anymore", "harm"},
		{"I keep getting login codes I didn't request", "harm"},
		{"what's the point of going to the shop", ""},
		{"the code does not work, I did not get another", ""},
		// Several.
		{"Where is my order? Also, how do I change my password?", "several"},
		{"I have two questions", "several"},
		{"Cancel my plan please. And another question: do you ship to Spain?", "several"},
		{"Where's my refund? btw can you send the invoice", "several"},
		{"Change my e-mail and get rid of the second account", "several"},
		{"I also need last year's invoice", "several"},
		// Stakes.
		{"payroll closes at 5 today and I'm locked out", "deadline stakes"},
		{"the parcel with my insulin is late", "stakes"},
		{"thank you for being so patient with me", ""},
		{"do you sell scrubs for a clinic?", ""},
		{"are you open at noon", ""},
		// Together.
		{"THIRD email!!! Nobody answers. Refund me or I go to my lawyer.", "angry repeat threat"},
		{"My account was hacked, I need help ASAP", "deadline harm"},
	} {
		if got := readSignals(tc.text, tokens(tc.text)).names(); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

func TestPriorityOfRealisticMessages(t *testing.T) {
	for _, tc := range []struct {
		text    string
		base    Priority
		context PriorityContext
		want    Priority
		why     string
	}{
		{"where is my order?", Normal, PriorityContext{}, Normal, ""},
		{"where is my order?", Low, PriorityContext{}, Low, ""},
		{"where is my order?", "nonsense", PriorityContext{}, Normal, ""},
		{"this is the third time I ask, I want my money back NOW", Normal, PriorityContext{}, Urgent, "angry, and not the first contact"},
		{"someone hacked my account", Low, PriorityContext{}, Urgent, "someone or an account may be in danger"},
		{"this is ridiculous", Normal, PriorityContext{}, High, "angry"},
		{"this is ridiculous", Normal, PriorityContext{Repeats: 1}, Urgent, "angry, and not the first contact"},
		{"I'll do a chargeback", Normal, PriorityContext{}, High, "speaks of legal or similar steps"},
		{"I need it by tomorrow", Normal, PriorityContext{}, High, "in a hurry"},
		{"still no reply from you", Normal, PriorityContext{}, High, "not the first contact"},
		{"still no reply from you", Low, PriorityContext{}, Normal, "not the first contact"},
		{"how much is it", Normal, PriorityContext{Repeats: 3}, High, "3 earlier conversations about this"},
		{"how much is it", Normal, PriorityContext{ContactType: "vip"}, Normal, ""},
		{"still no reply from you", Low, PriorityContext{ContactType: "vip"}, Urgent, "contact of type vip, and not content"},
		{"I need it by tomorrow", Low, PriorityContext{}, Normal, "in a hurry"},
		{"payroll closes at 5 today and I'm locked out", Normal, PriorityContext{}, Urgent, "much is lost if help comes late"},
		{"GET ME A MANAGER. I'm done with robots!!!", Normal, PriorityContext{}, High, "angry"},
		{"can I talk to a human", Low, PriorityContext{}, Normal, "asks for a person"},
		{"where is my order?", Urgent, PriorityContext{}, Urgent, ""},
	} {
		got, why := Prioritise(Prediction{Signals: readSignals(tc.text, tokens(tc.text))}, tc.base, tc.context)
		if got != tc.want || strings.Join(why, "; ") != tc.why {
			t.Errorf("%q from %s: %s because %q, want %s because %q", tc.text, tc.base, got, why, tc.want, tc.why)
		}
	}
}

func TestPriorityOnlyRisesAndSaysWhy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		flag := rapid.Bool()
		p := Prediction{Signals: Signals{flag.Draw(t, "a"), flag.Draw(t, "b"), flag.Draw(t, "c"), flag.Draw(t, "d"), flag.Draw(t, "e"), flag.Draw(t, "f"), flag.Draw(t, "g"), flag.Draw(t, "h")}}
		base := rapid.SampledFrom([]Priority{Urgent, High, Normal, Low, ""}).Draw(t, "base")
		c := PriorityContext{ContactType: rapid.SampledFrom([]string{"", "vip"}).Draw(t, "type"), Repeats: rapid.IntRange(-1, 5).Draw(t, "repeats")}
		got, why := Prioritise(p, base, c)
		if got.Rank() > base.Rank() || (got.Rank() < base.Rank()) != (len(why) > 0) {
			t.Fatalf("%s from %q because %q", got, base, why)
		}
		more := c
		more.Repeats++
		if again, _ := Prioritise(p, base, more); again.Rank() > got.Rank() {
			t.Fatalf("one more repeat lowers %s to %s", got, again)
		}
	})
}

func TestPhrases(t *testing.T) {
	for _, tc := range []struct {
		rule, text string
		want       bool
	}{
		{"take ~ court", "I take you to court", true},
		{"take ~ court", "take court", true},
		{"take ~ court", "take all of you guys to court", false},
		{"take ~ court", "take it. court", false},
		{"^ agent $", "agent", true},
		{"^ agent $", "hello. Agent! now", true},
		{"^ agent $", "my agent", false},
		{"call me? back", "call back", true},
		{"call me? back", "CALL ME BACK", true},
		{"hurry $|please", "hurry please", true},
		{"hurry $|please", "hurry!", true},
		{"hurry $|please", "hurry along", false},
		{"frustrat*", "frustrating", true},
		{"dont want", "I don’t want", true},
		{"{yes} sir", "yep sir", true},
	} {
		if got := compile(tc.rule, map[string]string{"yes": "yes yep"}).in(tokens(tc.text)) != ""; got != tc.want {
			t.Errorf("%q in %q: %v", tc.rule, tc.text, got)
		}
	}
	for _, bad := range []string{"{nobody} knows", "a||b"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("the rule %q compiles", bad)
				}
			}()
			compile(bad, nil)
		}()
	}
}
