import type { Report } from '../../src/model/report.ts';
import { allResources, resources } from '../../src/model/resources.ts';

const custom = new Set<string>(allResources.filter((resource) => resources[resource].custom === true));

/**
 * A report without what changes whenever the tool learns something: how much it knows, what older recordings lack, and the custom
 * resources of which there are none.
 */
export function steady(report: Report): Report {
  const gaps = report.gaps.filter(({ reason }) => reason !== 'not in the recording');
  const counts = Object.entries(report.stats.resources).filter(([name, count]) => count > 0 || !custom.has(name));
  const stats = { ...report.stats, analyzers: 0, codes: 0, resources: Object.fromEntries(counts) };
  return { ...report, tool: { ...report.tool, version: '0' }, complete: gaps.length === 0, gaps, stats };
}
