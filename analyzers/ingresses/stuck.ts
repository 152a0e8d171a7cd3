import { age, type Draft, duration, field, olderThan, ref, type Snapshot } from '../../src/kit.ts';
import { type ClassReads, lookupClass, wantedClass } from './classes.ts';
import type { Code } from './codes.ts';
import { type ControllerReads, controllersFor } from './controllers.ts';

/** Ingresses whose deletion waits: their controller holds them until what it made outside the cluster is gone. */
export function* stuckTerminating(
  snapshot: Snapshot<ClassReads | ControllerReads>,
  patience: number,
): Generator<Draft<Code>> {
  for (const ingress of snapshot.list('ingresses.networking.k8s.io').items) {
    const { deletionTimestamp: since, finalizers = [] } = ingress.metadata;
    if (since === undefined || finalizers.length === 0 || !olderThan(snapshot, since, patience)) continue;
    const { name = '', path } = wantedClass(ingress);
    const found = lookupClass(snapshot, name);
    const controller = found.state === 'found' ? found.object.spec?.controller : undefined;
    const { controllers } = controllersFor(snapshot, controller === undefined ? { annotation: name } : { controller });
    yield {
      code: 'IngressStuckTerminating',
      object: ref(ingress),
      message: `has been Terminating for ${duration(age(snapshot, since) ?? 0)}, held by ${finalizers.join(', ')}`,
      evidence: [
        field(ingress, 'metadata.deletionTimestamp', since),
        field(ingress, 'metadata.finalizers', finalizers),
      ],
      causes: controllers.map(({ workload }) => ({
        object: ref(workload),
        needs: 'ready',
        via: { field: path, value: name },
        certainty: 'likely',
      })),
      since,
    };
  }
}
