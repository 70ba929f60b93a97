package dbtest

import "testing"

func TestMain(m *testing.M) { Main(m) }

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	a, b := Pool(t), Pool(t)
	if _, err := a.Exec(t.Context(), "INSERT INTO teams (id, slug, name) VALUES (gen_random_uuid(), 'care', 'Care')"); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := b.QueryRow(t.Context(), "SELECT count(*) FROM teams").Scan(&n); err != nil || n != 0 {
		t.Fatalf("other database has %d teams, %v; want 0", n, err)
	}
}
