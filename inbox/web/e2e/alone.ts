// The app over the in-memory Usher of dev/, on a free port.
import { createServer } from 'vite';

export async function startAlone(): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = await createServer({
    mode: 'alone',
    root: new URL('..', import.meta.url).pathname,
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0 },
  });
  await server.listen();
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error('the development server has no address');
  return { url: url.replace(/\/$/, ''), stop: () => server.close() };
}
