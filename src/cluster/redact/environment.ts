import { isRecord } from '../shape.ts';
import { shareString } from './share.ts';
import { isSecretName } from './words.ts';

/** Variables whose values a diagnosis of accelerators and of local models needs. */
const known = /^(?:NVIDIA_[A-Z0-9_]+|CUDA_VERSION|OLLAMA_[A-Z0-9_]+)$/;
/** Variables that hold a host even where no port stands beside it. */
const hostName = /(?:^|_)(?:HOST|HOSTNAME|HOSTS|ADDR|ADDRESS|ENDPOINT|SERVERS?|SERVICE|BROKERS?|URL|URI)$/i;
const longest = 1024;

/**
 * What is kept of an `env` entry: its name, where its value comes from, and the value only where diagnosis needs it. A value that
 * names a Service keeps scheme, host and port; user information, path and query go.
 */
export function variable(entry: Readonly<Record<string, unknown>>, clean: (value: unknown) => unknown): unknown {
  const name = typeof entry['name'] === 'string' ? entry['name'] : '';
  const kept: Record<string, unknown> = { name: shareString(name) };
  const value = entry['value'];
  const shown = typeof value === 'string' ? keptValue(name, value) : undefined;
  if (shown !== undefined) kept['value'] = shareString(shown);
  if (isRecord(entry['valueFrom'])) kept['valueFrom'] = clean(entry['valueFrom']);
  return kept;
}

function keptValue(name: string, value: string): string | undefined {
  if (isSecretName(name) || value.length > longest) return undefined;
  return known.test(name) && !value.includes('@') ? value : serviceReferences(name, value);
}

const scheme = /^(?:jdbc:)?[a-z][a-z0-9+.-]{0,30}:\/\//i;
const address = /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::([0-9]{1,5}))?(?:[/?#]\S*)?$/i;

/** `http://user:x@db:80/path?query` gives `http://db:80`; a list with commas is taken whole or not at all. */
function serviceReferences(name: string, value: string): string | undefined {
  const start = scheme.exec(value)?.[0] ?? '';
  const rest = withoutUser(value.slice(start.length));
  const all = rest?.split(',').map((one) => reference(one.trim(), start !== '', name));
  return all === undefined || all.includes(undefined) ? undefined : start + all.join(',');
}

/** Undefined where an `@` stands so that nobody can say what is user, password or path. */
function withoutUser(rest: string): string | undefined {
  const sign = rest.lastIndexOf('@');
  if (sign === -1) return rest;
  return /[/?#]/.test(rest.slice(0, sign)) ? undefined : rest.slice(sign + 1);
}

function reference(text: string, hasScheme: boolean, name: string): string | undefined {
  const own = scheme.exec(text)?.[0] ?? '';
  const match = address.exec(text.slice(own.length));
  const host = match?.[1];
  if (host === undefined || !nameOfService(host)) return undefined;
  const port = match?.[2];
  const sure = hasScheme || own !== '' || port !== undefined || /\.svc(?:\.|$)/i.test(host) || hostName.test(name);
  return sure ? own + host + (port === undefined ? '' : `:${port}`) : undefined;
}

/** Names that cluster DNS gives to Services: `db`, `db.shop`, `db-0.db.shop.svc.cluster.local`. Not `hooks.example.com`. */
function nameOfService(host: string): boolean {
  const labels = host.split('.');
  if (labels.some((label) => label === '' || label.length > 63)) return false;
  // An address or a number names no Service.
  if (/^\d+$/.test(labels.at(-1) ?? '')) return false;
  return labels.length <= 2 || labels.includes('svc');
}
