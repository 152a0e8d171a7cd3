import { computed, type Draft, groupBy, type ObjectRef, refKey } from '../../src/kit.ts';
import type { NodeDraft } from './case.ts';
import type { Code } from './codes.ts';

const shownEvidence = 3;

/**
 * Tells what befell several nodes in the same way as one finding: its object is the first node by name, its members are all. One
 * plugin that is missing is one fault, however many nodes lack it.
 */
export function* grouped(all: Iterable<NodeDraft>, nodes: number): Iterable<Draft<Code>> {
  const alike = groupBy(
    all,
    ({ draft, shared }) => `${draft.code} ${draft.key ?? ''} ${draft.severity ?? ''} ${shared}`,
  );
  for (const group of alike.values()) {
    const ordered = group.toSorted((one, other) => compare(refKey(one.draft.object), refKey(other.draft.object)));
    const [first] = ordered;
    if (first === undefined) continue;
    if (ordered.length === 1) yield first.draft;
    else yield joined(first, ordered, nodes);
  }
}

function joined({ draft, shared }: NodeDraft, group: readonly NodeDraft[], nodes: number): Draft<Code> {
  const members: readonly ObjectRef[] = group.map((one) => one.draft.object);
  const links = new Map(
    group
      .flatMap((one) => one.draft.causes ?? [])
      .map((link) => [`${refKey(link.object)} ${link.needs}`, link] as const),
  );
  return {
    ...draft,
    message: `${group.length} nodes ${shared}`,
    evidence: [
      ...group.slice(0, shownEvidence).flatMap((one) => one.draft.evidence),
      computed(draft.object, `${group.length} of ${nodes} nodes: ${members.map(({ name }) => name).join(', ')}`),
    ],
    causes: [...links.values()],
    members,
  };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
