import { chmod, readFile, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';

/**
 * Puts new tokens in the place of the old ones in a kubeconfig file, and changes nothing else in it. Silent where that is not
 * possible: the tokens hold for this run anyway.
 * @param tokens pairs of the old and the new text.
 */
export async function saveTokens(file: string, tokens: readonly (readonly [string, string])[]): Promise<void> {
  let draft: string | undefined;
  try {
    const target = await realpath(file);
    const before = await readFile(target, 'utf8');
    let text = before;
    for (const [old, fresh] of tokens) if (old.length >= 8) text = text.replaceAll(old, () => fresh);
    if (text === before) return;
    const { mode } = await stat(target);
    draft = `${target}.${process.pid}.new`;
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' });
    await chmod(draft, mode);
    await rename(draft, target);
  } catch {
    if (draft !== undefined) await unlink(draft).catch(() => undefined);
  }
}
