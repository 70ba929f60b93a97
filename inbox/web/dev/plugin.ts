// Puts the in-memory Usher under the development server (`npm run dev:alone`) and under browser tests.
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Plugin, PreviewServer, ViteDevServer } from 'vite';
import { FakeUsher } from './fake.ts';

export function fakeUsher(): Plugin {
  let usher: FakeUsher;
  const live = new Set<Duplex>();
  const begin = () => {
    usher = new FakeUsher();
    usher.onChange = (conversation) => {
      const frame = text(JSON.stringify({ type: 'conversation', conversation, seq: conversation.last_seq }));
      for (const socket of live) socket.write(frame);
    };
  };
  begin();
  const serve = (server: Pick<ViteDevServer | PreviewServer, 'middlewares' | 'httpServer'>) => {
    // Tests begin with the data as it was.
    server.middlewares.use('/begin', (_, res) => {
      begin();
      res.end();
    });
    // A customer writes: /receive?conversation=…&text=…
    server.middlewares.use('/receive', (req, res) => {
      const query = new URL(req.url ?? '', 'http://usher').searchParams;
      usher.receive(query.get('conversation') ?? '', query.get('text') ?? '');
      res.end();
    });
    server.middlewares.use('/api/v1', (req, res) => void answer(usher, req, res));
    server.httpServer?.on('upgrade', (req: IncomingMessage, socket: Duplex) => {
      if (req.url === '/api/v1/live') accept(req, socket, live);
    });
  };
  return { name: 'fake-usher', configureServer: serve, configurePreviewServer: serve };
}

async function answer(usher: FakeUsher, req: IncomingMessage, res: ServerResponse) {
  const url = new URL(`/api/v1${req.url}`, 'http://usher');
  let body = '';
  for await (const part of req) body += part;
  const { status, body: out } = usher.handle(
    req.method ?? 'GET',
    url.pathname,
    url.searchParams,
    body ? JSON.parse(body) : {},
  );
  res.writeHead(status, { 'content-type': status < 400 ? 'application/json' : 'application/problem+json' });
  res.end(out === undefined ? undefined : JSON.stringify(out));
}

/** The handshake of RFC 6455, as far as a browser needs it. */
function accept(req: IncomingMessage, socket: Duplex, live: Set<Duplex>) {
  const key = createHash('sha1')
    .update(`${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
  );
  live.add(socket);
  socket.on('close', () => live.delete(socket));
  socket.on('error', () => live.delete(socket));
  socket.on('data', () => {});
}

function text(s: string): Buffer {
  const payload = Buffer.from(s);
  const head = payload.length < 126 ? Buffer.from([0x81, payload.length]) : Buffer.alloc(4);
  if (payload.length >= 126) {
    head[0] = 0x81;
    head[1] = 126;
    head.writeUInt16BE(payload.length, 2);
  }
  return Buffer.concat([head, payload]);
}
