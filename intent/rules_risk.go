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
	funerals|weddings|exams|interviews|appointments|partys|launchs {day}|at
	appointment|hearing|surgery|operation|ceremony|kickoff is|starts ~ {day}|at
	flight|train|plane|ferry|bus|coach|taxi|boat leaves|goes|departs|boards ~ in|at|{day}
	leave|leaves|close|closes|start|starts|begin|begins|end|ends|open|opens|depart|departs|boards|takes ~ within|in ~ hour|hours|minutes|mins|min
	hour|hours|minutes before the|our|my|we|i|it
	before midnight|noon|tonight
	last day to|for|of
	from tomorrow|tonight|today on
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
	till|tills|terminals|registers|shop|store|line|production|warehouse|phones|server ~ down|offline|dead|still|idle $|since|right|and|now|because|on
	losing|lose money|sales|customers|orders|revenue
	last minute
	hurry up|please
	very|really|super urgent
	time is running
	need|want ~ quickly|quick|fast $|please
	need|must|require|want ~ within|in ~ hour|hours|minutes`

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
	cant|cannot ~ pay my|our|the people|staff|rent|workers|team|drivers|employees
	cant|cannot ~ buy|afford ~ food|medicine|milk|nappies
	rent bounces|bounced|bounce|is due
	newborn|baby|babys|kids|children|child|toddler|toddlers ~ hungry|starving|freezing|crying
	newborn|baby|kids|children|child|toddler|toddlers cant|cannot|hasnt|havent ~ eat|eaten|drink|feed|fed
	production|line|factory|plant|kitchen|bakery stands|standing|stopped|stops|still|idle
	production|line|factory|plant is|has stopped|down|still|idle
	tills|registers|terminals ~ down|dead|offline|frozen
	full of people|customers|guests|patients|kids|children
	guests|people|customers|visitors|children|pupils|passengers|students ~ waiting|outside|queueing|queuing|in front|at the door
	hospital|hospitals|hospice|ambulances|theatre|theatres|operating ~ starts|refused|waiting|without|stands|today|tonight
	stuck|standing|waiting|stand at|in|on|outside ~ airport|border|night|rain|cold|snow|dark
	whole|entire|all school|shop|store|team|clinic|hospital|office|hotel|site|warehouse|tills ~ locked|down|dead|still|blocked|offline|waiting
	all our tills|terminals|staff|people|lorries|customers|machines ~ locked|down|dead|still|blocked|offline|waiting
	passport|visa ~ appointment|flight|embassy|consulate
	or|otherwise|else i|we ~ lose my|our|the ~ house|home|flat|job|licence|deposit|contract|visa|place
	be|get fined
	our|the|my whole|entire ~ registration|event|team|company|business|office|production|wedding ~ dead|down|blocked|stands|still|stuck|ruined
	will ~ ruin|ruined|bankrupt
	bankrupt|bankruptcy
	losing|lose ~ job|house|home|patients|customers|bookings|sales|thousands
	wedding|weddings|funeral|funerals|surgery|operation|hearing|exam|exams|flight|competition ~ today|tonight|tomorrow|morning|hour|hours
	buy|afford food
	rent bounces|bounced|bounce|is ~ due
	{many} guests|people|children|kids|pupils|staff|passengers|visitors|families|households ~ without|waiting|outside|door|cant|stand|blocked|locked
	or|otherwise|else ~ destroy|destroys|destroyed|scrap|scrapped|auction|auctioned|bankrupt
	diabetic|epileptic|ventilator|dialysis|feeding|asthma|pacemaker|chemo|chemotherapy|cpap`

