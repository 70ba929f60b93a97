package intent

import "testing"

// priorityOf is the priority of a message by its words alone, with an intent of normal priority.
func priorityOf(text string) Priority {
	ts := tokens(text)
	p, _ := Prioritise(Prediction{Signals: readSignals(text, ts)}, Normal, PriorityContext{})
	return p
}

func TestHarmUnderWayAndLossWithinADayAreUrgentByTheirWordsAlone(t *testing.T) {
	for _, text := range []string{
		"Somebody's been emptying my wallet with you since last night, three orders that I never placed, stop them!",
		"My account mail was switched to one I don't know and I can't get in any longer",
		"Your heater started to smoke and scorched the wall behind it",
		"the power bank got so hot it burned a hole in the mattress",
		"My son swallowed the magnet from the toy, what do I do??",
		"My baby has got a piece of your rattle in her throat",
		"I cut my hand open on the edge of your can opener and it's bleeding badly",
		"the gas hose you delivered is hissing and it stinks in the kitchen",
		"My mother's oxygen machine has stopped and the replacement was promised for this morning",
		"the insulin cooler is not here and we fly tonight",
		"Our clinic has no gloves from tomorrow on, your shipment is missing",
		"Without the breast pump part my newborn can't eat tonight",
		"We can't pay our people today because your payroll export fails",
		"The whole school has been locked out an hour before the exams",
		"All our tills are dead since nine and the shop's full of people",
		"Our production stands still because of your licence server",
		"The wedding is tomorrow and there's not a single chair here",
		"The funeral's tomorrow morning and the flowers went to Leeds",
		"My flight leaves in four hours and the tickets haven't come",
		"The visa appointment is tomorrow at 9 and you have my passport copy and don't send the papers",
		"Today's the last day to file and your page lets me not download the statement, I'll be fined",
		"my card was stolen with my bag, block everything",
		"A man has phoned, I gave him the code and now 900 is gone",
		"I paid into the wrong account because somebody sent a false invoice in your name",
		"I can see another customer's orders and address in my account!",
		"all your customers' phone numbers are on a public page",
		"my ex has my password and is following where i go through your app",
		"He's threatening to publish my photos from your cloud",
		"I don't want to live any more",
		"im going to hurt myself",
		"there's nothing left for me, i want it to be over",
		"Fire at your warehouse on Dock Road!!",
		"Your shelf fell on a customer, he's unconscious",
		"The carbon monoxide alarm that I bought from you doesn't beep and we've got headaches",
		"The nut bar says nut free and my daughter's lips are swelling",
		"I FOUND GLASS IN THE BABY FOOD",
		"There was a needle in the toy",
		"the car seat buckle opened by itself while driving with my child in it",
		"FIVE mails and not one answer!!! I WANT MY 300 EUROS BACK",
		"This is the fourth time I write. You've had my money for eight weeks. Give it back or I'll see you in court!",
		"I've called six times, still no parcel, I'm absolutely furious and my lawyer has the file",
		"third message!!! where is my refund you thieves",
		"because of your double charge i cant buy food for my kids",
		"Cancel it before midnight or I lose the house deposit",
		"our shop is down on black friday, we lose thousands each minute",
		"the hospital's delivery is being refused at the gate, theatre starts at 2",
		"I'm stuck at the airport with two kids because the booking you sold me doesn't exist",
		"We're standing in front of the holiday flat at night and the code doesn't open, it's raining and the baby's crying",
		"the wheelchair lift doesn't move and my husband's trapped on the first floor",
		"My dog has eaten your rat poison",
		"someone is ordering with my identity all over the place",
		"an unknown person signed in from Vietnam and changed my number",
		"Our admin was fired an hour ago and is deleting everything, lock him out",
		"our api key is public, someone is pulling our customer data",
		"They're draining my gift card balance as I type",
		"I locked myself out and the competition closes in an hour",
	} {
		if got := priorityOf(text); got != Urgent {
			t.Errorf("%q is %s, want urgent", text, got)
		}
	}
}

func TestWordsOfDangerInHarmlessMessagesAreNotUrgent(t *testing.T) {
	for _, text := range []string{
		"where is my parcel",
		"I'm a bit annoyed that the parcel is late again",
		"my parcel was stolen from the porch",
		"can I have a refund please",
		"this is the second time I write, please answer",
		"how do i protect my account against hackers",
		"is the charger safe? I've read of batteries that burn",
		"are these nuts safe for my daughter who's allergic",
		"I need the dress by saturday for a wedding",
		"please send it today if you can",
		"I want to talk to a manager now",
		"I'm disappointed with your service",
		"hello",
		"My card was declined",
		"the card expired, how do i change it",
		"Could you deliver before Friday? We're away afterwards",
		"my account is locked",
		"I lost my password",
		"The app crashes when I open the camera",
		"site is down?",
		"I got a strange email from you, is it real?",
		"Do you deliver to hospitals?",
		"we're a clinic and want an offer for gloves",
		"the medicine cabinet has a scratch",
		"I'm a nurse, is there a discount",
		"Do you have fire extinguishers",
		"The kettle doesn't get hot",
		"the candle burns only on one side",
		"I cut the label off, can I still return",
		"my baby loves it, thank you",
		"This is ridiculous, I want my money back",
		"I'm going to my lawyer if this is not solved",
		"which oven gloves are best against burns",
		"the trial ends tomorrow, can I extend",
		"my flight is in june, will it be here by then",
		"my package hasn't moved for 10 days",
		"The invoice has a wrong address and it is due tomorrow",
		"payroll integration: do you offer it?",
		"add more accounts to our team please, about 60 people",
		"I've been waiting for three weeks for my refund",
		"we lose time with each click",
		"this product broke after two days",
		"It's killing me, what is the song in your ad",
		"I've written twice. When do I get the invoice?",
		"the whole team loves it",
		"I ordered a knife and it is blunt",
		"can you block my old card and take the new one",
		"delete my account, i dont trust you",
		"Someone else signed for my parcel",
		"somebody took my package from the hallway",
		"I changed my phone and now the codes go to the old one",
		"I was in hospital, can I still send it back?",
		"how do I bleed the pump",
	} {
		if got := priorityOf(text); got == Urgent {
			t.Errorf("%q is urgent, want less", text)
		}
	}
}
