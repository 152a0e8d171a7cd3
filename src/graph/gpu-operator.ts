import type { CauseLink } from '../model/finding.ts';
import { ref } from '../model/object.ts';
import type { Pod } from '../model/resources.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { groupBy, once } from './memo.ts';
import { controllerOf } from './owners.ts';

/**
 * What the NVIDIA GPU operator runs on a node, in the order in which each waits for the one before: init containers named
 * `driver-validation` and `toolkit-validation` hold the later ones back. Source: gpu-operator assets/state-*.
 */
const steps: readonly RegExp[] = [
  /^nvidia-(gpu-)?driver-/,
  /^nvidia-container-toolkit-daemonset/,
  /^nvidia-operator-validator/,
  /^(nvidia-device-plugin-daemonset|gpu-feature-discovery|nvidia-dcgm|nvidia-mig-manager|nvidia-node-status-exporter)/,
];

function stepOf(pod: Pod): number {
  const owner = controllerOf(pod);
  return owner?.kind === 'DaemonSet' ? steps.findIndex((name) => name.test(owner.name)) : -1;
}

const operands = once((snapshot: Snapshot<'pods'>) =>
  groupBy(
    snapshot.list('pods').items.flatMap((pod) => {
      const step = stepOf(pod);
      return step === -1 ? [] : [{ pod, step }];
    }),
    ({ pod }) => `${pod.metadata.namespace ?? ''}/${pod.spec.nodeName ?? ''}`,
  ),
);

/** Links from a pod of the GPU operator to those on its node that have to be ready before it; none for other pods. */
export function gpuOperatorLinks(snapshot: Snapshot<'pods'>, pod: Pod): readonly CauseLink[] {
  const step = stepOf(pod);
  if (step <= 0) return [];
  const here = operands(snapshot).get(`${pod.metadata.namespace ?? ''}/${pod.spec.nodeName ?? ''}`) ?? [];
  return here
    .filter((other) => other.step < step)
    .map((other) => ({
      object: ref(other.pod),
      needs: 'run',
      via: { field: 'spec.nodeName', value: pod.spec.nodeName ?? '' },
      certainty: 'likely',
    }));
}
