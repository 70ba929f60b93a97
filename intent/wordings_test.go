package intent

import (
	"strings"
	"testing"
)

// Messages that were written to find gaps in the rules, without a look at them or at any suite.
var wordings = map[string][]string{
	"several": {
		"Where's my parcel, and could you also tell me how to change my password?",
		"I'd like to return the boots. Besides, the invoice has the wrong name on it.",
		"Change my e-mail to a@b.example and send me last month's bill.",
		"Upgrade us to Pro, then cancel the add-on for exports.",
		"Two things: when do you open on Sunday and do you take cheques?",
		"Please update my phone number. Also the login code never arrives.",
		"Can I pay by invoice? And do you ship to Malta?",
		"order 5512 status pls. and refund for 5410 whats up with that",
		"I need a receipt for May, plus I want to stop the newsletter",
		"how much is the pro plan and can i pay with paypal",
		"First, is the shop open on Monday? Second, can I exchange a jumper there?",
		"Could you send the tracking number and, while you're at it, correct the address in my account?",
		"The discount wasn't applied. On another note, where do I return the old device?",
		"Apart from that I would like to know when my refund arrives",
		"Please reset my password and delete my brother's account.",
		"I have three concerns. The bill is wrong, the plan is too small, and nobody can log in.",
	},
	"repeat": {
		"I've been chasing this for a fortnight now.",
		"Any reaction to my mail of Tuesday?",
		"I did ask on Monday. Silence.",
		"once again: where is my refund",
		"Did you read my last message at all?",
		"This isn't my first message on the subject.",
		"Since my first e-mail nothing has happened",
		"me again about the invoice",
		"I'm still waiting for an answer to my question from the 3rd",
		"you said someone would come back to me, nobody did",
		"Reminder: my request of 2 May is unanswered.",
		"again no code. told you yesterday",
		"how often must I ask for the receipt?",
		"wrote you last week about the same thing",
		"The lady on the phone promised on Friday that it would be sent, and it hasn't been",
		"it was promised to be fixed when i called",
		"As discussed with your support last week, the refund should have arrived",
		"My ticket 4411 is open since a month",
		"Hello?? I've asked the same question in the morning",
		"second attempt. when do i get my money",
		"I raised this with you in April and got no further",
	},
	"person": {
		"I'd be grateful for a call, my number is 0170 000",
		"could one of you ring me up",
		"Let me have a word with somebody in charge.",
		"I'd like to discuss it by phone.",
		"Who's the human behind this?",
		"Stop sending me automatic messages, I want a proper answer from someone",
		"can we do this over the phone",
		"Is it possible to have a chat with an adviser about my plan?",
		"please have your technician contact me",
		"i wanna speak with some1",
		"get a supervisor on this",
		"don't send me to the FAQ again, I need someone to look at it",
		"I'd rather not deal with a machine",
		"put a colleague on it who can read",
	},
	"angry": {
		"you've ruined my daughter's birthday, thanks for nothing",
		"what kind of company is this",
		"I've never seen anything so badly organised",
		"this is the last time i buy anything here",
		"absolute garbage",
		"How dare you charge me for this",
		"i'm losing my patience",
		"Are you people blind? I wrote RED.",
		"unbelievable. just unbelievable.",
		"my patience is at an end",
		"this is beyond a joke",
		"for crying out loud, just send the code",
		"I'm boiling with rage",
		"hello???? anybody??? this is insane",
		"you should be ashamed of yourselves",
		"thanks for nothing",
		"worst purchase ever, never again",
		"such a rip-off",
		"i am done with you lot",
		"You have some nerve.",
		"bloody useless site won't take my card again",
		"This is a farce. I want to know where my parcel is!",
		"what an absolute disgrace of a service",
		"it's a scandal how you treat customers",
		"I have had it up to here",
		"i hate this website",
		"it drives me up the wall",
		"do your job!",
	},
	"threat": {
		"I'll leave a one star review everywhere if this isn't solved",
		"my solicitor will be in touch",
		"I'm going to post this on Twitter and tell everyone",
		"you'll be hearing from my insurance's legal team",
		"Next step is the small claims court",
		"I shall inform the consumer advice centre",
		"i will charge it back",
		"If I don't have it by Friday I'll go public with it",
		"I'm reporting this to the ombudsman",
		"expect a letter from our legal department",
		"I'll set you a last deadline, then my lawyer takes over",
		"one star on trustpilot is coming",
		"I will have the bank reverse the payment",
		"this will have legal consequences",
	},
}

// plainWordings hold none of the signals of wordings.
var plainWordings = []string{
	"Can I get a refund and how long does it take?",
	"I changed my address and it still shows the old one, can you fix it?",
	"where is my order and when will it arrive",
	"I ordered a lamp and a chair, where are they?",
	"My card was declined, and I tried twice",
	"hello, and thanks for your help",
	"Do you accept Visa and Mastercard?",
	"what are your opening hours and where are you?",
	"I forgot my password and the reset mail doesn't come",
	"Please change my name and my e-mail address.",
	"I want to exchange the shirt, it's too big and the colour isn't mine",
	"I paid and got no receipt, please send it",
	"I also like the new design",
	"the voucher isn't accepted, and I've typed it exactly as printed",
	"I sent it back last week and would like to know when my money comes",
	"I tried twice to log in",
	"again the same error on the screen",
	"the code was sent twice",
	"I ordered again because I love it",
	"I got two emails from you about the order",
	"can you send the confirmation again?",
	"I called the courier and they know nothing",
	"My friend told me about you",
	"I return for the second time this month, different shoes",
	"This is my first message",
	"I haven't received the mail with the invoice",
	"Would you resend the link?",
	"I called you the best shop",
	"who is the manufacturer",
	"can i add a person to my plan",
	"the agent field in my ticket view is empty",
	"is there a phone number",
	"someone in my family uses the account as well",
	"my phone number has changed",
	"can I pay at the door to the courier person",
	"I'm sad that it doesn't fit",
	"I'm not in a hurry and not cross",
	"it's crazy how good it is",
	"sorry to bother you",
	"that's a pity, I liked it",
	"the price is a bit high",
	"insanely fast, wow!!!",
	"I was disappointed that the blue one is sold out, when is it back?",
	"no worries, take your time",
	"what kind of company are you? do you make chairs too?",
	"hmm strange, my code doesn't work",
	"I left a five star review",
	"where can i leave a review",
	"the review button doesn't work",
	"my lawyer's office wants an invoice in its name",
	"we're a law firm, what does the plan cost",
	"I follow you on Twitter",
	"is it legal to import this",
	"is the company going public soon?",
	"my bank reversed the payment by mistake, how do i pay again",
}

func TestSignalsAreHeardInManyWordings(t *testing.T) {
	for name, texts := range wordings {
		for _, text := range texts {
			if got := readSignals(text, tokens(text)).names(); !strings.Contains(got, name) {
				t.Errorf("%q gives %q, want %s among it", text, got, name)
			}
		}
	}
}

func TestPlainMessagesKeepTheAutomaticAnswer(t *testing.T) {
	for _, text := range plainWordings {
		got := readSignals(text, tokens(text)).names()
		for name := range wordings {
			if strings.Contains(got, name) {
				t.Errorf("%q gives %q, want no %s", text, got, name)
			}
		}
	}
}
