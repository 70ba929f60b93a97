// Package channels holds the one form that a message has in Usher whatever transport brought it, and the
// contract between a channel adapter and the rest of the house. It imports nothing of ours.
//
// # The contract of an adapter
//
// An adapter lives in a folder of its own, named after its kind, and imports only this package.
//
// Inbound. The adapter proves who is calling (signature, key, origin), fills a Message and gives it to the Receiver.
// It tells the provider that the message is taken only after Receive returned without error: from then on it is
// committed. ExternalID is the provider's id of the message, in a form that no other sender can produce, so that
// a repeat is a no-op and nobody can claim another's message. From is never a secret: what proves a person (a token)
// stays out of it. ContactID is filled only when it is proven.
//
// Receive answers with one of
//
//	nil             committed, now or earlier (Receipt.Duplicate); both are a success to the provider
//	*InvalidError   refuse it with field and remedy; the same message will never be taken
//	ErrNotFound     no such inbox address; refuse it
//	ErrBusy         nothing was stored; ask the provider to try again later
//	another error   unknown; ask the provider to try again, the id keeps it from being stored twice
//
// Outbound. A Sender hands a message over once per call and may be called again for the same MessageID after a crash;
// where the provider takes a key, MessageID is the key. ErrRefused, wrapped, ends the attempts.
//
// Nothing is dropped silently: what is refused is refused aloud, and message text is never logged. Pace and Network bound
// floods, here and wherever else strangers call.
//
// Package channelstest has the suite that every adapter and every Receiver runs.
package channels
