import type { Loaded } from '../cluster/load.ts';
import { type GpuNodeView, gpuNodes } from '../graph/gpu-inventory.ts';
import { type GpuDenied, gpuDenied } from '../graph/gpu-denied.ts';
import { type GpuWait, gpuWaits } from '../graph/gpu-waiting.ts';
import { topOf } from '../graph/owners.ts';
import { condition } from '../graph/conditions.ts';
import type { GpuReport } from '../model/gpu-schema.ts';
import { ref, refText } from '../model/object.ts';
import { allResources, type Resource } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { neededResources } from '../pipeline.ts';
import { listHead } from './list-head.ts';

/** What is looked at: where devices are, who holds them, and all that the scheduler's filters read. */
const reads: readonly Resource[] = [
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'deviceclasses.resource.k8s.io',
  'namespaces',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'resourceclaims.resource.k8s.io',
  'resourceslices.resource.k8s.io',
  'storageclasses.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
];

/** Without these what is told of accelerators may be wrong. */
const essential: readonly Resource[] = [
  'nodes',
  'pods',
  'resourceclaims.resource.k8s.io',
  'resourceslices.resource.k8s.io',
];

/** The resources that have to be read for a report about accelerators. */
export function gpuResources(): readonly Resource[] {
  const needed = new Set([...neededResources([]), ...reads]);
  return allResources.filter((resource) => needed.has(resource));
}

/** Everything about the accelerators of a cluster: the one object that both renderers print. */
export function buildGpuReport(loaded: Loaded): GpuReport {
  const { snapshot } = loaded;
  const views = gpuNodes(snapshot);
  const gaps = essential.flatMap((resource) => {
    const { complete, reason = 'not collected' } = snapshot.list(resource);
    return complete ? [] : [{ resource, reason }];
  });
  return {
    ...listHead(loaded),
    complete: gaps.length === 0,
    totals: totalsOf(views),
    nodes: views.map(nodeOf),
    waiting: waitingOf(snapshot, views),
    looked: { nodes: snapshot.list('nodes').items.length, pods: snapshot.list('pods').items.length },
    gaps,
  };
}

function waitingOf(snapshot: Snapshot, views: readonly GpuNodeView[]): GpuReport['waiting'] {
  const told = ({ asks, since, cause, why, change }: GpuWait | GpuDenied) => ({
    asks: [...asks].map(([resource, amount]) => ({ resource, amount })),
    ...(since === undefined ? {} : { since }),
    cause,
    why,
    ...(change === undefined ? {} : { change }),
  });
  return [
    ...gpuWaits(snapshot, views).map((one) => ({
      namespace: one.pod.metadata.namespace ?? '',
      pod: one.pod.metadata.name,
      owner: refText(topOf(snapshot, one.pod)),
      ...told(one),
    })),
    ...gpuDenied(snapshot).map((one) => ({
      namespace: one.object.metadata.namespace ?? '',
      owner: refText(ref(one.object)),
      ...told(one),
    })),
  ];
}

function nodeOf(view: GpuNodeView): GpuReport['nodes'][number] {
  const { node, ready, cordoned, stock, holders } = view;
  const known = Object.fromEntries(
    (['product', 'sharing', 'driver', 'cuda', 'silent'] as const).flatMap((key) => {
      const value = view[key];
      return value === undefined || value === '' ? [] : [[key, value] as const];
    }),
  );
  return {
    name: node.metadata.name,
    ready,
    cordoned,
    ...known,
    devices: stock.map((one) => ({ ...one })),
    holders: holders.map(({ pod, owner, resource, amount, state, runs }) => {
      const since = condition(pod, 'PodScheduled')?.lastTransitionTime ?? pod.status?.startTime;
      return {
        namespace: pod.metadata.namespace ?? '',
        pod: pod.metadata.name,
        owner,
        resource,
        amount,
        state,
        runs,
        ...(since === undefined ? {} : { since }),
      };
    }),
  };
}

function totalsOf(views: readonly GpuNodeView[]): GpuReport['totals'] {
  const all = views.flatMap((view) => view.stock.map((one) => ({ ...one, open: view.ready && !view.cordoned })));
  const groups = Map.groupBy(all, ({ through, resource }) => `${resource} ${through}`);
  return [...groups]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, group]) => {
      const [first] = group;
      if (first === undefined) return [];
      const sum = (key: 'capacity' | 'allocatable' | 'requested' | 'free' | 'unhealthy') =>
        group.reduce((total, one) => total + one[key], 0);
      return [
        {
          resource: first.resource,
          through: first.through,
          nodes: group.length,
          capacity: sum('capacity'),
          allocatable: sum('allocatable'),
          requested: sum('requested'),
          free: sum('free'),
          unhealthy: sum('unhealthy'),
          largestFree: Math.max(0, ...group.filter(({ open }) => open).map(({ free }) => free)),
        },
      ];
    });
}
