import { X509Certificate } from 'node:crypto';
import { UserError } from '../../errors.ts';
import type { Connection } from '../kubeconfig/connection.ts';
import type { Credential } from '../kubeconfig/credentials.ts';
import { jwtExpiry } from '../kubeconfig/jwt.ts';

/** The error for a 401: whose credentials were refused, and since when they have expired where that can be read off them. */
export async function unauthorized(connection: Connection, signal: AbortSignal): Promise<UserError> {
  const { server, user, name } = connection;
  const credential = await connection.credentials.current(signal);
  if (credential.authorization === undefined && credential.certificate === undefined) {
    return new UserError(
      'unauthorized',
      `${server} wants to know who asks (401), and there are no credentials to send`,
      {
        hint: 'Choose a context that has a user, or name one with --user.',
      },
    );
  }
  const expired = expiredAt(credential);
  const whose =
    user !== undefined ? `user "${user}"` : name === 'in-cluster' ? 'the service account' : 'the token that was given';
  return new UserError(
    'unauthorized',
    expired === undefined
      ? `${server} does not accept the credentials of ${whose} (401)`
      : `the credentials of ${whose} expired at ${expired} (401 from ${server})`,
    { hint: 'Log in again, or fetch the kubeconfig anew.' },
  );
}

function expiredAt({ authorization, certificate }: Credential): string | undefined {
  const token = authorization?.startsWith('Bearer ') === true ? authorization.slice('Bearer '.length) : undefined;
  const ends = token === undefined ? certificateExpiry(certificate) : jwtExpiry(token);
  return ends !== undefined && ends < Date.now() ? new Date(ends).toISOString().replace(/\.\d+Z$/, 'Z') : undefined;
}

function certificateExpiry(pem: string | undefined): number | undefined {
  if (pem === undefined) return undefined;
  try {
    return Date.parse(new X509Certificate(pem).validTo);
  } catch {
    return undefined;
  }
}
