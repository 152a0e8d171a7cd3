import { X509Certificate } from 'node:crypto';

/** One X.509 certificate, as far as diagnosis needs it. Two blocks of the same bytes give the same object. */
export interface Certificate {
  /** SHA-256 of the whole, upper case with colons. */
  readonly fingerprint: string;
  /** The distinguished names in one line: `CN=web, O=shop`. */
  readonly subject: string;
  readonly issuer: string;
  /** DNS names and IP addresses of the subject alternative name. */
  readonly names: readonly string[];
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** Whether the basic constraints say that it is an authority. */
  readonly isAuthority: boolean;
  readonly selfSigned: boolean;
  /** `RSA 2048`, `EC P-256`, `Ed25519`. */
  readonly key: string;
  /** What is too weak about its key or its signature: `RSA key of 1024 bits`, `SHA-1 signature`. */
  readonly weaknesses: readonly string[];
  /** Object identifiers of the extended key usage; undefined where it may be used for all. */
  readonly usages: readonly string[] | undefined;
  /** Whether it names a place to fetch its issuer's certificate from, as public authorities do. */
  readonly namesIssuerPlace: boolean;
  /** Whether another certificate is this one's issuer: by its name, and by the signature itself. */
  issuedBy(this: void, other: Certificate): boolean;
  /** Whether it is valid for a host or an address; the common name does not count (Go, browsers). */
  covers(this: void, host: string): boolean;
}

const block = /-----BEGIN CERTIFICATE-----[^-]{1,65536}-----END CERTIFICATE-----/g;

/** The certificates of a PEM text in their order; blocks that do not parse are left out. */
export function certificatesOf(pem: string): readonly Certificate[] {
  const known = bundles.get(pem);
  if (known !== undefined) return known;
  const all = (pem.match(block) ?? []).flatMap((one) => parse(one) ?? []);
  if (bundles.size >= 5_000) bundles.clear();
  bundles.set(pem, all);
  return all;
}

/** The certificates of a `caBundle`: base64 of PEM. */
export function certificatesOfBase64(base64: string): readonly Certificate[] {
  return certificatesOf(Buffer.from(base64, 'base64').toString('latin1'));
}

/** The same bundle lies in every namespace. What a text parses to never changes. */
const bundles = new Map<string, readonly Certificate[]>();
const blocks = new Map<string, Certificate | undefined>();

function parse(pem: string): Certificate | undefined {
  if (blocks.has(pem)) return blocks.get(pem);
  let certificate: Certificate | undefined;
  try {
    certificate = view(new X509Certificate(pem));
  } catch {
    certificate = undefined;
  }
  if (blocks.size >= 10_000) blocks.clear();
  blocks.set(pem, certificate);
  return certificate;
}

const parsed = new WeakMap<Certificate, X509Certificate>();

function view(x509: X509Certificate): Certificate {
  const { key, weaknesses } = strength(x509);
  const own = x509.subject !== undefined && x509.subject === x509.issuer && signed(x509, x509);
  const signature = own ? undefined : weakSignature(x509.signatureAlgorithm);
  const certificate: Certificate = {
    fingerprint: x509.fingerprint256,
    subject: oneLine(x509.subject),
    issuer: oneLine(x509.issuer),
    names: alternativeNames(x509.subjectAltName),
    notBefore: x509.validFromDate.getTime(),
    notAfter: x509.validToDate.getTime(),
    isAuthority: x509.ca,
    selfSigned: own,
    key,
    weaknesses: signature === undefined ? weaknesses : [...weaknesses, signature],
    usages: x509.keyUsage,
    namesIssuerPlace: (x509.infoAccess ?? '').includes('CA Issuers'),
    issuedBy: (other) => isIssuedBy(certificate, other),
    covers: (host) => isCovered(certificate, host),
  };
  parsed.set(certificate, x509);
  return certificate;
}

function oneLine(name: string | undefined): string {
  return (name ?? '').split('\n').join(', ') || 'no name';
}

/** `DNS:a.example, IP Address:10.0.0.1`; a value with commas or quotes stands in quotes, as JSON. */
function alternativeNames(text: string | undefined): readonly string[] {
  const names: string[] = [];
  for (const part of (text ?? '').split(', ')) {
    const colon = part.indexOf(':');
    const kind = part.slice(0, colon);
    if (kind === 'DNS' || kind === 'IP Address') names.push(part.slice(colon + 1));
  }
  return names;
}

const curves: Readonly<Record<string, { readonly name: string; readonly bits: number }>> = {
  prime256v1: { name: 'P-256', bits: 256 },
  secp224r1: { name: 'P-224', bits: 224 },
  prime192v1: { name: 'P-192', bits: 192 },
  secp384r1: { name: 'P-384', bits: 384 },
  secp521r1: { name: 'P-521', bits: 521 },
};

function strength({ publicKey }: X509Certificate): { key: string; weaknesses: readonly string[] } {
  const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details = {} } = publicKey;
  const { modulusLength: length, namedCurve } = details;
  if ((type === 'rsa' || type === 'rsa-pss') && length !== undefined)
    return { key: `RSA ${length}`, weaknesses: length < 2048 ? [`RSA key of ${length} bits`] : [] };
  if (type === 'ec' && namedCurve !== undefined) {
    const { name = namedCurve, bits = 256 } = curves[namedCurve] ?? {};
    return { key: `EC ${name}`, weaknesses: bits < 256 ? [`EC key of ${bits} bits`] : [] };
  }
  if (type === 'dsa') return { key: 'DSA', weaknesses: ['DSA key'] };
  return { key: type === 'ed25519' ? 'Ed25519' : type === 'ed448' ? 'Ed448' : type, weaknesses: [] };
}

function weakSignature(algorithm: string | undefined): string | undefined {
  const name = (algorithm ?? '').toLowerCase();
  if (name.includes('md5') || name.includes('md2')) return 'MD5 signature';
  return name.includes('sha1') && !name.includes('sha1-') ? 'SHA-1 signature' : undefined;
}

const issues = new WeakMap<Certificate, WeakMap<Certificate, boolean>>();

function isIssuedBy(one: Certificate, other: Certificate): boolean {
  if (one.issuer !== other.subject) return false;
  const known = issues.get(one) ?? new WeakMap<Certificate, boolean>();
  issues.set(one, known);
  let answer = known.get(other);
  if (answer === undefined) {
    const child = parsed.get(one);
    const parent = parsed.get(other);
    answer = child !== undefined && parent !== undefined && signed(child, parent);
    known.set(other, answer);
  }
  return answer;
}

function signed(child: X509Certificate, parent: X509Certificate): boolean {
  try {
    return child.verify(parent.publicKey);
  } catch {
    return false;
  }
}

function isCovered(certificate: Certificate, host: string): boolean {
  const name = host.toLowerCase();
  // An Ingress for every name of a domain needs a certificate that says the same.
  if (name.startsWith('*.')) return certificate.names.some((one) => one.toLowerCase() === name);
  const x509 = parsed.get(certificate);
  if (x509 === undefined) return false;
  // OpenSSL takes no wildcard right below a top-level name (`*.lan`); Go does, and with it most of what runs in clusters.
  const parent = name.slice(name.indexOf('.') + 1);
  if (!parent.includes('.') && certificate.names.some((one) => one.toLowerCase() === `*.${parent}`)) return true;
  try {
    return (
      x509.checkHost(name, { subject: 'never', partialWildcards: false }) !== undefined ||
      x509.checkIP(name) !== undefined
    );
  } catch {
    return false;
  }
}
