package main

import (
	"fmt"
	"math"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"usher/routing"
)

// defaultCompany is how contacts read the name of a company that gave none.
const defaultCompany = "Support"

// Config is everything that an operator can set. Flags of `serve` override the environment; nothing else reads it.
type Config struct {
	// DataDir holds the private PostgreSQL and JetStream. USHER_DATA; default /var/lib/usher for root,
	// otherwise ~/.local/share/usher.
	DataDir string
	// Listen is the HTTP address. USHER_LISTEN; default 127.0.0.1:8080.
	Listen string
	// PublicURL is how browsers reach this server, for sign-in links and the check of origins.
	// USHER_PUBLIC_URL; default http://<Listen>.
	PublicURL string
	// DatabaseURL replaces the private PostgreSQL. DATABASE_URL.
	DatabaseURL string
	// NATSURL replaces the NATS server inside the process. NATS_URL.
	NATSURL string
	// OpenAIBaseURL, OpenAIKey and OpenAIModel name a server of embeddings; empty means the built-in ones.
	// OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_EMBEDDING_MODEL (default text-embedding-3-small).
	OpenAIBaseURL string
	OpenAIKey     string
	OpenAIModel   string
	// OpenAIDims is the length of the vectors to ask for. OPENAI_EMBEDDING_DIMS; default 512.
	OpenAIDims int
	// Embedding says which messages are embedded before they are decided. USHER_EMBED=auto, always or never; default auto:
	// those whose vector may change something.
	Embedding routing.Embedding
	// ChatModel gives second opinions, where the policy says so, and writes drafts, summaries and examples, on the same server;
	// empty for nobody. USHER_CHAT_MODEL.
	ChatModel string
	// Intents is a YAML file of the company's own intents beside the starter pack's. USHER_INTENTS.
	Intents string
	// Prices turn tokens into money in the metrics. USHER_PRICE_EMBEDDING, USHER_PRICE_CHAT_IN, USHER_PRICE_CHAT_OUT; default 0.
	Prices Prices
	// Company is how contacts read the company's name. USHER_COMPANY; default "Support".
	Company string
	// Demo fills an empty database with demo data. USHER_DEMO=1 or --demo.
	Demo bool
	// Rate is how many messages a second one API key may send. USHER_RATE; default 200.
	Rate int
	// TrustedProxies are the addresses and networks of proxies whose X-Forwarded-For says who calls. USHER_TRUSTED_PROXIES,
	// with commas; default none: whoever connects is who calls.
	TrustedProxies []string
	// MetricsToken is what Prometheus must send as its bearer token. USHER_METRICS_TOKEN; without one, /metrics answers
	// this machine only.
	MetricsToken string
}

// configFromEnv reads the environment and applies the defaults.
func configFromEnv() (Config, error) {
	c := Config{
		DataDir:       os.Getenv("USHER_DATA"),
		Listen:        envOr("USHER_LISTEN", "127.0.0.1:8080"),
		PublicURL:     os.Getenv("USHER_PUBLIC_URL"),
		DatabaseURL:   os.Getenv("DATABASE_URL"),
		NATSURL:       os.Getenv("NATS_URL"),
		OpenAIBaseURL: os.Getenv("OPENAI_BASE_URL"),
		OpenAIKey:     os.Getenv("OPENAI_API_KEY"),
		OpenAIModel:   envOr("OPENAI_EMBEDDING_MODEL", "text-embedding-3-small"),
		Embedding:     routing.Embedding(envOr("USHER_EMBED", string(routing.EmbedWhenItMatters))),
		ChatModel:     os.Getenv("USHER_CHAT_MODEL"),
		Intents:       os.Getenv("USHER_INTENTS"),
		Company:       envOr("USHER_COMPANY", defaultCompany),
		Demo:          os.Getenv("USHER_DEMO") == "1",
		MetricsToken:  os.Getenv("USHER_METRICS_TOKEN"),
	}
	for part := range strings.SplitSeq(os.Getenv("USHER_TRUSTED_PROXIES"), ",") {
		if part = strings.TrimSpace(part); part != "" {
			c.TrustedProxies = append(c.TrustedProxies, part)
		}
	}
	var err error
	if c.Rate, err = countFromEnv("USHER_RATE", 200, "messages a second"); err != nil {
		return Config{}, err
	}
	if c.OpenAIDims, err = countFromEnv("OPENAI_EMBEDDING_DIMS", 512, "numbers in a vector"); err != nil {
		return Config{}, err
	}
	if c.Prices.Embedding, err = priceFromEnv("USHER_PRICE_EMBEDDING"); err != nil {
		return Config{}, err
	}
	if c.Prices.ChatIn, err = priceFromEnv("USHER_PRICE_CHAT_IN"); err != nil {
		return Config{}, err
	}
	if c.Prices.ChatOut, err = priceFromEnv("USHER_PRICE_CHAT_OUT"); err != nil {
		return Config{}, err
	}
	if c.DataDir == "" {
		dir, err := defaultDataDir()
		if err != nil {
			return Config{}, err
		}
		c.DataDir = dir
	}
	return c, nil
}

