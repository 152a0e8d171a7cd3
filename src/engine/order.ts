import type { Finding, Severity } from '../model/finding.ts';
import { type ObjectRef, refKey } from '../model/object.ts';
import { severities } from '../model/severities.ts';

/** 0 for critical, 2 for info: smaller is worse. */
export function severityRank(severity: Severity): number {
  return severities.indexOf(severity);
}

/** The worst of several severities; info where there is none. */
export function worst(all: Iterable<Severity>): Severity {
  let best: Severity = 'info';
  for (const one of all) if (severityRank(one) < severityRank(best)) best = one;
  return best;
}

/** Compares strings by code unit: the same order on every machine and in every locale. */
function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

export function compareRefs(one: ObjectRef, other: ObjectRef): number {
  return compareText(refKey(one), refKey(other));
}

/** Worst first, then by object, code and key: a total order, for ids are unique. */
export function compareFindings(one: Finding, other: Finding): number {
  return (
    severityRank(one.severity) - severityRank(other.severity) ||
    compareRefs(one.object, other.object) ||
    compareText(one.code, other.code) ||
    compareText(one.key, other.key)
  );
}
