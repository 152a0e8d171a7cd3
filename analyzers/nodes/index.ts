import { defineAnalyzer } from '../../src/kit.ts';
import { fullness } from './capacity.ts';
import { clocks } from './clock.ts';
import { codes, settings as defaults } from './codes.ts';
import { monitors, network, pressure } from './conditions.ts';
import { told } from './group.ts';
import type { NodeCase, NodeDraft, NodeSettings, NodeSnapshot } from './node-case.ts';
import { happenings } from './node-events.ts';
import { readiness } from './readiness.ts';
import runbook from './runbook.md';
import { setUp } from './set-up.ts';
import { cordon, outOfService, terminating } from './taints.ts';
import { mixed, skew } from './versions.ts';

export default defineAnalyzer({
  id: 'nodes',
  title: 'Nodes: readiness, pressure, capacity, versions',
  reads: [
    'certificatesigningrequests.certificates.k8s.io',
    'csidrivers.storage.k8s.io',
    'csinodes.storage.k8s.io',
    'daemonsets.apps',
    'events',
    'leases.coordination.k8s.io',
    'namespaces',
    'nodes',
    'persistentvolumeclaims',
    'persistentvolumes',
    'poddisruptionbudgets.policy',
    'pods',
    'storageclasses.storage.k8s.io',
    'volumeattachments.storage.k8s.io',
  ],
  kinds: ['Node'],
  codes,
  settings: defaults,
  runbook,
  *analyze(snapshot, given) {
    yield* told(everything(snapshot, given), snapshot.list('nodes').items.length);
    yield* mixed(snapshot);
  },
});

function* everything(snapshot: NodeSnapshot, settings: NodeSettings): Iterable<NodeDraft> {
  for (const node of snapshot.list('nodes').items) yield* aboutOne({ snapshot, settings, node });
  yield* fullness(snapshot, settings);
  yield* skew(snapshot, settings);
  yield* clocks(snapshot, settings);
}

function* aboutOne(one: NodeCase): Iterable<NodeDraft> {
  yield* readiness(one);
  yield* pressure(one);
  yield* network(one);
  yield* monitors(one);
  yield* cordon(one);
  yield* terminating(one);
  yield* outOfService(one);
  yield* setUp(one);
  yield* happenings(one);
}
