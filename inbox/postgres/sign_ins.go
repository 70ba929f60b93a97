package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/inbox"
)

// newToken is a secret of 256 bits, and the hash of it that may be stored.
func newToken() (token string, hash []byte) {
	b := make([]byte, 32)
	rand.Read(b)
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, hashToken(token)
}

// hashToken needs no salt and no slowness: a token has 256 bits of chance.
func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// MakeSignInLink is the token of a one-time link for the agent with an e-mail address, good for inbox.SignInLinkFor. It is
// shown once; only its hash is kept.
func (s *Store) MakeSignInLink(ctx context.Context, email string) (string, error) {
	token, hash := newToken()
	tag, err := s.pool.Exec(ctx, `
		INSERT INTO sign_in_links (hash, agent_id, expires_at)
		SELECT $1, id, now() + make_interval(secs => $3) FROM agents WHERE email = lower($2) AND disabled_at IS NULL`,
		hash, strings.TrimSpace(email), inbox.SignInLinkFor.Seconds())
	if err != nil {
		return "", fmt.Errorf("make a sign-in link: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return "", fmt.Errorf("make a sign-in link: %w", inbox.Refuse(inbox.ErrNotFound, "no agent has the e-mail address %q; add one with `usher agent add`", email))
	}
	return token, nil
}

// SignInByLink uses a one-time link up and signs its agent in. A used, dead or unknown one is inbox.ErrAuth.
func (s *Store) SignInByLink(ctx context.Context, token string) (string, error) {
	var signIn string
	err := s.inTx(ctx, "sign in by link", func(tx pgx.Tx) error {
		var agent uuid.UUID
		err := tx.QueryRow(ctx, `
			UPDATE sign_in_links l SET used_at = now() FROM agents a
			WHERE l.hash = $1 AND l.used_at IS NULL AND l.expires_at > now() AND a.id = l.agent_id AND a.disabled_at IS NULL
			RETURNING a.id`, hashToken(token)).Scan(&agent)
		if errors.Is(err, pgx.ErrNoRows) {
			return inbox.Refuse(inbox.ErrAuth, "this link was used already or is too old; ask for a new one with `usher agent link`")
		}
		if err != nil {
			return err
		}
		signIn, err = beginSignIn(ctx, tx, agent, true)
		return err
	})
	return signIn, err
}

// SignInByPassword signs an agent in. It takes the same time whether the address is known or not.
func (s *Store) SignInByPassword(ctx context.Context, email, password string) (string, error) {
	var agent uuid.UUID
	var hash string
	err := s.pool.QueryRow(ctx, `SELECT id, COALESCE(password_hash, '') FROM agents WHERE email = $1 AND disabled_at IS NULL`, email).Scan(&agent, &hash)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("sign in by password: %w", err)
	}
	same, err := samePassword(ctx, hash, password)
	if err != nil {
		return "", fmt.Errorf("sign in by password: agent %s: %w", agent, err)
	}
	if !same {
		return "", inbox.Refuse(inbox.ErrAuth, "e-mail address or password is wrong; try again, or ask for a link with `usher agent link`")
	}
	var signIn string
	err = s.inTx(ctx, "sign in by password", func(tx pgx.Tx) error {
		signIn, err = beginSignIn(ctx, tx, agent, false)
		return err
	})
	return signIn, err
}

