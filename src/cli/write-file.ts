import { randomBytes } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { UserError } from '../errors.ts';

/**
 * Writes a file so that readers see the old text or the new, never half: beside it first, then renamed over it. Devices and pipes
 * are written to directly, and a link is followed.
 * @throws UserError where it cannot be written.
 */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  try {
    const target = await realpath(path).catch(() => path);
    const special = await stat(target).then(
      (stats) => !stats.isFile(),
      () => false,
    );
    await (special ? writeFile(target, text) : replace(target, text));
  } catch (error) {
    throw new UserError(
      'cannot-write',
      `cannot write ${path}: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
}

async function replace(target: string, text: string): Promise<void> {
  const beside = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(beside, text, { flag: 'wx' });
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}
