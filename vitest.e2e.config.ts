import { defineConfig } from 'vitest/config';
import { markdown } from './scripts/markdown.ts';
import { text } from './scripts/text.ts';

/** Tests against a real control plane. Each cluster takes most of a core: two at a time, whatever the machine has. */
export default defineConfig({
  plugins: [markdown(), text()],
  test: {
    include: ['test/e2e/**/*.test.ts'],
    globalSetup: 'test/e2e/support/setup.ts',
    fileParallelism: false,
    maxConcurrency: 2,
    pool: 'forks',
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
