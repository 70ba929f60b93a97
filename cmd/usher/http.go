package main

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"usher/inbox/api"
	"usher/inbox/web"
)

// handler is everything that the node answers: the API, live updates, the widget, the agents' app and its health.
func (a *app) handler() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.ForwardedByClientIP = false // callers says who calls
	engine.Use(a.callers())
	api.Register(engine, a.apiOptions())
	engine.GET("/api/v1/live", gin.WrapH(a.hub))
	engine.GET("/widget.js", gin.WrapF(a.chat.ServeScript))
	engine.GET("/widget/ws", gin.WrapF(a.chat.ServeWS))
	engine.GET("/healthz", a.health)
	if a.demo {
		engine.GET("/customer/identity.json", api.Guard(a.log), api.Deadline(api.DefaultTimeout), a.demoIdentity)
	}
	engine.GET("/metrics", a.metrics())
	app := web.Handler()
	engine.NoRoute(api.Guard(a.log), func(c *gin.Context) {
		if strings.HasPrefix(c.Request.URL.Path, "/api/") {
			api.NotFound(c)
			return
		}
		// gin has set 404 for what it does not know; the app's handler decides for itself.
		c.Status(http.StatusOK)
		app.ServeHTTP(c.Writer, c.Request)
	})
	return engine
}

func (a *app) apiOptions() api.Options {
	catalogue := make([]api.Intent, len(a.catalogue))
	for i, e := range a.catalogue {
		catalogue[i] = api.Intent{ID: e.ID, Name: e.Name, Description: e.Description}
	}
	return api.Options{
		SignIns: a.store, Agents: colleagues{a.store, a}, Lists: a.store, Threads: a.store, Writers: a.store, Owners: a.store, States: a.store,
		Policies: a.policies, Templates: a.templates, Thresholds: a.store, Vectors: a.history, Labels: a.labels, Assistant: a.assistant, Catalogue: catalogue,
		Systems: api.SystemsOptions{Keys: a.store, Receiver: a.store, Profiles: a.store, ContactSide: a.store, Offers: a.store, Rate: float64(a.config.Rate)},
		Secure:  strings.HasPrefix(a.config.PublicURL, "https://"),
		Log:     a.log,
	}
}

// healthTimeout bounds how long a check of health may take.
const healthTimeout = 3 * time.Second

// health answers 200 while messages can be taken in, else 503 with what is wrong.
func (a *app) health(c *gin.Context) {
	ctx, cancel := context.WithTimeout(c.Request.Context(), healthTimeout)
	defer cancel()
	state := map[string]string{"database": "ok", "bus": "ok"}
	status := http.StatusOK
	if err := a.pool.Ping(ctx); err != nil {
		state["database"], status = "out of reach", http.StatusServiceUnavailable
	}
	if err := a.bus.Check(ctx); err != nil {
		state["bus"] = "out of reach; messages are accepted and wait" // the outbox holds them
	}
	b, _ := json.Marshal(state) // of texts: cannot fail
	c.Data(status, "application/json", b)
}
