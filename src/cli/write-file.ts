import { randomBytes } from 'node:crypto';
import { chmod, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { UserError } from '../errors.ts';

/**
 * Writes a file so that readers see the old text or the new, never half: beside it first, then renamed over it. A file that is replaced
 * keeps its permissions. Devices and pipes are written to directly, and a link is followed.
 * @throws what the system says where it cannot be written: `writeProblem` puts it into words.
 */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const before = await stat(target).catch(() => undefined);
  if (before === undefined || before.isFile()) await replace(target, text, before?.mode);
  else await writeFile(target, text).catch(unlessReaderLeft);
}

/** A reader of a pipe that has seen enough is no error, as behind stdout. */
function unlessReaderLeft(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'EPIPE')) throw error;
}

async function replace(target: string, text: string, mode: number | undefined): Promise<void> {
  const beside = `${target}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await writeFile(beside, text, { flag: 'wx' });
    if (mode !== undefined) await chmod(beside, mode & 0o777);
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
}

const problems: ReadonlyMap<unknown, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EDQUOT', 'the disk quota is used up'],
  ['EISDIR', 'it is a folder: name a file in it'],
  ['ELOOP', 'its links lead in a circle'],
  ['ENAMETOOLONG', 'the name is too long'],
  ['ENOENT', 'there is no such folder'],
  ['ENOSPC', 'no space is left on the device'],
  ['ENOTDIR', 'a part of the path is not a folder'],
  ['EPERM', 'permission denied'],
  ['EROFS', 'the file system is read-only'],
]);

/** Why something could not be written, in words where they are known: of what the system said, or of a UserError that it caused. */
export function writeProblem(error: unknown): string {
  if (error instanceof UserError && error.cause !== undefined) return writeProblem(error.cause);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return problems.get(code) ?? (error instanceof Error ? error.message : String(error));
}
