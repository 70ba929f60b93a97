package routing

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"usher/intent"
)

// Names of the tracked events that templates understand.
const (
	OrderUpdated  = "order_updated"  // order_id, status, carrier?, tracking?, eta?, items?
	RefundUpdated = "refund_updated" // order_id, status, amount, currency
)

// Facts are what is known when an answer is written. Context turns them into what a template may say.
type Facts struct {
	Name       string
	Email      string
	Type       string
	Attributes map[string]any
	Company    string
	Agent      string // who inserts the template; empty for automatic answers
	Entities   []intent.Entity
	Events     []TrackedEvent // any order
	At         time.Time
}

// TrackedEvent is something the contact did elsewhere.
type TrackedEvent struct {
	Name       string
	Properties map[string]any
	OccurredAt time.Time
}

// TemplateContext is what a template may say. Text in it is clean; empty means not known.
type TemplateContext struct {
	Contact  TemplateContact
	Company  string
	Agent    string
	Entities TemplateEntities
	// Order is the one that is asked about: by the number in the message, else the only recent one. Nil
	// when there is none, or the number is not one of the contact's.
	Order  *Order
	Orders []Order // newest first, at most 10
	// Refund is the latest one, of the order asked about when the message names it.
	Refund *Refund
	Event  *TrackedEvent            // the latest
	Events map[string]*TrackedEvent // the latest of each name
}

// TemplateContact is the customer as templates see it. FirstName is empty when the name does not look like one.
type TemplateContact struct {
	Name, FirstName, Email, Type string
	Attributes                   map[string]any
}

// TemplateEntities are the first of each kind in the message.
type TemplateEntities struct{ OrderNumber, InvoiceNumber, TrackingNumber, Email, Phone, Amount, Date string }

// Order is an order as the latest events tell it. Status is as the shop's system calls it, in small letters with _.
// A later event that leaves a field out does not erase it.
type Order struct {
	ID, Status, Carrier, Tracking string
	// ETA is a time.Time when the system gave a date, else its text, or nil.
	ETA       any
	Items     []string
	UpdatedAt time.Time
	// StatusAt is since when it has its status.
	StatusAt time.Time
	// UnderWay is true until it is delivered, cancelled or sent back; Overdue when it is and its ETA is a day
	// that has passed.
	UnderWay, Overdue bool
}

// Refund is a refund as the latest event tells it.
type Refund struct {
	OrderID, Status string
	Amount          any // number or text, nil when not known
	Currency        string
	UpdatedAt       time.Time
}

const (
	maxOrders    = 10
	recentOrder  = 60 * 24 * time.Hour
	maxFirstName = 30
)

// Context works out what a template may say. It is pure.
func (f Facts) Context() TemplateContext {
	events := slices.Clone(f.Events)
	slices.SortStableFunc(events, func(a, b TrackedEvent) int { return a.OccurredAt.Compare(b.OccurredAt) })
	c := TemplateContext{
		Contact: TemplateContact{
			Name: clean(f.Name), FirstName: firstName(f.Name), Email: clean(f.Email), Type: clean(f.Type), Attributes: f.Attributes,
		},
		Company: clean(f.Company), Agent: clean(f.Agent),
		Entities: entitiesOf(f.Entities),
		Orders:   ordersOf(events, f.At),
		Events:   map[string]*TrackedEvent{},
	}
	for i := range events {
		c.Event, c.Events[events[i].Name] = &events[i], &events[i]
	}
	c.Order = orderAskedFor(c.Orders, f.Entities, f.At)
	c.Refund = refundAskedFor(events, c.Entities.OrderNumber)
	return c
}

// firstName is how to greet somebody: the first word of a name that looks like one, else nothing. What people
// type into name fields comes back to them in our words, so links and numbers are no names.
func firstName(name string) string {
	words := strings.Fields(clean(name))
	if len(words) == 0 || len(words) > 5 {
		return ""
	}
	first := words[0]
	n := utf8.RuneCountInString(first)
	if n < 2 || n > maxFirstName {
		return ""
	}
	for _, r := range first {
		if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '-' && r != '\'' && r != '’' {
			return ""
		}
	}
	switch strings.ToLower(first) {
	case "visitor", "guest", "anonymous", "unknown", "customer", "the", "mr", "mrs", "ms", "dr", "admin", "test", "null", "undefined":
		return ""
	}
	if first == strings.ToLower(first) || n > 3 && first == strings.ToUpper(first) {
		r, size := utf8.DecodeRuneInString(first)
		first = string(unicode.ToUpper(r)) + strings.ToLower(first[size:])
	}
	return first
}

func entitiesOf(entities []intent.Entity) TemplateEntities {
	var e TemplateEntities
	fields := map[string]*string{
		intent.OrderNumber: &e.OrderNumber, intent.InvoiceNumber: &e.InvoiceNumber, intent.TrackingNumber: &e.TrackingNumber, "email": &e.Email, "phone": &e.Phone, "amount": &e.Amount, "date": &e.Date,
	}
	for _, found := range entities {
		if field := fields[found.Kind]; field != nil && *field == "" {
			*field = clean(found.Value)
		}
	}
	e.OrderNumber = strings.TrimLeft(e.OrderNumber, "#")
	return e
}

