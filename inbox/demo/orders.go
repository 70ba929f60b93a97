package demo

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"usher/routing"
)

const currency = "EUR"

// money is an amount as people write it.
func money(amount float64) string {
	if amount == math.Trunc(amount) {
		return fmt.Sprintf("€%.0f", amount)
	}
	return fmt.Sprintf("€%.2f", amount)
}

// factsOf is what fills the slots for a contact; what an opening needs is made true at its moment.
func (w *writer) factsOf(p *person, n needs, at time.Time) map[string]string {
	facts := map[string]string{"city": p.city, "code": pick(&w.luck, codes)}
	if p.Name != "" {
		facts["first"] = routing.Facts{Name: p.Name}.Context().Contact.FirstName
	}
	if p.plan != "" {
		facts["plan"] = p.plan
	}
	var o placed
	switch {
	case n.Refund != "":
		o = w.refund(p, n.Item, n.Refund, at)
	case n.Order != "":
		o = w.order(p, n.Item, n.Order, at)
	default:
		return facts
	}
	facts["order"], facts["product"], facts["amount"], facts["carrier"] = o.id, o.product.name, money(o.product.price), o.carrier
	return facts
}

// placed is an order with how it goes on.
type placed struct {
	id      string
	product product
	carrier string
}

// number is an order number that no other order has.
func (w *writer) number() int {
	for {
		if n := 10000 + w.said.IntN(9000); !w.numbers[n] {
			w.numbers[n] = true
			return n
		}
	}
}

func (w *writer) order(p *person, kind, state string, at time.Time) placed {
	return w.orderOf(p, w.number(), pick(&w.luck, productsOf(kind)), state, at)
}

// orderOf places an order that is in a state at a moment, and tells its whole history up to now.
func (w *writer) orderOf(p *person, number int, what product, state string, at time.Time) placed {
	o := placed{strconv.Itoa(number), what, pick(&w.luck, carriers)}
	p.spent += what.price
	p.orders++
	h := history{p: p, now: w.now, o: o}
	switch state {
	case "processing":
		begun := at.Add(-w.between(2*time.Hour, 18*time.Hour))
		h.add("processing", begun)
		h.ship(begun.Add(26*time.Hour), byDay(begun.Add(4*day)))
	case "cancelled":
		h.add("processing", at.Add(-w.between(time.Hour, 6*time.Hour)))
		h.add("cancelled", at.Add(50*time.Minute))
	case "in_transit":
		shipped := at.Add(-w.between(10*time.Hour, 30*time.Hour))
		h.add("processing", shipped.Add(-22*time.Hour))
		h.ship(shipped, byDay(shipped.Add(3*day)))
	case "out_for_delivery":
		// Since the morning, or since just now when it is still night.
		h.add("processing", at.Add(-3*day))
		h.ship(at.Add(-2*day), latest(byDay(at), at).Add(time.Hour))
	case "delayed":
		h.add("processing", at.Add(-3*day))
		h.add("delayed", at.Add(-20*time.Hour))
		h.ship(at.Add(3*day), byDay(at.Add(6*day)))
	case "late":
		shipped := at.Add(-w.between(7*day, 9*day))
		h.add("processing", shipped.Add(-22*time.Hour))
		h.eta = shipped.Add(3 * day)
		h.add("shipped", shipped)
		h.add("in_transit", shipped.Add(14*time.Hour))
		h.add("out_for_delivery", byDay(at.Add(4*day)).Add(-3*time.Hour))
		h.add("delivered", byDay(at.Add(4*day)))
	default: // delivered
		arrived := byDay(at.Add(-w.between(20*time.Hour, 9*day)))
		h.add("processing", arrived.Add(-4*day))
		h.ship(arrived.Add(-2*day), arrived)
	}
	return o
}

// byDay is the moment itself when couriers are about, else on the afternoon before.
func byDay(t time.Time) time.Time {
	switch h := t.Hour(); {
	case h < 9:
		return t.Add(-time.Duration(h+7) * time.Hour)
	case h > 18:
		return t.Add(-time.Duration(h-15) * time.Hour)
	}
	return t
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// refund sends an order back and pays for it, so that the refund is in a state at a moment.
func (w *writer) refund(p *person, kind, state string, at time.Time) placed {
	o := w.order(p, kind, "delivered", at.Add(-8*day))
	returned := at.Add(-w.between(3*day, 5*day))
	h := history{p: p, now: w.now, o: o}
	h.add("returned", returned)
	h.pay("processing", returned.Add(9*time.Hour))
	switch state {
	case "paid":
		h.pay("paid", at.Add(-w.between(8*time.Hour, 40*time.Hour)))
	default:
		h.pay("paid", at.Add(2*day))
	}
	return o
}

// history writes what happens to an order into its contact's events. What is still to come is left out.
type history struct {
	p   *person
	now time.Time
	o   placed
	eta time.Time
}

// ship sends it, and it goes out in the last morning.
func (h *history) ship(at, arrives time.Time) {
	h.eta = arrives
	h.add("shipped", at)
	h.add("in_transit", at.Add(9*time.Hour))
	h.add("out_for_delivery", arrives.Add(-2*time.Hour-time.Duration(arrives.Minute())*time.Minute/2))
	h.add("delivered", arrives)
}

func (h *history) add(status string, at time.Time) {
	properties := map[string]any{
		"order_id": h.o.id, "status": status, "total": h.o.product.price, "currency": currency,
		"items": []map[string]any{{"name": h.o.product.name, "quantity": 1}},
	}
	if !h.eta.IsZero() && status != "delivered" {
		properties["carrier"] = h.o.carrier
		properties["tracking"] = h.o.carrier[:1] + h.o.id + "TF"
		properties["eta"] = h.eta.Format(time.DateOnly)
	}
	h.event(routing.OrderUpdated, properties, at)
}

func (h *history) pay(status string, at time.Time) {
	h.event(routing.RefundUpdated, map[string]any{"order_id": h.o.id, "status": status, "amount": h.o.product.price, "currency": currency}, at)
}

func (h *history) event(name string, properties map[string]any, at time.Time) {
	if at.Before(h.now) {
		h.p.Events = append(h.p.Events, Event{name, properties, at.Truncate(time.Second)})
	}
}
