import { readFile } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import type { Pem } from './types.ts';

/**
 * The PEM text, from its base64 data or its file; undefined where neither is given.
 * @param what how messages call it, such as `client-key of user "jane"`.
 * @throws UserError `bad-kubeconfig` when the file cannot be read or there is no PEM in it.
 */
export async function readPem(pem: Pem, what: string): Promise<string | undefined> {
  if (pem.data === undefined && pem.file === undefined) return undefined;
  const text = pem.data === undefined ? await fromFile(pem.file!, what) : Buffer.from(pem.data, 'base64').toString();
  if (text.includes('-----BEGIN ')) return text;
  throw new UserError(
    'bad-kubeconfig',
    pem.data === undefined ? `${what}: ${pem.file} holds no PEM text` : `${what}: the data is not PEM text in base64`,
    { hint: 'Mend the kubeconfig, or fetch it anew.' },
  );
}

async function fromFile(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      'bad-kubeconfig',
      `${what}: cannot read ${file}: ${code === 'ENOENT' ? 'there is no such file' : code}`,
      {
        hint: 'Mend the path in the kubeconfig, or fetch it anew.',
        cause: error,
      },
    );
  }
}
