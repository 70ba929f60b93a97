package postgres

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/inbox"
	"usher/routing/assign"
)

// dispatchScan is how many waiting conversations of a team one look considers.
const dispatchScan = 200

// waiting is a conversation in a queue with what it asks of an agent.
type waiting struct {
	id   uuid.UUID
	need assign.Need
}

// Dispatch gives the waiting conversations of a team, oldest urgent first, to agents who are online, have the skills
// and room, and reports how many it gave away. Any number of dispatchers may run at once on any number of nodes: a pair
// commits alone, and locks the agent's row before it counts, so nobody is taken over capacity.
func (s *Store) Dispatch(ctx context.Context, team string) (int, error) {
	agents, err := s.teamAgents(ctx, team)
	if err != nil || !anyRoom(agents) {
		return 0, err
	}
	queue, err := s.queue(ctx, team, agents)
	if err != nil {
		return 0, err
	}
	given := 0
	for _, w := range queue {
		agent, err := s.dispatchOne(ctx, team, w, agents)
		if err != nil {
			return given, err
		}
		if agent == uuid.Nil {
			continue
		}
		given++
		for i := range agents {
			if agents[i].ID == agent {
				agents[i].Load++
				agents[i].LastAssigned = time.Now()
			}
		}
		if !anyRoom(agents) {
			break
		}
	}
	return given, nil
}

// TeamsWaiting are the teams that have somebody in the queue and somebody online.
func (s *Store) TeamsWaiting(ctx context.Context) ([]string, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT DISTINCT t.slug FROM agents a JOIN team_members tm ON tm.agent_id = a.id JOIN teams t ON t.id = tm.team_id
		WHERE a.presence = 'online' AND EXISTS (SELECT FROM conversations c WHERE c.team_id = t.id AND c.status = 'open' AND c.agent_id IS NULL)
		ORDER BY t.slug`)
	if err != nil {
		return nil, fmt.Errorf("find teams that wait: %w", err)
	}
	teams, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("find teams that wait: %w", err)
	}
	return teams, nil
}

func hasRoom(a assign.Agent) bool { return a.Online && a.Load < a.Capacity }

func anyRoom(agents []assign.Agent) bool { return slices.ContainsFunc(agents, hasRoom) }

// teamAgents is a snapshot of the team; what it says of load is checked again under the agent's lock.
func (s *Store) teamAgents(ctx context.Context, team string) ([]assign.Agent, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT a.id, a.name, a.presence = 'online', a.capacity, COALESCE(a.last_assigned_at, 'epoch'),
			(SELECT count(*) FROM conversations c WHERE c.agent_id = a.id AND c.status = 'open'),
			COALESCE((SELECT jsonb_object_agg(s.skill, s.level) FROM agent_skills s WHERE s.agent_id = a.id), '{}')
		FROM agents a JOIN team_members tm ON tm.agent_id = a.id JOIN teams t ON t.id = tm.team_id
		WHERE t.slug = $1 AND a.disabled_at IS NULL ORDER BY a.id`, team)
	if err != nil {
		return nil, fmt.Errorf("read agents of team %q: %w", team, err)
	}
	agents, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (assign.Agent, error) {
		var a assign.Agent
		return a, row.Scan(&a.ID, &a.Name, &a.Online, &a.Capacity, &a.LastAssigned, &a.Load, &a.Skills)
	})
	if err != nil {
		return nil, fmt.Errorf("read agents of team %q: %w", team, err)
	}
	return agents, nil
}

