import path from 'node:path';
import { analyzers } from '../../analyzers/index.ts';
import { loadRecorded } from '../../src/cluster/recorded.ts';
import type { Severity } from '../../src/model/finding.ts';
import type { Report } from '../../src/model/report.ts';
import { analyze } from '../../src/pipeline.ts';
import { inventoryOf } from '../../src/report/inventory.ts';
import { steady } from './steady.ts';

const root = path.join(import.meta.dirname, '../..');

/** The report of the recording that comes with the package. */
export function demoReport(): Promise<Report> {
  return recordedReport(path.join(root, 'demo/shop.snapshot.gz'));
}

/** The report of a story of test/clusters. */
function storyReport(name: string): Promise<Report> {
  return recordedReport(path.join(root, 'test/clusters', name, 'cluster.snapshot.gz'));
}

/**
 * The reports that every format has golden files of: a cluster with an incident of each severity, a healthy one, and one of which
 * something could not be seen, with a problem that is ignored and one that was known before.
 */
export async function goldenReports(): Promise<Readonly<Record<'broken' | 'healthy' | 'incomplete', Report>>> {
  const names = ['secret-missing', 'pod-finalizer', 'healthy-suspended', 'healthy-shop', 'load-balancer-pending'];
  const [critical, warning, info, healthy, partial] = (await Promise.all(names.map(storyReport))).map((one) =>
    small(steady(one)),
  );
  return { broken: joined([critical!, warning!, info!]), healthy: healthy!, incomplete: incomplete(partial!) };
}

/** A report without the resources of which there was nothing: there are more of them with every version. */
function small(report: Report): Report {
  const resources = Object.fromEntries(Object.entries(report.stats.resources).filter(([, count]) => count > 0));
  return { ...report, stats: { ...report.stats, resources } };
}

/** The problems of several reports as those of the first. */
function joined(reports: readonly Report[]): Report {
  const [first] = reports;
  const counts = (of: 'incidents' | 'problems') => {
    const sum = (severity: Severity) => reports.reduce((total, { summary }) => total + summary[of][severity], 0);
    return { critical: sum('critical'), warning: sum('warning'), info: sum('info') };
  };
  return {
    ...first!,
    summary: { ...first!.summary, incidents: counts('incidents'), problems: counts('problems') },
    problems: reports.flatMap(({ problems }) => problems),
    incidents: reports.flatMap(({ incidents }) => incidents),
  };
}

function incomplete(report: Report): Report {
  const { incidents, problems } = report.summary;
  const service = { apiVersion: 'v1', kind: 'Service', namespace: 'attic', name: 'old' };
  const gone = { id: '0c5e62d1a9b4', code: 'ServiceSelectsNothing', severity: 'warning', object: service } as const;
  const ignored = { id: '1f3a5b7c9d0e', code: 'DeploymentUnavailable', severity: 'critical' } as const;
  return {
    ...report,
    complete: false,
    summary: { incidents, problems, suppressed: { critical: 1, warning: 0, info: 0 } },
    problems: report.problems.map((problem) => ({ ...problem, known: true as const })),
    suppressed: [
      {
        ...ignored,
        object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'attic', name: 'old' },
        message: '0 of 1 replicas are available',
        by: 'annotation',
        rule: 'DeploymentUnavailable',
        reason: 'moves out in spring',
        until: '2027-03-01T00:00:00Z',
      },
    ],
    baseline: {
      takenAt: '2026-11-01T06:00:00Z',
      new: { critical: 0, warning: 0, info: 0 },
      known: problems,
      resolved: [{ ...gone, message: 'no pod has the labels app=old' }],
      unseen: [],
    },
    gaps: [
      { what: 'resource', name: 'secrets', reason: 'may not be listed (403)' },
      { what: 'namespace', name: 'vault', reason: 'may not be read (403)' },
    ],
    assumptions: ['pods are complete: their List spans several namespaces.'],
    hints: ['deploy/rbac-secrets.yaml lets it see Secrets.'],
  };
}

async function recordedReport(file: string): Promise<Report> {
  const loaded = await loadRecorded({ paths: [file] });
  return analyze(loaded, { analyzers, inventory: inventoryOf(loaded, { analyzers, settings: {}, namespaces: [] }) });
}
