import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { UserError } from '../errors.ts';
import { nearest } from '../graph/nearest.ts';
import type { Analyzer } from '../model/finding.ts';
import { allResources, type Resource } from '../model/resources.ts';

const severity = z.enum(['critical', 'warning', 'info']);
const resource = z.string().refine((name): name is Resource => allResources.some((one) => one === name), {
  error: ({ input }) => {
    const like = nearest(String(input), allResources);
    return `"${String(input)}" is not read${like === undefined ? '' : `; did you mean "${like}"?`}`;
  },
});
const shape = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be kebab-case'),
  title: z.string().min(1),
  reads: z.array(resource),
  kinds: z.array(z.string()),
  codes: z.record(
    z.string(),
    z.strictObject({
      severity,
      title: z.string().min(1),
      breaks: z.array(z.string()).optional(),
      unlocks: z.boolean().optional(),
    }),
  ),
  settings: z.record(
    z.string(),
    z.strictObject({ default: z.number(), unit: z.enum(['seconds', 'count', 'percent']), title: z.string() }),
  ),
  runbook: z.string(),
  analyze: z.custom<Analyzer['analyze']>((value) => typeof value === 'function', 'must be a function'),
});

/**
 * Loads analyzers that users wrote. Their modules may be JavaScript or TypeScript (types are stripped, not checked) and lie anywhere;
 * `import { defineAnalyzer } from 'mekhanikube'` gives them this program's own kit, wherever it is installed.
 * @param files paths, relative ones to `folder`.
 * @param kit what the name `mekhanikube` gives.
 * @param taken the ids that are in use.
 * @throws UserError where a module cannot be loaded or what it exports by default is no analyzer.
 */
export async function loadExternalAnalyzers(
  files: readonly string[],
  { folder, kit, taken }: { folder: string; kit: Readonly<Record<string, unknown>>; taken: readonly string[] },
): Promise<readonly Analyzer[]> {
  provideKit(kit);
  const ids = new Set(taken);
  const analyzers: Analyzer[] = [];
  for (const file of files) {
    const analyzer = await loadOne(path.resolve(folder, file));
    if (ids.has(analyzer.id)) throw problem(file, `there already is an analyzer "${analyzer.id}"`);
    ids.add(analyzer.id);
    analyzers.push(analyzer);
  }
  return analyzers;
}

async function loadOne(file: string): Promise<Analyzer> {
  let exported: unknown;
  try {
    exported = ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw problem(
      file,
      missing ? 'there is no such file, or it imports one that is not there' : `it fails: ${why}`,
      error,
    );
  }
  const result = shape.safeParse(exported);
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.join('.')}: `;
    throw problem(file, `its default export is no analyzer: ${where}${issue?.message}`);
  }
  return exported as Analyzer;
}

function problem(file: string, why: string, cause?: unknown): UserError {
  return new UserError('bad-analyzer', `the analyzer ${file} cannot be used: ${why}`, {
    hint: 'docs/analyzers.md shows one.',
    cause,
  });
}

const name = 'mekhanikube';
const address = `${name}:kit`;
let provided: Readonly<Record<string, unknown>> | undefined;

/** Makes the package's name mean this program's kit, for modules that could not find the package from where they lie. */
function provideKit(kit: Readonly<Record<string, unknown>>): void {
  const again = provided !== undefined;
  provided = kit;
  Reflect.set(globalThis, Symbol.for(address), kit);
  if (again) return;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === name ? { url: address, format: 'module', shortCircuit: true } : next(specifier, context),
    load: (url, context, next) => {
      if (url !== address) return next(url, context);
      const names = Object.keys(provided ?? {}).filter((one) => /^[A-Za-z_$][\w$]*$/.test(one) && one !== 'default');
      const source = `const kit = globalThis[Symbol.for('${address}')];\n${names.map((one) => `export const ${one} = kit.${one};`).join('\n')}`;
      return { format: 'module', source, shortCircuit: true };
    },
  });
}
