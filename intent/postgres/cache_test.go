package postgres_test

import (
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/intent"
	"usher/intent/postgres"
	"usher/migrations/dbtest"
)

func hashes(texts ...string) [][]byte {
	out := make([][]byte, len(texts))
	for i, text := range texts {
		sum := sha256.Sum256([]byte(text))
		out[i] = sum[:]
	}
	return out
}

func TestVectorsOfDifferentModelsNeverMeet(t *testing.T) {
	c := postgres.NewCache(dbtest.Pool(t), 0)
	small, large, other := intent.ModelID{Name: "m", Dims: 2}, intent.ModelID{Name: "m", Dims: 3}, intent.ModelID{Name: "n", Dims: 2}
	if err := c.Keep(t.Context(), small, hashes("a", "b", "a"), [][]float32{{1, 0}, {0, 1}, {1, 0}}); err != nil {
		t.Fatal(err)
	}
	if err := c.Keep(t.Context(), large, hashes("a"), [][]float32{{0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		model intent.ModelID
		want  [][]float32
	}{
		{small, [][]float32{{0, 1}, nil, {1, 0}, {0, 1}}},
		{large, [][]float32{nil, nil, {0, 0, 1}, nil}},
		{other, [][]float32{nil, nil, nil, nil}},
	} {
		got, err := c.Load(t.Context(), tc.model, hashes("b", "never", "a", "b"))
		if err != nil || !slices.EqualFunc(got, tc.want, slices.Equal) {
			t.Errorf("%v: %v, %v; want %v", tc.model, got, err, tc.want)
		}
	}
	for name, vectors := range map[string][][]float32{"too few": {}, "of another length": {{1, 2, 3}}} {
		if err := c.Keep(t.Context(), small, hashes("x"), vectors); err == nil {
			t.Errorf("vectors %s are kept", name)
		}
	}
}

func TestTheCacheIsBoundedAndKeepsWhatIsUsed(t *testing.T) {
	pool := dbtest.Pool(t)
	m := intent.ModelID{Name: "m", Dims: 1}
	c := postgres.NewCache(pool, 32)
	if err := c.Keep(t.Context(), m, hashes("old but used", "old", "old, too"), [][]float32{{1}, {1}, {1}}); err != nil {
		t.Fatal(err)
	}
	if _, err := pool.Exec(t.Context(), `UPDATE embedding_cache SET used_at = now() - interval '3 days'`); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Load(t.Context(), m, hashes("old but used")); err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		if err := c.Keep(t.Context(), m, hashes(strings.Repeat("x", i+1)), [][]float32{{1}}); err != nil {
			t.Fatal(err)
		}
	}
	var rows int
	var text bool
	if err := pool.QueryRow(t.Context(), `SELECT count(*), bool_or(length(text_hash) <> 32) FROM embedding_cache`).Scan(&rows, &text); err != nil {
		t.Fatal(err)
	}
	if rows != 31 || text {
		t.Errorf("%d rows are left of 33 where 32 may be, other keys than hashes: %t", rows, text)
	}
	got, err := c.Load(t.Context(), m, hashes("old but used", "old"))
	if err != nil || got[0] == nil || got[1] != nil {
		t.Errorf("what is used stays and what is not goes; there are %v, %v", got, err)
	}
}

func TestNodesKeepTheSameTextsAtOnce(t *testing.T) {
	pool := dbtest.Pool(t)
	m := intent.ModelID{Name: "m", Dims: 1}
	texts := make([]string, 50)
	vectors := make([][]float32, len(texts))
	for i := range texts {
		texts[i], vectors[i] = strings.Repeat("y", i+1), []float32{1}
	}
	var wg sync.WaitGroup
	for n := range 4 {
		wg.Go(func() {
			c := postgres.NewCache(pool, 16)
			mine := slices.Clone(texts)
			if n%2 == 1 {
				slices.Reverse(mine)
			}
			for range 5 {
				if err := c.Keep(t.Context(), m, hashes(mine...), vectors); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatal("the nodes wait for each other")
	}
}
