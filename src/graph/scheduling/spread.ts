import type { Pod } from '../../model/resources.ts';
import { type LabelSelector, selectorMatcher } from '../selectors.ts';
import { nodeAffinityMiss } from './node-affinity.ts';
import type { Cluster, Room } from './occupancy.ts';
import { withLabelKeys } from './pod-terms.ts';
import type { Reason } from './reasons.ts';
import { untolerated } from './tolerations.ts';

type Constraint = NonNullable<Pod['spec']['topologySpreadConstraints']>[number];

/**
 * The filter of topology spread constraints that must hold (`DoNotSchedule`), prepared for one pod. Counted are pods of its
 * namespace that are not terminating, on nodes that have every constraint's label and that the constraint's policies admit.
 * Source: pkg/scheduler/framework/plugins/podtopologyspread.
 */
export function spreadFilter(cluster: Cluster, pod: Pod): (room: Room) => readonly Reason[] {
  const constraints = (pod.spec.topologySpreadConstraints ?? []).filter(
    ({ whenUnsatisfiable }) => whenUnsatisfiable === 'DoNotSchedule',
  );
  if (constraints.length === 0) return () => [];
  const eligible = cluster.rooms.filter(({ labels }) =>
    constraints.every(({ topologyKey }) => Object.hasOwn(labels, topologyKey)),
  );
  const prepared = constraints.map((constraint) => prepare(constraint, cluster, eligible, pod));
  return ({ labels }) =>
    prepared.flatMap(({ topologyKey, maxSkew, counts, self, least, fewest, minDomains }): readonly Reason[] => {
      const value = Object.hasOwn(labels, topologyKey) ? labels[topologyKey] : undefined;
      if (value === undefined) return [{ kind: 'spread', topologyKey, maxSkew, skew: undefined }];
      const count = (counts.get(value) ?? 0) + self;
      const skew = count - least;
      if (skew <= maxSkew) return [];
      const domains = count - fewest > maxSkew ? {} : { domains: { wanted: minDomains, found: counts.size } };
      return [{ kind: 'spread', topologyKey, maxSkew, skew, ...domains }];
    });
}

function prepare(constraint: Constraint, cluster: Cluster, eligible: readonly Room[], pod: Pod) {
  const { topologyKey, maxSkew, minDomains = 1, labelSelector, matchLabelKeys } = constraint;
  const selector = withLabelKeys(pod, labelSelector, matchLabelKeys);
  const matches = selectorMatcher(selector);
  const counted = new Set(eligible.filter((room) => admits(constraint, room, pod)));
  const counts = new Map<string, number>([...counted].map(({ labels }) => [labels[topologyKey] ?? '', 0]));
  for (const { pod: other, room } of isEmpty(selector)
    ? []
    : (cluster.byNamespace.get(pod.metadata.namespace ?? '') ?? [])) {
    if (other.metadata.deletionTimestamp !== undefined || !matches(other.metadata.labels) || !counted.has(room))
      continue;
    const value = room.labels[topologyKey] ?? '';
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const fewest = counts.size === 0 ? 0 : Math.min(...counts.values());
  const least = counts.size < minDomains ? 0 : fewest;
  return { topologyKey, maxSkew, counts, self: matches(pod.metadata.labels) ? 1 : 0, least, fewest, minDomains };
}

/** By default nodes that the pod's own node affinity excludes are not counted, and taints are not looked at. */
function admits(
  { nodeAffinityPolicy = 'Honor', nodeTaintsPolicy = 'Ignore' }: Constraint,
  room: Room,
  pod: Pod,
): boolean {
  if (nodeAffinityPolicy === 'Honor' && nodeAffinityMiss(pod.spec, room.node) !== undefined) return false;
  return nodeTaintsPolicy !== 'Honor' || untolerated(pod.spec.tolerations, room.node.spec.taints).length === 0;
}

/** An empty selector counts nobody, though it matches the pod itself. */
function isEmpty(selector: LabelSelector | undefined): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length + (selector?.matchExpressions ?? []).length === 0;
}
