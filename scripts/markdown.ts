import { readFile } from 'node:fs/promises';

/** Lets `import text from './runbook.md'` give the file's text, in the bundle (rolldown) and in the tests (vite) alike. */
export function markdown() {
  return {
    name: 'markdown',
    load: {
      filter: { id: /\.md$/ },
      async handler(id: string) {
        return { code: `export default ${JSON.stringify(await readFile(id, 'utf8'))};`, moduleType: 'js' as const };
      },
    },
  };
}
