import { errorCode } from '../cluster/http/problem.ts';
import { ProxyError } from '../cluster/http/proxy-io.ts';
import type { Gateway } from './gateway.ts';

/** Why a push did not succeed. */
export interface Failure {
  /** What follows "cannot push to ADDRESS: ". */
  readonly why: string;
  readonly hint: string;
  /** Whether another try may do better. */
  readonly passes: boolean;
}

/** How much of what a gateway says is shown. */
const longestText = 500;

const who =
  'Give a name and a password with --push-username and --push-password-file, or a token with --push-token-file.';
const where = 'Check --push-gateway, and the path where it stands behind a proxy.';

/** Why an answer is no success. @param text what the gateway wrote. */
export function refusal(
  { status, location, text }: { readonly status: number; readonly location?: string; readonly text: string },
  gateway: Gateway,
): Failure {
  const said = text.trim() === '' ? '' : `: ${shortened(text.trim())}`;
  const failure = (why: string, hint: string, passes = false): Failure => ({ why, hint, passes });
  if (status >= 500 || status === 429)
    return failure(`it answered ${status}${said}`, 'Look at its log; it may be full, or not ready yet.', true);
  if (status >= 300 && status < 400)
    return failure(`it answered ${status} and points to ${place(location)}`, 'Push to where it really is.');
  switch (status) {
    case 400:
      return failure(
        `it refused the metrics (400)${said}`,
        'See them with -o prometheus; something else may push under the same names.',
      );
    case 401:
      return gateway.authorization === undefined
        ? failure(`it wants to know who pushes (401)${said}`, who)
        : failure(`it does not accept the credentials (401)${said}`, who);
    case 403:
      return failure(`it does not allow it (403)${said}`, who);
    case 404:
    case 405:
      return failure(`there is no push gateway at that address (${status})`, where);
    default:
      return failure(`it answered ${status}${said}`, where);
  }
}

/** Why no answer came. */
export function noAnswer(error: unknown, gateway: Gateway): Failure {
  const failure = (why: string, hint: string, passes = true): Failure => ({ why, hint, passes });
  const proxy = proxyError(error);
  if (proxy !== undefined)
    return failure(`the proxy gives no way to it: ${proxy.message}`, 'Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY.');
  const code = errorCode(error) ?? '';
  const tls = tlsFailure(code, gateway);
  if (tls !== undefined) return failure(tls.why, tls.hint, false);
  switch (code) {
    case 'ECONNREFUSED':
      return failure('the connection is refused', 'Is it running, and does it listen there?');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return failure('its name is not known', 'Check the name; a Service has one only inside the cluster.');
    case 'TIMEOUT':
      return failure(`no answer within ${gateway.timeoutMs / 1_000} s`, 'Give it more time with --push-timeout.');
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return failure('it does not answer', 'Check the network and its policies.');
    case 'UND_ERR_RES_EXCEEDED_MAX_SIZE':
      return failure('it answers without end', where, false);
    default:
      if (error instanceof Error && error.name === 'HTTPParserError')
        return failure('it does not speak HTTP', where, false);
      return failure('the connection broke', 'Try again; if it stays, look at its log and at what lies between.');
  }
}

function tlsFailure(code: string, { ca }: Gateway): { why: string; hint: string } | undefined {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return { why: 'its certificate is for another name', hint: 'Use a name of its certificate.' };
  if (code === 'CERT_HAS_EXPIRED') return { why: 'its certificate has expired', hint: 'Renew it.' };
  if (code === 'CERT_NOT_YET_VALID')
    return { why: 'its certificate is not valid yet', hint: "Check this machine's clock." };
  if (/SELF_SIGNED|UNABLE_TO_|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA/.test(code))
    return ca === undefined
      ? {
          why: 'its certificate is signed by no authority that this machine knows',
          hint: 'Name a file with the certificate of its authority with --push-ca-file.',
        }
      : { why: 'its certificate is not signed by an authority in --push-ca-file', hint: 'Check that file.' };
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|^EPROTO$|UNEXPECTED_MESSAGE|HTTP_REQUEST/.test(code))
    return { why: 'it does not speak TLS', hint: 'Is it an http:// address?' };
  if (/ALERT/.test(code)) return { why: 'it wants a client certificate', hint: 'Client certificates cannot be sent.' };
  return undefined;
}

function proxyError(error: unknown): ProxyError | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if (at instanceof ProxyError) return at;
  }
  return undefined;
}

/** The target of a redirect without credentials and query. */
function place(location: string | undefined): string {
  const url = location === undefined ? null : URL.parse(location);
  return url === null ? 'another place' : `${url.origin}${url.pathname}`;
}

function shortened(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText)}…`;
}
