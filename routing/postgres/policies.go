// Package postgres keeps policies, templates and decisions, and remembers: it answers what history says about a
// message. SQL stands beside the method that runs it. It imports routing and intent.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"usher/routing"
)

const (
	// policyChannel is where a node says that it published.
	policyChannel = "usher_policy"
	// policyLock keeps publishers in a row, on all nodes.
	policyLock = 7305821
	// followEvery is how often a node looks for itself, in case a notification was lost.
	followEvery = time.Second
)

// Policies keeps versions of the policy, of which one is live. Safe for concurrent use.
type Policies struct {
	pool    *pgxpool.Pool
	intents []string
	log     *slog.Logger

	loading sync.Mutex // one reader of the live policy at a time
	live    atomic.Pointer[routing.Policy]
}

// NewPolicies returns the policies in a migrated database. intents are the labels that a policy may name.
func NewPolicies(pool *pgxpool.Pool, intents []string, log *slog.Logger) *Policies {
	return &Policies{pool: pool, intents: intents, log: log}
}

// Live is the live policy as this node knows it, at most a second behind others while RunFollow runs. It is nil until
// LivePolicy, PublishPolicy or RunFollow found one.
func (p *Policies) Live() *routing.Policy { return p.live.Load() }

// LivePolicy is the live policy, read from the database when this node does not know it yet. routing.ErrNotFound means
// that nothing was published; see Seed.
func (p *Policies) LivePolicy(ctx context.Context) (*routing.Policy, error) {
	if live := p.live.Load(); live != nil {
		return live, nil
	}
	return p.load(ctx)
}

// load reads the live policy unless the one in memory is it.
func (p *Policies) load(ctx context.Context) (*routing.Policy, error) {
	p.loading.Lock()
	defer p.loading.Unlock()
	version, yaml, err := liveDocument(ctx, p.pool)
	if err != nil {
		return nil, err
	}
	if known := p.live.Load(); known != nil && known.Version == version {
		return known, nil
	}
	live, err := routing.ParsePolicy([]byte(yaml))
	if err != nil {
		return nil, fmt.Errorf("read policy version %d: %w", version, err)
	}
	live.Version = version
	p.live.Store(live)
	return live, nil
}

func liveDocument(ctx context.Context, q Querier) (version int, yaml string, err error) {
	err = q.QueryRow(ctx, `SELECT version, yaml FROM policies WHERE state = 'live'`).Scan(&version, &yaml)
	if errors.Is(err, pgx.ErrNoRows) {
		err = routing.ErrNotFound
	}
	if err != nil {
		return 0, "", fmt.Errorf("read the live policy: %w", err)
	}
	return version, yaml, nil
}

// Querier is a pool or a transaction.
type Querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// PolicyVersions are all versions, newest first.
func (p *Policies) PolicyVersions(ctx context.Context) ([]routing.PolicyVersion, error) {
	rows, err := p.pool.Query(ctx, `
		SELECT version, hash, yaml, state, note, author, created_at, published_at FROM policies ORDER BY version DESC`)
	if err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[routing.PolicyVersion])
	if err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	return all, nil
}

// CheckPolicy says what keeps a document from being published, as *routing.ProblemsError: what is wrong in itself,
// intents and templates that do not exist, and teams that it drops though people or conversations are in them.
func (p *Policies) CheckPolicy(ctx context.Context, yaml []byte) error {
	_, err := p.check(ctx, p.pool, yaml)
	return err
}

func (p *Policies) check(ctx context.Context, q Querier, yaml []byte) (*routing.Policy, error) {
	policy, err := routing.ParsePolicy(yaml)
	if err != nil {
		return nil, err
	}
	templates, err := column[string](ctx, q, "list templates", `SELECT DISTINCT name FROM templates ORDER BY name`)
	if err != nil {
		return nil, err
	}
	// Teams and skills are not checked: publishing makes them.
	problems := policy.Check(routing.Known{Intents: p.intents, Templates: templates})
	dropped, err := droppedTeams(ctx, q, policy)
	if err != nil {
		return nil, err
	}
	if problems = append(dropped, problems...); len(problems) > 0 {
		return nil, &routing.ProblemsError{Problems: problems}
	}
	return policy, nil
}

