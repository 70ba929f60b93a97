package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/channels"
	"usher/inbox"
	"usher/inbox/demo"
	inboxpg "usher/inbox/postgres"
)

// demoSeed makes every installation tell the same story.
const demoSeed = 1

// openDemo finds out whether this is a demo: --demo was asked for, and the database is empty or holds the demo already.
// Nothing is ever added to other data.
func (a *app) openDemo(ctx context.Context) error {
	if !a.config.Demo {
		return nil
	}
	store := inboxpg.New(a.pool, nil)
	agents, err := store.Agents(ctx)
	if err != nil {
		return err
	}
	written, err := store.HasContacts(ctx)
	if err != nil {
		return err
	}
	a.demo = !written && len(agents) == 0 || slices.ContainsFunc(agents, func(g inbox.Agent) bool { return g.Email == demo.Agents()[0].Email })
	if !a.demo {
		a.log.Warn("--demo does nothing here: the database holds other data; for the demo set USHER_DATA to a new folder")
		return nil
	}
	if a.config.Company == defaultCompany {
		a.config.Company = demo.Company
	}
	return nil
}

// loadDemo plays the demo's story through this installation, once. It runs before the workers do.
func (a *app) loadDemo(ctx context.Context, you inbox.Agent) error {
	if !a.demo {
		return nil
	}
	written, err := a.store.HasContacts(ctx)
	if err != nil || written {
		return err
	}
	// A pool that does not wait for the disk at each of several thousand commits: the next commit of anybody else does.
	config := a.pool.Config()
	config.ConnConfig.RuntimeParams["synchronous_commit"] = "off"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	defer pool.Close()
	store := inboxpg.New(pool, nil) // nobody needs to hear of the past, and it must not count as today's work
	a.log.Info("loading the demo data; this is done once and takes some seconds")
	began := time.Now()
	n, err := playDemo(ctx, stage{store: store, decider: a.pipeline, answerer: a, history: a.history, silence: a.policies.Live().Silence()}, you, demo.Options{Seed: demoSeed})
	if err != nil {
		return fmt.Errorf("load the demo data: %w; remove the data folder and start again", err)
	}
	a.log.Info("loaded the demo data", "conversations", n, "took", time.Since(began).Round(time.Millisecond))
	return nil
}

// demoUser is a customer whom somebody on the demo's customer page can be.
type demoUser struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Type  string `json:"type"`
	// Hash proves to the web chat that we vouch for the person. A real shop makes it on its server, for its own customer.
	Hash string `json:"hash"`
}

// demoIdentity is who the customer page can be. It is served by a demo only: whoever asks gets to be these people.
func (a *app) demoIdentity(c *gin.Context) {
	site, err := a.store.Site(c.Request.Context(), webInbox)
	if err != nil {
		a.log.Error("read the demo's site", "error", err)
		c.Status(http.StatusInternalServerError)
		return
	}
	users := []demoUser{}
	for _, p := range demo.Customers() {
		users = append(users, demoUser{p.ID, p.Name, p.Email, p.Type, identityHash(site, p.ID)})
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, map[string]any{"users": users})
}

func identityHash(site channels.Site, id string) string {
	mac := hmac.New(sha256.New, site.Secret)
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil))
}