// beginSignIn begins a sign-in and clears away what has ended of the agent's others.
func beginSignIn(ctx context.Context, tx pgx.Tx, agent uuid.UUID, byLink bool) (string, error) {
	token, hash := newToken()
	if _, err := tx.Exec(ctx, `DELETE FROM sign_ins WHERE agent_id = $1 AND expires_at < now()`, agent); err != nil {
		return "", fmt.Errorf("clear ended sign-ins: %w", err)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM sign_in_links WHERE agent_id = $1 AND expires_at < now()`, agent); err != nil {
		return "", fmt.Errorf("clear dead links: %w", err)
	}
	_, err := tx.Exec(ctx, `INSERT INTO sign_ins (hash, agent_id, by_link, expires_at) VALUES ($1, $2, $3, now() + make_interval(secs => $4))`,
		hash, agent, byLink, inbox.SignInFor.Seconds())
	if err != nil {
		return "", fmt.Errorf("begin a sign-in: %w", err)
	}
	return token, nil
}

// prolongAfter is how much of a sign-in has to be over before it is prolonged, so that not every call writes.
const prolongAfter = 24 * time.Hour

// SignedIn is the agent behind a sign-in, or inbox.ErrAuth. It prolongs the sign-in, at most once a day.
func (s *Store) SignedIn(ctx context.Context, signIn string) (inbox.Agent, error) {
	hash := hashToken(signIn)
	var expires time.Time
	a, err := scanAgent(s.pool.QueryRow(ctx, `
		SELECT `+agentColumns+`, s.expires_at FROM sign_ins s JOIN agents a ON a.id = s.agent_id
		WHERE s.hash = $1 AND s.expires_at > now() AND a.disabled_at IS NULL`, hash), &expires)
	if errors.Is(err, pgx.ErrNoRows) {
		return inbox.Agent{}, inbox.Refuse(inbox.ErrAuth, "you are not signed in any more; sign in again")
	}
	if err != nil {
		return inbox.Agent{}, fmt.Errorf("find a sign-in: %w", err)
	}
	if time.Until(expires) < inbox.SignInFor-prolongAfter {
		if _, err := s.pool.Exec(ctx, `UPDATE sign_ins SET expires_at = now() + make_interval(secs => $2) WHERE hash = $1`, hash, inbox.SignInFor.Seconds()); err != nil {
			return inbox.Agent{}, fmt.Errorf("prolong a sign-in: %w", err)
		}
	}
	return a, nil
}

// SignOut ends a sign-in; one that has ended already is no error.
func (s *Store) SignOut(ctx context.Context, signIn string) error {
	if _, err := s.pool.Exec(ctx, `DELETE FROM sign_ins WHERE hash = $1`, hashToken(signIn)); err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// SetPassword sets an agent's password, and ends all other sign-ins and the links that nobody has used yet. The current one must be right, but for an agent who
// has none yet or signed in by a link.
func (s *Store) SetPassword(ctx context.Context, agent uuid.UUID, current, password, keepSignIn string) error {
	var old string
	var byLink bool
	err := s.pool.QueryRow(ctx, `
		SELECT COALESCE(a.password_hash, ''), s.by_link FROM agents a JOIN sign_ins s ON s.agent_id = a.id
		WHERE a.id = $1 AND s.hash = $2`, agent, hashToken(keepSignIn)).Scan(&old, &byLink)
	if errors.Is(err, pgx.ErrNoRows) {
		return inbox.Refuse(inbox.ErrAuth, "you are not signed in any more; sign in again")
	}
	if err != nil {
		return fmt.Errorf("set password of agent %s: %w", agent, err)
	}
	if old != "" && !byLink {
		same, err := samePassword(ctx, old, current)
		if err != nil {
			return fmt.Errorf("set password of agent %s: %w", agent, err)
		}
		if !same {
			return &inbox.InvalidError{Field: "current", Remedy: "is not your password until now; type it again"}
		}
	}
	hash, err := hashPassword(ctx, password)
	if err != nil {
		return fmt.Errorf("set password of agent %s: %w", agent, err)
	}
	return s.inTx(ctx, "set password", func(tx pgx.Tx) error {
		// The old hash again: of two changes at once, the second knew a password that is no more.
		tag, err := tx.Exec(ctx, `UPDATE agents SET password_hash = $2 WHERE id = $1 AND COALESCE(password_hash, '') = $3`, agent, hash, old)
		if err != nil {
			return fmt.Errorf("agent %s: %w", agent, err)
		}
		if tag.RowsAffected() == 0 {
			return inbox.Refuse(inbox.ErrConflict, "your password was changed at this very moment; sign in with the new one")
		}
		if _, err := tx.Exec(ctx, `DELETE FROM sign_ins WHERE agent_id = $1 AND hash <> $2`, agent, hashToken(keepSignIn)); err != nil {
			return fmt.Errorf("end other sign-ins of agent %s: %w", agent, err)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM sign_in_links WHERE agent_id = $1 AND used_at IS NULL`, agent); err != nil {
			return fmt.Errorf("end the links of agent %s: %w", agent, err)
		}
		_, err = tx.Exec(ctx, `UPDATE sign_ins SET by_link = false WHERE hash = $1`, hashToken(keepSignIn))
		return err
	})
}
