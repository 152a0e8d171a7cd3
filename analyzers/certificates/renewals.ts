import { age, condition, type Draft, duration, field, millis, olderThan, brief } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { draftOf, type Managed } from './managed-draft.ts';
import type { Limits, View } from './reads.ts';

/** cert-manager waits an hour after a failure, twice as long after each further one, 32 hours at most. */
export function nextTry(snapshot: View, { status }: Managed, attempts: number): string {
  const last = millis(status?.lastFailureTime);
  const now = millis(snapshot.takenAt);
  if (last === undefined || now === undefined || attempts < 1) return '';
  const left = last / 1000 + 3_600 * 2 ** Math.min(attempts - 1, 5) - now / 1000;
  return left > 0 ? `, the next one in ${duration(left)}` : ', the next one is due';
}

/** Due means: past the time by an hour, or by a fiftieth of its life, whichever is more. */
export function overdue(snapshot: View, one: Managed, limits: Limits): Draft<Code> | undefined {
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

/** A renewal that has failed, and is tried again, while the certificate of before is still good. */
export function failing(snapshot: View, one: Managed): Draft<Code> | undefined {
  const attempts = one.status?.failedIssuanceAttempts ?? 0;
  const issuing = condition(one, 'Issuing');
  const start = millis(one.status?.notBefore);
  const end = millis(one.status?.notAfter);
  const now = millis(snapshot.takenAt);
  if (attempts === 0 || issuing?.status === 'True' || start === undefined || end === undefined || now === undefined)
    return undefined;
  const left = (end - now) / 1000;
  const tries = attempts === 1 ? 'its renewal has failed' : `its renewal has failed ${attempts} times`;
  const words = issuing?.message === undefined ? '' : `: ${brief(issuing.message)}`;
  return {
    ...draftOf(snapshot, one, {
      text: `${tries}${nextTry(snapshot, one, attempts)}${words}; it expires in ${duration(left)}`,
      severity: left < (0.1 * (end - start)) / 1000 ? 'critical' : 'warning',
      evidence: [
        field(one, 'status.failedIssuanceAttempts', attempts),
        field(one, 'status.notAfter', one.status?.notAfter ?? ''),
        ...(issuing?.message === undefined
          ? []
          : [field(one, 'status.conditions[type=Issuing].message', issuing.message)]),
      ],
      since: one.status?.lastFailureTime,
    }),
    code: 'CertificateRenewalOverdue',
  };
}
