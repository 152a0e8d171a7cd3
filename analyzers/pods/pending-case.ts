import {
  age,
  condition,
  type Draft,
  eventsOf,
  type Evidence,
  field,
  olderThan,
  type Pod,
  ref,
  scaleUpFor,
  type PlacementReads,
  type Settings,
  type Severity,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { pendingSettings } from './pending-codes.ts';
import { revisionLinks } from './revision.ts';

export type PendingSnapshot = Snapshot<
  | PlacementReads
  | 'clusterpolicies.nvidia.com'
  | 'daemonsets.apps'
  | 'deployments.apps'
  | 'events'
  | 'leases.coordination.k8s.io'
  | 'replicasets.apps'
  | 'statefulsets.apps'
>;

export type PendingSettings = Settings<typeof pendingSettings>;

/** One pod that waits for a node. */
export interface PendingCase {
  readonly snapshot: PendingSnapshot;
  readonly settings: PendingSettings;
  readonly pod: Pod;
  /** Since when it waits, RFC 3339. */
  readonly since: string | undefined;
}

/** A pod without a node that wants one; undefined for all others. */
export function pendingCase(snapshot: PendingSnapshot, settings: PendingSettings, pod: Pod): PendingCase | undefined {
  const { metadata, spec, status } = pod;
  if ((spec.nodeName ?? '') !== '' || metadata.deletionTimestamp !== undefined) return undefined;
  if (status?.phase !== undefined && status.phase !== 'Pending') return undefined;
  const scheduled = condition(pod, 'PodScheduled');
  return { snapshot, settings, pod, since: scheduled?.lastTransitionTime ?? metadata.creationTimestamp };
}

/** A warning at first; critical once the pod has waited for `pendingGrace`. */
export function severityOf({ snapshot, settings, since }: PendingCase): Severity {
  return olderThan(snapshot, since, settings.pendingGrace) ? 'critical' : 'warning';
}

/** The event by which an autoscaler said, not long ago, that it adds a node for this pod. */
export function scaleUp({ snapshot, settings, pod }: PendingCase) {
  return scaleUpFor(snapshot, pod, settings.scaleUpGrace);
}

/**
 * The event by which an autoscaler said, not long ago, that it adds no node for this pod. Karpenter uses the scheduler's own reason.
 * Source: cluster-autoscaler processors/status/eventing_scale_up_processor.go; karpenter pkg/controllers/provisioning/scheduling/events.go.
 */
export function scaleUpRefusal({ snapshot, settings, pod }: PendingCase) {
  return eventsOf(snapshot, ref(pod), pod.metadata.uid).find(({ reason, source, last }) => {
    const refuses =
      reason === 'NotTriggerScaleUp' ||
      reason === 'FailedScaleUp' ||
      (reason === 'FailedScheduling' && source.includes('karpenter'));
    const ago = age(snapshot, last);
    return refuses && ago !== undefined && ago < settings.scaleUpGrace;
  });
}

/** What the scheduler last wrote about the pod. */
export function conditionEvidence({ pod }: PendingCase): readonly Evidence[] {
  const scheduled = condition(pod, 'PodScheduled');
  if (scheduled === undefined) return [];
  const text = [scheduled.reason, scheduled.message].filter((one) => one !== undefined && one !== '').join(': ');
  return [field(pod, 'status.conditions[PodScheduled]', `${scheduled.status} ${text}`.trim())];
}

/** A draft about the pod. */
export function pendingDraft(
  one: PendingCase,
  code: Code,
  rest: Omit<Draft<Code>, 'code' | 'object' | 'since'>,
): Draft<Code> {
  const revision = revisionLinks(one.snapshot, one.pod);
  const causes = revision.length === 0 ? {} : { causes: [...(rest.causes ?? []), ...revision] };
  return { code, object: ref(one.pod), ...rest, ...causes, ...(one.since === undefined ? {} : { since: one.since }) };
}
