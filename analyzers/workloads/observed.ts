import { ref, type Snapshot, unobserved } from '../../src/kit.ts';
import type { Out } from './waits.ts';

/** StatefulSets and DaemonSets whose newest spec no controller has acted on for `grace` seconds. */
export function* notObserved(
  snapshot: Snapshot<'statefulsets.apps' | 'daemonsets.apps' | 'leases.coordination.k8s.io'>,
  grace: number,
): Generator<Out> {
  for (const set of snapshot.list('statefulsets.apps').items) {
    const parts = unobserved(snapshot, set, grace);
    if (parts !== undefined) yield { code: 'StatefulSetNotObserved', object: ref(set), ...parts };
  }
  for (const set of snapshot.list('daemonsets.apps').items) {
    const parts = unobserved(snapshot, set, grace);
    if (parts !== undefined) yield { code: 'DaemonSetNotObserved', object: ref(set), ...parts };
  }
}
