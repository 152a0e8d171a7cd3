import {
  age,
  type CauseLink,
  condition,
  type Draft,
  duration,
  field,
  groupBy,
  managedBy,
  olderThan,
  ref,
  brief,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { draftOf, link, type Managed } from './managed-draft.ts';
import type { Limits, View } from './reads.ts';
import { failing, nextTry, overdue } from './renewals.ts';
import { requestsOf } from './requests.ts';

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
    const draft = notReady(snapshot, one, limits) ?? failing(snapshot, one) ?? overdue(snapshot, one, limits);
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
