import {
  age,
  type CauseLink,
  certManagers,
  condition,
  type Draft,
  duration,
  field,
  groupBy,
  managedBy,
  millis,
  olderThan,
  ref,
  refText,
  type ResourceTypes,
  sameRef,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { findIssuer, issuerRef, secretLinks } from './issuers.ts';
import type { Limits, View } from './reads.ts';
import { requestsOf } from './requests.ts';
import { brief } from './words.ts';

type Managed = ResourceTypes['certificates.cert-manager.io'];

/** Reasons of Ready=False after which nothing usable is in the Secret. Source: cert-manager, internal/controller/certificates/policies. */
const unusable = new Set(['DoesNotExist', 'MissingData', 'InvalidKeyPair', 'InvalidCertificate', 'Expired']);

/** cert-manager's Certificates that are not ready, or whose renewal is overdue. */
export function* managedCertificates(snapshot: View, limits: Limits): Iterable<Draft<Code>> {
  const all = snapshot
    .list('certificates.cert-manager.io')
    .items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const shared = new Set<Managed>();
  for (const group of groupBy(all, (one) =>
    one.spec.secretName === undefined ? undefined : `${one.metadata.namespace ?? ''}/${one.spec.secretName}`,
  ).values()) {
    const [first, ...others] = group;
    if (first === undefined || others.length === 0) continue;
    for (const one of group) shared.add(one);
    const names = others.map(({ metadata }) => metadata.name).join(', ');
    yield {
      code: 'CertificateSecretShared',
      object: ref(first),
      key: first.spec.secretName ?? '',
      message: `writes into Secret ${first.spec.secretName ?? ''}, as Certificate ${names} does: each undoes the other`,
      evidence: group.map((one) => field(one, 'spec.secretName', one.spec.secretName ?? '')),
      members: others.map((one) => ref(one)),
      values: { secret: first.spec.secretName ?? '' },
    };
  }
  for (const one of all) {
    const draft = notReady(snapshot, one, limits) ?? overdue(snapshot, one, limits);
    if (draft === undefined) continue;
    const links = shared.has(one)
      ? managedBy(snapshot, { ...one, metadata: { ...one.metadata, name: one.spec.secretName ?? '' } })
          .slice(0, 1)
          .map((each): CauseLink => link(ref(each), 'spec.secretName', one.spec.secretName ?? ''))
      : [];
    yield { ...draft, causes: [...(draft.causes ?? []), ...links] };
  }
}

function notReady(snapshot: View, one: Managed, limits: Limits): Draft<Code> | undefined {
  const ready = condition(one, 'Ready');
  if (ready === undefined) {
    // Nobody has looked at it: cert-manager does not run, or is just about to.
    if (!olderThan(snapshot, one.metadata.creationTimestamp, limits.issuing)) return undefined;
    return draftOf(snapshot, one, {
      text: 'cert-manager has not looked at it: it has no status',
      severity: 'warning',
      evidence: [field(one, 'status.conditions', 'none')],
      since: undefined,
    });
  }
  if (ready.status === 'True') return undefined;
  const issuing = condition(one, 'Issuing');
  const attempts = one.status?.failedIssuanceAttempts ?? 0;
  const failed = attempts > 0 && issuing?.status !== 'True';
  const since = ready.lastTransitionTime;
  const waited = age(snapshot, since ?? one.metadata.creationTimestamp) ?? 0;
  const denied = requestsOf(snapshot, one).some(({ final }) => final);
  if (!failed && !denied && waited < limits.issuing) return undefined;
  const { reason = 'Ready=False' } = ready;
  const words = [
    `${reason}: ${brief(ready.message ?? 'no message')}`,
    ...(failed && issuing?.message !== undefined ? [brief(issuing.message)] : []),
  ];
  const next = nextTry(snapshot, one, attempts);
  return draftOf(snapshot, one, {
    text: `not ready for ${duration(waited)}: ${words.join('; ')}${failed ? `; ${attempts} failed tries${next}` : ''}`,
    severity: unusable.has(reason) ? 'critical' : 'warning',
    evidence: [
      field(one, 'status.conditions[type=Ready]', `${reason}: ${ready.message ?? ''}`),
      ...(issuing?.message === undefined
        ? []
        : [field(one, 'status.conditions[type=Issuing].message', issuing.message)]),
      ...(attempts === 0 ? [] : [field(one, 'status.failedIssuanceAttempts', attempts)]),
    ],
    since,
  });
}

/** cert-manager waits an hour after a failure, twice as long after each further one, 32 hours at most. */
function nextTry(snapshot: View, { status }: Managed, attempts: number): string {
  const last = millis(status?.lastFailureTime);
  const now = millis(snapshot.takenAt);
  if (last === undefined || now === undefined || attempts < 1) return '';
  const left = last / 1000 + 3_600 * 2 ** Math.min(attempts - 1, 5) - now / 1000;
  return left > 0 ? `, the next one in ${duration(left)}` : ', the next one is due';
}

/** Due means: past the time by an hour, or by a fiftieth of its life, whichever is more. */
function overdue(snapshot: View, one: Managed, limits: Limits): Draft<Code> | undefined {
  const { renewalTime, notBefore, notAfter } = one.status ?? {};
  const start = millis(notBefore);
  const end = millis(notAfter);
  const now = millis(snapshot.takenAt);
  if (start === undefined || end === undefined || now === undefined) return undefined;
  const life = (end - start) / 1000;
  const late = age(snapshot, renewalTime);
  if (late === undefined || late < Math.max(limits.renewal, 0.02 * life)) return undefined;
  const issuing = condition(one, 'Issuing');
  const busy = issuing?.status === 'True' && !olderThan(snapshot, issuing.lastTransitionTime, limits.renewal);
  if (busy) return undefined;
  const left = (end - now) / 1000;
  return {
    ...draftOf(snapshot, one, {
      text: `its renewal is ${duration(late)} overdue; it ${left > 0 ? `expires in ${duration(left)}` : `expired ${duration(-left)} ago`}`,
      severity: left < 0.1 * life ? 'critical' : 'warning',
      evidence: [
        field(one, 'status.renewalTime', renewalTime ?? ''),
        field(one, 'status.notAfter', notAfter ?? ''),
        ...(issuing === undefined
          ? []
          : [field(one, 'status.conditions[type=Issuing]', issuing.message ?? issuing.status)]),
      ],
      since: renewalTime,
    }),
    code: 'CertificateRenewalOverdue',
  };
}

interface Told {
  readonly text: string;
  readonly severity: 'critical' | 'warning';
  readonly evidence: Draft['evidence'];
  readonly since: string | undefined;
}

function draftOf(snapshot: View, one: Managed, { text, severity, evidence, since }: Told): Draft<Code> {
  const issuer = issuerRef(one.spec.issuerRef, one.metadata.namespace);
  const found = issuer === undefined ? undefined : findIssuer(snapshot, issuer);
  const secret = one.spec.secretName;
  return {
    code: 'CertificateNotReady',
    object: ref(one),
    severity,
    message: text,
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

function link(object: CauseLink['object'], at: string, value: string): CauseLink {
  return { object, needs: 'issue', via: { field: at, value }, certainty: 'sure' };
}
