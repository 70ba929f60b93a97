package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"usher/inbox"
	inboxpg "usher/inbox/postgres"
	"usher/migrations"
	"usher/migrations/pglocal"
)

// ownDatabase starts a private PostgreSQL where the commands look for it.
func ownDatabase(t *testing.T) Config {
	t.Helper()
	for _, name := range []string{"DATABASE_URL", "NATS_URL", "USHER_COMPANY"} {
		t.Setenv(name, "")
	}
	config := Config{DataDir: newData(t)}
	t.Setenv("USHER_DATA", config.DataDir)
	server, err := pglocal.Start(t.Context(), pglocal.Options{Dir: config.databaseDir(), Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return config
}

// run is what a command prints on standard output.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := newRootCmd()
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(&testLog{t: t})
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func mustRun(t *testing.T, args ...string) string {
	t.Helper()
	out, err := run(t, args...)
	if err != nil {
		t.Fatalf("usher %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func TestKeysAreMadeListedAndRevoked(t *testing.T) {
	config := ownDatabase(t)
	key := strings.TrimSuffix(mustRun(t, "key", "add", "shop system"), "\n")
	other := strings.TrimSuffix(mustRun(t, "key", "add", "billing", "--inbox", "bills"), "\n")

	pool, err := migrations.Pool(t.Context(), pglocal.URL(config.databaseDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	found, err := inboxpg.New(pool, nil).FindAPIKey(t.Context(), key)
	if err != nil || found.Name != "shop system" || found.InboxAddress != apiInbox {
		t.Fatalf("the printed key %q opens %+v, %v; want shop system on %s", key, found, err, apiInbox)
	}

	list := mustRun(t, "key", "list")
	for _, want := range []string{found.ID.String() + "  api", "bills  billing"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list lacks %q:\n%s", want, list)
		}
	}
	if strings.Contains(list, key) || strings.Contains(list, other) {
		t.Errorf("the list shows a key:\n%s", list)
	}

	mustRun(t, "key", "revoke", found.ID.String())
	if _, err := inboxpg.New(pool, nil).FindAPIKey(t.Context(), key); !errors.Is(err, inbox.ErrAuth) {
		t.Errorf("the revoked key: %v, want it refused", err)
	}
	if _, err := inboxpg.New(pool, nil).FindAPIKey(t.Context(), other); err != nil {
		t.Errorf("the other key: %v, want it to live on", err)
	}
	if list := mustRun(t, "key", "list"); strings.Contains(list, "shop system") {
		t.Errorf("the list shows a revoked key:\n%s", list)
	}
	if _, err := run(t, "key", "revoke", found.ID.String()); !errors.Is(err, inbox.ErrNotFound) {
		t.Errorf("revoking twice: %v, want not found", err)
	}
	if _, err := run(t, "key", "add", " "); !errors.Is(err, inbox.ErrInvalid) {
		t.Errorf("a key without a name: %v, want it refused", err)
	}
}

func TestKeyRevokeAsksForTheIDOfAKey(t *testing.T) {
	if _, err := run(t, "key", "revoke", "shop"); err == nil || !strings.Contains(err.Error(), "usher key list") {
		t.Errorf("revoking a name: %v, want where ids are shown", err)
	}
}

func TestKeySecretIsTheOneThatTheChatChecks(t *testing.T) {
	config := ownDatabase(t)
	first := mustRun(t, "key", "secret")
	if again := mustRun(t, "key", "secret"); again != first {
		t.Errorf("the secret was %q and is %q; want the same", first, again)
	}
	pool, err := migrations.Pool(t.Context(), pglocal.URL(config.databaseDir()))
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	site, err := inboxpg.New(pool, nil).Site(t.Context(), webInbox)
	if err != nil {
		t.Fatal(err)
	}
	if want := hex.EncodeToString(site.Secret) + "\n"; first != want || len(site.Secret) == 0 {
		t.Errorf("printed %q, want %q", first, want)
	}
}
