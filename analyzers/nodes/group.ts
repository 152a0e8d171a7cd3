import { computed, type Draft, groupBy, millis, type ObjectRef, refKey } from '../../src/kit.ts';
import type { Code } from './codes.ts';
import type { NodeDraft } from './node-case.ts';

/** How many nodes with the same trouble are told as one. */
const many = 3;
/** Within how many milliseconds it must have begun on all of them. */
const window = 600_000;
const shownEvidence = 3;

/**
 * Tells what befell many nodes at once as one finding: its object is the first node by name, its members are all of them. Nodes
 * belong together where code and reason are equal and the trouble began within ten minutes; where no beginning is known, always.
 */
export function* told(all: Iterable<NodeDraft>, nodes: number): Iterable<Draft<Code>> {
  for (const alike of groupBy(all, ({ reason }) => reason).values()) {
    for (const group of windows(alike)) {
      if (group.length < many) yield* group.map(({ draft }) => draft);
      else yield joined(group, nodes);
    }
  }
}

function windows(alike: readonly NodeDraft[]): readonly (readonly NodeDraft[])[] {
  const began = ({ draft }: NodeDraft) => millis(draft.since) ?? Infinity;
  const groups: NodeDraft[][] = [];
  let start: number | undefined;
  for (const one of [...alike].sort((left, right) => compare(began(left), began(right)))) {
    const when = began(one);
    const last = groups.at(-1);
    if (last !== undefined && start !== undefined && (when === start || when - start <= window)) last.push(one);
    else {
      groups.push([one]);
      start = when;
    }
  }
  return groups;
}

function joined(group: readonly NodeDraft[], nodes: number): Draft<Code> {
  const ordered = [...group].sort((left, right) => compare(refKey(left.draft.object), refKey(right.draft.object)));
  const [first] = ordered;
  const [oldest] = group;
  if (first === undefined || oldest === undefined) throw new Error('an empty group');
  const members: readonly ObjectRef[] = ordered.map(({ draft }) => draft.object);
  const links = new Map(
    ordered
      .flatMap(({ draft }) => draft.causes ?? [])
      .map((link) => [`${refKey(link.object)} ${link.needs}`, link] as const),
  );
  return {
    ...first.draft,
    message: `${group.length === nodes ? `all ${nodes}` : group.length} nodes ${first.shared}`,
    evidence: [
      ...ordered.slice(0, shownEvidence).flatMap(({ draft }) => draft.evidence),
      computed(first.draft.object, `${group.length} of ${nodes} nodes: ${members.map(({ name }) => name).join(', ')}`),
    ],
    causes: [...links.values()],
    members,
    ...(oldest.draft.since === undefined ? {} : { since: oldest.draft.since }),
  };
}

function compare<T>(one: T, other: T): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
