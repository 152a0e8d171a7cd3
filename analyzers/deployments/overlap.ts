import {
  computed,
  type Draft,
  field,
  groupBy,
  type LabelSelector,
  matchesSelector,
  millis,
  type ObjectRef,
  ref,
  refText,
  selectorText,
  type Snapshot,
} from '../../src/kit.ts';
import type { Code } from './codes.ts';

type Reads = 'deployments.apps' | 'statefulsets.apps' | 'daemonsets.apps';

interface Workload {
  readonly object: ObjectRef;
  readonly isDeployment: boolean;
  readonly selector: LabelSelector;
  readonly labels: Readonly<Record<string, string>>;
  readonly created: number;
  readonly full: Parameters<typeof field>[0];
}

/**
 * Deployments whose selector matches the pods of another workload: both claim orphaned pods, and whatever goes by the selector (an
 * autoscaler, `kubectl logs deployment/...`) mixes the two up. Of two that match each other, the younger is named.
 */
export function* selectorOverlap(snapshot: Snapshot<Reads>): Generator<Draft<Code>> {
  for (const [, workloads] of groupBy(running(snapshot), ({ object }) => object.namespace ?? '')) {
    for (const one of workloads) {
      if (!one.isDeployment) continue;
      const others = workloads.filter((other) => other !== one && overlaps(one, other));
      if (others.length === 0) continue;
      const names = others.map(({ object }) => refText(object));
      yield {
        code: 'DeploymentSelectorOverlap',
        object: one.object,
        message: `its selector ${selectorText(one.selector)} also matches the pods of ${names.join(', ')}`,
        evidence: [
          field(one.full, 'spec.selector', selectorText(one.selector)),
          ...others.map(({ object, labels }) =>
            computed(object, `its pods have the labels ${selectorText({ matchLabels: labels })}`),
          ),
        ],
        values: { others: names.join(', ') },
      };
    }
  }
}

function overlaps(one: Workload, other: Workload): boolean {
  if (!matchesSelector(one.selector, other.labels)) return false;
  const mutual = other.isDeployment && matchesSelector(other.selector, one.labels);
  if (!mutual) return true;
  return one.created === other.created ? one.object.name > other.object.name : one.created > other.created;
}

function running(snapshot: Snapshot<Reads>): readonly Workload[] {
  const all = [
    ...snapshot.list('deployments.apps').items,
    ...snapshot.list('statefulsets.apps').items,
    ...snapshot.list('daemonsets.apps').items,
  ];
  return all
    .filter(
      ({ metadata, spec }) => metadata.deletionTimestamp === undefined && !('replicas' in spec && spec.replicas === 0),
    )
    .map((full) => ({
      object: ref(full),
      isDeployment: full.kind === 'Deployment',
      selector: full.spec.selector ?? {},
      labels: full.spec.template.metadata?.labels ?? {},
      created: millis(full.metadata.creationTimestamp) ?? 0,
      full,
    }))
    .filter(
      ({ selector }) => (selector.matchExpressions ?? []).length + Object.keys(selector.matchLabels ?? {}).length > 0,
    );
}
