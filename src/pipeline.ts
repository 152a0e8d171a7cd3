import type { Loaded } from './cluster/load.ts';
import { correlate } from './engine/correlate.ts';
import { runAnalyzers } from './engine/run.ts';
import { controllerResources } from './graph/owners.ts';
import { explainFromRunbook } from './explain/explain.ts';
import type { Comparable } from './model/comparable-schema.ts';
import type { Analyzer, Finding, Incident } from './model/finding.ts';
import type { IgnoreRule } from './model/ignore.ts';
import type { Explanation, Report } from './model/report.ts';
import { allResources, type Resource } from './model/resources.ts';
import type { Gap, Snapshot } from './model/snapshot.ts';
import { withBaseline } from './report/baseline.ts';
import { buildReport } from './report/build.ts';
import { ignore } from './report/ignore/ignore.ts';
import type { Inventory } from './report/inventory.ts';
import { checkWords, resolveScope, type ScopeRequest } from './report/scope.ts';
import { sightOf } from './report/sight.ts';

/** What to look for, and what of it to show. */
export interface AnalyzeOptions {
  readonly analyzers: readonly Analyzer[];
  /** Values by analyzer and setting; what is not given takes its default. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly scope?: ScopeRequest;
  /** The accelerators and the certificates of the cluster, where the report is to hold them. */
  readonly inventory?: Inventory;
  /** What to ignore beside what the annotations of objects say; false to tell everything. */
  readonly ignore?: readonly IgnoreRule[] | false | undefined;
  /** An earlier report to tell this one against. */
  readonly baseline?: Comparable | undefined;
}

/** What has to be read for analyzers: what they declare, and what is needed to roll findings up and to check the scope. */
export function neededResources(analyzers: readonly Analyzer[]): readonly Resource[] {
  const needed = new Set<Resource>(['namespaces', 'pods', ...controllerResources]);
  for (const { reads } of analyzers) for (const resource of reads) needed.add(resource);
  return allResources.filter((resource) => needed.has(resource));
}

/** What a run does at the moment, for a progress line. */
export type Step = 'load' | 'analyze' | 'report';

export interface RunOptions extends Omit<AnalyzeOptions, 'inventory'> {
  /** Whether the report is to hold the accelerators and the certificates of the cluster. */
  readonly inventory?: boolean;
  /** Reads a live cluster or a recording. */
  readonly load: () => Promise<Loaded>;
  readonly onStep?: (step: Step) => void;
}

/**
 * Loads a cluster and diagnoses it.
 * @throws UserError where the cluster cannot be read at all, or where the scope names what does not exist. Bad words in the scope
 * are refused before anything is read.
 */
export async function run(options: RunOptions): Promise<Diagnosis & { readonly loaded: Loaded }> {
  const { load, onStep, scope = {}, analyzers, settings = {}, inventory: isWanted = false, ...rest } = options;
  checkWords(scope, analyzers);
  const started = performance.now();
  onStep?.('load');
  const loaded = await load();
  onStep?.('analyze');
  const namespaces = scope.namespaces ?? [];
  const inventory = isWanted
    ? { inventory: (await import('./report/inventory.ts')).inventoryOf(loaded, { analyzers, settings, namespaces }) }
    : {};
  const diagnosis = diagnose(loaded, { ...rest, analyzers, settings, scope, ...inventory });
  onStep?.('report');
  return { loaded, ...diagnosis, report: timed(diagnosis.report, performance.now() - started) };
}

/** Tells how long a run on a living cluster took: two on one recording are the same. */
function timed(report: Report, milliseconds: number): Report {
  if (report.cluster.source === 'recorded') return report;
  return { ...report, stats: { ...report.stats, seconds: Math.round(milliseconds) / 1_000 } };
}

/**
 * Diagnoses a cluster that was loaded: finds, joins into incidents, explains, and keeps those in scope.
 * @throws UserError where the scope names what does not exist.
 */
