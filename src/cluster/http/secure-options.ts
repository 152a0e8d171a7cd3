import { type ConnectionOptions, createSecureContext, getCACertificates } from 'node:tls';
import { UserError } from '../../errors.ts';

export interface Secrets {
  /** The only certificate authorities to trust, PEM; without, those of Node and of the system. */
  readonly ca?: string | undefined;
  readonly insecure?: boolean;
  /** The client certificate and its key, PEM. */
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
}

/**
 * What to trust and who to be, parsed once for all connections. As with kubectl a certificate in the middle of a chain may be the
 * trusted one.
 * @throws UserError `bad-kubeconfig` for PEM that is broken, or a key that does not fit its certificate.
 */
export function secureOptions({ ca, insecure, certificate, key }: Secrets): ConnectionOptions {
  const identity = certificate === undefined || key === undefined ? {} : { cert: certificate, key };
  try {
    if (insecure === true) return { rejectUnauthorized: false, secureContext: createSecureContext(identity) };
    const trusted = ca ?? systemAuthorities();
    return { secureContext: createSecureContext({ ...identity, ca: trusted, allowPartialTrustChain: true }) };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const what =
      code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH'
        ? 'the client key does not fit the client certificate'
        : `a certificate or key in the kubeconfig is broken (${code ?? 'no PEM'})`;
    throw new UserError('bad-kubeconfig', what, { hint: 'Fetch the kubeconfig anew.', cause: error });
  }
}

let authorities: readonly string[] | undefined;

/** Node brings its own list of authorities, kubectl trusts those of the system: both count. Reading them costs 70 ms, so once. */
function systemAuthorities(): string[] {
  authorities ??= [...new Set([...getCACertificates('default'), ...getCACertificates('system')])];
  return [...authorities];
}
