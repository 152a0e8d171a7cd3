import {
  type Certificate,
  certificatesOf,
  certificateUsers,
  computed,
  type Draft,
  type Evidence,
  field,
  type ObjectRef,
  ref,
  refText,
  renewalOf,
  type SecretFacts,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { View } from './reads.ts';
import { certificateText, listText, objectsText } from './words.ts';

const serverUse = '1.3.6.1.5.5.7.3.1';
const anyUse = '2.5.29.37.0';

/** What is wrong with TLS Secrets that somebody uses, apart from dates: unreadable, wrong key, order, gaps, use, strength. */
export function* forms(snapshot: View): Iterable<Draft<Code>> {
  for (const secret of snapshot.list('secrets').items) {
    if (secret.metadata.deletionTimestamp !== undefined) continue;
    const unreadable = secret.unreadable?.includes('tls.crt') === true;
    const pem = secret.certificates?.['tls.crt'];
    if (!unreadable && pem === undefined) continue;
    const users = certificateUsers(snapshot, secret);
    if (users.length === 0) continue;
    const chain = certificatesOf(pem ?? '');
    const served = users.some(({ object }) => object.kind === 'Ingress' || object.kind === 'Gateway');
    const home = secret.metadata.namespace;
    const who = objectsText(
      users.map(({ object }) => object),
      home,
    );
    for (const fault of faultsOf({
      secret,
      unreadable,
      chain,
      served,
      signer: users.find(({ field: at }) => at === 'spec.ca.secretName')?.object,
      renewed: renewalOf(snapshot, secret) !== undefined,
    })) {
      yield {
        code: fault.code,
        object: ref(secret),
        key: 'tls.crt',
        ...(fault.severity === undefined ? {} : { severity: fault.severity }),
        message: `${fault.text}; used by ${who}`,
        evidence: [
          fault.evidence,
          ...users
            .slice(0, 2)
            .map(({ object, field: at }) => computed(object, `${at} names Secret ${secret.metadata.name}`)),
        ],
        values: { data_path: String.raw`tls\.crt` },
      };
    }
  }
}

interface Fault {
  readonly code: Code;
  readonly text: string;
  readonly severity?: 'warning';
  readonly evidence: Evidence;
}

interface Case {
  readonly secret: SecretFacts;
  readonly unreadable: boolean;
  readonly chain: readonly Certificate[];
  readonly served: boolean;
  /** The issuer that signs with it. */
  readonly signer: ObjectRef | undefined;
  readonly renewed: boolean;
}

/** The first fault explains the rest: a chain in the wrong order has the wrong key, too. */
function faultsOf({ secret, unreadable, chain, served, signer, renewed }: Case): readonly Fault[] {
  const path = 'data[tls.crt]';
  const [first, second] = chain;
  if (unreadable || first === undefined) {
    const text = 'tls.crt holds no certificate that can be read: empty, cut, or not PEM';
    return [{ code: 'CertificateUnreadable', text, evidence: computed(secret, `${path}: ${text}`) }];
  }
  const fault = (code: Code, text: string): Fault => ({
    code,
    text,
    evidence: field(secret, path, chain.map(certificateText).join(' | ')),
  });
  if (secret.keyMatchesCertificate === false) {
    const reversed = second !== undefined && first.isAuthority && chain.slice(1).some((one) => one.issuedBy(first));
    const text = reversed
      ? `tls.crt begins with the authority ${first.subject}: the server's own certificate has to come first`
      : `tls.key is not the private key of the certificate in tls.crt (${first.subject})`;
    return [fault('CertificateKeyMismatch', text)];
  }
  if (secret.unreadable?.includes('tls.key') === true) {
    const text = 'tls.key holds no private key that can be read: encrypted, cut, or not PEM';
    return [{ code: 'CertificateUnreadable', text, evidence: computed(secret, `data[tls.key]: ${text}`) }];
  }
  const all: Fault[] = [];
  if (signer !== undefined && !first.isAuthority) {
    const text = `the certificate ${first.subject} may not sign others (CA:FALSE, or its key usage), and ${refText(signer)} is to sign with it`;
    all.push(fault('CertificateUsageWrong', text));
  }
  const chainFault = chainFaultOf(chain, served);
  if (chainFault !== undefined) all.push(fault('CertificateChainBroken', chainFault));
  if (served && first.usages !== undefined && !first.usages.some((one) => one === serverUse || one === anyUse))
    all.push(
      fault('CertificateUsageWrong', `the certificate ${first.subject} is not made for servers (extended key usage)`),
    );
  // Many clients take no authority for a server; made by `openssl req -x509`, it signs itself, and is told as that.
  if (served && first.isAuthority && !first.selfSigned) {
    const text = `the certificate ${first.subject} is an authority (CA:TRUE), and is served as a server's own`;
    all.push({ ...fault('CertificateUsageWrong', text), severity: 'warning' });
  }
  const weak = chain.flatMap((one) => one.weaknesses.map((weakness) => `${weakness} of ${one.subject}`));
  if (weak.length > 0) all.push(fault('CertificateWeak', `weak certificate: ${listText([...new Set(weak)], 2)}`));
  if (all.length === 0 && served && !renewed && first.selfSigned)
    all.push(fault('CertificateSelfSigned', `the certificate ${first.subject} is signed by nobody but itself`));
  return all;
}

/** A chain may leave its root out, and a private authority that signs servers itself has no more to give. */
function chainFaultOf(chain: readonly Certificate[], served: boolean): string | undefined {
  for (const [index, certificate] of chain.entries()) {
    if (certificate.selfSigned) return undefined;
    const issuers = chain.filter((one) => one !== certificate && certificate.issuedBy(one));
    if (issuers.length === 0) {
      return index === 0 && served && certificate.namesIssuerPlace
        ? `tls.crt lacks the intermediate certificate ${certificate.issuer}: clients that do not fetch it fail`
        : undefined;
    }
    const next = chain[index + 1];
    if (next === undefined || !issuers.includes(next))
      return `tls.crt is out of order: ${certificate.issuer} has to follow ${certificate.subject}, which it signed`;
  }
  return undefined;
}
