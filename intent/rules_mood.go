package intent

// The rules of this file and of rules_risk.go are phrases, one a line (see phrase for how they are written).
// Apostrophes are left out: "don't" is "dont". "Except" lists hold innocent uses; they are taken out of the text
// before the rules look. Each list was reviewed against what it finds in BANKING77, CLINC150 and the starter pack, and
// signals_test.go holds the cases that decided.

// sets are what a name in braces stands for.
var sets = map[string]string{
	"nth":      "second third fourth fifth sixth seventh tenth 2nd 3rd 4th 5th 6th 7th 10th nth hundredth 100th umpteenth",
	"telling":  "ask asking asked write writing wrote email emailing contact contacting call calling phone phoning message messaging tell telling report reporting request requesting complain complaining explain explaining chase chasing",
	"told":     "asked wrote written emailed mailed contacted called phoned messaged told complained explained texted chased typed",
	"note":     "email emails e-mail mail mails message messages ticket tickets request requests call calls complaint complaints inquiry enquiry letter msg",
	"often":    "twice thrice several multiple many three four five six seven ten 3 4 5 6 7 10 two 2 few couple countless",
	"answer":   "reply replies response responses answer answers answered replied responded reaction",
	"before":   "already before earlier twice again previously yesterday days weeks week",
	"person":   "human person someone somebody agent representative rep manager supervisor operator advisor adviser humans boss colleague employee",
	"stranger": "someone somebody stranger hacker hackers thief scammer scammers criminal intruder attacker",
	"day":      "today tonight tomorrow tmrw tmr monday tuesday wednesday thursday friday saturday sunday noon midnight eod",
	"event":    "wedding birthday flight trip exam presentation party holiday vacation anniversary graduation interview conference launch funeral christening",
	"many":     "20 30 40 50 60 70 80 90 100 120 150 200 250 300 400 500 600 800 1000 fifty hundred hundreds thousand dozens forty thirty sixty",
	"very":     "very really extremely so deeply incredibly seriously absolutely truly bitterly beyond super highly utterly totally pretty",
	"swear":    "fuck fucking fucked fuckin fucker fuckers fck fking fkn bullshit shitty wtf ffs bastards bastard asshole assholes arsehole goddamn",
}

