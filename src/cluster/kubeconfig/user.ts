import { UserError } from '../../errors.ts';
import { type Credential, type Credentials, fixed } from './credentials.ts';
import { checkExec, execCredentials } from './exec.ts';
import type { Environment } from './files.ts';
import { oidcCredentials } from './oidc.ts';
import { readPem } from './pem.ts';
import { unsupportedProvider } from './provider.ts';
import type { Surroundings } from './surroundings.ts';
import { tokenFile } from './token-file.ts';
import type { ClusterEntry, UserEntry } from './types.ts';

export interface UserOptions {
  readonly name: string;
  readonly user: UserEntry;
  readonly cluster: ClusterEntry;
  readonly ca: string | undefined;
  readonly server: string;
  readonly env: Environment;
  readonly timeoutMs: number;
  readonly around: Surroundings;
}

/**
 * The credentials of a user entry, in kubectl's order: token file, token, name and password, auth-provider, exec plugin; and a
 * client certificate beside any of them.
 * @throws UserError `bad-kubeconfig` for an entry that contradicts itself.
 */
export async function userCredentials(options: UserOptions): Promise<Credentials> {
  const { name, user } = options;
  const hasToken = user.token !== undefined || user.tokenFile !== undefined;
  const hasPassword = user.username !== undefined || user.password !== undefined;
  if (hasToken && hasPassword) throw contradiction(name, 'a token and a password');
  if (user.exec !== undefined && user.provider !== undefined)
    throw contradiction(name, 'an exec plugin and an auth-provider');
  const certificate = await clientCertificate(options);
  if (user.tokenFile !== undefined) return tokenFile(user.tokenFile, { ...certificate, ...bearer(user.token) });
  if (user.token !== undefined) return fixed({ ...certificate, ...bearer(user.token) });
  if (hasPassword) {
    const pair = Buffer.from(`${user.username ?? ''}:${user.password ?? ''}`).toString('base64');
    return fixed({ ...certificate, authorization: `Basic ${pair}` });
  }
  if (user.provider !== undefined) {
    if (user.provider.name !== 'oidc') throw unsupportedProvider(user.provider.name, name);
    return beside(certificate, oidcCredentials(name, user.provider.config));
  }
  if (user.exec !== undefined) {
    checkExec(user.exec, name);
    return beside(certificate, execCredentials({ ...options, entry: user.exec }));
  }
  return fixed(certificate);
}

async function clientCertificate({ name, user, around }: UserOptions): Promise<Credential> {
  const [certificate, key] = await Promise.all([
    readPem(user.certificate, `client-certificate of user "${name}"`, around),
    readPem(user.key, `client-key of user "${name}"`, around),
  ]);
  if (certificate === undefined && key === undefined) return {};
  if (certificate === undefined || key === undefined) {
    throw new UserError(
      'bad-kubeconfig',
      `user "${name}" has a client ${key === undefined ? 'certificate without its key' : 'key without its certificate'}`,
      { hint: 'Mend the kubeconfig, or fetch it anew.' },
    );
  }
  return { certificate, key };
}

function bearer(token: string | undefined): Credential {
  return token === undefined ? {} : { authorization: `Bearer ${token.trim()}` };
}

/** Adds the entry's own client certificate to credentials that bring none. */
function beside(certificate: Credential, credentials: Credentials): Credentials {
  if (certificate.certificate === undefined) return credentials;
  const joined = new WeakMap<Credential, Credential>();
  const origin = new WeakMap<Credential, Credential>();
  return {
    async current(signal) {
      const own = await credentials.current(signal);
      const both = joined.get(own) ?? { ...certificate, ...own };
      joined.set(own, both);
      origin.set(both, own);
      return both;
    },
    refused: (credential) => credentials.refused(origin.get(credential) ?? credential),
  };
}

function contradiction(name: string, what: string): UserError {
  return new UserError('bad-kubeconfig', `user "${name}" has ${what}: only one of them can be sent`, {
    hint: 'Remove one of them from the kubeconfig.',
  });
}
