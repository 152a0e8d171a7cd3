import { UserError } from '../../errors.ts';
import type { Connection } from '../kubeconfig/connection.ts';
import { proxyText } from './proxy.ts';
import { ProxyError } from './proxy-io.ts';

/** The code of a failure, looked for along its causes: undici and the TLS layer wrap each other. */
export function errorCode(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string') return code;
    if (at.name === 'TimeoutError') return 'TIMEOUT';
    // Some of undici's parser errors have no code.
    if (at.name === 'HTTPParserError') return 'HPE_UNKNOWN';
  }
  return undefined;
}

/**
 * Why no answer came, in words: what failed and what can be done about it.
 * @param timeoutMs what the request's limit was, 0 for none.
 */
export function connectionProblem(error: unknown, connection: Connection, timeoutMs: number): UserError {
  if (error instanceof UserError) return error;
  const { name, proxy } = connection;
  const server = placeOf(connection);
  const through = proxy === undefined ? '' : ` through the proxy ${proxyText(proxy)}`;
  const unreachable = (why: string, hint: string) =>
    new UserError('unreachable', `cannot reach ${server}${through}: ${why}`, { hint, cause: error });
  const proxyProblem = causeOf(error, ProxyError);
  if (proxyProblem !== undefined && proxy !== undefined) {
    return new UserError(
      'proxy-failed',
      `the proxy ${proxyText(proxy)} gives no way to ${server}: ${proxyProblem.message}`,
      {
        hint: 'Check HTTPS_PROXY, NO_PROXY and `proxy-url` in the kubeconfig.',
        cause: error,
      },
    );
  }
  const code = errorCode(error) ?? '';
  const trust = trustProblem(code, error, connection);
  if (trust !== undefined) return trust;
  switch (code) {
    case 'ECONNREFUSED':
      return unreachable('the connection is refused', `Is the cluster running? Check the server of cluster "${name}".`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable('its name is not known', 'Check the name in the kubeconfig, the network and the VPN.');
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return unreachable('it does not answer', 'Check the network, the VPN and the firewall.');
    case 'TIMEOUT':
      return unreachable(`no answer within ${timeoutMs / 1000} s`, 'Give it more time with --request-timeout.');
    default:
      if (code.startsWith('HPE_'))
        return unreachable('it does not speak HTTP', `Check the server of cluster "${name}".`);
      return unreachable(words(code, error), 'Try again; if it stays, check the network and what lies between.');
  }
}

/** The server as the kubeconfig writes it, and where it was looked for in its place. */
function placeOf({ server, dial, proxy }: Connection): string {
  return dial === undefined || proxy !== undefined ? server : `${server} (at ${dial.name})`;
}

function words(code: string, error: unknown): string {
  if (/^(?:ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_INFO|ERR_HTTP2_.*)$/.test(code)) return 'the connection broke';
  return code === '' ? (error instanceof Error ? error.name : 'unknown') : code;
}

const untrusted = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_UNTRUSTED',
  'INVALID_CA',
]);

function trustProblem(code: string, error: unknown, connection: Connection): UserError | undefined {
  const { name, ca } = connection;
  const server = placeOf(connection);
  const wrong = (why: string, hint: string) => new UserError('tls-untrusted', why, { hint, cause: error });
  if (untrusted.has(code)) {
    return ca === undefined
      ? wrong(
          `the certificate of ${server} is signed by no authority that this machine knows`,
          `Give cluster "${name}" its certificate-authority-data in the kubeconfig.`,
        )
      : wrong(
          `the certificate of ${server} is not signed by the certificate-authority of cluster "${name}"`,
          'The cluster may have been made anew, or something stands between: fetch the kubeconfig anew.',
        );
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const names = certificateNames(error);
    return wrong(
      `the certificate of ${server} is not for ${connection.serverName ?? new URL(connection.server).hostname}${names === '' ? '' : `, but for ${names}`}`,
      `Use one of its names in the server of cluster "${name}", or as its tls-server-name.`,
    );
  }
  if (code === 'CERT_HAS_EXPIRED') {
    return wrong(
      `the certificate of ${server} has expired`,
      "Renew it (kubeadm certs renew), or check this machine's clock.",
    );
  }
  if (code === 'CERT_NOT_YET_VALID') {
    return wrong(`the certificate of ${server} is not valid yet`, "Check this machine's clock.");
  }
  if (/ALERT.*(?:CERTIFICATE|UNKNOWN_CA)/.test(code)) {
    return new UserError(
      'unauthorized',
      `${server} refuses the client certificate of user "${connection.user ?? ''}"`,
      {
        hint: 'It may have expired: fetch the kubeconfig anew.',
        cause: error,
      },
    );
  }
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|^EPROTO$|UNEXPECTED_MESSAGE|HTTP_REQUEST/.test(code)) {
    return wrong(`${server} does not speak TLS`, `Is it an http:// server? Check the server of cluster "${name}".`);
  }
  return undefined;
}

/** The names a certificate is for, at most five. */
function certificateNames(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const names = (at as { cert?: { subjectaltname?: unknown } }).cert?.subjectaltname;
    if (typeof names !== 'string') continue;
    const all = names.split(', ').map((entry) => entry.replace(/^(?:DNS|IP Address):/, ''));
    return all.slice(0, 5).join(', ') + (all.length > 5 ? ' and others' : '');
  }
  return '';
}

function causeOf<T extends Error>(error: unknown, type: new (message?: string) => T): T | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at instanceof type) return at;
  }
  return undefined;
}
