// The app, built as it ships, over the in-memory Usher of dev/, on a free port.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, preview } from 'vite';

export async function startAlone(): Promise<{ url: string; stop: () => Promise<void> }> {
  const outDir = mkdtempSync(join(tmpdir(), 'usher-web-'));
  const root = fileURLToPath(new URL('..', import.meta.url));
  const shared = { mode: 'alone', root, logLevel: 'error' as const };
  await build({ ...shared, build: { outDir, emptyOutDir: true } });
  const server = await preview({ ...shared, build: { outDir }, preview: { host: '127.0.0.1', port: 0 } });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error('the server has no address');
  return {
    url: url.replace(/\/$/, ''),
    async stop() {
      await server.close();
      rmSync(outDir, { recursive: true });
    },
  };
}
