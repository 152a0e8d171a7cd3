/**
 * Builds the package: one bundle for the command, one for the library, one index.d.ts with every type in it, and the notices of what is
 * bundled. Nothing is minified: readable stack traces cost nothing.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { markdown } from './markdown.ts';
import { notices } from './notices.ts';

const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

await rm('dist', { recursive: true, force: true });

const code = await rolldown({
  input: { cli: 'src/cli/main.ts', index: 'src/index.ts' },
  platform: 'node',
  plugins: [markdown()],
  treeshake: { moduleSideEffects: (id: string) => !id.includes('node_modules') },
  transform: { define: { __VERSION__: JSON.stringify(version) } },
});
const built = await code.write({
  dir: 'dist',
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  comments: { legal: false },
});
await code.close();

const types = await rolldown({
  input: { index: 'src/index.ts' },
  plugins: [dts({ emitDtsOnly: true, resolver: 'oxc' })],
});
await types.write({ dir: 'dist', format: 'esm' });
await types.close();

const modules = built.output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
await writeFile('dist/THIRD-PARTY-NOTICES', await notices(modules));
