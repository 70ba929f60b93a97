package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"usher/inbox"
	"usher/inbox/demo"
)

// The first agent of an installation, who lets in all others. Customers see the name above what the agent writes.
const (
	firstEmail = "you@usher.local"
	firstName  = "Support"
)

// welcome makes the first agent when there is none, and prints a one-time link while nobody has a password: until then
// there is no other way in.
func (a *app) welcome(ctx context.Context, out io.Writer) error {
	agents, err := a.store.Agents(ctx)
	if err != nil {
		return err
	}
	if len(agents) == 0 {
		first := inbox.NewAgent{Email: firstEmail, Name: firstName, Role: inbox.RoleOps, Teams: sortedKeys(a.policies.Live().Teams), Skills: allSkills(a.policies.Live().Skills), Capacity: 6}
		if a.demo {
			first.Name, first.Skills, first.Capacity = demo.YourName, demo.YourSkills(), demo.YourCapacity
		}
		added, err := a.store.AddAgent(ctx, first)
		if err != nil {
			return err
		}
		agents = append(agents, added)
	}
	for _, agent := range agents {
		if agent.Email != firstEmail {
			continue
		}
		if err := a.loadDemo(ctx, agent); err != nil {
			return err
		}
	}
	for _, agent := range agents {
		if agent.HasPassword {
			return nil
		}
	}
	for _, agent := range agents {
		if agent.Email != firstEmail {
			continue
		}
		link, err := signInLink(ctx, a.store, a.config.PublicURL, agent.Email)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "\n  Agents' inbox   %s   (signs you in, once)\n  Customer page   %s/customer\n  API document    %s/docs\n\n", link, a.config.PublicURL, a.config.PublicURL)
	}
	return nil
}

// allSkills is every skill at the middle level.
func allSkills(skills map[string]string) map[string]int {
	all := make(map[string]int, len(skills))
	for slug := range skills {
		all[slug] = 3
	}
	return all
}

func sortedKeys(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
