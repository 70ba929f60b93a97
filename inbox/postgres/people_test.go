package postgres_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"usher/inbox"
)

// person adds an agent as the command does and returns them as they are read when signed in.
func (f *floor) person(name string, role inbox.Role, teams ...string) inbox.Agent {
	f.Helper()
	a, err := f.store.AddAgent(f.Context(), inbox.NewAgent{Email: name + "@Example.com ", Name: name, Role: role, Teams: teams})
	if err != nil {
		f.Fatalf("add agent %s: %v", name, err)
	}
	return a
}

// signIn signs an agent in by a link.
func (f *floor) signIn(a inbox.Agent) string {
	f.Helper()
	link, err := f.store.MakeSignInLink(f.Context(), a.Email)
	if err != nil {
		f.Fatal(err)
	}
	token, err := f.store.SignInByLink(f.Context(), link)
	if err != nil {
		f.Fatal(err)
	}
	return token
}

func TestAnAgentIsAddedWithTeamsAndSkills(t *testing.T) {
	f := newFloor(t)
	a, err := f.store.AddAgent(t.Context(), inbox.NewAgent{
		Email: " Ada@Example.com", Name: "Ada Lovelace", Role: inbox.RoleOps, Teams: []string{"technical", "care", "care"}, Skills: map[string]int{"billing": 4},
	})
	if err != nil {
		t.Fatal(err)
	}
	if a.Email != "ada@example.com" || a.Capacity != inbox.DefaultCapacity || a.Presence != inbox.Offline || a.HasPassword ||
		!slices.Equal(a.Teams, []string{"care", "technical"}) || a.Skills["billing"] != 4 {
		t.Errorf("got %+v", a)
	}
	all, err := f.store.Agents(t.Context())
	if err != nil || len(all) != 1 || all[0].ID != a.ID {
		t.Errorf("agents are %+v, %v", all, err)
	}
}

func TestAWrongAgentIsRefusedWithFieldAndRemedyAndNothingIsStored(t *testing.T) {
	f := newFloor(t)
	good := inbox.NewAgent{Email: "a@b.c", Name: "A", Role: inbox.RoleAgent}
	for field, spoil := range map[string]func(*inbox.NewAgent){
		"email":    func(n *inbox.NewAgent) { n.Email = "nobody" },
		"name":     func(n *inbox.NewAgent) { n.Name = "  " },
		"role":     func(n *inbox.NewAgent) { n.Role = "boss" },
		"capacity": func(n *inbox.NewAgent) { n.Capacity = 101 },
		"skills":   func(n *inbox.NewAgent) { n.Skills = map[string]int{"billing": 6} },
		"teams":    func(n *inbox.NewAgent) { n.Teams = []string{"care", "nowhere"} },
	} {
		n := good
		spoil(&n)
		_, err := f.store.AddAgent(t.Context(), n)
		if invalid, ok := errors.AsType[*inbox.InvalidError](err); !ok || invalid.Field != field {
			t.Errorf("%s: got %v", field, err)
		}
	}
	unknown := good
	unknown.Skills = map[string]int{"juggling": 1}
	if _, err := f.store.AddAgent(t.Context(), unknown); err == nil || !strings.Contains(err.Error(), "juggling is not known; known are: billing, orders") {
		t.Errorf("unknown skill: %v", err)
	}
	if n := value[int](f, `SELECT count(*) FROM agents`); n != 0 {
		t.Errorf("%d agents were stored", n)
	}
	f.person("ada", inbox.RoleAgent)
	if _, err := f.store.AddAgent(t.Context(), inbox.NewAgent{Email: "ADA@example.com", Name: "B", Role: inbox.RoleAgent}); !errors.Is(err, inbox.ErrConflict) {
		t.Errorf("a taken address: %v", err)
	}
}

