package demo

import (
	"sort"
	"time"
)

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

// busy is how much is written at a moment, compared with others.
func busy(t time.Time) float64 {
	switch much := hours[t.Hour()]; t.Weekday() {
	case time.Saturday:
		return much * 0.7
	case time.Sunday:
		return much * 0.55
	default:
		return much
	}
}

// calendarStep is short enough that nobody sees the hours of a calendar begin a little off.
const calendarStep = 15 * time.Minute

// calendar is a stretch of time as those see it who write: an hour in which much is written is long, a night is short.
type calendar struct {
	first   time.Time
	written []float64 // by the end of each step
}

func newCalendar(first, last time.Time) calendar {
	c := calendar{first: first}
	sum := 0.0
	for t := first; t.Before(last); t = t.Add(calendarStep) {
		sum += busy(t)
		c.written = append(c.written, sum)
	}
	return c
}

// even is the moment by which that share of the stretch is over.
func (c calendar) even(share float64) time.Time {
	return c.first.Add(time.Duration(share * float64(len(c.written)) * float64(calendarStep)))
}

// at is the moment by which that share of all that is written in the stretch is written; share is at least 0 and less than 1.
// What hour of which weekday it is when the stretch begins brings two moments nearer to each other, or takes them apart,
// by astray at most.
func (c calendar) at(share float64) time.Time {
	sum := share * c.written[len(c.written)-1]
	i := sort.Search(len(c.written), func(i int) bool { return c.written[i] > sum })
	before := 0.0
	if i > 0 {
		before = c.written[i-1]
	}
	within := (sum - before) / (c.written[i] - before)
	return c.first.Add(time.Duration((float64(i) + within) * float64(calendarStep))).Truncate(time.Second)
}
