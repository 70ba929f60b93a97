package api

import (
	"context"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"
	"golang.org/x/time/rate"

	"usher/channels"
)

const (
	// All sign-ins together: checking a password costs the server a good part of a core for its time.
	signInBurst  = 100
	signInPerSec = 20
	// Of one person: more than anybody mistypes, and a day of guessing gets nowhere.
	personBurst = 10
	personEvery = 10 * time.Second
	// Of one network: an office whose people all start at nine signs in within a minute, as a sign-in holds for weeks; and
	// one machine cannot use up what all have together.
	networkBurst  = 50
	networkPerSec = 1
	// maxTried bounds how many people, and how many networks, are remembered. At the rate of all sign-ins together, a person
	// who is being guessed at has a whole burst again long before so many others push them out.
	maxTried = 10_000
	// maxKeys bounds how many API keys are remembered; operators make them one by one.
	maxKeys = 10_000
)

// signInLimits slows down guessing and floods. Who is refused by one limit does not count on the next.
type signInLimits struct {
	all      *rate.Limiter
	people   *channels.Pace[string] // by e-mail address
	networks *channels.Pace[netip.Prefix]
}

func newSignInLimits() *signInLimits {
	return &signInLimits{
		all:      rate.NewLimiter(signInPerSec, signInBurst),
		people:   channels.NewPace[string](1/personEvery.Seconds(), personBurst, maxTried),
		networks: channels.NewPace[netip.Prefix](networkPerSec, networkBurst, maxTried),
	}
}

// Crowd marks a request that many callers may stand behind who cannot be told apart. What one of them does is not counted
// against the others: at the sign-in such a request counts by its person and among all, but not by its network.
func Crowd(r *http.Request) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), crowdKey, true))
}

func isCrowd(ctx context.Context) bool {
	crowd, _ := ctx.Value(crowdKey).(bool)
	return crowd
}

// network counts a call from a peer that nobody knows yet.
func (l *signInLimits) network(peer string) error {
	if d := l.networks.Wait(channels.Network(peer), time.Now()); d > 0 {
		return tooMany("sign-ins from your network", d)
	}
	return nil
}

// any counts a sign-in of whomever.
func (l *signInLimits) any(field string) error {
	if !l.all.Allow() {
		return tooMany(field, time.Second)
	}
	return nil
}

// person counts a try to prove that one is the person with an e-mail address.
func (l *signInLimits) person(field, email string) error {
	if err := l.any(field); err != nil {
		return err
	}
	if d := l.people.Wait(email, time.Now()); d > 0 {
		return tooMany(field, d)
	}
	return nil
}

// newKeyLimits bounds the calls of each API key: so many a second, twice that in a burst.
func newKeyLimits(perSecond float64) *channels.Pace[uuid.UUID] {
	return channels.NewPace[uuid.UUID](perSecond, int(2*perSecond), maxKeys)
}

// limitedError refuses a caller who is too fast, and says when to try again.
type limitedError struct {
	*huma.ErrorModel
	wait time.Duration
}

func (e *limitedError) after() string {
	return strconv.Itoa(max(1, int(math.Ceil(e.wait.Seconds()))))
}

// GetHeaders makes the error carry Retry-After.
func (e *limitedError) GetHeaders() http.Header { return http.Header{"Retry-After": {e.after()}} }

func tooMany(what string, wait time.Duration) error {
	e := &limitedError{wait: wait}
	e.ErrorModel = errorModel(http.StatusTooManyRequests, what+": too many at once; wait "+e.after()+" s and try again")
	return e
}

// DefaultTimeout is how long a call may take: far beyond any that is well, and soon enough that callers of a database that
// hangs hear of it and do not pile up.
const DefaultTimeout = 15 * time.Second

// Deadline is the middleware that ends what a request does after a time. Operations answer with 503 then.
func Deadline(d time.Duration) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), d)
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
		c.Next()
	}
}
