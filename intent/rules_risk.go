package intent

// deadlineRules say that it must be soon.
const deadlineRules = `
	asap|asp|a.s.a.p|urgent|urgently|urgant|urgnt
	as soon as possible
	am|im|in in|a|big|great? a|big|great hurry|rush
	time sensitive|critical
	deadline ~ is|today|tomorrow|tonight|{day}
	no later than
	need|needed|needs|must|require|want it|this|them|that|these|one ~ by|before|for|on ~ {day}
	need|needs|must|has|have to|be ~ fixed|delivered|here|done|sorted|sent|resolved|paid|ready|addressed ~ by|before|today|tomorrow|tonight
	need|needed|needs|must ~ by|before ~ {day}|christmas|xmas
	need|needed|needs it|this|them|that ~ {day}
	closes|starts|dispatch|due|deadline ~ at ~ today|tonight|tomorrow
	suspended|blocked|closed|deleted|switched ~ at midnight|noon|tonight
	need|needed|want ~ for my|our|the|a ~ {event}
	{event} is|on|starts ~ {day}|days|hours
	leave|leaving|leaves|travel|travelling|traveling|flying|fly ~ {day}
	leave|leaving|travelling|traveling|flying|fly in ~ hours|days
	before i|we fly|travel|depart
	before i|we leave for|on|tomorrow|today
	expires|expiring|ends|closes ~ today|tonight|tomorrow|midnight|hours
	goes|go out|live today|tonight|tomorrow
	running|run out of time
	need|want|please|do|fix|cancel|stop ~ right away
	need|want|cancel|stop|refund|call|send|fix|reply|answer|delete|block|act|do ~ immediately|immediatly|instantly|straight|fast $|away|please|before
	immediately|immediatly $|please
	need ~ now $|please|asap
	cant|cannot|can wait ~ longer|any|until
	within the? next? hour|24|48
	stop ~ before it|they ships|ship|sends|goes|leaves
	production|prod|everything|checkout|system|server ~ down|offline $|since|right|and|now
	losing|lose money|sales|customers|orders|revenue
	last minute
	hurry up|please
	very|really|super urgent
	time is running
	need|want ~ quickly|quick|fast $|please`

const deadlineExcept = `
	no|not|without|isnt|nothing|neednt|dont ~ rush|hurry|urgent|urgently|deadline|urgency|asap|quick
	dont|not|no|longer need|want ~
	refused|declined|rejected|started|stopped|arrived|opened|appeared|fails|crashes|closes|cancelled|charge|charged ~ straight|right|immediately
	immediately after|when|available|effective
	was|were|supposed|should|due|promised|meant|said ~ arrive|arriving|delivered|come|be|today|yesterday|there ~ {day}|on|by
	express|emergency|urgent delivery|shipping|order|support|hours|kit|contact
	birthday|anniversary|event|party|wedding ~ card|cards|discount|voucher|coupon|code|gift|type|log|dress|present|decorations|balloons|reward|mail|email
	last minute deals|deal|offers|booking
	cancelled in a hurry`

// stakesRules say that much is lost if help comes late: somebody's living, health or home, or the work of many.
const stakesRules = `
	payroll|wages|salaries|paychecks
	patients|patient|clinic|surgery|ward|dialysis
	insulin|medication|medicine|medicines|inhaler|epipen|oxygen
	mortgage|evicted|eviction|homeless
	stranded
	no|without food|heating|water|electricity
	two|weeks|a|week|weeks of food|groceries
	cant|cannot eat|feed ~
	our|the|my whole|entire ~ registration|event|team|company|business|office|production|wedding ~ dead|down|blocked|stands|still|stuck|ruined
	will ~ ruin|ruined|bankrupt
	bankrupt|bankruptcy
	losing|lose ~ job|house|home|patients|customers|bookings|sales|thousands`

const stakesExcept = `
	medicine|medication cabinet|bottle|box|ball
	for ~ clinic|patients|surgery
	mortgage calculator|rate|rates|advice
	patient with|person|and|enough
	be|being|am|im|very|so patient`

