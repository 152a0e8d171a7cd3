import { type CauseLink, gpuPlugins, gpuVendorOf, holdersOf, type Reason, ref, type Verdict } from '../../src/kit.ts';
import type { PendingSnapshot } from './pending-case.ts';

type Lack = Extract<Reason, { kind: 'resource' }>;

/** What stands behind accelerators that a pod waits for: pods that hold them without running, plugins that bring none. */
export function gpuLinks(snapshot: PendingSnapshot, verdicts: readonly Verdict[]): readonly CauseLink[] {
  return [...heldLinks(snapshot, verdicts), ...sourceLinks(snapshot, verdicts)];
}

/** Pods that hold what is lacking and do not run, where it would be enough if they gave it back. */
function heldLinks(snapshot: PendingSnapshot, verdicts: readonly Verdict[]): readonly CauseLink[] {
  return verdicts.flatMap(({ node, reasons }) => {
    const lacks = reasons.filter(isGpuLack);
    if (lacks.length === 0 || lacks.length < reasons.length) return [];
    const { name } = node.metadata;
    const idle = lacks.map((lack) => holdersOf(snapshot, name, lack.resource).filter((one) => one.idle !== undefined));
    const enough = lacks.every(
      ({ asked, free }, index) => (idle[index] ?? []).reduce((sum, { amount }) => sum + amount, free) >= asked,
    );
    if (!enough) return [];
    return idle.flat().map(({ pod }): CauseLink => ({
      object: ref(pod),
      needs: 'schedule',
      via: { field: 'spec.nodeName', value: name },
      certainty: 'sure',
    }));
  });
}

/** The plugins, and the operator, that would have to bring what no node offers. */
function sourceLinks(snapshot: PendingSnapshot, verdicts: readonly Verdict[]): readonly CauseLink[] {
  const wanted = new Set(verdicts.flatMap(({ reasons }) => reasons.filter(isGpuLack).map(({ resource }) => resource)));
  return [...wanted].flatMap((resource): readonly CauseLink[] => {
    const nowhere = verdicts.every(({ reasons }) =>
      reasons.some((one) => isGpuLack(one) && one.resource === resource && (one.allocatable ?? 0) === 0),
    );
    if (!nowhere) return [];
    const vendor = gpuVendorOf(resource);
    const via = { field: 'spec.containers[].resources.limits', value: resource };
    const policies = vendor === 'nvidia' ? snapshot.list('clusterpolicies.nvidia.com').items : [];
    return [
      ...gpuPlugins(snapshot)
        .filter((plugin) => plugin.vendor === vendor)
        .map(({ set }): CauseLink => ({ object: ref(set), needs: 'run', via, certainty: 'likely' })),
      ...policies.map((one): CauseLink => ({ object: ref(one), needs: 'schedule', via, certainty: 'likely' })),
    ];
  });
}

function isGpuLack(reason: Reason): reason is Lack {
  return reason.kind === 'resource' && gpuVendorOf(reason.resource) !== undefined;
}
