import { age, type Draft, duration, field, groupBy, olderThan, ref, type ResourceTypes, brief } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { Limits, View } from './reads.ts';

type Request = ResourceTypes['certificatesigningrequests.certificates.k8s.io'];

const client = 'kubernetes.io/kube-apiserver-client-kubelet';
const serving = 'kubernetes.io/kubelet-serving';
const kubelets: ReadonlySet<string> = new Set([client, serving]);

/**
 * Signing requests that wait for approval, that were denied, or that were approved and not signed. The controller deletes pending ones after a day, so
 * one node may leave several: they are one finding.
 */
export function* signingRequests(snapshot: View, limits: Limits): Iterable<Draft<Code>> {
  const all = snapshot.list('certificatesigningrequests.certificates.k8s.io').items;
  const waiting = all.filter(
    (one) =>
      (one.status?.conditions ?? []).length === 0 &&
      olderThan(snapshot, one.metadata.creationTimestamp, limits.approval),
  );
  for (const group of groupBy(waiting, ({ spec }) => spec.signerName).values()) yield* pending(snapshot, group, all);
  for (const one of all) {
    if (isServedSince(one, all)) continue;
    const failed = one.status?.conditions?.find(({ type }) => type === 'Failed' || type === 'Denied');
    const approved = one.status?.conditions?.find(({ type }) => type === 'Approved');
    const unsigned =
      approved !== undefined &&
      one.status?.certificate === undefined &&
      olderThan(snapshot, approved.lastUpdateTime ?? approved.lastTransitionTime, 300);
    if (failed === undefined && !unsigned) continue;
    const words =
      failed === undefined
        ? `approved, but ${one.spec.signerName} has not signed it`
        : `${failed.type === 'Denied' ? 'denied' : 'failed'}: ${brief(failed.message || failed.reason || 'no reason given')}`;
    yield {
      code: 'CertificateSigningRequestFailed',
      object: ref(one),
      key: one.spec.signerName,
      // Somebody has said no; a node needs its certificates all the same.
      ...(failed?.type === 'Denied' && !kubelets.has(one.spec.signerName) ? { severity: 'info' as const } : {}),
      message: `${words} (${one.spec.signerName}, for ${one.spec.username ?? 'somebody'})`,
      evidence: [field(one, 'status.conditions', words)],
      values: { signer: one.spec.signerName, user: one.spec.username ?? 'somebody' },
    };
  }
}

function* pending(snapshot: View, group: readonly Request[], all: readonly Request[]): Iterable<Draft<Code>> {
  const open = group.filter((one) => !isServedSince(one, all));
  const sorted = open.toSorted((one, other) =>
    (one.metadata.creationTimestamp ?? '').localeCompare(other.metadata.creationTimestamp ?? ''),
  );
  const [first, ...rest] = sorted;
  if (first === undefined) return;
  const { signerName, username } = first.spec;
  const waited = duration(age(snapshot, first.metadata.creationTimestamp) ?? 0);
  const users = [...new Set(sorted.map(({ spec }) => spec.username ?? 'somebody'))];
  const who = users.length === 1 ? (users[0] ?? '') : `${users.length} users, ${users[0]} among them`;
  const effect =
    signerName === client
      ? '; the kubelet loses its access when its certificate ends'
      : signerName === serving
        ? '; logs, exec and metrics of the node may fail'
        : '';
  yield {
    code: 'CertificateSigningRequestPending',
    object: ref(first),
    key: signerName,
    severity: signerName === client ? 'critical' : signerName === serving ? 'warning' : 'info',
    message: `nobody has approved it for ${waited}: a certificate of ${signerName} for ${who}${effect}`,
    evidence: sorted.slice(0, 3).map((one) => field(one, 'spec.username', one.spec.username ?? '')),
    members: rest.map((one) => ref(one)),
    values: { signer: signerName, ...(username === undefined ? {} : { user: username }) },
  };
}

/** Whether the same user got its certificate by a later request. */
function isServedSince(one: Request, all: readonly Request[]): boolean {
  return all.some(
    (other) =>
      other.spec.username === one.spec.username &&
      other.spec.signerName === one.spec.signerName &&
      other.status?.certificate !== undefined &&
      (other.metadata.creationTimestamp ?? '') > (one.metadata.creationTimestamp ?? ''),
  );
}
