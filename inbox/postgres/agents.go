package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"usher/inbox"
)

// agentColumns are an agent's columns for scanAgent; the table agents is `a`. Load counts what the dispatcher counts.
const agentColumns = `a.id, a.email, a.name, a.role, a.presence, a.capacity, a.password_hash IS NOT NULL,
	(SELECT count(*) FROM conversations c WHERE c.agent_id = a.id AND c.status = 'open'),
	ARRAY(SELECT t.slug FROM team_members tm JOIN teams t ON t.id = tm.team_id WHERE tm.agent_id = a.id ORDER BY t.slug),
	COALESCE((SELECT jsonb_object_agg(s.skill, s.level) FROM agent_skills s WHERE s.agent_id = a.id), '{}')`

func scanAgent(row pgx.Row, more ...any) (inbox.Agent, error) {
	var a inbox.Agent
	err := row.Scan(append([]any{&a.ID, &a.Email, &a.Name, &a.Role, &a.Presence, &a.Capacity, &a.HasPassword, &a.Load, &a.Teams, &a.Skills}, more...)...)
	return a, err
}

// Agents are all agents who may sign in, by name.
func (s *Store) Agents(ctx context.Context) ([]inbox.Agent, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+agentColumns+` FROM agents a WHERE a.disabled_at IS NULL ORDER BY a.name, a.id`)
	if err != nil {
		return nil, fmt.Errorf("list agents: %w", err)
	}
	as, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (inbox.Agent, error) { return scanAgent(row) })
	if err != nil {
		return nil, fmt.Errorf("list agents: %w", err)
	}
	return as, nil
}