// angerStrong each make a text angry by themselves.
const angerStrong = `
	{swear}
	ridiculous*|rediculous|ridicolous
	unacceptable|inacceptable|unaceptable
	outrageous|outraged|infuriat*|livid|furious|fuming|disgusted|disgusting|disgraceful|disgrace|appalling|appalled|shambles|pathetic|atrocious|abysmal|shameful
	thieves|liars|morons|incompetent|incompetence
	fed up|fedup
	sick of this|your|waiting|being|you
	sick and tired
	had enough of
	ive|have had enough $
	enough is enough
	bunch|piece|load of shit|crap|garbage|junk|liars|idiots|crooks|thieves|amateurs|clowns
	rip off|ripoff
	ripped|ripping|conned me|us|people off?
	total|complete|absolute|utter joke|nightmare|disaster|mess|farce|rubbish|garbage|crap
	what a joke|farce|disgrace|mess|scam|nightmare
	is this a|some ~ joke
	are|r|you you|u|people? kidding|joking|serious|deaf|stupid|blind
	this|its|it is|a a? scam
	you|u are|r|guys|people|lot ~ scam|frauds|crooks|useless|stupid|idiots|scammers|cheats|clowns
	youre|ur a|all|just|so? scam|frauds|crooks|useless|stupid|idiots|scammers|cheats
	shame on you
	how dare you
	waste|wasting|wasted of? my time
	stole|stealing|steal my|our money
	worst ~ service|company|experience|support|shop|store|customer|app|ever
	terrible|horrible|awful|dreadful|useless|lousy|crap|shocking service|support|experience|company|treatment|attitude|customer
	never|not ~ order|buy|buying|shop|ordering|shopping|use|using ~ from|with|you|anything? again
	lost|losing ~ patience
	running|run out of patience
	{very} angry|mad|upset|annoyed|pissed|frustrated|disappointed|dissapointed|unhappy|irritated
	i am|im angry|mad|pissed|raging|cross
	pissed off
	makes|made|making me ~ angry|mad|furious
	getting angry|mad|pissed
	treat|treated like dirt|garbage|trash|crap|shit|idiots
	what the hell|heck
	the hell is
	screw you|this
	get your act|shit together
	you people
	your ~ sucks|suck
	this|it|service|app|company|support sucks
	stop ~ lying|ignoring
	lied|lying to me|us
	give me|us my|our money ~ now
	whats|what is wrong with you
	hate you|your|u|this
	driving me insane|mad|crazy
	thanks|thank you? for nothing
	what kind|sort of company|service|shop|business|support is this
	never ~ seen|experienced|had|met ~ so|such|as ~ bad|badly|poor|poorly|rude|awful|slow|terrible|useless|disorganised
	last time i|we ~ buy|order|shop|use|purchase|book ~ from|with|here|anything|you
	just|simply|absolutely|totally unbelievable|incredible $
	my patience ~ end|over|gone|thin|limit
	beyond a joke
	for crying out loud
	for gods|heavens|petes|christs|fucks sake
	boiling|seething|raging|shaking|steaming ~ rage|anger|fury|mad
	seething|enraged|incensed
	should|ought ~ be ashamed
	done with you|your|yous|u
	you|u have|got some|a ~ nerve|cheek
	the nerve|cheek
	bloody|damn|total|completely|utterly useless|hell|joke|disgrace
	a|an farce|scandal|disgrace|outrage
	scandalous
	up to here
	up the wall
	do your job|jobs
	ruined my|our
	had it with you|this|your
	quick|fast|happy|eager enough? to take|charge|grab|pocket my|our|the|money
	oh|how brilliant|wonderful|lovely|fantastic|great|marvellous|nice|perfect another|no|still|now|just|so
	^ wonderful|brilliant|great|fantastic|lovely|superb|marvellous|bravo|perfect . ~ refuse*|reject*|fails|failed|broken|nothing|never|still|another|wrong|late|declined|cancelled
	^ unbelievable|incredible|shocking|absurd|laughable|insulting|insane that|how|what
	thanks|thank|cheers ~ for ruining|wasting|ignoring|losing|breaking|messing|destroying|lying
	thanks|thank|cheers ~ for letting ~ down
	ruin*|wreck*|spoil* ~ {event}|day|christmas|weekend|evening
	move|moving|switch|switching|go|going|gone ~ to ~ competitor|competitors|competition|rival
	take|taking|spend|spending my|our business|custom|money elsewhere|somewhere
	or i|we|ill|well ~ cancel|leave|leaving|switch|go|move ~ elsewhere|everything|you|for
	ill|well|id|will|shall|rather ~ shop|buy|order|go elsewhere
	having a laugh
	what|why on earth|gods
	pull|get your finger|fingers ~
	gone|going ~ dogs
	do you|u even|actually ~ work|read|care|bother
	nobody|noone ~ at|in|there ~ can? cares|read|reads|knows|bothers
	never ~ been ~ treated
	beneath|below contempt
	beneath contempt
	lost|lose|losing a|another|this|me ~ customer
	useless|hopeless|clueless|brainless lot|bunch|people|bot|company|shop|service|support
	really|truly so|that hard|difficult|complicated
	what ~ do i|we even? pay|paying ~ you|for
	expected|deserve|deserved ~ better|more ~ from|of|than
	wits|wit end
	way to treat ~ customer|customers|people|us|me|someone
	couldnt|cant|could organise|organize|run a|an ~ party|bath|brewery|whelk|piss
	well done ~ managed ~ lose|lost|mess|break|forget|ruin
	incompetents|idiots|imbeciles|cretins|clowns|halfwits|jokers|cowboys|numpties|muppets
	my god|goodness|word you|your|this|how
	you|u are|must so|really|unbelievably|incredibly slow|bad|lazy
	should|ought|must ~ be|feel embarrassed|mortified
	leaving|leave|quit|quitting ~ for another|other|your|a ~ provider|shop|company|supplier|service
	cancel|leave|close everything|all|altogether ~ if|unless
	i|ill|im ~ cancel|leave|quit|gone ~ unless|if ~ this|it|you|not|dont
	close|tempted|thinking|ready|about to|of ~ cancelling|cancel|leaving|leave ~ over|because|$
	years ~ customer ~ and this|thats|now|you
	this is|isnt how ~ you treat|repay|reward|handle
	not at|in all|least|slightest pleased|happy|amused|impressed|satisfied
	garbage|rubbish|crap|useless site|website|shop|app|system|company|checkout
	site|website|shop|app|system|checkout|login ~ is|are ~ garbage|rubbish|crap|useless|trash|hopeless|terrible|awful|joke
	braindead|brain-dead|brainless|spineless|heartless
	what kind|sort of ~ scammers|thieves|crooks|idiots|clowns|people are
	is this|that how ~ you treat`

