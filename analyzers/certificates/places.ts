import { type Certificate, type CertificateHolder, once, type SeenCertificate } from '../../src/kit.ts';
import type { View } from './reads.ts';

/** Where an authority lies and is of use, the place to renew it first: a finding about it stands on that object. */
export function placesOf(snapshot: View, seen: SeenCertificate): readonly CertificateHolder[] {
  const known = places(snapshot);
  let own = known.get(seen);
  if (own === undefined) {
    const { certificate, holders } = seen;
    const secretsSeen = snapshot.list('secrets').complete;
    own = holders
      .filter((one) => counts(one, certificate, secretsSeen))
      .sort((one, other) => rankOf(one, certificate) - rankOf(other, certificate));
    known.set(seen, own);
  }
  return own;
}

const places = once((_snapshot: View) => new Map<SeenCertificate, readonly CertificateHolder[]>());

/** An old authority in a bundle beside a younger one is kept on purpose, and a chain may end in roots that nobody needs. */
function counts(
  { object, field: path, use, certificates }: CertificateHolder,
  certificate: Certificate,
  secretsSeen: boolean,
): boolean {
  if (object.metadata.deletionTimestamp !== undefined) return false;
  if (object.kind === 'Secret' || object.kind === 'ConfigMap') {
    if (use === 'bundle') return latestOf(certificates) <= certificate.notAfter;
    const [leaf] = certificates;
    if (leaf === certificate) return true;
    const twins = certificates.filter((one) => leaf?.issuedBy(one) === true);
    return twins.includes(certificate) && twins.every(({ notAfter }) => notAfter <= certificate.notAfter);
  }
  if (object.kind === 'Config') return latestOf(certificates) <= certificate.notAfter;
  // What its issuer said of itself, for those who may not read Secrets.
  return (object.kind === 'Kafka' || (object.kind === 'CertificateRequest' && path === 'status.ca')) && !secretsSeen;
}

/** The bundle of all public authorities is the same list in every namespace. */
const latestOf = once((certificates: readonly Certificate[]) =>
  Math.max(...certificates.map(({ notAfter }) => notAfter)),
);

const clusterMaps = new Set(['kube-root-ca.crt', 'extension-apiserver-authentication', 'openshift-service-ca.crt']);

/** Whether it is one of the cluster's own places for authorities. */
export function isCluster({ object }: CertificateHolder): boolean {
  return object.kind === 'ConfigMap' && clusterMaps.has(object.metadata.name);
}

/** The cluster's own authorities stand for themselves; others where a person would renew them, beside their key. */
function rankOf(holder: CertificateHolder, certificate: Certificate): number {
  const { kind, metadata } = holder.object;
  if (isCluster(holder)) {
    if (metadata.namespace !== 'kube-system') return 3;
    return metadata.name === 'kube-root-ca.crt' ? 0 : 1;
  }
  if (kind === 'Secret') return holder.use === 'bundle' ? 4 : holder.certificates[0] === certificate ? 2 : 5;
  return kind === 'ConfigMap' ? 6 : 7;
}
