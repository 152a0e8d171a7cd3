import { UserError } from '../../errors.ts';
import type { Environment } from './files.ts';
import { type Credential, type Credentials, made } from './credentials.ts';
import { runPlugin } from './exec-run.ts';
import type { Surroundings } from './surroundings.ts';
import type { ClusterEntry, ExecEntry } from './types.ts';

const group = 'client.authentication.k8s.io';

export interface ExecOptions {
  readonly entry: ExecEntry;
  readonly cluster: ClusterEntry;
  /** The cluster's certificate authority as PEM. */
  readonly ca?: string | undefined;
  readonly server: string;
  readonly env: Environment;
  readonly timeoutMs: number;
  readonly around: Surroundings;
}

/**
 * Credentials from an exec plugin (client.authentication.k8s.io v1 and v1beta1): run at the first request, one process at a time,
 * and again when what it gave has expired or the server refuses it.
 */
export function execCredentials(options: ExecOptions): Credentials {
  return made(async (signal) => {
    const output = await runPlugin({
      entry: options.entry,
      env: options.env,
      info: (interactive) => JSON.stringify(execInfo(options, interactive)),
      timeoutMs: options.timeoutMs,
      container: options.around.container,
      signal,
    });
    return readCredential(options.entry, output);
  });
}

/** What a plugin is told in KUBERNETES_EXEC_INFO. */
function execInfo({ entry, cluster, ca, server }: ExecOptions, interactive: boolean): unknown {
  const info = {
    server,
    'tls-server-name': cluster.serverName,
    'insecure-skip-tls-verify': cluster.insecure ? true : undefined,
    'certificate-authority-data': ca === undefined ? undefined : Buffer.from(ca).toString('base64'),
    'proxy-url': cluster.proxy,
    'disable-compression': cluster.compress ? undefined : true,
    config: cluster.execConfig,
  };
  return {
    kind: 'ExecCredential',
    apiVersion: entry.apiVersion,
    spec: { ...(entry.provideCluster ? { cluster: info } : {}), interactive },
  };
}

/** @throws UserError `bad-credentials`; its message never holds what the plugin printed, for that may be a token. */
function readCredential(entry: ExecEntry, output: string): { credential: Credential; expires?: number } {
  const answer = parse(entry, output);
  if (answer.kind !== 'ExecCredential' || answer.apiVersion !== entry.apiVersion) {
    const got = String(answer.apiVersion).startsWith(`${group}/`) ? String(answer.apiVersion) : 'something else';
    throw failed(entry, `answered with ${got} where ${entry.apiVersion} was asked for`);
  }
  const { token, clientCertificateData, clientKeyData, expirationTimestamp } = answer.status ?? {};
  if ((typeof clientCertificateData === 'string') !== (typeof clientKeyData === 'string'))
    throw failed(entry, 'gave a client certificate without its key, or a key without its certificate');
  if (typeof token !== 'string' && typeof clientKeyData !== 'string') throw failed(entry, 'gave no credentials');
  const expires = typeof expirationTimestamp === 'string' ? Date.parse(expirationTimestamp) : Number.NaN;
  return {
    credential: {
      ...(typeof token === 'string' ? { authorization: `Bearer ${token}` } : {}),
      ...(typeof clientCertificateData === 'string' && typeof clientKeyData === 'string'
        ? { certificate: clientCertificateData, key: clientKeyData }
        : {}),
    },
    ...(Number.isNaN(expires) ? {} : { expires }),
  };
}

interface Answer {
  readonly kind?: unknown;
  readonly apiVersion?: unknown;
  readonly status?: Readonly<Record<string, unknown>> | null;
}

function parse(entry: ExecEntry, output: string): Answer {
  try {
    const answer = JSON.parse(output) as unknown;
    if (typeof answer === 'object' && answer !== null) return answer;
  } catch {
    // Told below, without the text.
  }
  throw failed(entry, 'did not print an ExecCredential as JSON');
}

function failed(entry: ExecEntry, what: string): UserError {
  return new UserError('bad-credentials', `the credential plugin ${entry.command} ${what}`, {
    hint: 'Run it by hand to see what it prints, or check `users[].user.exec` in the kubeconfig.',
  });
}

/** @throws UserError `bad-kubeconfig` for an entry that no plugin could serve. */
export function checkExec(entry: ExecEntry, user: string): void {
  if (entry.command === '') {
    throw new UserError('bad-kubeconfig', `user "${user}" has an exec plugin without a command`, {
      hint: 'Mend `users[].user.exec` in the kubeconfig.',
    });
  }
  if (entry.apiVersion !== `${group}/v1` && entry.apiVersion !== `${group}/v1beta1`) {
    throw new UserError(
      'bad-kubeconfig',
      `the exec plugin of user "${user}" asks for apiVersion "${entry.apiVersion}", which is not supported`,
      { hint: `Use ${group}/v1 or v1beta1: a newer version of the plugin writes such a kubeconfig.` },
    );
  }
}
