import { createPrivateKey, X509Certificate } from 'node:crypto';

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]{1,65536}?-----END CERTIFICATE-----/g;
const cache = new Map<string, string | undefined>();

/**
 * The certificates in a PEM text, and nothing else of it: a block that does not parse as X.509 is left out, and a text that holds
 * a private key gives nothing at all. Undefined where there is none.
 */
export function certificatesIn(pem: string): string | undefined {
  if (!pem.includes('-----BEGIN CERTIFICATE-----') || pem.includes('PRIVATE KEY')) return undefined;
  // The same bundle of authorities lies in every namespace.
  if (cache.has(pem)) return cache.get(pem);
  const blocks = pem.match(block)?.flatMap((one) => parse(one) ?? []) ?? [];
  const result = blocks.length === 0 ? undefined : blocks.join('');
  if (cache.size >= 500) cache.clear();
  cache.set(pem, result);
  return result;
}

/** Whether a PEM text begins with a certificate that can be read; what else is in it does not matter. */
export function readsAsCertificate(pem: string): boolean {
  const start = pem.indexOf('-----BEGIN CERTIFICATE-----');
  return start !== -1 && parse(pem.slice(start)) !== undefined;
}

/** Whether a PEM private key belongs to the first certificate of a PEM text; undefined where either cannot be read. */
export function keyMatches(certificate: string, key: string): boolean | undefined {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    return undefined;
  }
}

/** Whether a PEM text holds a private key that can be read without a password. */
export function readsAsKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).type === 'private';
  } catch {
    return false;
  }
}

/** A `caBundle` as it may be kept: the base64 of its certificates; what holds no certificate, or a private key too, is left out. */
export function caBundle(base64: string): string | undefined {
  const text = Buffer.from(base64, 'base64').toString('latin1');
  const kept = certificatesIn(text);
  if (kept === undefined) return undefined;
  return kept === text ? base64 : Buffer.from(kept, 'latin1').toString('base64');
}

function parse(one: string): string | undefined {
  try {
    return new X509Certificate(one).toString();
  } catch {
    return undefined;
  }
}
