import { UserError } from '../../errors.ts';
import { type Credentials, fixed, made } from './credentials.ts';
import { jwtExpiry } from './jwt.ts';
import { saveTokens } from './oidc-save.ts';
import { refresh } from './oidc-refresh.ts';
import type { Environment } from './files.ts';

export interface OidcOptions {
  readonly user: string;
  readonly config: Readonly<Record<string, string>>;
  /** The kubeconfig file that holds the tokens. */
  readonly origin: string;
  readonly env: Environment;
  readonly timeoutMs: number;
}

/**
 * The ID token of an `oidc` auth-provider entry, refreshed at the identity provider when it has expired or the server refuses it.
 * @throws UserError `bad-credentials` when it has expired and cannot be refreshed.
 */
export function oidcCredentials({ user, config, origin, env, timeoutMs }: OidcOptions): Credentials {
  const idToken = config['id-token'] ?? '';
  let refreshToken = config['refresh-token'] ?? '';
  const expires = jwtExpiry(idToken);
  // kubectl, too, sends a token that it cannot read as it is.
  const valid = idToken !== '' && (expires === undefined || expires - leeway > Date.now());
  const issuer = config['idp-issuer-url'] ?? '';
  if (refreshToken === '' || issuer === '') {
    if (valid) return fixed({ authorization: `Bearer ${idToken}` });
    throw new UserError(
      'bad-credentials',
      `the OIDC token of user "${user}" has expired and there is no refresh token`,
      {
        hint: 'Log in again.',
      },
    );
  }
  let first = valid;
  return made(async (signal) => {
    if (first) {
      first = false;
      return { credential: { authorization: `Bearer ${idToken}` }, ...until(expires) };
    }
    const fresh = await refresh({ user, config, issuer, refreshToken, env, timeoutMs, signal });
    if (fresh.refreshToken !== undefined && fresh.refreshToken !== refreshToken) {
      // A provider that rotates refresh tokens has just taken the old one back: unless the new one is kept, the next kubectl
      // would have to log in again.
      await saveTokens(origin, [
        [refreshToken, fresh.refreshToken],
        [idToken, fresh.idToken],
      ]);
      refreshToken = fresh.refreshToken;
    }
    return { credential: { authorization: `Bearer ${fresh.idToken}` }, ...until(jwtExpiry(fresh.idToken)) };
  });
}

const leeway = 10_000;

function until(expires: number | undefined): { expires?: number } {
  return expires === undefined ? {} : { expires: expires - leeway };
}
