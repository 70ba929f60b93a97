// Package api is the HTTP API of the inbox: typed operations on gin, described by an OpenAPI 3.1 document, with errors
// as RFC 9457 problem documents. It imports inbox, routing and channels; stores come in as small interfaces.
package api

import (
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"usher/channels"
)

// maxBody bounds a request: a text of 64 KiB of which each byte may be escaped in six, with its envelope.
const maxBody = 512 << 10

// bodyTimeout bounds how long a client may take to send a body.
const bodyTimeout = 10 * time.Second

// Options are what the API works with. Every field but Timeout is required.
type Options struct {
	SignIns    SignIns
	Agents     Agents
	Lists      Lists
	Threads    Threads
	Writers    Writers
	Owners     Owners
	States     States
	Policies   Policies
	Templates  Templates
	Thresholds Thresholds
	Labels     Labels
	Assistant  Assistant
	Vectors    Vectors
	Systems    SystemsOptions
	Catalogue  []Intent
	// Secure marks cookies for https only.
	Secure bool
	// Timeout is how long a call may take; one that takes longer is answered with 503. DefaultTimeout unless given.
	Timeout time.Duration
	Log     *slog.Logger
}

// API serves the operations.
type API struct {
	o     Options
	tries *signInLimits
	keys  *channels.Pace[uuid.UUID]
}

// Register adds every operation to the engine behind Guard, and the document at /openapi.json with a readable page
// at /docs. An address called in a way that it does not have is answered by a problem document too.
func Register(engine *gin.Engine, o Options) {
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	a := &API{o: o, tries: newSignInLimits(), keys: newKeyLimits(o.Systems.Rate)}
	engine.HandleMethodNotAllowed = true
	engine.NoMethod(Guard(o.Log), notAllowed)
	group := engine.Group("")
	group.Use(Guard(o.Log), Deadline(o.Timeout))
	a.register(a.newHuma(engine, group))
}

func (a *API) newHuma(engine *gin.Engine, group *gin.RouterGroup) huma.API {
	c := huma.DefaultConfig("Usher", "1")
	c.Info.Description = "Agents' browsers sign in and send a cookie; systems send an API key. Errors are problem documents (RFC 9457) that name the field and the remedy."
	c.DocsPath = "" // our own page: the library's needs a script from elsewhere
	c.CreateHooks = nil
	c.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	c.Transformers = []huma.Transformer{a.explain}
	c.RejectUnknownQueryParameters = true
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"agent":  {Type: "apiKey", In: "cookie", Name: signInCookie},
		"system": {Type: "http", Scheme: "bearer"},
	}
	h := humagin.NewWithGroup(engine, group, c)
	group.GET("/docs", docsPage(h))
	return h
}

func (a *API) register(h huma.API) {
	h.UseMiddleware(a.authenticate(h))
	a.registerSignIn(h)
	a.registerLists(h)
	a.registerThreads(h)
	a.registerActions(h)
	a.registerAssist(h)
	a.registerOps(h)
	a.registerLabels(h)
	a.registerSystems(h)
	sharpen(h.OpenAPI())
}

// access is who may call an operation.
type access int

const (
	anybody access = iota
	agents
	opsOnly
	systems
	agentsOrSystems
)

// operation describes a call. Non-GET calls of agents need the X-Usher header, see authenticate.
func operation(who access, method, path, id, summary string, status int, tag string) huma.Operation {
	op := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, Tags: []string{tag},
		DefaultStatus: status, MaxBodyBytes: maxBody, BodyReadTimeout: bodyTimeout,
		Metadata: map[string]any{"access": who},
		Errors:   []int{http.StatusUnprocessableEntity, http.StatusServiceUnavailable},
	}
	agent, system := map[string][]string{"agent": {}}, map[string][]string{"system": {}}
	switch who {
	case agents, opsOnly:
		op.Security = []map[string][]string{agent}
	case systems:
		op.Security = []map[string][]string{system}
	case agentsOrSystems:
		op.Security = []map[string][]string{agent, system}
	}
	op.Errors = append(op.Errors, http.StatusUnauthorized) // a sign-in may be refused, too
	if who != agents && who != opsOnly {
		op.Errors = append(op.Errors, http.StatusTooManyRequests)
	}
	if op.Security != nil && who != systems && method != http.MethodGet {
		op.Errors = append(op.Errors, http.StatusForbidden)
	}
	if strings.Contains(path, "{") {
		op.Errors = append(op.Errors, http.StatusNotFound)
	}
	if strings.HasPrefix(path, "/api/v1/conversations/{id}/") && method != http.MethodGet {
		op.Errors = append(op.Errors, http.StatusConflict)
	}
	return op
}

// Intent is an entry of the catalogue.
type Intent struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
}

// body wraps a response.
type body[T any] struct{ Body T }

func reply[T any](v T, err error) (*body[T], error) {
	if err != nil {
		return nil, problem(err)
	}
	return &body[T]{v}, nil
}

// list is the shape of every collection.
type list[T any] struct {
	Items []T `json:"items" nullable:"false"`
}

func listOf[A, B any](in []A, convert func(A) B) list[B] {
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = convert(v)
	}
	return list[B]{out}
}
