import type { KubeObject } from '../../model/object.ts';
import type { SecretFacts } from '../../model/resources.ts';
import { isRecord } from '../shape.ts';
import { certificatesIn, keyMatches, readsAsCertificate, readsAsKey } from './certificates.ts';

type Head = Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;
type Raw = Readonly<Record<string, unknown>>;

/** Keys whose values are public halves by custom. */
const publicKey = /^(?:ca.*|.*\.(?:crt|pem|cer))$/i;

/** What is kept of a Secret, made of the object or of facts that were made before. */
export function secretFacts(head: Head, raw: Raw): SecretFacts {
  const type = typeof raw['type'] === 'string' ? raw['type'] : 'Opaque';
  if (Array.isArray(raw['keys'])) return { ...head, type, ...knownFacts(raw) };
  const values = { ...decoded(raw['data']), ...plain(raw['stringData']) };
  const certificates = Object.entries(values).flatMap(([key, value]) => {
    const pem = publicKey.test(key) ? certificatesIn(value()) : undefined;
    return pem === undefined ? [] : [[key, pem] as const];
  });
  return {
    ...head,
    type,
    keys: Object.keys(values).sort(),
    ...(certificates.length === 0 ? {} : { certificates: Object.fromEntries(certificates) }),
    ...defined('registries', registries(values)),
    ...defined('keyMatchesCertificate', matches(values)),
    ...defined('unreadable', unreadable(type, values)),
  };
}

/** What a TLS Secret should hold and does not. What others have masked (no PEM in it) may well be there. */
function unreadable(type: string, values: Values): readonly string[] | undefined {
  if (type !== 'kubernetes.io/tls') return undefined;
  const bad = [
    ...(isBadCertificate(values) ? ['tls.crt'] : []),
    ...(isBadKey(values['tls.key']?.() ?? '') ? ['tls.key'] : []),
  ];
  return bad.length === 0 ? undefined : bad;
}

const masked = /redact|removed|omitted|masked|\*{3}/i;

function isBadCertificate(values: Values): boolean {
  const value = values['tls.crt']?.();
  if (value === undefined) return false;
  const empty = value.trim() === '' && (values['tls.key']?.() ?? '').trim() !== '';
  // An ASN.1 sequence, as every certificate in DER begins.
  const binary = value.startsWith('0\u0082') || value.startsWith('0\uFFFD');
  return empty || binary || (!masked.test(value) && value.includes('-----BEGIN ') && !readsAsCertificate(value));
}

/** Servers that read a key from a Secret have no password for one that is encrypted. */
function isBadKey(value: string): boolean {
  return !masked.test(value) && value.includes('-----BEGIN ') && !readsAsKey(value);
}

/** A field that is left out where its value is undefined. */
export function defined<K extends string, V>(key: K, value: V | undefined): { [Name in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [Name in K]?: V });
}

type Values = Record<string, () => string>;

function decoded(data: unknown): Values {
  return entries(data, (value) => () => Buffer.from(value, 'base64').toString('utf8'));
}

function plain(data: unknown): Values {
  return entries(data, (value) => () => value);
}

function entries(data: unknown, read: (value: string) => () => string): Values {
  if (!isRecord(data)) return {};
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, read(typeof value === 'string' ? value : '')]),
  );
}

function matches(values: Values): boolean | undefined {
  const certificate = values['tls.crt'];
  const key = values['tls.key'];
  return certificate === undefined || key === undefined ? undefined : keyMatches(certificate(), key());
}

function registries(values: Values): readonly string[] | undefined {
  const current = values['.dockerconfigjson'];
  const text = current ?? values['.dockercfg'];
  if (text === undefined) return undefined;
  let config: unknown;
  try {
    config = JSON.parse(text());
  } catch {
    return undefined;
  }
  const auths = current !== undefined && isRecord(config) ? config['auths'] : config;
  return isRecord(auths) ? hosts(Object.keys(auths)) : undefined;
}

/** `https://index.docker.io/v1/` is kept as `index.docker.io`. */
function hosts(names: readonly string[]): readonly string[] {
  const all = names.flatMap((name) => {
    const host = /^(?:https?:\/\/)?(?:[^/@]*@)?([A-Za-z0-9.*?[\]_-]+(?::\d{1,5})?)(?:\/|$)/.exec(name)?.[1];
    return host === undefined ? [] : [host];
  });
  return [...new Set(all)].sort();
}

/** Facts as they stand in our own recordings; checked as strictly as if they came from the cluster. */
function knownFacts(raw: Raw): Omit<SecretFacts, keyof Head | 'type'> {
  const { registries: known, keyMatchesCertificate, unreadable: bad } = raw;
  return {
    keys: keyNames(raw['keys']),
    ...defined('certificates', knownCertificates(raw['certificates'])),
    ...defined('registries', Array.isArray(known) ? hosts(known.filter((one) => typeof one === 'string')) : undefined),
    ...defined('keyMatchesCertificate', typeof keyMatchesCertificate === 'boolean' ? keyMatchesCertificate : undefined),
    ...defined('unreadable', Array.isArray(bad) ? keyNames(bad) : undefined),
  };
}

/** The names of keys in facts that were made before. */
export function keyNames(keys: unknown): readonly string[] {
  return Array.isArray(keys) ? keys.filter((one): one is string => typeof one === 'string').sort() : [];
}

/** The certificates in facts that were made before. */
export function knownCertificates(certificates: unknown): Readonly<Record<string, string>> | undefined {
  if (!isRecord(certificates)) return undefined;
  const kept = Object.entries(certificates).flatMap(([key, value]) => {
    const pem = typeof value === 'string' ? certificatesIn(value) : undefined;
    return pem === undefined ? [] : [[key, pem] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
