import { type Draft, field, isActive, ref } from '../../src/kit.ts';
import type { GpuSnapshot } from './case.ts';
import type { Code } from './codes.ts';

/**
 * RuntimeClasses whose handler is not set up on the nodes where pods wait for it. Kubelets list their handlers from 1.31 on
 * (`status.runtimeHandlers`, KEP-3857); where the list is empty nothing is known.
 */
export function* missingHandlers(snapshot: GpuSnapshot): Iterable<Draft<Code>> {
  const pods = snapshot.list('pods').items;
  for (const runtimeClass of snapshot.list('runtimeclasses.node.k8s.io').items) {
    const { handler } = runtimeClass;
    const stuck = pods.filter(
      (pod) =>
        pod.spec.runtimeClassName === runtimeClass.metadata.name && isActive(pod) && pod.status?.phase === 'Pending',
    );
    const nodes = [...new Set(stuck.flatMap(({ spec }) => spec.nodeName ?? []))].sort().flatMap((name) => {
      const found = snapshot.lookup('nodes', name);
      const handlers = found.state === 'found' ? (found.object.status?.runtimeHandlers ?? []) : [];
      const lacks = handlers.length > 0 && handlers.every((one) => (one.name ?? '') !== handler);
      return found.state === 'found' && lacks ? [found.object] : [];
    });
    const [first] = nodes;
    if (first === undefined) continue;
    const names = nodes.map(({ metadata }) => metadata.name);
    const listed = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
    yield {
      code: 'RuntimeClassHandlerMissing',
      object: ref(runtimeClass),
      message: `handler ${handler} is not set up in the container runtime of ${names.length === 1 ? 'node' : 'nodes'} ${listed}, where pods wait for it`,
      evidence: [
        field(runtimeClass, 'handler', handler),
        ...nodes
          .slice(0, 3)
          .map((node) =>
            field(
              node,
              'status.runtimeHandlers',
              (node.status?.runtimeHandlers ?? [])
                .map(({ name }) => (name === undefined || name === '' ? '(default)' : name))
                .join(', '),
            ),
          ),
      ],
      values: { handler, node: first.metadata.name },
    };
  }
}
