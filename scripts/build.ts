/**
 * Builds the package: one bundle for the command, one for the library, one index.d.ts with every type in it, and the notices of what is
 * bundled. Nothing is minified: readable stack traces cost nothing. dist/ is replaced in one go, so that a command that runs meanwhile
 * finds all of it.
 */
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';
import { markdown } from './markdown.ts';
import { notices } from './notices.ts';
import { text } from './text.ts';

const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
const folder = `dist.${process.pid}`;

try {
  const code = await rolldown({
    input: { cli: 'src/cli/main.ts', index: 'src/index.ts' },
    platform: 'node',
    plugins: [markdown(), text()],
    treeshake: { moduleSideEffects: (id: string) => !id.includes('node_modules') },
    transform: { define: { __VERSION__: JSON.stringify(version) } },
    checks: { ineffectiveDynamicImport: false },
  });
  const built = await code.write({
    dir: folder,
    format: 'esm',
    entryFileNames: '[name].js',
    // It reads files beside its folder, and so has to be as deep as in the sources.
    chunkFileNames: ({ name }) => (name === 'prompts' ? '[name].js' : 'chunks/[name]-[hash].js'),
    comments: { legal: false },
    codeSplitting: { groups: [{ name: 'core', test: isCore }] },
  });
  await code.close();
  if (!built.output.some(({ fileName }) => fileName === 'prompts.js'))
    throw new Error('src/prompts.ts has to be a chunk of its own, one level deep: import it with await import() alone');

  const types = await rolldown({
    input: { index: 'src/index.ts' },
    plugins: [dts({ emitDtsOnly: true, tsgo: true, logger: quiet() })],
    checks: { bundlerTimings: false },
    onLog: () => undefined,
  });
  await types.write({ dir: folder, format: 'esm' });
  await types.close();

  const modules = built.output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  await writeFile(`${folder}/THIRD-PARTY-NOTICES`, await notices(modules));
  // A command that runs imports chunks when it needs them: what is as it was is left alone.
  if (!(await isSame(folder, 'dist'))) {
    await rm('dist', { recursive: true, force: true });
    await rename(folder, 'dist');
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Whether two folders hold the same files with the same bytes. */
async function isSame(one: string, other: string): Promise<boolean> {
  const [names = [], others = []] = await Promise.all([one, other].map(filesOf));
  if (names.join() !== others.join()) return false;
  for (const name of names) {
    const [bytes, otherBytes] = await Promise.all([one, other].map((dir) => readFile(path.join(dir, name))));
    if (bytes === undefined || otherBytes?.equals(bytes) !== true) return false;
  }
  return true;
}

async function filesOf(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(dir, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** What an analysis of a recording needs is one file: each file more costs the start half a millisecond. */
function isCore(id: string): boolean {
  const file = path.relative(process.cwd(), id).replaceAll('\\', '/');
  // Making schemas takes milliseconds, and only what reads a report that was written before needs them.
  if (/^src\/(model\/.*-schema|report\/(comparable|document|whole))\.ts$/.test(file)) return false;
  return (
    /^(analyzers|src\/(config|engine|graph|kit|model|pipeline|report|errors))(\/|\.ts)/.test(file) ||
    /^src\/(cluster\/(recorded|redact|shape|snapshot|store)|explain\/(commands|explain|runbook|template)\.ts)/.test(
      file,
    ) ||
    /^src\/(cli\/(analyze|facts|load-analyzers|print-report)\.ts|render\/(json|layout|terminal|text))/.test(file)
  );
}

/** Hides what the type bundler says about the types of dependencies that are never imported. */
function quiet() {
  return { info: () => undefined, warn: () => undefined, error: (...parts: unknown[]) => console.error(...parts) };
}