// droppedTeams are the problems with teams that the live policy has and the next one has not.
func droppedTeams(ctx context.Context, q Querier, next *routing.Policy) ([]routing.Problem, error) {
	_, yaml, err := liveDocument(ctx, q)
	if errors.Is(err, routing.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	live, err := routing.ParsePolicy([]byte(yaml))
	if err != nil {
		return nil, nil // a version that an older Usher wrote must not keep a new one from being published
	}
	var gone []string
	for _, slug := range slices.Sorted(maps.Keys(live.Teams)) {
		if _, kept := next.Teams[slug]; !kept {
			gone = append(gone, slug)
		}
	}
	rows, err := q.Query(ctx, `
		SELECT t.slug, (SELECT count(*) FROM team_members m WHERE m.team_id = t.id),
			(SELECT count(*) FROM conversations c WHERE c.team_id = t.id AND c.status <> 'resolved')
		FROM teams t WHERE t.slug = ANY($1) ORDER BY t.slug`, gone)
	if err != nil {
		return nil, fmt.Errorf("look into the teams that are dropped: %w", err)
	}
	var problems []routing.Problem
	var slug string
	var members, open int
	if _, err := pgx.ForEachRow(rows, []any{&slug, &members, &open}, func() error {
		if members+open > 0 {
			problems = append(problems, routing.Problem{Message: fmt.Sprintf(
				"the team %q is missing under teams, but has %d members and %d conversations that are not resolved; keep it, or move them first", slug, members, open)})
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("look into the teams that are dropped: %w", err)
	}
	return problems, nil
}

// PublishPolicy checks a document, makes it the live version and creates the teams and skills that it names. Other
// nodes follow within a second. What is wrong comes back as *routing.ProblemsError.
func (p *Policies) PublishPolicy(ctx context.Context, yaml []byte, note, author string) (version int, hash string, err error) {
	var policy *routing.Policy
	err = pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, policyLock); err != nil {
			return fmt.Errorf("wait for other publishers: %w", err)
		}
		if policy, err = p.check(ctx, tx, yaml); err != nil {
			return err
		}
		policy.Version, err = publish(ctx, tx, policy, yaml, note, author)
		return err
	})
	if err != nil {
		return 0, "", fmt.Errorf("publish a policy: %w", err)
	}
	if _, err := p.load(ctx); err != nil {
		p.log.Warn("the published policy is not read yet; it will be", "version", policy.Version, "error", err)
	}
	return policy.Version, policy.Hash(), nil
}

func publish(ctx context.Context, tx pgx.Tx, policy *routing.Policy, yaml []byte, note, author string) (version int, err error) {
	if _, err := tx.Exec(ctx, `UPDATE policies SET state = 'retired' WHERE state = 'live'`); err != nil {
		return 0, fmt.Errorf("retire the live policy: %w", err)
	}
	if err := tx.QueryRow(ctx, `
		INSERT INTO policies (hash, yaml, state, note, author, published_at) VALUES ($1, $2, 'live', $3, $4, now()) RETURNING version`,
		policy.Hash(), string(yaml), note, author).Scan(&version); err != nil {
		return 0, fmt.Errorf("store the policy: %w", err)
	}
	teams := slices.Sorted(maps.Keys(policy.Teams))
	ids, names := make([]uuid.UUID, len(teams)), make([]string, len(teams))
	for i, slug := range teams {
		ids[i], names[i] = uuid.Must(uuid.NewV7()), policy.Teams[slug]
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO teams (id, slug, name) SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])
		ON CONFLICT (slug) DO UPDATE SET name = excluded.name`, ids, teams, names); err != nil {
		return 0, fmt.Errorf("make the policy's teams: %w", err)
	}
	skills := slices.Sorted(maps.Keys(policy.Skills))
	names = make([]string, len(skills))
	for i, slug := range skills {
		names[i] = policy.Skills[slug]
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO skills (slug, name) SELECT * FROM unnest($1::text[], $2::text[])
		ON CONFLICT (slug) DO UPDATE SET name = excluded.name`, skills, names); err != nil {
		return 0, fmt.Errorf("make the policy's skills: %w", err)
	}
	if _, err := tx.Exec(ctx, `SELECT pg_notify($1, $2)`, policyChannel, strconv.Itoa(version)); err != nil {
		return 0, fmt.Errorf("tell other nodes of the policy: %w", err)
	}
	return version, nil
}

// Seed gives an empty database the default policy, and adds the default templates that are missing by name. Several
// nodes may call it at once. The live policy is in memory afterwards.
func (p *Policies) Seed(ctx context.Context) error {
	err := pgx.BeginFunc(ctx, p.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, policyLock); err != nil {
			return fmt.Errorf("wait for other nodes: %w", err)
		}
		if err := seedTemplates(ctx, tx); err != nil {
			return err
		}
		var empty bool
		if err := tx.QueryRow(ctx, `SELECT NOT EXISTS (SELECT FROM policies)`).Scan(&empty); err != nil {
			return fmt.Errorf("look for policies: %w", err)
		}
		if !empty {
			return nil
		}
		policy, err := p.check(ctx, tx, routing.DefaultPolicy())
		if err != nil {
			return err
		}
		_, err = publish(ctx, tx, policy, routing.DefaultPolicy(), "The policy that a new installation starts with", seeder)
		return err
	})
	if err != nil {
		return fmt.Errorf("seed policy and templates: %w", err)
	}
	_, err = p.load(ctx)
	return err
}

// seeder is the author of what comes with Usher.
const seeder = "usher"

// column reads one value of each row.
func column[T any](ctx context.Context, q Querier, operation, sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operation, err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		return nil, fmt.Errorf("%s: %w", operation, err)
	}
	return all, nil
}
