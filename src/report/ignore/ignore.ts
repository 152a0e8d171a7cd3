import { compareIncidents } from '../../engine/correlate.ts';
import { compareFindings } from '../../engine/order.ts';
import type { Finding, Incident } from '../../model/finding.ts';
import { type HintContext, ignoreHints } from './hints.ts';
import { judge } from './judge.ts';
import { reasonsIn, type Reason } from './rules.ts';
import { trim } from './trim.ts';

/** A finding that is ignored, and why. */
export interface Ignored {
  readonly finding: Finding;
  readonly reason: Reason;
}

/** What is left to tell. */
export interface Ignoring {
  readonly incidents: readonly Incident[];
  /** Worst first. */
  readonly ignored: readonly Ignored[];
  readonly hints: readonly string[];
}

/** Takes out of incidents what annotations and the configuration say to ignore. Ages of rules are measured against the snapshot. */
export function ignore(incidents: readonly Incident[], context: HintContext): Ignoring {
  const { snapshot, rules } = context;
  const reasonFor = reasonsIn(snapshot, rules);
  const findings = new Map(
    incidents.flatMap(({ root, symptoms }) => [root, ...symptoms]).map((finding) => [finding.id, finding]),
  );
  const judged = [...findings.values()].map((finding) => ({ finding, ...judge(finding, snapshot, reasonFor) }));
  const ignored = judged
    .flatMap(({ finding, ignored: reason }) => (reason === undefined ? [] : [{ finding, reason }]))
    .sort((one, other) => compareFindings(one.finding, other.finding));
  const ended = new Map(judged.flatMap(({ ended: one }) => (one === undefined ? [] : [[one.rule, one] as const])));
  const ids = new Set(ignored.map(({ finding }) => finding.id));
  return {
    incidents:
      ids.size === 0
        ? incidents
        : incidents.flatMap((incident) => trim(incident, ({ id }) => ids.has(id)) ?? []).sort(compareIncidents),
    ignored,
    hints: ignoreHints(context, [...ended.values()]),
  };
}
