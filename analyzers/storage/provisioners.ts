import { age, type CauseLink, groupBy, once, ref, type ResourceTypes, type Snapshot } from '../../src/kit.ts';
import type { Claim } from './claims.ts';

export type ProvisionerReads =
  | 'deployments.apps'
  | 'statefulsets.apps'
  | 'daemonsets.apps'
  | 'leases.coordination.k8s.io';

type Workload =
  | ResourceTypes['deployments.apps']
  | ResourceTypes['statefulsets.apps']
  | ResourceTypes['daemonsets.apps'];

/** Parts of driver names that say nothing about which driver it is. */
const common = new Set(
  'com org net io k8s csi driver drivers storage kubernetes cluster local provisioner external volume plugin x-k8s sigs'.split(
    ' ',
  ),
);

/**
 * The workloads that are likely to serve a provisioner or CSI driver: its name is in their arguments or environment, or a part of it in
 * their name while they run CSI sidecars or are called provisioner.
 */
export function workloadsOf(snapshot: Snapshot<ProvisionerReads>, provisioner: string): readonly Workload[] {
  const everything = all(snapshot);
  const exact = everything.filter((workload) => textsOf(workload).some((text) => mentions(text, provisioner)));
  if (exact.length > 0) return exact;
  const parts = provisioner.split(/[./]/).filter((part) => part.length > 2 && !common.has(part));
  return everything.filter((workload) => {
    const { name } = workload.metadata;
    return parts.some((part) => name.split('-').includes(part) || name.startsWith(part)) && isStorage(workload);
  });
}

/** True where every workload could be seen. */
export function workloadsSeen(snapshot: Snapshot<ProvisionerReads>): boolean {
  return (['deployments.apps', 'statefulsets.apps', 'daemonsets.apps'] as const).every(
    (resource) => snapshot.list(resource).complete,
  );
}

const all = once((snapshot: Snapshot<ProvisionerReads>): readonly Workload[] => [
  ...snapshot.list('deployments.apps').items,
  ...snapshot.list('statefulsets.apps').items,
  ...snapshot.list('daemonsets.apps').items,
]);

function containersOf(workload: Workload) {
  const { containers, initContainers } = workload.spec.template?.spec ?? {};
  return [...(containers ?? []), ...(initContainers ?? [])];
}

const textsOf = once((workload: Workload): readonly string[] =>
  containersOf(workload).flatMap(({ args, command, env }) => [
    ...(args ?? []),
    ...(command ?? []),
    ...(env ?? []).flatMap(({ value }) => value ?? []),
  ]),
);

/** `--provisioner=a.b` and `/plugins/a.b/csi.sock` mention `a.b`; `x.a.b` does not. */
function mentions(text: string, name: string): boolean {
  if (name === '') return false;
  const [first = '', ...others] = text.split(name);
  return others.some((after, index) => {
    const before = index === 0 ? first : (others[index - 1] ?? '');
    return !/[a-z0-9.-]$/i.test(before) && !/^[a-z0-9.-]/i.test(after);
  });
}

function isStorage(workload: Workload): boolean {
  const texts = [workload.metadata.name, ...containersOf(workload).flatMap(({ name, image }) => [name, image ?? ''])];
  return texts.some((text) => /csi|provisioner/.test(text));
}

const provisionerAnnotations = [
  'volume.kubernetes.io/storage-provisioner',
  'volume.beta.kubernetes.io/storage-provisioner',
] as const;

/**
 * The provisioner that the controller manager handed a claim over to, as it writes on the claim. For a class of an in-tree plugin that has
 * moved to CSI it is the driver: `ebs.csi.aws.com` for `kubernetes.io/aws-ebs`. Source: pkg/controller/volume/persistentvolume.
 */
export function handedTo({ metadata }: Claim): string | undefined {
  return provisionerAnnotations.map((name) => metadata.annotations?.[name]).find((name) => name !== undefined);
}

/** Pods that should run and that are ready; undefined where the status does not say. */
export function readinessOf({
  spec,
  status,
}: Workload): { readonly wanted: number; readonly ready: number } | undefined {
  if (status === undefined) return undefined;
  if ('desiredNumberScheduled' in status) {
    return { wanted: status.desiredNumberScheduled, ready: status.numberReady ?? 0 };
  }
  return {
    wanted: 'replicas' in spec ? (spec.replicas ?? 1) : 1,
    ready: ('readyReplicas' in status ? status.readyReplicas : undefined) ?? 0,
  };
}

/** Links to a provisioner's workloads: they are joined by name only. */
export function provisionerLinks(workloads: readonly Workload[], field: string, value: string): readonly CauseLink[] {
  return workloads.flatMap((workload) =>
    (['ready', 'bind'] as const).map((needs): CauseLink => ({
      object: ref(workload),
      needs,
      via: { field, value },
      certainty: 'likely',
    })),
  );
}

/** Seconds since the CSI provisioner renewed its leader lease, which is named after the driver; undefined where there is none. */
export function leaseAge(snapshot: Snapshot<ProvisionerReads>, provisioner: string): number | undefined {
  const name = provisioner.replaceAll(/[^a-zA-Z0-9-]/g, '-');
  const times = (leases(snapshot).get(name) ?? []).map(({ spec }) => age(snapshot, spec.renewTime) ?? Infinity);
  return times.length === 0 ? undefined : Math.min(...times);
}

const leases = once((snapshot: Snapshot<ProvisionerReads>) =>
  groupBy(snapshot.list('leases.coordination.k8s.io').items, ({ metadata }) => metadata.name),
);
