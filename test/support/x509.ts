import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { now } from './objects.ts';

/** Certificates of any dates, keys and extensions, made at test time by a small DER writer; no key is ever stored. */
export interface CertificateOptions {
  readonly subject?: string;
  /** `api.example`, `*.example`, `10.0.0.1`. */
  readonly names?: readonly string[];
  /** Days before and after the moment. */
  readonly from?: number;
  readonly days?: number;
  /** Milliseconds since the epoch; the moment of the test snapshots where left out. */
  readonly at?: number;
  /** What kind of key to make, or a private key that another certificate has already. */
  readonly key?: 'rsa' | 'rsa1024' | 'ec' | 'ed25519' | KeyObject;
  readonly digest?: 'sha256' | 'sha1';
  readonly authority?: boolean;
  /** What the key may do, where that is said at all: sign certificates, or only data. */
  readonly keyUsage?: 'certificates' | 'data';
  /** The certificate that signs it; itself where left out. */
  readonly issuer?: Made;
  readonly usages?: readonly ('server' | 'client')[];
  /** Whether it says where its issuer's certificate can be fetched. */
  readonly issuerPlace?: boolean;
}

export interface Made {
  readonly pem: string;
  readonly key: string;
  readonly name: Buffer;
  readonly privateKey: KeyObject;
}

const day = 86_400_000;

/** Makes a certificate and its key. */
export function make(options: CertificateOptions = {}): Made {
  const { subject = 'test', names = [], from = 30, days = 335, key = 'ec', digest = 'sha256', issuer } = options;
  const { at = Date.parse(now) } = options;
  const { privateKey, publicKey } = pair(key);
  const name = distinguished(subject);
  const signer = issuer?.privateKey ?? privateKey;
  const algorithm = signature(signer, digest);
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(15)])),
    algorithm,
    issuer?.name ?? name,
    sequence(time(at - from * day), time(at + days * day)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensions(options, names))),
  );
  const value = sign(signer.asymmetricKeyType === 'ed25519' ? null : digest, body, signer);
  const whole = sequence(body, algorithm, bits(value));
  return {
    pem: pemOf('CERTIFICATE', whole),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    name,
    privateKey,
  };
}

/** A signing request (PKCS #10) for a name, in PEM; its key is made and forgotten. `organization` is the group of a user. */
export function signingRequest({
  subject,
  organization,
  names = [],
}: Pick<CertificateOptions, 'names'> & { readonly subject: string; readonly organization?: string }): string {
  const { privateKey, publicKey } = pair('ec');
  const wanted = sequence(extension('2.5.29.17', sequence(...names.map(general))));
  const body = sequence(
    integer(Buffer.from([0])),
    distinguished(subject, organization),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0, ...(names.length === 0 ? [] : [sequence(oid('1.2.840.113549.1.9.14'), der(0x31, wanted))])),
  );
  const whole = sequence(body, signature(privateKey, 'sha256'), bits(sign('sha256', body, privateKey)));
  return pemOf('CERTIFICATE REQUEST', whole);
}

/** Base64 of texts one after the other, as `caBundle` and the data of Secrets have them. */
export function base64(...texts: readonly string[]): string {
  return Buffer.from(texts.join('')).toString('base64');
}

function pair(key: NonNullable<CertificateOptions['key']>): { privateKey: KeyObject; publicKey: KeyObject } {
  if (typeof key === 'object') return { privateKey: key, publicKey: createPublicKey(key) };
  if (key === 'ec') return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  if (key === 'ed25519') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: key === 'rsa1024' ? 1024 : 2048 });
}

function signature(key: KeyObject, digest: 'sha256' | 'sha1'): Buffer {
  const type = key.asymmetricKeyType;
  if (type === 'ed25519') return sequence(oid('1.3.101.112'));
  if (type === 'ec') return sequence(oid(digest === 'sha1' ? '1.2.840.10045.4.1' : '1.2.840.10045.4.3.2'));
  return sequence(oid(digest === 'sha1' ? '1.2.840.113549.1.1.5' : '1.2.840.113549.1.1.11'), der(5, Buffer.alloc(0)));
}

function extensions(options: CertificateOptions, names: readonly string[]): readonly Buffer[] {
  const { authority = false, keyUsage, usages, issuerPlace = false } = options;
  const all = [extension('2.5.29.19', sequence(...(authority ? [der(1, Buffer.from([255]))] : [])))];
  if (names.length > 0) all.push(extension('2.5.29.17', sequence(...names.map(general))));
  if (keyUsage !== undefined)
    all.push(extension('2.5.29.15', der(3, Buffer.from(keyUsage === 'certificates' ? [2, 0x04] : [7, 0x80]))));
  if (usages !== undefined) {
    const ids = usages.map((one) => oid(one === 'server' ? '1.3.6.1.5.5.7.3.1' : '1.3.6.1.5.5.7.3.2'));
    all.push(extension('2.5.29.37', sequence(...ids)));
  }
  if (issuerPlace) {
    const place = der(0x86, Buffer.from('http://ca.example/issuer.crt'));
    all.push(extension('1.3.6.1.5.5.7.1.1', sequence(sequence(oid('1.3.6.1.5.5.7.48.2'), place))));
  }
  return all;
}

function general(name: string): Buffer {
  const parts = name.split('.').map(Number);
  return parts.length === 4 && parts.every((part) => part >= 0 && part < 256)
    ? der(0x87, Buffer.from(parts))
    : der(0x82, Buffer.from(name));
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(oid(id), der(4, value));
}

function distinguished(name: string, organization?: string): Buffer {
  const part = (id: string, text: string) => der(0x31, sequence(oid(id), der(12, Buffer.from(text))));
  return sequence(...(organization === undefined ? [] : [part('2.5.4.10', organization)]), part('2.5.4.3', name));
}

function time(milliseconds: number): Buffer {
  const digits = new Date(milliseconds).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return Number(digits.slice(0, 4)) >= 2050 ? der(24, Buffer.from(digits)) : der(23, Buffer.from(digits.slice(2)));
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

const sequence = (...parts: readonly Buffer[]) => der(0x30, ...parts);
const integer = (value: Buffer) => der(2, value);
const tagged = (number: number, ...values: readonly Buffer[]) => der(0xa0 + number, ...values);
const bits = (value: Buffer) => der(3, Buffer.from([0]), value);

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const part of rest) {
    const septets = [part & 127];
    for (let left = Math.floor(part / 128); left > 0; left = Math.floor(left / 128))
      septets.unshift((left & 127) | 128);
    bytes.push(...septets);
  }
  return der(6, Buffer.from(bytes));
}

function pemOf(label: string, value: Buffer): string {
  const lines = value.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