// angerMild each give one of the two marks that together make a text angry.
const angerMild = `
	frustrat*|disappoint*|dissapoint*|annoy*
	unhappy|upset|angry
	terrible|horrible|awful|useless|rubbish|garbage|crap|crappy|shocking|dreadful|lousy|stupid|damn|dammit|bloody|shit|poor
	worst|joke|unprofessional|unbelievable|absurd|insane|nonsense|rude
	not happy|impressed|amused|acceptable
	not good enough
	i demand|expect
	i want|need ~ now|immediately|instantly
	want|need ~ now $
	still|yet ~ nothing|no|not|havent|hasnt
	this is|has|took taking|getting|taken|been ~ long
	how hard|difficult can|is
	how much? longer|long do|must|should|am|will ~ wait
	come on $
	for weeks|months|ages
	weeks|months and|now
	ignored|ignoring
	nobody|noone ~ answer*|repl*|cares|care|help*|respond*
	no one ~ answer*|repl*|cares|care|help*|respond*
	you|they refuse|refused|ignore
	do something
	done with
	answer me
	sort it|this out
	my money`

// calm words take a mark away.
const calm = `
	thanks|thank|thx|cheers|ty|love|loved|lovely|great|awesome|amazing|perfect|excellent|wonderful|brilliant|appreciate|sorry
	no worries|rush|hurry|problem
	not angry|upset|mad|annoyed`

const angerExcept = `
	not|isnt|arent|never angry|mad|upset|annoyed|furious|disappointed|unhappy
	angry birds
	no joke|scam
	is|was this|it|that a scam $
	scam|phishing|spam email|mail|message|text|sms|call|site|website
	looks|look|looked|sounds|seems like a? scam
	holy shit|crap
	last time i checked|ordered|bought
	not too|so|that bad|hard
	hate to bother|be|ask|say
	poor quality|english|connection|signal
	not|isnt|without a|an farce|scandal|disgrace|outrage
	no|not|nor|never ~ shop|buy|order|go elsewhere
	if|what|how|when|can|will ~ i cancel|leave|quit ~
	not|isnt|nothing ~ really so|that hard|difficult|complicated
	what|how ~ customers ~ expected
	garbage|rubbish bag|bags|bin|bins|disposal|collection`