// threatRules speak of lawyers, courts, regulators, the police, the press, or having the bank take the money back.
const threatRules = `
	my|our|contact|involve|get|hire|through|to|with|call|by a|my|our|the? lawyer|lawyers|attorney|attorneys|solicitor|solicitors
	lawyer|lawyers|attorney|solicitor will|is|has|are involved|contact|hear|write|be
	legal action|actions|steps|proceedings|claim|consequences|measures
	take|taking|see|bring|drag|meet ~ court
	in|to|at|small court|claims|tribunal
	sue|suing you|u|them|this|your
	will|gonna|going|to|shall|ill sue
	lawsuit|law suit
	do|doing|file|filing|start|starting|request|requesting|initiate|initiating|open|make|making|issue|raise|want|will|ill|forced ~ chargeback|chargebacks|charge-back
	chargeback|charge-back with|through|via|from|against
	charge it|this|the ~ back|payment back|through|with|via
	reverse|reversing|dispute|disputing|contest|recall ~ with|through|via|at|by ~ bank|card|paypal|visa|mastercard|amex|credit
	bank|paypal|visa|amex|mastercard to|will dispute|reverse|claw|reclaim|chargeback
	open|opening|file|filing|start ~ dispute|claim|case ~ paypal|bank|klarna|against|with
	report|reporting|reported you|u|this|your ~ to ~ police|authorities|authority|ftc|ombudsman|regulator|bbb|trading|consumer|data
	report|reporting you|u
	trading standards|standard
	ombudsman|ombudsmen|regulator|regulators|watchdog
	better business bureau
	bbb|ftc|cfpb|fca|bafin|accc|ico complaint|report|will|and|or|$
	consumer protection|affairs|association|court|forum|agency|centre|center
	data protection authority|regulator|commissioner|agency|office
	gdpr complaint|violation|breach|fine
	go|going|will|ill|call|calling|involve|involving ~ to? the? police|cops|authorities
	go|going|take|taking|talk ~ to ~ press|newspaper|newspapers|media|journalist|journalists|papers
	against the law
	this|that|it|thats|its is? illegal|unlawful
	breach of contract|gdpr
	know my rights
	hear from my|our|a`

const threatExcept = `
	i|im|am|is|as|for|are a|an|with? lawyer|attorney|solicitor|lawyers|attorneys ~
	plan|plans|discount|pricing|software|templates|product|version|app for lawyers|attorneys|solicitors
	power of attorney
	tennis|food|basketball|squash|volleyball|badminton|outdoor|indoor court
	is|was it|this|that legal|illegal $
	police ~ number|check|clearance
	went|been|reported|report|filed|made|told ~ police`

// harmRules say that someone or an account is in danger now.
const harmRules = `
	account|ive|i|been|got|was|is|were|are|be|email|card hacked|hijacked|hackd|haked|compromised|breached
	account|email|profile|page|login|wallet ~ hacked|hackd|hijacked|compromised|breached
	account|profile|page|wallet ~ taken over
	hacked|hijacked|compromised|haked ~ account|my|our|me|us|into|email|profile
	hacker|hackers ~ account|in|has|have|got|into|stole|changed|took
	^ hacked|hack|hackd $
	card|cards|phone|mobile|laptop|wallet|purse|handbag|identity ~ been|was|got|is|were|has stolen|cloned|skimmed|robbed|nicked|snatched|swapped
	card|cards|phone|mobile|laptop|wallet|purse|identity stolen|cloned|skimmed|nicked|snatched
	stole|stolen|robbed|nicked|snatched|stealing|cloned ~ card|cards|phone|mobile|laptop|wallet|purse|identity|details|credentials
	lost my|the|a|our ~ card|wallet|purse|cards
	card|wallet|purse|cards is|got|was|has|been|are ~ lost|missing
	i|ive|we was|been|got mugged|robbed|pickpocketed|burgled
	i|ive|we have been mugged|robbed|pickpocketed|burgled
	{stranger}|else|who logged|log|signed|signing|logging|accessed|accessing|got|getting|broke|breaking|hacked ~ into|in|my|account|to
	{stranger}|else ~ has|have|gained|had|got ~ access ~ my|our|account
	{stranger}|else|person ~ used|using|uses|charged|ordering|ordered|spent|spending|withdrew|changed|changing|took|taken|taking|stole|stealing|transferred|made ~ my|our|account|card|money|without|purchases|password
	{stranger}|else|stranger is|are in|inside|on|using my|our
	{stranger} ~ reset|access|use|log|change|into|steal my|our|in|into ~ account|password|card
	someone|somebody|stranger|hacker ~ out of|in|inside my|our account
	not me ~ logging|logged|login|ordered|signed
	wasnt|isnt|not me|by|mine ~ login|logged|order|purchase|signed|transaction|payment|device
	changed|ordered|login|logged|payment|purchase|device|reset ~ wasnt|isnt|not me|mine
	login|logins|sign-in|signin|device|devices|session|sessions|access ~ dont|not|didnt recognise|recognize|know|mine
	dont|not|didnt recognise|recognize ~ device|login|session|activity|sign
	unknown|strange|unfamiliar|unrecognised|unrecognized|suspicious|unauthorised|unauthorized|unusual|foreign ~ login|logins|sign-in|signin|access|activity|device|devices|session|sessions|sign-ins
	unauthori*|unathori*|unautori*|fraudulent|fraudelent ~ transaction*|payment*|purchase*|charge*|order*|withdrawal*|access|transfer*|debit*|activity|user*
	charge*|payment*|transaction*|purchase* ~ unauthori*|fraudulent
	didnt|never|havent|dont|not make|made|authorise|authorize|authorised|authorized|recognise|recognize|approve|approved ~ transaction*|payment*|purchase*|withdrawal*|transfer*|debit*
	transaction*|payment*|purchase*|withdrawal*|transfer* ~ i ~ didnt|never|havent|dont|not make|made|authorise|authorize|authorised|authorized|do|did|recognise|recognize|approve
	fraud on|happening ~ my|our
	using|with my card|account|name|identity|details ~ without|fraud
	victim of
	identity theft|fraud|stolen
	stole|stolen|stealing|steal|using|impersonating my|our identity
	impersonating me|us
	sim swap|swapped|swapping
	blackmail*|extort*|ransom*
	was|got|been|were|am scammed|conned|defrauded|phished|tricked|doxxed
	scammed|defrauded me|us
	clicked|opened|entered|gave|typed|filled|put ~ phishing|scam|fake|suspicious|dodgy ~
	gave|told|sent|shared|given|entered|typed ~ password|pin|code|card|details ~ scammer|caller|stranger|fake|phishing|scam
	gave|given ~ scammer|caller|stranger|him|them ~ password|pin|code|card|details|access
	typed|entered in? my password before|on
	phished
	password|email|phone|address|number|pin|2fa was|has|got|been changed|reset|replaced ~ without|wasnt|not|someone|somebody
	data leak|leaked|breach|breached|leaking|exposed
	leak|leaked|leaking|exposed|exposing ~ data|information|passwords|details|customers
	see|seeing|shows|showing|access|view ~ other|another|else|someones|strangers ~ data|orders|account|details|invoices|address|addresses|messages
	caught|catching|catch|set|on fire|flames
	fire|flames|smoke|sparks came|coming|comes out|from
	burst|bursting|went into|in|up flames|fire
	exploded|exploding|explosion|electrocuted|electrocute
	smoke|smoking|sparks|sparking|fumes ~ from|coming|out|when|plugged|device|charger|battery
	charger|battery|device|cable|plug|socket|adapter|machine|laptop|heater|kettle|toaster|oven|it ~ smoking|sparking|sparks|smokes|melted|melting|swollen|bulging|overheating|overheats|overheated|exploded|burnt|burned
	smells|smell|smelled|smelling ~ burning|burnt|gas
	electric|electrical shock|shocks
	got|gets|getting|get|gave ~ shocked|electrocuted|injured|shock
	burned|burnt|burns|cut|hurt|injured|scalded my|our|her|his|their|a ~ hand|hands|finger|fingers|skin|face|arm|arms|child|daughter|son|kid|baby|dog|cat|leg|foot|wife|husband|mother|eye|eyes|neck|mouth
	injured|injury|injuries|bleeding|ambulance|unconscious
	allergic reaction|shock
	had|having|got|gave|caused ~ allergic
	anaphyla*
	choked|choking on|baby|child|son|daughter|hazard
	my|our baby|child|son|daughter|kid choked|choking|swallowed
	poisoned|poisoning|poisonous
	made|makes|making me|us|him|her|them ~ sick|ill|vomit
	carbon monoxide
	gas leak|leaking
	kill|killing|hurt|harm|hang|hurting myself|ourselves
	end|ending|take|taking my own? life
	suicid*
	self harm|self-harm
	want to die|disappear
	point|reason|sense in? going|living|to live ~
	dont|no ~ point|reason|sense ~ going|living ~ on|anymore|more $
	nobody|noone would even? notice|miss|care $
	better off without me
	cant go on ~ anymore|like|living
	{stranger} try|tries|trying|tried|attempting|attempted ~ enter|login|log|access|get|reset|change ~ my|our
	code|codes ~ i|but ~ didnt|dont|not|never ~ request|requested|ask|asked|try|trying|login|log|want
	keep|keeps getting ~ login|verification|security codes|code
	threaten|threatening|threatened|stalking|stalked|harassing me|us
	in danger
	safety hazard|risk|issue
	dangerous|hazardous`

