import { defineConfig } from 'vitest/config';

export default defineConfig({
  build: {
    target: 'es2020',
    // The folder is embedded by widget.go and holds a committed file besides the script.
    emptyOutDir: false,
    lib: { entry: 'src/main.ts', formats: ['iife'], name: 'UsherWidget', fileName: () => 'widget.js' },
  },
  test: { environment: 'jsdom', include: ['src/**/*.test.ts'] },
});