// ordersOf folds events, oldest first, into orders, newest first.
func ordersOf(events []TrackedEvent, at time.Time) []Order {
	byID := map[string]*Order{}
	for _, e := range events {
		id := text(e.Properties["order_id"])
		if e.Name != OrderUpdated || id == "" {
			continue
		}
		o := byID[id]
		if o == nil {
			o = &Order{ID: id}
			byID[id] = o
		}
		o.apply(e)
	}
	orders := make([]Order, 0, len(byID))
	for _, o := range sorted(byID) {
		o.UnderWay = !o.ended()
		if eta, ok := o.ETA.(time.Time); ok && o.UnderWay {
			o.Overdue = at.After(eta.AddDate(0, 0, 1))
		}
		orders = append(orders, *o)
	}
	slices.SortStableFunc(orders, func(a, b Order) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	return orders[:min(len(orders), maxOrders)]
}

func (o *Order) apply(e TrackedEvent) {
	if status := statusWord(text(e.Properties["status"])); status != "" && status != o.Status {
		o.Status, o.StatusAt = status, e.OccurredAt
	}
	o.Carrier = cmp.Or(text(e.Properties["carrier"]), o.Carrier)
	o.Tracking = cmp.Or(text(e.Properties["tracking"]), o.Tracking)
	if eta := dateOrText(e.Properties["eta"]); eta != nil {
		o.ETA = eta
	}
	if items := itemsOf(e.Properties["items"]); len(items) > 0 {
		o.Items = items
	}
	o.UpdatedAt = e.OccurredAt
}

// itemsOf reads a list of names, or of objects with a name or title.
func itemsOf(v any) []string {
	list, _ := v.([]any)
	var items []string
	for _, item := range list[:min(len(list), 20)] {
		if object, ok := item.(map[string]any); ok {
			item = cmp.Or(text(object["name"]), text(object["title"]))
		}
		if name := text(item); name != "" {
			items = append(items, name)
		}
	}
	return items
}

// orderAskedFor never guesses: a number that is none of the contact's orders gives nil, and without a number there
// must be just one recent order that is still under way, or just one recent order at all.
func orderAskedFor(orders []Order, entities []intent.Entity, at time.Time) *Order {
	asked := false
	for _, e := range entities {
		if e.Kind != "order_number" {
			continue
		}
		asked = true
		if i := findOrder(orders, e.Value); i >= 0 {
			return &orders[i]
		}
	}
	if asked {
		return nil
	}
	var recent, underWay []int
	for i, o := range orders {
		if at.Sub(o.UpdatedAt) > recentOrder {
			continue
		}
		recent = append(recent, i)
		if o.UnderWay {
			underWay = append(underWay, i)
		}
	}
	switch {
	case len(underWay) == 1:
		return &orders[underWay[0]]
	case len(recent) == 1:
		return &orders[recent[0]]
	}
	return nil
}

func (o Order) ended() bool {
	switch o.Status {
	case "delivered", "cancelled", "canceled", "returned", "refunded", "completed":
		return true
	}
	return false
}

// findOrder compares numbers as people write them: #10234, ord 10234 and ORD-10234 are one. It returns -1 unless just one
// order fits.
func findOrder(orders []Order, number string) int {
	for i, o := range orders {
		if letters(o.ID) == letters(number) {
			return i
		}
	}
	found := -1
	for i, o := range orders {
		if n := digits(number); len(n) >= 4 && digits(o.ID) == n {
			if found >= 0 {
				return -1
			}
			found = i
		}
	}
	return found
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToUpper(r)
		}
		return -1
	}, s)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// refundAskedFor is the latest refund, or of the order that the message names; nil when that has none.
func refundAskedFor(events []TrackedEvent, number string) *Refund {
	for _, e := range slices.Backward(events) {
		if e.Name != RefundUpdated {
			continue
		}
		r := Refund{
			OrderID: text(e.Properties["order_id"]), Status: statusWord(text(e.Properties["status"])),
			Amount: plain(e.Properties["amount"], 1), Currency: text(e.Properties["currency"]), UpdatedAt: e.OccurredAt,
		}
		if number == "" || findOrder([]Order{{ID: r.OrderID}}, number) == 0 {
			return &r
		}
	}
	return nil
}

// statusWord makes "Out for delivery" and "out-for-delivery" one word: out_for_delivery.
func statusWord(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return r == ' ' || r == '-' || r == '_' }), "_")
}

// text is a property as a clean text; numbers are written without exponent.
func text(v any) string {
	switch v := plain(v, 1).(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

// dateOrText is a time.Time for a date, the text for anything else, nil for nothing.
func dateOrText(v any) any {
	s := text(v)
	if s == "" {
		return nil
	}
	if t, ok := parseDate(s); ok {
		return t
	}
	return s
}

func parseDate(s string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// plain prepares JSON data for a template: clean texts, nothing for empty ones, whole numbers as such, no more than
// 50 entries of a list and four levels.
func plain(v any, depth int) any {
	switch v := v.(type) {
	case string:
		if s := clean(v); s != "" {
			return s
		}
	case bool:
		return v
	case int:
		return int64(v)
	case int64:
		return v
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
		return v
	case time.Time:
		return moment{Time: v}
	case []any:
		if depth > 4 {
			return nil
		}
		list := make([]any, 0, min(len(v), 50))
		for _, item := range v[:min(len(v), 50)] {
			list = append(list, plain(item, depth+1))
		}
		return list
	case map[string]any:
		if depth > 4 {
			return nil
		}
		object := make(map[string]any, len(v))
		for key, value := range v {
			object[clean(key)] = plain(value, depth+1)
		}
		return object
	}
	return nil
}