const harmExcept = `
	growth|life|productivity|kitchen|brain|quick hack|hacks|hacker|hacking
	fire sale|stick|tv|tablet|hd|pit|extinguisher|alarm|alarms|resistant|proof|exit|place
	allergic to
	is|are|does|do|can|could|what|how|will|if ~ dangerous|hazardous|toxic|poisonous|explode|overheat|overheats
	dangerous|hazardous goods|materials|items
	no|not|without|isnt|nothing|dont|wasnt ~ dangerous|danger|hurt|injured|stolen|toxic|fire|hacked
	package|parcel|delivery|order|packages ~ stolen|stole|nicked|taken
	stole|stolen|nicked my|the|our package|parcel|delivery|packages|order
	price|prices|sales|views explod*
	found ~ card|it|them|wallet
	lost|missing|misplaced my|the|our|a ~ card pin|number|order
	gift|loyalty|library|greeting|business|birthday|memory|sd|membership|bonus card|cards
	gift|loyalty|library|membership|business card|cards|phone? ~ lost|missing|stolen
	burn|burning|burned cd|cds|dvd|question|calories|candle|candles
	smoke|smoking grey|gray|detector|detectors|colour|color|free|alarm|alarms|black
	hurt|killing|kills ~ business|conversion|sales|performance|mood|feelings
	prevent|preventing|avoid|against|protect|protection ~ fraud|hacked|hackers|theft|identity|phishing|breach|scammed
	fraud|theft|breach protection|prevention|insurance|policy|department|detection|check
	budget|budgets|got got|was|cut cut
	can|could|would ~ be hacked|stolen|compromised $`
