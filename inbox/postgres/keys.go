package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"usher/channels"
	"usher/inbox"
)

// EnsureInboxAddress is the id of the company's endpoint of that address on a channel. A new one gets a secret; one that
// exists keeps its own, and its name. *inbox.InvalidError for an address or a name that cannot be one.
func (s *Store) EnsureInboxAddress(ctx context.Context, channel, address, name string) (uuid.UUID, error) {
	for _, f := range []struct {
		field, value string
		most         int
	}{{"address", address, 320}, {"name", name, 200}} {
		if n := utf8.RuneCountInString(f.value); n == 0 || n > f.most || strings.IndexByte(f.value, 0) >= 0 || !utf8.ValidString(f.value) {
			return uuid.Nil, fmt.Errorf("make an inbox address: %w", &inbox.InvalidError{Field: f.field, Remedy: fmt.Sprintf("has %d characters; give 1 to %d", n, f.most)})
		}
	}
	secret := make([]byte, 32)
	rand.Read(secret)
	var id uuid.UUID
	err := s.inTx(ctx, "make an inbox address", func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `
			INSERT INTO inbox_addresses (id, channel, address, name, secret) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (channel, address) DO NOTHING`, newID(), channel, address, name, secret); err != nil {
			return fmt.Errorf("%q on channel %q: %w", address, channel, err)
		}
		return tx.QueryRow(ctx, `SELECT id FROM inbox_addresses WHERE (channel, address) = ($1, $2)`, channel, address).Scan(&id)
	})
	return id, err
}

// keyPrefix makes keys easy to find where they should not be.
const keyPrefix = "usher_"

// MakeAPIKey makes a key for a system that writes to an API inbox address. It is shown once; only its hash is kept.
func (s *Store) MakeAPIKey(ctx context.Context, name string, inboxAddress uuid.UUID) (string, error) {
	if name = strings.TrimSpace(name); name == "" || utf8.RuneCountInString(name) > 200 {
		return "", fmt.Errorf("make an API key: %w", &inbox.InvalidError{Field: "name", Remedy: "say in 1 to 200 characters which system it is for"})
	}
	token, _ := newToken()
	key := keyPrefix + token
	tag, err := s.pool.Exec(ctx, `
		INSERT INTO api_keys (id, name, hash, inbox_address_id)
		SELECT $1, $2, $3, id FROM inbox_addresses WHERE channel = $4 AND id = $5`, newID(), name, hashToken(key), channels.API, inboxAddress)
	if err != nil {
		return "", fmt.Errorf("make an API key: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return "", fmt.Errorf("make an API key: %w", inbox.Refuse(inbox.ErrNotFound, "there is no API inbox address %s", inboxAddress))
	}
	return key, nil
}

// APIKeys are the keys that live, by name.
func (s *Store) APIKeys(ctx context.Context) ([]inbox.APIKey, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT k.id, k.name, i.id, i.channel, i.address FROM api_keys k JOIN inbox_addresses i ON i.id = k.inbox_address_id
		WHERE k.revoked_at IS NULL ORDER BY k.name, k.id`)
	if err != nil {
		return nil, fmt.Errorf("list API keys: %w", err)
	}
	keys, err := pgx.CollectRows(rows, pgx.RowToStructByPos[inbox.APIKey])
	if err != nil {
		return nil, fmt.Errorf("list API keys: %w", err)
	}
	return keys, nil
}

// RevokeAPIKey ends a key: at once on this node, after at most keyFresh on others.
func (s *Store) RevokeAPIKey(ctx context.Context, id uuid.UUID) error {
	tag, err := s.pool.Exec(ctx, `UPDATE api_keys SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL`, id)
	if err != nil {
		return fmt.Errorf("revoke API key %s: %w", id, err)
	}
	s.keys.clear()
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("revoke API key %s: %w", id, inbox.Refuse(inbox.ErrNotFound, "there is no living API key %s", id))
	}
	return nil
}

// FindAPIKey is what a key stands for, as of at most keyFresh ago. Dead and unknown keys are inbox.ErrAuth.
func (s *Store) FindAPIKey(ctx context.Context, key string) (inbox.APIKey, error) {
	hash := [32]byte(hashToken(key))
	if known, ok := s.keys.get(hash); ok {
		return known.key, known.err
	}
	var k inbox.APIKey
	err := s.pool.QueryRow(ctx, `
		SELECT k.id, k.name, i.id, i.channel, i.address FROM api_keys k JOIN inbox_addresses i ON i.id = k.inbox_address_id
		WHERE k.hash = $1 AND k.revoked_at IS NULL`, hash[:]).Scan(&k.ID, &k.Name, &k.InboxAddressID, &k.Channel, &k.InboxAddress)
	if errors.Is(err, pgx.ErrNoRows) {
		err = inbox.Refuse(inbox.ErrAuth, "this API key is not known or was revoked; make one with `usher key add`")
	} else if err != nil {
		return k, fmt.Errorf("find an API key: %w", err)
	}
	s.keys.put(hash, knownKey{key: k, err: err, until: time.Now().Add(keyFresh)})
	return k, err
}

const (
	// keyFresh is how long an answer about a key is remembered.
	keyFresh = 3 * time.Second
	// maxKnownKeys bounds the memory, because whoever guesses keys fills it.
	maxKnownKeys = 10_000
)

type knownKey struct {
	key   inbox.APIKey
	err   error
	until time.Time
}

// keyCache remembers keys by their hash, so that not every message asks the database who sends it. The zero value is
// ready.
type keyCache struct {
	mu    sync.Mutex
	known map[[32]byte]knownKey
}

func (c *keyCache) get(hash [32]byte) (knownKey, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.known[hash]
	return k, ok && time.Now().Before(k.until)
}

func (c *keyCache) put(hash [32]byte, k knownKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known == nil || len(c.known) >= maxKnownKeys {
		c.known = map[[32]byte]knownKey{}
	}
	c.known[hash] = k
}

func (c *keyCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = nil
}
