package postgres

import (
	"context"
	"errors"
	"testing"
)

func TestAPasswordIsKnownByItsHashAlone(t *testing.T) {
	hash, err := hashPassword(t.Context(), "pässword")
	if err != nil {
		t.Fatal(err)
	}
	again, err := hashPassword(t.Context(), "pässword")
	if err != nil || again == hash {
		t.Errorf("two hashes of one password are alike: %v", err)
	}
	for password, want := range map[string]bool{"pässword": true, "password": false, "": false} {
		if same, err := samePassword(t.Context(), hash, password); same != want || err != nil {
			t.Errorf("%q: %v, %v; want %v", password, same, err, want)
		}
	}
	if same, err := samePassword(t.Context(), "", "pässword"); same || err != nil {
		t.Errorf("an agent without a password: %v, %v", same, err)
	}
	// The reference implementation's own example, with other parameters than ours: older hashes stay good.
	old := "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
	if same, err := samePassword(t.Context(), old, "password"); !same || err != nil {
		t.Errorf("a hash with other parameters: %v, %v", same, err)
	}
}

func TestAHashThatIsNoneIsAnErrorAndNeverAPassword(t *testing.T) {
	for _, hash := range []string{"x", "$2b$10$abcdefghijklmnopqrstuv", "$argon2id$v=18$m=64,t=1,p=1$c2FsdA$a2V5", "$argon2id$v=19$m=64$c2FsdA$a2V5", "$argon2id$v=19$m=64,t=1,p=1$*$a2V5", "$argon2id$v=19$m=64,t=1,p=1$c2FsdA$"} {
		if same, err := samePassword(t.Context(), hash, ""); same || !errors.Is(err, errBadHash) {
			t.Errorf("%q: %v, %v", hash, same, err)
		}
	}
}

func TestHashingEndsWithItsCaller(t *testing.T) {
	for range cap(hashing) {
		hashing <- struct{}{}
	}
	defer func() {
		for range cap(hashing) {
			<-hashing
		}
	}()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := hashPassword(ctx, "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the caller's end", err)
	}
}
