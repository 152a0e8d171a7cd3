import {
  type CauseLink,
  computed,
  condition,
  type Draft,
  duration,
  age,
  field,
  type KubeObject,
  type ObjectRef,
  olderThan,
  ownedBy,
  ref,
  type ResourceTypes,
  brief,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { issuerRef } from './issuers.ts';
import type { Limits, View } from './reads.ts';

type Request = ResourceTypes['certificaterequests.cert-manager.io'];
type Certificate = ResourceTypes['certificates.cert-manager.io'];

/** The newest request of a Certificate, and whether it was refused or has failed for good. */
export function requestsOf(
  snapshot: View,
  certificate: Certificate,
): readonly { readonly request: Request; readonly final: boolean }[] {
  const own = ownedBy(snapshot, 'certificaterequests.cert-manager.io', certificate).toSorted((one, other) =>
    (other.metadata.creationTimestamp ?? '').localeCompare(one.metadata.creationTimestamp ?? ''),
  );
  return own.slice(0, 1).map((request) => ({ request, final: failureOf(request) !== undefined }));
}

/** Requests that were refused or failed, or that wait for somebody; orders and challenges below them. */
export function* requests(snapshot: View, limits: Limits): Iterable<Draft<Code>> {
  const current = currentRequests(snapshot);
  for (const request of current) {
    const failure = failureOf(request);
    const ready = condition(request, 'Ready');
    const waited = age(snapshot, request.metadata.creationTimestamp) ?? 0;
    if (ready?.status === 'True' || (failure === undefined && waited < limits.approval)) continue;
    const approved = condition(request, 'Approved')?.status === 'True';
    const words =
      failure ??
      (approved
        ? `waits for ${duration(waited)}: ${brief(ready?.message ?? 'its issuer has said nothing')}`
        : `nobody has approved it for ${duration(waited)}`);
    const issuer = issuerRef(request.spec.issuerRef, request.metadata.namespace);
    const owner = request.metadata.ownerReferences?.find(({ kind }) => kind === 'Certificate')?.name;
    yield {
      code: 'CertificateRequestFailed',
      object: ref(request),
      // While the certificate of before is good, nothing is broken yet.
      severity: failure === undefined || isCovered(snapshot, request) ? 'warning' : 'critical',
      message: words,
      evidence: [
        ready === undefined
          ? computed(request, words)
          : field(request, 'status.conditions[type=Ready]', `${ready.reason ?? ''}: ${ready.message ?? ''}`),
      ],
      causes: [
        ...(issuer === undefined ? [] : [link(issuer, 'spec.issuerRef.name', issuer.name)]),
        ...ownedBy(snapshot, 'orders.acme.cert-manager.io', request).map((order) => ownerLink(order, request)),
      ],
      values: owner === undefined ? {} : { certificate: owner },
    };
  }
  yield* orders(snapshot, new Set(current.map(({ metadata }) => metadata.name)));
  yield* challenges(snapshot, limits);
}

function isCovered(snapshot: View, { metadata }: Request): boolean {
  const owner = metadata.ownerReferences?.find(({ kind }) => kind === 'Certificate')?.name ?? '';
  const found = snapshot.lookup('certificates.cert-manager.io', owner, metadata.namespace);
  return found.state === 'found' && condition(found.object, 'Ready')?.status === 'True';
}

/** The newest of each Certificate, and those that nobody owns. Older ones are history. */
function currentRequests(snapshot: View): readonly Request[] {
  const owned = new Set(
    snapshot
      .list('certificates.cert-manager.io')
      .items.flatMap((one) => requestsOf(snapshot, one).map(({ request }) => request)),
  );
  return snapshot
    .list('certificaterequests.cert-manager.io')
    .items.filter(
      (request) =>
        request.metadata.deletionTimestamp === undefined &&
        (owned.has(request) || (request.metadata.ownerReferences ?? []).length === 0),
    );
}

function failureOf(request: Request): string | undefined {
  const denied = condition(request, 'Denied');
  if (denied?.status === 'True') return `denied: ${brief(denied.message ?? denied.reason ?? 'no reason given')}`;
  const invalid = condition(request, 'InvalidRequest');
  if (invalid?.status === 'True') return `invalid: ${brief(invalid.message ?? 'no reason given')}`;
  const ready = condition(request, 'Ready');
  return ready?.status === 'False' && (ready.reason === 'Failed' || ready.reason === 'Denied')
    ? `failed: ${brief(ready.message ?? 'no reason given')}`
    : undefined;
}

function* orders(snapshot: View, current: ReadonlySet<string>): Iterable<Draft<Code>> {
  for (const order of snapshot.list('orders.acme.cert-manager.io').items) {
    const { state = '', reason } = order.status ?? {};
    if (order.metadata.deletionTimestamp !== undefined || !['invalid', 'expired', 'errored'].includes(state)) continue;
    const owner = order.metadata.ownerReferences?.find(({ kind }) => kind === 'CertificateRequest')?.name;
    if (owner !== undefined && !current.has(owner)) continue;
    const issuer = issuerRef(order.spec.issuerRef, order.metadata.namespace);
    yield {
      code: 'OrderFailed',
      object: ref(order),
      message: `the ACME server ends it as ${state}: ${brief(reason ?? 'no reason given')}`,
      evidence: [field(order, 'status', { state, reason })],
      causes: [
        ...ownedBy(snapshot, 'challenges.acme.cert-manager.io', order).map((challenge) => ownerLink(challenge, order)),
        ...(issuer === undefined ? [] : [link(issuer, 'spec.issuerRef.name', issuer.name)]),
      ],
    };
  }
}

const privateName = /\.(?:local|lan|home|internal|localdomain|home\.arpa|corp|test|example|invalid)$/i;

function* challenges(snapshot: View, limits: Limits): Iterable<Draft<Code>> {
  for (const challenge of snapshot.list('challenges.acme.cert-manager.io').items) {
    const { state = 'pending', reason, presented } = challenge.status ?? {};
    const { dnsName = '', type = '' } = challenge.spec;
    const failed = ['invalid', 'expired', 'errored'].includes(state);
    if (challenge.metadata.deletionTimestamp !== undefined || state === 'valid' || state === 'ready') continue;
    if (!failed && !olderThan(snapshot, challenge.metadata.creationTimestamp, limits.approval)) continue;
    const hopeless = privateName.test(dnsName)
      ? `; ${dnsName} is a private name, which a public authority cannot reach`
      : '';
    const step = presented === true ? '' : 'its solver could not be set up; ';
    yield {
      code: 'ChallengePending',
      object: ref(challenge),
      message: `${type} challenge for ${dnsName} is ${state}: ${failed ? '' : step}${brief(reason ?? 'no reason given')}${hopeless}`,
      evidence: [field(challenge, 'status', { state, presented, reason })],
      values: { host: dnsName },
    };
  }
}

function ownerLink(owned: KubeObject, owner: KubeObject): CauseLink {
  return link(ref(owned), 'metadata.ownerReferences', `${owner.kind} ${owner.metadata.name}`);
}

function link(object: ObjectRef, at: string, value: string): CauseLink {
  return { object, needs: 'issue', via: { field: at, value }, certainty: 'sure' };
}
