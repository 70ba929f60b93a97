// Package live tells agents' browsers what changed, over one WebSocket each. It imports inbox; what rows look like is
// passed in.
//
// # Protocol
//
// The server speaks, the browser listens. Every frame is one JSON object.
//
//	hello         {at}                       the connection stands: fetch what you show now
//	conversation  {conversation, seq}        the row as it stands; its seq never goes back on one connection
//	gone          {id}                       there is no such conversation any more
//	views         {views}                    sizes of this agent's lists
//	presence      {agent, presence}          of any agent
//	refetch       {}                         too much changed to name it: fetch what you show again
//
// A push is a hint with the row attached. A browser that sees a gap between the seq of a push and the entries it has
// of that thread fetches the entries in between; after any reconnect it fetches everything it shows.
//
// # Close codes
//
//	1012 the server restarts   1013 too slow or too many: come back   4401 sign in first
package live
