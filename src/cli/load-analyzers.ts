import path from 'node:path';
import type { Analyzer } from '../model/finding.ts';

/**
 * Every analyzer of a run: those that come with the program, and those that the configuration file names.
 * @throws UserError where one of these cannot be loaded.
 */
export async function loadAnalyzers(
  flags: Readonly<Record<string, unknown>>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly Analyzer[]> {
  const [{ analyzers }, { readConfigFile }] = await Promise.all([
    import('../../analyzers/index.ts'),
    import('../config/file.ts'),
  ]);
  const file = await readConfigFile(typeof flags['config'] === 'string' ? flags['config'] : undefined, environment);
  const { externalAnalyzers } = (file?.raw ?? {}) as { externalAnalyzers?: unknown };
  const files = [externalAnalyzers ?? []].flat().filter((one) => typeof one === 'string');
  if (file === undefined || files.length === 0) return analyzers;
  const [{ loadExternalAnalyzers }, kit] = await Promise.all([import('../config/external.ts'), import('../kit.ts')]);
  const taken = analyzers.map(({ id }) => id);
  return [...analyzers, ...(await loadExternalAnalyzers(files, { folder: path.dirname(file.path), kit, taken }))];
}
