import { resources } from '../../model/resources.ts';
import type { Collector } from './collect.ts';
import type { Gap } from '../../model/snapshot.ts';
import type { Reading } from './read.ts';
import { singleReason } from './settle.ts';

/** What is known of a recording as a whole. */
interface Told {
  readonly gaps: readonly Gap[];
  /** Neither the user nor the recording says when it was made. */
  readonly guessed: boolean;
}

/** What is written again and again while nothing happens, so that its newest time is near that of the recording. */
const beats = ['nodes', 'leases.coordination.k8s.io', 'events'] as const;

/** What users are told of a recording: what was left aside, and what they could do to let more be seen. One sentence each. */
export function hintsOf(collector: Collector, reading: Reading, { gaps, guessed }: Told): readonly string[] {
  const hints: string[] = [];
  const unread = [...collector.unread].sort(([one, n], [other, m]) => m - n || (one < other ? -1 : 1));
  if (unread.length > 0) {
    const total = unread.reduce((sum, [, count]) => sum + count, 0);
    hints.push(`${objects(total)} of kinds that are not read: ${some(unread.map(([kind, n]) => `${kind} (${n})`))}.`);
  }
  if (collector.problemCount > 0)
    hints.push(`${objects(collector.problemCount)} could not be understood: ${some(collector.problems, 3)}.`);
  if (reading.broken.length > 0) hints.push(`Files that could not be read: ${some(reading.broken, 3)}.`);
  const aside = reading.skipped - reading.broken.length;
  if (aside === 1) hints.push('1 file without objects was left aside.');
  else if (aside > 1) hints.push(`${aside} files without objects were left aside.`);
  for (const [resource, label] of collector.claims.placeless) {
    if (collector.claims.scopes.has(resource)) continue;
    const { plural } = resources[resource];
    hints.push(
      `The empty list of ${plural} in ${label} names no namespace: if there are none, add --complete ${plural}.`,
    );
  }
  const single = gaps.filter(({ reason }) => reason === singleReason).map(({ name }) => name);
  // A recording of single objects alone is an excerpt. Beside lists they may be all there are: must-gather writes nodes so.
  if (single.length > 0 && collector.claims.scopes.size > 0)
    hints.push(`If the single objects are all there are, add --complete ${single.map(short).join(',')}.`);
  if (guessed && collector.newest() !== undefined && !beats.some((one) => collector.objects.has(one)))
    hints.push(
      'Without Nodes, Leases and Events nothing tells when it was recorded, and what changed last looks new: give --at TIME.',
    );
  return hints;
}

/** As short as `--complete` takes it. */
function short(resource: string): string {
  return Object.entries(resources).find(([name]) => name === resource)?.[1].plural ?? resource;
}

function objects(count: number): string {
  return count === 1 ? '1 object' : `${count} objects`;
}

function some(list: readonly string[], most: number = 6): string {
  const shown = list.slice(0, most).join(', ');
  return list.length > most ? `${shown} and ${list.length - most} more` : shown;
}
