import { readFile } from 'node:fs/promises';

const query = '?text';
const before = '\0';
const after = '.text';

interface Resolver {
  resolve(source: string, importer: string | undefined): Promise<{ readonly id: string } | null>;
}

/**
 * Lets `import style from './page.css?text'` give the file's text, in the bundle (rolldown) and in the tests (vite) alike. The id that
 * it resolves to is no file's and does not end as one, or vite would take it for a style sheet of its own.
 */
export function text() {
  return {
    name: 'text',
    enforce: 'pre' as const,
    resolveId: {
      filter: { id: /\?text$/ },
      async handler(this: Resolver, source: string, importer: string | undefined) {
        const file = await this.resolve(source.slice(0, -query.length), importer);
        return file === null ? null : `${before}${file.id}${after}`;
      },
    },
    load: {
      filter: { id: /^\0.*\.text$/ },
      async handler(id: string) {
        const content = await readFile(id.slice(before.length, -after.length), 'utf8');
        return { code: `export default ${JSON.stringify(content)};`, moduleType: 'js' as const };
      },
    },
  };
}