func TestALinkSignsInOnceAndNotWhenItIsOld(t *testing.T) {
	f := newFloor(t)
	a := f.person("ada", inbox.RoleAgent)
	link, err := f.store.MakeSignInLink(t.Context(), "ADA@example.com")
	if err != nil {
		t.Fatal(err)
	}
	token, err := f.store.SignInByLink(t.Context(), link)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := f.store.SignedIn(t.Context(), token); err != nil || got.ID != a.ID {
		t.Errorf("signed in as %+v, %v", got, err)
	}
	if _, err := f.store.SignInByLink(t.Context(), link); !errors.Is(err, inbox.ErrAuth) {
		t.Errorf("second use: %v", err)
	}
	old, err := f.store.MakeSignInLink(t.Context(), a.Email)
	if err != nil {
		t.Fatal(err)
	}
	f.exec(`UPDATE sign_in_links SET expires_at = now() - interval '1 second' WHERE used_at IS NULL`)
	if _, err := f.store.SignInByLink(t.Context(), old); !errors.Is(err, inbox.ErrAuth) {
		t.Errorf("old link: %v", err)
	}
	if _, err := f.store.MakeSignInLink(t.Context(), "nobody@example.com"); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("link for nobody: %v", err)
	}
	if n := value[int](f, `SELECT count(*) FROM sign_ins WHERE hash = convert_to($1, 'UTF8')`, token); n != 0 {
		t.Error("the token itself is stored")
	}
}

func TestOneOfManyUsesOfALinkWins(t *testing.T) {
	f := newFloor(t)
	link, err := f.store.MakeSignInLink(t.Context(), f.person("ada", inbox.RoleAgent).Email)
	if err != nil {
		t.Fatal(err)
	}
	if n := wins(20, func(int) error { _, err := f.store.SignInByLink(t.Context(), link); return err }); n != 1 {
		t.Errorf("%d of 20 uses signed in, want 1", n)
	}
}

func TestASignInEndsByTimeBySignOutAndWithItsAgent(t *testing.T) {
	f := newFloor(t)
	a := f.person("ada", inbox.RoleAgent)
	for name, end := range map[string]func(token string){
		"time":     func(string) { f.exec(`UPDATE sign_ins SET expires_at = now() - interval '1 second'`) },
		"sign-out": func(token string) { _ = f.store.SignOut(t.Context(), token) },
		"disabled": func(string) { f.exec(`UPDATE agents SET disabled_at = now()`) },
	} {
		f.exec(`UPDATE agents SET disabled_at = NULL`)
		token := f.signIn(a)
		if _, err := f.store.SignedIn(t.Context(), token); err != nil {
			t.Errorf("%s: before: %v", name, err)
		}
		end(token)
		if _, err := f.store.SignedIn(t.Context(), token); !errors.Is(err, inbox.ErrAuth) {
			t.Errorf("%s: after: %v", name, err)
		}
	}
}

func TestUsingASignInProlongsIt(t *testing.T) {
	f := newFloor(t)
	token := f.signIn(f.person("ada", inbox.RoleAgent))
	f.exec(`UPDATE sign_ins SET expires_at = now() + interval '1 hour'`)
	if _, err := f.store.SignedIn(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if !value[bool](f, `SELECT expires_at > now() + interval '13 days' FROM sign_ins`) {
		t.Error("a sign-in in use ends all the same")
	}
}

func TestAPasswordSignsInAndAWrongOneDoesNot(t *testing.T) {
	f := newFloor(t)
	a := f.person("ada", inbox.RoleAgent)
	first, other := f.signIn(a), f.signIn(a)
	link, err := f.store.MakeSignInLink(t.Context(), a.Email)
	f.must(err)
	if err := f.store.SetPassword(t.Context(), a.ID, "", "correct horse battery", first); err != nil {
		t.Fatal(err)
	}
	if _, err := f.store.SignedIn(t.Context(), other); !errors.Is(err, inbox.ErrAuth) {
		t.Errorf("another sign-in outlived the new password: %v", err)
	}
	if _, err := f.store.SignInByLink(t.Context(), link); !errors.Is(err, inbox.ErrAuth) {
		t.Errorf("a link outlived the new password: %v", err)
	}
	me, err := f.store.SignedIn(t.Context(), first)
	if err != nil || !me.HasPassword {
		t.Errorf("the sign-in that set it: %+v, %v", me, err)
	}
	if hash := value[string](f, `SELECT password_hash FROM agents`); !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("stored as %q", hash)
	}
	if _, err := f.store.SignInByPassword(t.Context(), a.Email, "correct horse battery"); err != nil {
		t.Errorf("right password: %v", err)
	}
	_, wrong := f.store.SignInByPassword(t.Context(), a.Email, "correct horse")
	_, unknown := f.store.SignInByPassword(t.Context(), "nobody@example.com", "correct horse")
	if !errors.Is(wrong, inbox.ErrAuth) || !errors.Is(unknown, inbox.ErrAuth) || wrong.Error() != unknown.Error() {
		t.Errorf("wrong password: %v; unknown address: %v; want the same refusal", wrong, unknown)
	}
}

