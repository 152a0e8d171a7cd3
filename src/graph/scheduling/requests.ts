import type { Container, Pod } from '../../model/resources.ts';
import { conditionIs } from '../conditions.ts';
import { once } from '../memo.ts';
import { add, type Amounts, type Exact, exact, raise, rounded } from './amounts.ts';

type Quantities = Readonly<Record<string, string>>;

/**
 * What a pod that is not placed yet asks of a node: the sum over its containers and sidecars, or what an init container needs
 * together with the sidecars started before it where that is more; pod-level requests instead where they are set; plus overhead.
 * Source: component-helpers/resource/helpers.go, PodRequests; KEP-753 for sidecars, KEP-2837 for pod-level resources.
 */
export const requestsOf = once((pod: Pod): Amounts => rounded(total(pod, specRequests)));

/**
 * What a placed pod takes from its node: as `requestsOf`, but of a container that is being resized in place the most of what it
 * asks, what it is allotted and what it really has; a resize that can never be done does not count. Source: KEP-1287.
 */
export const usageOf = once((pod: Pod): Amounts => {
  const infeasible = conditionIs(pod, 'PodResizePending', 'True')?.reason === 'Infeasible';
  const status = new Map(
    [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])].map((one) => [
      one.name,
      one,
    ]),
  );
  return rounded(
    total(pod, (container) => {
      const asked = specRequests(container);
      const actual = status.get(container.name);
      if (actual?.resources === undefined || (isInit(pod, container) && !isSidecar(container))) return asked;
      const most: Exact = infeasible ? new Map() : asked;
      raise(most, exact(actual.resources.requests));
      raise(most, exact(actual.allocatedResources));
      return most;
    }),
  );
});

/** True for an init container that runs as long as the pod (`restartPolicy: Always`). */
export function isSidecar(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

function isInit(pod: Pod, container: Container): boolean {
  return pod.spec.initContainers?.includes(container) ?? false;
}

/** The requests of a container; a limit stands for a request that is not given, as the API server fills it in. */
function specRequests(container: Container): Exact {
  const { requests, limits } = container.resources ?? {};
  return exact({ ...limits, ...requests });
}

function total(pod: Pod, requests: (container: Container) => Exact): Exact {
  const { containers, initContainers = [], overhead, resources } = pod.spec;
  const sum: Exact = new Map();
  for (const container of containers) add(sum, requests(container));
  const sidecars: Exact = new Map();
  const start: Exact = new Map();
  for (const container of initContainers) {
    const own = requests(container);
    if (isSidecar(container)) {
      add(sum, own);
      add(sidecars, own);
      raise(start, sidecars);
    } else {
      add(own, sidecars);
      raise(start, own);
    }
  }
  raise(sum, start);
  for (const [resource, value] of exact(podLevel(resources))) sum.set(resource, value);
  add(sum, exact(overhead));
  return sum;
}

/** Pod-level requests exist for CPU, memory and huge pages only. */
function podLevel(resources: { readonly requests?: Quantities } | undefined): Quantities {
  return Object.fromEntries(
    Object.entries(resources?.requests ?? {}).filter(([name]) => /^(cpu|memory)$|^hugepages-/.test(name)),
  );
}
