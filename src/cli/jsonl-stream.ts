import type { Explanation, Report } from '../model/report.ts';
import { incidentLine, summaryLine } from '../render/jsonl.ts';

/** Prints a report as lines of JSON while its explanations come: each incident once, as soon as it is final; the summary at the end. */
export function jsonlStream(report: Report, out: (text: string) => Promise<void>) {
  const problems = new Map(report.problems.map((problem) => [problem.id, problem]));
  const printed = new Set<string>();
  const add = async (explanations: ReadonlyMap<string, Explanation>) => {
    for (const incident of report.incidents) {
      const explanation = explanations.get(incident.id);
      if (explanation === undefined || printed.has(incident.id)) continue;
      printed.add(incident.id);
      await out(incidentLine({ ...incident, explanation }, problems));
    }
  };
  const end = async (explained: Report) => {
    await add(new Map(explained.incidents.map(({ id, explanation }) => [id, explanation])));
    await out(summaryLine(explained));
  };
  return { add, end };
}