// queue is the head of a team's queue as far as somebody with room has the skills: however many wait for others, the rest
// does not wait behind them.
func (s *Store) queue(ctx context.Context, team string, agents []assign.Agent) ([]waiting, error) {
	var ids []uuid.UUID
	for _, a := range agents {
		if hasRoom(a) {
			ids = append(ids, a.ID)
		}
	}
	rows, err := s.pool.Query(ctx, `
		SELECT c.id, c.skills, c.preferred_agent_id, c.given_back_by FROM conversations c
		WHERE c.team_id = (SELECT id FROM teams WHERE slug = $1) AND c.status = 'open' AND c.agent_id IS NULL
			AND EXISTS (SELECT FROM unnest($2::uuid[]) AS a(id) WHERE a.id IS DISTINCT FROM c.given_back_by
				AND c.skills <@ ARRAY(SELECT s.skill FROM agent_skills s WHERE s.agent_id = a.id))
		ORDER BY c.priority_rank, c.queued_at, c.id LIMIT `+fmt.Sprint(dispatchScan), team, ids)
	if err != nil {
		return nil, fmt.Errorf("read queue of team %q: %w", team, err)
	}
	queue, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (waiting, error) {
		var w waiting
		return w, row.Scan(&w.id, &w.need.Skills, &w.need.Preferred, &w.need.GivenBackBy)
	})
	if err != nil {
		return nil, fmt.Errorf("read queue of team %q: %w", team, err)
	}
	return queue, nil
}

// dispatchOne gives one conversation to the best agent that still has room, or to nobody (uuid.Nil). Each try is a
// transaction of its own, so that none holds the rows of two agents.
func (s *Store) dispatchOne(ctx context.Context, team string, w waiting, agents []assign.Agent) (uuid.UUID, error) {
	fit, barred := assign.Rank(w.need, agents)
	for i, a := range fit {
		var given, gone bool
		var seq int64
		err := s.inTx(ctx, "dispatch", func(tx pgx.Tx) error {
			c, err := lockConversation(ctx, tx, w.id)
			if err != nil {
				return err
			}
			if gone = !c.queued() || c.team != team; gone {
				return nil // somebody was faster
			}
			room, err := lockAgentWithRoom(ctx, tx, a.ID)
			if err != nil || !room {
				return err
			}
			given = true
			seq, err = giveTo(ctx, tx, c, a, assign.Trace(w.need, fit, i, barred))
			return err
		})
		switch {
		case err != nil:
			return uuid.Nil, fmt.Errorf("conversation %s: %w", w.id, err)
		case given:
			s.committed(inbox.Change{ConversationID: w.id, Seq: seq})
			return a.ID, nil
		case gone:
			return uuid.Nil, nil
		}
	}
	return uuid.Nil, nil
}

// lockAgentWithRoom locks the agent's row and then counts, in this order: counting and claiming in one statement lets
// two dispatchers count the same room.
func lockAgentWithRoom(ctx context.Context, tx pgx.Tx, agent uuid.UUID) (bool, error) {
	var online bool
	var capacity, load int
	err := tx.QueryRow(ctx, `SELECT presence = 'online' AND disabled_at IS NULL, capacity FROM agents WHERE id = $1 FOR NO KEY UPDATE`, agent).Scan(&online, &capacity)
	if err != nil {
		return false, fmt.Errorf("lock agent %s: %w", agent, err)
	}
	err = tx.QueryRow(ctx, `SELECT count(*) FROM conversations WHERE agent_id = $1 AND status = 'open'`, agent).Scan(&load)
	if err != nil {
		return false, fmt.Errorf("count load of agent %s: %w", agent, err)
	}
	return online && load < capacity, nil
}

func giveTo(ctx context.Context, tx pgx.Tx, c *locked, a assign.Agent, story []assign.Considered) (int64, error) {
	trace, err := json.Marshal(map[string]any{"considered": story})
	if err != nil {
		return 0, fmt.Errorf("write trace: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE conversations SET agent_id = $2, queued_at = NULL, given_back_by = NULL WHERE id = $1`, c.id, a.ID); err != nil {
		return 0, fmt.Errorf("assign: %w", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO assignments (id, conversation_id, agent_id, cause, trace) VALUES ($1, $2, $3, 'dispatched', $4)`, newID(), c.id, a.ID, trace); err != nil {
		return 0, fmt.Errorf("assign: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE agents SET last_assigned_at = now() WHERE id = $1`, a.ID); err != nil {
		return 0, fmt.Errorf("assign: %w", err)
	}
	seq, _, err := appendEntry(ctx, tx, c, activity(nil, inbox.ActivityPayload{What: inbox.DidDispatch, Agent: a.Name, Team: c.team}))
	return seq, err
}
