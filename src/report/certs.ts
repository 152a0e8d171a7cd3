import type { Loaded } from '../cluster/load.ts';
import type { CertificateReport } from '../model/certs-schema.ts';
import type { Gap } from '../model/snapshot.ts';
import { certificateRows } from './certificate-rows.ts';
import { listHead } from './list-head.ts';
import type { CertificateLimits } from './told-certificates.ts';

/** Everything about the certificates of a cluster: the one object that both renderers print. `namespaces` is empty for all. */
export function buildCertificateReport(
  loaded: Pick<Loaded, 'snapshot' | 'source' | 'cluster' | 'gaps'>,
  options: { readonly limits: CertificateLimits; readonly namespaces: readonly string[] },
): CertificateReport {
  const { snapshot, gaps } = loaded;
  const missed = gaps.filter(matters);
  return {
    ...listHead(loaded),
    complete: missed.length === 0,
    ...certificateRows(snapshot, options),
    gaps: missed,
  };
}

/** Of what could not be seen, only what may hold certificates or tell who uses them. */
function matters({ what, name }: Gap): boolean {
  return what === 'namespace' || telling.has(name);
}

const telling = new Set([
  'secrets',
  'configmaps',
  'certificates.cert-manager.io',
  'kafkas.kafka.strimzi.io',
  'clusters.postgresql.cnpg.io',
  'certificatesigningrequests.certificates.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'ingresses.networking.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'pods',
]);
