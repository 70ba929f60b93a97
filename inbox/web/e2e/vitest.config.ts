import { defineConfig } from 'vitest/config';

// Tests in a real browser: `npm run e2e`. One file at a time, for they share a small machine.
export default defineConfig({
  test: {
    include: ['e2e/**/*.e2e.ts'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
