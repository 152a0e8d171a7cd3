import { millis } from '../graph/time.ts';
import type { Finding, Hop, Incident } from '../model/finding.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { components } from './components.ts';
import { type Edge, edgesOf } from './edges.ts';
import { compareFindings, severityRank, worst } from './order.ts';

/**
 * Joins findings into incidents: one per root cause, with the symptoms it explains and the chain of hops between them. A symptom
 * with several roots is listed under each. A cycle is one incident: the deadlock it is, its root the finding where it is broken.
 * @returns worst first, then what users feel, then the longest-lasting; the same input gives the same order.
 */
export function correlate(snapshot: Snapshot, findings: readonly Finding[]): readonly Incident[] {
  const edges = edgesOf(snapshot, findings);
  const groups = components(findings, edges);
  const groupOfFinding = new Map(
    groups.flatMap((group, index) => group.map((finding) => [finding.id, index] as const)),
  );
  const outgoing = Map.groupBy(edges, (edge) => edge.cause.id);
  const caused = new Set<number>();
  for (const { cause, effect } of edges) {
    const to = groupOfFinding.get(effect.id)!;
    if (groupOfFinding.get(cause.id) !== to) caused.add(to);
  }
  return groups
    .filter((_, index) => !caused.has(index))
    .map((group) => incident(group, outgoing))
    .sort(compareIncidents);
}

function incident(group: readonly Finding[], outgoing: ReadonlyMap<string, readonly Edge[]>): Incident {
  const root = [...group].sort(
    (one, other) => Number(other.unlocks) - Number(one.unlocks) || compareFindings(one, other),
  )[0]!;
  const reached = new Map<string, Finding>([[root.id, root]]);
  const queue = [root];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const { effect } of outgoing.get(next.id) ?? []) {
      if (reached.has(effect.id)) continue;
      reached.set(effect.id, effect);
      queue.push(effect);
    }
  }
  const symptoms = [...reached.values()].filter((finding) => finding !== root);
  return {
    id: `incident-${root.id}`,
    severity: worst([...reached.values()].map((finding) => finding.severity)),
    root,
    symptoms: symptoms.sort(compareFindings),
    chain: chainFrom(root, outgoing),
    deadlock: group.length > 1,
  };
}

/**
 * The hops in the order of telling: breadth first from the root, without those that a longer way says too. Where findings below the root
 * explain each other, each may be said by a longer way through the other: then one of the hops that were left out is told after all.
 */
function chainFrom(root: Finding, outgoing: ReadonlyMap<string, readonly Edge[]>): readonly Hop[] {
  const hops: Hop[] = [];
  const leftOut: Edge[] = [];
  const seen = new Set([root.id]);
  const queue = [root];
  const tell = (edge: Edge) => {
    hops.push({ from: edge.cause, to: edge.effect, via: edge.via, certainty: edge.certainty });
    if (seen.has(edge.effect.id)) return;
    seen.add(edge.effect.id);
    queue.push(edge.effect);
  };
  while (true) {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const edges = [...(outgoing.get(next.id) ?? [])].sort((one, other) => compareFindings(one.effect, other.effect));
      for (const edge of edges) {
        if (saidByLongerWay(edge, outgoing)) leftOut.push(edge);
        else tell(edge);
      }
    }
    const needed = leftOut.find(({ effect }) => !seen.has(effect.id));
    if (needed === undefined) return hops;
    tell(needed);
  }
}

/** True when the effect is also reached through another effect of the same cause. */
function saidByLongerWay(edge: Edge, outgoing: ReadonlyMap<string, readonly Edge[]>): boolean {
  const seen = new Set([edge.cause.id, edge.effect.id]);
  const queue = (outgoing.get(edge.cause.id) ?? []).map((one) => one.effect.id).filter((id) => id !== edge.effect.id);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const { effect } of outgoing.get(next) ?? []) {
      if (effect.id === edge.effect.id) return true;
      queue.push(effect.id);
    }
  }
  return false;
}

/** Worse first; then what users feel: entry points that fail, then many objects; then the oldest; then by name. */
export function compareIncidents(one: Incident, other: Incident): number {
  return (
    severityRank(one.severity) - severityRank(other.severity) ||
    felt(other) - felt(one) ||
    other.symptoms.length - one.symptoms.length ||
    (millis(one.root.since) ?? Infinity) - (millis(other.root.since) ?? Infinity) ||
    compareFindings(one.root, other.root)
  );
}

const entryPoints = new Set(['Ingress', 'Gateway', 'HTTPRoute']);

function felt({ root, symptoms }: Incident): number {
  return [root, ...symptoms].some(({ object }) => entryPoints.has(object.kind)) ? 1 : 0;
}