export function analyze(loaded: Loaded, options: AnalyzeOptions): Report {
  return diagnose(loaded, options).report;
}

/** A report, and the incidents that it was made of, in its order. */
export interface Diagnosis {
  readonly report: Report;
  readonly told: readonly { readonly incident: Incident; readonly explanation: Explanation }[];
  /** Everything that was found, whether it is told of or not. */
  readonly findings: readonly Finding[];
}

function diagnose(
  loaded: Loaded,
  { analyzers, settings = {}, scope: request = {}, inventory, baseline, ignore: rules = [] }: AnalyzeOptions,
): Diagnosis {
  const { snapshot, source, cluster } = loaded;
  const { findings, gaps } = runAnalyzers(snapshot, analyzers, settings);
  const defaultNamespace = source === 'live' ? (cluster.namespace ?? 'default') : cluster.namespace;
  const scope = resolveScope(request, { snapshot, analyzers, findings, defaultNamespace });
  const byId = new Map(analyzers.map((analyzer) => [analyzer.id, analyzer]));
  const codes = analyzers.flatMap((analyzer) => Object.keys(analyzer.codes));
  const joined = correlate(snapshot, findings);
  const { incidents, ignored, hints } =
    rules === false
      ? { incidents: joined, ignored: [], hints: [] }
      : ignore(joined, { snapshot, rules, codes, namespaces: scope.stated.namespaces });
  const isIgnored = new Set(ignored.map(({ finding }) => finding.id));
  const shown = incidents.filter(({ root, symptoms }) =>
    [root, ...symptoms].some((finding) => !isIgnored.has(finding.id) && scope.shows(finding)),
  );
  const inShown = new Set(shown.flatMap(({ root, symptoms }) => [root.id, ...symptoms.map(({ id }) => id)]));
  const { name, context, server, version = snapshot.serverVersion } = cluster;
  const told = shown.map((incident) => ({ incident, explanation: explainFromRunbook(incident, snapshot, byId) }));
  const report = buildReport({
    cluster: {
      name,
      ...(context === undefined ? {} : { context }),
      ...(server === undefined ? {} : { server }),
      ...(version === undefined ? {} : { version }),
      source,
    },
    takenAt: snapshot.takenAt,
    scope: scope.stated,
    incidents: told,
    ignored: ignored.filter(({ finding }) => inShown.has(finding.id) || scope.shows(finding)),
    inventory,
    gaps: [...loaded.gaps, ...unsaid(loaded, analyzers), ...gaps, ...scope.gaps],
    assumptions: loaded.assumptions,
    hints: [...loaded.hints, ...hints],
    stats: {
      requests: loaded.stats.requests,
      bytes: loaded.stats.bytes,
      objects: loaded.stats.objects,
      analyzers: analyzers.length,
      codes: codes.length,
      resources: countResources(snapshot),
    },
  });
  if (baseline === undefined) return { report, told, findings };
  const blindTo = sightOf(baseline, report, { analyzers, facts: { snapshot, findings } });
  return { report: withBaseline(report, baseline, blindTo), told, findings };
}

/** Gaps for what analyzers read and was not read to the end, where no gap tells of it: what the user chose not to read. */
function unsaid({ snapshot, gaps }: Loaded, analyzers: readonly Analyzer[]): readonly Gap[] {
  const said = new Set(gaps.map(({ name }) => name));
  return neededResources(analyzers).flatMap((name) => {
    const { complete, reason = 'not collected' } = snapshot.list(name);
    return complete || said.has(name) ? [] : [{ what: 'resource', name, reason }];
  });
}

/** How many objects of each resource were looked at: those that were read to the end, or of which some were seen. */
function countResources(snapshot: Snapshot): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const resource of allResources) {
    const { items, complete } = snapshot.list(resource);
    if (complete || items.length > 0) counts[resource] = items.length;
  }
  return counts;
}