// repeatRules say that the contact wrote before about the same.
const repeatRules = `
	{nth} time ~ {telling}|here
	{nth} {note}
	for the {nth} time i|please|where|can|cancel|give|im|stop|answer|wheres|ive
	{told}|sent|said ~ {often} times|emails|mails|messages|occasions|people|tickets
	{told} you|u|support|them? twice|thrice|repeatedly|before|previously|countless|again
	already {told}
	i|ive|we|weve {told} ~ {before}
	already sent|submitted|opened|made|left|filed ~ {note}
	sent|wrote|written|left|submitted|opened|raised ~ {often} {note}
	{often} {note} ~ no|not|zero|nothing|none|nobody|never|already|still|but|without
	i|we sent|wrote|submitted|opened ~ {note} ~ ago|yesterday|already|before|last|but|no|still
	still|yet ~ no|not|without|havent|hasnt|waiting ~ {answer}
	still|been waiting ~ hear|{answer}|callback
	still waiting for|on you|your|someone|somebody|anyone ~ to
	havent|hasnt|not|never|nobody|noone|didnt heard|hear|got|gotten|get|received|receive ~ back|{answer} $
	havent|not heard anything|back|from you
	no {answer} ~ to|from|so|yet|since|for|after|whatsoever
	got|with|received|had|and|but|still no {answer} $
	without any|a? {answer}
	nobody|noone ~ {answer}|answers|replies|responds|got|gets ~
	no one ~ {answer}|answers|replies|responds|gets|got ~
	nobody|noone answer|reply|respond|called
	you|u never|didnt|dont|havent {answer}|answer|reply|respond
	how many more? times do|must|should|have
	how often do i|we have|need|must
	asking|ask|writing|write|contacting|emailing|messaging|calling|telling|asked you|this|to? again
	following|follow up on
	as|like i ~ said|mentioned|wrote|explained|told|stated ~ before|already|earlier|previously|yesterday|times|last
	as|like previously|already|i|ive previously|already stated|said|mentioned|explained
	i|we keep|kept asking|telling|writing|emailing|contacting|calling|explaining
	keep|kept|keeps getting ~ same
	same answer|reply|response|link|buttons again|every|each|over
	my previous|earlier|last|prior|first|other email|mail|message|messages|emails|ticket|tickets|complaint|letter|request
	ignoring me|us|my
	ignored my|all
	being ignored
	i|we|ive|weve|been been? asking|writing|emailing|calling|contacting|chasing ~ weeks|days|months|since|you
	passed|sent|bounced from|around ~ one|department
	i|we|ive|weve spoke|spoken|talked|chatted ~ yesterday|already|before|last|days|twice
	your colleague|coworker|agent ~ said|told|promised|wrote
	you|u|someone|who|they promised ~ call|reply|answer|back
	last week|time|month|monday|tuesday|wednesday|thursday|friday i|we ~ {told}
	chasing this|you|it|them|my|an ~
	reaction|reply|response|answer to|on my|our ~ {note}|question|letter
	did|have|has you|u|anyone|anybody|someone ~ read|get|receive|see|seen|got|received my|our ~ {note}|question|letter
	^ i did ask|write|call|tell|mention|email
	i|we did ask|write|tell|mention|email ~ on|last|before|already|yesterday|you
	^ once again|more
	isnt|not my|our|the first {note}|time ~
	since my|our first|last|previous e? {note}
	my|our previous|earlier|last|prior|first e {note}
	^ me again
	its me again
	told|wrote|emailed|messaged|rang|phoned|called you|u|your ~ yesterday|last|earlier|before|ago|{day}|week|in|on
	told|wrote|emailed|messaged|rang|phoned|called yesterday|last|earlier
	said|told|promised ~ someone|somebody|you|they ~ back|reply|answer
	you|someone|they|he|she said ~ would|will|youd|theyd ~ back|call|reply|answer|contact
	was|been promised ~ when|by|on|to|last|yesterday
	my|our request|question|mail|email|message|ticket|letter|complaint|case ~ unanswered|ignored|pending|overlooked
	ticket|case ~ open since|for|still
	^ reminder my|of|for|about|regarding|that|no|i
	^ {nth}|final|last reminder|attempt|try|request|notice
	{told}|told|explained ~ colleague|colleagues|agents|coworker|coworkers|people ~ already|yesterday|last|before
	ive|have|already {told} ~ colleague|colleagues|agents|of you
	how often must|should|shall i|we
	lady|gentleman|man|woman|guy|girl|person|colleague|agent ~ phone|hotline|chat|line ~ promised|said|told|assured
	when i called|phoned|rang|wrote $|you|last|on|yesterday|before|in
	as discussed|agreed|promised ~ with|by|last|yesterday|before|in|on
	asked ~ same question|thing
	i|ive|we {told} ~ this morning|afternoon
	asked|wrote ~ in the morning
	raised this|it|that ~ with|in|before|already
	same thing|problem|issue|error|story|trouble|question ~ as|like
	when you|they|someone|somebody last? fixed|solved|sorted|helped|reset ~
	you|they promised to|me|us|id|i|it|that
	new|other|replacement|second ~ you|they gave|sent|issued
	tried|did|done|followed what|everything|all|steps|instructions|advice ~ you|your
	your last|previous|first|earlier answer|reply|response|advice|suggestion|explanation
	your answer|reply|response|advice|suggestion|instructions ~ didnt|not|doesnt|havent|hasnt|no ~ help|helped|work|worked|use
	further to our|my|your
	with|in reference to my|our|your ~ {note}|conversation|correspondence|call
	our|my last|previous|earlier|phone conversation|correspondence|exchange|chat|call
	i|ive|we|weve {told} you|u|your for|about|to|that|why|when|where|whether
	i|ive|we|weve {told} ~ ago
	for the|a? {nth} time ~ about|regarding
	i|we phoned|rang|called on|last|yesterday|this|{day} ~
	got|been|was in touch ~ last|yesterday|on|before|already|{day}|about|regarding
	since ~ in touch|contacted|wrote|called|emailed
	had a chat|call|talk|conversation ~ about|on|with|{day}|last|yesterday
	still|yet havent|hasnt|not heard|hear
	team|agent|colleague|support|rep|staff|they said|told|assured|promised ~ would|will|was|were|it|that|days|weeks|hours
	any|been|some|no ~ progress|update|news|movement ~ on|with|about|regarding my|our|the|this ~ {note}|case|enquiry|quote|complaint|question|issue|problem
	round in circles
	i|we was|were|been assured|promised ~ it|you|would|that|by|to|within
	^ its? me|us ~ once|yet|again
	explained|told|described ~ to ~ colleague|colleagues|agents|of you|people|team
	problem|issue|error|fault|trouble ~ is|has|came|come back
	question|mail|email|message|request|ticket|enquiry was|were|is|has|been never|not|still|been? ~ answered|ignored|read|seen|handled
	resending|re-sending|repeating my|our|this|the
	is|does anyone|anybody|someone|somebody ~ read|reading|reads ~ these|my|messages|mails
	someone|somebody|anyone|you|they was|were going|supposed|meant to ~ ring|call|write|reply|get|come|send|contact|email
	awaiting|await ~ your|an|a|reply|response|answer|invoice ~ since|asked|for
	awaiting your ~ {answer}
	ive|have|had|i sent|filled|submitted|uploaded ~ twice|thrice|repeatedly
	i|ive|we sent you|u|your ~ ago|yesterday|last|already|before|week
	chased this|it|that|you|up
	no|without ~ joy|luck|success|result ~ from|with your|you|chat|support|hotline
	one|same ~ you|your ~ fixed|solved|sorted|promised
	nothing ~ happened|changed|done ~ since
	{nth}|final|last attempt|try to|at
	since my|our complaint|claim|report|request|question|ticket
	told you so|about|that|this ~ last|before|already|twice|yesterday|week|month`

