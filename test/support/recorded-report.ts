import path from 'node:path';
import { analyzers } from '../../analyzers/index.ts';
import { loadRecorded } from '../../src/cluster/recorded.ts';
import type { Report } from '../../src/model/report.ts';
import { analyze } from '../../src/pipeline.ts';
import { inventoryOf } from '../../src/report/inventory.ts';

const root = path.join(import.meta.dirname, '../..');

/** The report of the recording that comes with the package. */
export function demoReport(): Promise<Report> {
  return recordedReport(path.join(root, 'demo/shop.snapshot.gz'));
}

async function recordedReport(file: string): Promise<Report> {
  const loaded = await loadRecorded({ paths: [file] });
  return analyze(loaded, { analyzers, inventory: inventoryOf(loaded, { analyzers, settings: {}, namespaces: [] }) });
}
