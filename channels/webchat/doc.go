// Package webchat is the server's side of the chat widget: it serves the script and speaks with the browser over one
// WebSocket. It imports only channels.
//
// # Protocol
//
// Every frame is one JSON object in a text message. The browser begins with hello; the server answers welcome, or
// refused and closes.
//
//	→ hello     {inbox, visitor?, user?: {id, hash, name?, email?}}
//	← welcome   {visitor?, company, greeting?, accent?, conversation?, status?, entries[], people}
//	→ message   {id, text, choice?, answers?}     id is the browser's, unique per visitor, at most 64 of [A-Za-z0-9_-]
//	← accepted  {id, message_id, conversation, seq}   committed, now or when the same id was sent before
//	← refused   {id?, field, remedy, retry?}      with retry: the same frame is welcome after so many seconds
//	← entry     {entry: {id, conversation, seq, author, name?, text, choices?, client_id?, choice?, answers?, at}}
//	← status    {conversation, status}            of the newest conversation: open, waiting or resolved
//	← people    {people: {online, away, words}}   how long a person will take, said honestly
//	→ seen      {conversation, seq, state}        state delivered or read: all up to seq
//	→ ping, ← pong                                 the browser's way to notice a dead connection
//
// An entry's author is contact, agent or automatic. Entries of welcome are the last hundred of the thread, oldest
// first. An entry may come twice; its id tells. client_id is the id under which this contact's browser sent it.
//
// # Resume
//
// The connection may break at any point. The browser keeps what has not been accepted and says hello again with
// its visitor token: welcome brings the thread as it stands, and unaccepted messages are sent again under their old
// ids, which is a no-op for those that had been accepted after all. So nothing is missed and nothing is doubled.
//
// # Who is writing
//
// A visitor is known by a random token of 128 bits that the server issues in the first welcome and only the browser
// keeps. The address that is stored is "v_" and half of the token's SHA-256. A person that the company's site knows comes
// with user.id and user.hash = hex(HMAC-SHA256(secret of the inbox address, user.id)), made on the company's
// server; the address is "u_" and the id. A wrong hash is refused and never taken for a visitor.
//
// # Close codes
//
//	1009 a frame was too big          1012 the server restarts: come back soon
//	1013 too much: come back later    4400 not this protocol: do not come back as you are
//	4403 refused: origin, inbox or signature; the refused frame before it says which
package webchat
