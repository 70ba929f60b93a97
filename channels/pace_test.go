package channels

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestEachKeyHasItsOwnPace(t *testing.T) {
	p, now := NewPace[string](0.5, 3, 10), time.Now()
	for i := range 3 {
		if d := p.Wait("a", now); d != 0 {
			t.Errorf("call %d waits %s", i, d)
		}
	}
	for range 2 { // a refusal costs nothing
		if d := p.Wait("a", now); d != 2*time.Second {
			t.Errorf("the call beyond the burst waits %s", d)
		}
	}
	if d := p.Wait("b", now); d != 0 {
		t.Errorf("another key waits %s", d)
	}
	if d := p.Wait("a", now.Add(2*time.Second)); d != 0 {
		t.Errorf("after the wait it waits %s", d)
	}
}

func TestOnlyTheKeysSeenLastAreRemembered(t *testing.T) {
	p, now := NewPace[int](0.001, 1, 2), time.Now()
	for _, key := range []int{1, 2, 1, 3} { // 3 pushes 2 out
		p.Wait(key, now)
	}
	if n := p.keys.Len(); n != 2 {
		t.Errorf("%d keys are remembered", n)
	}
	if p.Wait(1, now) == 0 {
		t.Error("a key in use was forgotten")
	}
	if p.Wait(2, now) != 0 {
		t.Error("the key that was quiet for longest is remembered")
	}
}

func TestNoKeyIsEverFasterThanItsPace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		perSecond, burst := rapid.Float64Range(0.1, 50).Draw(t, "per second"), rapid.IntRange(1, 20).Draw(t, "burst")
		p, now, passed := NewPace[string](perSecond, burst, 5), time.Now(), 0
		began := now
		for range rapid.IntRange(1, 200).Draw(t, "calls") {
			now = now.Add(time.Duration(rapid.IntRange(0, 500).Draw(t, "pause")) * time.Millisecond)
			if d := p.Wait("a", now); d > 0 { // who waits as told may go
				now = now.Add(d + time.Microsecond)
				if d = p.Wait("a", now); d > 0 {
					t.Fatalf("after the wait it waits %s more", d)
				}
			}
			passed++
		}
		if most := float64(burst) + perSecond*now.Sub(began).Seconds() + 0.001; float64(passed) > most {
			t.Fatalf("%d passed, at most %.3f may", passed, most)
		}
	})
}

func TestANetworkIsWhatOneCustomerHas(t *testing.T) {
	for peer, want := range map[string]string{
		"192.0.2.7:5000":            "192.0.2.7/32",
		"192.0.2.7":                 "192.0.2.7/32",
		"[::ffff:192.0.2.7]:80":     "192.0.2.7/32",
		"[2001:db8:1:2:3:4:5:6]:80": "2001:db8:1:2::/64",
		"2001:db8:1:2::ffff":        "2001:db8:1:2::/64",
		"[fe80::1%eth0]:80":         "fe80::/64",
		"@":                         "invalid Prefix",
		"":                          "invalid Prefix",
	} {
		if got := Network(peer).String(); got != want {
			t.Errorf("%q is of %s, want %s", peer, got, want)
		}
	}
}
