package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"usher/migrations/pglocal"
)

// faultPlan is how much goes wrong.
type faultPlan struct {
	messages, kills, wipes int
}

// TestFaultNothingIsLostOrDoubled kills the server at random while messages come in, wipes the bus's folder in between,
// and then asks the database: every accepted message is stored once, decided once, and answered or queued once. With
// USHER_PROVE=1 (make prove) it does so on a larger scale.
func TestFaultNothingIsLostOrDoubled(t *testing.T) {
	plan := faultPlan{messages: 2_000, kills: 5, wipes: 1}
	if os.Getenv("USHER_PROVE") == "1" {
		plan = faultPlan{messages: 20_000, kills: 20, wipes: 5}
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d: %+v", seed, plan)
	f := &faultRun{T: t, plan: plan, data: newData(t), random: rand.New(rand.NewPCG(seed, 1))}
	smallModel(t, f.data)
	f.restart(false)
	key, err := makeKey(t.Context(), f.data, "fault")
	if err != nil {
		t.Fatal(err)
	}
	f.key = key
	f.run()
	f.check()
}

type faultRun struct {
	*testing.T
	plan   faultPlan
	data   string
	key    string
	random *rand.Rand

	mu       sync.Mutex
	node     *node
	accepted atomic.Int64 // answers 202, repeats included
	repeats  atomic.Int64
}

// restart starts the server anew, on a wiped bus or not.
func (f *faultRun) restart(wipe bool) {
	f.Helper()
	if wipe {
		if err := os.RemoveAll(filepath.Join(f.data, "jetstream")); err != nil {
			f.Fatal(err)
		}
	}
	n := startNode(f.T, f.data)
	f.mu.Lock()
	f.node = n
	f.mu.Unlock()
}

func (f *faultRun) url() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.node.url
}

// run sends every message, a tenth of them twice, until each was accepted, and kills the server in between.
func (f *faultRun) run() {
	numbers := make([]int, 0, f.plan.messages*11/10)
	for i := range f.plan.messages {
		numbers = append(numbers, i)
		if i%10 == 0 {
			numbers = append(numbers, i)
		}
	}
	f.random.Shuffle(len(numbers), func(i, j int) { numbers[i], numbers[j] = numbers[j], numbers[i] })
	queue := make(chan int, len(numbers))
	for _, n := range numbers {
		queue <- n
	}
	close(queue)
	client := &http.Client{Timeout: 20 * time.Second}
	defer client.CloseIdleConnections()
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for n := range queue {
				f.insist(client, n)
			}
		})
	}
	f.kill(len(numbers))
	senders.Wait()
}

// kill ends the server as kill -9 does, at random points of the way, and starts it again.
func (f *faultRun) kill(total int) {
	for i := range f.plan.kills {
		share := (float64(i) + f.random.Float64()) / float64(f.plan.kills)
		at := int64(share * float64(total) * 0.95)
		waitFor(f.T, fmt.Sprintf("message %d", at), 5*time.Minute, func() bool { return f.accepted.Load() >= at })
		if err := f.node.kill(); err != nil {
			f.Fatal(err)
		}
		f.restart(i%max(1, f.plan.kills/f.plan.wipes) == 1)
	}
}

// insist sends a message until it was accepted, as a provider's webhook does.
func (f *faultRun) insist(client *http.Client, n int) {
	deadline := time.Now().Add(3 * time.Minute)
	for {
		duplicate, err := f.send(client, n)
		if err == nil {
			f.accepted.Add(1)
			if duplicate {
				f.repeats.Add(1)
			}
			return
		}
		if time.Now().After(deadline) {
			f.Errorf("message %d was never accepted: %v", n, err)
			return
		}
		<-time.After(50 * time.Millisecond)
	}
}

var faultTexts = []string{
	"where is my order %d?", "i want my money back for order %d", "hello number %d here", "the app crashes with error %d",
	"this is the third time I ask about %d, I want my money back NOW", "can i pay invoice %d by card", "thanks %d", "%d ???",
}

func (f *faultRun) send(client *http.Client, n int) (duplicate bool, err error) {
	body, err := json.Marshal(map[string]string{
		"external_id": fmt.Sprintf("n-%d", n), "from": fmt.Sprintf("contact-%d", n%(f.plan.messages/3)),
		"text": fmt.Sprintf(faultTexts[n%len(faultTexts)], n),
	})
	if err != nil {
		return false, err
	}
	req, err := http.NewRequestWithContext(f.Context(), http.MethodPost, f.url()+"/api/v1/messages", bytes.NewReader(body))
	if err != nil {
		return false, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+f.key)
	resp, err := client.Do(req)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		return false, err
	}
	if resp.StatusCode != http.StatusAccepted {
		return false, fmt.Errorf("status %d: %s", resp.StatusCode, b)
	}
	var receipt struct{ Duplicate bool }
	return receipt.Duplicate, json.Unmarshal(b, &receipt)
}

