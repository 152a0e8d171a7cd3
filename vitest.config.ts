import { defineConfig } from 'vitest/config';
import { markdown } from './scripts/markdown.ts';

export default defineConfig({
  plugins: [markdown()],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    maxWorkers: 2,
    testTimeout: 120_000,
  },
});
