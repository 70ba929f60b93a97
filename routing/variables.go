package routing

import (
	"time"

	"usher/intent"
)

// Variable is one thing that a template may say. List names are lists of what stands below them; an open one may have
// any field below it, and is empty when the field is missing.
type Variable struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	List        bool   `json:"list,omitempty"`
	Open        bool   `json:"open,omitempty"`
}

// TemplateVariables lists all variables, for people who write templates.
func TemplateVariables() []Variable {
	return []Variable{
		{Name: "contact.name", Description: "The contact's name as they gave it"},
		{Name: "contact.first_name", Description: "The first name, empty when the name does not look like one"},
		{Name: "contact.email", Description: "The contact's e-mail address"},
		{Name: "contact.type", Description: "The contact's type, such as customer or visitor"},
		{Name: "contact.attributes", Description: "Anything your systems told about the contact, for example contact.attributes.plan", Open: true},
		{Name: "company.name", Description: "Your company's name"},
		{Name: "agent.name", Description: "The agent who inserts the text; empty in automatic answers"},
		{Name: "entities.order_number", Description: "The order number in the message"},
		{Name: "entities.invoice_number", Description: "The invoice number in the message"},
		{Name: "entities.tracking_number", Description: "The tracking number in the message"},
		{Name: "entities.email", Description: "The e-mail address in the message"},
		{Name: "entities.phone", Description: "The phone number in the message"},
		{Name: "entities.amount", Description: "The amount of money in the message"},
		{Name: "entities.date", Description: "The date in the message"},
		{Name: "order", Description: "The order asked about: the one whose number is in the message, else the only recent one; empty when it is not known"},
		{Name: "order.id", Description: "Its number"},
		{Name: "order.status", Description: "Its state in small letters, such as shipped or out_for_delivery"},
		{Name: "order.status_at", Description: "Since when it is in this state"},
		{Name: "order.under_way", Description: "True until it is delivered, cancelled or sent back"},
		{Name: "order.overdue", Description: "True when it is under way and should have arrived by now"},
		{Name: "order.carrier", Description: "Who carries it"},
		{Name: "order.tracking", Description: "Its tracking number or link"},
		{Name: "order.eta", Description: "When it should arrive"},
		{Name: "order.items", Description: "What is in it", List: true},
		{Name: "order.updated_at", Description: "When it changed last"},
		{Name: "orders", Description: "The contact's orders, newest first, each with the fields of order", List: true},
		{Name: "refund", Description: "The refund asked about, else the latest; empty when there is none"},
		{Name: "refund.order_id", Description: "The number of its order"},
		{Name: "refund.status", Description: "Its state in small letters, such as paid"},
		{Name: "refund.amount", Description: "How much; write refund.amount | money: refund.currency"},
		{Name: "refund.currency", Description: "In which currency"},
		{Name: "refund.updated_at", Description: "When it changed last"},
		{Name: "event.name", Description: "The latest event that your systems tracked"},
		{Name: "event.occurred_at", Description: "When it happened"},
		{Name: "event.properties", Description: "Its properties, for example event.properties.plan", Open: true},
		{Name: "events", Description: "The properties of the latest event of each name, for example events.plan_changed.plan", Open: true},
	}
}

// moment prints as a date when a template says it without a filter: in words of English, or in digits that any language has.
type moment struct {
	time.Time
	digits bool
}

func (m moment) String() string {
	if m.digits {
		return m.Format(time.DateOnly)
	}
	return m.Format("2 January 2006")
}

// inDigits has every date in v printed in digits. It changes v.
func inDigits(v any) any {
	switch v := v.(type) {
	case moment:
		v.digits = true
		return v
	case map[string]any:
		for key, value := range v {
			v[key] = inDigits(value)
		}
	case []any:
		for i, value := range v {
			v[i] = inDigits(value)
		}
	}
	return v
}

// bindings are the context as Liquid sees it. What is empty is nil, because in Liquid an empty text counts as true.
func (c TemplateContext) bindings() map[string]any {
	orders := make([]any, len(c.Orders))
	for i, o := range c.Orders {
		orders[i] = o.binding()
	}
	b := map[string]any{
		"contact": map[string]any{
			"name": orNil(c.Contact.Name), "first_name": orNil(c.Contact.FirstName), "email": orNil(c.Contact.Email),
			"type": orNil(c.Contact.Type), "attributes": plain(c.Contact.Attributes, 1),
		},
		"company": map[string]any{"name": orNil(c.Company)},
		"agent":   map[string]any{"name": orNil(c.Agent)},
		"entities": map[string]any{
			"order_number": orNil(c.Entities.OrderNumber), "invoice_number": orNil(c.Entities.InvoiceNumber),
			"tracking_number": orNil(c.Entities.TrackingNumber), "email": orNil(c.Entities.Email), "phone": orNil(c.Entities.Phone),
			"amount": orNil(c.Entities.Amount), "date": orNil(c.Entities.Date),
		},
		"orders": orders,
	}
	if c.Order != nil {
		b["order"] = c.Order.binding()
	}
	if r := c.Refund; r != nil {
		b["refund"] = map[string]any{
			"order_id": orNil(r.OrderID), "status": orNil(r.Status), "amount": plain(r.Amount, 1),
			"currency": orNil(r.Currency), "updated_at": moment{Time: r.UpdatedAt},
		}
	}
	if e := c.Event; e != nil {
		b["event"] = map[string]any{"name": orNil(e.Name), "occurred_at": moment{Time: e.OccurredAt}, "properties": plain(e.Properties, 1)}
	}
	events := map[string]any{}
	for name, e := range c.Events {
		events[name] = plain(e.Properties, 1)
	}
	b["events"] = events
	return b
}

func (o Order) binding() map[string]any {
	items := make([]any, len(o.Items))
	for i, item := range o.Items {
		items[i] = orNil(item)
	}
	return map[string]any{
		"id": orNil(o.ID), "status": orNil(o.Status), "carrier": orNil(o.Carrier), "tracking": orNil(o.Tracking),
		"eta": plain(o.ETA, 1), "items": items, "updated_at": moment{Time: o.UpdatedAt},
		"status_at": moment{Time: o.StatusAt}, "under_way": o.UnderWay, "overdue": o.Overdue,
	}
}

func orNil(s string) any {
	if s = clean(s); s == "" {
		return nil
	}
	return s
}

// exampleFacts are tried on every template before it is saved: nothing known, and everything known.
func exampleFacts() []Facts {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return []Facts{
		{Company: "Example", At: at},
		{
			Name: "Ada Example", Email: "ada@example.com", Type: "customer", Attributes: map[string]any{"plan": "pro"},
			Company: "Example", Agent: "Sam", At: at,
			Entities: []intent.Entity{
				{Kind: intent.OrderNumber, Value: "10234"}, {Kind: intent.InvoiceNumber, Value: "INV-2041"}, {Kind: intent.TrackingNumber, Value: "JD0149"},
			},
			Events: []TrackedEvent{
				{OrderUpdated, map[string]any{
					"order_id": "10234", "status": "shipped", "carrier": "DHL", "tracking": "JD0149", "eta": "2026-03-04", "items": []any{"Kettle"},
				}, at},
				{RefundUpdated, map[string]any{"order_id": "10234", "status": "paid", "amount": 39.9, "currency": "EUR"}, at},
			},
		},
	}
}
