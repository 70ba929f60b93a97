package main

import (
	"slices"
	"strings"
	"testing"
)

func TestLinksLeadToAnAddressThatBrowsersCanOpen(t *testing.T) {
	for name, tc := range map[string]struct{ public, listens, want string }{
		"as it listens":          {"", "127.0.0.1:8080", "http://127.0.0.1:8080"},
		"on a name":              {"", "box:8080", "http://box:8080"},
		"on every address":       {"", ":8080", "http://localhost:8080"},
		"on every IPv4 address":  {"", "0.0.0.0:8080", "http://localhost:8080"},
		"on every IPv6 address":  {"", "[::]:8080", "http://localhost:8080"},
		"as it is told":          {"https://help.example", ":8080", "https://help.example"},
		"with a slash too many":  {"https://help.example/", ":8080", "https://help.example"},
		"with a port of its own": {"https://help.example:444", ":8080", "https://help.example:444"},
	} {
		if got := (Config{PublicURL: tc.public}).publicURL(tc.listens); got != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

func TestSettingsThatCannotWorkAreNamed(t *testing.T) {
	good := Config{Listen: "127.0.0.1:0", DataDir: "/data", PublicURL: "https://help.example/"}
	if err := good.validate(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Config){
		"USHER_LISTEN is":                      func(c *Config) { c.Listen = "8080" },
		"USHER_DATA is":                        func(c *Config) { c.DataDir = "data" },
		"USHER_CHAT_MODEL is":                  func(c *Config) { c.ChatModel = "m" },
		"USHER_EMBED: \"often\" is none of":    func(c *Config) { c.Embedding = "often" },
		"USHER_METRICS_TOKEN has 5 characters": func(c *Config) { c.MetricsToken = "short" },
	} {
		c := good
		change(&c)
		if err := c.validate(); err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	good.TrustedProxies, good.MetricsToken = []string{"10.0.0.7", "10.1.0.0/16", "::1", "fd00::/8", "::ffff:10.0.0.7", "::ffff:10.1.0.0/112"}, "0123456789abcdef"
	if err := good.validate(); err != nil {
		t.Error(err)
	}
	for _, proxy := range []string{"proxy.example", "10.0.0.7:80", "0.0.0.0/0", "::/0", "::ffff:0:0/96", "fe80::1%eth0", "10.0.0.0/33"} {
		c := good
		c.TrustedProxies = []string{"10.0.0.7", proxy}
		if err := c.validate(); err == nil || !strings.HasPrefix(err.Error(), "USHER_TRUSTED_PROXIES has \""+proxy) {
			t.Errorf("%q: %v", proxy, err)
		}
	}
	for _, u := range []string{"help.example", "//help.example", "ftp://help.example", "https://", "https://help.example/usher", "https://help.example?a=b", "https://a b"} {
		c := good
		c.PublicURL = u
		if err := c.validate(); err == nil || !strings.HasPrefix(err.Error(), "USHER_PUBLIC_URL is") {
			t.Errorf("%q: %v", u, err)
		}
	}
}

func TestProxiesAndTheTokenComeFromTheEnvironment(t *testing.T) {
	t.Setenv("USHER_TRUSTED_PROXIES", " 10.0.0.7, ,10.1.0.0/16")
	t.Setenv("USHER_METRICS_TOKEN", "0123456789abcdef")
	c, err := configFromEnv()
	if err != nil || !slices.Equal(c.TrustedProxies, []string{"10.0.0.7", "10.1.0.0/16"}) || c.MetricsToken != "0123456789abcdef" {
		t.Errorf("%+v, %v", c, err)
	}
	t.Setenv("USHER_TRUSTED_PROXIES", "")
	if c, err = configFromEnv(); err != nil || len(c.TrustedProxies) != 0 {
		t.Errorf("%+v, %v", c.TrustedProxies, err)
	}
}
