/**
 * The prompts: files that are published, and that users override one by one. This file has to be exactly one level deep, in the sources
 * and in the bundle alike: scripts/build.ts sees to it.
 */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from './errors.ts';
import { checkPrompt, promptNames, type Prompts } from './explain/prompt.ts';

const ours = fileURLToPath(new URL('../prompts/', import.meta.url));

/**
 * Reads the prompts: from `prompts/` beside the user's configuration where a file is there, else those of the package.
 * @throws UserError where one cannot be read, or has a placeholder that nothing fills.
 */
export async function loadPrompts(environment: Readonly<Record<string, string | undefined>>): Promise<Prompts> {
  const base = environment['XDG_CONFIG_HOME'];
  const theirs = join(base === undefined || base === '' ? join(homedir(), '.config') : base, 'mekhanikube', 'prompts');
  const texts = await Promise.all(
    promptNames.map(async (name) => {
      const file = join(theirs, `${name}.md`);
      const text = (await read(file, true)) ?? (await read(join(ours, `${name}.md`), false)) ?? '';
      checkPrompt(name, text, file);
      return text;
    }),
  );
  const [system = '', task = '', incident = '', retry = ''] = texts;
  return { system, task, incident, retry };
}

async function read(file: string, optional: boolean): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (optional && (code === 'ENOENT' || code === 'ENOTDIR')) return undefined;
    throw new UserError(
      'bad-prompt',
      `the prompt ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}