// check waits until nothing is under way any more and then counts.
func (f *faultRun) check() {
	pool, err := pgxpool.New(f.Context(), pglocal.URL(Config{DataDir: f.data}.databaseDir()))
	if err != nil {
		f.Fatal(err)
	}
	defer pool.Close()
	count := func(sql string) int {
		f.Helper()
		var n int
		if err := pool.QueryRow(f.Context(), sql).Scan(&n); err != nil {
			f.Fatalf("%s: %v", sql, err)
		}
		return n
	}
	waitFor(f.T, "the end of all work", 3*time.Minute, func() bool {
		return count(`SELECT (SELECT count(*) FROM conversations WHERE heard_seq > decided_seq)
			+ (SELECT count(*) FROM conversations WHERE answer_owed IS NOT NULL) + (SELECT count(*) FROM messages WHERE delivery = 'pending')
			+ (SELECT count(*) FROM outbox)`) == 0
	})
	if got, want := f.accepted.Load(), int64(f.plan.messages+(f.plan.messages+9)/10); got != want {
		f.Errorf("%d calls were accepted, want all %d", got, want)
	}
	for _, c := range []struct {
		what string
		want int
		sql  string
	}{
		{"messages are stored", f.plan.messages, `SELECT count(*) FROM messages WHERE kind = 'inbound'`},
		{"different numbers are stored", f.plan.messages, `SELECT count(DISTINCT external_id) FROM messages WHERE kind = 'inbound'`},
		{"messages are covered by decisions", f.plan.messages, `SELECT sum(jsonb_array_length(request->'message_ids')) FROM decision_inputs`},
		{"different messages are covered by decisions", f.plan.messages, `SELECT count(DISTINCT m) FROM decision_inputs, jsonb_array_elements_text(request->'message_ids') m`},
		{"messages seem to be covered by another decision than the one that covers them", 0, `SELECT count(*) FROM decision_inputs i, jsonb_array_elements_text(i.request->'message_ids') m
			JOIN messages x ON x.id = m::uuid WHERE i.decision_id IS DISTINCT FROM (
				SELECT d.id FROM decisions d WHERE d.conversation_id = x.conversation_id AND d.up_to_seq >= x.seq ORDER BY d.up_to_seq LIMIT 1)`},
		{"answers were promised and not given once", 0, `SELECT count(*) FROM decisions d WHERE route = 'reply' AND withheld_reason IS NULL
			AND (SELECT count(*) FROM messages m WHERE m.decision_id = d.id AND m.kind = 'outbound') <> 1`},
		{"answers were withheld and given", 0, `SELECT count(*) FROM decisions d JOIN messages m ON m.decision_id = d.id AND m.kind = 'outbound' WHERE d.withheld_reason IS NOT NULL`},
		{"conversations for people are in no queue", 0, `SELECT count(*) FROM conversations c JOIN decisions d ON d.id = c.decision_id
			WHERE d.route = 'agent' AND c.status <> 'resolved' AND (c.team_id IS NULL OR c.agent_id IS NULL AND c.queued_at IS NULL)`},
		{"conversations have gaps in their sequence", 0, `SELECT count(*) FROM conversations c WHERE last_seq <> (SELECT count(*) FROM messages m WHERE m.conversation_id = c.id)`},
		{"contacts have two open conversations", 0, `SELECT count(*) FROM (SELECT contact_id FROM conversations WHERE status <> 'resolved' GROUP BY 1 HAVING count(*) > 1) x`},
		{"contacts have no address", 0, `SELECT count(*) FROM contacts k WHERE NOT EXISTS (SELECT FROM contact_addresses a WHERE a.contact_id = k.id)`},
	} {
		if got := count(c.sql); got != c.want {
			f.Errorf("%d %s, want %d", got, c.what, c.want)
		}
	}
	if answered, queued := count(`SELECT count(*) FROM decisions WHERE route = 'reply'`), count(`SELECT count(*) FROM decisions WHERE route = 'agent'`); answered == 0 || queued == 0 {
		f.Errorf("%d answers and %d for people: the test must see both", answered, queued)
	}
	f.Logf("%d accepted, %d of them told as repeats", f.accepted.Load(), f.repeats.Load())
}
