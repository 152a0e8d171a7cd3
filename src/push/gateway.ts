import { UserError } from '../errors.ts';
import type { Report } from '../model/report.ts';

/** A push gateway, and how to speak with it. */
export interface Gateway {
  /** Without name and password; the prefix that it may have, without `/metrics`. */
  readonly url: URL;
  readonly method: 'PUT' | 'POST';
  /** What names the group that is replaced: `job` first. */
  readonly group: Readonly<Record<string, string>>;
  /** The header that says who pushes. */
  readonly authorization: string | undefined;
  /** The only certificate authorities to trust, PEM. */
  readonly ca: string | undefined;
  /** For one try, in milliseconds; 0 means no limit. */
  readonly timeoutMs: number;
  /** How often to try again. */
  readonly retries: number;
}

/**
 * Reads the address of a push gateway: `http://host:9091`, `host:9091`, `https://name:password@host/prefix`.
 * @returns the address without credentials, and these.
 * @throws UserError, which never repeats a password.
 */
export function parseAddress(text: string): {
  readonly url: URL;
  readonly username: string;
  readonly password: string;
} {
  const url = URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null || !/^https?:$/.test(url.protocol) || url.hostname === '' || url.search !== '' || url.hash !== '')
    throw new UserError('bad-gateway', 'the address of the push gateway is no http or https URL', {
      hint: 'Write it as http://pushgateway:9091.',
    });
  const prefix = url.pathname.replace(/\/+$/, '').replace(/\/metrics$/, '');
  if (/\/metrics\/job(@base64)?\//.test(url.pathname))
    throw new UserError('bad-gateway', 'the address of the push gateway ends before /metrics/job', {
      hint: 'Name the job with --push-job, and other labels with --push-group.',
    });
  const { username, password } = decoded(url);
  const bare = new URL(url.origin);
  bare.pathname = prefix;
  return { url: bare, username, password };
}

function decoded({ username, password }: URL): { username: string; password: string } {
  try {
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    throw new UserError('bad-gateway', 'name or password in the address of the push gateway cannot be decoded', {
      hint: 'Write a percent sign as %25.',
    });
  }
}

/** The address without a trailing slash, for messages. */
export function addressText({ url }: Pick<Gateway, 'url'>): string {
  return url.href.replace(/\/+$/, '');
}

/**
 * The labels that tell the metrics of one cluster and scope from those of others. A run on the whole cluster has no scope, so that
 * a look at one namespace does not replace it and `scope=""` finds it.
 * @param extra labels that are added, or put in the place of these.
 */
export function groupOf(
  { cluster, scope }: Pick<Report, 'cluster' | 'scope'>,
  job: string,
  extra: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { namespaces, selector, filters, targets } = scope;
  const parts = [
    ...(namespaces.length === 0 ? [] : [namespaces.join(',')]),
    ...(selector === undefined ? [] : [`selector ${selector}`]),
    ...(filters.length === 0 ? [] : [`filter ${filters.join(',')}`]),
    ...(targets.length === 0 ? [] : [targets.join(',')]),
  ];
  return { job, cluster: cluster.name, ...(parts.length === 0 ? {} : { scope: parts.join('; ') }), ...extra };
}

/**
 * The path of a group. What could be taken for a part of the path, or is empty, goes as base64.
 * https://github.com/prometheus/pushgateway#url
 */
export function groupPath(group: Readonly<Record<string, string>>): string {
  const parts = Object.entries(group).map(([label, value]) =>
    /^[\w-][\w.-]*$/.test(value)
      ? `${label}/${value}`
      : `${label}@base64/${Buffer.from(value).toString('base64url') || '='}`,
  );
  return `/metrics/${parts.join('/')}`;
}
