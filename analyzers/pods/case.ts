import {
  condition,
  type Draft,
  eventsOf,
  groupOf,
  latest,
  type ObjectEvent,
  olderThan,
  type Pod,
  ref,
  type Severity,
  type Snapshot,
  topOf,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';
import { type ContainerView, containersOf } from './containers.ts';
import { revisionLinks } from './revision.ts';
import type { PodSettings } from './settings.ts';

export const reads = [
  'clusterpolicies.nvidia.com',
  'configmaps',
  'cronjobs.batch',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'daemonsets.apps',
  'deployments.apps',
  'deviceclasses.resource.k8s.io',
  'events',
  'jobs.batch',
  'leases.coordination.k8s.io',
  'namespaces',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'priorityclasses.scheduling.k8s.io',
  'replicasets.apps',
  'replicationcontrollers',
  'resourceclaims.resource.k8s.io',
  'resourceslices.resource.k8s.io',
  'runtimeclasses.node.k8s.io',
  'secrets',
  'serviceaccounts',
  'services',
  'statefulsets.apps',
  'storageclasses.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
] as const;

export type PodSnapshot = Snapshot<(typeof reads)[number]>;
export type PodDraft = Draft<Code>;

/** One pod under examination, with what every check asks of it. */
export interface PodCase {
  readonly snapshot: PodSnapshot;
  readonly settings: PodSettings;
  readonly pod: Pod;
  /** Newest first. */
  readonly events: readonly ObjectEvent[];
  /** Init containers in their order, then the others. Ephemeral containers are left out: they never decide over a pod. */
  readonly containers: readonly ContainerView[];
}

export function caseOf(snapshot: PodSnapshot, settings: PodSettings, pod: Pod): PodCase {
  return {
    snapshot,
    settings,
    pod,
    events: eventsOf(snapshot, ref(pod), pod.metadata.uid),
    containers: containersOf(pod),
  };
}

/** When the pod ceased to be ready, else when it was started; RFC 3339. */
export function notReadySince({ pod }: PodCase): string | undefined {
  const ready = condition(pod, 'Ready');
  const since = ready?.status === 'True' ? undefined : ready?.lastTransitionTime;
  return since ?? pod.status?.startTime ?? pod.metadata.creationTimestamp;
}

/** When the kubelet could begin: the moment the pod was bound to its node. */
export function boundAt({ pod }: PodCase): string | undefined {
  const scheduled = condition(pod, 'PodScheduled');
  const bound = scheduled?.status === 'True' ? scheduled.lastTransitionTime : undefined;
  return latest([bound, pod.status?.startTime]) ?? pod.metadata.creationTimestamp;
}

/** A warning at first, critical once it has lasted as long as the settings say. */
export function severityOf({ snapshot, settings }: PodCase, since: string | undefined): Severity {
  return olderThan(snapshot, since, settings.criticalAfter) ? 'critical' : 'warning';
}

/** A draft about the pod; `since` is left out where it is not known. */
export function draft(
  { pod, snapshot }: PodCase,
  code: Code,
  rest: Omit<PodDraft, 'code' | 'object' | 'since'> & { readonly since?: string | undefined },
): PodDraft {
  const { since, ...fields } = rest;
  const workload = workloadOf(snapshot, pod);
  const revision = revisionLinks(snapshot, pod);
  return {
    code,
    object: ref(pod),
    ...fields,
    ...(revision.length === 0 ? {} : { causes: [...(fields.causes ?? []), ...revision] }),
    ...(since === undefined ? {} : { since }),
    values: { ...fields.values, ...(workload === undefined ? {} : { workload }) },
  };
}

const withRollouts = new Set(['DaemonSet', 'Deployment', 'StatefulSet']);

/** The workload of a pod as `kubectl rollout` takes it, `deployment/web`; undefined where the pod has none that is rolled out. */
function workloadOf(snapshot: PodSnapshot, pod: Pod): string | undefined {
  const { apiVersion, kind, name } = topOf(snapshot, pod);
  return withRollouts.has(kind) && groupOf(apiVersion) === 'apps' ? `${kind.toLowerCase()}/${name}` : undefined;
}

/** Values for the runbook, those that are not known left out. */
export function values(all: Readonly<Record<string, string | number | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  );
}
