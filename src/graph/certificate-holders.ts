import type { KubeObject } from '../model/object.ts';
import type { ResourceTypes } from '../model/resources.ts';
import type { AccessFacts, Snapshot } from '../model/snapshot.ts';
import { apiServerOf, kubeconfigOf } from './access.ts';
import { caBundles } from './ca-bundles.ts';
import { once } from './memo.ts';
import { type Certificate, certificatesOf, certificatesOfBase64 } from './x509.ts';

/**
 * What a holder's certificates are there for:
 * - `chain`: the first is somebody's own, what follows leads to its authority;
 * - `bundle`: authorities that are trusted, in any order.
 */
export type HolderUse = 'chain' | 'bundle';

/** One field of one object with its certificates. */
export interface CertificateHolder {
  readonly object: KubeObject;
  readonly field: string;
  readonly use: HolderUse;
  /** In their order; never empty. */
  readonly certificates: readonly Certificate[];
  /** True where the private half lies beside it. */
  readonly hasKey: boolean;
}

/** What is read to find certificates. */
export type CertificateReads =
  | 'secrets'
  | 'configmaps'
  | 'mutatingwebhookconfigurations.admissionregistration.k8s.io'
  | 'validatingwebhookconfigurations.admissionregistration.k8s.io'
  | 'apiservices.apiregistration.k8s.io'
  | 'customresourcedefinitions.apiextensions.k8s.io'
  | 'certificatesigningrequests.certificates.k8s.io'
  | 'certificaterequests.cert-manager.io'
  | 'kafkas.kafka.strimzi.io';

/** Every field that holds certificates, by object and field. What cannot be read holds none. */
const certificateHolders = once((snapshot: Snapshot<CertificateReads>): readonly CertificateHolder[] => [
  ...snapshot.list('secrets').items.flatMap(ofSecret),
  ...snapshot.list('configmaps').items.flatMap(ofConfigMap),
  ...caBundles(snapshot).flatMap(({ object, field, certificates }) =>
    holder(object, field, 'bundle', certificates ?? [], false),
  ),
  ...snapshot
    .list('certificatesigningrequests.certificates.k8s.io')
    .items.flatMap((one) =>
      holder(one, 'status.certificate', 'chain', certificatesOfBase64(one.status?.certificate ?? ''), false),
    ),
  ...snapshot
    .list('certificaterequests.cert-manager.io')
    .items.flatMap((one) => [
      ...holder(one, 'status.certificate', 'chain', certificatesOfBase64(one.status?.certificate ?? ''), false),
      ...holder(one, 'status.ca', 'bundle', certificatesOfBase64(one.status?.ca ?? ''), false),
    ]),
  ...snapshot
    .list('kafkas.kafka.strimzi.io')
    .items.flatMap((one) =>
      (one.status?.listeners ?? []).flatMap(({ certificates = [] }, index) =>
        holder(one, `status.listeners[${index}].certificates`, 'bundle', certificatesOf(certificates.join('')), false),
      ),
    ),
  ...(snapshot.access === undefined ? [] : ofAccess(snapshot.access)),
]);

function ofAccess(access: AccessFacts): readonly CertificateHolder[] {
  const { served = '', trusted = '' } = access;
  return [
    ...holder(apiServerOf(access), 'TLS handshake', 'chain', certificatesOf(served), false),
    ...holder(
      kubeconfigOf(access),
      'clusters[].cluster.certificate-authority-data',
      'bundle',
      certificatesOf(trusted),
      false,
    ),
  ];
}

function holder(
  object: KubeObject,
  field: string,
  use: HolderUse,
  certificates: readonly Certificate[],
  hasKey: boolean,
): readonly CertificateHolder[] {
  return certificates.length === 0 ? [] : [{ object, field, use, certificates, hasKey }];
}

/** Names of keys whose values are authorities by custom, though they may come first in a chain of their own. */
const bundleKey = /^(?:ca(?:[-_.].*)?|.*[-_.]ca|.*ca-bundle.*|root.*)\.?(?:crt|pem|cer)?$/i;

function ofSecret(secret: ResourceTypes['secrets']): readonly CertificateHolder[] {
  return Object.entries(secret.certificates ?? {}).flatMap(([key, pem]) => {
    const certificates = certificatesOf(pem);
    const [first] = certificates;
    const named = bundleKey.test(key) && key !== 'tls.crt';
    const stem = key.replace(/(?:cert)?\.(?:crt|pem|cer)$/i, '');
    const hasKey = secret.keys.some(
      (one) => one !== key && (one === `${stem}.key` || one === `${stem}key.pem` || one === `${stem}-key.pem`),
    );
    // A long list that begins with a root is one of those that are trusted, whatever it is called.
    const list = certificates.length > 5 && first?.selfSigned === true;
    const trusted = !hasKey && (named || list || (first?.isAuthority === true && key !== 'tls.crt'));
    return holder(secret, `data[${key}]`, trusted ? 'bundle' : 'chain', certificates, hasKey);
  });
}

function ofConfigMap(map: ResourceTypes['configmaps']): readonly CertificateHolder[] {
  return Object.entries(map.certificates ?? {}).flatMap(([key, pem]) =>
    holder(map, `data[${key}]`, 'bundle', certificatesOf(pem), false),
  );
}

/** One certificate with all the places where it lies. */
export interface SeenCertificate {
  readonly certificate: Certificate;
  readonly holders: readonly CertificateHolder[];
}

/** Every certificate once, however many copies there are, in the order of the holders. */
export const seenCertificates = once((snapshot: Snapshot<CertificateReads>): readonly SeenCertificate[] => {
  const seen = new Map<Certificate['fingerprint'], { certificate: Certificate; holders: CertificateHolder[] }>();
  for (const one of certificateHolders(snapshot)) {
    for (const certificate of new Set(one.certificates)) {
      const known = seen.get(certificate.fingerprint);
      if (known === undefined) seen.set(certificate.fingerprint, { certificate, holders: [one] });
      else known.holders.push(one);
    }
  }
  return [...seen.values()];
});

/** The authorities that signed a certificate, as far as they were seen; itself left out. */
export const issuersOf = once((snapshot: Snapshot<CertificateReads>) => {
  const bySubject = Map.groupBy(
    seenCertificates(snapshot).filter(({ certificate }) => certificate.isAuthority || certificate.selfSigned),
    ({ certificate }) => certificate.subject,
  );
  return (certificate: Certificate): readonly SeenCertificate[] =>
    (bySubject.get(certificate.issuer) ?? []).filter(
      (one) => one.certificate !== certificate && certificate.issuedBy(one.certificate),
    );
});
