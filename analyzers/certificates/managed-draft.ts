import { type CauseLink, certManagers, type Draft, ref, refText, type ResourceTypes, sameRef } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { findIssuer, issuerRef, secretLinks } from './issuers.ts';
import type { View } from './reads.ts';
import { requestsOf } from './requests.ts';

export type Managed = ResourceTypes['certificates.cert-manager.io'];

interface Told {
  readonly text: string;
  readonly severity: 'critical' | 'warning';
  readonly evidence: Draft['evidence'];
  readonly since: string | undefined;
}

/** What cert-manager cannot do with a Certificate, with all that may be the reason. */
export function draftOf(snapshot: View, one: Managed, { text, severity, evidence, since }: Told): Draft<Code> {
  const issuer = issuerRef(one.spec.issuerRef, one.metadata.namespace);
  const found = issuer === undefined ? undefined : findIssuer(snapshot, issuer);
  const secret = one.spec.secretName;
  return {
    code: 'CertificateNotReady',
    object: ref(one),
    severity,
    message: `${text}${stopped(snapshot)}`,
    evidence,
    ...(since === undefined ? {} : { since }),
    causes: [
      ...requestsOf(snapshot, one).map(({ request }) =>
        link(ref(request), 'metadata.ownerReferences', refText(ref(one))),
      ),
      ...(issuer === undefined ? [] : [link(issuer, 'spec.issuerRef.name', issuer.name)]),
      ...(found === undefined ? [] : secretLinks(snapshot, found).filter(({ object }) => !sameRef(object, ref(one)))),
      ...certManagers(snapshot).map((deployment): CauseLink => ({
        object: ref(deployment),
        needs: 'ready',
        via: { field: 'spec.issuerRef', value: 'cert-manager issues it' },
        certainty: 'likely',
      })),
    ],
    values: {
      ...(secret === undefined ? {} : { secret }),
      ...(issuer === undefined ? {} : { issuer: issuer.name, issuer_resource: issuer.kind.toLowerCase() }),
    },
  };
}

/** Who is to issue does not run, as somebody wanted it: nothing else would say so. */
function stopped(snapshot: View): string {
  const all = certManagers(snapshot);
  if (all.length === 0) {
    const seen = snapshot.list('deployments.apps').complete;
    return seen ? '; no Deployment of cert-manager was found in the cluster' : '';
  }
  if (all.some(({ spec }) => spec.replicas !== 0)) return '';
  return `; ${all.map((one) => refText(ref(one))).join(' and ')} is scaled to zero`;
}

export function link(object: CauseLink['object'], at: string, value: string): CauseLink {
  return { object, needs: 'issue', via: { field: at, value }, certainty: 'sure' };
}
