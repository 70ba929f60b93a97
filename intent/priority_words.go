package intent

// marks are kinds of words that urgent messages are made of, each weighed by the model in priority_model.go. None is a
// proof by itself, so the lists are broad, unlike the rules: a word belongs here when people use it for the thing named.
var marks = []struct {
	name     string
	alarming bool // counts among the kinds of alarming words
	words    *phrases
}{
	{"kin", false, compile(kinMark, sets)},
	{"care", true, compile(careMark, sets)},
	{"body", true, compile(bodyMark, sets)},
	{"hazard", true, compile(hazardMark, sets)},
	{"rescue", true, compile(rescueMark, sets)},
	{"attack", true, compile(attackMark, sets)},
	{"despair", true, compile(despairMark, sets)},
	{"denial", true, compile(denialMark, sets)},
	{"intruder", true, compile(intruderMark, sets)},
	{"exposure", true, compile(exposureMark, sets)},
	{"livelihood", true, compile(livelihoodMark, sets)},
	{"lack", true, compile(lackMark, sets)},
	{"now", true, compile(nowMark, sets)},
	{"clock", false, compile(clockMark, sets)},
	{"event", true, compile(eventMark, sets)},
	{"standstill", true, compile(standstillMark, sets)},
	{"crowd", true, compile(crowdMark, sets)},
	{"plea", true, compile(pleaMark, sets)},
	{"leisure", false, compile(leisureMark, sets)},
	{"asking", false, compile(askingMark, sets)},
}

const kinMark = `
	baby|babys|newborn|infant|toddler|child|childs|children|kid|kids|girl|boy|son|sons|daughter|daughters|twins|schoolchildren|pupil|pupils
	grandma|granny|gran|nan|nana|grandmother|grandfather|grandad|grandpa|mother|mothers|mum|mums|mom|father|fathers|dad|dads|husband|husbands|wife|wifes|brother|sister|aunt|uncle|mil
	mother-in-law|father-in-law|flatmate|roommate|neighbour|neighbours|mate|friend|colleague|customer|tenant|driver
	patient|patients|pensioner|elderly|pregnant|disabled|diabetic|resident|residents|wheelchair|dementia|blind
	dog|cat|puppy|kitten|horse|sheep|animals`

const careMark = `
	insulin|medic*|pill|pills|oxygen|dialysis|ventilator|inhaler|dose|doses|injection|vaccin*|transplant*|prescription*|tracheo*|feeding|formula|chemo*|morphine|antibiotic*|epipen|pacemaker|catheter|stoma|nebuliser|heart|anti-rejection|tablets
	surgery|hospice|hospital|theatre|clinic|gp|pharmacy|ward|nurse|nurses|operation|icu
	nappies|heating|stairlift|stretcher`

const bodyMark = `
	bleed*|blood|collaps*|unconscious|faint*|chok*|swallow*|swollen|swelling|swells|throat|breath*|wheez*|vomit*|headache|headaches|dizzy|confused|seizure|fits|fever|rash|hives|blister*|scald*
	passed out|away
	burn|burns|burned|burnt ~ my|his|her|hand|hands|face|skin|leg|arm|finger|fingers
	hurt|hurts|injur*|wound|wounded|limping|paralysed|concussion|stitches|pain|sick|ill|tooth
	ate|drank|drunk|eaten|licked|inhaled
	fell|fallen|trapped|stuck|shut|locked|caught|crushed|pinned ~ in|inside|off|from|outside|under|on|halfway|half|out
	cant|cannot|doesnt|wont|not|barely ~ breathe|move|walk|stand|wake|react|respond|answering|swallow|see
	eyes ~ streaming|stinging|burning|hurt|swollen
	crying|screaming|shivering|freezing|panicking|unresponsive|awake`

