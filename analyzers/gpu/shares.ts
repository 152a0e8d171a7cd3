import { type Draft, field, ref, takesRoom } from '../../src/kit.ts';
import type { GpuSnapshot } from './case.ts';
import type { Code } from './codes.ts';

/** Containers that ask for several shares of a GPU: they get no more of it than with one. */
export function* severalShares(snapshot: GpuSnapshot): Iterable<Draft<Code>> {
  for (const pod of snapshot.list('pods').items) {
    if (!takesRoom(pod) || pod.metadata.deletionTimestamp !== undefined) continue;
    const node = snapshot.lookup('nodes', pod.spec.nodeName ?? '');
    const labels = node.state === 'found' ? (node.object.metadata.labels ?? {}) : {};
    const timeSliced = Number(labels['nvidia.com/gpu.replicas'] ?? 1) > 1;
    for (const [index, { name, resources }] of pod.spec.containers.entries()) {
      const several = Object.entries({ ...resources?.requests, ...resources?.limits }).find(([resource, amount]) =>
        /^nvidia\.com\/.*\.shared$/.test(resource) || (resource === 'nvidia.com/gpu' && timeSliced)
          ? Number(amount) > 1
          : false,
      );
      if (several === undefined) continue;
      yield {
        code: 'PodGPUShares',
        object: ref(pod),
        key: name,
        message: `container ${name} asks for ${several[1]} shares (${several[0]}), which gives it no more of the GPU than one`,
        evidence: [field(pod, `spec.containers[${index}].resources.limits['${several[0]}']`, several[1])],
        values: { container: name },
      };
    }
  }
}
