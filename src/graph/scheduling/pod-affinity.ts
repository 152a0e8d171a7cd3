import type { Pod } from '../../model/resources.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { matchesSelector, selectorText } from '../selectors.ts';
import type { Cluster, Placed, Room, SchedulingReads } from './occupancy.ts';
import { affinityTerms, type AffinityTerm, antiAffinityTerms } from './pod-terms.ts';
import type { Reason } from './reasons.ts';

/** Pods by topology value, per topology key. */
type Holders = Map<string, Map<string, Pod[]>>;

/**
 * The filter of affinity and anti-affinity between pods, prepared for one pod: its own terms, and the anti-affinity of pods that
 * are placed. Only labels of nodes and pods count; a first pod whose affinity is to itself may go anywhere its topology exists.
 * Source: pkg/scheduler/framework/plugins/interpodaffinity/filtering.go.
 */
export function podAffinityFilter(
  snapshot: Snapshot<SchedulingReads>,
  cluster: Cluster,
  pod: Pod,
): { readonly check: (room: Room) => readonly Reason[]; readonly unseen: readonly string[] } {
  const wanted = affinityTerms(pod);
  const unwanted = antiAffinityTerms(pod);
  const unseen = new Set<string>();
  const inScope = (term: AffinityTerm, namespace: string) => {
    if (term.namespaces.includes(namespace)) return true;
    if (term.namespaceSelector === undefined) return false;
    const found = snapshot.lookup('namespaces', namespace);
    if (found.state === 'unknown' && !isEmpty(term.namespaceSelector)) unseen.add('namespaces');
    return matchesSelector(term.namespaceSelector, found.state === 'found' ? found.object.metadata.labels : {});
  };
  const matches = (term: AffinityTerm, other: Pod) =>
    term.matches(other.metadata.labels) && inScope(term, other.metadata.namespace ?? '');

  const friends: Holders = new Map();
  const foes: Holders = new Map();
  for (const placed of wanted.length + unwanted.length === 0 ? [] : inNamespaces(cluster, [...wanted, ...unwanted])) {
    if (wanted.length > 0 && wanted.every((term) => matches(term, placed.pod))) {
      for (const term of wanted) hold(friends, term, placed);
    }
    for (const term of unwanted) if (matches(term, placed.pod)) hold(foes, term, placed);
  }
  const guarded: Holders = new Map();
  for (const one of cluster.antiAffine) {
    for (const term of one.terms) if (matches(term, pod)) hold(guarded, term, one);
  }
  const first = friends.size === 0 && wanted.length > 0 && wanted.every((term) => matches(term, pod));

  const check = (room: Room): readonly Reason[] => {
    const reasons: Reason[] = [];
    for (const { topologyKey, selector } of wanted) {
      const value = labelOf(room, topologyKey);
      if (value !== undefined && (first || (friends.get(topologyKey)?.get(value)?.length ?? 0) > 0)) continue;
      reasons.push({ kind: 'pod-affinity', topologyKey, selector: selectorText(selector) });
    }
    for (const [ruleOf, holders] of [
      ['pod', foes],
      ['others', guarded],
    ] as const) {
      for (const [topologyKey, byValue] of holders) {
        const value = labelOf(room, topologyKey);
        const there = value === undefined ? undefined : byValue.get(value);
        if (there !== undefined) reasons.push({ kind: 'pod-anti-affinity', topologyKey, ruleOf, holders: there });
      }
    }
    return reasons;
  };
  return { check, unseen: [...unseen] };
}

function labelOf({ labels }: Room, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function hold(holders: Holders, { topologyKey }: AffinityTerm, { pod, room }: Placed): void {
  const value = labelOf(room, topologyKey);
  if (value === undefined) return;
  let byValue = holders.get(topologyKey);
  if (byValue === undefined) holders.set(topologyKey, (byValue = new Map()));
  const pods = byValue.get(value);
  if (pods === undefined) byValue.set(value, [pod]);
  else if (!pods.includes(pod)) pods.push(pod);
}

/** The placed pods that terms can be about: those of the namespaces they name, or all where a selector chooses namespaces. */
function inNamespaces(cluster: Cluster, terms: readonly AffinityTerm[]): Iterable<Placed> {
  if (terms.some((term) => term.namespaceSelector !== undefined)) return [...cluster.byNamespace.values()].flat();
  const names = new Set(terms.flatMap((term) => term.namespaces));
  return [...names].flatMap((name) => cluster.byNamespace.get(name) ?? []);
}

function isEmpty(selector: NonNullable<AffinityTerm['namespaceSelector']>): boolean {
  return Object.keys(selector.matchLabels ?? {}).length + (selector.matchExpressions ?? []).length === 0;
}
