import { readFile } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import { ownerHint } from './container-hints.ts';
import type { Surroundings } from './surroundings.ts';
import type { Pem } from './types.ts';

/**
 * The PEM text, from its base64 data or its file; undefined where neither is given.
 * @param what how messages call it, such as `client-key of user "jane"`.
 * @throws UserError `bad-kubeconfig` when the file cannot be read or there is no PEM in it.
 */
export async function readPem(pem: Pem, what: string, around: Surroundings): Promise<string | undefined> {
  if (pem.data === undefined && pem.file === undefined) return undefined;
  const text =
    pem.data === undefined ? await fromFile(pem.file!, what, around) : Buffer.from(pem.data, 'base64').toString();
  if (text.includes('-----BEGIN ')) return text;
  throw new UserError(
    'bad-kubeconfig',
    pem.data === undefined ? `${what}: ${pem.file} holds no PEM text` : `${what}: the data is not PEM text in base64`,
    { hint: 'Mend the kubeconfig, or fetch it anew.' },
  );
}

async function fromFile(file: string, what: string, { container, uid }: Surroundings): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      'bad-kubeconfig',
      `${what}: cannot read ${file}: ${code === 'ENOENT' ? 'there is no such file' : code === 'EACCES' ? 'permission denied' : code}`,
      {
        hint:
          container && code === 'EACCES'
            ? await ownerHint(file, uid)
            : 'Mend the path in the kubeconfig, or fetch it anew.',
        cause: error,
      },
    );
  }
}
