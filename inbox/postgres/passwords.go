package postgres

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Parameters of argon2id as the OWASP password storage cheat sheet has them: 19 MiB, two passes, one lane. A hash keeps
// its own, so these may rise without a migration.
const (
	argonMemory = 19 << 10 // KiB
	argonPasses = 2
	argonLanes  = 1
	argonSalt   = 16
	argonKey    = 32
)

// hashing bounds how many passwords are hashed at once in this process, because each takes 19 MiB and a core.
var hashing = make(chan struct{}, 2)

var errBadHash = errors.New("not a hash of argon2id in PHC form")

// hashPassword is a password's hash in PHC form. It takes about 30 ms, and waits while two others are hashed.
func hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	key, err := argon(ctx, password, salt, argonPasses, argonMemory, argonLanes, argonKey)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonPasses, argonLanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(key)), nil
}

// samePassword reports whether hash is of password. An empty hash, of an agent who has none or does not exist, costs
// the same time and is never the same.
func samePassword(ctx context.Context, hash, password string) (bool, error) {
	if hash == "" {
		_, err := argon(ctx, password, make([]byte, argonSalt), argonPasses, argonMemory, argonLanes, argonKey)
		return false, err
	}
	parts := strings.Split(hash, "$")
	var version int
	var memory, passes uint32
	var lanes uint8
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errBadHash
	}
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, errBadHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false, errBadHash
	}
	salt, errSalt := base64.RawStdEncoding.DecodeString(parts[4])
	want, errKey := base64.RawStdEncoding.DecodeString(parts[5])
	if err := errors.Join(errSalt, errKey); err != nil || len(want) == 0 {
		return false, errBadHash
	}
	got, err := argon(ctx, password, salt, passes, memory, lanes, uint32(len(want)))
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

func argon(ctx context.Context, password string, salt []byte, passes, memory uint32, lanes uint8, length uint32) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("hash a password: %w", ctx.Err())
	}
	defer func() { <-hashing }()
	return argon2.IDKey([]byte(password), salt, passes, memory, lanes, length), nil
}