// soonRules are words of today and of people who stand there waiting: with much at stake they are a deadline.
const soonRules = `
	today|tonight|tomorrow|tmrw|midnight|hour|hours|minutes
	for|by|until|before this morning|afternoon|evening
	stuck|standing|stranded|waiting|refused|crying|since|cant|cannot`

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
	hear from my|our|a
	leave|leaving|post|posting|write|writing|get|give|giving|expect ~ 1|one|zero|bad|negative|terrible|scathing|honest ~ star|stars|review|reviews|rating|ratings
	1|one|zero|bad|negative star|stars|review|reviews|rating ~ trustpilot|google|everywhere|online|coming|yelp|amazon|if
	trustpilot
	post|posting|share|sharing|put|putting|tell|telling|spread ~ twitter|facebook|instagram|tiktok|social|online|reddit|linkedin|internet|x|youtube
	go|going|take|taking it|this? public
	my|our|k|thousand followers
	hear|hearing|heard|letter|mail|from|by my|our ~ legal team|department|counsel|insurance|advisers|representative|representatives|solicitors
	have|face|be legal consequences
	inform|contact|notify|call|write|involve|turn ~ to? ~ consumer|regulator|authorities|press|newspaper|newspapers|tv|media
	consumer advice|rights|champion
	charge it|this|that|you back
	bank|card|paypal ~ reverse|recall|claw|reclaim ~ payment|money|it|charge|amount
	seek|seeking|take|taking ~ legal advice|counsel|help
	my|our rights ~ enforce|assert|court
	bring|bringing|launch|join ~ class action|lawsuit|suit|claim ~ against
	citizens advice
	tribunal|magistrate|bailiff|bailiffs
	breach|violation|infringement|violates|violating ~ of? the? gdpr|contract|law|rights|act
	bank|card|credit company|issuer|provider ~ will|shall ~ hear|deal|know|reverse
	taking|take this|it|matter further|higher
	formal notice|complaint|demand|letter
	warn|warning ~ everyone|everybody|others|people|friends|customers
	in the papers|newspaper|newspapers|news|press
	tell|telling|told|advise ~ everyone|everybody|friends|family ~ not|never|avoid|about|what
	section 75
	insurance|insurer|association|union ~ will|shall|to deal|contact|write|pursue|sue|be
	lodged|filed|brought|issued|started ~ claim|proceedings|complaint ~ court|ombudsman|regulator|authority|police`

const threatExcept = `
	i|im|am|is|as|for|are a|an|with? lawyer|attorney|solicitor|lawyers|attorneys ~
	plan|plans|discount|pricing|software|templates|product|version|app for lawyers|attorneys|solicitors
	power of attorney
	tennis|food|basketball|squash|volleyball|badminton|outdoor|indoor court
	is|was it|this|that legal|illegal $
	police ~ number|check|clearance
	went|been|reported|report|filed|made|told ~ police
	lawyers|attorneys|solicitors office|firm|secretary
	five|5|4|four|good|great|positive|nice|happy star|stars|review|reviews
	where|how|want|like|can|could ~ leave|write|post a review|reviews
	bank|card ~ reversed|recalled ~ by mistake
	seen|saw|read|found ~ on|in ~ twitter|facebook|instagram|trustpilot|google|reviews
	on|from|via|with|by your|the|my ~ instagram|facebook|twitter|tiktok|trustpilot ~ page|post|ad|account|login|story
	you|company|they|firm ~ go|going public
	press enquiry|enquiries|inquiry|inquiries|contact|office|release|releases|kit|request|requests|questions|team|department
	saw|seen|read|advert|advertised|advertisement ~ in the papers|newspaper|newspapers|news|press
	told|telling ~ friends|family ~ about your|this|you|how`

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
	emptying|emptied|draining|drained|raiding|raided|plundering|plundered|cleared my|our|out
	order*|purchase*|payment*|booking*|charge* ~ i ~ never|didnt placed|place|ordered|order|made|make|bought|buy|booked|book ~ and|stop|block|help
	payments|money|orders|transfers going|leaving|disappearing ~ account|card ~ not me|mine
	payments|money|orders|transfers ~ right now ~ not me|mine
	mail|email|password|phone|number|address ~ switched|replaced|swapped|changed to|by|for ~ one|something|someone i ~ know|recognise|recognize
	changed|swapped|switched|replaced my|our password|email|mail|number|phone|address|login|details
	ex|exhusband|exwife|flatmate|neighbour|colleague ~ has|knows|got my password|passwords|login|location|access|account
	admin|employee|colleague|he|she|hes|shes|someone|somebody ~ is|was deleting|wiping|erasing|destroying everything|all|our|my
	lock him|her|them out
	key|keys|token|tokens|secret|secrets|credentials is|are|was|were|got|has|have|been public|leaked|exposed|stolen|compromised|published|pushed
	pulling|scraping|downloading|copying|reading|listing ~ customer|customers|our|my data|records|files|messages
	numbers|addresses|data|details|names|passwords|orders ~ on|in a|the public|open ~ page|list|internet|web|net|google
	threatens|threatening|threatened to ~ publish|post|leak|share|send|kill|hurt|come
	publish|post|posted|leak|leaked|shared my|our photos|pictures|nudes|address|details|messages
	following|tracking me|where ~ with|through|via|by
	false|fake|forged invoice|invoices|bill|account ~ paid|transferred|sent
	paid|transferred|sent ~ false|fake|forged|wrong account|invoice|iban ~ because|after ~ somebody|someone|email|mail
	gave|given|told ~ code|pin|password ~ and|now ~ gone|missing|taken|empty|charged
	victim of
	{stranger}|ex ~ knows|has|guessed|got|stole|obtained|found ~ my|our|the password|passwords|login|pin
	nicked|pinched|stole|stolen ~ login|logins|password|points|balance
	login|points|balance|account ~ nicked|pinched|stolen
	logged|signed in as me
	someones|somebodys|hes|shes in there|my|our
	reset|verification|code|codes|mail|email|text|texts ~ i|we ~ never|didnt|havent|not ask|asked|request|requested
	login|logins|sign-in|signin|sign|sign-ins|attempt|attempts ~ not me|us|mine|ours
	i|we didnt|never|certainly do|did that|this|it
	i|we certainly? did not|nothing ~ do ~ that|this|it
	account takeover|take-over
	revoke|kill|end ~ sessions|session|tokens|token|keys
	lock it|my|our now|account
	lock|block|freeze ~ my|our|the|ordering account
	ex-employee|former|fired|dismissed ~ access|accessing|accesses|logged
	unknown|strange|second admin|user|person|number|e-mail|email|ip ~ appeared|added|entered|created|signed|logged|has|have|in
	fake|bogus|false|lookalike|phishing ~ shop|site|website|page|profile|mail|mails|messages ~ your|us|name|logo|brand
	using|uses|use|with|in|under your name|logo|brand ~ asks|asked|asking|wants|wanted|sells|sold|fake|scam|fraud
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
	fire at|in|on your|the|our|my warehouse|shop|store|depot|branch|kitchen|house|cellar|yard|roof
	is|its|are on fire
	started|starts|began|begins to? smoke|smoking|smoulder|spark|sparking|burn|burning|hiss|hissing|melt|melting
	scorched|singed|charred|melted my|our|the|through|a
	so|too|very hot ~ burned|burnt|melted|blistered
	hissing|gas ~ stinks|stink|smell|smells|smelling|headache|headaches
	alarm ~ gas|smoke|monoxide|co ~ headache|headaches|dizzy|doesnt|not
	exploded|exploding|explosion|electrocuted|electrocute
	smoke|smoking|sparks|sparking|fumes ~ from|coming|out|when|plugged|device|charger|battery
	charger|battery|device|cable|plug|socket|adapter|machine|laptop|heater|kettle|toaster|oven|it ~ smoking|sparking|sparks|smokes|melted|melting|swollen|bulging|overheating|overheats|overheated|exploded|burnt|burned
	smells|smell|smelled|smelling ~ burning|burnt|gas
	electric|electrical shock|shocks
	got|gets|getting|get|gave ~ shocked|electrocuted|injured|shock
	burned|burnt|burns|cut|hurt|injured|scalded my|our|her|his|their|a ~ hand|hands|finger|fingers|skin|face|arm|arms|child|daughter|son|kid|baby|dog|cat|leg|foot|wife|husband|mother|eye|eyes|neck|mouth
	injured|injury|injuries|bleeding|ambulance|unconscious
	unconscious|collapsed|fainted|concussion|stitches|hospitalised|hospitalized
	ended|landed up? in hospital|casualty
	rushed ~ hospital|doctor|vet
	crushed|trapped my|his|her|their|a wrist|arm|leg|finger|fingers|hand|foot|toe|toes
	broke|cracked|chipped ~ tooth|teeth on
	{very}? trapped|stuck in|on|inside|under ~ lift|elevator|floor|machine|bed|bath
	husband|wife|mother|father|son|daughter|child|baby|man|woman|grandmother|grandfather|mum|dad|mom ~ trapped|unconscious|choking|bleeding|collapsed
	brakes|brake failed|fail|snapped|broke|gone|dont|didnt|stopped
	buckle|belt|harness|strap|helmet|ladder|railing|cot|gate opened|opens|broke|snapped|failed|gave|collapsed|tore
	fell|fallen|falling|collapsed on|onto ~ me|customer|child|head|foot|him|her|son|daughter|baby
	lips|lip|tongue|throat|face|eyes|eye|skin ~ swelling|swollen|swells|swelled|blistered|blisters|burning|blistering
	hives|cant breathe|wheezing
	cant|cannot|couldnt breathe|breath
	glass|needle|needles|razor|blade|shard|shards|splinters|metal|nail ~ in|inside ~ food|toy|toys|milk|bread|cereal|soup|yoghurt|yogurt|chocolate|meal|cake|bottle|jar|salad|crib|teddy
	allergic reaction|shock
	had|having|got|gave|caused ~ allergic
	anaphyla*
	choked|choking on|baby|child|son|daughter|hazard
	my|our baby|child|son|daughter|kid choked|choking|swallowed
	baby|child|son|daughter|kid|toddler|dog|cat|puppy|he|she|boy|girl ~ eaten|ate|swallowed|drank|drunk ~ poison|bleach|battery|batteries|magnet|magnets|detergent|pills|cleaner|screw|bead|beads|it
	piece|part|bit|bead|button ~ in ~ throat|windpipe|mouth|airway
	poisoned|poisoning|poisonous
	made|makes|making me|us|him|her|them ~ sick|ill|vomit
	carbon monoxide
	gas leak|leaking
	kill|killing|hurt|harm|hang|hurting myself|ourselves
	end|ending|take|taking my own? life
	suicid*
	self harm|self-harm
	want to die|disappear
	dont|not|no want|wish to? live|living|be alive|exist|wake ~ anymore|more|longer|up|$
	not|longer|dont want|wish to live|exist
	tired of living|life
	want it|this|everything|all to ~ over|end|stop $
	nothing ~ left for me
	no reason to ~ live|go on|get up
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
	dangerous|hazardous
	threatens|threaten|threatened|beats|beat|hits|hit|stalks me|us
	no|any|see ~ reason ~ carry|go|going|keep|living|live on|living|$|anymore
	see any reason to`

const harmExcept = `
	never ~ robbed|hacked|hurt|scammed|mugged
	without poisoning|hurting|killing|burning
	someone|somebody in my|our family|household|team|office
	i|ive|we|weve|id|just changed|change|swapped|switched|replaced
	signed|signs|sign for
	took|taken|takes|signed ~ package|parcel|box|packet|delivery
	nearly|almost fainted|collapsed|choked
	bleeding the|a|it
	eyes ~ bleeding
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
