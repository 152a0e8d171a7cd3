import { controllersOf, find } from '../../graph/owners.ts';
import type { Finding } from '../../model/finding.ts';
import { groupOf, type ObjectRef, sameRef } from '../../model/object.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { hasEnded, type Reason, type ReasonsFor } from './rules.ts';

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
export function judge(finding: Finding, snapshot: Snapshot, reasonsFor: ReasonsFor): Judgement {
  const { code, object, members } = finding;
  const peers = members.filter((member) => isPeer(member, object));
  const owned = members.length > 0 && members.every((member) => belongsTo(member, object, snapshot)) ? members : [];
  const inForce = (reason: Reason) => !hasEnded(reason, snapshot.takenAt);
  const reasonsBy = (isWanted: (reason: Reason) => boolean) => {
    const reasonOf = (one: ObjectRef) => reasonsFor(code, one).find(isWanted);
    return shared([object, ...peers].map(reasonOf)) ?? shared(owned.map(reasonOf));
  };
  const [ignored] = reasonsBy(inForce) ?? [];
  if (ignored !== undefined) return { ignored };
  const ended = reasonsBy(() => true)?.find((reason) => !inForce(reason));
  return ended === undefined ? {} : { ended };
}

/** The reasons of several objects, where each has one. */
function shared(reasons: readonly (Reason | undefined)[]): readonly Reason[] | undefined {
  const given = reasons.filter((reason) => reason !== undefined);
  return given.length > 0 && given.length === reasons.length ? given : undefined;
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