const repeatExcept = `
	called|call ~ itself
	item|product|what|thing ~ called
	courier|driver|postman|bank|carrier|ups|dhl|fedex|hermes|dpd ~ called|told|said|contacted|messaged|asked
	what|how is|was|its|it called
	been|was|were|got|get asked|told|contacted|called ~ by|that|to|of
	{told} me
	{nth} email|mail|phone address|number|account
	previous|last|earlier order|invoice|month
	verification|confirmation|reset|tracking|password|welcome|marketing|promotional|newsletter email|mail|emails|mails|message|messages|sms|code|link
	havent|not|never|didnt received|receive|got ~ verification|confirmation|reset|code|order|parcel|package|refund|money
	is|this my first
	from|by|with|of the|my|our first
	courier|driver|postman|bank|carrier|hotel|supplier|vendor ~ promised
	what ~ you|we discussed|agreed
	password|code|link|page|app|error|screen|box|label|tracking|status|message|e ~ said ~
	typed it|that|my|the|them
	be|been|being|is|are sent|told ~ to
	after|before|with|in ~ our conversation
	bank|courier|driver|carrier|friend|postman|shop|seller|they ~ told|said ~ you|it|all
	told|said|assured|promised ~ by|from my|the|a ~ bank|friend|neighbour|courier|website`

