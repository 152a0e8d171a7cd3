import type { Loaded } from '../cluster/load.ts';
import type { Analyzer } from '../model/finding.ts';
import type { Report } from '../model/report.ts';
import { certificateLimits } from './certificate-limits.ts';
import { certificateRows } from './certificate-rows.ts';
import { buildGpuReport } from './gpu.ts';

/** What a cluster has, whether something is wrong with it or not. */
export type Inventory = Required<Pick<Report, 'gpu' | 'certificates'>>;

/** The accelerators of the whole cluster, and the certificates that lie in some namespaces or are used there; empty means all. */
export function inventoryOf(
  loaded: Loaded,
  options: {
    readonly analyzers: readonly Analyzer[];
    readonly settings: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly namespaces: readonly string[];
  },
): Inventory {
  const { analyzers, settings, namespaces } = options;
  const { totals, nodes, waiting } = buildGpuReport(loaded);
  const { certificates } = certificateRows(loaded.snapshot, {
    limits: certificateLimits(analyzers, settings),
    namespaces,
  });
  return { gpu: { totals, nodes, waiting }, certificates };
}
