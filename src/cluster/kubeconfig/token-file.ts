import { readFile } from 'node:fs/promises';
import { UserError } from '../../errors.ts';
import type { Credential, Credentials } from './credentials.ts';

const minute = 60_000;

/**
 * A bearer token out of a file. It is read anew every minute, as kubectl does, for the kubelet rotates the tokens of service
 * accounts; and at once when the server refuses it. Where the token stands in the kubeconfig as well, the file wins as long as it
 * can be read.
 * @param rest what else the credential has (a client certificate), and the token that stands in for an unreadable file.
 */
export function tokenFile(file: string, rest: Credential): Credentials {
  let kept: Credential | undefined;
  let readAt = 0;
  return {
    async current() {
      if (kept !== undefined && Date.now() - readAt < minute) return kept;
      const token = await read(file, rest.authorization !== undefined || kept !== undefined);
      readAt = Date.now();
      const authorization = token === undefined ? (kept ?? rest).authorization : `Bearer ${token}`;
      if (kept === undefined || kept.authorization !== authorization)
        kept = { ...rest, ...(authorization === undefined ? {} : { authorization }) };
      return kept;
    },
    refused() {
      readAt = 0;
    },
  };
}

async function read(file: string, mayFail: boolean): Promise<string | undefined> {
  try {
    const token = (await readFile(file, 'utf8')).trim();
    if (token !== '') return token;
    if (mayFail) return undefined;
  } catch (error) {
    if (mayFail) return undefined;
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError('bad-credentials', `cannot read the token file ${file}: ${code}`, {
      hint: 'Mend `tokenFile` in the kubeconfig.',
      cause: error,
    });
  }
  throw new UserError('bad-credentials', `the token file ${file} is empty`, {
    hint: 'Log in again, or mend `tokenFile` in the kubeconfig.',
  });
}
