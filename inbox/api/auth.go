package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"usher/inbox"
)

const (
	signInCookie = "usher_sign_in"
	// csrfHeader must be "1" on every call of an agent that changes something. Another site's form cannot
	// send it, and its script may not without our leave (OWASP CSRF cheat sheet, custom request header).
	csrfHeader = "X-Usher"
)

// SignIns keeps who is signed in. Tokens are given to browsers; stores keep their hashes.
type SignIns interface {
	// SignInByLink uses a one-time link up. A used, dead or unknown one is inbox.ErrAuth.
	SignInByLink(ctx context.Context, token string) (signIn string, err error)
	SignInByPassword(ctx context.Context, email, password string) (signIn string, err error)
	// SignedIn is the agent behind a sign-in, or inbox.ErrAuth. It prolongs the sign-in.
	SignedIn(ctx context.Context, signIn string) (inbox.Agent, error)
	SignOut(ctx context.Context, signIn string) error
}

type contextKey int

const (
	agentKey contextKey = iota
	systemKey
	crowdKey
)

// agentFrom is the signed-in agent of an operation that is for agents.
func agentFrom(ctx context.Context) inbox.Agent {
	a, _ := ctx.Value(agentKey).(inbox.Agent)
	return a
}

// systemFrom is the API key of the call, if it came with one.
func systemFrom(ctx context.Context) (inbox.APIKey, bool) {
	k, ok := ctx.Value(systemKey).(inbox.APIKey)
	return k, ok
}

// authenticate admits a call to its operation by the operation's access, or answers 401, 403 or 429.
func (a *API) authenticate(h huma.API) func(huma.Context, func(huma.Context)) {
	return func(c huma.Context, next func(huma.Context)) {
		who, _ := c.Operation().Metadata["access"].(access)
		ctx, err := a.admit(c, who)
		if err != nil {
			a.refuse(h, c, err)
			return
		}
		next(huma.WithContext(c, ctx))
	}
}

// refuse answers a call with the problem that err is, before it came to its operation.
func (a *API) refuse(h huma.API, c huma.Context, err error) {
	err = problem(repeatable(err))
	if e, ok := errors.AsType[*internalError](err); ok {
		a.logCause(c, e.cause)
	}
	if with, ok := errors.AsType[huma.HeadersError](err); ok {
		for name, values := range with.GetHeaders() {
			c.SetHeader(name, values[0])
		}
	}
	status := http.StatusInternalServerError
	if e, ok := errors.AsType[huma.StatusError](err); ok {
		status = e.GetStatus()
	}
	if status == http.StatusUnauthorized {
		c.SetHeader("WWW-Authenticate", "Bearer")
	}
	_ = huma.WriteErr(h, c, status, err.Error()) // the caller went away; the library says so on stderr
}

func (a *API) admit(c huma.Context, who access) (context.Context, error) {
	ctx := c.Context()
	scheme, bearer, _ := strings.Cut(c.Header("Authorization"), " ")
	hasKey := strings.EqualFold(scheme, "Bearer")
	switch {
	case who == anybody:
		if isCrowd(ctx) {
			return ctx, nil // counted with all others, and by person
		}
		return ctx, a.tries.network(c.RemoteAddr())
	case who == systems || who == agentsOrSystems && hasKey:
		if !hasKey {
			return nil, missing("send an API key as Authorization: Bearer <key>")
		}
		key, err := a.admitSystem(ctx, bearer)
		if err != nil {
			return nil, err
		}
		return context.WithValue(ctx, systemKey, key), nil
	}
	if c.Method() != http.MethodGet && c.Header(csrfHeader) != "1" {
		return nil, huma.Error403Forbidden("header " + csrfHeader + ": send 1 with every change; it keeps other sites from acting in your name")
	}
	token := cookieFrom(c)
	if token == "" {
		return nil, missing("sign in first")
	}
	agent, err := a.o.SignIns.SignedIn(ctx, token)
	if err != nil {
		return nil, err
	}
	if who == opsOnly && agent.Role != inbox.RoleOps {
		return nil, huma.Error403Forbidden("this is for people with the ops role; ask one of them")
	}
	return context.WithValue(ctx, agentKey, agent), nil
}

func missing(remedy string) error { return huma.Error401Unauthorized(remedy) }

func cookieFrom(c huma.Context) string {
	cookie, err := huma.ReadCookie(c, signInCookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}

func (a *API) cookie(token string, life time.Duration) http.Cookie {
	return http.Cookie{
		Name: signInCookie, Value: token, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: a.o.Secure, SameSite: http.SameSiteStrictMode,
	}
}

type (
	signInOutput struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
		Body      Me
	}
	linkInput struct {
		Body struct {
			Token string `json:"token" minLength:"1" maxLength:"200"`
		}
	}
	passwordSignInInput struct {
		Body struct {
			Email    string `json:"email" format:"email" maxLength:"320"`
			Password string `json:"password" minLength:"1" maxLength:"1000"`
		}
	}
	signInInput struct {
		SignIn string `cookie:"usher_sign_in"`
	}
	signOutOutput struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
	}
	presenceInput struct {
		Body struct {
			Presence string `json:"presence" enum:"online,away,offline"`
		}
	}
	passwordInput struct {
		SignIn string `cookie:"usher_sign_in"`
		Body   struct {
			Password string `json:"password" minLength:"10" maxLength:"200" doc:"at least 10 characters"`
			Current  string `json:"current,omitempty" maxLength:"1000" doc:"the password until now, when there is one"`
		}
	}
)

