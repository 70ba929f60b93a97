package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/channels"
	"usher/channels/webchat"
	"usher/inbox"
	"usher/inbox/assist"
	"usher/inbox/live"
	inboxpg "usher/inbox/postgres"
	"usher/inbox/widget"
	"usher/intent"
	"usher/intent/openai"
	intentpg "usher/intent/postgres"
	"usher/intent/starter"
	"usher/migrations"
	"usher/migrations/pglocal"
	"usher/routing"
	"usher/routing/bus"
	routingpg "usher/routing/postgres"
)

// Names of the inbox addresses that every installation has.
const (
	webInbox = "web"
	apiInbox = "api"
)

// app is everything that a node consists of.
type app struct {
	config     Config
	log        *slog.Logger
	databaseAt string
	catalogue  []starter.Entry
	demo       bool // the data are the demo's, and nobody else's

	server *pglocal.Server // nil when the database is elsewhere
	pool   *pgxpool.Pool
	alone  *pgx.Conn // holds the lock of a node without a common NATS; nil otherwise
	bus    *bus.Bus

	models       *intentpg.Models
	understander understander
	embedders    []intent.Embedder // first the one that history compares by
	modelAtStart string            // hash; empty without a classifier
	disconnect   []func()          // from remote models
	judge        *openai.Judge     // nil without a chat model
	labels       *suggester
	assistant    *assist.Assistant
	former       struct { // embedders that were configured before
		sync.Mutex
		embedders []*openai.Embedder
	}

	store     *inboxpg.Store
	policies  *routingpg.Policies
	templates *routingpg.Templates
	decisions *routingpg.Decisions
	history   *routingpg.History
	pipeline  *routing.Pipeline
	hub       *live.Hub
	chat      *webchat.Server
	senders   map[string]channels.Sender
	// dispatch is signalled when a queue or somebody's room changed.
	dispatch chan struct{}
}

// open starts or reaches everything that serving needs. On an error nothing is left running.
func open(ctx context.Context, config Config, log *slog.Logger) (a *app, err error) {
	a = &app{config: config, log: log, dispatch: make(chan struct{}, 1)}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	all, err := config.catalogue()
	if err != nil {
		return a, err
	}
	a.catalogue = all.entries
	for _, step := range []func(context.Context) error{a.openDatabase, a.standAlone, a.openDemo, a.openBus, a.openRouting, a.openInbox, a.openLive} {
		if err := step(ctx); err != nil {
			return a, err
		}
	}
	return a, nil
}

