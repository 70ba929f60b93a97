package demo

import (
	"slices"

	"usher/inbox"
)

// Agent is one of the four colleagues of whoever looks at the demo. None of them has a password.
type Agent struct {
	Key string
	inbox.NewAgent
	// Presence at the end of the story.
	Presence inbox.Presence
}

// Agents are the colleagues. At the end nobody of them takes new work: Nadia and Ines are online with as much as they can
// have, Tom is away and Sam has gone home. So what You may have comes to You, and what You lack the skill for waits.
func Agents() []Agent {
	return []Agent{
		{"nadia", inbox.NewAgent{
			Email: "nadia@usher.local", Name: "Nadia Petrova", Role: inbox.RoleAgent, Teams: []string{"care"}, Capacity: 4,
			Skills: map[string]int{"orders": 5, "returns": 4, "products": 4},
		}, inbox.Online},
		{"tom", inbox.NewAgent{
			Email: "tom@usher.local", Name: "Tom Achterberg", Role: inbox.RoleAgent, Teams: []string{"care"}, Capacity: 5,
			Skills: map[string]int{"billing": 5, "orders": 3, "privacy": 4, "returns": 2},
		}, inbox.Away},
		{"ines", inbox.NewAgent{
			Email: "ines@usher.local", Name: "Ines Carvalho", Role: inbox.RoleAgent, Teams: []string{"technical"}, Capacity: 3,
			Skills: map[string]int{"bugs": 5, "account": 4},
		}, inbox.Online},
		{"sam", inbox.NewAgent{
			Email: "sam@usher.local", Name: "Sam Okafor", Role: inbox.RoleAgent, Teams: []string{"care", "technical"}, Capacity: 4,
			Skills: map[string]int{"account": 3, "bugs": 3, "billing": 2, "products": 3, "orders": 2},
		}, inbox.Offline},
	}
}

// You is the key of the person who looks at the demo, and YourName whom they play.
const (
	You      = "you"
	YourName = "Robin Ashdown"
)

// YourSkills leave out returns, products and bugs. An agent with room and all skills would be given the whole queue at
// once; like this, there is a queue to look at and still room for what comes in.
func YourSkills() map[string]int {
	return map[string]int{"billing": 4, "orders": 3, "account": 3, "privacy": 3}
}

// YourCapacity leaves room beside what You have at the end of the story.
const YourCapacity = 10

// storyOrder is the order of the first customer that a visitor of the demo is invited to ask about.
const storyOrder = 10234

// Customers are those whom somebody on the demo's customer page can be: one with an order under way, one with a refund
// under way, and one whom nobody answers automatically.
func Customers() []Contact {
	return []Contact{
		{ID: "mara", Type: "customer", Name: "Mara Lindqvist", Email: "mara.lindqvist@example.com"},
		{ID: "theo", Type: "customer", Name: "Theo Marchetti", Email: "theo.marchetti@example.com"},
		{ID: "helena", Type: "vip", Name: "Helena Vass", Email: "helena.vass@example.com"},
	}
}

// product has kinds, so that nobody complains about the zip of a stove.
type product struct {
	name  string
	price float64
	kinds []string
}

var products = []product{
	{"Skarn 45 pack", 179, []string{"zip", "buckle", "gear"}},
	{"Skarn 60 pack", 209, []string{"zip", "buckle", "gear"}},
	{"Merle rain jacket", 149, []string{"wear", "zip", "gear"}},
	{"Lark down jacket", 189, []string{"wear", "zip"}},
	{"Scree trail shoe", 139, []string{"gear"}},
	{"Fell base layer", 79, []string{"wear"}},
	{"Ridge shirt", 99, []string{"wear"}},
	{"Hollow tent", 329, []string{"zip", "pegs", "gear"}},
	{"Drift sleeping bag", 219, []string{"zip", "gear"}},
	{"Tor pole set", 89, []string{"poles", "gear"}},
	{"Ember stove", 69, []string{"stove"}},
	{"Wisp headlamp", 49, nil},
	{"Brook water filter", 45, nil},
	{"Cairn watch", 259, nil},
}

// productsOf are the products of a kind; all when kind is empty.
func productsOf(kind string) []product {
	return slices.DeleteFunc(slices.Clone(products), func(p product) bool { return kind != "" && !slices.Contains(p.kinds, kind) })
}

var carriers = []string{"Parcelway", "NorthPost", "Hillside Express"}

var cities = []string{"Leeds", "Bristol", "Edinburgh", "Cork", "Utrecht", "Ghent", "Aarhus", "Freiburg", "Innsbruck", "Bergen", "Kendal", "Sheffield"}

var firstNames = []string{
	"Aidan", "Amira", "Anton", "Astrid", "Beatriz", "Bilal", "Brigid", "Callum", "Chiara", "Daniel", "Deepa", "Dmitri", "Eilidh", "Elif", "Emil",
	"Esther", "Farid", "Femke", "Finn", "Freya", "Grace", "Gustav", "Hana", "Hugo", "Ida", "Imran", "Isla", "Ivo", "Jana", "Joris", "Julia",
	"Karim", "Katla", "Kofi", "Lars", "Leila", "Liam", "Lotte", "Luca", "Magnus", "Marta", "Mei", "Milan", "Nadine", "Niamh", "Noor", "Oskar",
	"Paula", "Pieter", "Priya", "Quentin", "Rahel", "Rasmus", "Ravi", "Rosa", "Ruben", "Saoirse", "Selma", "Signe", "Sofia", "Tariq", "Tess",
	"Tomasz", "Una", "Viktor", "Wanda", "Yara", "Yusuf", "Zoe", "Ewan", "Maeve", "Jonas", "Petra", "Olu", "Ingrid", "Matteo", "Silke", "Bram",
}

var lastNames = []string{
	"Abara", "Aldergrove", "Bakker", "Berglund", "Birch", "Calloway", "Castellan", "Dahl", "Devane", "Eriksen", "Fairbairn", "Ferrant", "Gallo",
	"Greaves", "Haddad", "Halloran", "Hendriks", "Holm", "Iversen", "Jansen", "Kaur", "Keller", "Kowal", "Laine", "Lindholm", "Macrae", "Marsh",
	"Mbeki", "Moreau", "Nakata", "Nyberg", "Oduya", "Okonjo", "Ortega", "Pavlak", "Quist", "Raman", "Reuter", "Rosen", "Sandoval", "Sato",
	"Schreiber", "Silva", "Soares", "Strand", "Tanaka", "Thorne", "Ueda", "Vance", "Verhoeven", "Vogel", "Walsh", "Whitlock", "Yilmaz", "Zeller",
}

var codes = []string{"SORRY15", "TARN10", "CAIRN15", "FIELD12"}
