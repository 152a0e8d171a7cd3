import { controllersOf, find } from '../../graph/owners.ts';
import type { Finding } from '../../model/finding.ts';
import { groupOf, type ObjectRef, sameRef } from '../../model/object.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { hasEnded, type Reason, type ReasonFor } from './rules.ts';

/** Whether a finding is ignored: why, or which rule that has ended would have done it. */
export interface Judgement {
  readonly ignored?: Reason;
  readonly ended?: Reason;
}

/**
 * A finding is ignored where its object is, or all the pods that it was rolled up from. Annotations are written by the tenants of
 * a cluster, so that nobody's reach further than their own objects: where one finding stands for several equal objects (three
 * nodes, one certificate in two namespaces), each of them has to be ignored; and members decide only for the controller that owns them.
 */
export function judge(finding: Finding, snapshot: Snapshot, reasonFor: ReasonFor): Judgement {
  const ignored = deciding(finding, snapshot, (one) => reasonFor(finding.code, one, { ended: false }));
  if (ignored !== undefined) return { ignored: ignored[0] };
  const reasons = deciding(finding, snapshot, (one) => reasonFor(finding.code, one, { ended: true }));
  const ended = reasons?.find((reason) => hasEnded(reason, snapshot.takenAt));
  return ended === undefined ? {} : { ended };
}

type Reasons = readonly [Reason, ...Reason[]];

/** The reasons of those objects that decide; undefined where one of them has none. */
function deciding(
  { object, members }: Finding,
  snapshot: Snapshot,
  reasonOf: (one: ObjectRef) => Reason | undefined,
): Reasons | undefined {
  const own = reasonOf(object);
  const others =
    own === undefined
      ? undefined
      : reasonsOf(
          members.filter((one) => isPeer(one, object)),
          reasonOf,
        );
  if (own !== undefined && others !== undefined) return [own, ...others];
  // Most pods say nothing: that is found out sooner than whose they are.
  const [first, ...rest] = reasonsOf(members, reasonOf) ?? [];
  return first !== undefined && members.every((one) => belongsTo(one, object, snapshot)) ? [first, ...rest] : undefined;
}

/** A reason for each of several objects; undefined where one of them has none. */
function reasonsOf(
  objects: readonly ObjectRef[],
  reasonOf: (one: ObjectRef) => Reason | undefined,
): readonly Reason[] | undefined {
  const reasons: Reason[] = [];
  for (const one of objects) {
    const reason = reasonOf(one);
    if (reason === undefined) return undefined;
    reasons.push(reason);
  }
  return reasons;
}

function isPeer(member: ObjectRef, object: ObjectRef): boolean {
  return (
    member.kind === object.kind && groupOf(member.apiVersion) === groupOf(object.apiVersion) && !sameRef(member, object)
  );
}

function belongsTo(member: ObjectRef, object: ObjectRef, snapshot: Snapshot): boolean {
  if (object.namespace === undefined || member.namespace !== object.namespace) return false;
  const found = find(snapshot, member);
  return found !== undefined && controllersOf(snapshot, found).some((owner) => sameRef(owner, object));
}
