package main

import (
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
		"USHER_LISTEN is": func(c *Config) { c.Listen = "8080" },
		"USHER_DATA is":   func(c *Config) { c.DataDir = "data" },
	} {
		c := good
		change(&c)
		if err := c.validate(); err == nil || !strings.HasPrefix(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
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
