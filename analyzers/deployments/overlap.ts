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
  selectorIndex,
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
    const matching = selectorIndex(
      workloads.filter(({ isDeployment }) => isDeployment),
      ({ selector }) => selector,
    );
    const pairs = workloads.flatMap((other) =>
      matching(other.labels)
        .filter((one) => one !== other && isToBlame(one, other))
        .map((one) => ({ one, other })),
    );
    for (const [one, group] of groupBy(pairs, (pair) => pair.one)) {
      yield draft(
        one,
        group.map(({ other }) => other),
      );
    }
  }
}

function draft(one: Workload, others: readonly Workload[]): Draft<Code> {
  const names = others.map(({ object }) => refText(object)).join(', ');
  return {
    code: 'DeploymentSelectorOverlap',
    object: one.object,
    message: `its selector ${selectorText(one.selector)} also matches the pods of ${names}`,
    evidence: [
      field(one.full, 'spec.selector', selectorText(one.selector)),
      ...others.map(({ object, labels }) =>
        computed(object, `its pods have the labels ${selectorText({ matchLabels: labels })}`),
      ),
    ],
    values: { others: names },
  };
}

/** Of two Deployments that match each other's pods the younger is to blame, or the later name. */
function isToBlame(one: Workload, other: Workload): boolean {
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
