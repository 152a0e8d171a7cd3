/** What other programs may use: the kit to write analyzers with, and the diagnosis itself. */
import { analyzers } from '../analyzers/index.ts';
import type { Loaded } from './cluster/load.ts';
import type { Report } from './model/report.ts';
import { inventoryOf } from './report/inventory.ts';
import { type AnalyzeOptions, analyze as analyzeWith } from './pipeline.ts';

export * from './kit.ts';
export { UserError } from './errors.ts';
export type { ClusterFacts, Loaded } from './cluster/load.ts';
export type { Coverage, Gap } from './model/snapshot.ts';
export type { Explanation, Report, ReportIncident, ReportProblem, ReportScope } from './model/report.ts';
export type { AnalyzeOptions } from './pipeline.ts';
export type { ScopeRequest } from './report/scope.ts';
export { analyzers };

/**
 * Diagnoses a cluster that was loaded.
 * @param options.analyzers those that come with the package where it is left out.
 * @throws UserError where the scope names what does not exist.
 */
export function analyze(loaded: Loaded, options: Partial<AnalyzeOptions> = {}): Report {
  const { analyzers: used = analyzers, settings = {}, scope = {} } = options;
  const inventory = inventoryOf(loaded, { analyzers: used, settings, namespaces: scope.namespaces ?? [] });
  return analyzeWith(loaded, { inventory, ...options, analyzers: used });
}
