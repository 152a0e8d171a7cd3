import { defineConfig } from 'vitest/config';
import { markdown } from './scripts/markdown.ts';
import { text } from './scripts/text.ts';

export default defineConfig({
  plugins: [markdown(), text()],
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    maxWorkers: 2,
    testTimeout: 120_000,
  },
});
