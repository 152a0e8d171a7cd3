import { computed, field } from '../../src/kit.ts';
import { draft, notReadySince, type PodCase, type PodDraft, values } from './case.ts';
import { called, type ContainerView } from './containers.ts';
import { deviceLinks, nodeLinks } from './links.ts';

/**
 * Devices (GPUs) that their plugin calls unhealthy, by the container that was given them: `allocatedResourcesStatus`, on by default
 * from 1.36. `Unknown` is left out: plugins that stop reporting are found on their node.
 */
export function deviceFaults(one: PodCase): readonly PodDraft[] {
  return one.containers.flatMap((container) => broken(one, container));
}

function broken(one: PodCase, container: ContainerView): readonly PodDraft[] {
  const { status, statusPath } = container;
  if (status?.state?.terminated !== undefined) return [];
  return (status?.allocatedResourcesStatus ?? []).flatMap(({ name, resources = [] }, index) => {
    const sick = resources.filter(({ health }) => health === 'Unhealthy');
    if (sick.length === 0) return [];
    const node = one.pod.spec.nodeName ?? '';
    const ids = sick.map(({ resourceID }) => resourceID).join(', ');
    return [
      draft(one, 'PodDeviceUnhealthy', {
        key: `${container.name} ${name}`,
        message: `${sick.length} of ${resources.length} devices (${name}) of ${called(container)} on node ${node} are unhealthy`,
        evidence: [
          field(one.pod, `${statusPath}.allocatedResourcesStatus[${index}]`, sick),
          computed(one.pod, `unhealthy: ${ids}`),
        ],
        causes: [...nodeLinks(one), ...deviceLinks(one)],
        since: notReadySince(one),
        values: values({ container: container.name, extendedResource: name, device: sick[0]?.resourceID, node }),
      }),
    ];
  });
}
