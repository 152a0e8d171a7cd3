import { controllerOf, groupBy, millis, once, type Pod, refKey } from '../../src/kit.ts';
import type { PodCase, PodSnapshot } from './case.ts';
import type { Terminated } from './containers.ts';

/**
 * Containers of one node end within so many milliseconds of each other when it is stopped, the longest grace periods in use, or when it
 * starts: some end again for want of an API server, a network or DNS that is still on its way.
 */
const together = 180_000;

/**
 * Whether a container ended because its node was stopped or rebooted: a pod of another workload on that node ended at that time too
 * (of two others, where not all pods could be seen), and no container there had been running for longer than
 * that. Runtimes report such ends as `Error` with code 255, or as whatever the process made of SIGTERM.
 */
export function endedWithNode({ pod, snapshot }: PodCase, { finishedAt }: Terminated): boolean {
  const node = pod.spec.nodeName;
  const end = millis(finishedAt);
  if (node === undefined || node === '' || end === undefined) return false;
  const others = (podsByNode(snapshot).get(node) ?? []).filter((other) => workload(other) !== workload(pod));
  const ends = others.filter((other) =>
    statuses(other).some(({ lastState, state }) =>
      [lastState, state].some((one) => Math.abs((millis(one?.terminated?.finishedAt) ?? Infinity) - end) <= together),
    ),
  );
  const ranOn = others.some((other) =>
    statuses(other).some(({ state }) => (millis(state?.running?.startedAt) ?? Infinity) < end - together),
  );
  const enough = snapshot.list('pods').complete ? 1 : 2;
  return !ranOn && new Set(ends.map(workload)).size >= enough;
}

function statuses({ status }: Pod) {
  return status?.containerStatuses ?? [];
}

function workload(pod: Pod): string {
  const owner = controllerOf(pod);
  return owner === undefined ? `${pod.metadata.namespace ?? ''}/${pod.metadata.name}` : refKey(owner);
}

const podsByNode = once((snapshot: PodSnapshot) => groupBy(snapshot.list('pods').items, ({ spec }) => spec.nodeName));