// Teams are all teams, by name.
func (s *Store) Teams(ctx context.Context) ([]inbox.Team, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, slug, name FROM teams ORDER BY name, slug`)
	if err != nil {
		return nil, fmt.Errorf("list teams: %w", err)
	}
	ts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[inbox.Team])
	if err != nil {
		return nil, fmt.Errorf("list teams: %w", err)
	}
	return ts, nil
}

// SetPresence says whether an agent takes work, by their own choice. Coming online makes room in the agent's teams.
func (s *Store) SetPresence(ctx context.Context, agent uuid.UUID, p inbox.Presence) error {
	var team string
	err := s.pool.QueryRow(ctx, `
		UPDATE agents SET presence = $2, absent = false WHERE id = $1
		RETURNING COALESCE((SELECT min(t.slug) FROM team_members tm JOIN teams t ON t.id = tm.team_id WHERE tm.agent_id = $1), '')`, agent, p).Scan(&team)
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("set presence of agent %s: %w", agent, inbox.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("set presence of agent %s: %w", agent, err)
	}
	if p == inbox.Online && team != "" {
		s.committed(inbox.Change{Team: team})
	}
	return nil
}

// MarkAbsent takes an agent offline whose browsers have all been away for a while: nothing is to be given to an empty
// chair. It reports whether that changed anything.
func (s *Store) MarkAbsent(ctx context.Context, agent uuid.UUID) (bool, error) {
	tag, err := s.pool.Exec(ctx, `UPDATE agents SET presence = 'offline', absent = true WHERE id = $1 AND presence = 'online'`, agent)
	if err != nil {
		return false, fmt.Errorf("mark agent %s absent: %w", agent, err)
	}
	return tag.RowsAffected() > 0, nil
}

// MarkPresent brings an agent online who was offline only for absence, or has never been here. It reports whether that
// changed anything.
func (s *Store) MarkPresent(ctx context.Context, agent uuid.UUID) (bool, error) {
	tag, err := s.pool.Exec(ctx, `UPDATE agents SET presence = 'online', absent = false WHERE id = $1 AND absent`, agent)
	if err != nil {
		return false, fmt.Errorf("mark agent %s present: %w", agent, err)
	}
	if tag.RowsAffected() == 0 {
		return false, nil
	}
	return true, s.SetPresence(ctx, agent, inbox.Online) // says that there is room
}

// OnlineAgents are the agents who take work now.
func (s *Store) OnlineAgents(ctx context.Context) ([]uuid.UUID, error) {
	rows, err := s.pool.Query(ctx, `SELECT id FROM agents WHERE presence = 'online' AND disabled_at IS NULL`)
	if err != nil {
		return nil, fmt.Errorf("list agents online: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("list agents online: %w", err)
	}
	return ids, nil
}

// AddAgent adds an agent without a password; MakeSignInLink lets them in. Errors: *inbox.InvalidError, and
// inbox.ErrConflict when the e-mail address is taken.
func (s *Store) AddAgent(ctx context.Context, n inbox.NewAgent) (inbox.Agent, error) {
	n.Email, n.Name = strings.ToLower(strings.TrimSpace(n.Email)), strings.TrimSpace(n.Name)
	if n.Capacity == 0 {
		n.Capacity = inbox.DefaultCapacity
	}
	if err := checkNewAgent(n); err != nil {
		return inbox.Agent{}, fmt.Errorf("add agent: %w", err)
	}
	var agent inbox.Agent
	err := s.inTx(ctx, "add agent", func(tx pgx.Tx) error {
		id := newID()
		_, err := tx.Exec(ctx, `INSERT INTO agents (id, email, name, role, capacity) VALUES ($1, $2, $3, $4, $5)`, id, n.Email, n.Name, n.Role, n.Capacity)
		if violates(err, "agents_email_key") {
			return inbox.Refuse(inbox.ErrConflict, "an agent with the e-mail address %q exists; for a new sign-in link use `usher agent link`", n.Email)
		}
		if err != nil {
			return err
		}
		if err := joinTeams(ctx, tx, id, n.Teams); err != nil {
			return err
		}
		if err := giveSkills(ctx, tx, id, n.Skills); err != nil {
			return err
		}
		agent, err = scanAgent(tx.QueryRow(ctx, `SELECT `+agentColumns+` FROM agents a WHERE a.id = $1`, id))
		return err
	})
	return agent, err
}

func checkNewAgent(n inbox.NewAgent) error {
	name, host, found := strings.Cut(n.Email, "@")
	switch {
	case !found || name == "" || host == "" || strings.ContainsAny(n.Email, " \t\r\n\x00") || !utf8.ValidString(n.Email) || len(n.Email) > 320:
		return &inbox.InvalidError{Field: "email", Remedy: "is not an e-mail address such as anna@example.com"}
	case n.Name == "" || utf8.RuneCountInString(n.Name) > 100 || strings.ContainsRune(n.Name, 0) || !utf8.ValidString(n.Name):
		return &inbox.InvalidError{Field: "name", Remedy: "give a name of 1 to 100 characters"}
	case n.Role != inbox.RoleAgent && n.Role != inbox.RoleOps:
		return &inbox.InvalidError{Field: "role", Remedy: "is agent or ops"}
	case n.Capacity < 0 || n.Capacity > 100:
		return &inbox.InvalidError{Field: "capacity", Remedy: "is 1 to 100 open conversations"}
	}
	for skill, level := range n.Skills {
		if level < 1 || level > 5 {
			return &inbox.InvalidError{Field: "skills", Remedy: fmt.Sprintf("%s=%d: levels are 1 to 5", skill, level)}
		}
	}
	return nil
}

func joinTeams(ctx context.Context, tx pgx.Tx, agent uuid.UUID, slugs []string) error {
	slugs = slices.Compact(slices.Sorted(slices.Values(slugs)))
	tag, err := tx.Exec(ctx, `INSERT INTO team_members (team_id, agent_id) SELECT id, $1 FROM teams WHERE slug = ANY($2)`, agent, slugs)
	if err != nil {
		return fmt.Errorf("join teams: %w", err)
	}
	if tag.RowsAffected() == int64(len(slugs)) {
		return nil
	}
	return unknownOf(ctx, tx, "teams", slugs, `SELECT slug FROM teams ORDER BY slug`)
}

func giveSkills(ctx context.Context, tx pgx.Tx, agent uuid.UUID, skills map[string]int) error {
	slugs := slices.Sorted(maps.Keys(skills))
	levels := make([]int, len(slugs))
	for i, slug := range slugs {
		levels[i] = skills[slug]
	}
	tag, err := tx.Exec(ctx, `
		INSERT INTO agent_skills (agent_id, skill, level)
		SELECT $1, s.slug, w.level FROM unnest($2::text[], $3::int[]) AS w(slug, level) JOIN skills s ON s.slug = w.slug`, agent, slugs, levels)
	if err != nil {
		return fmt.Errorf("give skills: %w", err)
	}
	if tag.RowsAffected() == int64(len(slugs)) {
		return nil
	}
	return unknownOf(ctx, tx, "skills", slugs, `SELECT slug FROM skills ORDER BY slug`)
}

// unknownOf is the error for slugs of which some are not among those that query finds.
func unknownOf(ctx context.Context, tx pgx.Tx, field string, slugs []string, query string) error {
	rows, err := tx.Query(ctx, query)
	if err != nil {
		return fmt.Errorf("read %s: %w", field, err)
	}
	known, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("read %s: %w", field, err)
	}
	unknown := slices.DeleteFunc(slices.Clone(slugs), func(slug string) bool { return slices.Contains(known, slug) })
	return &inbox.InvalidError{Field: field, Remedy: fmt.Sprintf("%s is not known; known are: %s", strings.Join(unknown, ", "), strings.Join(known, ", "))}
}

// violates reports whether err is a breach of a unique constraint.
func violates(err error, constraint string) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	return ok && e.Code == uniqueViolation && e.ConstraintName == constraint
}