// validate reports the first setting that cannot work, by the name it is set with.
func (c Config) validate() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("USHER_LISTEN is %q: give host:port, such as 127.0.0.1:8080", c.Listen)
	}
	if !filepath.IsAbs(c.DataDir) {
		return fmt.Errorf("USHER_DATA is %q: give an absolute path", c.DataDir)
	}
	for _, proxy := range c.TrustedProxies {
		if _, ok := networkOf(proxy); !ok {
			return fmt.Errorf("USHER_TRUSTED_PROXIES has %q: give addresses or networks of your proxies, such as 10.0.0.7,10.1.0.0/16", proxy)
		}
	}
	if err := c.Embedding.Check(); err != nil {
		return fmt.Errorf("USHER_EMBED: %w", err)
	}
	if c.ChatModel != "" && c.OpenAIBaseURL == "" && c.OpenAIKey == "" {
		return fmt.Errorf("USHER_CHAT_MODEL is %q: set OPENAI_BASE_URL or OPENAI_API_KEY, too, to say where it is", c.ChatModel)
	}
	if n := len(c.MetricsToken); n > 0 && n < leastToken {
		return fmt.Errorf("USHER_METRICS_TOKEN has %d characters: give %d or more that nobody guesses, such as those of `openssl rand -hex 16`", n, leastToken)
	}
	if c.PublicURL == "" {
		return nil
	}
	u, err := url.Parse(c.PublicURL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return fmt.Errorf("USHER_PUBLIC_URL is %q: give scheme and host, such as https://help.example.com", c.PublicURL)
	}
	return nil
}

// leastToken is how short a token may be that cannot be guessed over the network.
const leastToken = 16

// networkOf is the network that an address or a network stands for. All of the Internet is none: anybody could say who they are.
func networkOf(s string) (netip.Prefix, bool) {
	if ip, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(ip.Unmap(), ip.Unmap().BitLen()), ip.Zone() == ""
	}
	network, err := netip.ParsePrefix(s)
	if err != nil {
		return netip.Prefix{}, false
	}
	if mapped := network.Addr().Is4In6(); mapped && network.Bits() >= 96 {
		network = netip.PrefixFrom(network.Addr().Unmap(), network.Bits()-96)
	}
	return network, network.Bits() > 0
}

// trustedNetworks are those of the TrustedProxies.
func (c Config) trustedNetworks() []netip.Prefix {
	var networks []netip.Prefix
	for _, proxy := range c.TrustedProxies {
		if network, ok := networkOf(proxy); ok { // validate has refused the others
			networks = append(networks, network)
		}
	}
	return networks
}

// lacksProxy reports whether browsers can only come through a proxy, and none is trusted: Usher itself speaks no https, and
// nobody from elsewhere reaches an address of this machine alone.
func (c Config) lacksProxy() bool {
	if len(c.TrustedProxies) > 0 || c.PublicURL == "" || c.isLocal() {
		return false
	}
	return strings.HasPrefix(c.PublicURL, "https://") || (Config{PublicURL: "http://" + c.Listen}).isLocal()
}

// isLocal reports whether browsers reach the server on its own machine only.
func (c Config) isLocal() bool {
	u, err := url.Parse(c.PublicURL)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

// countFromEnv reads a whole number of what, 1 or more.
func countFromEnv(name string, otherwise int, what string) (int, error) {
	v := os.Getenv(name)
	if v == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s is %q: give a whole number of %s, 1 or more", name, v, what)
	}
	return n, nil
}

// priceFromEnv reads the price of a million tokens, 0 or more.
func priceFromEnv(name string) (float64, error) {
	v := os.Getenv(name)
	if v == "" {
		return 0, nil
	}
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || !(n >= 0) || math.IsInf(n, 0) {
		return 0, fmt.Errorf("%s is %q: give the price of a million tokens, such as 0.02", name, v)
	}
	return n, nil
}

// databaseDir is where the private PostgreSQL lives.
func (c Config) databaseDir() string { return filepath.Join(c.DataDir, "postgres") }

// publicURL is how browsers reach a server that listens on address. One that listens on all of its machine's addresses is
// reached on that machine at least.
func (c Config) publicURL(address string) string {
	if c.PublicURL != "" {
		return strings.TrimRight(c.PublicURL, "/")
	}
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		address = net.JoinHostPort("localhost", port)
	}
	return "http://" + address
}

func envOr(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

func defaultDataDir() (string, error) {
	if os.Getuid() == 0 {
		return "/var/lib/usher", nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the home folder for the data: %w; set USHER_DATA", err)
	}
	return filepath.Join(home, ".local", "share", "usher"), nil
}
