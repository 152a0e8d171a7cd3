import { expect, test } from 'vitest';
import { reportSchema } from '../../src/model/report-schema.ts';
import type { Report } from '../../src/model/report.ts';
import { cli } from '../support/run-cli.ts';
import { node } from '../support/objects.ts';

const gpuNode = node('n1', {
  status: { capacity: { 'nvidia.com/gpu': '2' }, allocatable: { 'nvidia.com/gpu': '2' } },
});

test('a report for programs tells of accelerators and certificates', async () => {
  const { out } = await cli(['analyze', '-o', 'json'], { objects: [gpuNode] });
  const report = reportSchema.parse(JSON.parse(out)) as Report;
  expect(report.gpu?.totals).toMatchObject([{ resource: 'nvidia.com/gpu', capacity: 2, free: 2 }]);
  expect(report.certificates).toEqual([]);
});

test('a cluster without them has none', async () => {
  const { out } = await cli(['analyze', '-o', 'json'], { objects: [] });
  expect(JSON.parse(out)).toMatchObject({ gpu: { totals: [], nodes: [], waiting: [] }, certificates: [] });
});
