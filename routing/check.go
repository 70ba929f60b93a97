package routing

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"usher/intent"
)

// Known lists what a policy may refer to. A nil list is not checked.
type Known struct {
	Intents   []string
	Templates []string
	Teams     []string
	Skills    []string
}

// Check reports every reference of the policy to an intent, template, team or skill that does not exist, in the
// order of lines.
func (p *Policy) Check(known Known) []Problem {
	c := checker{lines: p.lines}
	for _, label := range slices.Sorted(maps.Keys(p.Intents)) {
		r, path := p.Intents[label], "intents."+label
		if label != intent.OutOfScope {
			c.known(path, "intent", label, known.Intents)
		}
		if r.Route == ToReply {
			c.known(path+".template", "template", r.Template, known.Templates)
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(p.Teams)) {
		c.known("teams."+slug, "team", slug, known.Teams)
	}
	for _, slug := range slices.Sorted(maps.Keys(p.Skills)) {
		c.known("skills."+slug, "skill", slug, known.Skills)
	}
	slices.SortStableFunc(c.problems, func(a, b Problem) int { return a.Line - b.Line })
	return c.problems
}

// checker collects problems with the lines they are on.
type checker struct {
	lines    lines
	problems []Problem
}

func (c *checker) addf(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{Line: c.lines.at(path), Message: fmt.Sprintf(format, args...)})
}

func (c *checker) known(path, kind, name string, known []string) {
	if known == nil || slices.Contains(known, name) {
		return
	}
	c.addf(path, "there is no %s %q; use one of: %s", kind, name, strings.Join(known, ", "))
}

func (c *checker) share(path string, v float64) {
	if math.IsNaN(v) || v < 0 || v > 1 {
		c.addf(path, "%s is %v; give a number from 0 to 1", field(path), v)
	}
}

func (c *checker) whole(path string, v, least, most int) {
	if v < least || v > most {
		c.addf(path, "%s is %d; give a whole number from %d to %d", field(path), v, least, most)
	}
}