// personRules ask for a human.
const personRules = `
	speak|talk|chat|connect|speaking|talking ~ to|with|me|us ~ {person}
	put|pass|transfer|forward|hand|connect|direct me|us|this|it ~ to|through|on|over|with ~ {person}|agents|humans
	get me|us ~ {person}
	real|live|actual|living|proper human|person|agent|people|humans|representative|rep|operator|employee|being
	human agent|support|being|please|pls|help|assistance|operator|contact|now|representative|$
	human ~ please|pls $
	bot|robot|chatbot is|isnt|cant|doesnt|does|keeps|wont ~
	not|no|hate|stupid|another|enough|this|the|a|with|to bot|robot|bots|robots|chatbot $
	no bot|bots|robots
	stop|no|with|sending ~ automated|automatic|canned answers|messages|replies|responses
	can|could|please|pls|want|need|let|would|will|have|someone|somebody|you|u ~ call|phone|ring me|us $|back|please|pls|on|at|tomorrow|today|asap|now|when|between|after|before|about
	call|ring|phone me|us back|please|pls|asap|now|tomorrow|today|urgently|immediately
	call me? back
	give|gimme me|us a call|ring|callback
	callback|call-back
	request|want|need|arrange|schedule|get|have|like a|to? phone? call ~ back|from|with
	i|please|pls|just|and|me need|want|get|have|give ~ human|operator|representative|person $|please|now|here|answer
	need|want|get|give|like me|to|a|an|the|your ~ agent|supervisor|human|representative|rep|operator
	see|speak|manager|supervisor|want|get|need to|a|your|the ~ manager|supervisor $|please|now
	i want|need|prefer|rather ~ someone|person|human ~ talk|speak|who|real
	^ human|representative|operator|manager|supervisor|agent $|please|pls|now|plz
	customer|account service|support|care|manager representative|rep|agent|please
	is there ~ human|person|someone|anyone ~ talk|speak|chat|real
	is|are there|this a|any? human|people|person $|there|here|or|behind|real
	are you a|an|real|actually|just ~ bot|robot|human|machine|ai|person $|or
	are you real $
	am i|im talking|speaking|chatting to|with ~ bot|robot|human|person|machine|ai
	escalat* ~ this|my|it|to|case|issue|ticket
	your|the manager|supervisor|boss|superior ~ please|now|contact|call
	talk|speak|chat to|with someone|somebody|anyone|anybody|support|sales|billing|technician|expert|specialist|people
	someone|somebody|anyone who understands|can|knows ~ help|understand|read|think|understands
	grateful|appreciate|appreciated|nice|like|glad for? ~ a call|callback|ring
	could|can|would|will|may one of you|your|the ~ ring|call|phone|speak|talk
	ring|phone me|us up
	a word with ~ somebody|someone|person|charge|manager|boss|you
	whos|who|somebody|someone|person|whoever is? in charge
	discuss|discussing|explain|do|sort|solve|settle|talk|speak ~ by|over|on the? phone|telephone
	human behind
	technician|technicians|expert|specialist|adviser|advisor|engineer|sales|salesman|consultant contact|call|ring|visit me|us
	have your|a|an ~ contact|call|ring|phone me|us
	speak|talk|chat w|with|to some1|sb|smb|sbdy|sum1
	need|want|get|have|let|put ~ someone|somebody|person|colleague ~ to look|read|check|handle|deal|explain
	deal|dealing|talk|talking|chat|chatting|write|writing|type|typing|speak|speaking with|to|at a|the|your|this machine|machines|computer|bot|ai|algorithm
	colleague|human|person ~ who can|could|reads|read|thinks
	pick up the phone
	phone appointment|conversation|consultation
	not|no|dont ~ bot|robot|automated|automatic answer|reply|response|message
	member|members|one of ~ staff|team ~ contact|call|get|look|back|please|help|answer|reply|write|do|change|$
	who ~ can|could|do|should i|we ~ ring|call|phone|speak|talk
	bell|buzz on|at ~
	give me|us a bell|buzz|tinkle
	chat|talk|speak|live ~ with|to ~ staff|team|employee|employees
	want|need|prefer a|an|the real? person|employee|human
	can|could|would|may|will an? ~ employee|human|person ~ look|check|help|answer|reply|contact|handle
	be called|phoned|rung back|please|on|at|by|today|tomorrow
	actual|real|proper member|people|someone ~`