const hazardMark = `
	smoke|smoking|smokes|fire|flames|flame|spark|sparks|sparking|explod*|explosion|bang|fumes|singed|scorched|charred|melt|melted|melting|ablaze
	gas|carbon|monoxide|co
	leak|leaking|leaks|flood|flooding|flooded|burst|pouring|ceiling
	poison*|toxic|bleach|acid|chemical|chemicals|fuel
	shock|shocks|electrocut*|live wire
	glass|metal|shard|splinter|needle|blade|mould|maggots|rat|allergen|allergic|nuts|milk ~ in|free
	snapped|opened under|by|itself|gave way|collapsed|broke under|while
	brake|brakes|rung|harness|buckle|carabiner`

const rescueMark = `
	ambulance|paramedic*|helicopter|fire brigade|service|department
	999|911|112 ~ busy|called|said|no
	emergency|police|doctor|vet|hospital|coastguard|rescue
	call an|the ambulance|doctor|police`

const attackMark = `
	follow|followed|following|stalk*|threaten*|grabbed|pushed|hit|hits|punched|attacked|chasing|assault*|blackmail*|extort* me|us|him|her|my
	followed|stalk*|threatened|threatening|assaulted|blackmail*|kidnap*|groom*
	man|guy|stranger|someone|somebody ~ outside|waiting|waited|following|my door
	stranger|strangers ~ voice|house|door|talks|child
	my|her|his|the ex|exhusband|exboyfriend|exwife|abuser
	nude|naked|intimate|private ~ pictures|photos|images|video
	broken|breaking into|in
	knife|gun|weapon|refuge|shelter
	ran off|away
	hiding|locked myself ~`

const despairMark = `
	point ~ of|in ~ anything|living|going|life
	cant do|take|bear|go ~ this|it|on ~ more|anymore|longer
	want|going|ready to die|disappear|jump
	before i go
	taken something|pills|tablets|too many
	end it ~
	say goodbye
	scared ~
	im|i am alone
	kill|hurt|harm|cut myself
	no way out
	nobody would miss`

const denialMark = `
	wasnt|isnt|not me|mine|us|ours
	never|didnt|havent|dont|did not|do not ~ bought|buy|order|ordered|place|placed|make|made|ask|asked|authorise|authorised|recognise|recognize|know|request|requested|signed|sign|booked|changed|own
	never heard of
	i changed|did|ordered|bought nothing
	nothing ~ to do with me
	without my|our consent|permission|knowledge|knowing|okay`

const intruderMark = `
	someone|somebody|stranger|hacker|hackers|thief|scammer|scammers|crook|crooks|unknown|person ~ has|got|is|was|logged|signed|using|bought|ordered|knows|accessed|entered|used|changed|stole|trying
	hack*|phish*|scam*|fraud*|fake*|impersonat*|imposter|pretending|claiming|dodgy|suspicious|compromised|breach*|stolen
	logged|signed in from
	sacked|fired|former|exemployee|dismissed ~ staff|employee|colleague|member|minutes|today|deleting|access
	deleting|wiping|emptying|draining|taking ~ folders|everything|account|files|one after
	new|different|changed|unknown iban|phone|number|device|email|password
	password|passwords|pin|card|login|codes ~ stolen|changed|public|leaked|entered|gave|given|knows|reset
	reset|verification|security ~ mails|codes|emails|texts ~ keep|coming|every
	moving the mouse
	payout|payouts|withdrawals|transfers
	payments|orders|purchases ~ hour|minutes|now|going|from`

const exposureMark = `
	someone|somebody|other|another|strangers|else|elses|others|dont know ~ orders|invoices|address|addresses|data|details|account|values|names|bank|records|photos
	i|we can see ~ where|all|their|orders|names
	names|addresses|details|records|numbers ~ of|from ~ strangers|people|customers|others|patients
	people i dont know
	api|access|admin key|keys|token|tokens
	public repo|repository|list|internet|page
	hello|hi ~ im not
	leak*|exposed|visible to`

const livelihoodMark = `
	rent|landlord|mortgage|evict*|homeless|street
	wage|wages|salary|salaries|payday|payroll|payslip|paid|workers
	cant|cannot|couldnt ~ pay|buy|afford|feed
	no|not|without ~ money|cash|euro|euros|penny|cent
	bounce|bounces|bounced|overdrawn|minus|empty|terminate|bankrupt|repossess*
	food|dinner|groceries|eat|hungry
	way|ticket|money|get home
	lose|loses|losing ~ house|home|flat|job|year|licence|contract|deposit|everything`

