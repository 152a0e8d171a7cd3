import { worst } from '../../engine/order.ts';
import type { Finding, Incident } from '../../model/finding.ts';

/**
 * An incident without what is ignored. Something ignored stays where it leads to something that is not, for without it the story
 * would break off; it does not count for the severity. @returns undefined where all of it is ignored.
 */
export function trim(incident: Incident, isIgnored: (finding: Finding) => boolean): Incident | undefined {
  const { root, symptoms, chain } = incident;
  const counted = [root, ...symptoms].filter((finding) => !isIgnored(finding));
  if (counted.length === 0) return undefined;
  if (counted.length === symptoms.length + 1) return incident;
  const causes = Map.groupBy(chain, ({ to }) => to.id);
  const kept = new Set([root.id]);
  const queue = counted.map(({ id }) => id);
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    kept.add(next);
    for (const { from } of causes.get(next) ?? []) if (!kept.has(from.id)) queue.push(from.id);
  }
  return {
    ...incident,
    severity: worst(counted.map(({ severity }) => severity)),
    symptoms: symptoms.filter(({ id }) => kept.has(id)),
    chain: chain.filter(({ from, to }) => kept.has(from.id) && kept.has(to.id)),
  };
}
