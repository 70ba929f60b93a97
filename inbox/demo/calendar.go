package demo

import "time"

// When people work, on every day: fewer write at weekends, but somebody is there.
const (
	opens  = 8
	closes = 20
)

// AtWork is the moment itself when somebody is at work then, else soon after work begins again.
func AtWork(t time.Time) time.Time {
	h := t.Hour()
	if h >= opens && h < closes {
		return t
	}
	day := t
	if h >= closes {
		day = t.AddDate(0, 0, 1)
	}
	// Not all at the first minute: the minute it came in stands for chance.
	return time.Date(day.Year(), day.Month(), day.Day(), opens, t.Minute()*2/3, t.Second(), 0, t.Location())
}

// hours says how much is written in each hour of a day: most before noon and after supper, little at night.
var hours = [24]float64{2, 1, 0, 0, 0, 1, 3, 6, 11, 14, 15, 13, 10, 9, 10, 11, 10, 9, 9, 11, 12, 9, 6, 3}

// opening is a moment at which somebody begins to write, later than first and earlier than last.
func (w *writer) opening(first, last time.Time) time.Time {
	for {
		t := first.Add(time.Duration(w.when.Float64() * float64(last.Sub(first)))).Truncate(time.Second)
		weight := hours[t.Hour()] / 15
		switch t.Weekday() {
		case time.Saturday:
			weight *= 0.7
		case time.Sunday:
			weight *= 0.55
		}
		if t.After(first) && w.when.Float64() < weight {
			return t
		}
	}
}
