package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"usher/inbox/api"
	"usher/inbox/web"
)

// handler is everything that the node answers: the API, live updates, the widget, the agents' app and its health.
func (a *app) handler() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.RemoteIPHeaders = []string{forwardedFor}
	if err := engine.SetTrustedProxies(a.config.TrustedProxies); err != nil {
		a.log.Error("no proxy is trusted", "error", err) // validate has looked at each
	}
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

// forwardedFor is the header in which proxies say who calls.
const forwardedFor = "X-Forwarded-For"

// callers makes the RemoteAddr of each request that of whoever calls, also through trusted proxies: floods are counted by
// it. What others say in the header is not believed, which is worth a line once: with a proxy that is not trusted, all of
// its callers count as one.
func (a *app) callers() gin.HandlerFunc {
	var once sync.Once
	return func(c *gin.Context) {
		if len(a.config.TrustedProxies) == 0 && c.GetHeader(forwardedFor) != "" {
			once.Do(func() {
				a.log.Warn("a proxy passes requests on and is not trusted, so all of its callers count as one; name it in USHER_TRUSTED_PROXIES", "from", c.RemoteIP())
			})
		}
		if ip := c.ClientIP(); ip != "" && ip != c.RemoteIP() {
			c.Request.RemoteAddr = net.JoinHostPort(ip, "0") // its port is not known
		}
		c.Next()
	}
}

func (a *app) apiOptions() api.Options {
	catalogue := make([]api.Intent, len(a.catalogue))
	for i, e := range a.catalogue {
		catalogue[i] = api.Intent{ID: e.ID, Name: e.Name, Description: e.Description}
	}
	return api.Options{
		SignIns: a.store, Agents: colleagues{a.store, a}, Lists: a.store, Threads: a.store, Writers: a.store, Owners: a.store, States: a.store,
		Policies: a.policies, Templates: a.templates, Thresholds: a.store, Catalogue: catalogue,
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