func (c *checker) priority(path string, v intent.Priority) {
	switch v {
	case intent.Urgent, intent.High, intent.Normal, intent.Low:
	default:
		c.addf(path, "priority is %q; use one of: urgent, high, normal, low", v)
	}
}

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,30}$`)

func (c *checker) slug(path, kind, v string) {
	if !slugForm.MatchString(v) {
		c.addf(path, "%s %q: use up to 31 small letters, digits and _, beginning with a letter", kind, v)
	}
}

func field(path string) string { return path[strings.LastIndexByte(path, '.')+1:] }

// validate reports what is wrong with the document in itself, before defaults are filled in.
func (p *Policy) validate() []Problem {
	c := checker{lines: p.lines}
	if p.Format != 1 {
		c.addf("version", "version is %d; this version of Usher reads version: 1", p.Format)
	}
	if strings.TrimSpace(p.Name) == "" || len(p.Name) > 200 {
		c.addf("name", "name is missing or longer than 200 bytes; give a short one")
	}
	p.validateDefaults(&c)
	p.validateNames(&c)
	if len(p.Intents) == 0 {
		c.addf("intents", "intents is empty; give at least `oos: {route: agent}`")
	}
	for _, label := range slices.Sorted(maps.Keys(p.Intents)) {
		p.validateIntent(&c, label)
	}
	p.validateGuards(&c)
	p.validateEntities(&c)
	p.validateSecondOpinion(&c)
	c.whole("silence_hours", p.SilenceHours, 1, 24*90)
	return c.problems
}

func (p *Policy) validateDefaults(c *checker) {
	c.share("defaults.threshold", p.Defaults.Threshold)
	if p.Defaults.Threshold == 0 {
		c.addf("defaults.threshold", "threshold is missing or 0, which would answer anything; give a number above 0, such as 0.7")
	}
	c.share("defaults.unclear_below", p.Defaults.UnclearBelow)
	c.priority("defaults.priority", p.Defaults.Priority)
	p.team(c, "defaults.team", p.Defaults.Team)
}

func (p *Policy) validateNames(c *checker) {
	for _, slug := range slices.Sorted(maps.Keys(p.Teams)) {
		c.slug("teams."+slug, "team", slug)
		if n := len(p.Teams[slug]); n < 1 || n > 100 {
			c.addf("teams."+slug, "team %q has no name or one longer than 100 bytes; write `%s: Name for people`", slug, slug)
		}
	}
	for _, slug := range slices.Sorted(maps.Keys(p.Skills)) {
		c.slug("skills."+slug, "skill", slug)
		if n := len(p.Skills[slug]); n < 1 || n > 100 {
			c.addf("skills."+slug, "skill %q has no name or one longer than 100 bytes; write `%s: Name for people`", slug, slug)
		}
	}
}

func (p *Policy) team(c *checker, path, slug string) {
	if _, ok := p.Teams[slug]; !ok {
		c.addf(path, "team %q is not listed under teams; use one of: %s", slug, strings.Join(slices.Sorted(maps.Keys(p.Teams)), ", "))
	}
}

func (p *Policy) validateIntent(c *checker, label string) {
	r, path := p.Intents[label], "intents."+label
	c.slug(path, "intent", label)
	switch r.Route {
	case ToReply:
		if label == intent.OutOfScope {
			c.addf(path+".route", "what is out of scope has no standard answer; write route: agent")
		}
		if r.Template != "" && !templateName.MatchString(r.Template) {
			c.addf(path+".template", "template %q is not a template's name; use small letters, digits and _", r.Template)
		}
	case ToAgent:
		if r.Template != "" {
			c.addf(path+".template", "a template has no use with route: agent; remove it or write route: reply")
		}
	default:
		c.addf(path+".route", "route of %s is %q; write reply or agent", label, r.Route)
	}
	c.share(path+".threshold", r.Threshold)
	if _, written := p.lines[path+".threshold"]; written && r.Threshold == 0 {
		c.addf(path+".threshold", "threshold 0 would answer anything; give a number above 0")
	}
	if r.Team != "" {
		p.team(c, path+".team", r.Team)
	}
	if r.Priority != "" {
		c.priority(path+".priority", r.Priority)
	}
	p.validateSkills(c, path+".skills", r.Skills)
}

func (p *Policy) validateSkills(c *checker, path string, skills []string) {
	for i, slug := range skills {
		at := fmt.Sprintf("%s.%d", path, i)
		if _, ok := p.Skills[slug]; !ok {
			c.addf(at, "skill %q is not listed under skills; use one of: %s", slug, strings.Join(slices.Sorted(maps.Keys(p.Skills)), ", "))
		}
		if slices.Contains(skills[:i], slug) {
			c.addf(at, "skill %q is listed twice; remove one", slug)
		}
	}
}

var languageForm = regexp.MustCompile(`^[a-z]{2,3}$`)

func (c *checker) languages(path string, codes []string) {
	for i, l := range codes {
		if !languageForm.MatchString(l) {
			c.addf(fmt.Sprintf("%s.%d", path, i), "language %q is not an ISO 639-1 code; write for example en", l)
		}
	}
}

func (p *Policy) validateGuards(c *checker) {
	g := p.Guards
	c.share("guards.max_oos", g.MaxOOS)
	if len(g.Languages) == 0 {
		c.addf("guards.languages", "languages is empty; list those in which messages may be answered, such as [en]")
	}
	c.languages("guards.languages", g.Languages)
	c.languages("guards.default_text_for", g.DefaultTextFor)
	for i, t := range g.NeverReplyTo.Types {
		c.slug(fmt.Sprintf("guards.never_reply_to.types.%d", i), "contact type", t)
	}
	for _, name := range slices.Sorted(maps.Keys(g.NeverReplyTo.Attributes)) {
		if len(g.NeverReplyTo.Attributes[name]) == 0 {
			c.addf("guards.never_reply_to.attributes."+name, "attribute %q lists no value; write for example %s: [enterprise]", name, name)
		}
	}
	c.whole("guards.repeat_days", g.RepeatDays, 0, 365)
	c.whole("guards.max_auto_replies", g.MaxAutoReplies, 0, 20)
	c.whole("guards.evidence.min_cases", g.Evidence.MinCases, 0, 1000)
	c.share("guards.evidence.min_score", g.Evidence.MinScore)
	c.share("guards.evidence.max_bad_share", g.Evidence.MaxBadShare)
}

// maxEntityKinds is how many kinds of entities a policy may have patterns for: each is looked for in every message.
const maxEntityKinds = 16

// validateEntities reads the patterns, so that a policy which is accepted has them ready.
func (p *Policy) validateEntities(c *checker) {
	if len(p.Entities) > maxEntityKinds {
		c.addf("entities", "there are %d kinds and the limit is %d; remove some", len(p.Entities), maxEntityKinds)
		return
	}
	for _, kind := range slices.Sorted(maps.Keys(p.Entities)) {
		c.slug("entities."+kind, "kind of entity", kind)
		if len(p.Entities[kind]) == 0 {
			c.addf("entities."+kind, "%s lists no pattern; write for example %s: ['^[A-Z]{2}\\d{6}$'], or remove it", kind, kind)
		}
	}
	patterns, problems := intent.ReadPatterns(p.Entities)
	for _, problem := range problems {
		c.addf(fmt.Sprintf("entities.%s.%d", problem.Kind, problem.Index), "pattern %q of %s: %s", p.Entities[problem.Kind][problem.Index], problem.Kind, problem.Remedy)
	}
	p.patterns = patterns
}

func (p *Policy) validateSecondOpinion(c *checker) {
	band := p.SecondOpinion
	if band == nil {
		return
	}
	c.share("second_opinion.from", band.From)
	c.share("second_opinion.to", band.To)
	if !(band.From < band.To) {
		c.addf("second_opinion", "from is %v and to is %v; give a range, such as {from: 0.5, to: 0.98}", band.From, band.To)
	}
	if band.From <= p.Defaults.UnclearBelow {
		c.addf("second_opinion.from", "from is %v and must be above unclear_below, %v: below that nobody can say what the first model meant", band.From, p.Defaults.UnclearBelow)
	}
}
