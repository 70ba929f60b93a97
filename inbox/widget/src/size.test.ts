// @vitest-environment node
import { gzipSync } from 'node:zlib';
import { build, type Rollup } from 'vite';
import { expect, test } from 'vitest';

test('the script is one classic script of less than 30 kB gzip', { timeout: 60_000 }, async () => {
  const built = (await build({ logLevel: 'silent', build: { write: false } })) as Rollup.RollupOutput[];
  const output = built.flatMap((b) => b.output);
  expect(output.map((o) => o.fileName)).toEqual(['widget.js']);
  const chunk = output[0]!;
  const code = chunk.type === 'chunk' ? chunk.code : '';
  expect(code).not.toMatch(/^\s*(import|export)\b/m);
  expect(gzipSync(code, { level: 9 }).length).toBeLessThan(30_000);
});
