package demo

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

const (
	day = 24 * time.Hour
	// slow and fast are the most that a conversation takes, one that goes its usual way with nights and a day of silence,
	// and one that is done while everybody is there. The contact's next one begins after that.
	slow, fast = 60 * time.Hour, 4 * time.Hour
	// astray is how much nearer to each other, or further apart, two conversations may come to be than they were planned.
	astray = 32 * time.Hour
	// A contact who comes back for the same thing within soon repeats an earlier request whatever the calendar makes of it,
	// and only after repeats it never does: Usher looks 7 days back, to the last word. In between nobody comes back.
	soon, repeats = 7*day - astray, 7*day + slow + astray
)

// inventContacts makes the demo's customers and so many people in all; one in eight is a visitor.
func (w *writer) inventContacts(n int) {
	w.begin(partContacts, 0)
	for _, c := range Customers() {
		p := &person{Contact: c, plan: "free", city: pick(&w.luck, cities), hero: true}
		p.Since = w.now.Add(-w.between(200*day, 900*day))
		p.Address = "u_" + p.ID
		w.contacts = append(w.contacts, p)
	}
	names := map[string]bool{}
	for i := 0; len(w.contacts) < n; i++ {
		if i%8 == 5 {
			w.contacts = append(w.contacts, w.visitor())
			continue
		}
		first, last := pick(&w.luck, firstNames), pick(&w.luck, lastNames)
		name := first + " " + last
		if names[name] {
			continue
		}
		names[name] = true
		w.contacts = append(w.contacts, w.customer(name, i))
	}
	w.giveHeroesOrders()
}

func (w *writer) visitor() *person {
	p := &person{Contact: Contact{Type: "visitor"}, city: pick(&w.luck, cities), casual: w.chance(0.4)}
	p.Address = fmt.Sprintf("v_%016x%016x", w.said.Uint64(), w.said.Uint64())
	p.Since = w.now.Add(-Days * day)
	return p
}

func (w *writer) customer(name string, i int) *person {
	p := &person{city: pick(&w.luck, cities), casual: w.chance(0.25)}
	p.Name, p.Type, p.ID = name, "customer", fmt.Sprintf("c%d", 4100+i*7)
	p.Address = "u_" + p.ID
	p.Email = strings.ToLower(strings.ReplaceAll(name, " ", ".")) + "@example." + pick(&w.luck, []string{"com", "org", "net"})
	if i%12 == 4 {
		p.Type = "vip"
	}
	p.Since = w.now.Add(-w.between(60*day, 1600*day))
	p.plan = []string{"free", "plus", "family", "free", "plus"}[i%5]
	if p.plan != "free" {
		p.Events = append(p.Events, Event{"plan_changed", map[string]any{"from": "free", "to": p.plan}, w.now.Add(-w.between(40*day, 300*day))})
	}
	for range w.said.IntN(3) {
		w.order(p, "", "delivered", w.now.Add(-w.between(Days*day, 110*day)))
	}
	return p
}

// giveHeroesOrders makes what the customer page promises of its customers true.
func (w *writer) giveHeroesOrders() {
	mara, theo, helena := w.contacts[0], w.contacts[1], w.contacts[2]
	mara.plan, theo.plan, helena.plan = "plus", "free", "family"
	for _, p := range []*person{mara, helena} {
		p.Events = append(p.Events, Event{"plan_changed", map[string]any{"from": "free", "to": p.plan}, w.now.Add(-140 * day)})
	}
	w.order(mara, "", "delivered", w.now.Add(-75*day))
	w.order(mara, "", "delivered", w.now.Add(-20*day))
	w.orderOf(mara, storyOrder, products[2], "out_for_delivery", w.now)
	w.order(theo, "", "delivered", w.now.Add(-90*day))
	w.refund(theo, "", "processing", w.now)
	w.order(helena, "", "delivered", w.now.Add(-60*day))
	w.order(helena, "", "delivered", w.now.Add(-33*day))
	w.order(helena, "", "in_transit", w.now)
}

// describe writes down what systems tell of a contact.
func (p *person) describe() {
	if p.ID == "" {
		return
	}
	p.Attributes = map[string]any{
		"plan": p.plan, "city": p.city, "since": p.Since.Format("2006-01-02"),
		"orders": p.orders, "lifetime_value": math.Round(p.spent*100) / 100,
	}
}

// errNobody means that no contact is free and fits.
var errNobody = errors.New("nobody fits")

// exact are the intents that Usher answers from what is known of an order. Such answers help, and ordinary people ask for
// them: had people had to step in for many, Usher would rightly not answer alone any more.
var exact = map[string]bool{"order_status": true, "refund_status": true}

// find chooses who has that conversation, and remembers it.
func (w *writer) find(n needs, a appointment, present bool) (int, error) {
	visitors := !n.identified() && w.chances.Float64() < 0.45
	again := !present && w.chances.Float64() < 0.05
	order := w.chances.Perm(len(w.contacts))
	for _, visitor := range slices.Compact([]bool{visitors, false}) { // visitors are few, and may all be here already
		for _, i := range order {
			if w.contacts[i].suits(n, visitor, present || exact[a.intent]) && w.free(i, a, again) {
				w.busy[i] = append(w.busy[i], a)
				return i, nil
			}
		}
	}
	return 0, fmt.Errorf("%s at %s: %w", a.intent, a.at.Format(time.DateTime), errNobody)
}

func (n needs) identified() bool {
	return n.Order != "" || n.Refund != "" || n.Plan != "" || n.Type != "" || n.Known
}

func (p *person) suits(n needs, visitor, ordinary bool) bool {
	switch {
	case (p.ID == "") != visitor, n.Plan != "" && p.plan != n.Plan, n.Type != "" && p.Type != n.Type:
		return false
	case ordinary:
		return !p.hero && (p.Type != "vip" || n.Type == "vip")
	}
	return true
}

// free reports whether a contact has time for a conversation. One who comes again does so for what an earlier one was
// about.
func (w *writer) free(contact int, a appointment, again bool) bool {
	// What the demo's customers write now is to be no repeat.
	if w.contacts[contact].hero && w.now.Sub(a.at) < repeats {
		return false
	}
	came := false
	for _, b := range w.busy[contact] {
		since := a.at.Sub(b.at)
		if b.quiet && -repeats < since && since < 0 {
			return false
		}
		same := a.intent == b.intent && since.Abs() < repeats
		if a.overlaps(b) || same && (since < 0 || since > soon) { // what comes later was not written as a repeat
			return false
		}
		came = came || same
	}
	return came == again
}

func (a appointment) overlaps(b appointment) bool {
	return a.at.Before(b.at.Add(b.takes+astray)) && b.at.Before(a.at.Add(a.takes+astray))
}
