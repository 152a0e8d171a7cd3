import { createHash } from 'node:crypto';
import { find, topOf } from '../graph/owners.ts';
import { earliest } from '../graph/time.ts';
import type { CauseLink, Draft, Evidence, Finding } from '../model/finding.ts';
import { groupOf, type ObjectRef, refKey } from '../model/object.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { compareFindings, compareRefs, worst } from './order.ts';
import type { Found } from './run.ts';

/** How many members a rolled-up finding shows evidence of. */
const shownMembers = 3;

/**
 * Makes findings of drafts: those of one code and key on objects of one controller become one finding, whose object is the
 * controller that a person would edit and whose members are the objects it was found on.
 */
export function rollUp(snapshot: Snapshot, found: readonly Found[]): readonly Finding[] {
  const groups = new Map<string, { object: ObjectRef; found: Found[] }>();
  for (const one of found) {
    const origin = find(snapshot, one.draft.object);
    const object = origin === undefined ? one.draft.object : topOf(snapshot, origin);
    const id = findingId(one.draft.code, object, one.draft.key ?? '');
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { object, found: [one] });
    else group.found.push(one);
  }
  return [...groups].map(([id, group]) => toFinding(id, group.object, group.found)).sort(compareFindings);
}

/**
 * A finding's identity: a hash of its code, its object's group, kind, namespace and name, and its key. Twelve hexadecimal digits:
 * with 10,000 findings in a report the chance of a collision is below one in a million.
 */
export function findingId(code: string, object: ObjectRef, key: string): string {
  const { apiVersion, kind, namespace = '', name } = object;
  const text = JSON.stringify([code, groupOf(apiVersion), kind, namespace, name, key]);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function toFinding(id: string, object: ObjectRef, found: readonly Found[]): Finding {
  const ordered = [...found].sort((one, other) => compareRefs(one.draft.object, other.draft.object));
  const { analyzer, draft: first } = ordered[0]!;
  const drafts = ordered.map(({ draft }) => draft);
  const spec = analyzer.codes[first.code];
  const origins = distinct(
    drafts.map((draft) => draft.object),
    refKey,
  );
  const rolled = origins.filter((origin) => refKey(origin) !== refKey(object));
  const since = earliest(drafts.map((draft) => draft.since));
  return {
    id,
    analyzer: analyzer.id,
    code: first.code,
    key: first.key ?? '',
    severity: worst(drafts.map((draft) => draft.severity ?? spec?.severity ?? 'warning')),
    object,
    message: commonMessage(drafts),
    evidence: distinct(
      drafts.slice(0, shownMembers).flatMap((draft) => draft.evidence),
      evidenceKey,
    ),
    causes: distinct(
      drafts.flatMap((draft) => draft.causes ?? []),
      linkKey,
    ),
    members: distinct([...rolled, ...drafts.flatMap((draft) => draft.members ?? [])], refKey).sort(compareRefs),
    origins,
    breaks: spec?.breaks ?? [],
    unlocks: spec?.unlocks ?? false,
    ...(since === undefined ? {} : { since }),
    ...(first.values === undefined ? {} : { values: first.values }),
  };
}

/** The message that most members share; the first of them in order where several are equally common. */
function commonMessage(drafts: readonly Draft[]): string {
  const counts = new Map<string, number>();
  for (const { message } of drafts) counts.set(message, (counts.get(message) ?? 0) + 1);
  const most = Math.max(...counts.values());
  return [...counts].find(([, count]) => count === most)![0];
}

function distinct<Item>(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  return [...new Map(items.map((item) => [keyOf(item), item])).values()];
}

const evidenceKey = (one: Evidence) => JSON.stringify([refKey(one.object), one.path, one.value, one.kind]);
const linkKey = (one: CauseLink) => JSON.stringify([refKey(one.object), one.needs, one.via.field, one.via.value]);
