import { controllersOf, find } from '../graph/owners.ts';
import { millis } from '../graph/time.ts';
import type { CauseLink, Finding } from '../model/finding.ts';
import { type ObjectRef, ref, refKey, refText } from '../model/object.ts';
import type { Snapshot } from '../model/snapshot.ts';

/** A proven connection between two findings. */
export interface Edge {
  readonly cause: Finding;
  readonly effect: Finding;
  readonly via: CauseLink['via'];
  readonly certainty: CauseLink['certainty'];
}

/** How much earlier than its cause an effect may have begun: clocks of several components are compared. */
const tolerance = 2 * 60 * 1000;

/**
 * Turns the links that findings declare into edges, and adds those of ownership: what a controller owns explains the controller.
 * A link becomes an edge where a finding about its object breaks what it needs. Of several edges between two findings the first is
 * kept, a sure one before a likely one.
 */
export function edgesOf(snapshot: Snapshot, findings: readonly Finding[]): readonly Edge[] {
  const about = byObject(findings);
  const edges = new Map<string, Edge>();
  const add = (edge: Edge) => {
    if (edge.cause.id === edge.effect.id || vetoed(edge)) return;
    const key = `${edge.cause.id} ${edge.effect.id}`;
    const known = edges.get(key);
    if (known === undefined || (known.certainty === 'likely' && edge.certainty === 'sure')) edges.set(key, edge);
  };
  for (const effect of findings) {
    for (const link of effect.causes) {
      for (const cause of about.get(refKey(link.object)) ?? []) {
        if (cause.breaks.includes(link.needs)) add({ cause, effect, via: link.via, certainty: link.certainty });
      }
    }
  }
  for (const cause of findings) {
    if (cause.breaks.length === 0) continue;
    for (const origin of cause.origins) {
      for (const { owner, owned } of ownersAbove(snapshot, origin)) {
        for (const effect of about.get(refKey(owner)) ?? []) {
          const direct = effect.origins.some((one) => refKey(one) === refKey(owner));
          if (!direct || effect.severity === 'info') continue;
          add({
            cause,
            effect,
            via: { field: 'metadata.ownerReferences', value: `${refText(owned)} -> ${refText(owner)}` },
            certainty: 'sure',
          });
        }
      }
    }
  }
  return [...edges.values()];
}

/** Findings by each object they are about: their own and their members'. */
function byObject(findings: readonly Finding[]): Map<string, Finding[]> {
  const index = new Map<string, Finding[]>();
  for (const finding of findings) {
    const objects = new Set([finding.object, ...finding.members, ...finding.origins].map(refKey));
    for (const object of objects) {
      const known = index.get(object);
      if (known === undefined) index.set(object, [finding]);
      else known.push(finding);
    }
  }
  return index;
}

function ownersAbove(snapshot: Snapshot, origin: ObjectRef): readonly { owner: ObjectRef; owned: ObjectRef }[] {
  const object = find(snapshot, origin);
  if (object === undefined) return [];
  const chain = [ref(object), ...controllersOf(snapshot, object)];
  return chain.slice(1).map((owner, index) => ({ owner, owned: chain[index]! }));
}

/** A likely cause that began after its effect is no cause. */
function vetoed({ cause, effect, certainty }: Edge): boolean {
  const began = millis(cause.since);
  const felt = millis(effect.since);
  return certainty === 'likely' && began !== undefined && felt !== undefined && felt < began - tolerance;
}
