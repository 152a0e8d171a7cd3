import { UserError } from '../../errors.ts';
import { exchange } from '../http/exchange.ts';
import type { Environment } from './files.ts';
import { readPem } from './pem.ts';

export interface RefreshOptions {
  readonly user: string;
  readonly config: Readonly<Record<string, string>>;
  readonly issuer: string;
  readonly refreshToken: string;
  readonly env: Environment;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/**
 * Asks the identity provider for a new ID token (OpenID Connect discovery, then the grant `refresh_token`).
 * @throws UserError `bad-credentials`; no answer's text but its `error` code gets into the message.
 */
export async function refresh(options: RefreshOptions): Promise<{ idToken: string; refreshToken?: string }> {
  const { config, issuer, user } = options;
  const data = config['idp-certificate-authority-data'];
  const file = config['idp-certificate-authority'];
  const ca = await readPem(
    { ...(data === undefined ? {} : { data }), ...(file === undefined ? {} : { file }) },
    `idp-certificate-authority of user "${user}"`,
  );
  const ask = (url: string, form?: string, headers: Record<string, string> = {}) =>
    exchange({ ...options, url, ca, form, headers }).catch((error: unknown) => {
      if (options.signal.aborted) throw error;
      throw failed(user, `the identity provider ${issuer} cannot be reached`, error);
    });
  const discovery = await ask(`${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`);
  const endpoint = discovery.json['token_endpoint'];
  if (typeof endpoint !== 'string') throw failed(user, `${issuer} is no OpenID Connect issuer`);
  const methods = discovery.json['token_endpoint_auth_methods_supported'];
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: options.refreshToken });
  const id = config['client-id'] ?? '';
  const secret = config['client-secret'] ?? '';
  const headers: Record<string, string> = {};
  // Without a list, client_secret_basic is what OpenID Connect says is supported.
  if (secret !== '' && (!Array.isArray(methods) || methods.includes('client_secret_basic'))) {
    const pair = `${encodeURIComponent(id)}:${encodeURIComponent(secret)}`;
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`;
  } else {
    form.set('client_id', id);
    if (secret !== '') form.set('client_secret', secret);
  }
  const { status, json } = await ask(endpoint, form.toString(), headers);
  const idToken = json['id_token'];
  if (status !== 200 || typeof idToken !== 'string') {
    const code =
      typeof json['error'] === 'string' && /^[\w.-]{1,40}$/.test(json['error']) ? json['error'] : `HTTP ${status}`;
    throw failed(user, `${issuer} does not refresh the token (${code})`);
  }
  const fresh = json['refresh_token'];
  return { idToken, ...(typeof fresh === 'string' ? { refreshToken: fresh } : {}) };
}

function failed(user: string, what: string, cause?: unknown): UserError {
  return new UserError('bad-credentials', `the OIDC token of user "${user}" has expired: ${what}`, {
    hint: 'Log in again.',
    cause,
  });
}
