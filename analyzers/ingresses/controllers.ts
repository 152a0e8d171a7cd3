import { once, ref, type ObjectRef, type ResourceTypes, type Snapshot } from '../../src/kit.ts';
import { type Product, products } from './products.ts';

export type ControllerReads = 'deployments.apps' | 'daemonsets.apps' | 'nodes' | 'pods' | 'services';

type Workload = ResourceTypes['deployments.apps'] | ResourceTypes['daemonsets.apps'];

export interface Controller {
  readonly workload: Workload;
  /** Pods that should run and pods that are ready; undefined where the status does not say. */
  readonly wanted: number | undefined;
  readonly ready: number | undefined;
  /** False where its arguments show that it does not write addresses into Ingresses. */
  readonly publishes: boolean;
}

/** The workloads that serve the Ingresses of a class, found by product; `known` is false for a controller never heard of. */
export function controllersFor(
  snapshot: Snapshot<ControllerReads>,
  by: { readonly controller: string } | { readonly annotation: string },
): { readonly controllers: readonly Controller[]; readonly known: boolean } {
  const matching = products.filter((product) =>
    'controller' in by ? product.controller.test(by.controller) : product.annotation === by.annotation,
  );
  const controllers = workloads(snapshot).flatMap((workload) => {
    const product = matching.find(({ image }) => runs(workload, image));
    if (product === undefined || ('controller' in by && !serves(workload, by.controller))) return [];
    return [{ workload, publishes: publishes(workload, product), ...readiness(workload) }];
  });
  return { controllers, known: matching.length > 0 };
}

const workloads = once((snapshot: Snapshot<ControllerReads>): readonly Workload[] => [
  ...snapshot.list('deployments.apps').items,
  ...snapshot.list('daemonsets.apps').items,
]);

/** Whether a workload runs that may serve Ingresses without a class. */
export const someTakeClassless = once((snapshot: Snapshot<ControllerReads>): boolean =>
  workloads(snapshot).some((workload) =>
    products.some(
      ({ image, takesClassless }) => runs(workload, image) && takesClassless?.(argumentsOf(workload)) === true,
    ),
  ),
);

/** True when every workload was seen and no node is of a cloud, which may run controllers outside the cluster. */
export function controllersAllSeen(snapshot: Snapshot<ControllerReads>): boolean {
  const nodes = snapshot.list('nodes');
  const seen =
    snapshot.list('deployments.apps').complete && snapshot.list('daemonsets.apps').complete && nodes.complete;
  return seen && !nodes.items.some(({ spec }) => /^(?:aws|gce|azure|oci|alicloud|ibm|cn-)/.test(spec.providerID ?? ''));
}

/** The LoadBalancer Services through which a controller is reached: from them it takes its Ingresses' addresses. */
export function frontServices(snapshot: Snapshot<ControllerReads>, { workload }: Controller): readonly ObjectRef[] {
  const labels = workload.spec.template?.metadata?.labels ?? {};
  return snapshot
    .list('services', workload.metadata.namespace)
    .items.filter(({ spec }) => {
      const pairs = Object.entries(spec.selector ?? {});
      return spec.type === 'LoadBalancer' && pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value);
    })
    .map((service) => ref(service));
}

function containersOf(workload: Workload) {
  return workload.spec.template?.spec?.containers ?? [];
}

function runs(workload: Workload, image: RegExp): boolean {
  return containersOf(workload).some((container) => image.test(nameOf(container.image ?? '')));
}

/** `registry:5000/team/traefik:v3@sha256:...` without tag and digest. */
function nameOf(image: string): string {
  return image.replace(/@.*$/s, '').replace(/:[^/:]*$/, '');
}

function argumentsOf(workload: Workload): readonly string[] {
  return containersOf(workload).flatMap(({ command, args }) => [...(command ?? []), ...(args ?? [])]);
}

/** ingress-nginx can run several times, each for another `spec.controller`. */
function serves(workload: Workload, controller: string): boolean {
  const option = argumentsOf(workload).find((one) => one.startsWith('--controller-class='));
  return option === undefined || option === `--controller-class=${controller}`;
}

function publishes(workload: Workload, { needs, stops }: Product): boolean {
  const given = argumentsOf(workload);
  if (stops !== undefined && given.some((one) => stops.test(one))) return false;
  return needs === undefined || given.some((one) => needs.test(one));
}

function readiness({ spec, status }: Workload): { wanted: number | undefined; ready: number | undefined } {
  if (status === undefined) return { wanted: undefined, ready: undefined };
  if ('desiredNumberScheduled' in status) {
    return { wanted: status.desiredNumberScheduled, ready: status.numberReady ?? 0 };
  }
  return {
    wanted: 'replicas' in spec ? (spec.replicas ?? 1) : 1,
    ready: ('readyReplicas' in status ? status.readyReplicas : undefined) ?? 0,
  };
}
