import type { Explanation, Report } from '../model/report.ts';
import type { Gap } from '../model/snapshot.ts';

/** What a model made of a report: explanations by the ids of incidents, and what it could not say. */
export interface ExplainedParts {
  readonly explanations: ReadonlyMap<string, Explanation>;
  readonly gaps: readonly Gap[];
}

/** A report with other explanations. Nothing else of it changes: not its verdict, its incidents, nor whether it is complete. */
export function withExplanations(report: Report, { explanations, gaps }: ExplainedParts): Report {
  return {
    ...report,
    incidents: report.incidents.map((incident) => ({
      ...incident,
      explanation: explanations.get(incident.id) ?? incident.explanation,
    })),
    gaps: [...report.gaps, ...gaps.map(({ what, name, reason }) => ({ what, name, reason }))],
  };
}