func TestAPasswordChangesWithTheOldOneOrByALink(t *testing.T) {
	f := newFloor(t)
	a := f.person("ada", inbox.RoleAgent)
	if err := f.store.SetPassword(t.Context(), a.ID, "", "first password", f.signIn(a)); err != nil {
		t.Fatal(err)
	}
	token, err := f.store.SignInByPassword(t.Context(), a.Email, "first password")
	if err != nil {
		t.Fatal(err)
	}
	err = f.store.SetPassword(t.Context(), a.ID, "guessed", "second password", token)
	if invalid, ok := errors.AsType[*inbox.InvalidError](err); !ok || invalid.Field != "current" {
		t.Errorf("wrong current: %v", err)
	}
	if err := f.store.SetPassword(t.Context(), a.ID, "first password", "second password", token); err != nil {
		t.Errorf("right current: %v", err)
	}
	byLink := f.signIn(a)
	if err := f.store.SetPassword(t.Context(), a.ID, "", "third password", byLink); err != nil {
		t.Errorf("by link: %v", err)
	}
	if err := f.store.SetPassword(t.Context(), a.ID, "", "fourth password", byLink); !errors.Is(err, inbox.ErrInvalid) {
		t.Errorf("twice by one link: %v", err)
	}
	if err := f.store.SetPassword(t.Context(), a.ID, "third password", "x", "no sign-in"); !errors.Is(err, inbox.ErrAuth) {
		t.Errorf("without a sign-in: %v", err)
	}
}

func TestComingOnlineTellsTheDispatcher(t *testing.T) {
	f := newFloor(t)
	a := f.person("ada", inbox.RoleAgent, "care")
	for _, p := range []inbox.Presence{inbox.Online, inbox.Away} {
		if err := f.store.SetPresence(t.Context(), a.ID, p); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.changes(); len(got) != 1 || got[0].Team != "care" || got[0].ConversationID != uuid.Nil {
		t.Errorf("changes are %+v, want one for the team's room", got)
	}
	if err := f.store.SetPresence(t.Context(), uuid.New(), inbox.Online); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("nobody's presence: %v", err)
	}
	f.exec(`UPDATE agents SET presence = 'online', absent = false`)
	if ids, err := f.store.OnlineAgents(t.Context()); err != nil || !slices.Equal(ids, []uuid.UUID{a.ID}) {
		t.Errorf("online are %v, %v", ids, err)
	}
}

func TestPresenceFollowsTheBrowserUnlessTheAgentChose(t *testing.T) {
	f := newFloor(t)
	ada, err := f.store.AddAgent(t.Context(), inbox.NewAgent{Email: "ada@example.com", Name: "Ada", Role: inbox.RoleAgent})
	f.must(err)
	presence := func() string { return value[string](f, `SELECT presence FROM agents WHERE id = $1`, ada.ID) }
	step := func(what string, want string, changes bool, do func() (bool, error)) {
		t.Helper()
		changed, err := do()
		f.must(err)
		if changed != changes || presence() != want {
			t.Errorf("%s: changed %v and is %s, want %v and %s", what, changed, presence(), changes, want)
		}
	}
	came := func() (bool, error) { return f.store.MarkPresent(t.Context(), ada.ID) }
	gone := func() (bool, error) { return f.store.MarkAbsent(t.Context(), ada.ID) }
	chooses := func(p inbox.Presence) func() (bool, error) {
		return func() (bool, error) { return true, f.store.SetPresence(t.Context(), ada.ID, p) }
	}
	step("opens the inbox for the first time", "online", true, came)
	step("closes it", "offline", true, gone)
	step("comes back", "online", true, came)
	step("chooses to be away", "away", true, chooses(inbox.Away))
	step("closes it while away", "away", false, gone)
	step("comes back while away", "away", false, came)
	step("chooses to be offline", "offline", true, chooses(inbox.Offline))
	step("comes back while offline by choice", "offline", false, came)
}
