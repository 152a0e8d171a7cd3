import { UserError } from '../../errors.ts';
import { proxyFor } from '../http/proxy.ts';
import { choose } from './choose.ts';
import type { Connection } from './connection.ts';
import { type Credentials, fixed } from './credentials.ts';
import { type Environment, findKubeconfig, type FoundKubeconfig } from './files.ts';
import { impersonation } from './impersonation.ts';
import { inCluster } from './in-cluster.ts';
import { mountHint } from './container-hints.ts';
import { requireMounted } from './mounted.ts';
import { readPem } from './pem.ts';
import { isThisMachine } from './stand-in.ts';
import { outside, type Surroundings } from './surroundings.ts';
import type { Kubeconfig, Pem } from './types.ts';
import { userCredentials } from './user.ts';

/** kubectl's own flags for choosing a cluster and a user. */
export interface ConfigOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly as?: string;
  readonly asGroup?: readonly string[];
  readonly insecureSkipTlsVerify?: boolean;
  /** A bearer token to send in place of all that the kubeconfig says of the user. */
  readonly token?: string;
  readonly env: Environment;
  /** How long a credential plugin may take, in milliseconds. */
  readonly pluginTimeoutMs?: number;
  /** Where a pod's service account is mounted, for tests. */
  readonly serviceAccountFolder?: string;
  /** Where this runs; without it, in no container. */
  readonly around?: Surroundings;
}

/**
 * Finds out which API server to talk to, and as whom, as kubectl does: flags, kubeconfig files, and inside a pod its service
 * account. Nothing is sent and no plugin is run yet.
 * @throws UserError when there is no configuration, or it is broken or contradicts itself.
 */
export async function resolveConfig(options: ConfigOptions): Promise<Connection> {
  const { env, token, around = outside } = options;
  const found = await findKubeconfig(options.kubeconfig, env, around);
  if (found.config === undefined || isEmpty(found.config)) return fallback(options, found);
  const choice = choose(found.config, options);
  const { cluster, clusterName, user, userName } = choice;
  const secured = cluster.insecure || given(cluster.ca) || (user !== undefined && given(user.certificate));
  const server = serverUrl(cluster.server, clusterName, secured ? 'https' : 'http');
  const url = new URL(server);
  const insecure = options.insecureSkipTlsVerify === true || cluster.insecure;
  if (around.container) await requireMounted(choice, { insecure, token: token !== undefined });
  const ca = insecure
    ? undefined
    : await readPem(cluster.ca, `certificate-authority of cluster "${clusterName}"`, around);
  const timeoutMs = options.pluginTimeoutMs ?? 60_000;
  // kubectl sends no credentials over plain http; whoever listens there (kubectl proxy, kwok) needs none.
  const credentials: Credentials =
    url.protocol === 'http:'
      ? fixed({})
      : token !== undefined
        ? bearer(token)
        : user === undefined
          ? fixed({})
          : await userCredentials({ name: userName ?? '', user, cluster, ca, server, env, timeoutMs, around });
  const held =
    user === undefined || token !== undefined || url.protocol === 'http:'
      ? undefined
      : await readPem(user.certificate, `client-certificate of user "${userName ?? ''}"`, around);
  // Docker hands the proxies of the user to every container: from there, too, they are no way to the machine itself.
  const own = around.container && isThisMachine(url);
  const proxy = own && cluster.proxy === undefined ? undefined : proxyFor(url, cluster.proxy, env);
  return {
    name: clusterName,
    server,
    ...(choice.context === undefined ? {} : { context: choice.context }),
    ...(userName === undefined || token !== undefined ? {} : { user: userName }),
    namespace: choice.namespace ?? 'default',
    ...(ca === undefined ? {} : { ca }),
    insecure,
    ...(cluster.serverName === undefined ? {} : { serverName: cluster.serverName }),
    ...(proxy === undefined ? {} : { proxy }),
    ...(held === undefined ? {} : { clientCertificate: held }),
    compress: cluster.compress,
    impersonation: impersonation(user, options),
    credentials,
  };
}

/** No kubeconfig: a pod's service account, or an error that says where it was looked for. */
async function fallback(options: ConfigOptions, found: FoundKubeconfig): Promise<Connection> {
  for (const what of ['context', 'cluster', 'user'] as const) {
    const name = options[what];
    if (name !== undefined) {
      throw new UserError(`unknown-${what}`, `there is no ${what} "${name}": ${whereLooked(found)}`, {
        hint: 'Name a kubeconfig with --kubeconfig FILE or KUBECONFIG.',
      });
    }
  }
  const pod = options.kubeconfig === undefined ? await inCluster(options.env, options.serviceAccountFolder) : undefined;
  if (pod === undefined) {
    throw new UserError('no-kubeconfig', `there is no Kubernetes configuration: ${whereLooked(found)}`, {
      hint:
        options.around?.container === true && isMissing(found)
          ? mountHint
          : 'Name a kubeconfig with --kubeconfig FILE or KUBECONFIG.',
    });
  }
  const proxy = proxyFor(new URL(pod.server), undefined, options.env);
  return {
    ...pod,
    ...(options.token === undefined ? {} : { credentials: bearer(options.token) }),
    insecure: options.insecureSkipTlsVerify === true,
    ...(proxy === undefined ? {} : { proxy }),
    impersonation: impersonation(undefined, options),
  };
}

/** True where no file was found: what is there and says nothing was mounted. */
function isMissing({ files }: FoundKubeconfig): boolean {
  return files.every(({ state }) => state === 'missing');
}

function whereLooked({ files }: FoundKubeconfig): string {
  if (files.length === 0) return 'KUBECONFIG names no file';
  return files
    .map(
      ({ file, state }) =>
        `${file} ${state === 'missing' ? 'does not exist' : state === 'empty' ? 'is empty' : 'names no cluster'}`,
    )
    .join(', ');
}

/** A kubeconfig that says nothing stands in nobody's way: kubectl then uses a pod's service account, too. */
function isEmpty({ clusters, contexts, currentContext }: Kubeconfig): boolean {
  return clusters.size === 0 && contexts.size === 0 && currentContext === undefined;
}

const bearer = (token: string) => fixed({ authorization: `Bearer ${token.trim()}` });

const given = (pem: Pem) => pem.data !== undefined || pem.file !== undefined;

/** Scheme, host, port and path of a server. A bare host gets a scheme as kubectl gives it: https where TLS is set up. */
function serverUrl(server: string | undefined, cluster: string, scheme: 'http' | 'https'): string {
  const hint = 'Mend `clusters[].cluster.server` in the kubeconfig.';
  if (server === undefined) throw new UserError('bad-kubeconfig', `cluster "${cluster}" names no server`, { hint });
  const url = URL.parse(/^https?:\/\//i.test(server) ? server : `${scheme}://${server}`);
  if (url === null) throw new UserError('bad-kubeconfig', `the server of cluster "${cluster}" is no URL`, { hint });
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}
