import { defineAnalyzer } from '../../src/kit.ts';
import { casesOf, type GpuSnapshot, type NodeDraft, reads } from './case.ts';
import { codes, type GpuSettings, settings as defaults } from './codes.ts';
import { countMismatch, taintedByDriver, unhealthy } from './devices.ts';
import { grouped } from './group.ts';
import { heldIdle } from './holding.ts';
import { driverUpgrade, partitions } from './labels.ts';
import { notOffered } from './not-offered.ts';
import { operator } from './operator.ts';
import runbook from './runbook.md';
import { missingHandlers } from './runtime-class.ts';
import { severalShares } from './shares.ts';
import { unrequested } from './unrequested.ts';

export default defineAnalyzer({
  id: 'gpu',
  title: 'GPUs: device plugins, health, sharing, who holds them, the GPU operator',
  reads,
  kinds: ['ClusterPolicy', 'Node', 'Pod', 'RuntimeClass'],
  codes,
  settings: defaults,
  runbook,
  *analyze(snapshot, given) {
    yield* grouped(aboutNodes(snapshot, given), snapshot.list('nodes').items.length);
    yield* heldIdle(snapshot, given);
    yield* unrequested(snapshot);
    yield* severalShares(snapshot);
    yield* missingHandlers(snapshot);
    yield* operator(snapshot, given);
  },
});

function* aboutNodes(snapshot: GpuSnapshot, settings: GpuSettings): Iterable<NodeDraft> {
  for (const node of snapshot.list('nodes').items) {
    for (const one of casesOf(snapshot, settings, node)) {
      yield* notOffered(one);
      yield* unhealthy(one);
      yield* countMismatch(one);
      yield* taintedByDriver(one);
    }
    yield* driverUpgrade(node);
    yield* partitions(node);
  }
}