const personExcept = `
	dont|not|without ~ talk|speak|call|talking|speaking ~ to|with|me ~
	dont|not|do need|want|i|have a|an|to ~ manager|agent|human|person|speak|talk
	agent|representative|rep|person|someone|manager|operator|advisor|colleague ~ said|told|promised|called|wrote|explained|assured|advised
	user|browser|estate|travel|real-estate agent
	real estate
	password|project|task|device|product|file|download|store|property|hotel|tag manager
	human hair|resources|size|rights|body|error|readable|made
	talk|speak to you later|soon
	robot vacuum|vacuums|arm|lawn|mower|kit|toy|hoover
	slack|discord|telegram|teams bot
	call|calls me|us names|crazy
	transfer|pass|forward|gift|give|send ~ account|subscription|licence|license|ownership|order|ticket|package|parcel|money ~ someone|person|people|somebody
	delivery|courier|sales|per|first|second|third|wrong|emergency person|agent`

// severalRules say that there is more than one request.
const severalRules = `
	also|additionally|furthermore|moreover|secondly can|could|how|where|what|when|why|do|does|is|are|please|pls|my|would|will|cancel|change|refund|send|tell
	also|additionally i want|need|would|have|d|cant|cannot
	also|additionally id|ill|im
	and|but also can|could|how|where|what|when|please|cancel|change|i|my
	another|other|different|separate|unrelated thing|question|issue|problem|request|topic|matter $|is|i|too|about|also
	have|got|ive|i ~ two|three|couple|few|several|multiple|2|3 ~ questions|issues|problems|requests
	two|2|three|3 things|questions|issues|problems|requests
	second|2nd|next question|issue|problem|thing is
	first|firstly|1st ~ second|secondly
	on top of that
	^ one|1 more thing|question
	and one|another|1 more? thing|question
	i|we also want|need|would|cant|cannot
	and separately|secondly
	and get rid of
	please ~ as well|too $
	while im|youre|were|ur at|here|on
	oh and
	by the way|btw ~ can|how|where|what|when|do|does|is|are|could|cancel|please|my
	btw|ps can|how|where|what|when|do|does|is|are|i|my|could|please
	^ also|additionally|besides|furthermore|moreover|plus|secondly
	apart|aside from that|this
	on another|a ~ note
	different|separate|another|other note|subject|matter
	plus i|id|we|my|the|can|could|how|where|when|what|is|are|do
	^ and can|do|does|how|what|where|when|is|are|will|could|which|who|would|may
	and can|could|may i|we
	and delete|cancel|refund|upgrade|downgrade|unsubscribe|deactivate|reset|resend
	and|then send|mail|email me|us ~ bill|invoice|receipt|tracking|statement|label
	then|& cancel|delete|refund|upgrade|downgrade
	^ second|secondly|third|thirdly can|could|do|how|the|my|is|are|where|what|when|i|we
	two|three|2|3|several|couple ~ concerns|matters|points|topics|wishes|requests|questions|issues
	and my|the ~ too|either|as well
	and refund|invoice|delivery|order|receipt for|of
	and|but how much|long|many ~ and
	and i|we ~ also|too ~ want|need|would|like
	either ~ and
	too what|how|can|could|please
	as well as a|an|the|to|that|id|i|my|this
	in addition
	^ another thing|question|request|matter|point
	while ~ talking|here|at ~ what|can|how|where|when|please|could
	pps|p.s|p.p.s ~
	^ ps|pps
	^ not only ~
	^ incidentally|lastly|finally can|could|please|is|are|i|where|when|what|how|do|the|my|would`

const severalExcept = `
	also|and not|doesnt|didnt|cant
	also|already tried|checked|restarted|reinstalled|cleared|looked
	got|sent|received ~ another|other|different thing|product
	the|any|no|some other thing|issue|problem
	same questions|problem|problems|issue|issues
	answered|answer|asking|ask ~ questions
	and cancel|delete it|them
	stop|end|close and delete|cancel
	cancel|close|stop|end|return ~ and refund
	returned|return|sent ~ and the|my refund
	^ also thanks|thank
	same|similar subject|matter
	in addition to`
