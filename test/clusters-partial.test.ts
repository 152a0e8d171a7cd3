import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { analyzers } from '../analyzers/index.ts';
import { loadRecorded } from '../src/cluster/recorded.ts';
import { refText } from '../src/model/object.ts';
import { allResources, type Resource } from '../src/model/resources.ts';
import { analyze } from '../src/pipeline.ts';

// A healthy cluster stays well whatever is left out of its recording: what was not seen is never taken for missing.
const folder = path.join(import.meta.dirname, 'clusters');
const healthy = readdirSync(folder).filter((name) => name.startsWith('healthy-'));
const scratch = mkdtempSync(path.join(tmpdir(), 'partial-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** What `kubectl get all` lists. */
const ofGetAll = new Set<Resource>([
  'pods',
  'services',
  'deployments.apps',
  'replicasets.apps',
  'daemonsets.apps',
  'statefulsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'horizontalpodautoscalers.autoscaling',
  'replicationcontrollers',
]);

type Keep = (resource: Resource) => boolean;
const without = allResources.map((left): readonly [string, Keep] => [`without ${left}`, (one) => one !== left]);
const only = allResources.map((kept): readonly [string, Keep] => [`${kept} alone`, (one) => one === kept]);
const cuts: readonly (readonly [string, Keep])[] = [
  ...without,
  ...only,
  ['kubectl get all', (one) => ofGetAll.has(one)],
  ['kubectl get pods,nodes', (one) => one === 'pods' || one === 'nodes'],
  ['kubectl get pods,events', (one) => one === 'pods' || one === 'events'],
];

/** Without its ResourceSlices nothing in that recording speaks of the driver that hands out the GPUs of worker-3. */
const untold = new Set(['healthy-gpus without resourceslices.resource.k8s.io: NodeGPUPluginBlind Node worker-3']);

describe.each(healthy)('%s', (name) => {
  test('is well in every part', async () => {
    const whole = await loadRecorded({ paths: [path.join(folder, name, 'cluster.snapshot.gz')] });
    const objects = allResources.flatMap((resource) =>
      whole.snapshot.list(resource).items.map((object) => ({ resource, object })),
    );
    const known = new Set(analyze(whole, { analyzers }).problems.map(({ id }) => id));
    const invented: string[] = [];
    for (const [cut, keep] of cuts) {
      const items = objects.filter(({ resource }) => keep(resource)).map(({ object }) => object);
      if (items.length === 0 || items.length === objects.length) continue;
      const file = path.join(scratch, `${name}.json`);
      writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
      const report = analyze(await loadRecorded({ paths: [file], at: whole.snapshot.takenAt }), { analyzers });
      for (const { id, severity, code, object } of report.problems)
        if (severity !== 'info' && !known.has(id)) invented.push(`${name} ${cut}: ${code} ${refText(object)}`);
    }
    expect(invented.filter((one) => !untold.has(one))).toEqual([]);
  }, 60_000);
});