// Agents reads and changes agents.
type Agents interface {
	Agents(ctx context.Context) ([]inbox.Agent, error)
	Teams(ctx context.Context) ([]inbox.Team, error)
	SetPresence(ctx context.Context, agent uuid.UUID, p inbox.Presence) error
	// SetPassword checks the current password when there is one, and ends all other sign-ins and unused links.
	SetPassword(ctx context.Context, agent uuid.UUID, current, password, keepSignIn string) error
}

const tagPeople = "People"

func (a *API) registerSignIn(h huma.API) {
	post, put := http.MethodPost, http.MethodPut
	huma.Register(h, operation(anybody, post, "/api/v1/sign-in/link", "sign-in-by-link", "Sign in with a one-time link", 200, tagPeople),
		func(ctx context.Context, in *linkInput) (*signInOutput, error) {
			if err := a.tries.any("token"); err != nil { // a token cannot be guessed; this only spares the database
				return nil, err
			}
			token, err := a.o.SignIns.SignInByLink(ctx, in.Body.Token)
			return a.signedIn(ctx, token, err)
		})
	huma.Register(h, operation(anybody, post, "/api/v1/sign-in", "sign-in", "Sign in with e-mail and password", 200, tagPeople),
		func(ctx context.Context, in *passwordSignInInput) (*signInOutput, error) {
			email := strings.ToLower(strings.TrimSpace(in.Body.Email))
			if err := a.tries.person("email", email); err != nil {
				return nil, err
			}
			token, err := a.o.SignIns.SignInByPassword(ctx, email, in.Body.Password)
			return a.signedIn(ctx, token, repeatable(err))
		})
	huma.Register(h, operation(agents, post, "/api/v1/sign-out", "sign-out", "End this sign-in", 204, tagPeople),
		func(ctx context.Context, in *signInInput) (*signOutOutput, error) {
			if err := a.o.SignIns.SignOut(ctx, in.SignIn); err != nil {
				return nil, problem(err)
			}
			return &signOutOutput{a.cookie("", -time.Second)}, nil
		})
	huma.Register(h, operation(agents, http.MethodGet, "/api/v1/me", "me", "Who is signed in", 200, tagPeople),
		func(ctx context.Context, in *signInInput) (*signInOutput, error) {
			// The cookie again: the sign-in was prolonged, so must the browser's memory of it be.
			return &signInOutput{a.cookie(in.SignIn, inbox.SignInFor), meFrom(agentFrom(ctx))}, nil
		})
	huma.Register(h, operation(agents, put, "/api/v1/me/presence", "set-presence", "Say whether you take work", 200, tagPeople),
		func(ctx context.Context, in *presenceInput) (*body[Me], error) {
			me := agentFrom(ctx)
			me.Presence = inbox.Presence(in.Body.Presence)
			return reply(meFrom(me), a.o.Agents.SetPresence(ctx, me.ID, me.Presence))
		})
	huma.Register(h, operation(agents, put, "/api/v1/me/password", "set-password", "Set your password", 204, tagPeople),
		func(ctx context.Context, in *passwordInput) (*struct{}, error) {
			// A browser left open is no leave to guess the password.
			if err := a.tries.person("current", agentFrom(ctx).Email); err != nil {
				return nil, err
			}
			err := a.o.Agents.SetPassword(ctx, agentFrom(ctx).ID, in.Body.Current, in.Body.Password, in.SignIn)
			if err != nil {
				return nil, problem(err)
			}
			return nil, nil
		})
	huma.Register(h, operation(agents, http.MethodGet, "/api/v1/agents", "list-agents", "Agents with presence and load", 200, tagPeople),
		func(ctx context.Context, _ *struct{}) (*body[list[Colleague]], error) {
			as, err := a.o.Agents.Agents(ctx)
			return reply(listOf(as, colleagueFrom), err)
		})
	huma.Register(h, operation(agents, http.MethodGet, "/api/v1/teams", "list-teams", "Teams", 200, tagPeople),
		func(ctx context.Context, _ *struct{}) (*body[list[Team]], error) {
			ts, err := a.o.Agents.Teams(ctx)
			return reply(listOf(ts, func(t inbox.Team) Team { return Team{Slug: t.Slug, Name: t.Name} }), err)
		})
}

func (a *API) signedIn(ctx context.Context, token string, err error) (*signInOutput, error) {
	if err != nil {
		return nil, problem(err)
	}
	agent, err := a.o.SignIns.SignedIn(ctx, token)
	if err != nil {
		return nil, problem(err)
	}
	return &signInOutput{a.cookie(token, inbox.SignInFor), meFrom(agent)}, nil
}
