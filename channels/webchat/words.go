package webchat

import (
	"fmt"
	"time"

	"usher/channels"
)

// people is what a contact is told about the people behind the site.
type people struct {
	Online int    `json:"online"`
	Away   bool   `json:"away"`
	Words  string `json:"words"`
}

// enoughCases is how many recent conversations it takes before a wait is promised.
const enoughCases = 10

// peopleFrom puts the facts into words. It promises nothing that the past does not bear out.
func peopleFrom(p channels.People) people {
	out := people{Online: p.Online, Away: p.Online == 0}
	switch {
	case out.Away:
		out.Words = "The team is away. Your message is kept, and a person answers when they are back."
	case p.Cases < enoughCases || p.Typical <= 0:
		out.Words = "People are here. We cannot say yet how long an answer takes."
	default:
		out.Words = "A person usually answers within " + span(p.Typical) + "."
	}
	return out
}

// span rounds a wait up, so that the words never say less than the number.
func span(d time.Duration) string {
	for _, step := range []int{1, 2, 3, 5, 10, 15, 20, 30, 45} {
		if d <= time.Duration(step)*time.Minute {
			return counted(step, "minute")
		}
	}
	hours := int((d + time.Hour - 1) / time.Hour)
	if hours < 24 {
		return counted(hours, "hour")
	}
	return counted((hours+23)/24, "day")
}

func counted(n int, unit string) string {
	if n == 1 {
		return article(unit) + " " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

func article(unit string) string {
	if unit == "hour" {
		return "an"
	}
	return "a"
}
