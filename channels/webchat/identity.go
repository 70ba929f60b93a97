package webchat

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strings"

	"usher/channels"
)

// person is who is at the other end of a connection.
type person struct {
	address   string
	contactID string // empty for visitors
	name      string
	email     string
	token     string // visitor's, to be kept by the browser; empty for identified people
}

// maxUserID bounds the company's ids of people, as channels.Message does.
const maxUserID = 200

// identify tells who says hello on a site. Signed people are checked in constant time; a claim that does not hold is
// refused and never treated as no claim.
func identify(site channels.Site, h request) (person, *refused) {
	if h.User == nil {
		return visitor(h.Visitor)
	}
	u := *h.User
	switch {
	case u.ID == "" || len(u.ID) > maxUserID:
		return person{}, refuse("user.id", "must have 1 to 200 bytes; leave user out for somebody you do not know")
	case len(site.Secret) == 0:
		return person{}, refuse("user.hash", "cannot be checked: this inbox address has no secret; give it one")
	case !signed(site.Secret, u.ID, u.Hash):
		return person{}, refuse("user.hash", "does not sign this user.id; send hex(HMAC-SHA256(secret of the inbox address, user.id)), made on your server")
	}
	return person{address: "u_" + u.ID, contactID: u.ID, name: u.Name, email: u.Email}, nil
}

func signed(secret []byte, id, hash string) bool {
	got, err := hex.DecodeString(hash)
	return err == nil && hmac.Equal(got, sign(secret, id))
}

func sign(secret []byte, id string) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(id))
	return mac.Sum(nil)
}

const tokenBytes = 16

func visitor(token string) (person, *refused) {
	if token == "" {
		fresh := make([]byte, tokenBytes)
		rand.Read(fresh) // never fails
		token = hex.EncodeToString(fresh)
	}
	if b, err := hex.DecodeString(token); err != nil || len(b) != tokenBytes {
		return person{}, refuse("visitor", "is not a token of ours; say hello without it and keep the one you get")
	}
	return person{address: "v_" + digest(strings.ToLower(token)), token: token}, nil
}

// digest names a secret without giving it away.
func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])[:32]
}

// externalID is the browser's id of a message made unique over all contacts, so that nobody can claim another's.
func (p person) externalID(id string) string { return digest(p.address) + ":" + id }

func refuse(field, remedy string) *refused {
	return &refused{Type: "refused", Field: field, Remedy: remedy}
}

// allowedOrigin reports whether a page of that origin may talk to the site. The server's own pages always may; a
// request without an origin does not come from a page and is let through only where any origin is.
func allowedOrigin(s channels.SiteSettings, origin, host string) bool {
	if len(s.Origins) == 0 {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	if strings.EqualFold(u.Host, host) {
		return true
	}
	for _, o := range s.Origins {
		if strings.EqualFold(strings.TrimSuffix(o, "/"), u.Scheme+"://"+u.Host) {
			return true
		}
	}
	return false
}