const lackMark = `
	last one|dose|bottle|pack|day|chance|inhaler|pill|tablet|two|three
	one|two|three|few ~ left
	runs|run|running|down out|to
	nothing|none|no ~ to|left|else
	without one|it|them|that|food|heating|water|power|light
	only|just one|two|kind|thing
	cant ~ without|manage|get ~
	needs|need it|them|one ~ to|tonight|now
	must not|have|get|be`

const nowMark = `
	now|tonight|today|tomorrow|tmrw|tmr|midnight|noon
	this morning|afternoon|evening|minute|night
	in|within|next|last ~ minutes|minute|min|mins|hour|hours|hrs
	minutes|hour|hours|mins ago|left|from|before|away
	since last|this night|morning|noon|yesterday|lunch|nine|six
	still going|coming|in|happening|on
	as i write|type|speak
	about to
	just ~ found|happened|plugged|now|told|drove|swallowed|fell`

const clockMark = `
	at|by|until|before|from|is|opens|starts|closes|shuts one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|1|2|3|4|5|6|7|8|9|10|11|12|noon|midnight
	am|pm|oclock
	minutes|min|mins`

const eventMark = `
	wedding|ceremony|funeral|burial|cremation|christening|baptism|exam|exams|graduation|premiere|gala|concert
	flight|boards|boarding|boat|ferry|train|takeoff|departure|airport|border|station
	surgery|operation|transplant|hearing|court|tender|deadline|visa|interview|embassy|customs|appeal|inspection
	registration|filing|election|competition|final|auction|show
	doors|guests|bookings|opens|streaming`

const standstillMark = `
	down|dead|offline|frozen|stuck|broken|out since|at|in|again|and|all|$
	nothing|none|not one works|work|loads|opens
	rejects|refuses|declines ~ every|all
	all|every|whole|entire|none ~ tills|checkouts|stores|phones|machines|terminals|computers|staff|office|school|team|line|lines|servers|screens|registers|pupils|workers
	queue|queues|queueing|queuing|standing|waiting
	arent|isnt|not loading|working|responding
	cant|cannot ~ work|open|serve|dispatch|sell|operate|located|take
	stopped|stops|halted|closed|shut|idle`

const crowdMark = `
	{many}|45|85|14|19|25|35|75 ~ people|guests|relatives|pupils|students|workers|staff|employees|phones|stores|customers|bookings|passengers|patients|families|children|kids|residents
	whole|entire|all our|my ~ company|school|office|team|hospital|shop|store|city|village|family
	people ~ waiting|calling|outside|standing|are
	we|weve all been
	crews|callers|passengers|guests|residents|patients|ambulances|ambulance`

const pleaMark = `
	help|helpp|sos|mayday
	please please
	anyone|anybody|somebody ~ please|there|read
	what do i|we do|tell
	what|whats ~ in it|them
	whoever|someone must
	how do ~ stop|release|shut|block|lock
	freeze|block|stop|lock ~ it|everything|now|account|card|him|them
	call|ring|phone me|us|0555 ~ now|please`

const leisureMark = `
	no|not|isnt|without|arent ~ rush|hurry|stress|urgent|urgency|pressing
	curious|lol|haha|hehe|funny|joke|wondering|whenever|eventually
	some|one day
	someday
	in general|theory|case
	next|last year|month|term|season|week
	in|for|until|by|before january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter
	thinking of|about
	planning|planned|plan to|compare|comparing
	take your time
	would be|like|love
	would|could you|someone
	all|everyone|no|and ok|fine|good|safe|harm
	in|with time
	not|isnt the end of
	shes|hes|its|were|im|all ok|fine|okay
	nothing|none ~ happened
	thanks|thank|thx|cheers|regards
	nearly|almost`

const askingMark = `
	^ is|are|does|do|can|could|would|will|which|may|where|when|how|what|who
	is it|this|the ~ safe|possible|suitable|ok
	how|where|when|what can|do|does|is ~
	possible|wonder|question|info|information`