// close stops what open started, in the reverse order.
func (a *app) close() error {
	var errs []error
	if a.bus != nil {
		errs = append(errs, a.bus.Close())
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if a.alone != nil {
		errs = append(errs, a.alone.Close(ctx))
	}
	a.closeFormer()
	for _, disconnect := range a.disconnect {
		disconnect()
	}
	if a.pool != nil {
		a.pool.Close()
	}
	if a.server != nil {
		errs = append(errs, a.server.Stop(ctx))
	}
	return errors.Join(errs...)
}

func (a *app) openDatabase(ctx context.Context) error {
	a.databaseAt = a.config.DatabaseURL
	if a.databaseAt == "" {
		server, err := pglocal.Start(ctx, pglocal.Options{Dir: a.config.databaseDir(), Log: a.log})
		if err != nil {
			return err
		}
		a.server, a.databaseAt = server, server.URL()
	}
	if err := migrations.Up(ctx, a.databaseAt); err != nil {
		return err
	}
	pool, err := migrations.Pool(ctx, a.databaseAt)
	a.pool = pool
	return err
}

// aloneLock is the advisory lock of a node without a common NATS. It spells "usher" in ASCII.
const aloneLock = 0x7573686572

// standAlone refuses to be the second node on a database when the nodes cannot hear each other. A node that was just
// killed may hold the lock for a moment longer.
func (a *app) standAlone(ctx context.Context) error {
	if a.config.NATSURL != "" {
		return nil
	}
	conn, err := pgx.Connect(ctx, a.databaseAt)
	if err != nil {
		return fmt.Errorf("connect to the database: %w", err)
	}
	a.alone = conn
	for deadline := time.Now().Add(5 * time.Second); ; {
		var got bool
		if err := conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", aloneLock).Scan(&got); err != nil {
			return fmt.Errorf("lock the database: %w", err)
		}
		if got {
			return nil
		}
		if time.Now().After(deadline) {
			return errors.New("another Usher works on this database and the two could not hear each other: set the same NATS_URL for both")
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (a *app) openBus(ctx context.Context) error {
	b, err := bus.Start(ctx, bus.Options{URL: a.config.NATSURL, Dir: filepath.Join(a.config.DataDir, "jetstream"), Log: a.log})
	if err != nil {
		return err
	}
	a.bus = b
	return nil
}

func (a *app) openRouting(ctx context.Context) error {
	labels := make([]string, len(a.catalogue))
	for i, e := range a.catalogue {
		labels[i] = e.ID
	}
	a.templates = routingpg.NewTemplates(a.pool, a.config.Company)
	a.policies = routingpg.NewPolicies(a.pool, labels, a.log)
	a.decisions = routingpg.NewDecisions(a.pool)
	if err := a.policies.Seed(ctx); err != nil {
		return err
	}
	a.models = intentpg.New(a.pool)
	model, err := liveModel(ctx, a.models, trainStarter, a.log)
	if err != nil {
		return err
	}
	embedders, disconnect, err := a.config.openEmbedders(intentpg.NewCache(a.pool, 0), a.log)
	if err != nil {
		return err
	}
	a.embedders, a.disconnect = embedders, append(a.disconnect, disconnect)
	a.readBy(model)
	if model != nil {
		a.modelAtStart = model.Hash()
	}
	a.history = routingpg.NewHistory(a.pool, a.historyEmbedders(), a.log)
	if err := a.history.Prepare(ctx); err != nil {
		return err
	}
	a.pipeline = &routing.Pipeline{
		Understander: &a.understander, Refiner: &a.understander, Embedding: a.config.Embedding, History: a.history, Policy: a.policies.Live, Texts: a.templates,
	}
	return a.openChat(model)
}

func (a *app) openInbox(ctx context.Context) error {
	a.store = inboxpg.New(a.pool, a.changed)
	all, err := a.config.catalogue()
	if err != nil {
		return err
	}
	a.labels = newSuggester(all, a.models, a.store, a.embedders)
	if err := a.openAssistant(); err != nil {
		return err
	}
	for _, in := range []struct{ channel, address, name string }{{channels.WebChat, webInbox, a.config.Company}, {channels.API, apiInbox, a.config.Company}} {
		if _, err := a.store.EnsureInboxAddress(ctx, in.channel, in.address, in.name); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) openLive(context.Context) error {
	script, err := widget.Script()
	if err != nil {
		a.log.Warn("the chat widget is not built; run make build", "error", err)
	}
	a.chat, err = webchat.New(webchat.Options{Receiver: a.store, Store: a.store, Script: script, Log: a.log})
	if err != nil {
		return err
	}
	a.hub = live.New(live.Options{
		SignIns: a.store, Render: a.renderRow, Views: a.renderViews, Online: a.store.OnlineAgents, Gone: a.gone, Came: a.came,
		Origins: []string{a.config.PublicURL}, Log: a.log,
	})
	a.senders = map[string]channels.Sender{channels.WebChat: a.chat}
	return nil
}

// changed is called after each commit; it tells the other parts of this node and all other nodes.
func (a *app) changed(c inbox.Change) {
	count(c)
	if c.Team != "" {
		a.wakeDispatcher()
	}
	if c.ConversationID == uuid.Nil {
		return // somebody made room; no list shows that
	}
	a.announce(news{Change: &c})
}

// news is what nodes tell each other's browsers; one field is set.
type news struct {
	Change *inbox.Change `json:"change,omitempty"`
	// Agent is the one whose presence changed.
	Agent    uuid.UUID      `json:"agent,omitzero"`
	Presence inbox.Presence `json:"presence,omitempty"`
	// Connected are the agents with a browser on the node that says so.
	Connected []uuid.UUID `json:"connected,omitempty"`
}

func (a *app) announce(n news) {
	b, err := json.Marshal(n)
	if err == nil {
		err = a.bus.Announce(b)
	}
	if err != nil {
		a.log.Warn("news is lost; browsers see it at their next look", "error", err)
	}
}

// heard passes news of any node on to the browsers of this one.
func (a *app) heard(b []byte) {
	var n news
	if err := json.Unmarshal(b, &n); err != nil {
		a.log.Warn("news does not read", "error", err)
		return
	}
	switch {
	case n.Change != nil:
		a.hub.Changed(*n.Change)
		a.chat.Changed(n.Change.ConversationID)
	case n.Presence != "":
		a.hub.Presence(n.Agent, n.Presence)
	default:
		a.hub.SeenElsewhere(n.Connected)
	}
}

func (a *app) wakeDispatcher() {
	select {
	case a.dispatch <- struct{}{}:
	default:
	}
}
