import {
  type Draft,
  type Evidence,
  type FailedCreation,
  field,
  groupBy,
  type ObjectRef,
  quantity,
  ref,
  type ResourceTypes,
  type Snapshot,
  brief,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { editedName } from './denials.ts';
import type { Reads } from './reads.ts';

type Quota = ResourceTypes['resourcequotas'];

/** Quotas that deny pods now, and those that soon will. Source: the ResourceQuota admission plugin's messages; `status.used`. */
export function* quotas(
  snapshot: Snapshot<Reads>,
  denials: readonly FailedCreation[],
  nearlyPercent: number,
): Iterable<Draft<Code>> {
  const denied = groupBy(denials, (one) => (one.denial.kind === 'quota' ? quotaKey(one) : undefined));
  for (const group of denied.values()) yield* denying(snapshot, group);
  for (const quota of snapshot.list('resourcequotas').items) {
    if (denied.has(`${quota.metadata.namespace}/${quota.metadata.name}`)) continue;
    const full = nearlyUsed(quota, nearlyPercent);
    if (full.length === 0) continue;
    yield {
      code: 'QuotaExhausted',
      severity: 'info',
      object: ref(quota),
      message: `nearly or wholly used: ${full.map(({ text }) => text).join(', ')}`,
      evidence: full.flatMap(({ evidence }) => evidence),
    };
  }
}

/** The quota that a denial names; undefined where it names none. */
export function quotaOf({ denial, object }: FailedCreation): ObjectRef | undefined {
  const namespace = object.metadata.namespace;
  if (denial.kind !== 'quota' || denial.quota === undefined || namespace === undefined) return undefined;
  return { apiVersion: 'v1', kind: 'ResourceQuota', namespace, name: denial.quota };
}

function quotaKey(one: FailedCreation): string | undefined {
  const quota = quotaOf(one);
  return quota === undefined ? undefined : `${quota.namespace}/${quota.name}`;
}

function* denying(snapshot: Snapshot<Reads>, group: readonly FailedCreation[]): Iterable<Draft<Code>> {
  const [one] = group;
  const object = one === undefined ? undefined : quotaOf(one);
  if (object === undefined) return;
  const quota = snapshot.lookup('resourcequotas', object.name, object.namespace);
  if (quota.state === 'absent') return;
  const used = quota.state === 'found' ? nearlyUsed(quota.object, 100).flatMap(({ evidence }) => evidence) : [];
  const byNeed = groupBy(group, ({ denial }) => denial.kind === 'quota' && denial.needsRequests);
  for (const [needsRequests, denials] of byNeed) {
    const [first] = denials;
    if (first === undefined) continue;
    const others = denials.length > 1 ? ` (and ${denials.length - 1} more)` : '';
    yield {
      code: needsRequests ? 'QuotaNeedsRequests' : 'QuotaExhausted',
      object,
      message: `denies the pods of ${editedName(first.object)}${others}: ${brief(first.text, 400)}`,
      evidence: [...(needsRequests ? [] : used), ...denials.slice(0, 3).map(({ evidence }) => evidence)],
      ...(first.since === undefined ? {} : { since: first.since }),
    };
  }
}

interface Use {
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/** A limit of 0 forbids on purpose, so it is never "used up". */
function nearlyUsed(quota: Quota, percent: number): readonly Use[] {
  const { hard = {}, used = {} } = quota.status ?? {};
  return Object.entries(hard).flatMap(([resource, limit]) => {
    const most = quantity(limit);
    const now = quantity(used[resource]);
    if (most === undefined || now === undefined || most <= 0n) return [];
    if (now * 100n < most * BigInt(Math.round(percent))) return [];
    const evidence = [
      field(quota, `status.used[${resource}]`, used[resource]),
      field(quota, `status.hard[${resource}]`, limit),
    ];
    return [{ text: `${resource} ${used[resource]} of ${limit}`, evidence }];
  });
}
