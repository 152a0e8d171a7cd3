import { UserError } from '../../errors.ts';
import { type Credentials, fixed } from './credentials.ts';
import { jwtExpiry } from './jwt.ts';

/**
 * The ID token of an `oidc` auth-provider entry, as long as it holds. It is not refreshed: many providers take a refresh token back when
 * it is used, and who does not write the new one into the kubeconfig, which is nobody's but kubectl's to change, would have kubectl
 * log in again. (kubectl itself gives up a refresh that it cannot store: client-go's plugin/pkg/client/auth/oidc.)
 * @throws UserError `bad-credentials` when it has expired.
 */
export function oidcCredentials(user: string, config: Readonly<Record<string, string>>): Credentials {
  const token = config['id-token'] ?? '';
  const expires = jwtExpiry(token);
  // kubectl, too, sends a token that it cannot read as it is.
  if (token !== '' && (expires === undefined || expires - leeway > Date.now()))
    return fixed({ authorization: `Bearer ${token}` });
  throw new UserError('bad-credentials', `the OIDC token of user "${user}" has expired`, {
    hint: config['refresh-token']
      ? 'Run "kubectl get namespaces" once: it fetches a new one and keeps it in the kubeconfig, which is never written here.'
      : 'Log in again.',
  });
}

const leeway = 10_000;
